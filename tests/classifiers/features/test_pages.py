"""What is known of pages is the same however and in whatever order it was put together."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features.context import others_mean
from classifiers.features.pages import Alone, Pages

LOGITS = st.floats(-60, 60)
# The page of a document, and what is known of it by itself.
DOCUMENTS = st.lists(st.tuples(st.sampled_from(["p", "q", "r", None, ""]), LOGITS, LOGITS, LOGITS, LOGITS), min_size=1, max_size=12)
Document = tuple[str | None, float, float, float, float]


def alone_of(documents: Sequence[Document]) -> Alone:
    """A question of two values, one of one value, and the most loaded sentence."""
    figures = np.array([document[1:] for document in documents]).reshape(-1, 4)
    return Alone({"biased": figures[:, :2], "topics": figures[:, 2:3]}, figures[:, 3])


def known(*parts: Sequence[Document]) -> Pages:
    pages = Pages()
    for part in parts:
        pages.add([document[0] for document in part], alone_of(part))
    return pages


def others(pages: Pages, documents: Sequence[Document]) -> list[list[float]]:
    found = pages.others([document[0] for document in documents], alone_of(documents))
    assert list(found.logits) == ["biased", "topics"]
    return np.column_stack([*found.logits.values(), found.loaded]).tolist()  # type: ignore[no-any-return]


@given(DOCUMENTS, st.integers(0, 12), st.integers())
def test_sums_are_the_same_to_the_bit_in_any_order_and_however_they_were_cut(documents: list[Document], cut: int, seed: int) -> None:
    expected = others(known(documents), documents)
    shuffled = random.Random(seed).sample(documents, len(documents))
    together = known(shuffled[:cut])
    together.add_all(known(shuffled[cut:]))
    assert others(known(shuffled[:cut], shuffled[cut:]), documents) == expected
    assert others(together, documents) == expected
    # One document at a time, as another part would ask for it.
    assert [others(together, [document])[0] for document in documents] == expected


@given(DOCUMENTS)
def test_what_the_others_say_is_what_the_definition_says(documents: list[Document]) -> None:
    groups = np.array([{"p": 0, "q": 1, "r": 2}.get(page or "", 3 + i) for i, (page, *_) in enumerate(documents)])
    columns = np.array([document[1:] for document in documents]).T
    expected = np.column_stack([others_mean(column, groups) for column in columns])
    np.testing.assert_allclose(others(known(documents), documents), expected, rtol=0, atol=1e-9)


def test_the_only_part_of_a_page_has_no_others_and_neither_has_one_without_a_page() -> None:
    documents: list[Document] = [("p", 1, 2, 3, 4), (None, 1, 2, 3, 4), ("", 1, 2, 3, 4), (None, 5, 6, 7, 8)]
    assert others(known(documents), documents) == [[0.0] * 4] * 4
    assert others(Pages(), documents) == [[0.0] * 4] * 4


def test_a_mean_over_few_others_is_drawn_to_zero() -> None:
    documents: list[Document] = [("p", 3, 3, 3, 3), ("p", 9, 9, 9, 9)]
    assert others(known(documents), documents) == [[3.0] * 4, [1.0] * 4]


def test_some_pages_of_many_know_what_all_know_of_them_and_nothing_of_the_rest() -> None:
    documents: list[Document] = [("p", 1, 2, 3, 4), ("q", 2, 3, 4, 5), ("p", 6, 7, 8, 9), ("q", 1, 1, 1, 1)]
    pages = known(documents)
    some = pages.only(["p", None, "", "gone", "p"])
    assert others(some, [documents[0]]) == others(pages, [documents[0]])
    assert others(some, [documents[1]]) == [[0.0] * 4]


def test_what_was_taken_from_many_pages_does_not_change_with_them() -> None:
    documents: list[Document] = [("p", 1, 2, 3, 4), ("p", 6, 7, 8, 9)]
    pages = known(documents)
    some = pages.only(["p"])
    before = others(some, documents)
    pages.add_all(known(documents))
    assert others(some, documents) == before


def test_a_model_without_questions_still_knows_its_most_loaded_sentences() -> None:
    pages, alone = Pages(), Alone({}, np.array([1.0, 4.0]))
    pages.add(["p", "p"], alone)
    assert pages.others(["p", "p"], alone).loaded.tolist() == pytest.approx([4 / 3, 1 / 3])
