from __future__ import annotations

import numpy as np
import pytest

from classifiers.bag import SUMMARY, BagSpace, article_segments, make_bag_space, sentence_segments
from classifiers.documents import Batch, make_batch, make_document
from classifiers.features import Feature

WORDS = BagSpace((Feature("word", "plan"), Feature("word", "sham")))


def batch_of(*texts: str) -> Batch:
    return make_batch(make_document(str(i), text) for i, text in enumerate(texts))


def rows_of(batch: Batch, segments: list[slice], probabilities: list[float] | None = None) -> list[list[float]]:
    return WORDS.matrix(batch, segments, np.array(probabilities or [0.0] * len(batch.ids))).toarray().tolist()


def test_a_bag_is_proportional_to_the_share_of_each_word() -> None:
    batch = batch_of("Plan, plan: sham", "plan b c d e", "plan b c d e plan b c d e")
    (plan, sham), *others = (row[:2] for row in rows_of(batch, article_segments(batch)))
    assert plan == pytest.approx(2 * sham)
    assert plan > 0
    # Two of five tokens in the first, one of five in the second, as in the second written twice.
    assert others == [pytest.approx([plan / 2, 0.0])] * 2


def test_the_summary_is_the_three_highest_the_mean_and_the_share_above_a_half() -> None:
    batch = batch_of("one two three four")
    edge = [0.0, 0.0]
    found = rows_of(batch, article_segments(batch), [*edge, 0.2, 0.9, 0.6, 0.1, *edge])[0][2:]
    assert found == pytest.approx([0.9, 0.6, 0.2, 0.45, 0.5])
    assert len(found) == len(SUMMARY)


def test_a_short_segment_has_no_second_and_third() -> None:
    batch = batch_of("one")
    assert rows_of(batch, article_segments(batch), [0, 0, 0.7, 0, 0])[0][2:] == pytest.approx([0.7, 0, 0, 0.7, 1])


def test_a_segment_without_tokens_is_a_row_of_zeros() -> None:
    batch = batch_of("", "plan")
    assert rows_of(batch, article_segments(batch), [1.0] * len(batch.ids))[0] == [0.0] * len(WORDS.columns)


def test_no_segments_are_no_rows() -> None:
    assert WORDS.matrix(batch_of(), [], np.zeros(2)).shape == (0, len(WORDS.columns))


def test_sentences_hold_each_token_of_a_document_once() -> None:
    batch = batch_of("One two. Three!\nFour", "", "Five six? Seven.")
    rows = [i for segment in sentence_segments(batch) for i in range(segment.start, segment.stop)]
    assert rows == [i for number in range(3) for i in range(batch.rows(number).start, batch.rows(number).stop)]
    assert len(sentence_segments(batch)) == 5


def test_the_space_has_words_of_at_least_two_segments_and_no_marks() -> None:
    batch = batch_of("sham sham sham. The plan!", "A plan! 12 12")
    assert make_bag_space(batch, article_segments(batch)).words == (Feature("word", "plan"),)


def test_two_spellings_of_a_word_are_one_column() -> None:
    batch = batch_of("The minister’s plan", "Minister")
    assert make_bag_space(batch, article_segments(batch)).words == (Feature("word", "minister"),)


def test_two_spellings_in_one_segment_are_one_segment() -> None:
    batch = batch_of("Sham of shams, a SHAM; sham’s and sham", "plan")
    assert make_bag_space(batch, article_segments(batch)).words == ()
