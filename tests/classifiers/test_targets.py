from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from classifiers.targets import Task, make_task
from schemas.dataset import Dataset
from schemas.errors import FramingError

TEXT = 'The reckless "reform" passed. It was late.'


def shares_by_word(task: Task, document: int = 0) -> dict[str, float]:
    rows = task.batch.rows(document)
    return {task.batch.words[i]: float(share) for i, share in zip(task.batch.ids[rows], task.token_shares()[rows], strict=True)}


def test_a_token_that_one_of_two_annotators_marked_counts_half(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of({"a": TEXT}, {"a": {"ada": [("Loaded", "reckless"), ("Scare", "reform")], "ben": [("Scare", "reform")]}}))
    shares = shares_by_word(task)
    assert (shares["reckless"], shares["reform"], shares["passed"]) == (0.5, 1.0, 0.0)


def test_somebody_who_read_and_marked_nothing_has_a_vote(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless")], "ben": [], "cem": [], "dot": []}}
    assert shares_by_word(make_task(dataset_of({"a": TEXT}, readings)))["reckless"] == 0.25


def test_two_labels_of_one_annotator_on_a_word_are_one_vote(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reform"), ("Scare", 'reckless "reform')], "ben": []}}
    assert shares_by_word(make_task(dataset_of({"a": TEXT}, readings)))["reform"] == 0.5


def test_edges_have_no_share(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of({"a": TEXT, "b": TEXT}, {"a": {"ada": []}, "b": {"ada": []}}))
    assert np.array_equal(np.isnan(task.token_shares()), task.batch.ids == 0)


def test_a_sentence_counts_by_the_share_who_marked_anything_in_it(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless")], "ben": [("Scare", "reform")], "cem": [("Loaded", "late")], "dot": []}}
    assert make_task(dataset_of({"a": TEXT}, readings)).sentence_shares().tolist() == [0.5, 0.25]


def test_an_answer_counts_by_the_share_of_those_who_answered(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("topics", "Money")], "ben": [("topics", "Money"), ("topics", "Law")], "cem": []}, "b": {"ada": []}}
    task = make_task(dataset_of({"a": TEXT, "b": TEXT}, readings))
    question = task.codebook.question("topics")
    assert question is not None
    shares = task.answer_shares(question)
    assert shares[0].tolist() == [1.0, 0.5]
    assert np.isnan(shares[1]).all()


def test_gold_without_annotations_is_one_vote_as_strong_as_its_support(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless")], "ben": [("Loaded", "reckless")], "cem": []}}
    task = make_task(replace(dataset_of({"a": TEXT}, readings), annotations=None))
    assert len(task.votes[0]) == 1
    assert shares_by_word(task)["reckless"] == pytest.approx(2 / 3)


def test_articles_without_gold_are_left_out(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of({"a": TEXT, "b": "Nobody has read this.", "c": TEXT}, {"a": {"ada": []}, "c": {"ada": []}}))
    assert [document.article_id for document in task.documents] == ["a", "c"]


@pytest.mark.parametrize(("missing", "said"), [("gold", "framing adjudicate"), ("codebook", "codebook.toml")])
def test_a_dataset_that_lacks_something_is_refused_by_name(dataset_of: Callable[..., Dataset], missing: str, said: str) -> None:
    dataset = replace(dataset_of({"a": TEXT}, {"a": {"ada": []}}), **{missing: None})
    with pytest.raises(FramingError, match=said) as caught:
        make_task(dataset, "my-dataset")
    assert str(caught.value).startswith("my-dataset")


def test_gold_for_no_article_is_refused(dataset_of: Callable[..., Dataset]) -> None:
    dataset = dataset_of({"a": TEXT}, {"a": {"ada": []}})
    with pytest.raises(FramingError, match="no article has gold"):
        make_task(replace(dataset, articles=dataset.articles.with_columns(article_id=pl.lit("other"))))


def test_part_of_a_task_keeps_each_article_with_its_votes(task: Task) -> None:
    part = task.take([5, 2])
    assert [document.article_id for document in part.documents] == [task.documents[i].article_id for i in (5, 2)]
    assert part.votes == [task.votes[5], task.votes[2]]
    assert part.gold == [task.gold[5], task.gold[2]]
    np.testing.assert_array_equal(part.token_shares()[part.batch.rows(1)], task.token_shares()[task.batch.rows(2)])
