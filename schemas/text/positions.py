"""Where quotations stand among the tokens and sentences of their texts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schemas.arrays import Places
from schemas.text.kernel import kernel
from schemas.text.pairs import Pairs
from schemas.text.sentences import Sentences
from schemas.text.tokens import Tokens

__all__ = ["Positions", "find_positions"]


class Positions(NamedTuple):
    """For each quotation the token that its opening mark is or begins with, the first of its words, the one behind them, and the one behind its
    closing mark; the sentences that it begins and ends in; and the text it stands in."""

    opens: Places
    firsts: Places
    lasts: Places
    closes: Places
    first_sentences: Places
    last_sentences: Places
    texts: Places


@kernel
def find_positions(tokens: Tokens, sentences: Sentences, pairs: Pairs) -> Positions:
    count = len(pairs.starts)
    found = np.empty((7, count), np.int64)
    for d in range(len(pairs.firsts) - 1):
        token, last_token = tokens.firsts[d], tokens.firsts[d + 1]
        sentence, last_sentence = sentences.firsts[d], sentences.firsts[d + 1]
        for i in range(pairs.firsts[d], pairs.firsts[d + 1]):
            token = found[0, i] = _skip(tokens, token, last_token, pairs.opens[i])
            token = found[1, i] = _skip(tokens, token, last_token, pairs.starts[i])
            token = found[2, i] = _skip(tokens, token, last_token, pairs.ends[i])
            token = found[3, i] = _skip(tokens, token, last_token, pairs.closes[i])
            while sentence + 1 < last_sentence and sentences.starts[sentence + 1] <= pairs.opens[i]:
                sentence += 1
            found[4, i] = sentence
            while sentence + 1 < last_sentence and sentences.starts[sentence + 1] < pairs.closes[i]:
                sentence += 1
            found[5, i] = sentence
            found[6, i] = d
    return Positions(found[0], found[1], found[2], found[3], found[4], found[5], found[6])


@kernel
def _skip(tokens: Tokens, token: int, last: int, place: int) -> int:
    """The first token from this one on that begins at the place or behind it."""
    while token < last and tokens.starts[token] < place:
        token += 1
    return token
