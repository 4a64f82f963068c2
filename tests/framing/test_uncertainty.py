"""How unsure a model is of an article: means of entropies, checked on figures that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from classifiers import load_model, save_model
from classifiers.scoring.tables import Scores
from framing.sample import read_sample
from framing.uncertainty import average_doubt, measure_uncertainty
from schemas.errors import FramingError

# A coin that falls on one side three times of four: 2 - 3/4 * log2(3) bits.
BIASED = 0.8112781244591328


def doubts(sentences: dict[str, list[float]], answers: dict[str, list[float]]) -> list[float | None]:
    """Of articles by id, from the probabilities of their sentences, and of the answers by column. Each has a headline, too, which does not count."""
    rows = [{"article_id": article, "part": "text", "probability": p} for article, found in sentences.items() for p in found]
    rows += [{"article_id": article, "part": "title", "probability": 0.4} for article in sentences]
    table = pl.DataFrame(rows, schema={"article_id": pl.String, "part": pl.String, "probability": pl.Float64})
    articles = pl.DataFrame({"article_id": list(sentences), "sentences": [len(found) for found in sentences.values()], **answers})
    return average_doubt(Scores(articles, pl.DataFrame(), table), list(answers))["uncertainty"].to_list()


def test_it_is_the_mean_entropy_of_the_sentences_in_bits() -> None:
    assert doubts({"a": [0.5], "b": [0.0, 1.0], "c": [0.5, 0.25, 1.0]}, {}) == pytest.approx([1, 0, (1 + BIASED) / 3], abs=1e-9)


def test_a_long_article_does_not_win_by_being_long() -> None:
    long, short = doubts({"long": [0.5, *[0.01] * 30], "short": [0.25]}, {})
    assert long is not None
    assert short is not None
    assert long < short


def test_answers_count_as_much_as_all_sentences_together() -> None:
    assert doubts({"a": [0.5, 0.5, 0.5]}, {"bias_yes": [0.0], "bias_no": [0.25]}) == pytest.approx([(1 + BIASED / 2) / 2])


def test_what_there_is_counts_alone_where_the_other_is_missing() -> None:
    assert doubts({"a": []}, {"bias_yes": [0.25]}) == pytest.approx([BIASED])
    assert doubts({"a": []}, {}) == [None]


def test_the_starter_model_is_unsure_of_every_article_to_some_degree() -> None:
    articles = read_sample(128).articles.head(3)
    table = measure_uncertainty(articles, None)
    assert table["article_id"].to_list() == articles["article_id"].to_list()
    assert table["uncertainty"].is_between(0, 1, closed="none").all()


def test_a_model_that_judges_nothing_but_words_cannot_say(tmp_path: Path) -> None:
    save_model(replace(load_model(), sentences=None, questions={}), tmp_path / "words")
    with pytest.raises(FramingError, match="neither sentences nor questions"):
        measure_uncertainty(read_sample(128).articles.head(1), tmp_path / "words")
