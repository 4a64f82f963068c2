from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from exports.tables.folders import collect_tables, is_scores
from schemas.codebook import load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Annotations, Articles, ScoredSpans, conform


@pytest.fixture
def dataset_folder(tmp_path: Path) -> Path:
    articles = conform(pl.DataFrame({"article_id": ["a"], "text": ["A reckless plan."], "beat": ["politics"]}), Articles, "test")
    row = {"article_id": "a", "annotator": "ada", "label": "Loaded_Language", "start": 2, "end": 10, "quote": "reckless", "origin": "manual"}
    write_dataset(tmp_path / "dataset", Dataset(articles, conform(pl.DataFrame([row]), Annotations, "test"), None, load_codebook()))
    return tmp_path / "dataset"


@pytest.fixture
def score_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scores"
    folder.mkdir()
    pl.DataFrame({"article_id": ["a", "b"], "model": "m"}).write_parquet(folder / "articles.parquet")
    pl.DataFrame(ScoredSpans.create_empty()).write_parquet(folder / "spans.parquet")
    pl.DataFrame({"article_id": ["a"], "start": [0], "end": [3], "probability": [0.5]}).write_parquet(folder / "sentences.parquet")
    (folder / "run.json").write_text('{"model": "", "inputs": {}}')
    return folder


def test_a_dataset_gives_the_tables_it_has(dataset_folder: Path) -> None:
    tables = collect_tables(dataset_folder)
    assert list(tables) == ["articles", "annotations"]
    assert tables["articles"]["beat"].to_list() == ["politics"]
    assert tables["annotations"]["quote"].to_list() == ["reckless"]
    assert not is_scores(dataset_folder)


def test_scores_give_their_three_tables(score_folder: Path) -> None:
    assert is_scores(score_folder)
    assert {name: table.height for name, table in collect_tables(score_folder).items()} == {"articles": 2, "spans": 0, "sentences": 1}


def test_spans_that_were_written_before_speakers_were_known_have_none(score_folder: Path) -> None:
    old = {"article_id": ["a"], "label": ["Loaded"], "start": [2], "end": [10], "text": ["reckless"], "probability": [0.5], "voice": ["quoted"]}
    pl.DataFrame(old).write_parquet(score_folder / "spans.parquet")
    spans = collect_tables(score_folder)["spans"]
    assert spans.columns == ScoredSpans.column_names()
    assert spans["speaker"].to_list() == [None]


def test_a_table_of_scores_may_be_a_folder_of_parts(score_folder: Path) -> None:
    (score_folder / "articles.parquet").unlink()
    (score_folder / "articles.parquet").mkdir()
    for number, name in enumerate("abc"):
        pl.DataFrame({"article_id": [name], "model": ["m"]}).write_parquet(score_folder / "articles.parquet" / f"part-{number}.parquet")
    assert sorted(collect_tables(score_folder)["articles"]["article_id"]) == ["a", "b", "c"]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="neither a dataset nor a score folder"):
        collect_tables(tmp_path)


@pytest.mark.parametrize("content", [None, b"PAR1 and no more"], ids=["missing", "damaged"])
def test_scores_that_lost_a_table_are_refused_by_its_name(score_folder: Path, content: bytes | None) -> None:
    (score_folder / "spans.parquet").unlink()
    if content:
        (score_folder / "spans.parquet").write_bytes(content)
    with pytest.raises(FramingError, match=r"spans\.parquet"):
        collect_tables(score_folder)
