from __future__ import annotations

import polars as pl
import pytest

from classifiers.evaluation.folds import first_of_each_text, name_groups
from classifiers.features.documents import Document, make_document
from classifiers.training.targets import Task
from schemas.errors import FramingError


def documents_of(*texts: str) -> list[Document]:
    return [make_document(str(i), text) for i, text in enumerate(texts)]


def test_marks_spaces_and_case_do_not_tell_copies_apart() -> None:
    texts = ["The plan, a “sham”, passed.", 'THE  PLAN: a "sham" passed', "the\nplan a_sham passed", "The plan passed.", " the plan, a sham passed!!"]
    assert first_of_each_text(documents_of(*texts)) == [0, 3]


@pytest.mark.parametrize("other", ["The plans passed.", "The plan passed. It did.", "Theplan passed", "The plan paßed.", "The plan passed 2."])
def test_other_words_are_another_article(other: str) -> None:
    assert first_of_each_text(documents_of("The plan passed.", other)) == [0, 1]


def test_words_of_any_script_count_and_marks_alone_are_compared_as_they_are() -> None:
    assert first_of_each_text(documents_of("改革", "改革。", "革改", "!", "?", "!", "😀")) == [0, 2, 3, 4, 6]


def test_an_article_of_unknown_group_stands_for_itself(small_task: Task, small_articles: pl.DataFrame) -> None:
    known = small_articles.with_columns(outlet=pl.when(pl.col("article_id").is_in(["a1", "a5"])).then(pl.lit("Gull")))
    names = name_groups(small_task, known, "outlet")
    assert names[1] == names[5] == "Gull"
    assert len(set(names)) == 11


def test_groups_go_by_the_articles_and_not_by_their_order(small_task: Task, small_articles: pl.DataFrame) -> None:
    assert name_groups(small_task, small_articles.reverse(), "outlet") == name_groups(small_task, small_articles, "outlet")
    assert name_groups(small_task, small_articles, "article") == [f"a{i}" for i in range(12)]


@pytest.mark.parametrize("group", ["topic", "url"], ids=["a column that is not there", "a column without values"])
def test_grouping_by_what_the_articles_do_not_have_is_refused(small_task: Task, small_articles: pl.DataFrame, group: str) -> None:
    with pytest.raises(FramingError, match=group):
        name_groups(small_task, small_articles, group)


def test_grouping_by_what_is_no_group_is_refused(small_task: Task, small_articles: pl.DataFrame) -> None:
    with pytest.raises(FramingError, match="article, outlet, topic, url"):
        name_groups(small_task, small_articles, "text")
