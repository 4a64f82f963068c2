from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features.pages import Pages
from classifiers.features.vectors import english_vectors
from classifiers.model.familiarity import is_unseen, known_words, shortest_article
from classifiers.model.folder import load_model
from classifiers.model.model import Model
from classifiers.scoring.articles import ArticleScorer
from classifiers.training.targets import Task
from schemas.text.tokens import count_words, tokenise

TEXTS = [
    "",
    "412 !!",
    "The reckless mayor's plan, said the plan.",
    "Zorgish quuxery of 1999: “blorp-blorp” — İstanbul’s 改革 😀",
    "RECKLESS Reckless reckless’s",
]


@pytest.fixture(scope="module")
def known(model: Model) -> frozenset[str]:
    return known_words(model)


def unseen_share(text: str, known: frozenset[str]) -> float:
    """Unseen words of a text as a share of its words."""
    return sum(is_unseen(text[start:end], known) for start, end in tokenise(text)) / max(count_words(text), 1)


@pytest.fixture(scope="module")
def scorer(model: Model) -> ArticleScorer:
    return ArticleScorer(model)


def unseen_of(scorer: ArticleScorer, *texts: str) -> list[float]:
    articles = pl.DataFrame({"article_id": [str(i) for i in range(len(texts))], "text": list(texts)}, schema_overrides={"text": pl.String})
    return scorer.score(articles, Pages()).articles["unseen_words"].to_list()


def test_the_scores_say_what_the_definition_says(scorer: ArticleScorer, known: frozenset[str]) -> None:
    assert unseen_of(scorer, *TEXTS) == [unseen_share(text, known) for text in TEXTS]


@given(st.lists(st.sampled_from(["the", "Plan", "zorg", "12", "!", "’s", "-", " ", "\n", "😀", "_x", "ǅ"]), max_size=12).map("".join))
def test_the_scores_say_what_the_definition_says_of_any_text(scorer: ArticleScorer, known: frozenset[str], text: str) -> None:
    assert unseen_of(scorer, text) == [unseen_share(text, known)]


def test_a_word_is_known_in_any_case_and_as_a_possessive(known: frozenset[str]) -> None:
    assert not any(is_unseen(word, known) for word in ("people", "People", "PEOPLE", "people's", "people’s"))
    assert all(is_unseen(word, known) for word in ("quuxery", "Zorgish"))


def test_a_word_that_no_training_text_has_is_known_by_its_vector(model: Model, whole_task: Task, known: frozenset[str]) -> None:
    texts = " ".join(whole_task.batch.texts).lower()
    strange = [word for word in english_vectors().words if word.isalpha() and len(word) > 5 and word not in texts]
    assert strange
    assert sum(is_unseen(word, known) for word in strange) < len(strange) / 100
    assert not {feature.term for feature in model.window.words.features} & set(strange)


def test_numbers_and_marks_are_strangers_to_nobody(known: frozenset[str]) -> None:
    assert not any(is_unseen(word, known) for word in ("41237", "!", "—", "😀", "_"))


def test_words_without_a_weight_are_not_known(model: Model) -> None:
    assert model.spans is not None
    silent = {name: replace(head, weights=0 * head.weights) for name, head in model.questions.items()}
    nothing = replace(model, spans=replace(model.spans, weights=0 * model.spans.weights), sentences=None, questions=silent)
    assert known_words(nothing) == frozenset()


def test_a_model_from_its_folder_knows_the_same_words(model: Model, model_folder: Path, known: frozenset[str]) -> None:
    assert known_words(load_model(model_folder)) == known
    assert len(known) > 500


# Length


def test_a_text_of_less_than_half_of_the_shortest_training_article_is_out_of_reach() -> None:
    training = pl.DataFrame({"words": [200, None, 147]})
    assert [shortest_article(words, training) for words in (0, 73, 74, 147, 5000)] == [147, 147, None, None, None]


@pytest.mark.parametrize("training", [None, pl.DataFrame({"article_id": ["a"]}), pl.DataFrame({"words": [None]}), pl.DataFrame({"words": [7]})])
def test_where_training_articles_are_sentences_or_not_known_a_sentence_is_in_reach(training: pl.DataFrame | None) -> None:
    assert shortest_article(7, training) is None
