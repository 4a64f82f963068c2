"""The name of a request leads back to its article, its text and its window, and to nothing else."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.requests import index_articles, name_request, read_name, refuse_key


def test_a_name_leads_back_to_the_window_of_the_article() -> None:
    articles = pl.DataFrame({"article_id": ["a", "b" * 500], "text": ["One 😀 text.", "Another."]})
    index = index_articles(articles, "test")
    for article_id, text in articles.iter_rows():
        name = name_request(article_id, text, 2, len(text))
        place = read_name(name)
        assert place is not None
        assert (index[place.article].article_id, index[place.article].digest, place.start, place.end) == (article_id, place.text, 2, len(text))


def test_names_are_short_however_long_the_article() -> None:
    assert len(name_request("x", "y", 99_999_999, 999_999_999)) <= 64


@pytest.mark.parametrize(
    "name", ["", "request-1", "0" * 16, f"{'0' * 16}-{'0' * 16}-00-1", f"{'0' * 16}-{'0' * 16}-0-1\n", f"{'g' * 16}-{'0' * 16}-0-1"]
)
def test_names_of_others_lead_nowhere(name: str) -> None:
    assert read_name(name) is None


def test_a_question_that_is_called_like_the_spans_of_an_answer_is_refused() -> None:
    values = [{"name": name, "definition": name} for name in ("yes", "no")]
    question = {"name": "spans", "prompt": "Any?", "choice": "single", "values": values}
    book = Codebook.model_validate({"name": "b", "version": "1.0.0", "title": "B", "description": "B", "instructions": "B", "questions": [question]})
    with pytest.raises(FramingError, match="another name"):
        refuse_key(book, "b")
