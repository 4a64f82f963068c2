"""spaCy opens the file, and finds every text to the letter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.formats.spacy import split_text

Write = Callable[..., tuple[Path, list[str]]]
# Importing spaCy warns of what its own dependencies do.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def open_docs(path: Path) -> dict[str, Any]:
    import spacy
    from spacy.tokens import DocBin

    return {doc.user_data["article_id"]: doc for doc in DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab)}


@pytest.fixture
def docs(write: Write) -> dict[str, Any]:
    return open_docs(write("spacy", "gold")[0] / "articles.spacy")


def test_every_text_comes_back_to_the_letter(docs: dict[str, Any], articles: Any) -> None:
    texts = dict(articles.select("article_id", "text").iter_rows())
    assert {name: doc.text for name, doc in docs.items()} == {name: text for name, text in texts.items() if name != "-rf"}


def test_spans_that_fall_on_tokens_have_the_offsets_they_had_overlaps_and_all(docs: dict[str, Any], hostile: Callable[..., Any]) -> None:
    gold = hostile("gold").tables["gold"].unique(maintain_order=True)
    wanted = {(row["article_id"], row["label"], row["start"], row["end"]) for row in gold.to_dicts() if row["start"] is not None}
    found = {(name, span.label_, span.start_char, span.end_char) for name, doc in docs.items() for span in doc.spans.get("sc", [])}
    # A span inside a word grows to it; one of white space to all of the white space that is a token there.
    grown = {(name, label, docs[name].text[start:end]) for name, label, start, end in found - wanted}
    assert grown == {("../../etc/passwd", "Loaded_Language", "Prices"), ("007", "a: b", " \n")}
    assert len(found) == len(wanted)


def test_what_was_moved_is_counted(write: Write, count: Callable[..., int]) -> None:
    assert count(write("spacy", "gold")[1], "beside a token's edge") == 2


def test_nothing_marked_is_an_empty_group_and_not_known_is_none(docs: dict[str, Any]) -> None:
    assert len(docs[".."].spans["sc"]) == 0
    assert "sc" not in docs["new\nline\t'=1\""].spans


def test_answers_are_categories_of_the_questions_that_were_answered(docs: dict[str, Any]) -> None:
    assert docs["../../etc/passwd"].cats == {"frames_Law, order": 1.0, "frames_Economy": 1.0}
    assert docs[".."].cats == {"bias_yes": 0.0, "bias_no": 1.0}
    assert docs["A"].cats == {}


def test_the_columns_of_an_article_ride_along(docs: dict[str, Any]) -> None:
    data = docs["007"].user_data
    assert (data["outlet"], data["title"], data["n"], data["day"]) == ("@outlet", "A title", 2, "2026-01-02")


def test_a_missing_spacy_is_one_line_that_says_what_to_install(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    from schemas.errors import FramingError

    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(FramingError, match=r"framing-toolkit\[spacy\]"):
        write("spacy", "gold")


@given(st.text(alphabet=st.sampled_from("ab'’-. \n\t\u2028\u00a0\u3000👩\u200d改\x1f\x07"), max_size=30))
def test_tokens_and_spaces_are_the_text(text: str) -> None:
    tokens, spaces = split_text(text)
    assert "".join(text[start:end] + " " * space for (start, end), space in zip(tokens, spaces, strict=True)) == text
    assert all(start < end for start, end in tokens)
