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
from schemas.text.sentences import Sentences
from schemas.text.tokens import Tokens
from schemas.text.words import KINDS, Signs

__all__ = ["NAME", "SHAPES", "ZONES", "Evidence", "describe_quotations"]

# A word in upper case, not at the beginning of its sentence; it takes the place behind those of KINDS.
NAME = 1 << len(KINDS)
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
    _ALONE, _LONG_BESIDE, _SHORT_BESIDE, _LONG_BEFORE, _LONG_AFTER, _MOSTLY_LONG, _FIRST_LINE, _SPEECH_AND_NAME, _PAUSE_AND_SPEECH,
    _SPEECH_AND_PAUSE, _LOWER_AND_SPEECH, _LOWER_ALONE, _UPPER_AND_SPEECH,
    _UPPER_AND_WORKS, _WORD_AND_SPEECH, _WORD_ALONE, _SAID_THAT,
) = range(len(SHAPES))
# fmt: on
_COMMA, _STOP, _COLON, _SEMICOLON, _BRACKET, _DASH, _EN_DASH, _CRY, _ASK, _NEWLINE, _ZERO, _NINE = map(ord, ",.:;(—–!?\n09")
_LONG, _NEAR = 7, 400
_SPEECH, _PERSONS, _WORKS, _THAT = (np.uint32(1 << KINDS.index(kind)) for kind in ("speech", "persons", "works", "complementisers"))
# How many tokens to either side evidence is sought.
REACH = 50


class Evidence(NamedTuple):
    """words: quotations x ZONES, bits of KINDS and NAME; shape: quotations x SHAPES."""

    words: NDArray[np.uint32]
    shape: Bytes


@kernel
def describe_quotations(codes: Codes, classes: Classes, tokens: Tokens, sentences: Sentences, signs: Signs, pairs: Pairs) -> Evidence:
    """The evidence of each quotation. `signs`: of each token the kinds of its word."""
    count = len(pairs.starts)
    words, shape = np.zeros((count, len(ZONES)), np.uint32), np.zeros((count, len(SHAPES)), np.uint8)
    lengths, places = np.empty(count, np.int64), np.empty((count, 6), np.int64)
    for d in range(len(pairs.firsts) - 1):
        first, last = pairs.firsts[d], pairs.firsts[d + 1]
        token, sentence, end = tokens.firsts[d], sentences.firsts[d], sentences.firsts[d + 1]
        long = 0
        for i in range(first, last):
            token, sentence = _find_places(pairs, i, tokens, tokens.firsts[d + 1], sentences, sentence, end, token, places[i])
            lengths[i] = _count(tokens, places[i, 1], places[i, 2])
            long += lengths[i] >= _LONG and pairs.forms[i] < LINE
        for i in range(first, last):
            if pairs.forms[i] >= LINE:
                continue
            _gather(tokens, signs, codes, classes, sentences, places[i], sentences.firsts[d], end, tokens.firsts[d + 1], words[i])
            _look_at(
                codes,
                classes,
                tokens,
                pairs,
                i,
                places[i],
                lengths[i],
                sentences.starts[places[i, 4]],
                sentences.ends[places[i, 5]],
                words[i],
                shape[i],
            )
            shape[i, _MOSTLY_LONG] = 2 * long > last - first
            shape[i, _FIRST_LINE] = places[i, 4] == sentences.firsts[d]
            for j in (i - 1, i + 1):
                if first <= j < last and pairs.forms[j] < LINE:
                    near = pairs.opens[i] - pairs.closes[j] if j < i else pairs.opens[j] - pairs.closes[i]
                    if places[j, 4] == places[i, 4] or places[j, 5] == places[i, 5] or places[j, 4] == places[i, 5] or places[j, 5] == places[i, 4]:
                        shape[i, _LONG_BESIDE if lengths[j] >= _LONG else _SHORT_BESIDE] = 1
                    if lengths[j] >= _LONG and near < _NEAR:
                        shape[i, _LONG_BEFORE if j < i else _LONG_AFTER] = 1
    return Evidence(words, shape)


@kernel
def _find_places(
    pairs: Pairs, i: int, tokens: Tokens, last_token: int, sentences: Sentences, sentence: int, last_sentence: int, token: int, places: Places
) -> tuple[int, int]:
    """Into `places`: the first token of the opening mark, of the words, the one behind them, and the one behind the closing mark; the sentence
    that the quotation begins in, and the one it ends in."""
    while token < last_token and tokens.starts[token] < pairs.opens[i]:
        token += 1
    places[0] = token
    while token < last_token and tokens.starts[token] < pairs.starts[i]:
        token += 1
    places[1] = token
    while token < last_token and tokens.starts[token] < pairs.ends[i]:
        token += 1
    places[2] = token
    while token < last_token and tokens.starts[token] < pairs.closes[i]:
        token += 1
    places[3] = token
    while sentence + 1 < last_sentence and sentences.starts[sentence + 1] <= pairs.opens[i]:
        sentence += 1
    places[4] = sentence
    ends = sentence
    while ends + 1 < last_sentence and sentences.starts[ends + 1] < pairs.closes[i]:
        ends += 1
    places[5] = ends
    return token, sentence


@kernel
def _count(tokens: Tokens, first: int, last: int) -> int:
    count = 0
    for t in range(first, last):
        count += tokens.words[t]
    return count


@kernel
def _sign(tokens: Tokens, signs: Signs, codes: Codes, classes: Classes, t: int, first: int) -> int:
    """The kinds of a token, and whether it is a name; `first` is where its sentence begins."""
    start = tokens.starts[t]
    upper = tokens.words[t] and classes[codes[start]] & UPPER and start > first
    return int(signs[t]) | (NAME if upper else 0)


@kernel
def _gather(
    tokens: Tokens,
    signs: Signs,
    codes: Codes,
    classes: Classes,
    sentences: Sentences,
    places: Places,
    first_sentence: int,
    last_sentence: int,
    last_token: int,
    words: NDArray[np.uint32],
) -> None:
    """The kinds of words in each zone."""
    begin, end = sentences.starts[places[4]], sentences.ends[places[5]]
    met, t = 0, places[0] - 1
    while t >= max(places[0] - REACH, 0) and tokens.starts[t] >= begin:
        if tokens.words[t]:
            zone = _BEFORE_1 if met == 0 else _BEFORE_4 if met < 4 else _BEFORE
            words[zone] |= np.uint32(_sign(tokens, signs, codes, classes, t, begin))
            met += 1
        t -= 1
    if places[4] > first_sentence:
        before = sentences.starts[places[4] - 1]
        while t >= max(places[0] - REACH, 0) and tokens.starts[t] >= before:
            words[_LAST_SENTENCE] |= np.uint32(_sign(tokens, signs, codes, classes, t, before))
            t -= 1
    for t in range(places[1], min(places[2], places[1] + REACH)):
        kinds = np.uint32(_sign(tokens, signs, codes, classes, t, -1))
        words[_FIRST if t == places[1] else _WITHIN] |= kinds
    met, t = 0, places[3]
    while t < min(last_token, places[3] + REACH) and tokens.starts[t] < end:
        if tokens.words[t]:
            zone = _AFTER_1 if met == 0 else _AFTER_4 if met < 4 else _AFTER
            words[zone] |= np.uint32(_sign(tokens, signs, codes, classes, t, -1))
            met += 1
        t += 1
    if places[5] + 1 < last_sentence:
        after = sentences.ends[places[5] + 1]
        met = 0
        while t < last_token and tokens.starts[t] < after and met < 6:
            words[_NEXT_SENTENCE] |= np.uint32(_sign(tokens, signs, codes, classes, t, -1))
            met += tokens.words[t]
            t += 1


@kernel
def _look_at(
    codes: Codes,
    classes: Classes,
    tokens: Tokens,
    pairs: Pairs,
    i: int,
    places: Places,
    length: int,
    begin: int,
    end: int,
    words: NDArray[np.uint32],
    shape: Bytes,
) -> None:
    """The shape of a quotation."""
    if length <= 4:
        shape[max(length, 1) - 1] = 1
    else:
        shape[_FIVE_WORDS if length < 7 else _SEVEN_WORDS if length < 10 else _TEN_WORDS] = 1
    shape[_SINGLE] = pairs.forms[i] == SINGLE_PAIR
    upper = 0
    content = 0
    capitals = letters = 0
    for t in range(places[1], places[2]):
        start, size = tokens.starts[t], tokens.ends[t] - tokens.starts[t]
        if not tokens.words[t]:
            if t + 1 < places[2]:
                shape[_PAUSE] = 1
            continue
        if _ZERO <= codes[start] <= _NINE:
            shape[_NUMBER] = 1
            continue
        is_upper = classes[codes[start]] & UPPER != 0
        if t == places[1] and is_upper:
            shape[_UPPER] = 1
        if size > 3 or t == places[1]:
            content += 1
            upper += is_upper
        for k in range(start, tokens.ends[t]):
            letters += (classes[codes[k]] & WORD) != 0
            capitals += classes[codes[k]] & UPPER != 0
    shape[_ALL_UPPER] = content > 0 and upper == content
    shape[_ALL_CAPITALS] = letters > 1 and capitals == letters
    # What stands straight before the closing mark, and behind it.
    last = pairs.closes[i] - 1
    while last > pairs.ends[i] and codes[last] != _COMMA:
        last -= 1
    shape[_COMMA_WITHIN] = codes[last] == _COMMA and last >= pairs.ends[i]
    ending = codes[pairs.ends[i] - 1]
    shape[_STOP_WITHIN] = ending == _STOP
    shape[_CRY_WITHIN] = ending == _CRY or ending == _ASK
    after = codes[pairs.closes[i]] if pairs.closes[i] < len(codes) else _NEWLINE
    shape[_COMMA_AFTER] = after == _COMMA
    shape[_ENDS] = after == _STOP or after == _NEWLINE or after == _SEMICOLON or (classes[after] & ENDER) != 0
    before = places[0] - 1
    shape[_BEGINS] = places[0] == 0 or tokens.starts[before] < begin
    shape[_ALONE] = shape[_BEGINS] and pairs.closes[i] >= end
    if not shape[_BEGINS]:
        code = codes[tokens.starts[before]]
        shape[_COLON_BEFORE] = code == _COLON
        shape[_COMMA_BEFORE] = code == _COMMA
        shape[_BRACKET_BEFORE] = code == _BRACKET or code == _DASH or code == _EN_DASH
    speaks = _SPEECH
    near = words[_AFTER_1] | words[_AFTER_4]
    shape[_SPEECH_AND_NAME] = near & speaks != 0 and near & (np.uint32(NAME) | _PERSONS) != 0
    shape[_PAUSE_AND_SPEECH] = (shape[_COMMA_WITHIN] or shape[_COMMA_AFTER] or shape[_CRY_WITHIN]) and (
        near & speaks != 0 or words[_NEXT_SENTENCE] & speaks != 0
    )
    shape[_SPEECH_AND_PAUSE] = (shape[_COLON_BEFORE] or shape[_COMMA_BEFORE]) and (words[_BEFORE_1] | words[_BEFORE_4]) & speaks != 0
    before_it = words[_BEFORE_1] | words[_BEFORE_4]
    told = (before_it | words[_BEFORE] | near | words[_AFTER]) & speaks != 0
    lower, upper_all, alone = not shape[_UPPER], shape[_ALL_UPPER] != 0, length == 1
    shape[_LOWER_AND_SPEECH], shape[_LOWER_ALONE] = lower and told, lower and not told
    shape[_UPPER_AND_SPEECH], shape[_UPPER_AND_WORKS] = upper_all and told, upper_all and (before_it | near) & _WORKS != 0
    shape[_WORD_AND_SPEECH], shape[_WORD_ALONE] = alone and told, alone and not told
    shape[_SAID_THAT] = told and (before_it | words[_BEFORE]) & _THAT != 0
