from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features.bag import SCALE, SUMMARY, BagSpace, bag_space_of, make_bag_space, pair_term, summarise
from classifiers.features.documents import Batch, make_batch
from classifiers.features.words import Feature, company_features, word_features
from classifiers.model.logits import logistic
from schemas.arrays import Floats, Places

PLAN, SHAM, PAIR, KNOWN = Feature("word", "plan"), Feature("word", "sham"), Feature("pair", "plan sham"), Feature("company", "farce")
SPACE = bag_space_of([PLAN, SHAM], [PAIR], [KNOWN], ["spans"])
# Sentences with few words, so that the same pairs come again.
PIECES = st.lists(st.sampled_from(["plan", "Plan's", "SHAM", "sham", "farce", "!", ".", "\n", "é", "12", ". A"]), max_size=14).map(" ".join)


def batch_of(*texts: str) -> Batch:
    return make_batch(texts)


def sentences_of(batch: Batch) -> Places:
    return batch.read.tokens_of_sentences


def articles_of(batch: Batch) -> Places:
    return batch.read.tokens.firsts


def rows_of(batch: Batch, bounds: Places, logits: list[float] | None = None) -> Floats:
    dense: Floats = SPACE.matrix(batch, bounds, np.array(logits or [0.0] * len(batch.ids)).reshape(-1, 1)).toarray()
    return dense


def words_of(*texts: str) -> tuple[Feature, ...]:
    return tuple(feature for feature in space_of(*texts).words.features if feature.kind == "word")


def space_of(*texts: str) -> BagSpace:
    batch = batch_of(*texts)
    return make_bag_space([(batch, articles_of(batch))], (), ())


def counts_of(batch: Batch, begin: int, end: int, space: BagSpace) -> list[float]:
    """The columns of words, pairs and company, counted one by one."""
    words = [batch.words[i] for i in batch.ids[begin:end].tolist()]
    features = [feature for word in words for feature in (word_features(word)[0 if word[:1].isalpha() else 1 :])]
    features += [Feature("pair", f"{pair_term(left)} {pair_term(right)}") for left, right in pairwise(words)]
    features += [feature for word in words for feature in company_features(word)]
    return [SCALE * features.count(column) / max(len(words), 1) for column in space.columns[: -len(SUMMARY)]]


def test_a_bag_is_proportional_to_the_share_of_each_word() -> None:
    batch = batch_of("Plan, plan: sham", "plan b c d e", "plan b c d e plan b c d e")
    (plan, sham), *others = rows_of(batch, articles_of(batch))[:, :2].tolist()
    assert plan == pytest.approx(2 * sham)
    assert plan > 0
    # Two of five tokens in the first, one of five in the second, as in the second written twice.
    assert others == [pytest.approx([plan / 2, 0.0])] * 2


def test_a_pair_is_two_words_that_touch_and_marks_keep_words_apart() -> None:
    batch = batch_of("A plan sham it is", "A plan, sham it is", "sham plan", "Plan SHAM")
    assert (rows_of(batch, articles_of(batch))[:, 2] > 0).tolist() == [True, False, False, True]


def test_a_pair_does_not_reach_into_the_next_sentence_or_article() -> None:
    batch = batch_of("Our plan\nSham it is", "a plan", "sham")
    assert not rows_of(batch, sentences_of(batch))[:, 2].any()
    assert (rows_of(batch, articles_of(batch))[:, 2] > 0).tolist() == [True, False, False]


def test_a_word_for_its_company_counts_as_the_word_does() -> None:
    batch = batch_of("Farce, plan", "plan")
    matrix = rows_of(batch, articles_of(batch))
    assert matrix[:, 3].tolist() == [matrix[0, 0], 0.0]


def test_the_summary_is_of_the_logits_within_the_segment() -> None:
    batch = batch_of("one two three four")
    found = rows_of(batch, articles_of(batch), [-1.0, 2.0, 1.0, 0.5])[0, 4:]
    shares = logistic(np.array([-1.0, 2.0, 1.0, 0.5]))
    assert found == pytest.approx([2.0, 1.0, 0.5, 0.625, np.log(shares.mean()), np.log1p(shares.sum())], abs=1e-3)
    assert len(found) == len(SUMMARY)


def test_a_short_segment_says_its_highest_again() -> None:
    batch = batch_of("one")
    assert rows_of(batch, articles_of(batch), [0.7])[0, 4:8] == pytest.approx([0.7] * 4)


def test_each_span_head_has_its_own_summary() -> None:
    batch, space = batch_of("one two"), bag_space_of([], [], [], ["spans", "other"])
    logits = np.random.default_rng(3).normal(size=(len(batch.ids), 2))
    found = space.matrix(batch, articles_of(batch), logits).toarray()[0]
    assert len(found) == len(space.columns) == 2 * len(SUMMARY)
    assert [found[0], found[len(SUMMARY)]] == pytest.approx(logits[batch.rows(0)].max(axis=0))


def test_a_segment_without_tokens_is_a_row_of_zeros() -> None:
    batch = batch_of("", "plan")
    assert not rows_of(batch, articles_of(batch), [1.0] * len(batch.ids))[0].any()


def test_no_segments_are_no_rows() -> None:
    assert SPACE.matrix(batch_of(), articles_of(batch_of()), np.zeros((0, 1))).shape == (0, len(SPACE.columns))


def test_an_article_is_the_same_row_alone_and_in_a_batch() -> None:
    texts = ["plan sham", "", "farce! plan plan sham", "sham"]
    together = batch_of(*texts)
    logits = np.random.default_rng(3).normal(size=len(together.ids))
    rows = rows_of(together, articles_of(together), logits.tolist())
    for number, text in enumerate(texts):
        alone = batch_of(text)
        np.testing.assert_array_equal(rows_of(alone, articles_of(alone), logits[together.rows(number)].tolist())[0], rows[number])


def test_sentences_and_articles_hold_each_token_once() -> None:
    batch = batch_of("One two. Three!\nFour", "", "Five six? Seven.")
    assert sentences_of(batch).tolist() == [0, 3, 5, 6, 9, 11]
    assert articles_of(batch).tolist() == [0, 6, 6, 11]


@given(st.lists(PIECES, max_size=4), st.data())
def test_a_row_is_what_counting_one_by_one_gives(texts: list[str], data: st.DataObject) -> None:
    batch = batch_of(*texts)
    size = len(batch.ids)
    space = make_bag_space([(batch, articles_of(batch))], (Feature("company", "plan"), KNOWN), ("spans",), minimum=1)
    # Segments may lie anywhere, but each in one article.
    some = np.sort(np.concatenate([articles_of(batch), data.draw(st.lists(st.integers(0, size), max_size=5))]).astype(np.int64))
    for bounds in (articles_of(batch), sentences_of(batch), some):
        found = space.matrix(batch, bounds, np.zeros((size, 1))).toarray()
        expected = [counts_of(batch, begin, end, space) for begin, end in pairwise(bounds.tolist())]
        np.testing.assert_allclose(
            found[:, : -len(SUMMARY)], np.array(expected).reshape(len(bounds) - 1, len(space.columns) - len(SUMMARY)), rtol=0, atol=1e-12
        )


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-3, 3)), max_size=12), st.data())
def test_the_summary_is_what_sorting_and_averaging_give(logits: list[tuple[float, float]], data: st.DataObject) -> None:
    rows = np.array(logits, dtype=float).reshape(-1, 2)
    bounds = sorted(data.draw(st.lists(st.integers(0, len(rows)), min_size=1, max_size=4)))
    found = summarise(rows, np.array(bounds, dtype=np.int64)).reshape(-1, 2, len(SUMMARY))
    for figures, (begin, end) in zip(found, pairwise(bounds), strict=True):
        for head, own in enumerate(figures):
            column = rows[begin:end, head]
            if not len(column):
                assert not own.any()
                continue
            highest = sorted(column, reverse=True)
            top = [highest[min(i, len(highest) - 1)] for i in range(3)]
            shares = logistic(column)
            assert own == pytest.approx([*top, column.mean(), np.log(shares.mean() + 1e-4), np.log1p(shares.sum())], abs=1e-9)


def test_the_space_has_words_of_at_least_two_segments_and_no_marks() -> None:
    assert words_of("sham sham sham. The plan!", "A plan! 12 12") == (PLAN,)


def test_the_space_has_the_ends_and_shapes_of_words_and_of_marks_the_shape_alone() -> None:
    ends = set(space_of("A plan!", "No plans!").words.features)
    assert {Feature("prefix", "pla"), Feature("shape", "x"), Feature("shape", "!")} <= ends
    assert Feature("word", "!") not in ends


def test_the_space_has_pairs_of_at_least_two_segments_and_no_marks() -> None:
    assert space_of("A sham plan: plan.", "The Sham! sham plan; no. plan").pairs == (Feature("pair", "sham plan"),)


def test_two_spellings_of_a_word_are_one_column() -> None:
    assert words_of("The minister’s plan", "Minister") == (Feature("word", "minister"),)


def test_two_spellings_in_one_segment_are_one_segment() -> None:
    assert words_of("Sham of shams, a SHAM; sham’s and sham", "plan") == ()
