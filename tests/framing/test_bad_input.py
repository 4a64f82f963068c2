"""Whatever is wrong, a user reads one clear line, the exit code is 1, and nothing is half written."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from pathlib import Path

import polars as pl
import pytest

from classifiers.model.folder import STARTER
from framing.sample import read_sample
from schemas.codebook import load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.tables import SPAN
from tests.commands import run_framing

FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
sys.argv = ["framing", *sys.argv[1:]]
from framing.main import run
run()
"""


def refusal(*arguments: object, **more: str) -> str:
    """The one line that a failing command prints."""
    done = run_framing(*arguments, **more)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("framing: ")
    return lines[0]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "dataset"
    write_dataset(folder, read_sample(32))
    return folder


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text('As the "culprit", he is under pressure.', encoding="utf-8")
    return path


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no such file or folder" in refusal("score", tmp_path / "gone.txt", "--out", tmp_path / "scores")
    assert not (tmp_path / "scores").exists()


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    assert "empty.txt: is empty" in refusal("ingest", tmp_path / "empty.txt", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_binary_file(tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(bytes(range(256)) * 20)
    assert "is a binary file" in refusal("ingest", tmp_path / "picture.txt", "--out", tmp_path / "out")


def test_a_latin_1_file_is_read_and_the_guess_is_said(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("Le café naïf, déjà à la crème.".encode("latin-1"))
    done = run_framing("ingest", tmp_path / "latin.txt", "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "not UTF-8: read as cp1252" in done.stderr
    assert pl.read_parquet(tmp_path / "out" / "articles.parquet")["text"].to_list() == ["Le café naïf, déjà à la crème."]


def test_a_table_without_a_text_column(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("kicker,prose\na,b\n", encoding="utf-8")
    line = refusal("ingest", tmp_path / "table.csv", "--out", tmp_path / "out")
    assert "kicker, prose" in line
    assert "--text-column" in line


def test_of_two_texts_under_one_id_one_is_set_aside_and_counted(tmp_path: Path) -> None:
    (tmp_path / "twice.jsonl").write_text('{"id": "a", "text": "One."}\n{"id": "a", "text": "Two."}\n', encoding="utf-8")
    done = run_framing("ingest", tmp_path / "twice.jsonl", "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "1 article -> " in done.stdout
    assert "1 row set aside in rejected.jsonl" in done.stdout


def test_a_file_name_with_an_escape_sequence_cannot_command_the_terminal(tmp_path: Path) -> None:
    line = refusal("ingest", tmp_path / "\x1b[2Jgone.txt", "--out", tmp_path / "out")
    assert "\x1b" not in line
    assert "\\x1b[2Jgone.txt" in line


def test_an_unknown_label_in_a_codebook_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(load_codebook().to_toml().replace("definition =", "definitoin =", 1), encoding="utf-8")
    line = refusal("codebook", "check", tmp_path / "mine.toml")
    assert "label Loaded_Language: 'definitoin' is no key of a label; perhaps 'definition' is meant" in line


def test_a_codebook_that_is_not_toml_and_one_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("name = ", encoding="utf-8")
    assert "not valid TOML" in refusal("codebook", "check", tmp_path / "mine.toml")
    assert "Shipped: loaded-language" in refusal("codebook", "show", "no-such-codebook")


def test_annotations_with_a_label_that_the_codebook_does_not_have_never_reach_training(dataset: Path, tmp_path: Path) -> None:
    copy = tmp_path / "dataset"
    shutil.copytree(dataset, copy)
    known = pl.read_parquet(copy / "annotations.parquet")
    strange = known.with_columns(pl.col("label").replace({known.filter(SPAN)["label"][0]: "Insult"}))
    strange.write_parquet(copy / "annotations.parquet")
    line = refusal("adjudicate", copy)
    assert "'Insult'" in line
    assert not (copy / "gold.parquet").exists()


def test_no_server(dataset: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    line = refusal("push", dataset, "--project", "Nobody", LABEL_STUDIO_URL=address, LABEL_STUDIO_API_KEY="0" * 40)
    assert f"{address}: no server answers here" in line
    assert "framing labelstudio start" in refusal(
        "pull", "--project", "Nobody", "--out", tmp_path / "x", FRAMING_LABELSTUDIO_DATA=str(tmp_path / "none")
    )
    assert not (tmp_path / "x").exists()


def test_a_folder_that_is_no_dataset(tmp_path: Path) -> None:
    assert "so it is not a dataset" in refusal("agree", tmp_path)
    assert "no such dataset folder" in refusal("agree", tmp_path / "gone")


def test_a_dataset_whose_table_is_damaged(dataset: Path, tmp_path: Path) -> None:
    copy = tmp_path / "dataset"
    shutil.copytree(dataset, copy)
    (copy / "annotations.parquet").write_bytes(b"PAR1 nothing")
    assert "annotations.parquet: is damaged" in refusal("agree", copy)


def test_a_dataset_without_annotations_says_which_step_is_missing(article: Path, tmp_path: Path) -> None:
    assert run_framing("ingest", article, "--out", tmp_path / "new").returncode == 0
    assert "bring the work back with `framing pull`" in refusal("agree", tmp_path / "new")
    # That nobody has annotated anything comes before what is missing because of it.
    assert "was not annotated yet" in refusal("train", tmp_path / "new", "--out", tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_no_command_advises_an_option_that_it_does_not_have(tmp_path: Path) -> None:
    keys = tmp_path / "keys.pub"
    keys.touch()
    for command in (("serve", tmp_path / "nothing"), ("model", "verify", tmp_path / "nothing", "--trusted", keys)):
        said = refusal(*command)
        assert "no such model folder" in said
        assert "--model" not in said


@pytest.mark.parametrize("damage", ["truncated", "foreign", "no weights", "not a folder", "changed"])
def test_a_damaged_or_foreign_model_folder(damage: str, article: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    if damage == "not a folder":
        model.touch()
    else:
        shutil.copytree(STARTER, model)
    if damage == "truncated":
        (model / "weights.parquet").write_bytes((model / "weights.parquet").read_bytes()[:1000])
    elif damage == "foreign":
        (model / "model.json").write_text('{"format": "somebody else\'s"}', encoding="utf-8")
    elif damage == "no weights":
        (model / "weights.parquet").unlink()
    elif damage == "changed":
        facts = json.loads((model / "model.json").read_text(encoding="utf-8"))
        facts["heads"]["spans"]["outputs"] = ["loaded", "twice"]
        (model / "model.json").write_text(json.dumps(facts), encoding="utf-8")
    line = refusal("score", article, "--model", model, "--out", tmp_path / "scores")
    assert str(model) in line
    assert not (tmp_path / "scores").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_a_full_disk_leaves_the_old_scores_as_they_were(article: Path, tmp_path: Path) -> None:
    scores = tmp_path / "scores"
    assert run_framing("score", article, "--out", scores).returncode == 0
    before = contents(scores)
    line = refusal("score", article, "--out", scores, code=FULL_DISK)
    assert "cannot write here" in line
    assert "what is done is kept" in line
    assert contents(scores) == before
    assert [path.name for path in scores.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
@pytest.mark.parametrize("command", ["ingest", "export", "adjudicate", "quotes"])
def test_a_full_disk_leaves_nothing_half_written(command: str, dataset: Path, tmp_path: Path) -> None:
    copy, out = tmp_path / "dataset", tmp_path / "out"
    shutil.copytree(dataset, copy)
    before = contents(copy)
    arguments = {
        "ingest": [copy, "--out", out],
        "export": [copy, "--to", "csv", "--out", out],
        "adjudicate": [copy],
        "quotes": [copy, "--out", out / "q.csv"],
    }[command]
    assert "cannot write here" in refusal(command, *arguments, code=FULL_DISK)
    assert not out.exists()
    assert contents(copy) == before


def test_an_out_that_is_a_file_is_refused(article: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert "is a file, and a folder is to be written there" in refusal("score", article, "--out", tmp_path / "taken")
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "arguments", [["score", "article.txt", "--out", ""], ["ingest", "", "--out", "x"], ["codebook", "show", ""], ["agree", "d", "--json="]]
)
def test_an_empty_word_is_no_path(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "is followed by an empty word" in refusal(*arguments)
    assert list(tmp_path.iterdir()) == []


def test_scores_of_other_articles_are_replaced_only_when_asked(article: Path, tmp_path: Path) -> None:
    scores, again = tmp_path / "scores", ("score", article, "--out", tmp_path / "scores")
    assert run_framing(*again).returncode == run_framing(*again).returncode == 0
    before = contents(scores)
    article.write_text("They were reckless zealots.", encoding="utf-8")
    line = refusal(*again)
    assert "differs in inputs (1 article, scored by model" in line
    assert "--replace" in line
    assert contents(scores) == before
    assert run_framing(*again, "--replace").returncode == 0
    assert contents(scores) != before


def test_a_page_that_is_no_report_is_replaced_only_when_asked(dataset: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>Mine</title>", encoding="utf-8")
    arguments = ("report", dataset, "--out", page)
    assert "page.html: is there already, is no earlier result of this command" in refusal(*arguments)
    assert "Mine" in page.read_text(encoding="utf-8")
    assert run_framing(*arguments, "--replace").returncode == 0
    done = run_framing(*arguments)
    assert done.returncode == 0
    assert "note: 1 file of an earlier run was replaced: page.html" in done.stderr


INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
mkdir = Path.mkdir
def interrupt(*arguments, **more):
    mkdir(*arguments, **more)
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        raise ImportError("what libraries make of it")
Path.mkdir = interrupt
from framing.main import run
run()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_an_interrupt_is_one_line_and_leaves_nothing_whatever_a_library_makes_of_it(article: Path, tmp_path: Path) -> None:
    done = run_framing("ingest", article, "--out", tmp_path / "out", code=INTERRUPTED)
    assert (done.returncode, done.stderr) == (130, "framing: interrupted\n")
    assert not (tmp_path / "out").exists()


def test_ingesting_over_annotations_is_refused(article: Path, dataset: Path) -> None:
    before = contents(dataset)
    assert "already holds annotations" in refusal("ingest", article, "--out", dataset)
    assert contents(dataset) == before


def test_an_unknown_format_rule_or_group_lists_the_known_ones(dataset: Path, tmp_path: Path) -> None:
    assert "csv, jsonl, parquet" in refusal("export", dataset, "--to", "papyrus", "--out", tmp_path / "x")
    assert "majority, unanimous" in refusal("adjudicate", dataset, "--rule", "coin")


def test_a_dataset_of_one_article_is_too_small_to_evaluate_and_the_line_says_so(tmp_path: Path) -> None:
    sample = read_sample(128)
    one = sample.articles.head(1)
    marked = sample.require_annotations("test").join(one.select("article_id"), on="article_id", how="semi")
    write_dataset(tmp_path / "one", Dataset(one, marked, None, sample.codebook))
    assert run_framing("adjudicate", tmp_path / "one").returncode == 0
    done = run_framing("evaluate", tmp_path / "one")
    assert done.returncode == 1
    little, *_, refused = done.stderr.strip().splitlines()
    assert (little.startswith("note: little data: 1 article"), "5 folds need" in refused) == (True, True)


def test_scores_never_take_the_place_of_articles(dataset: Path, article: Path, tmp_path: Path) -> None:
    before = contents(dataset)
    assert "scores would take their place" in refusal("score", article, "--out", dataset)
    assert "the folder of the articles themselves" in refusal("score", article, "--out", article.parent)
    assert run_framing("score", article, "--out", tmp_path / "scores").returncode == 0
    assert "is a score folder" in refusal("ingest", article, "--out", tmp_path / "scores")
    assert "whose tables would be replaced" in refusal("export", tmp_path / "scores", "--to", "parquet", "--out", dataset)
    assert contents(dataset) == before


def test_without_the_packages_of_an_extra_the_line_says_what_to_install(article: Path, tmp_path: Path) -> None:
    missing = "import sys; sys.modules['httpx'] = sys.modules['psutil'] = sys.modules['label_studio_sdk'] = None; from framing.main import run; run()"
    assert "Install framing-toolkit[annotate]" in refusal("labelstudio", "start", "--data", tmp_path / "data", code=missing)
    assert run_framing("codebook", "check", "babe", code=missing).returncode == 0
    assert run_framing("score", article, "--out", tmp_path / "scores", code=missing).returncode == 0


def test_a_terminal_that_is_not_utf_8_shows_escapes(article: Path) -> None:
    done = run_framing("explain", "A “reckless” plan, and a shambolic “sham”.", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
