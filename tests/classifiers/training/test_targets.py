from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from classifiers.training.targets import Task, make_task
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.text.tokens import Span, tokenise

TEXT = 'The reckless "reform" passed. It was late.'


def shares_by_word(task: Task, document: int = 0) -> dict[str, float]:
    rows = task.batch.rows(document)
    return {task.batch.words[i]: float(share) for i, share in zip(task.batch.ids[rows], task.token_shares()[rows], strict=True)}


def test_a_token_counts_half_by_its_votes_and_half_by_gold(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless"), ("Scare", "reform")], "ben": [("Loaded", "reckless")], "cem": []}}
    shares = shares_by_word(make_task(dataset_of({"a": TEXT}, readings)))
    # Two of three are gold, one of three is not.
    assert shares["reckless"] == pytest.approx((2 / 3 + 1) / 2)
    assert shares["reform"] == pytest.approx((1 / 3 + 0) / 2)
    assert shares["passed"] == 0


def test_somebody_who_read_and_marked_nothing_has_a_vote(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless")], "ben": [], "cem": [], "dot": []}}
    assert shares_by_word(make_task(dataset_of({"a": TEXT}, readings)))["reckless"] == 0.125


def test_somebody_who_only_answered_did_not_mark_nothing(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless"), ("biased", "Yes")], "ben": [("biased", "No")], "cem": []}}
    task = make_task(dataset_of({"a": TEXT}, readings))
    assert [vote.marks for vote in task.votes[0]] == [True, False, True]
    assert len(task.readers(0)) == 2
    assert shares_by_word(task)["reckless"] == (0.5 + task.gold_tokens()[task.batch.rows(0)][1]) / 2
    assert task.sentence_shares()[0] == (0.5 + task.gold_sentences()[0]) / 2


def test_where_everybody_only_answered_gold_is_the_reader(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of({"a": TEXT}, {"a": {"ada": [("biased", "Yes")], "ben": [("biased", "Yes")]}}))
    assert task.readers(0) == [task.gold[0]]
    assert not task.token_shares()[task.batch.rows(0)].any()


def test_two_labels_of_one_annotator_on_a_word_are_one_vote(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reform"), ("Scare", 'reckless "reform')], "ben": []}}
    assert shares_by_word(make_task(dataset_of({"a": TEXT}, readings)))["reform"] == 0.25


def test_what_is_marked_in_one_article_is_not_marked_in_those_beside_it(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of(dict.fromkeys("abc", TEXT), {"a": {"ada": []}, "b": {"ada": [("Loaded", TEXT)]}, "c": {"ada": []}}))
    marked = [number == 1 for number in range(3) for _ in tokenise(TEXT)]
    assert task.gold_tokens().tolist() == task.token_shares().tolist() == marked
    assert task.gold_sentences().tolist() == task.sentence_shares().tolist() == [False, False, True, True, False, False]


def test_a_sentence_counts_half_by_who_marked_anything_in_it_and_half_by_gold(dataset_of: Callable[..., Dataset]) -> None:
    readings = {
        "a": {"ada": [("Loaded", "reckless")], "ben": [("Loaded", "reckless")], "cem": [("Loaded", "reckless"), ("Loaded", "late")], "dot": []}
    }
    task = make_task(dataset_of({"a": TEXT}, readings))
    assert task.gold_sentences().tolist() == [True, False]
    assert task.sentence_shares().tolist() == [(0.75 + 1) / 2, 0.25 / 2]


def test_an_answer_counts_half_by_those_who_answered_and_half_by_gold(dataset_of: Callable[..., Dataset]) -> None:
    topics, biased = ("topics", "Money"), ("biased", "Yes")
    readings = {"a": {"ada": [topics, biased], "ben": [topics, ("topics", "Law"), biased], "cem": [("biased", "No")], "dot": []}, "b": {"ada": []}}
    task = make_task(dataset_of({"a": TEXT, "b": TEXT}, readings))
    several, one = task.codebook.questions[1], task.codebook.questions[0]
    assert task.answer_shares(several)[0].tolist() == [1.0, (0.5 + task.gold_answers(several)[0, 1]) / 2]
    assert task.answer_shares(one)[0] == pytest.approx([(2 / 3 + 1) / 2, (1 / 3 + 0) / 2])
    assert np.isnan(task.answer_shares(several)[1]).all()


def test_a_question_of_one_answer_without_a_winner_has_no_truth_and_one_of_several_has(dataset_of: Callable[..., Dataset]) -> None:
    readings = {
        "a": {"ada": [("biased", "Yes"), ("topics", "Law")], "ben": [("biased", "No"), ("topics", "Money")]},
        "b": {"ada": [("biased", "Yes")], "ben": [("biased", "Yes")]},
        "c": {"ada": []},
    }
    task = make_task(dataset_of(dict.fromkeys("abc", TEXT), readings))
    one, several = task.codebook.questions
    assert [task.decided(i, one) for i in range(3)] == [False, True, False]
    assert [task.decided(i, several) for i in range(3)] == [True, False, False]
    # Votes alone count where nothing was decided.
    assert task.answer_shares(one)[0].tolist() == [0.5, 0.5]


def test_gold_without_annotations_is_one_vote_as_strong_as_its_support(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless")], "ben": [("Loaded", "reckless")], "cem": []}}
    task = make_task(replace(dataset_of({"a": TEXT}, readings), annotations=None))
    assert len(task.votes[0]) == 1
    assert shares_by_word(task)["reckless"] == pytest.approx((2 / 3 + 1) / 2)


def test_an_article_without_words_is_left_out(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of({"a": TEXT, "b": " \n "}, {"a": {"ada": []}, "b": {"ada": []}}))
    assert task.batch.article_ids == ["a"]


def test_a_task_knows_the_outlets_and_pages_of_its_articles(dataset_of: Callable[..., Dataset]) -> None:
    dataset = dataset_of(dict.fromkeys("ab", TEXT), {"a": {"ada": []}, "b": {"ada": []}}, outlets={"b": "Gull"}, urls={"a": "https://gull.example"})
    task = make_task(dataset)
    assert task.outlets == ["", "Gull"]
    assert task.batch.pages == ["https://gull.example", None]
    assert (task.take([1]).outlets, task.take([0]).batch.pages) == (["Gull"], ["https://gull.example"])


def test_articles_without_gold_are_left_out(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of({"a": TEXT, "b": "Nobody has read this.", "c": TEXT}, {"a": {"ada": []}, "c": {"ada": []}}))
    assert task.batch.article_ids == ["a", "c"]


@pytest.mark.parametrize(("missing", "said"), [("gold", "framing adjudicate"), ("codebook", "codebook.toml")])
def test_a_dataset_that_lacks_something_is_refused_by_name(dataset_of: Callable[..., Dataset], missing: str, said: str) -> None:
    lacking: dict[str, Any] = {missing: None}
    dataset = replace(dataset_of({"a": TEXT}, {"a": {"ada": []}}), **lacking)
    with pytest.raises(FramingError, match=said) as caught:
        make_task(dataset, "my-dataset")
    assert str(caught.value).startswith("my-dataset")


def test_gold_for_no_article_is_refused(dataset_of: Callable[..., Dataset]) -> None:
    dataset = dataset_of({"a": TEXT}, {"a": {"ada": []}})
    with pytest.raises(FramingError, match="no article has gold"):
        make_task(replace(dataset, articles=dataset.articles.with_columns(article_id=pl.lit("other"))))


def test_part_of_a_task_keeps_each_article_with_its_votes(task: Task) -> None:
    part = task.take([5, 2])
    assert part.batch.article_ids == [task.batch.article_ids[i] for i in (5, 2)]
    assert part.votes == [task.votes[5], task.votes[2]]
    assert part.gold == [task.gold[5], task.gold[2]]
    np.testing.assert_array_equal(part.token_shares()[part.batch.rows(1)], task.token_shares()[task.batch.rows(2)])


def test_a_headline_that_was_read_is_a_text_of_its_own_of_which_nothing_is_asked(headed: Dataset, small_task: Task) -> None:
    task = make_task(headed)
    assert (len(task), task.numbers_of("title")) == (23, [*range(1, 22, 2)])
    assert task.batch.article_ids[:3] == ["a0", "a0", "a1"]
    texts, titles = task.only("text"), task.only("title")
    # Offsets count in the headline, and what was marked in it is marked nowhere else.
    assert [gold.spans[0].span for gold in titles.gold] == [Span(2, 9)] * 11
    assert (texts.gold, texts.votes, list(texts.batch.texts)) == (small_task.gold, small_task.votes, list(small_task.batch.texts))
    assert set(titles.batch.pages) == {None}
    for question in task.codebook.questions:
        assert np.isnan(titles.answer_shares(question)).all()
        assert not any(titles.decided(number, question) for number in range(len(titles)))


def test_the_headlines_of_a_dataset_of_which_nobody_read_one_change_nothing(headed: Dataset, small_dataset: Dataset, small_task: Task) -> None:
    task = make_task(replace(small_dataset, articles=headed.articles))
    assert (list(task.batch.texts), task.votes, task.only("text") is task) == (list(small_task.batch.texts), small_task.votes, True)
