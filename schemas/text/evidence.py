"""What stands in and beside a quotation, as yes and no: the evidence by which its voice is told.

Two tables. `words`: for each place beside a quotation (ZONES) which kinds of words (KINDS) stand there; `shape`: what the quotation itself
looks like and where it stands (SHAPES).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.arrays import Bytes, Classes, Codes, Places
from schemas.text.characters import ENDER, UPPER, WORD
from schemas.text.kernel import kernel
from schemas.text.pairs import LINE, SINGLE_PAIR, Pairs
from schemas.text.positions import Positions
from schemas.text.sentences import Sentences
from schemas.text.tokens import Tokens
from schemas.text.words import KINDS, NAME, Signs

__all__ = ["SHAPES", "ZONES", "Evidence", "describe_quotations"]

ZONES = (
    *("word before", "few words before", "sentence before it", "word after", "few words after", "sentence after it"),
    *("first word within", "within", "sentence before", "sentence after"),
)
_BEFORE_1, _BEFORE_4, _BEFORE, _AFTER_1, _AFTER_4, _AFTER, _FIRST, _WITHIN, _LAST_SENTENCE, _NEXT_SENTENCE = range(len(ZONES))
SHAPES = (
    *("one word", "two words", "three words", "four words", "five or six words", "seven to nine words", "ten words or more"),
    *("single marks", "begins in upper case", "all words in upper case", "all letters in upper case", "has a number", "has a pause within"),
    *("comma before the end", "full stop before the end", "question or cry before the end", "comma after", "ends the sentence"),
    *("colon before", "comma before", "begins the sentence", "bracket or dash before", "alone in its sentence"),
    *("long quotation in its sentence", "short quotation in its sentence", "long quotation near before", "long quotation near after"),
    *("long quotations are most of the article's", "first sentence of its article", "verb of speech and who speaks after it"),
    *("a pause, then a verb of speech", "verb of speech, then a pause", "lower case beside a verb of speech", "lower case without one"),
    *("all words in upper case beside a verb of speech", "all words in upper case beside a word for works"),
    *("one word beside a verb of speech", "one word without one", "said that before it"),
)
# fmt: off
(
    _ONE_WORD, _TWO_WORDS, _THREE_WORDS, _FOUR_WORDS, _FIVE_WORDS, _SEVEN_WORDS, _TEN_WORDS, _SINGLE, _UPPER, _ALL_UPPER, _ALL_CAPITALS,
    _NUMBER, _PAUSE, _COMMA_WITHIN, _STOP_WITHIN, _CRY_WITHIN, _COMMA_AFTER, _ENDS, _COLON_BEFORE, _COMMA_BEFORE, _BEGINS, _BRACKET_BEFORE,
    _ALONE, _LONG_BESIDE, _SHORT_BESIDE, _LONG_BEFORE, _LONG_AFTER, _MOSTLY_LONG, _FIRST_SENTENCE, _SPEECH_AND_NAME, _PAUSE_AND_SPEECH,
    _SPEECH_AND_PAUSE, _LOWER_AND_SPEECH, _LOWER_ALONE, _UPPER_AND_SPEECH,
    _UPPER_AND_WORKS, _WORD_AND_SPEECH, _WORD_ALONE, _SAID_THAT,
) = range(len(SHAPES))
# fmt: on
_COMMA, _STOP, _COLON, _SEMICOLON, _BRACKET, _DASH, _EN_DASH, _CRY, _ASK, _NEWLINE, _ZERO, _NINE = map(ord, ",.:;(—–!?\n09")
# Lengths in words from which a quotation is long, and others; how many characters from the next one is near.
_FIVE, _LONG, _TEN, _NEAR = 5, 7, 10, 400
# How many words are few, how many of the next sentence are looked at, and of how many characters a word does not count for a title.
_FEW, _NEXT, _SHORT_WORD = 4, 6, 3
_NAME = np.uint32(NAME)
_SPEECH, _PERSONS, _WORKS, _THAT = (np.uint32(1 << KINDS.index(kind)) for kind in ("speech", "persons", "works", "complementisers"))
# How many tokens to either side evidence is sought.
REACH = 50


class Evidence(NamedTuple):
    """words: quotations x ZONES, bits of KINDS and NAME; shape: quotations x SHAPES."""

    words: NDArray[np.uint32]
    shape: Bytes


@kernel
def describe_quotations(
    codes: Codes, starts: Places, classes: Classes, tokens: Tokens, sentences: Sentences, signs: Signs, pairs: Pairs, at: Positions
) -> Evidence:
    """The evidence of each quotation between marks; of others none. `signs`: of each token the kinds of its word."""
    count = len(pairs.starts)
    words, shape, lengths = np.zeros((count, len(ZONES)), np.uint32), np.zeros((count, len(SHAPES)), np.uint8), np.zeros(count, np.int64)
    for i in range(count):
        for t in range(at.firsts[i], at.lasts[i]):
            lengths[i] += tokens.words[t]
    for d in range(len(pairs.firsts) - 1):
        first, last, long = pairs.firsts[d], pairs.firsts[d + 1], 0
        for i in range(first, last):
            long += lengths[i] >= _LONG and pairs.forms[i] < LINE
        for i in range(first, last):
            if pairs.forms[i] >= LINE:
                continue
            begin, end = sentences.starts[at.first_sentences[i]], sentences.ends[at.last_sentences[i]]
            _gather_before(codes, classes, tokens, sentences, sentences.firsts[d], signs, at, i, words[i])
            _gather_after(codes, classes, tokens, tokens.firsts[d + 1], sentences, sentences.firsts[d + 1], signs, at, i, words[i])
            _look_within(codes, classes, tokens, at.firsts[i], at.lasts[i], lengths[i], shape[i])
            _look_around(codes, classes, starts[d + 1], tokens, pairs, i, at.opens[i], begin, end, shape[i])
            _combine(words[i], shape[i])
            shape[i, _MOSTLY_LONG] = 2 * long > last - first
            shape[i, _FIRST_SENTENCE] = at.first_sentences[i] == sentences.firsts[d]
            if i > first:
                _compare(pairs, at, i, i - 1, lengths[i - 1], shape[i])
            if i + 1 < last:
                _compare(pairs, at, i, i + 1, lengths[i + 1], shape[i])
    return Evidence(words, shape)


@kernel
def _beyond(signs: NDArray[np.uint32], tokens: Tokens, t: int, begin: int) -> np.uint32:
    """The kinds of a token; the word that begins its sentence, at `begin`, is in upper case whether it is a name or not."""
    return np.uint32(signs[t] if tokens.starts[t] > begin else signs[t] & ~_NAME)


@kernel
def _gather_before(
    codes: Codes,
    classes: Classes,
    tokens: Tokens,
    sentences: Sentences,
    first_sentence: int,
    signs: Signs,
    at: Positions,
    i: int,
    words: NDArray[np.uint32],
) -> None:
    """The kinds of the words before a quotation, in its sentence and in the one before."""
    begin, low = sentences.starts[at.first_sentences[i]], max(at.opens[i] - REACH, 0)
    met, t = 0, at.opens[i] - 1
    while t >= low and tokens.starts[t] >= begin:
        if tokens.words[t]:
            words[_BEFORE_1 if met == 0 else _BEFORE_4 if met < _FEW else _BEFORE] |= _beyond(signs, tokens, t, begin)
            met += 1
        t -= 1
    if at.first_sentences[i] > first_sentence:
        begin = sentences.starts[at.first_sentences[i] - 1]
        while t >= low and tokens.starts[t] >= begin:
            words[_LAST_SENTENCE] |= _beyond(signs, tokens, t, begin)
            t -= 1


@kernel
def _gather_after(
    codes: Codes,
    classes: Classes,
    tokens: Tokens,
    last_token: int,
    sentences: Sentences,
    last_sentence: int,
    signs: Signs,
    at: Positions,
    i: int,
    words: NDArray[np.uint32],
) -> None:
    """The kinds of the words within a quotation, and behind it in its sentence and in the next."""
    for t in range(at.firsts[i], min(at.lasts[i], at.firsts[i] + REACH)):
        words[_FIRST if t == at.firsts[i] else _WITHIN] |= signs[t]
    end, high = sentences.ends[at.last_sentences[i]], min(last_token, at.closes[i] + REACH)
    met, t = 0, at.closes[i]
    while t < high and tokens.starts[t] < end:
        if tokens.words[t]:
            words[_AFTER_1 if met == 0 else _AFTER_4 if met < _FEW else _AFTER] |= signs[t]
            met += 1
        t += 1
    if at.last_sentences[i] + 1 < last_sentence:
        end, met = sentences.ends[at.last_sentences[i] + 1], 0
        while t < high and tokens.starts[t] < end and met < _NEXT:
            words[_NEXT_SENTENCE] |= signs[t]
            met += tokens.words[t]
            t += 1


@kernel
def _look_within(codes: Codes, classes: Classes, tokens: Tokens, first: int, last: int, length: int, shape: Bytes) -> None:
    """How long a quotation is, and how its words are written."""
    shape[length - 1 if 0 < length < _FIVE else _FIVE_WORDS if length < _LONG else _SEVEN_WORDS if length < _TEN else _TEN_WORDS] = 1
    content = upper = letters = capitals = 0
    # Of a long quotation its first words tell enough.
    for t in range(first, min(last, first + 2 * _TEN)):
        start = tokens.starts[t]
        if not tokens.words[t]:
            shape[_PAUSE] |= t + 1 < last
        elif _ZERO <= codes[start] <= _NINE:
            shape[_NUMBER] = 1
        else:
            is_upper = classes[codes[start]] & UPPER != 0
            if t == first or tokens.ends[t] - start > _SHORT_WORD:
                content, upper = content + 1, upper + is_upper
            if t == first:
                shape[_UPPER] = is_upper
            for k in range(start, tokens.ends[t]):
                letters += (classes[codes[k]] & WORD) != 0
                capitals += (classes[codes[k]] & UPPER) != 0
    shape[_ALL_UPPER], shape[_ALL_CAPITALS] = 0 < content == upper, 1 < letters == capitals


@kernel
def _look_around(
    codes: Codes, classes: Classes, text_end: int, tokens: Tokens, pairs: Pairs, i: int, opens: int, begin: int, end: int, shape: Bytes
) -> None:
    """The marks at both ends of a quotation, and whether it begins, ends or is its sentence."""
    shape[_SINGLE] = pairs.forms[i] == SINGLE_PAIR
    for k in range(pairs.ends[i], pairs.closes[i]):
        shape[_COMMA_WITHIN] |= codes[k] == _COMMA
    ending = codes[pairs.ends[i] - 1]
    shape[_STOP_WITHIN], shape[_CRY_WITHIN] = ending == _STOP, ending == _CRY or ending == _ASK
    after = codes[pairs.closes[i]] if pairs.closes[i] < text_end else np.uint32(_NEWLINE)
    shape[_COMMA_AFTER] = after == _COMMA
    shape[_ENDS] = after == _NEWLINE or after == _SEMICOLON or (classes[after] & ENDER) != 0
    shape[_BEGINS] = opens == 0 or tokens.starts[opens - 1] < begin
    shape[_ALONE] = shape[_BEGINS] and pairs.closes[i] >= end
    if not shape[_BEGINS]:
        code = codes[tokens.starts[opens - 1]]
        shape[_COLON_BEFORE], shape[_COMMA_BEFORE] = code == _COLON, code == _COMMA
        shape[_BRACKET_BEFORE] = code == _BRACKET or code == _DASH or code == _EN_DASH


@kernel
def _combine(words: NDArray[np.uint32], shape: Bytes) -> None:
    """What is evidence only together."""
    before, after = words[_BEFORE_1] | words[_BEFORE_4], words[_AFTER_1] | words[_AFTER_4]
    pauses_after = shape[_COMMA_WITHIN] or shape[_COMMA_AFTER] or shape[_CRY_WITHIN]
    shape[_SPEECH_AND_NAME] = after & _SPEECH != 0 and after & (_NAME | _PERSONS) != 0
    shape[_PAUSE_AND_SPEECH] = pauses_after and (after | words[_NEXT_SENTENCE]) & _SPEECH != 0
    shape[_SPEECH_AND_PAUSE] = (shape[_COLON_BEFORE] or shape[_COMMA_BEFORE]) and before & _SPEECH != 0
    said = (before | words[_BEFORE] | after | words[_AFTER]) & _SPEECH != 0
    lower, upper, alone = not shape[_UPPER], shape[_ALL_UPPER] != 0, shape[0] != 0
    shape[_LOWER_AND_SPEECH], shape[_LOWER_ALONE] = lower and said, lower and not said
    shape[_UPPER_AND_SPEECH], shape[_UPPER_AND_WORKS] = upper and said, upper and (before | after) & _WORKS != 0
    shape[_WORD_AND_SPEECH], shape[_WORD_ALONE] = alone and said, alone and not said
    shape[_SAID_THAT] = said and (before | words[_BEFORE]) & _THAT != 0


@kernel
def _compare(pairs: Pairs, at: Positions, i: int, j: int, length: int, shape: Bytes) -> None:
    """What the quotation j, of so many words, is to its neighbour i."""
    if pairs.forms[j] >= LINE:
        return
    if at.first_sentences[j] <= at.last_sentences[i] and at.first_sentences[i] <= at.last_sentences[j]:
        shape[_LONG_BESIDE if length >= _LONG else _SHORT_BESIDE] = 1
    between = pairs.opens[i] - pairs.closes[j] if j < i else pairs.opens[j] - pairs.closes[i]
    if length >= _LONG and between < _NEAR:
        shape[_LONG_BEFORE if j < i else _LONG_AFTER] = 1
