from __future__ import annotations

import polars as pl
import pytest

from classifiers.evaluation.folds import copies_of_each_text, first_of_each_text, name_groups, stories_of
from classifiers.training.targets import Task
from schemas.errors import FramingError


def test_marks_spaces_and_case_do_not_tell_copies_apart() -> None:
    texts = ["The plan, a “sham”, passed.", 'THE  PLAN: a "sham" passed', "the\nplan a_sham passed", "The plan passed.", " the plan, a sham passed!!"]
    assert first_of_each_text(texts) == [0, 3]


@pytest.mark.parametrize("other", ["The plans passed.", "The plan passed. It did.", "Theplan passed", "The plan paßed.", "The plan passed 2."])
def test_other_words_are_another_article(other: str) -> None:
    assert first_of_each_text(["The plan passed.", other]) == [0, 1]


def test_words_of_any_script_count_and_marks_alone_are_compared_as_they_are() -> None:
    assert first_of_each_text(["改革", "改革。", "革改", "!", "?", "!", "😀"]) == [0, 2, 3, 4, 6]


def test_copies_stand_together_each_once_and_in_the_order_in_which_they_were_met() -> None:
    texts = ["The plan passed.", "改革", "THE PLAN PASSED!", "!", "改革。", "the plan, passed", "?"]
    assert copies_of_each_text(texts) == [[0, 2, 5], [1, 4], [3], [6]]
    assert copies_of_each_text([]) == []


def test_texts_of_one_story_stand_together_also_through_a_third() -> None:
    texts, stories = ["one", "two", "three", "ONE", "four", "two!"], ["a", "a", "b", "c", "c", "b"]
    assert copies_of_each_text(texts, stories) == [[0, 1, 2, 3, 4, 5]]
    assert copies_of_each_text(texts[:3], ["a", "b", "a"]) == [[0, 2], [1]]
    assert first_of_each_text(texts[:3], ["a", "b", "a"]) == [0, 1]


def test_the_story_of_a_document_is_the_first_of_its_copies(small_task: Task, small_articles: pl.DataFrame) -> None:
    assert stories_of(small_task, small_articles) == [f"a{i}" for i in range(12)]
    copied = small_articles.with_columns(copy_of=pl.when(pl.col("article_id") == "a3").then(pl.lit("a1")))
    assert stories_of(small_task, copied.reverse())[3] == "a1"


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
