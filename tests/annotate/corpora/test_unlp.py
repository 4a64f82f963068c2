"""UNLP 2025: posts with passages of one label, and techniques that are answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.corpora.unlp import read
from schemas.dataset import Dataset
from schemas.errors import FramingError

Put = Callable[[str, object], Path]
UNLP = Path(__file__).parents[4] / "shared" / "data" / "unlp"
TEXT = "🚢 Дикий план щурів гавані."


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    gold = read(path).dataset().gold
    assert gold is not None
    return gold.select("article_id", "label", "quote", "value").rows()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    posts = {"id": ["a", "b"], "content": [TEXT, "Гавань."], "lang": ["uk", "ru"], "manipulative": [True, False]}
    found = {"techniques": [["fud", "cliche"], None], "trigger_words": [[[2, 7], [4, 13]], None]}
    pl.DataFrame(posts | found).write_parquet(tmp_path / "train.parquet")
    return tmp_path / "train.parquet"


def test_passages_are_spans_and_techniques_answers(table: Path) -> None:
    assert rows_of(table) == [
        ("a", "manipulative", None, "yes"),
        ("a", "techniques", None, "fud"),
        ("a", "techniques", None, "cliche"),
        ("a", "Manipulation", "Дикий", None),
        ("a", "Manipulation", "кий план ", None),
        ("b", "manipulative", None, "no"),
        ("b", None, None, None),
    ]
    assert read(table).dataset().articles["language"].to_list() == ["uk", "ru"]


@pytest.mark.parametrize(("names", "words"), [("['fud', 'cliche']", "[[2, 7], [4, 13]]"), ("['fud' 'cliche']", "[[2 7]\n [4 13]]")])
def test_a_csv_of_it_says_the_same(table: Path, put: Put, names: str, words: str) -> None:
    head = "id,content,lang,manipulative,techniques,trigger_words\n"
    path = put("train.csv", f'{head}a,{TEXT},uk,True,"{names}","{words}"\nb,Гавань.,ru,False,,\n')
    assert rows_of(path) == rows_of(table)


def test_what_does_not_fit_is_set_aside(put: Put, reasons: Callable[[Dataset], list[str]]) -> None:
    head = "id,content,techniques,trigger_words\n"
    path = put("train.csv", f'{head}a,{TEXT},,"[[2, 700]]"\na,{TEXT},,\nb,{TEXT},,"[[2, 7], [9]]"\nc,{TEXT},shouting,"words"\nd,{TEXT},,\n')
    assert reasons(read(path).dataset()) == [
        "the offsets leave the text",
        "an article of this id is there already",
        "its trigger words are not pairs of numbers",
        "codebook unlp-2025 1.0.0 has no such answer",
        "its trigger words are not pairs of numbers",
    ]


def test_a_table_of_something_else_is_refused(put: Put) -> None:
    with pytest.raises(FramingError, match="has no column 'techniques'"):
        read(put("test.csv", "id,content,lang\na,x,uk\n"))


@pytest.mark.skipif(not UNLP.is_dir(), reason="the UNLP corpus is not here")
def test_the_real_corpus_has_2147_posts_and_nine_passages_that_leave_their_text(reasons: Callable[[Dataset], list[str]]) -> None:
    dataset = read(UNLP).dataset()
    assert dataset.gold is not None
    assert (dataset.articles.height, dataset.gold["start"].count(), dataset.gold["label"].null_count()) == (2147, 4524, 812)
    assert reasons(dataset) == ["the offsets leave the text"] * 9
