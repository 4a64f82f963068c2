"""Files of any kind become a dataset, in memory that does not grow with them, and nothing is lost at the door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest
import xlsxwriter
from docx import Document

from annotate.ingestion.options import make_options
from framing import ingesting
from framing.ingesting import ingest_files
from framing.reporting import report_folder
from framing.sample import read_sample
from framing.scoring import score_files
from schemas.dataset import read_dataset
from schemas.errors import FramingError

TEXTS = read_sample(128).articles["text"].to_list()


def ingest(out: Path, *paths: Path, **options: Any) -> tuple[pl.DataFrame, dict[str, Any]]:
    ingest_files([str(path) for path in paths], out, make_options(**options))
    return read_dataset(out).articles, json.loads((out / "reading.json").read_text(encoding="utf-8"))


def put(folder: Path, name: str, content: str) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def as_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def lay_out_a_bit_of_everything(folder: Path) -> None:
    """A folder as an analyst has it: one file of each common kind, and what lies about."""
    put(folder, "a.txt", TEXTS[0])
    put(folder, "b.md", f"# A title\n\n{TEXTS[1]}")
    put(folder, "c.csv", f'media_name,publish_date,title,text\nThe Gull,"June 6, 2025",C,"{TEXTS[2].replace(chr(34), chr(34) * 2)}"\n')
    put(folder, "d.jsonl", as_lines([{"source": {"name": "The Tern"}, "publishedAt": "2025-07-01T10:00:00Z", "content": TEXTS[3]}]))
    put(folder, "e.tsv", f"outlet\tdate\ttext\nThe Gull\t2025-07-02\t{TEXTS[4].splitlines()[0]}\n")
    put(folder, "f.json", json.dumps([{"outlet": "The Tern", "published": "2025-06-09", "text": TEXTS[5]}]))
    document = Document()
    for line in TEXTS[6].split("\n"):
        document.add_paragraph(line)
    document.save(str(folder / "g.docx"))
    with xlsxwriter.Workbook(folder / "h.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([("Publication", "Date", "Text"), ("The Gull", "2025-06-11", TEXTS[7])]):
            sheet.write_row(row, 0, cells)
    pl.DataFrame({"text": [TEXTS[8]], "outlet": ["The Tern"], "published": ["2025-06-30"]}).write_parquet(folder / "i.parquet")
    with ZipFile(folder / "j.zip", "w") as archive:
        archive.writestr("j.txt", TEXTS[9])
    put(folder, "README.md", "What is here.")
    put(folder, "photo.png", "no text")


def test_a_folder_with_a_file_of_each_kind_is_read_with_outlets_and_dates_and_without_a_flag(tmp_path: Path) -> None:
    lay_out_a_bit_of_everything(tmp_path / "news")
    articles, reading = ingest(tmp_path / "out", tmp_path / "news")
    assert (reading["files_found"], reading["files_read"], reading["files_skipped"]) == (12, 10, 2)
    assert (reading["rows"], reading["articles"], articles.height) == (10, 10, 10)
    assert sorted(articles["outlet"].drop_nulls()) == ["The Gull"] * 3 + ["The Tern"] * 3
    assert articles["published"].dtype == pl.Datetime("us")
    assert sorted(articles["published"].drop_nulls().dt.strftime("%Y-%m-%d")) == [
        *("2025-06-06", "2025-06-09", "2025-06-11", "2025-06-30"),
        *("2025-07-01", "2025-07-02"),
    ]


def test_what_was_ingested_part_by_part_is_one_table_whatever_the_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": str(i), "text": f"{i} {text}", "ward": i if i < 60 else str(i)} for i, text in enumerate(TEXTS)]
    rows[100]["late"] = "x"
    path = put(tmp_path, "a.jsonl", as_lines([*rows, {"id": "5", "text": "Another."}, {"id": "x"}]))
    whole, told = ingest(tmp_path / "whole", path)
    monkeypatch.setattr(ingesting, "PORTION", 5_000)
    parts, told_again = ingest(tmp_path / "parts", path)
    assert whole.equals(parts.select(whole.columns))
    assert told == told_again
    assert (told["rows"], told["articles"], told["rows_set_aside"]) == (130, 128, 2)
    assert len(read_dataset(tmp_path / "parts").rejected) == 2
    assert parts["late"].drop_nulls().to_list() == ["x"]


def test_an_outlet_that_files_write_in_two_ways_is_one_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingesting, "PORTION", 100)
    rows = [
        {"outlet": outlet, "text": f"Gull number {number} stole a chip."}
        for number, outlet in enumerate(["The Gull", "THE GULL", "the  gull", "The Gull"])
    ]
    paths = [put(tmp_path / "in", f"{number}.jsonl", as_lines([row])) for number, row in enumerate(rows)]
    articles, reading = ingest(tmp_path / "out", *paths)
    assert articles["outlet"].unique().to_list() == ["The Gull"]
    assert list(reading["cleaned"].values()) == [2]
    assert "commonest spelling" in next(iter(reading["cleaned"]))


def test_copies_are_marked_and_none_is_left_out(tmp_path: Path) -> None:
    story = "\n\n".join(TEXTS[:4])
    rows = [{"id": "wire", "text": story}, {"id": "other", "text": TEXTS[9]}, {"id": "paper", "text": f"Another headline\n\n{story}"}]
    articles, _ = ingest(tmp_path / "out", put(tmp_path, "a.jsonl", as_lines(rows)))
    assert dict(articles.select("article_id", "copy_of").iter_rows()) == {"wire": None, "other": None, "paper": "wire"}


def test_where_nothing_is_a_copy_the_column_is_there_and_empty(tmp_path: Path) -> None:
    articles, _ = ingest(tmp_path / "out", put(tmp_path, "a.txt", TEXTS[0]))
    assert articles["copy_of"].to_list() == [None]


def test_without_an_article_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="no article with text"):
        ingest(tmp_path / "out", put(tmp_path, "a.jsonl", '{"text": ""}\n'))
    assert not (tmp_path / "out").exists()


def test_articles_that_are_annotated_or_scored_are_not_replaced(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", TEXTS[0])
    for name in ("annotations.parquet", "run.json"):
        put(tmp_path / name.split(".")[0], name, "x")
        with pytest.raises(FramingError):
            ingest(tmp_path / name.split(".")[0], path)


def test_articles_that_are_no_longer_there_are_kept_as_a_dated_copy(tmp_path: Path) -> None:
    first, second = put(tmp_path, "a.txt", TEXTS[0]), put(tmp_path, "b.txt", TEXTS[1])
    ingest(tmp_path / "out", first)
    ingest(tmp_path / "out", first, second)
    assert not (tmp_path / "out" / "history").exists()
    ingest(tmp_path / "out", second)
    (kept,) = (tmp_path / "out" / "history").iterdir()
    assert pl.read_parquet(kept).height == 2


def test_a_report_counts_each_article_and_says_how_many_are_copies_or_each_story_once(tmp_path: Path) -> None:
    story = "\n\n".join(TEXTS[:4])
    rows = [{"id": f"a{i}", "text": text, "outlet": "Gull"} for i, text in enumerate(TEXTS[4:10])]
    rows += [{"id": "wire", "text": story, "outlet": "Gull"}, {"id": "paper", "text": f"Another headline\n\n{story}", "outlet": "Tern"}]
    ingest(tmp_path / "news", put(tmp_path, "a.jsonl", as_lines(rows)))
    score_files([str(tmp_path / "news")], tmp_path / "scores", None)
    report_folder(tmp_path / "scores", tmp_path / "all.html", None, None)
    report_folder(tmp_path / "scores", tmp_path / "once.html", None, None, copies=False)
    every, once = ((tmp_path / name).read_text(encoding="utf-8") for name in ("all.html", "once.html"))
    assert "Loaded language in 8 articles" in every
    assert "Loaded language in 7 articles" in once
    assert "1 of 8 articles tells the story of another one, as wire copies do; each counts" in every
    assert "1 of 8 articles tells the story of another one, as wire copies do; each story counts once" in once
