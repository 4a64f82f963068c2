"""First stages: the rows of the tokens around a place, added up; the same rows over a sentence and over an article."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from classifiers.features.bag import FIGURES, squash, summarise_segment
from classifiers.features.documents import SITUATIONS
from classifiers.scoring.word_rows import REACH, VOICE_REACH, Pairs, Rows
from schemas.arrays import Floats, Integers, Places
from schemas.text.kernel import find_sorted, kernel

__all__ = ["Bags", "add_bags", "add_windows"]

_EDGE = SITUATIONS.index("edge")


class Bags(NamedTuple):
    """The logit of the sentence head for each sentence, and those of the questions' outputs for each document."""

    sentences: Floats
    answers: Floats


@kernel
def add_windows(ids: Integers, situations: Integers, first_tokens: Places, window: Rows, voices: Floats, intercepts: Floats) -> Floats:
    """tokens x span heads: first-stage logits."""
    heads = len(intercepts)
    logits = np.empty((len(ids), heads))
    for document in range(len(first_tokens) - 1):
        begin, end = first_tokens[document], first_tokens[document + 1]
        for token in range(begin, end):
            for head in range(heads):
                total = intercepts[head]
                for offset in range(-REACH, REACH + 1):
                    place = token + offset
                    word = ids[place] if begin <= place < end else np.int32(0)
                    total += window[word, (offset + REACH) * heads + head]
                for offset in range(-VOICE_REACH, VOICE_REACH + 1):
                    place = token + offset
                    situation = situations[place] if begin <= place < end else np.int32(_EDGE)
                    total += voices[situation, (offset + VOICE_REACH) * heads + head]
                logits[token, head] = total
    return logits


@kernel
def add_bags(
    ids: Integers,
    logits: Floats,
    first_tokens: Places,
    first_sentences: Places,
    tokens_of_sentences: Places,
    bag: Rows,
    left: Integers,
    right: Integers,
    pairs: Pairs,
    summary: Floats,
    intercepts: Floats,
    has_sentences: bool,
) -> Bags:
    """Logits of sentences and of documents. Of the outputs the first is the sentence head's, where there is one."""
    documents, outputs, own = len(first_tokens) - 1, len(intercepts), 1 if has_sentences else 0
    sentences, answers = np.zeros(len(tokens_of_sentences) - 1), np.empty((documents, outputs - own))
    probabilities = squash(logits)
    total, figures = np.empty(outputs), np.empty(logits.shape[1] * FIGURES)
    for document in range(documents):
        total[:] = 0.0
        last = first_tokens[document + 1]
        for sentence in range(first_sentences[document], first_sentences[document + 1]):
            begin, end = tokens_of_sentences[sentence], tokens_of_sentences[sentence + 1]
            loaded = 0.0
            for token in range(begin, end):
                for output in range(outputs):
                    total[output] += bag[ids[token], output]
                if has_sentences:
                    # Single precision would go on in single precision, in plain Python.
                    loaded += float(bag[ids[token], 0])
                pair = _find_pair(left[ids[token]], right[ids[token + 1]], pairs) if token + 1 < last else -1
                if pair >= 0:
                    for output in range(outputs):
                        total[output] += pairs.rows[pair, output]
                    if has_sentences and token + 1 < end:
                        loaded += float(pairs.rows[pair, 0])
            if has_sentences:
                loaded /= max(end - begin, 1)
                summarise_segment(logits, probabilities, begin, end, figures)
                sentences[sentence] = loaded + intercepts[0] + _weigh(figures, summary, 0)
        begin, end = first_tokens[document], first_tokens[document + 1]
        if outputs > own:
            summarise_segment(logits, probabilities, begin, end, figures)
        for output in range(own, outputs):
            answers[document, output - own] = total[output] / max(end - begin, 1) + intercepts[output] + _weigh(figures, summary, output)
    return Bags(sentences, answers)


@kernel
def _weigh(figures: Floats, summary: Floats, output: int) -> float:
    total = 0.0
    for figure in range(len(figures)):
        total += figures[figure] * summary[figure, output]
    return total


@kernel
def _find_pair(left: int, right: int, pairs: Pairs) -> int:
    """The row of the pair's weights; -1 if there is no such pair."""
    if left < 0 or right < 0:
        return -1
    return int(find_sorted(pairs.rights, pairs.begins[left], pairs.begins[left + 1], right))
