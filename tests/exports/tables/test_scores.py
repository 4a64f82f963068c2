from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from exports.tables.scores import read_run, score_columns, select_scores
from schemas.errors import FramingError

RUN = '{"model": "abc", "inputs": {}}'


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """A folder whose name is a glob, with articles in three parts."""
    folder = tmp_path / "scores [a]*"
    (folder / "articles.parquet").mkdir(parents=True)
    (folder / "run.json").write_text(RUN, encoding="utf-8")
    for i in range(3):
        pl.DataFrame({"article_id": [f"a{i}", f"b{i}"], "words": [i, 10 * i]}).write_parquet(folder / "articles.parquet" / f"part-{i:06}.parquet")
    return folder


def test_a_table_in_parts_is_one_table_of_which_some_rows_and_columns_are_read(scores: Path) -> None:
    assert score_columns(scores, "articles") == ["article_id", "words"]
    assert select_scores(scores, "articles").height == 6
    assert select_scores(scores, "articles", ["words"], pl.col("article_id") == "b2").to_dicts() == [{"words": 20}]


def test_a_table_in_one_file_is_read_the_same_way(tmp_path: Path) -> None:
    pl.DataFrame({"article_id": ["a"], "words": [1]}).write_parquet(tmp_path / "articles.parquet")
    assert select_scores(tmp_path, "articles", ["article_id"]).to_dicts() == [{"article_id": "a"}]


def test_what_is_missing_or_damaged_is_named(scores: Path) -> None:
    with pytest.raises(FramingError, match="is missing") as missing:
        select_scores(scores, "spans")
    assert missing.value.where == str(scores / "spans.parquet")
    with pytest.raises(FramingError, match="lacks the column"):
        select_scores(scores, "articles", ["tokens"])
    (scores / "spans.parquet").write_bytes(b"PAR1 nothing")
    for read in (score_columns, select_scores):
        with pytest.raises(FramingError, match="is damaged"):
            read(scores, "spans")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"model": 7, "inputs": {}}', '{"model": "a"}', '{"model": "a", "inputs": []}', "[" * 10**5]
)
def test_a_run_json_that_is_damaged_is_refused(scores: Path, content: str) -> None:
    assert read_run(scores)["model"] == "abc"
    (scores / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(FramingError, match="is damaged"):
        read_run(scores)


def test_what_is_no_score_folder_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, what in ((tmp_path, "run.json is missing"), (tmp_path / "gone", "no such score folder"), (tmp_path / "file", "no such score folder")):
        with pytest.raises(FramingError, match=what):
            read_run(path)
