"""`framing quotes`, as a process: one table of every quotation, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import framing
from classifiers.scoring import archive
from framing.quoting import quote_files, write_table
from framing.sample import ARTICLES
from schemas.errors import FramingError
from schemas.tables import ArticleQuotations
from tests.commands import run_framing

COLUMNS = ["article_id", "start", "end", "text", "voice", "speaker", "speaker_start", "speaker_end", "probability"]
ROWS: list[dict[str, Any]] = [
    {"id": "emoji", "body": '😀 "A reckless plan of theirs," Doe said. The "reform" failed.'},
    {"id": "=formula", "body": '"=1+1 and so on and on, as ever," =Doe said. She wrote "@home and never.'},
    {"id": "none", "body": "Nothing here."},
]


def put(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_three_kinds_of_file_hold_the_same_table_and_one_line_says_what(tmp_path: Path) -> None:
    news = put(tmp_path / "news.jsonl", *ROWS)
    tables = {}
    for ending in ("csv", "jsonl", "parquet"):
        out = tmp_path / "out" / f"quotes.{ending}"
        done = run_framing("quotes", news, "--text-column", "body", "--out", out, "--json", tmp_path / "figures.json")
        assert done.returncode == 0, done.stderr
        said = "4 quotations in 3 articles (2 quoted, 1 scare, 1 unclear), 2 with a speaker; 1 article with marks that have no partner"
        assert done.stdout == f"{said} -> {out}\n"
        tables[ending] = out
    assert files_in(tmp_path / "out") == ["quotes.csv", "quotes.jsonl", "quotes.parquet"]
    table = pl.read_parquet(tables["parquet"])
    assert table.columns == COLUMNS
    assert table.schema == ArticleQuotations.create_empty().schema
    assert pl.read_ndjson(tables["jsonl"], schema=dict(table.schema)).equals(table)
    assert table.select("article_id", "text", "speaker").rows()[0] == ("emoji", "A reckless plan of theirs", "Doe")
    assert (table["start"][0], table["speaker_start"][0]) == (3, 31)
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert (figures["quotations"], figures["articles"], figures["with_speaker"]) == (4, 3, 2)
    assert figures["voices"] == {"narrator": 0, "quoted": 2, "scare": 1, "unclear": 1}
    assert (figures["unpaired_articles"], figures["unpaired_marks"], figures["refused"]) == (1, 1, 0)


def test_cells_that_would_be_formulas_are_text_to_a_spreadsheet_and_counted(tmp_path: Path) -> None:
    news = put(tmp_path / "news.jsonl", *ROWS)
    done = run_framing("quotes", news, "--text-column", "body", "--out", tmp_path / "quotes.csv")
    content = (tmp_path / "quotes.csv").read_text(encoding="utf-8")
    assert content.startswith("\ufeffarticle_id,")
    assert "\n'=formula,1,31,\"'=1+1 and so on and on, as ever\"," in content
    assert "4 cells of quotes.csv would have been formulas" in done.stderr


def test_a_speaker_that_would_be_a_formula_is_text(tmp_path: Path) -> None:
    row = dict.fromkeys(COLUMNS) | {"article_id": "a", "text": "so", "speaker": '=HYPERLINK("x")', "voice": "quoted"}
    losses = write_table(pl.LazyFrame([row]), tmp_path / "quotes.csv")
    assert '"\'=HYPERLINK(""x"")"' in (tmp_path / "quotes.csv").read_text(encoding="utf-8-sig")
    assert losses[0].startswith("1 cell of quotes.csv")


def test_articles_without_quotations_make_a_table_without_rows(tmp_path: Path) -> None:
    (tmp_path / "calm.txt").write_text("Nothing here.", encoding="utf-8")
    for ending in ("csv", "parquet", "jsonl"):
        done = run_framing("quotes", tmp_path / "calm.txt", "--out", tmp_path / f"quotes.{ending}")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("0 quotations in 1 article, 0 with a speaker; 0 articles with marks that have no partner -> ")
    assert pl.read_parquet(tmp_path / "quotes.parquet").schema == ArticleQuotations.create_empty().schema
    assert (tmp_path / "quotes.csv").read_text(encoding="utf-8-sig") == ",".join(COLUMNS) + "\n"
    assert (tmp_path / "quotes.jsonl").read_text(encoding="utf-8") == ""


def test_a_damaged_file_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "news.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "quotes.csv").write_text("mine", encoding="utf-8")
    done = run_framing("quotes", tmp_path / "news.parquet", "--out", tmp_path / "out" / "quotes.csv")
    assert done.returncode == 1
    assert done.stderr.startswith("framing: ")
    assert "news.parquet" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (files_in(tmp_path / "out"), (tmp_path / "out" / "quotes.csv").read_text(encoding="utf-8")) == (["quotes.csv"], "mine")


def test_rows_that_cannot_be_read_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    news = put(tmp_path / "news.jsonl", {"text": 'A "reform".'}, {"text": None}, {"text": ""})
    done = run_framing("quotes", news, "--out", tmp_path / "quotes.csv")
    assert f"note: 2 rows could not be read, the first: {news}, row 2: no text" in done.stderr
    assert done.stdout.startswith("1 quotation in 1 article (1 scare)")


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("quotes.xlsx", "has no ending that says what kind of table it is to be"),
        ("quotes", "has no ending"),
        ("news.jsonl", "is one of the files that are to be read"),
        ("folder.csv", "is a folder"),
    ],
)
def test_a_place_that_will_not_do_is_refused(tmp_path: Path, out: str, said: str) -> None:
    news = put(tmp_path / "news.jsonl", {"text": 'A "reform".'})
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FramingError, match=said):
        quote_files([str(news)], tmp_path / out)
    assert files_in(tmp_path) == ["folder.csv", "news.jsonl"]


def test_no_article_at_all_is_said(tmp_path: Path) -> None:
    news = put(tmp_path / "news.jsonl", {"text": ""})
    with pytest.raises(FramingError, match="no article with text was found"):
        quote_files([str(news)], tmp_path / "quotes.csv")
    assert files_in(tmp_path) == ["news.jsonl"]


def test_many_portions_make_the_table_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(archive, "PART", 5000)
    done = quote_files([str(ARTICLES)], tmp_path / "quotes.parquet", progress=lambda position, total: told.append((position, total)))
    expected = framing.quotes(ARTICLES)
    assert pl.read_parquet(tmp_path / "quotes.parquet").equals(expected)
    assert (done.quotations, done.with_speaker) == (expected.height, expected["speaker"].count())
    assert len(told) > 20
    assert told[-1] == (ARTICLES.stat().st_size, ARTICLES.stat().st_size)
