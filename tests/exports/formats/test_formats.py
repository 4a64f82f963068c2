"""What all formats share: where they write, what they refuse, and that nothing of the user's is lost."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from exports.formats import FORMATS, export
from exports.formats.material import Material
from exports.tables.folders import collect_material
from framing.main import app
from schemas.codebook import load_codebook
from schemas.coders import Coder, Coders, write_coders
from schemas.dataset import read_dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Articles, Gold, ScoredSpans, conform

Hostile = Callable[..., Material]
TEXTUAL = [name for name in FORMATS if name not in ("csv", "jsonl", "parquet")]
ONE_FILE = [name for name, format_ in FORMATS.items() if format_.one_file]
ONE_VERDICT = ["conll", "spacy", "ptc"]


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    folder = tmp_path / "scores"
    folder.mkdir()
    pl.DataFrame({"article_id": ["a"], "tokens": [3], "model": ["m"]}).write_parquet(folder / "articles.parquet")
    pl.DataFrame(ScoredSpans.create_empty()).write_parquet(folder / "spans.parquet")
    pl.DataFrame({"article_id": ["a"], "start": [0], "end": [3], "probability": [0.5]}).write_parquet(folder / "sentences.parquet")
    (folder / "run.json").write_text('{"model": "", "inputs": {}}')
    return folder


def test_a_format_that_is_not_there_is_refused_with_those_that_are(hostile: Hostile, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="csv, jsonl, parquet") as caught:
        export(hostile(), "xls", tmp_path / "out")
    assert all(name in str(caught.value) for name in FORMATS)
    assert not (tmp_path / "out").exists()


def test_the_help_lists_every_format_with_a_phrase() -> None:
    shown = CliRunner().invoke(app, ["export", "--help"]).output
    listed = [line.split(maxsplit=1) for line in shown.splitlines() if line.startswith("    ")]
    assert {line[0] for line in listed if len(line) == 2} >= FORMATS.keys()


@pytest.mark.parametrize("to", TEXTUAL)
def test_scores_which_have_no_texts_are_refused_in_one_line(scores: Path, to: str, tmp_path: Path) -> None:
    with pytest.raises(FramingError) as caught:
        export(collect_material(scores), to, tmp_path / "out")
    assert str(scores) in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet"])
def test_scores_are_written_as_tables(scores: Path, to: str, tmp_path: Path) -> None:
    files, _ = export(collect_material(scores), to, tmp_path / "out")
    assert {path.stem for path in files} == {"articles", "spans", "sentences"}


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet"])
def test_each_table_is_one_file_of_its_name(to: str, tmp_path: Path) -> None:
    plain = pl.DataFrame({"article_id": ["a"], "n": [1]})
    files, _ = export(Material({"spans": plain, "articles": plain.clear()}), to, tmp_path)
    assert files == sorted(tmp_path.iterdir()) == [tmp_path / f"articles.{to}", tmp_path / f"spans.{to}"]


@pytest.mark.parametrize("to", list(FORMATS))
def test_no_dataset_is_written_into(make_folder: Callable[..., Path], to: str) -> None:
    folder = make_folder("ada")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(FramingError, match="whose tables would be replaced"):
        export(collect_material(folder), to, folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("to", ONE_FILE)
def test_a_format_of_one_file_takes_the_files_name_or_a_folder(hostile: Hostile, to: str, tmp_path: Path) -> None:
    named, _ = export(hostile("ada"), to, tmp_path / "new" / "mine.xyz")
    inside, _ = export(hostile("ada"), to, tmp_path / "folder")
    (tmp_path / "v1.2").mkdir()
    dotted, _ = export(hostile("ada"), to, tmp_path / "v1.2")
    assert named == list((tmp_path / "new").iterdir()) == [tmp_path / "new" / "mine.xyz"]
    assert inside == list((tmp_path / "folder").iterdir())
    assert dotted == list((tmp_path / "v1.2").iterdir())


@pytest.mark.parametrize("to", TEXTUAL)
def test_whatever_ids_and_titles_are_everything_stays_in_the_folder(hostile: Hostile, to: str, tmp_path: Path) -> None:
    material = hostile("ada")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    files, _ = export(material, to, tmp_path / "out")
    found = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert set(files) == found
    assert all((tmp_path / "out").resolve() in path.resolve().parents for path in found)
    # On a file system that ignores case, two names that differ in nothing else would be one file.
    assert len({str(path).lower() for path in found}) == len(found)


@pytest.mark.parametrize("to", ["ptc", "webannotation", "qdpx"])
@given(ids=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4, unique=True))
@settings(max_examples=25)
def test_any_ids_give_files_within_the_folder(tmp_path_factory: pytest.TempPathFactory, to: str, ids: list[str]) -> None:
    articles = conform(pl.DataFrame({"article_id": ids, "text": ["A text."] * len(ids)}), Articles, "test")
    gold = conform(pl.DataFrame({"article_id": ids, "support": 1.0, "rule": "majority"}), Gold, "test")
    folder = tmp_path_factory.mktemp("ids")
    files, _ = export(Material({"articles": articles, "gold": gold}, load_codebook()), to, folder / "out")
    assert {path for path in folder.rglob("*") if path.is_file()} == set(files)
    if to == "qdpx":
        names = zipfile.ZipFile(files[0]).namelist()
        assert len(set(names)) == len(ids) + 1
        assert all(name == "project.qde" or re.fullmatch(r"sources/[0-9a-f-]{36}\.txt", name) for name in names)


@pytest.mark.parametrize("to", TEXTUAL)
def test_a_second_export_replaces_the_first_and_is_the_same(hostile: Hostile, to: str, tmp_path: Path) -> None:
    files, losses = export(hostile("ada"), to, tmp_path / "out")
    before = {path: path.read_bytes() for path in files}
    again, said = export(hostile("ada"), to, tmp_path / "out")
    assert (again, said[:-1]) == (files, losses)
    assert f"{len(files)} file" in said[-1]
    assert "of an earlier run" in said[-1]
    if to != "spacy":
        assert {path: path.read_bytes() for path in files} == before


@pytest.mark.parametrize("to", list(FORMATS))
def test_a_file_that_is_no_earlier_export_is_replaced_only_when_asked(make_folder: Callable[..., Path], to: str, tmp_path: Path) -> None:
    material = collect_material(make_folder("gold"))
    if to == "csv":
        material = Material({name: table.drop("tags", strict=False) for name, table in material.tables.items()})
    files, _ = export(material, to, tmp_path / "out")
    for foreign in (b"My own notes, which took me a year.", b"PAR1 mine PAR1", b"PK\x03\x04 mine", b'{"mine": 1}\n', b"<mine/>", b"x\x9cmine"):
        files[0].write_bytes(foreign)
        with pytest.raises(FramingError, match="is no earlier result of this command") as caught:
            export(material, to, tmp_path / "out")
        assert str(files[0]) in str(caught.value)
        assert files[0].read_bytes() == foreign
    assert "1 file" in export(material, to, tmp_path / "out", replace=True)[1][-1] or len(files) > 1
    assert files[0].read_bytes() != foreign


@pytest.mark.parametrize("name", ["articles.csv", "articles.jsonl", "articles.parquet"])
def test_the_table_that_the_articles_came_from_is_not_written_over(make_folder: Callable[..., Path], name: str, tmp_path: Path) -> None:
    material = collect_material(make_folder("ada"))
    material = Material({table: rows.drop("tags", strict=False) for table, rows in material.tables.items()})
    own = pl.DataFrame({"article_id": ["a"], "text": ["My own."], "title": ["T"], "outlet": ["Gull"]})
    ending = name.rpartition(".")[2]
    {"csv": own.write_csv, "jsonl": own.write_ndjson, "parquet": own.write_parquet}[ending](tmp_path / name)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(FramingError, match="would be replaced"):
        export(material, ending, tmp_path)
    assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize("to", ["ptc", "webannotation"])
def test_a_file_of_an_article_that_is_gone_is_not_left_among_the_others(hostile: Hostile, to: str, tmp_path: Path) -> None:
    material = hostile("ada")
    export(material, to, tmp_path / "out")
    fewer = {name: table.filter(pl.col("article_id") != "007") for name, table in material.tables.items()}
    with pytest.raises(FramingError, match="of an earlier export"):
        export(Material(fewer, material.codebook), to, tmp_path / "out")


@pytest.mark.parametrize("to", ONE_VERDICT)
def test_several_annotators_without_gold_are_sent_to_adjudicate(hostile: Hostile, to: str, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="2 annotators and no gold") as caught:
        export(hostile("ada", "ben"), to, tmp_path / "out")
    assert "framing adjudicate" in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", ONE_VERDICT)
def test_articles_that_nobody_annotated_are_refused(hostile: Hostile, to: str, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="no annotations"):
        export(hostile(), to, tmp_path / "out")


@pytest.mark.parametrize("to", ["conll", "ptc"])
def test_answers_alone_are_nothing_to_write_for_a_format_of_spans(hostile: Hostile, to: str, tmp_path: Path) -> None:
    material = hostile("gold")
    answers = {"articles": material.tables["articles"], "gold": material.tables["gold"].filter(pl.col("value").is_not_null())}
    with pytest.raises(FramingError, match="nobody has marked spans"):
        export(Material(answers, material.codebook), to, tmp_path / "out")


@pytest.mark.parametrize("to", ONE_VERDICT)
def test_where_there_is_gold_it_is_written_and_what_it_replaces_is_said(hostile: Hostile, to: str, tmp_path: Path, count: Callable[..., int]) -> None:
    _, losses = export(hostile("ada", "ben", "gold"), to, tmp_path / "out")
    # 20 of ada, one of them twice, and 3 of ben.
    assert count(losses, "instead of which gold is written") == 22
    assert count(losses, "rows of gold that say again") == 1
    assert count(losses, "no verdict") == 1


@pytest.mark.parametrize("to", TEXTUAL)
def test_annotations_without_their_codebook_are_refused(hostile: Hostile, to: str, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match=r"no codebook\.toml"):
        export(Material(hostile("ada").tables), to, tmp_path / "out")


@pytest.mark.parametrize("to", list(FORMATS))
def test_rows_that_were_not_trusted_are_said(make_folder: Callable[..., Path], to: str, tmp_path: Path, count: Callable[..., int]) -> None:
    folder = make_folder("ada")
    table = pl.read_parquet(folder / "annotations.parquet")
    table.with_columns(quote=pl.when(pl.col("quote") == "savage").then(pl.lit("gentle")).otherwise("quote")).write_parquet(
        folder / "annotations.parquet"
    )
    material = collect_material(folder)
    if to == "csv":
        material = Material({name: table.drop("tags", strict=False) for name, table in material.tables.items()}, aside=material.aside)
    assert count(export(material, to, tmp_path / "out")[1], "not trusted") == 2


@pytest.mark.parametrize("to", list(FORMATS))
def test_the_work_of_coders_is_a_table_of_its_own_and_nobody_elses(make_folder: Callable[..., Path], to: str, tmp_path: Path) -> None:
    folder = make_folder("ada")
    dataset = read_dataset(folder)
    rows = dataset.require_annotations(folder).with_columns(annotator=pl.lit("echo"), run=pl.lit(1)).unique(maintain_order=True)
    write_coders(folder, dataset, Coders(rows, {"echo": Coder(name="echo")}))
    material = collect_material(folder)
    if to == "csv":
        material = Material({name: table.drop("tags", strict=False) for name, table in material.tables.items()})
    files, losses = export(material, to, tmp_path / "out")
    if to in TEXTUAL:
        assert f"rows of models as coders, which only csv, jsonl and parquet hold, are left out: {rows.height}" in losses
        assert not any(b"echo" in file.read_bytes() for file in files)
    else:
        assert {file.stem for file in files} == {"articles", "annotations", "coders"}


def test_the_command_says_what_was_lost_and_what_was_written(make_folder: Callable[..., Path], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(make_folder("ada")), "--to", "qdpx", "--out", str(tmp_path / "mine.qdpx")], catch_exceptions=False)
    assert done.stdout.strip() == f"mine.qdpx -> {tmp_path / 'mine.qdpx'}"
    assert "note: characters in names and values that XML forbids" in done.stderr
    assert zipfile.is_zipfile(tmp_path / "mine.qdpx")


def test_the_hostile_dataset_is_one_that_the_toolkit_reads_whole(make_folder: Callable[..., Path], tmp_path: Path) -> None:
    dataset = read_dataset(make_folder("ada", "ben", "gold"))
    assert dataset.rejected == []
    assert write_dataset(tmp_path / "again", dataset).rejected == []


@pytest.mark.parametrize("to", [name for name in TEXTUAL if name not in ("qdc", "llm-batch")])
def test_what_was_made_of_headlines_is_left_out_of_documents_of_one_text_and_counted(to: str, tmp_path: Path, count: Callable[..., int]) -> None:
    codebook = load_codebook()
    label = codebook.label_names[0]
    articles = conform(pl.DataFrame({"article_id": ["a", "b"], "title": ["Savage", "Calm"], "text": ["A savage rat.", "A day."]}), Articles, "t")
    rows = [
        {"article_id": "a", "part": "text", "label": label, "start": 2, "end": 8, "quote": "savage"},
        {"article_id": "a", "part": "title", "label": label, "start": 0, "end": 6, "quote": "Savage"},
        {"article_id": "b", "part": "title"},
    ]
    gold, bare = (conform(pl.DataFrame(some).with_columns(support=1.0, rule=pl.lit("majority")), Gold, "t") for some in (rows, rows[:1]))
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    files, losses = export(Material({"articles": articles, "gold": gold}, codebook), to, ours)
    plain, _ = export(Material({"articles": articles, "gold": bare}, codebook), to, theirs)
    if to == "hf":
        assert (ours / "spans.parquet").read_bytes() == (theirs / "spans.parquet").read_bytes()
        assert pl.read_parquet(ours / "gold.parquet")["part"].to_list() == ["text", "title", "title"]
        assert "Spans in headlines, not counted above: gold 1." in (ours / "README.md").read_text()
    else:
        assert count(losses, "about headlines") == 2
        assert [file.read_bytes() for file in files] == [file.read_bytes() for file in plain]
