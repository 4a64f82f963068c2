"""framing import: a corpus becomes a dataset that the other commands read, and what is wrong with it is said in a line."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from annotate.corpora import CORPORA, TABLES, TOOLS
from framing.main import app
from schemas.codebook import load_codebook
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Annotations, conform
from tests.commands import catch_fault, run_framing, run_well

TEXT = "The gate shuts\n\nA savage plan of harbour rats, said a café owner.\n"
KINDS = [*CORPORA, *TOOLS, *TABLES]
TC, SI = "task2-TC.labels", "task1-SI.labels"


def refusal(*arguments: object) -> str:
    """The one line that a failing import prints; nothing else is left of it."""
    done = run_framing("import", *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("framing: ")
    assert done.stdout == ""
    return line


def run(*arguments: object) -> tuple[str, list[str]]:
    """The result and the notices of an import that succeeds."""
    return run_well("import", *arguments)


def fault(*arguments: object) -> FramingError:
    return catch_fault("import", *arguments)


def write_ptc(folder: Path, number: int, text: str, labels: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"article{number}.txt").write_text(text, encoding="utf-8", newline="")
    (folder / f"article{number}.{TC}").write_text(labels, encoding="utf-8")
    spans = "".join("\t".join([row.split("\t")[0], *row.split("\t")[2:]]) + "\n" for row in labels.splitlines())
    (folder / f"article{number}.{SI}").write_text(spans, encoding="utf-8")


@pytest.fixture
def ptc(tmp_path: Path) -> Path:
    folder = tmp_path / "ptc"
    write_ptc(folder, 7, TEXT, "7\tLoaded_Language\t18\t24\n7\tName_Calling,Labeling\t33\t45\n")
    write_ptc(folder, 8, "Quiet\n\nThe harbour is old.\n", "")
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    value = {"start": 18, "end": 24, "text": "savage", "labels": ["Loud"]}
    result = [{"type": "labels", "from_name": "tags", "value": value}, {"type": "choices", "from_name": "slant", "value": {"choices": ["Biased"]}}]
    tasks = [{"id": 1, "data": {"content": TEXT}, "annotations": [{"id": 1, "completed_by": {"email": "ada@example.com"}, "result": result}]}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


# What it does


def test_a_corpus_becomes_a_dataset_with_gold_codebook_and_one_result_line(ptc: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("ptc", ptc, "--out", out) == (f"2 articles, 2 gold spans, 0 gold answers -> {out}", [])
    dataset = read_dataset(out)
    assert dataset.gold is not None
    assert dataset.gold["quote"].to_list() == ["savage", "harbour rats", None]
    assert dataset.codebook == load_codebook("ptc-14")


def test_running_it_again_changes_nothing(ptc: Path, tmp_path: Path) -> None:
    for _ in range(2):
        run("ptc", ptc, "--out", tmp_path / "out")
    assert not (tmp_path / "out" / "history").exists()


def test_an_export_of_label_studio_is_read_by_a_codebook_with_names_mapped(export: Path, tmp_path: Path) -> None:
    names = ["--map", "Loud=biased_words", "--map", "slant=bias"]
    line, notices = run("labelstudio", export, "--out", tmp_path / "out", "--codebook", "babe", "--text-key", "content", *names)
    assert line.startswith("1 article, 1 annotator with 1 span, 1 answer -> ")
    assert notices == []
    table = read_dataset(tmp_path / "out").require_annotations("out")
    assert table.select("annotator", "label", "quote", "value").rows() == [
        ("ada@example.com", "biased_words", "savage", None),
        ("ada@example.com", "bias", None, "Biased"),
    ]


def test_reasons_are_counted_the_commonest_first_and_ten_at_most(ptc: Path, tmp_path: Path) -> None:
    rows = (
        "9\tDoubt\t0\t1\n" * 1 + "".join(f"7\tDoubt\t{number}\t9999\n" for number in range(3)) + "".join(f"{30 + n}\tDoubt\t1\t2\n" for n in range(5))
    )
    write_ptc(ptc, 7, TEXT, "7\tLoaded_Language\t18\t24\n" + rows)
    out = tmp_path / "out"
    _, notices = run("ptc", ptc, "--out", out)
    assert notices == [
        f"9 rows were set aside, with reasons, in {out / 'rejected.jsonl'}:",
        "     6 there is no article of this id",
        "     3 the offsets leave the text",
    ]
    assert len((out / "rejected.jsonl").read_text(encoding="utf-8").splitlines()) == 9


def test_of_many_reasons_the_ten_commonest_are_told(tmp_path: Path) -> None:
    mark, answer = {"start": 0, "end": 1, "labels": ["biased_words"]}, {"choices": ["Biased", "Non-biased"]}
    values = [mark | change for change in ({"labels": ["x"]}, {"end": 99}, {"end": None}, {"text": "z"}, {"labels": []})]
    results = [{"type": "labels", "value": value} for value in values]
    results += [{"type": "choices", "from_name": "bias", "value": value} for value in (answer, answer | {"start": 1}, {"choices": ["x"]})]
    annotations = [{"completed_by": 1, "result": results}, {"completed_by": 2}, {"completed_by": "", "result": []}]
    task = {"id": 1, "data": {"text": "A text."}, "annotations": annotations}
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task, task, {"id": 2, "data": {}}, {"id": 3}, {"id": 4}]), encoding="utf-8")
    _, notices = run("labelstudio", path, "--codebook", "babe", "--out", tmp_path / "out")
    assert notices[0] == "spans without a copy of their words, whose offsets are believed: 3"
    assert notices[1].startswith("14 rows were set aside")
    assert notices[2] == "     2 the task has no data"
    assert (len(notices), notices[-1]) == (13, "and 3 more reasons")


def test_what_was_changed_in_texts_is_said(ptc: Path, tmp_path: Path) -> None:
    write_ptc(ptc, 8, "Quiet\r\n\r\nThe harbour is old.\r\n", "")
    _, notices = run("ptc", ptc, "--out", tmp_path / "out")
    assert notices == ["carriage return removed or changed: 3"]


# Where it may not write


def test_it_does_not_replace_the_articles_of_other_annotations_or_gold(ptc: Path, export: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("ptc", ptc, "--out", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    named = ["--codebook", "ptc-14", "--text-key", "content"]
    assert fault("labelstudio", export, "--out", out, *named).what.startswith("already holds annotations or gold of other articles")
    write_ptc(ptc, 7, TEXT.replace("gate", "pier"), "7\tLoaded_Language\t18\t24\n")
    assert "Import into another folder" in str(fault("ptc", ptc, "--out", out))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_it_keeps_annotations_that_were_made_on_the_same_articles(ptc: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("ptc", ptc, "--out", out)
    made = read_dataset(out)
    rows = conform(pl.DataFrame([{"article_id": "7", "annotator": "ada", "origin": "manual"}]), Annotations, "test")
    write_dataset(out, Dataset(made.articles, rows, made.gold, made.codebook))
    run("ptc", ptc, "--out", out)
    assert read_dataset(out).require_annotations(out)["annotator"].to_list() == ["ada"]


def test_it_refuses_a_folder_whose_codebook_is_another(ptc: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("ptc", ptc, "--out", out)
    made = read_dataset(out)
    (out / "gold.parquet").unlink()
    rows = conform(pl.DataFrame([{"article_id": "7", "annotator": "ada", "origin": "manual"}]), Annotations, "test")
    write_dataset(out, Dataset(made.articles, rows, None, load_codebook()))
    assert "another codebook" in str(fault("ptc", ptc, "--out", out))


def test_it_may_write_beside_the_files_of_the_corpus(ptc: Path) -> None:
    for _ in range(2):
        assert run("ptc", ptc, "--out", ptc)[0].startswith("2 articles")


# What is wrong, as a user sees it


def test_an_unknown_kind_is_told_the_nearest_or_all(tmp_path: Path) -> None:
    assert "ptc2: no such kind. Did you mean ptc?" in refusal("ptc2", tmp_path, "--out", tmp_path / "out")
    assert "Did you mean labelstudio?" in str(fault("label-studio", tmp_path, "--out", tmp_path / "out"))
    assert "Did you mean webanno?" in str(fault("WebAnno", tmp_path, "--out", tmp_path / "out"))
    line = str(fault("xyz", tmp_path, "--out", tmp_path / "out"))
    assert all(kind in line for kind in KINDS)
    assert not (tmp_path / "out").exists()


def test_the_help_names_every_kind() -> None:
    text = CliRunner().invoke(app, ["import", "--help"]).output
    assert all(kind in text.replace(",", " ").split() for kind in KINDS)


@pytest.mark.parametrize("corpus", KINDS)
def test_a_missing_path_an_empty_folder_and_a_wrong_file_are_named(corpus: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.pdf").write_bytes(b"%PDF\0\1\2\xff")
    more = [] if corpus in CORPORA else ["--codebook", "babe"]
    for name in ("gone", "empty", "notes.pdf"):
        error = fault(corpus, tmp_path / name, "--out", tmp_path / "out", *more)
        assert error.where == str(tmp_path / name)
        assert error.todo
    assert not (tmp_path / "out").exists()


def test_a_wrong_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "notes.txt").write_text("x", encoding="utf-8")
    line = refusal("basil", tmp_path, "--out", tmp_path / "out")
    assert "holds no articles/<year>/<id>.json. Give the folder" in line
    assert not (tmp_path / "out").exists()


def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "training_set_task2.txt").write_text('[{"id": "1", "te', encoding="utf-8")
    assert "is not JSON, or is cut off" in refusal("semeval2021", tmp_path, "--out", tmp_path / "out")
    (tmp_path / "final_labels_SG2.csv").write_bytes(bytes(range(256)) * 20)
    assert "final_labels_SG2.csv: is a binary file" in refusal("babe", tmp_path, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_half_downloaded_corpus_is_read_in_part_and_the_rest_is_told(ptc: Path, tmp_path: Path) -> None:
    (ptc / f"article8.{TC}").unlink()
    (ptc / f"article8.{SI}").unlink()
    write_ptc(ptc, 9, "Port\n\nA savage plan.\n", "9\tDoubt\t8\t14\n")
    (ptc / "article9.txt").unlink()
    done = run_framing("import", "ptc", ptc, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert done.stdout.startswith("1 article, 2 gold spans")
    assert "note:      1 its labels are missing: half-downloaded?" in done.stderr
    assert "note:      1 there is no article of this id" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_out_that_is_a_file_is_refused(ptc: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert "is a file, and a folder is to be written there" in refusal("ptc", ptc, "--out", tmp_path / "taken")
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_options_that_a_kind_does_not_take_are_refused(ptc: Path, export: Path, tmp_path: Path) -> None:
    out = ["--out", tmp_path / "out"]
    for option in (["--codebook", "babe"], ["--map", "a=b"]):
        assert "they are for the files of tools" in str(fault("ptc", ptc, *out, *option))
    assert "takes no --text-key. Leave it out: it is for labelstudio" in str(fault("table", export, *out, "--text-key", "body"))
    assert "takes no --articles. Leave it out: it is for table" in str(fault("labelstudio", export, *out, "--articles", export))


def test_without_a_codebook_one_is_made_of_the_names_found(export: Path, tmp_path: Path) -> None:
    run("labelstudio", export, "--out", tmp_path / "out", "--text-key", "content")
    codebook = read_dataset(tmp_path / "out").codebook
    assert codebook is not None
    assert (codebook.label_names, codebook.questions[0].name) == (["Loud"], "slant")


def test_a_table_of_codes_and_one_of_texts_become_a_dataset(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("doc_id,coder,label,quote\n1,ada,Loud,savage\n1,ben,,\n2,ada,Loud,\n", encoding="utf-8")
    (tmp_path / "texts.csv").write_text("doc_id,text,outlet\n1,A savage plan.,The Gull\n2,Quiet.,The Gull\n", encoding="utf-8")
    line, notices = run("table", tmp_path / "codes.csv", "--articles", tmp_path / "texts.csv", "--out", tmp_path / "out")
    assert line.startswith("2 articles, 2 annotators with 1 span, 0 answers -> ")
    assert "column 'coder' of codes.csv is taken for the annotator: rows: 3" in notices
    assert notices[-1] == "     1 a label without a place and without a value"


def test_a_name_that_the_codebook_lacks_is_told_the_nearest_that_it_has(export: Path, tmp_path: Path) -> None:
    text = export.read_text(encoding="utf-8").replace("Loud", "Biased Words")
    export.write_text(text, encoding="utf-8")
    _, notices = run("labelstudio", export, "--out", tmp_path / "out", "--codebook", "babe", "--text-key", "content")
    assert "1 row has 'Biased Words', which is not in the codebook: with --map 'Biased Words=biased_words' that is read" in notices


@pytest.mark.parametrize("pair", ["Loud", "=biased_words", "Loud="])
def test_a_mapping_that_is_none_and_one_to_an_unknown_name_are_refused(export: Path, tmp_path: Path, pair: str) -> None:
    given = ["labelstudio", export, "--out", tmp_path / "out", "--codebook", "babe", "--map"]
    assert f"{pair!r} is not OLD=NEW" in str(fault(*given, pair))
    assert "no 'biased' to map to" in str(fault(*given, "Loud=biased"))
