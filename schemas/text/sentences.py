"""Sentences, without surrounding white space.

A line end always ends a sentence. A full stop ends one unless it closes an abbreviation, initials or an ordinal of the text's language,
or the next word goes on in lower case. The marks of scripts that write no spaces end one where they stand.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from schemas.arrays import Classes, Codes, Flags, Places
from schemas.text.characters import CLOSER, ENDER, FULL, INNER, INVISIBLE, LOWER, SPACE, UPPER, WORD, character_classes, code_points, is_among
from schemas.text.detection import find_languages
from schemas.text.kernel import expect, kernel
from schemas.text.languages import DEFAULT, LANGUAGES, read_language
from schemas.text.tokens import Span, find_tokens

__all__ = ["Sentences", "Stops", "find_sentences", "language_numbers", "split_sentences", "stops"]

# How far the next word may be from the end of a sentence.
LOOK_AHEAD = 80
# Abbreviations are sought by language and by the last bits of their last character.
_BUCKETS = 64
_NEWLINE, _BLANK, _COMMA, _STOP, _ZERO, _NINE, _COLON, _RIGHT, _EN_DASH, _EM_DASH, _HIGH = map(ord, "\n ,.09:»–—“")
# What a Japanese sentence goes on with behind a quotation in it.
_PARTICLES = code_points("とっなにのはがをもでやへ")


class Sentences(NamedTuple):
    """The sentences of a batch of texts: of text d those from firsts[d] to firsts[d + 1]."""

    starts: Places
    ends: Places
    firsts: Places


class Stops(NamedTuple):
    """What a full stop may close, for each of LANGUAGES and last for all others. Abbreviations: one row of code points each, and their
    lengths; those of language n in bucket b are rows firsts[n * _BUCKETS + b] to the next. `ordinals`: whether "3." is one.
    `dialogue`: whether a dash parts what is said from who says it."""

    codes: Codes
    lengths: Places
    firsts: Places
    ordinals: Flags
    dialogue: Flags


def split_sentences(text: str, language: str | None = None) -> list[Span]:
    """The sentences of one text, in order. `language`: as in `read_texts`."""
    expect(len(text))
    codes, starts, classes = code_points(text), np.array([0, len(text)]), character_classes()
    languages = find_languages([text], codes, find_tokens(codes, starts, classes), [language])
    found = find_sentences(codes, starts, classes, language_numbers(languages), stops())
    return list(map(Span, found.starts.tolist(), found.ends.tolist()))


def language_numbers(languages: tuple[str, ...]) -> Places:
    """Where the stops of each of these languages are found."""
    return np.array([_numbers().get(language, len(LANGUAGES)) for language in languages], dtype=np.int64)


@cache
def _numbers() -> dict[str, int]:
    return {language: number for number, language in enumerate(LANGUAGES)}


@cache
def stops() -> Stops:
    languages = [read_language(code) for code in (*LANGUAGES, DEFAULT)]
    usual = languages[-1].abbreviations
    rows = []
    for number, language in enumerate(languages):
        words = language.abbreviations or usual
        if words is not usual:
            # What is written together (z.B.) is written apart as well (z. B.), where each stop closes an abbreviation.
            apart = [word.replace(". ", ".").replace(".", ". ") for word in words]
            words = (*words, *apart, *(word[:place] for word in apart for place in range(len(word)) if word[place] == "."))
        rows += [(number * _BUCKETS + ord(word[-1]) % _BUCKETS, word) for word in dict.fromkeys(words)]
    rows.sort()
    lengths = np.array([len(word) for _, word in rows], dtype=np.int64)
    codes = np.zeros((len(rows), lengths.max()), dtype=np.uint32)
    for row, (_, word) in zip(codes, rows, strict=True):
        row[: len(word)] = code_points(word)
    firsts = np.searchsorted([bucket for bucket, _ in rows], np.arange(len(languages) * _BUCKETS + 1))
    ordinals, dialogue = np.array([(language.ordinals, language.dialogue) for language in languages[:-1]] + [(False, False)]).T.copy()
    return Stops(codes, lengths, firsts.astype(np.int64), ordinals, dialogue)


@kernel
def find_sentences(codes: Codes, starts: Places, classes: Classes, languages: Places, known: Stops) -> Sentences:
    """The sentences of each text codes[starts[d]:starts[d + 1]], whose language has the number languages[d]."""
    found, firsts = np.empty((len(codes), 2), np.int64), np.zeros(len(starts), np.int64)
    count = 0
    for document in range(len(starts) - 1):
        end = starts[document + 1]
        start = i = starts[document]
        while i < end:
            ends, may_end = codes[i] == _NEWLINE, (classes[codes[i]] & ENDER) != 0
            if not ends and not may_end and i + 1 < end:
                i += 1
                continue
            j = _find_end(codes, i, end, classes)
            if may_end:
                ends = j < end and _is_end(codes, start, i, j, end, classes, languages[document], known)
            if ends or j == end:
                first, last = start, j
                while first < last and classes[codes[first]] & (SPACE | INVISIBLE):
                    first += 1
                while last > first and classes[codes[last - 1]] & (SPACE | INVISIBLE):
                    last -= 1
                if first < last:
                    found[count, 0], found[count, 1] = first, last
                    count += 1
                start = j
            i = j
        firsts[document + 1] = count
    return Sentences(found[:count, 0].copy(), found[:count, 1].copy(), firsts)


@kernel
def _find_end(codes: Codes, i: int, end: int, classes: Classes) -> int:
    """Behind the line ends, or the marks that may end a sentence and those that close behind them, which begin at i; else i + 1."""
    j = i + 1
    if codes[i] == _NEWLINE:
        while j < end and codes[j] == _NEWLINE:
            j += 1
    elif classes[codes[i]] & ENDER:
        while j < end and classes[codes[j]] & ENDER:
            j += 1
        # French closes after a space.
        if j + 1 < end and codes[j + 1] == _RIGHT and classes[codes[j]] & SPACE and codes[j] != _NEWLINE:
            j += 2 if j + 2 == end or not classes[codes[j + 2]] & WORD else 0
        # Where no space follows, as in Chinese, what closes in German opens.
        full = classes[codes[i]] & FULL
        while j < end and classes[codes[j]] & (CLOSER | INVISIBLE) and not (full and codes[j] == _HIGH):
            j += 1
    return j


@kernel
def _is_end(codes: Codes, start: int, i: int, j: int, end: int, classes: Classes, language: int, known: Stops) -> bool:
    """Whether the marks from i to j, inside the text, end the sentence that begins at `start`."""
    last = j - 1
    while last > i and classes[codes[last]] & (CLOSER | INVISIBLE | SPACE):
        last -= 1
    if not classes[codes[j]] & SPACE:
        goes_on = last + 1 < j and is_among(codes[j], _PARTICLES)
        return bool(classes[codes[last]] & FULL and not goes_on and not classes[codes[j]] & LOWER)
    place = _skip_blanks(codes, j, end, classes)
    next_kind = classes[codes[place]] if place < end else 0
    if place < end and known.dialogue[language] and (codes[place] == _EM_DASH or codes[place] == _EN_DASH):
        after = _skip_blanks(codes, place + 1, end, classes)
        next_kind = classes[codes[after]] if after < end else 0
    if next_kind & LOWER:
        return False
    if codes[i] == _STOP and (j == i + 1 or classes[codes[i + 1]] & INVISIBLE):
        if known.ordinals[language] and next_kind & UPPER and _is_ordinal(codes, start, i, classes):
            return False
        return not _is_abbreviated(codes, start, i, classes, language, known)
    return True


@kernel
def _skip_blanks(codes: Codes, i: int, end: int, classes: Classes) -> int:
    """The first character from i on that is seen; `end` if none is near."""
    near = min(end, i + LOOK_AHEAD)
    while i < near and classes[codes[i]] & (SPACE | INVISIBLE):
        i += 1
    return i if i < near else end


@kernel
def _is_ordinal(codes: Codes, start: int, stop: int, classes: Classes) -> bool:
    """Whether the full stop closes a number of one or two digits."""
    first = stop
    while first > start and first > stop - 3 and _ZERO <= codes[first - 1] <= _NINE:
        first -= 1
    if first == stop or first == stop - 3:
        return False
    return first == start or not (classes[codes[first - 1]] & WORD or codes[first - 1] == _COMMA or codes[first - 1] == _COLON)


@kernel
def _is_abbreviated(codes: Codes, start: int, stop: int, classes: Classes, language: int, known: Stops) -> bool:
    """Whether the full stop at `stop` closes an initial or an abbreviation that begins at `start` or later."""
    if stop == start:
        return False
    before = codes[stop - 1]
    if classes[before] & UPPER and (stop - 1 == start or not classes[codes[stop - 2]] & INNER):
        return True
    bucket = language * _BUCKETS + int(before) % _BUCKETS
    for k in range(known.firsts[bucket], known.firsts[bucket + 1]):
        first = stop - known.lengths[k]
        if first >= start and (first == start or not classes[codes[first - 1]] & INNER):
            i = first
            while i < stop and (codes[i] == known.codes[k, i - first] or (known.codes[k, i - first] == _BLANK and classes[codes[i]] & SPACE)):
                i += 1
            if i == stop:
                return True
    return False
