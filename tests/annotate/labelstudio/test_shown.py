"""What is shown of an article is its headline and its text as one, and what is marked there stands in the one or the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.labelstudio.shown import SHOWN, add_data, read_data, show
from schemas.codebook import Codebook, load_codebook

PLAIN = load_codebook()
READING = Codebook.model_validate(PLAIN.model_dump() | {"headlines": True})
PARTS = st.text("a😀 \n", max_size=8)


def span(start: int, end: int) -> dict[str, Any]:
    return {"label": "Loaded_Language", "start": start, "end": end, "quote": "?"}


@given(title=st.none() | PARTS, text=PARTS, start=st.integers(0, 20), length=st.integers(1, 20))
def test_a_span_stands_in_the_part_that_has_all_of_it_and_in_none_where_it_goes_beyond(title: str | None, text: str, start: int, length: int) -> None:
    shown, marked = show({"title": title, "text": text}, READING), range(start, start + length)
    # Which part each character is of; the line between is of none.
    parts = ["title"] * len(title) + [None, None] if title and title.strip() else []
    parts += ["text"] * len(text) + [None] * 40
    of = {parts[at] for at in marked}
    placed = shown.place(span(start, start + length))
    # What is in no part can have been meant for any.
    assert shown.find_touched(start, start + length) == (of - {None} or set(shown.places))
    assert (placed is None) == (None in of or len(of) > 1)
    if placed is not None:
        whole = title if placed["part"] == "title" else text
        assert (placed["part"], str(whole)[placed["start"] : placed["end"]]) == (parts[start], shown.text[start : start + length])
        assert shown.shift(placed) == span(start, start + length) | {"part": placed["part"]}


@pytest.mark.parametrize("title", [None, "", " \n\t", 7])
def test_an_article_without_a_headline_shows_its_text_alone(title: object) -> None:
    shown = show({"title": title, "text": "The port."}, READING)
    assert (shown.text, shown.places) == ("The port.", {"text": (0, 9)})
    assert show({"title": "Up", "text": "The port."}, PLAIN) == shown
    assert shown.shift(span(0, 2) | {"part": "title"}) is None


def test_what_is_added_for_the_screen_is_taken_out_again_and_a_column_of_the_name_stays_where_it_was_not_added() -> None:
    article = {"article_id": "a", "title": "Up 😀", "text": "The port."}
    assert add_data(article, READING) == {SHOWN: "Up 😀\n\nThe port."}
    assert read_data(article | add_data(article, READING), READING) == article
    assert add_data(article, PLAIN) == {}
    assert read_data(article | {SHOWN: "mine"}, PLAIN) == article | {SHOWN: "mine"}
