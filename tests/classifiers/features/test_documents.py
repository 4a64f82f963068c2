from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifiers.features.documents import EDGE, SITUATIONS, Batch, list_texts, make_batch, situations_of_tokens
from schemas.text import kernel as kernel_module
from schemas.text.kernel import Kernel
from schemas.text.quotations import SCARE_WORDS, VOICES
from schemas.text.sentences import split_sentences
from schemas.text.tokens import Span, tokenise
from schemas.text.voices import voices_of

TEXTS = st.text(alphabet="abB’'-\"“” .\n😀中é", max_size=40)
MANY = st.lists(TEXTS, max_size=5)
QUOTING = st.lists(st.sampled_from(['"', "“", "”", "'", " he said", " the plan", ", ", ". ", "\n", "so-called ", "we"]), max_size=14).map("".join)


def words_of(batch: Batch) -> list[str]:
    return [batch.words[i] for i in batch.ids.tolist()]


def situations_of(text: str) -> dict[str, str]:
    batch = make_batch([text])
    return dict(zip(words_of(batch), (SITUATIONS[i] for i in batch.situations.tolist()), strict=True))


# Rows


@given(MANY)
def test_the_rows_of_a_document_spell_its_tokens(texts: list[str]) -> None:
    batch, words = make_batch(texts), words_of(make_batch(texts))
    assert len(batch) == len(texts)
    for number, text in enumerate(texts):
        assert words[batch.rows(number)] == [text[start:end] for start, end in tokenise(text)]


@given(MANY)
def test_each_token_and_each_sentence_has_its_document(texts: list[str]) -> None:
    batch = make_batch(texts)
    assert batch.documents.tolist() == [number for number, text in enumerate(texts) for _ in tokenise(text)]
    assert batch.read.texts_of_sentences.tolist() == [number for number, text in enumerate(texts) for _ in split_sentences(text)]


def test_a_word_has_one_number_in_all_documents() -> None:
    batch = make_batch(["The plan", "the plan, The plan"])
    assert len(batch.words) == len(set(batch.words))
    assert batch.ids[batch.rows(0)][0] == batch.ids[batch.rows(1)][3]
    assert batch.ids[batch.rows(0)][0] != batch.ids[batch.rows(1)][0]


def test_nothing_stands_before_between_and_after_documents_and_the_edge_has_a_number() -> None:
    batch = make_batch(["one two", "", "three"])
    assert words_of(batch) == ["one", "two", "three"]
    assert [batch.rows(number) for number in range(3)] == [slice(0, 2), slice(2, 2), slice(2, 3)]
    assert batch.words[0] == EDGE


def test_a_batch_of_nothing_has_no_rows() -> None:
    batch = make_batch([])
    assert len(batch) == len(batch.ids) == len(batch.situations) == len(batch.lower) == len(batch.documents) == 0
    assert batch.words == [EDGE]


def test_articles_have_the_names_and_pages_that_they_are_given_and_none_otherwise() -> None:
    named, plain = make_batch(["one", "two"], ["a", "b"], ["p", None]), make_batch(["one", "two"])
    assert (named.article_ids, named.pages) == (["a", "b"], ["p", None])
    assert (plain.article_ids, plain.pages) == (["", ""], [None, None])


@given(MANY)
def test_tokens_that_differ_by_case_alone_have_one_number(texts: list[str]) -> None:
    batch = make_batch(texts)
    lower = [word.lower() for word in words_of(batch)]
    numbers = dict(zip(lower, batch.lower.tolist(), strict=True))
    assert len(set(numbers.values())) == len(numbers)
    assert [numbers[word] for word in lower] == batch.lower.tolist()


# Beside


@given(MANY, st.integers(-6, 6))
@example(["a", "", "b b", "é"], 1)
def test_beside_a_token_stands_one_of_its_own_document_or_the_edge(texts: list[str], position: int) -> None:
    batch = make_batch(texts)
    values = np.arange(1, len(batch.ids) + 1, dtype=np.int32)
    expected = []
    for number in range(len(texts)):
        rows = batch.rows(number)
        expected += [values[i + position] if rows.start <= i + position < rows.stop else -7 for i in range(rows.start, rows.stop)]
    beside = batch.beside(values, position, -7)
    assert beside.tolist() == expected
    assert beside.dtype == values.dtype


# Stretches of text


@st.composite
def stretches(draw: st.DrawFn) -> tuple[list[str], int, list[tuple[int, int]]]:
    """Texts, the number of one, and stretches of that."""
    texts = draw(st.lists(TEXTS, min_size=1, max_size=4))
    number = draw(st.integers(0, len(texts) - 1))
    places = st.integers(0, len(texts[number]))
    return texts, number, draw(st.lists(st.tuples(places, places).map(lambda pair: (min(pair), max(pair))), max_size=4))


def test_a_stretch_holds_every_token_that_it_touches() -> None:
    batch = make_batch(["so", "The reckless plan"])
    assert batch.touched(1, [(4, 12), (6, 7), (2, 14)]) == [Span(2, 3), Span(2, 3), Span(1, 4)]


def test_white_space_holds_no_token() -> None:
    ((first, last),) = make_batch(["The   plan"]).touched(0, [(3, 6)])
    assert first == last


def test_no_stretches_hold_nothing() -> None:
    batch = make_batch(["The plan"])
    assert batch.touched(0, []) == []
    assert batch.flag(0, []).tolist() == [False, False]


@given(stretches())
def test_what_a_stretch_touches_is_what_comparing_every_token_gives(case: tuple[list[str], int, list[tuple[int, int]]]) -> None:
    texts, number, ranges = case
    batch, tokens = make_batch(texts), tokenise(texts[number])
    found = batch.touched(number, ranges)
    expected = [[i for i, token in enumerate(tokens) if token.start < end and start < token.end] for start, end in ranges]
    assert [[i - batch.rows(number).start for i in range(first, last)] for first, last in found] == expected
    assert batch.flag(number, ranges).tolist() == [any(i in some for some in expected) for i in range(len(tokens))]


@given(stretches())
def test_tokens_that_a_stretch_touches_are_a_stretch_again_that_holds_its_words(case: tuple[list[str], int, list[tuple[int, int]]]) -> None:
    texts, number, ranges = case
    batch = make_batch(texts)
    spans = [span for span in batch.touched(number, ranges) if span.start < span.end]
    firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    found = batch.stretches(firsts, lasts)
    assert [document for document, _ in found] == [number] * len(spans)
    assert batch.touched(number, [stretch for _, stretch in found]) == spans
    words = words_of(batch)
    for (_, (start, end)), (first, last) in zip(found, spans, strict=True):
        inside = texts[number][start:end]
        assert [inside[begin:stop] for begin, stop in tokenise(inside)] == words[first:last]


def test_stretches_of_several_documents_count_from_the_beginning_of_their_own() -> None:
    batch = make_batch(["The plan", "", "🚢 a reckless plan"])
    assert batch.stretches(np.array([1, 2, 4]), np.array([2, 4, 6])) == [(0, Span(4, 8)), (2, Span(0, 3)), (2, Span(4, 17))]


# Situations


def test_a_word_of_the_outlet_has_the_situation_narrator() -> None:
    assert set(situations_of("The council met on Monday.").values()) == {"narrator"}


def test_a_word_in_inverted_commas_without_a_speaker_is_scare() -> None:
    found = situations_of('The "reform" cost four hundred jobs.')
    assert (found["reform"], found["cost"]) == ("scare", "narrator")


def test_a_long_quotation_is_quoted_and_a_short_one_with_a_speaker_is_short() -> None:
    assert situations_of('"We will never forget what was done here," she said.')["forget"] == "quoted"
    assert situations_of('The minister said it was "a very bad setback" for the port.')["setback"] == "quoted, short"
    assert situations_of('The minister said it was "a very, bad setback" for the port.')["setback"] == "quoted"


def test_words_of_unclear_voice_are_in_a_situation_of_their_own() -> None:
    batch = make_batch(['"We will never forget what was done here," she said.'])
    nobody = batch.quotations._replace(voices=np.full(1, VOICES.index("unclear"), np.int8))
    found = {SITUATIONS[i] for i in situations_of_tokens(len(batch.ids), nobody)}
    assert found == {"narrator", "unclear"}
    assert SITUATIONS[: len(VOICES)] == VOICES


@given(
    st.lists(st.lists(st.sampled_from(['"', "“", "”", "'", " he said", " the plan", ", ", ". ", "\n", "so-called ", "we"]), max_size=14).map("".join))
)
def test_a_token_has_the_situation_of_its_voice_and_is_short_in_a_quotation_of_few_tokens(texts: list[str]) -> None:
    batch = make_batch(texts)
    voices = [VOICES.index(voice) for text in texts for voice in voices_of(text, tokenise(text))]
    firsts, lasts = batch.quotations.first_tokens.tolist(), batch.quotations.last_tokens.tolist()
    short = {token for first, last in zip(firsts, lasts, strict=True) if last - first <= SCARE_WORDS for token in range(first, last)}
    expected = ["quoted, short" if SITUATIONS[voice] == "quoted" and i in short else SITUATIONS[voice] for i, voice in enumerate(voices)]
    assert [SITUATIONS[i] for i in batch.situations.tolist()] == expected


def test_situations_are_the_same_in_machine_code_and_as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ['The so-called "reform" failed.', '"We will never forget what was done here," she said. "Never."', "> We left.\n\n“It rained, he said."]
    batch = make_batch(texts)
    monkeypatch.setattr(Kernel, "met", 10**9)
    fast = situations_of_tokens(len(batch.ids), batch.quotations)
    monkeypatch.setattr(kernel_module, "ENOUGH", math.inf)
    plain = situations_of_tokens(len(batch.ids), batch.quotations)
    assert fast.dtype == plain.dtype == np.int32
    assert fast.tolist() == plain.tolist() == batch.situations.tolist()
    assert set(fast.tolist()) == {SITUATIONS.index(name) for name in ("narrator", "quoted", "scare", "unclear", "quoted, short")}


# Headlines


def test_a_headline_has_the_language_of_its_article_and_no_page() -> None:
    german = "Der Rat hat am Montag den Plan beschlossen, und die Kosten sind nicht hoch."
    table = {"article_id": ["a", "b", "c"], "title": ["Le plan", "Le plan", None], "text": [german, "A plan.", german], "url": ["x", "y", "z"]}
    texts = list_texts(pl.DataFrame(table | {"language": [None, "nl", None]}))
    assert texts.select("article_id", "part").rows() == [("a", "text"), ("a", "title"), ("b", "text"), ("b", "title"), ("c", "text")]
    # What nobody said of a text is left to be told when it is read.
    assert texts["language"].to_list() == [None, "de", "nl", "nl", None]
    assert texts["url"].to_list() == ["x", None, "y", None, "z"]
    plain = list_texts(pl.DataFrame({"article_id": ["a"], "text": ["A plan."]}))
    assert plain.rows() == [("a", "text", "A plan.", None, None)]
