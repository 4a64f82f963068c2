"""What the lead of a project reads of a dataset's progress."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, write_dataset
from tests.commands import run_framing, run_well


def test_status_names_work_by_day_and_what_was_left_out(tmp_path: Path) -> None:
    content = load_codebook("babe").model_dump()
    content["questions"][0]["required"] = True
    question = content["questions"][0]["name"]
    rows = [
        ("a", "ada", question, content["questions"][0]["values"][0]["name"], "2026-03-19T08:00:00Z"),
        ("c", "ada", None, None, "2026-03-20T08:00:00Z"),
        ("c", "zed\x1b[31m" + "!" * 60, None, None, "2026-03-20T09:00:00Z"),
    ]
    annotations = pl.DataFrame(rows, schema=["article_id", "annotator", "label", "value", "updated_at"], orient="row")
    annotations = annotations.with_columns(origin=pl.lit("manual"))
    articles = pl.DataFrame({"article_id": list("abc"), "text": ["A text."] * 3})
    write_dataset(tmp_path, Dataset(articles, annotations, codebook=Codebook.model_validate(content)))
    lines = run_well("status", str(tmp_path))[0].splitlines()
    assert lines[0] == (
        "ada: 2 articles, 0 spans, time unknown, 2 in the last week, last 2026-03-20 08:00, 1 passed over that still wait for a reader"
    )
    assert "zed\\x1b[31m!" in lines[1]
    assert lines[2] == "articles a day, 2026-03-07 to 2026-03-20 (UTC)"
    table = [line.split()[-3:] for line in lines[3:7]]
    assert table == [["18", "19", "20"], [".", "1", "1"], [".", ".", "1"], [".", "1", "2"]]
    assert len({len(line) for line in lines[3:7]}) == 1
    assert lines[7] == f"ada: 1 article without '{question}', which is required: c"
    assert lines[8].endswith(f": 1 article without '{question}', which is required: c")
    assert lines[9].startswith("3 articles, read 1 by nobody, 1 by 1, 1 by 2; 3 readings left")


def test_before_anybody_began_there_is_no_table(tmp_path: Path) -> None:
    write_dataset(tmp_path, Dataset(pl.DataFrame({"article_id": ["a"], "text": ["A text."]})))
    assert run_framing("status", tmp_path).stdout.splitlines() == ["1 article, read 1 by nobody; 1 reading left until each has 1"]
