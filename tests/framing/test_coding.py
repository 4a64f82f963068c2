"""framing import coder: models' work comes into a dataset, apart from people's, and nothing that they write can break it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from annotate.gold.adjudication import adjudicate
from framing.coding import import_coder, read_about
from framing.importing import refuse_others
from framing.main import app
from schemas.checks import partition_quotes
from schemas.codebook import load_codebook
from schemas.coders import FACTS, REJECTED, TABLE, Coders, read_coders
from schemas.dataset import Dataset, digest_dataset, read_dataset, refuse_annotated, write_dataset
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.tables import Annotations, conform
from tests.commands import catch_fault, run_well

TEXTS = {"a": "The “reckless” mayor 😀 left the council at last.", "b": "A quiet day.\nA quiet night.", "c": "The radical left-wing mob stayed on."}
ARTICLES = pl.DataFrame({"article_id": list(TEXTS), "text": list(TEXTS.values())})
MAP = ["--map", "1=Biased", "--map", "0=Non-biased"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    span = {"article_id": "a", "label": "biased_words", "start": 5, "end": 13, "quote": "reckless", "value": None}
    answer = {"article_id": "a", "label": "bias", "start": None, "end": None, "quote": None, "value": "Biased"}
    rows = [{**row, "annotator": name, "origin": "manual"} for row in (span, answer) for name in ("ada", "ben")]
    path = tmp_path / "set"
    write_dataset(path, Dataset(ARTICLES, conform(pl.DataFrame(rows), Annotations, "rows"), codebook=load_codebook("babe")))
    return path


def write(path: Path, *rows: object) -> Path:
    path.write_bytes(b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows))
    return path


def coders(folder: Path) -> Coders:
    found = read_coders(folder, read_dataset(folder))
    assert found is not None
    assert found.aside == 0
    return found


def run(*arguments: object) -> tuple[str, list[str]]:
    return run_well("import", "coder", *arguments)


def fault(*arguments: object) -> FramingError:
    return catch_fault("import", *arguments)


def test_a_coder_comes_in_with_the_map_that_was_used_and_what_became_of_its_answers(folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "gpt.jsonl", {"text": TEXTS["a"], "gpt": "1"}, {"text": TEXTS["b"], "gpt": "0"}, {"text": "No.", "gpt": "1"})
    result, notices = run(path, "--into", folder, "--coder", "echo", "--column", "value=gpt", *MAP)
    assert result == f"echo: 3 answers: 2 taken, 0 unanswered, 1 set aside -> {folder}"
    assert notices == [
        "articles that were found by their text: 2",
        "bias: '1' is read as 'Biased': 1",
        "bias: '0' is read as 'Non-biased': 1",
        "     1 there is no article with this text",
        f"rows that were set aside are, with reasons, in {folder / REJECTED}",
    ]
    assert coders(folder).described["echo"].counts == {"answers": 3, "taken": 2, "unanswered": 0, "there is no article with this text": 1}
    (aside,) = coders(folder).rejected
    assert aside["row"] == {"coder": "echo", "run": 1, "row": 3, "value": "1", "text": "No."}


def test_the_same_coder_again_replaces_its_run_and_leaves_the_others(folder: Path, tmp_path: Path) -> None:
    first = write(tmp_path / "1.jsonl", {"article_id": "a", "bias": "Biased"}, {"article_id": "b", "bias": "weather"})
    second = write(tmp_path / "2.jsonl", {"article_id": "a", "bias": "Non-biased"})
    for name in ("echo", "delta"):
        import_coder(first, folder, name)
    import_coder(second, folder, "echo", run=2)
    assert not (folder / "history").exists()
    import_coder(second, folder, "echo")
    found = coders(folder)
    assert [found.work_of(name, number)["value"].to_list() for name, number in (("echo", 1), ("echo", 2), ("delta", 1))] == [
        ["Non-biased"],
        ["Non-biased"],
        ["Biased"],
    ]
    assert (found.described["echo"].runs, found.described["delta"].runs) == (2, 1)
    assert [(entry["row"]["coder"], entry["row"]["value"]) for entry in found.rejected] == [("delta", "weather")]
    (kept,) = (folder / "history").glob("*.parquet")
    assert pl.read_parquet(kept).filter(pl.col("annotator") == "echo", pl.col("run") == 1)["value"].to_list() == ["Biased"]


def test_who_a_coder_is_comes_from_a_file_with_its_prompt_and_the_digest_of_that(folder: Path, tmp_path: Path) -> None:
    answers = write(tmp_path / "1.jsonl", {"article_id": "a", "bias": "Biased"})
    (tmp_path / "prompt.txt").write_text("Is it biased?\n", encoding="utf-8")
    about = tmp_path / "about.toml"
    about.write_text('model = "echo"\nversion = 2.1\nprompt_file = "prompt.txt"\ntemperature = 0\ndate = 2026-11-01\n', encoding="utf-8")
    import_coder(answers, folder, "echo", about=about)
    import_coder(answers, folder, "echo", run=2)
    coder = coders(folder).described["echo"]
    assert (coder.model, coder.version, coder.date, coder.prompt) == ("echo", "2.1", "2026-11-01", "Is it biased?\n")
    assert coder.prompt_digest == digest_text("Is it biased?\n")


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.toml", 'colour = "red"', "has 'colour', which is nothing that a coder has"),
        ("a.json", "[]", "is no table of facts"),
        ("a.json", "{", "is damaged"),
        ("a.toml", 'prompt = "a"\nprompt_file = "b"', "has both a prompt and a prompt_file"),
        ("a.toml", 'prompt_file = "b"', "no such file"),
        ("a.toml", "temperature = -1", "temperature has to be 0.0 or more, and is -1"),
        ("a.toml", 'kind = "oracle"', "kind has to be 'language model', 'classifier', 'rules' or 'other', and is 'oracle'"),
    ],
)
def test_what_no_coder_has_is_said_in_a_line(name: str, text: str, what: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FramingError, match=what):
        import_coder(write(tmp_path / "1.jsonl", {"article_id": "a", "bias": "Biased"}), folder, "echo", about=tmp_path / name)
    assert not (folder / TABLE).exists()
    with pytest.raises(FramingError, match="no such file"):
        read_about(tmp_path / "nowhere.toml")


def test_options_are_for_the_kinds_that_take_them(folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "1.jsonl", {"article_id": "a", "bias": "Biased"})
    assert "takes no --out" in str(fault("coder", path, "--into", folder, "--coder", "echo", "--out", tmp_path / "x"))
    assert "takes no --codebook" in str(fault("coder", path, "--into", folder, "--coder", "echo", "--codebook", "babe"))
    assert "needs --into" in str(fault("coder", path, "--coder", "echo"))
    assert "needs --coder" in str(fault("coder", path, "--into", folder))
    assert "takes no --into" in str(fault("ptc", path, "--out", tmp_path / "x", "--into", folder))
    assert "needs --out" in str(fault("ptc", path))
    assert "is not ROLE=COLUMN" in str(fault("coder", path, "--into", folder, "--coder", "echo", "--column", "value"))
    assert "has no 'Bised' to map to" in str(fault("coder", path, "--into", folder, "--coder", "echo", "--map", "1=Bised"))
    assert "is one of the dataset's annotators" in str(fault("coder", path, "--into", folder, "--coder", "ada"))
    assert not (folder / TABLE).exists()


def test_nobody_takes_a_coders_work_for_peoples(folder: Path, tmp_path: Path) -> None:
    before = read_dataset(folder)
    gold = adjudicate(before)
    import_coder(write(tmp_path / "1.jsonl", *({"article_id": one, "bias": "Non-biased"} for one in TEXTS)), folder, "echo")
    after = read_dataset(folder)
    files = {name: (folder / name).read_bytes() for name in (TABLE, FACTS, REJECTED)}
    assert digest_dataset(after) == digest_dataset(before)
    assert adjudicate(after).equals(gold)
    # As pull and adjudicate write.
    write_dataset(folder, Dataset(after.articles, after.annotations, gold, after.codebook))
    assert {name: (folder / name).read_bytes() for name in files} == files


def test_suggestions_have_one_source_and_a_coder_that_is_there(folder: Path) -> None:
    for options, what in (
        (["--coder", "echo", "--model", "starter"], "--model and --coder"),
        (["--coder", "echo", "--live", "http://localhost:9"], "--live and --coder"),
        (["--blind", "0.2"], "there are no suggestions to withhold"),
        (["--coder", "echo"], "has no coders"),
    ):
        with pytest.raises(FramingError, match=what):
            CliRunner().invoke(app, ["push", str(folder), "--project", "P", *options], catch_exceptions=False)


def test_other_articles_do_not_take_the_place_of_those_that_a_coder_read(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    dataset = Dataset(ARTICLES, codebook=load_codebook("babe"))
    write_dataset(folder, dataset)
    import_coder(write(tmp_path / "1.jsonl", {"article_id": "a", "bias": "Biased"}), folder, "echo")
    with pytest.raises(FramingError, match="already holds answers and spans of coders"):
        refuse_annotated(folder)
    refuse_others(folder, dataset)
    with pytest.raises(FramingError, match="already holds annotations, gold or coders of other articles"):
        refuse_others(folder, Dataset(ARTICLES.with_columns(text=pl.lit("Another.")), codebook=dataset.codebook))


def broken(lot: random.Random) -> object:
    """A row of the kinds that models write when they do not do what they were told."""
    text = lot.choice(list(TEXTS.values()))
    words = text.split()
    start = lot.randrange(len(words))
    rest = lot.choice(
        [
            {"label": "biased_words", "quote": " ".join(words[start : start + lot.randrange(5)])},
            {"label": "biased_words", "quote": " ".join(lot.sample(words, 3))},
            {"label": "biased_words", "quote": lot.choice(["“”", "\0", "\ud83d", "😀", "x" * 100_000, "a" * 40, ["reckless"], {"a": 1}, 7, True])},
            {"label": lot.choice(["Loaded Language", "BIASED-WORDS", "\ud800", "", None, "ignore the codebook", 3.5, []]), "quote": "reckless"},
            {"label": "biased_words", "start": lot.choice([-1, 5, 1e9, "5", None, True, 2.5]), "end": lot.choice([13, 5, "13.0", "x", 2**70])},
            {"label": "biased_words", "start": lot.randrange(60), "end": lot.randrange(60), "quote": lot.choice([None, "mayor", "A quiet"])},
            {
                "label": lot.choice(["bias", "opinion", "mood"]),
                "value": lot.choice(["BIASED", "no", "?", "not biased", "", "\0", "\udc00", "b" * 9_999]),
            },
            {
                "label": "bias",
                "value": lot.choice([["Biased"], [[]], {"answer": "Biased"}, 1, 0.0, float("nan"), True, "As a model, I\ncannot say."]),
            },
            {},
        ]
    )
    row = {"article_id": lot.choice([*TEXTS, *TEXTS, *TEXTS, "z", "", None, 5, "\ud83d"]), "run": lot.choice([1] * 15 + [2, "x", -3])} | rest
    raw = json.dumps(row).encode()
    return lot.choice([row, row, row, row, raw[: lot.randrange(len(raw))], b"\xff\xfe broken", b"Sorry, I cannot do that."])


def test_no_row_that_is_broken_is_a_traceback_or_a_span_that_is_not_in_the_text(folder: Path, tmp_path: Path) -> None:
    lot = random.Random(19)
    rows = [broken(lot) for _ in range(400)]
    done = import_coder(write(tmp_path / "broken.jsonl", {"article_id": "a", "label": "biased_words", "quote": "reckless"}, *rows), folder, "echo")
    found = coders(folder)
    assert partition_quotes(found.rows, ARTICLES)[1].height == 0
    told = done.counts
    assert told["answers"] == told.total() - told["answers"]
    assert told["answers"] > 390
    assert told["taken"] >= found.rows.filter(pl.col("label").is_not_null()).height > 0
    assert len(found.rejected) == done.aside.total() - done.aside["said before"] - done.aside["marked nothing, and then something"]
    assert len(done.aside) > 12
