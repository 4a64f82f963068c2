"""Who is quoted: the words beside a quotation that name its source.

A verb of speech beside the quotation has its subject before or behind it; "according to" has it behind; what has neither goes on from the
quotation before it in its paragraph. The words are taken as they stand: a name with its titles and what is set beside it, or a pronoun.
"""

from __future__ import annotations

import numpy as np

from schemas.arrays import Codes, Flags, Places
from schemas.text.kernel import kernel
from schemas.text.pairs import Pairs
from schemas.text.positions import Positions
from schemas.text.sentences import Sentences
from schemas.text.tokens import Tokens
from schemas.text.words import KINDS, NAME, Signs

__all__ = ["find_speakers"]

_SPEECH, _JUDGING, _ACCORDING, _PERSONS, _DETERMINERS, _AUXILIARIES, _THAT, _COMMON, _JOINTS = (
    np.uint32(1 << KINDS.index(kind))
    for kind in ("speech", "judging", "according", "persons", "determiners", "auxiliaries", "complementisers", "common", "joints")
)
_NAME = np.uint32(NAME)
_COMMA, _STOP, _CRY, _ASK = map(ord, ",.!?")
# How far from the quotation its verb may stand, and how many tokens a source may have, how far a quotation may go on from another.
REACH, LONGEST, NEAR = 30, 25, 300


@kernel
def find_speakers(codes: Codes, tokens: Tokens, sentences: Sentences, signs: Signs, pairs: Pairs, at: Positions, quoted: Flags) -> Places:
    """quotations x (where the source begins, where it ends), -1 where none is found. `quoted`: which of the quotations have one."""
    found = np.full((len(pairs.starts), 2), -1, np.int64)
    for i in np.flatnonzero(quoted):
        d = at.texts[i]
        first, last = pairs.firsts[d], pairs.firsts[d + 1]
        # What stands in the quotation's sentences, and in no other quotation.
        low, begin = max(at.opens[i] - REACH, tokens.firsts[d]), sentences.starts[at.first_sentences[i]]
        if i > first:
            low = max(low, at.closes[i - 1])
        while low < at.opens[i] and tokens.starts[low] < begin:
            low += 1
        high, sentence = min(at.closes[i] + REACH, tokens.firsts[d + 1]), at.last_sentences[i]
        if i + 1 < last:
            high = min(high, at.opens[i + 1])
        if sentences.ends[sentence] <= pairs.closes[i] and sentence + 1 < sentences.firsts[d + 1] and _is_cry(codes, pairs.ends[i]):
            sentence += 1
        while high > at.closes[i] and tokens.starts[high - 1] >= sentences.ends[sentence]:
            high -= 1
        source, after = _look_after(codes, tokens, signs, at.closes[i], high)
        if source < 0:
            source, after = _look_before(codes, tokens, signs, low, at.opens[i])
        if source >= 0:
            found[i, 0], found[i, 1] = tokens.starts[source], tokens.ends[after - 1]
        elif i > first and found[i - 1, 0] >= 0 and pairs.opens[i] - pairs.closes[i - 1] < NEAR:
            found[i, 0], found[i, 1] = found[i - 1, 0], found[i - 1, 1]
    return found


@kernel
def _is_cry(codes: Codes, end: int) -> bool:
    """Whether a quotation ends in a mark behind which its sentence may go on, though it does not look like it: "Treason!" Doe cried."""
    return bool(end > 0 and (codes[end - 1] == _CRY or codes[end - 1] == _ASK))


@kernel
def _ends_phrase(codes: Codes, tokens: Tokens, signs: Signs, t: int) -> bool:
    """Whether a token is no part of a source: a mark, a verb of speech, or a common word that joins none."""
    if not tokens.words[t]:
        return True
    kinds = signs[t]
    if kinds & _NAME:
        return False
    return bool(kinds & (_SPEECH | _THAT | _AUXILIARIES) or (kinds & _COMMON and not kinds & (_DETERMINERS | _PERSONS | _JOINTS)))


@kernel
def _is_inner_stop(codes: Codes, tokens: Tokens, signs: Signs, t: int, end: int) -> bool:
    """Whether a token is the stop of a title or an initial, as in Mr. Doe."""
    if codes[tokens.starts[t]] != _STOP or t + 1 >= end or tokens.starts[t] != tokens.ends[t - 1]:
        return False
    return bool(signs[t - 1] & signs[t + 1] & _NAME)


@kernel
def _begins_phrase(codes: Codes, tokens: Tokens, signs: Signs, t: int) -> bool:
    return bool(signs[t] & (_NAME | _PERSONS | _DETERMINERS))


@kernel
def _look_after(codes: Codes, tokens: Tokens, signs: Signs, begin: int, end: int) -> tuple[int, int]:
    """The tokens of the source behind a quotation, (-1, -1) if there is none: said Doe; Doe, the mayor, said; according to Doe."""
    t = begin
    while t < end and not tokens.words[t]:
        t += 1
    if t == end:
        return -1, -1
    if signs[t] & _ACCORDING:
        t += 1
        if t < end and signs[t] & _COMMON and not signs[t] & (_DETERMINERS | _PERSONS):
            t += 1
        return _take_phrase(codes, tokens, signs, t, end)
    if signs[t] & _AUXILIARIES and t + 1 < end and signs[t + 1] & _SPEECH:
        t += 1
    if signs[t] & (_SPEECH | _JUDGING):
        return _take_phrase(codes, tokens, signs, t + 1, end)
    if not _begins_phrase(codes, tokens, signs, t):
        return -1, -1
    verb = t + 1
    while verb < min(end, t + LONGEST) and not signs[verb] & _SPEECH:
        if signs[verb] & _AUXILIARIES and not (verb + 2 < end and (signs[verb + 1] | signs[verb + 2]) & _SPEECH):
            return -1, -1
        verb += 1
    if verb >= min(end, t + LONGEST):
        return -1, -1
    if signs[t] & _PERSONS and signs[t] & _COMMON:
        return t, t + 1
    return t, _trim(tokens, signs, t, verb)


@kernel
def _trim(tokens: Tokens, signs: Signs, first: int, after: int) -> int:
    """The end of a source before its verb: without marks, auxiliaries and common words (has, also) at its end."""
    while after > first + 1 and (not tokens.words[after - 1] or (signs[after - 1] & (_AUXILIARIES | _COMMON) and not signs[after - 1] & _PERSONS)):
        after -= 1
    return after


@kernel
def _take_phrase(codes: Codes, tokens: Tokens, signs: Signs, t: int, end: int) -> tuple[int, int]:
    """The source that begins at t, with what is set beside it between commas."""
    if t >= end or not _begins_phrase(codes, tokens, signs, t):
        return -1, -1
    if signs[t] & _PERSONS and signs[t] & _COMMON:
        return t, t + 1
    first, beside, comma = t, False, t
    while t < min(end, first + LONGEST):
        if _ends_phrase(codes, tokens, signs, t) and not _is_inner_stop(codes, tokens, signs, t, end):
            goes_on = (
                codes[tokens.starts[t]] == _COMMA
                and not beside
                and t + 1 < end
                and tokens.words[t + 1]
                and not _ends_phrase(codes, tokens, signs, t + 1)
            )
            if not goes_on and not (beside and tokens.words[t]):
                break
            if not beside:
                beside, comma = True, t
            elif signs[t] & _AUXILIARIES:
                # What has a verb of its own is not set beside the source.
                t = comma
                break
        t += 1
    while t > first + 1 and not tokens.words[t - 1]:
        t -= 1
    return first, t


@kernel
def _look_before(codes: Codes, tokens: Tokens, signs: Signs, begin: int, end: int) -> tuple[int, int]:
    """The tokens of the source before a quotation, (-1, -1) if there is none: Doe said; Doe, the mayor, said; said Doe; according to Doe."""
    verb = end - 1
    while verb >= begin and not signs[verb] & (_SPEECH | _JUDGING | _ACCORDING):
        verb -= 1
    if verb < begin:
        return _first_mention(codes, tokens, signs, begin, end)
    if signs[verb] & _ACCORDING:
        return _look_after(codes, tokens, signs, verb, end)
    after = _trim(tokens, signs, begin, verb) if verb > begin else verb
    t = after - 1
    if verb > begin and not tokens.words[verb - 1] and codes[tokens.starts[verb - 1]] == _COMMA:
        # What stands between commas before the verb is set beside the source.
        while t >= begin and codes[tokens.starts[t]] != _COMMA:
            t -= 1
        t -= 1
        if t < begin:
            t = after - 1
    if t >= begin and signs[t] & _PERSONS and signs[t] & _COMMON:
        return t, t + 1
    first = t + 1
    while t >= begin and t > first - LONGEST:
        if _ends_phrase(codes, tokens, signs, t) and not _is_inner_stop(codes, tokens, signs, t, end):
            break
        t -= 1
    while t + 1 < first and signs[t + 1] & (_JOINTS | _COMMON) and not signs[t + 1] & (_DETERMINERS | _PERSONS):
        t += 1
    if _names_somebody(codes, tokens, signs, t + 1, first):
        return t + 1, after
    found = _take_phrase(codes, tokens, signs, verb + 1, end)
    return found if found[0] >= 0 else _first_mention(codes, tokens, signs, begin, verb)


@kernel
def _names_somebody(codes: Codes, tokens: Tokens, signs: Signs, first: int, last: int) -> bool:
    for t in range(first, last):
        if _begins_phrase(codes, tokens, signs, t):
            return True
    return False


@kernel
def _first_mention(codes: Codes, tokens: Tokens, signs: Signs, begin: int, end: int) -> tuple[int, int]:
    for t in range(begin, end):
        if signs[t] & _PERSONS or (signs[t] & _NAME and not signs[t] & (_COMMON | _ACCORDING)):
            return _take_phrase(codes, tokens, signs, t, end)
    return -1, -1
