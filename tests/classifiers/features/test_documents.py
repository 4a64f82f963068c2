from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features.documents import EDGE, PADDING, SITUATIONS, make_batch, make_document

TEXTS = st.text(alphabet="ab’'-\"“” .\n😀中é", max_size=40)


def situations_of(text: str) -> dict[str, str]:
    batch = make_batch([make_document("a", text)])
    rows = batch.rows(0)
    return {batch.words[i]: SITUATIONS[j] for i, j in zip(batch.ids[rows], batch.situations[rows], strict=True)}


def test_a_stretch_holds_every_token_that_it_touches() -> None:
    document = make_document("a", "The reckless plan")
    assert document.tokens_between(4, 12) == range(1, 2)
    assert document.tokens_between(6, 7) == range(1, 2)
    assert document.tokens_between(2, 14) == range(3)


def test_white_space_holds_no_token() -> None:
    assert len(make_document("a", "The   plan").tokens_between(3, 6)) == 0


@given(TEXTS, st.integers(0, 40), st.integers(1, 40))
def test_tokens_between_is_what_comparing_every_token_gives(text: str, start: int, length: int) -> None:
    document = make_document("a", text)
    end = start + length
    assert list(document.tokens_between(start, end)) == [i for i, token in enumerate(document.tokens) if token.start < end and start < token.end]


@given(st.lists(TEXTS, max_size=5))
def test_the_rows_of_a_document_spell_its_tokens(texts: list[str]) -> None:
    batch = make_batch(make_document(str(i), text) for i, text in enumerate(texts))
    for number, document in enumerate(batch.documents):
        spelled = [batch.words[i] for i in batch.ids[batch.rows(number)]]
        assert spelled == [document.text[start:end] for start, end in document.tokens]


def test_a_word_has_one_number_in_all_documents() -> None:
    batch = make_batch([make_document("a", "The plan"), make_document("b", "the plan, The plan")])
    assert len(batch.words) == len(set(batch.words))
    assert batch.ids[batch.rows(0)][0] == batch.ids[batch.rows(1)][3]
    assert batch.ids[batch.rows(0)][0] != batch.ids[batch.rows(1)][0]


def test_edges_stand_before_between_and_after_documents() -> None:
    batch = make_batch([make_document("a", "one two"), make_document("b", ""), make_document("c", "three")])
    words = [batch.words[i] for i in batch.ids]
    gap = [EDGE] * PADDING
    assert words == [*gap, "one", "two", *gap, *gap, "three", *gap]
    assert np.array_equal(batch.situations == SITUATIONS.index("edge"), batch.ids == 0)


def test_a_batch_of_nothing_is_only_edges() -> None:
    assert make_batch([]).ids.tolist() == [0] * PADDING


def test_a_word_of_the_outlet_has_the_situation_narrator() -> None:
    assert set(situations_of("The council met on Monday.").values()) == {"narrator"}


def test_a_word_in_inverted_commas_without_a_speaker_is_scare() -> None:
    found = situations_of('The "reform" cost four hundred jobs.')
    assert (found["reform"], found["cost"]) == ("scare", "narrator")


def test_a_long_quotation_is_quoted_and_a_short_one_with_a_speaker_is_short() -> None:
    assert situations_of('"We will never forget what was done here," she said.')["forget"] == "quoted"
    assert situations_of('The minister said it was "a setback" for the port.')["setback"] == "quoted, short"
