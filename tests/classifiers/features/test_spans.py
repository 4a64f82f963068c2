from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifiers.features import spans as spans_module
from classifiers.features.documents import Batch, make_batch
from classifiers.features.spans import FIGURE_KIND, FIGURES, LENGTHY, LONG, describe_spans, edge_kinds, make_label_space, word_flags
from classifiers.features.window import make_window_space
from classifiers.features.words import Feature
from schemas.arrays import Floats
from schemas.text.kernel import Kernel
from schemas.text.tokens import Span

TEXTS = [
    'The reckless "reform" cost jobs. The reckless mayor and the "reform" party left!',
    "“Reckless,” said the mayor of the reform.\nThe mayor left the party.",
    "İstanbul 😀 the mayor and reckless reform",
]
FIRST, LAST = edge_kinds("word")
SPACE = make_label_space(make_window_space([make_batch(TEXTS)], [Feature("company", "mayor"), Feature("company", "the")]))
COLUMNS = {column: i for i, column in enumerate(SPACE.columns)}
# The few words of documents, and where spans lie in them (as shares of the document).
WORDS = st.lists(st.integers(0, 2), max_size=24)
PLACES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=6)


def row_of(batch: Batch, span: Span) -> dict[tuple[str, str, int], float]:
    row = SPACE.matrix(batch, [span])
    return {(*SPACE.columns[i][0], SPACE.columns[i][1]): value for i, value in zip(row.indices.tolist(), row.data.tolist(), strict=True) if value}


def span_of(batch: Batch, number: int, quote: str) -> Span:
    start = batch.texts[number].index(quote)
    return batch.touched(number, [(start, start + len(quote))])[0]


def describe(documents: list[list[int]], spans: list[list[Span]], flags: int = LENGTHY) -> Floats:
    """Figures of spans of each document, which count from its beginning; all words have the same flags."""
    begins = np.cumsum([0, *map(len, documents)])
    words = np.array([word for document in documents for word in document], dtype=np.int32)
    ranges = [(begin + first, begin + last) for begin, some in zip(begins.tolist(), spans, strict=False) for first, last in some]
    firsts, lasts = np.array(ranges, dtype=np.int64).reshape(-1, 2).T
    first_spans = np.cumsum([0, *map(len, spans)])
    return describe_spans(firsts, lasts, first_spans, words, np.full(len(words), flags, dtype=np.uint8), begins)


def said(documents: list[list[int]], spans: list[list[Span]]) -> list[int]:
    """How often the words of each span stand in its document."""
    times = np.expm1(describe(documents, spans)[:, FIGURES.index("log times said")])
    np.testing.assert_allclose(times, np.rint(times), rtol=1e-9)
    return np.rint(times).astype(int).tolist()  # type: ignore[no-any-return]


def often(document: list[int], span: Span) -> int:
    words = document[span.start : span.end]
    return sum(document[i : i + len(words)] == words for i in range(len(document) - len(words) + 1))


def lie_in(document: list[int], places: list[tuple[float, float]]) -> list[Span]:
    bounds = [sorted(round(share * len(document)) for share in pair) for pair in places]
    return [Span(first, last) for first, last in bounds if first < last]


# Columns


def test_columns_are_distinct_and_as_many_as_the_matrix_has() -> None:
    batch = make_batch(["x"])
    assert len(COLUMNS) == len(SPACE.columns) == SPACE.matrix(batch, [Span(0, 1)]).shape[1]
    assert SPACE.matrix(batch, []).shape == (0, len(COLUMNS))


def test_a_span_is_known_by_its_words_and_their_company_and_by_who_says_it() -> None:
    batch = make_batch(TEXTS)
    row = row_of(batch, span_of(batch, 0, "reckless mayor"))
    assert row["word", "reckless", 0] == row["word", "mayor", 0] == row["company", "mayor", 0] > 0
    assert row["voice", "narrator", 0] == pytest.approx(1)
    assert ("word", "the", 0) not in row
    assert ("company", "the", 0) not in row


def test_a_word_says_less_in_a_longer_span_but_not_in_proportion() -> None:
    batch = make_batch(TEXTS)
    one, four = (row_of(batch, span_of(batch, 0, quote))["word", "mayor", 0] for quote in ("mayor", "reckless mayor and the"))
    assert one / 4 < four < one


def test_the_words_at_the_edges_are_known_by_their_place() -> None:
    batch = make_batch(TEXTS)
    row = row_of(batch, span_of(batch, 1, "mayor of the reform"))
    edges = {key: value for key, value in row.items() if key[0] in (FIRST, LAST)}
    # Two before the first word stands "said", which the space does not know.
    assert set(edges) == {(FIRST, "the", -1), (FIRST, "mayor", 0), (LAST, "reform", 0), (LAST, ".", 1), (LAST, "the", 2)}
    assert set(edges.values()) == {1.0}


def test_nothing_is_seen_beyond_the_ends_of_the_article() -> None:
    batch = make_batch(["reckless", "mayor", "reckless"])
    assert {key for key in row_of(batch, Span(1, 2)) if key[0] in (FIRST, LAST)} == {(FIRST, "mayor", 0), (LAST, "mayor", 0)}


@pytest.mark.parametrize(
    ("number", "quote", "expected"),
    [
        (0, "reckless", {"one word": 1, "said twice": 1, "log times said": np.log(3), "quotation mark": 0, "capital": 0}),
        (0, "The reckless", {"two words": 1, "capital": 1, "log times said": np.log(3)}),
        (0, '"reform" cost', {"quotation mark": 1, "up to four words": 1, "log words": np.log(5)}),
        (0, "left!", {"exclamation mark": 1, "question mark": 0, "said twice": 0}),
        (0, "mayor and", {"share of and, or, but": 0.5}),
    ],
)
def test_figures_say_how_long_a_span_is_and_how_often_it_is_said(number: int, quote: str, expected: dict[str, float]) -> None:
    batch = make_batch(TEXTS)
    row = row_of(batch, span_of(batch, number, quote))
    assert {name: row.get((FIGURE_KIND, name, 0), 0.0) for name in expected} == pytest.approx(expected)


def test_a_span_is_the_same_row_alone_and_in_a_batch_and_among_other_spans() -> None:
    together = make_batch(["", *TEXTS, ""])
    spans = [(number, Span(start, start + size)) for number in range(3) for start, size in ((4, 1), (0, 1), (2, 3), (1, 6), (2, 3))]
    begins = together.read.tokens.firsts[1:].tolist()
    matrix = SPACE.matrix(together, [Span(begins[number] + span.start, begins[number] + span.end) for number, span in spans]).toarray()
    for row, (number, span) in zip(matrix, spans, strict=True):
        np.testing.assert_array_equal(SPACE.matrix(make_batch([TEXTS[number]]), [span]).toarray()[0], row)


# How often the article says the words again


@given(st.lists(st.tuples(WORDS, PLACES), max_size=4))
@example([([0, 0, 0, 0, 0], [(0, 0.4), (0.2, 0.6), (0, 1)]), ([], [(0, 1)]), ([0, 1, 0, 1, 0], [(0, 0.6), (0.4, 1), (0, 0.2)])])
def test_the_words_of_a_span_are_said_as_often_as_comparing_every_place_says(cases: list[tuple[list[int], list[tuple[float, float]]]]) -> None:
    documents = [document for document, _ in cases]
    spans = [lie_in(document, places) for document, places in cases]
    expected = [often(document, span) for document, some in zip(documents, spans, strict=True) for span in some]
    assert said(documents, spans) == expected
    assert all(times > 0 for times in expected)


def test_repeats_that_overlap_are_counted_each() -> None:
    assert said([[7, 7, 7, 7, 7]], [[Span(0, 1), Span(0, 2), Span(3, 5), Span(1, 4), Span(0, 5)]]) == [5, 4, 4, 3, 1]
    assert said([[1, 2, 1, 2, 1, 0]], [[Span(2, 5), Span(0, 2), Span(5, 6)]]) == [2, 2, 1]


def test_spans_of_equal_words_and_of_words_that_begin_alike_are_told_apart() -> None:
    document = [1, 2, 3, 1, 2, 4, 1, 2, 3, 1, 5]
    spans = [Span(0, 3), Span(3, 6), Span(6, 9), Span(0, 2), Span(9, 11), Span(9, 10), Span(0, 3)]
    assert said([document], [spans]) == [2, 1, 2, 3, 1, 4, 2]


def test_words_that_only_have_the_same_hash_are_not_the_same_words() -> None:
    # Two words that make as much as two others: one the less of the first for so many more of the second.
    base, prime = spans_module._BASES[0], spans_module._PRIME
    more, fewer = min((fewer * base % prime, fewer) for fewer in range(1, 50_000))
    document = [fewer, 0, 0, more, fewer, 0, 7]
    one, other = ((((first + 1) * base) + second + 1) % prime for first, second in ((fewer, 0), (0, more)))
    assert one == other
    assert said([document], [[Span(0, 2), Span(2, 4), Span(4, 6), Span(1, 3)]]) == [2, 1, 2, 1]
    assert said([document], [[Span(2, 4)]]) == [1]


def test_what_other_documents_say_does_not_count() -> None:
    documents = [[1, 2], [1, 2, 1, 2, 1], [], [2, 1], [1, 2, 2]]
    assert said(documents, [[Span(0, 2)], [Span(2, 4)], [], [], [Span(0, 2), Span(1, 2)]]) == [1, 2, 1, 2]


@pytest.mark.parametrize("seed", range(3))
def test_many_spans_of_a_long_document_are_counted_as_one_by_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    document = random.zipf(1.6, size=600).clip(max=40).tolist()
    places = np.sort(random.choice(len(document), size=120, replace=False)).tolist()
    spans = [Span(first, last) for first, last in pairwise(places)]
    assert said([document], [spans]) == [often(document, span) for span in spans]


def repeats(document: list[int], lengths: list[int]) -> list[Span]:
    """Spans of these lengths, one behind the other."""
    ends = np.cumsum([0, *lengths]).tolist()
    assert ends[-1] <= len(document)
    return [Span(first, last) for first, last in pairwise(ends)]


@pytest.mark.parametrize(
    ("document", "lengths"),
    [
        ([0] * 100_000, [4] * 25_000),
        ([0, 1, 2, 3] * 25_000, [4] * 25_000),
        ([0, 1, 2, 3] * 25_000, [1, 3] * 25_000),
        ([*range(1000)] * 100, [4] * 25_000),
        ([*range(100_000)], [4] * 25_000),
        ([*range(1000)] * 100, [*range(1, 440)]),
    ],
    ids=["one word", "four words", "two lengths", "a thousand words", "no word twice", "all lengths"],
)
def test_a_long_document_that_repeats_itself_takes_no_time_that_grows_with_its_square(
    document: list[int], lengths: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Kernel, "met", 10**9)
    # Compiled before the clock starts.
    describe([[0]], [[Span(0, 1)]])
    spans = repeats(document, lengths)
    began = time.process_time()
    times = said([document], [spans])
    # A fraction of a second in truth, and minutes where every span looks at every place.
    assert time.process_time() - began < 5
    # Those that a span can be compared with, found by another way: by all the places where its words stand.
    known = {size: Counter(tuple(document[i : i + size]) for i in range(len(document) - size + 1)) for size in {*lengths[:2], lengths[-1]}}
    for span, found in zip(spans, times, strict=True):
        if span.end - span.start in known:
            assert found == known[span.end - span.start][tuple(document[span.start : span.end])]


def test_only_long_words_say_something_when_they_are_said_again() -> None:
    assert not word_flags("the") & LENGTHY
    assert word_flags("x" * (LONG + 1)) & LENGTHY
    mean, most = FIGURES.index("log mean times of its words"), FIGURES.index("log most times of a word")
    document = [1, 2, 1, 3, 1]
    assert describe([document], [[Span(0, 2)]])[0, [mean, most]] == pytest.approx([np.log1p(2), np.log1p(3)])
    assert describe([document], [[Span(0, 2)]], flags=0)[0, [mean, most]].tolist() == [0, 0]


# Ties
