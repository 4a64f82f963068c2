from __future__ import annotations

import numpy as np
import pytest

from classifiers.features.bag import SUMMARY, BagSpace, Segment, article_segments, bag_space_of, make_bag_space, sentence_segments
from classifiers.features.documents import Batch, make_batch, make_document
from classifiers.features.words import Feature
from schemas.arrays import Floats, logistic

PLAN, SHAM, PAIR, KNOWN = Feature("word", "plan"), Feature("word", "sham"), Feature("pair", "plan sham"), Feature("company", "farce")
SPACE = bag_space_of([PLAN, SHAM], [PAIR], [KNOWN], ["spans"])


def batch_of(*texts: str) -> Batch:
    return make_batch(make_document(str(i), text) for i, text in enumerate(texts))


def rows_of(batch: Batch, segments: list[Segment], logits: list[float] | None = None) -> Floats:
    dense: Floats = SPACE.matrix(batch, segments, np.array(logits or [0.0] * len(batch.ids))[:, None]).toarray()
    return dense


def words_of(*texts: str) -> tuple[Feature, ...]:
    return tuple(feature for feature in space_of(*texts).words.features if feature.kind == "word")


def space_of(*texts: str) -> BagSpace:
    batch = batch_of(*texts)
    return make_bag_space(batch, article_segments(batch), (), ())


def test_a_bag_is_proportional_to_the_share_of_each_word() -> None:
    batch = batch_of("Plan, plan: sham", "plan b c d e", "plan b c d e plan b c d e")
    (plan, sham), *others = rows_of(batch, article_segments(batch))[:, :2].tolist()
    assert plan == pytest.approx(2 * sham)
    assert plan > 0
    # Two of five tokens in the first, one of five in the second, as in the second written twice.
    assert others == [pytest.approx([plan / 2, 0.0])] * 2


def test_a_pair_is_two_words_that_touch_and_marks_keep_words_apart() -> None:
    batch = batch_of("A plan sham it is", "A plan, sham it is", "sham plan", "Plan SHAM")
    assert (rows_of(batch, article_segments(batch))[:, 2] > 0).tolist() == [True, False, False, True]


def test_a_pair_does_not_reach_into_the_next_sentence_or_article() -> None:
    batch = batch_of("Our plan\nSham it is", "a plan", "sham")
    assert not rows_of(batch, [*sentence_segments(batch), *article_segments(batch)[1:]])[:, 2].any()


def test_a_word_for_its_company_counts_as_the_word_does() -> None:
    batch = batch_of("Farce, plan", "plan")
    matrix = rows_of(batch, article_segments(batch))
    assert matrix[:, 3].tolist() == [matrix[0, 0], 0.0]


def test_the_summary_is_of_the_logits_within_the_segment() -> None:
    batch = batch_of("one two three four")
    found = rows_of(batch, article_segments(batch), [9.0, 9.0, -1.0, 2.0, 1.0, 0.5, 9.0, 9.0])[0, 4:]
    shares = logistic(np.array([-1.0, 2.0, 1.0, 0.5]))
    assert found == pytest.approx([2.0, 1.0, 0.5, 0.625, np.log(shares.mean()), np.log1p(shares.sum())], abs=1e-3)
    assert len(found) == len(SUMMARY)


def test_a_short_segment_says_its_highest_again() -> None:
    batch = batch_of("one")
    assert rows_of(batch, article_segments(batch), [0, 0, 0.7, 0, 0])[0, 4:8] == pytest.approx([0.7] * 4)


def test_each_span_head_has_its_own_summary() -> None:
    batch, space = batch_of("one two"), bag_space_of([], [], [], ["spans", "other"])
    logits = np.random.default_rng(3).normal(size=(len(batch.ids), 2))
    found = space.matrix(batch, article_segments(batch), logits).toarray()[0]
    assert len(found) == len(space.columns) == 2 * len(SUMMARY)
    assert [found[0], found[len(SUMMARY)]] == pytest.approx(logits[batch.rows(0)].max(axis=0))


def test_a_segment_without_tokens_is_a_row_of_zeros() -> None:
    batch = batch_of("", "plan")
    assert not rows_of(batch, article_segments(batch), [1.0] * len(batch.ids))[0].any()


def test_no_segments_are_no_rows() -> None:
    assert SPACE.matrix(batch_of(), [], np.zeros((2, 1))).shape == (0, len(SPACE.columns))


def test_an_article_is_the_same_row_alone_and_in_a_batch() -> None:
    texts = ["plan sham", "", "farce! plan plan sham", "sham"]
    together = batch_of(*texts)
    logits = np.random.default_rng(3).normal(size=len(together.ids))
    rows = rows_of(together, article_segments(together), logits.tolist())
    for number, text in enumerate(texts):
        alone = batch_of(text)
        own = [0.0, 0.0, *logits[together.rows(number)], 0.0, 0.0]
        np.testing.assert_array_equal(rows_of(alone, article_segments(alone), own)[0], rows[number])


def test_sentences_hold_each_token_of_a_document_once() -> None:
    batch = batch_of("One two. Three!\nFour", "", "Five six? Seven.")
    rows = [i for segment in sentence_segments(batch) for i in range(segment.start, segment.stop)]
    assert rows == [i for number in range(3) for i in range(batch.rows(number).start, batch.rows(number).stop)]
    assert len(sentence_segments(batch)) == 5


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
