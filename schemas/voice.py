"""Who speaks: the narrator, a quoted person, or the narrator holding a word at arm's length (scare quotes).

Voice is computed from the text, never annotated. It is how an outlet's own words are told from the words it reports.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from schemas.tokens import Span, count_words, split_sentences, tokenise

__all__ = [
    "ACCORDING",
    "CALLED",
    "NOTES",
    "OPENERS",
    "PAUSES",
    "REACH_AFTER",
    "REACH_BEFORE",
    "SCARE_WORDS",
    "SEMICOLON",
    "SO",
    "SO_CALLED",
    "SPEAKS",
    "THAT",
    "TO",
    "VOICES",
    "Quotation",
    "Voice",
    "find_quotations",
    "voice_of",
    "voices_of_tokens",
    "word_signs",
]

Voice = Literal["narrator", "quoted", "scare"]
VOICES: tuple[Voice, ...] = ("narrator", "quoted", "scare")

SCARE_WORDS = 4
REACH_BEFORE, REACH_AFTER = 50, 40


class Quotation(NamedTuple):
    """The words inside a pair of quotation marks (the marks themselves excluded) and their voice."""

    start: int
    end: int
    voice: Voice


OPENERS = "\"“„«「‘'"
# Pairs are sought within a paragraph. A straight single mark opens only after a space or bracket, so that
# apostrophes and the plural possessive do not.
_PAIRS = re.compile(
    r"\"(?P<straight>[^\"\n]+)\"|“(?P<curly>[^“”\n]+)”|„(?P<low>[^„“”\n]+)[“”]|«(?P<guillemet>[^«»\n]+)»|「(?P<corner>[^「」\n]+)」"
    r"|(?<![\w’'])‘(?P<single>[^‘\n]+?)’(?!\w)|(?<![\w’'\".,!?])'(?P<plain>\w[^'\"\n]*(?:'\w[^'\"\n]*)*)'(?!\w)"
)
# Verbs of speech in all their forms. "States" and "reports" are left out: "the United States" and "the report" are not.
_REGULAR = "ask add call claim warn answer insist explain remark respond complain demand chant shout boast crow sniff gush blast threaten predict"
_SILENT_E = "argu announc declar describ accus urg promis defin whin quot"
_OTHERS = (
    "say says said saying tell tells told telling write writes wrote written writing speak speaks spoke spoken speaking stated stating"
    " reply replies replied replying deny denies denied denying testify testifies testified slam slams slammed admit admits admitted admitting"
    " labels labelled labeled noted vows vowed tweeted posted dubbed branded reading gushes"
)
SPEECH = frozenset(
    [*_OTHERS.split(), *(f"{stem}{end}" for stem in _REGULAR.split() for end in ("", "s", "ed", "ing"))]
    + [f"{stem}{end}" for stem in _SILENT_E.split() for end in ("e", "es", "ed", "ing")]
)
# What a word can be to a quotation near by. Some speak in twos: "according to", "notes that".
SPEAKS, ACCORDING, TO, NOTES, THAT, SO, CALLED, SO_CALLED = (1 << bit for bit in range(8))
_SIGNS = {"according": ACCORDING, "to": TO, "notes": NOTES, "that": THAT, "so": SO, "called": CALLED, "so-called": SO_CALLED, "so‑called": SO_CALLED}
# After the words, or after one mark more (the one that closes); a semicolon is a pause straight after the words alone.
PAUSES, SEMICOLON = ",?!", ";"


def find_quotations(text: str) -> list[Quotation]:
    """Every quotation with its voice, in order.

    Up to four words without a speech verb near by, in the same sentence, are `scare`; all other quotations are
    `quoted` (a long one goes on from a speaker named before). "So-called" before the mark makes it `scare`.
    """
    found: list[Quotation] = []
    sentences, tokens = split_sentences(text), tokenise(text)
    sentence_starts, token_starts = [sentence.start for sentence in sentences], [token.start for token in tokens]
    for match in _PAIRS.finditer(text):
        inner = _strip(text, *match.span(match.lastgroup or 0))
        if inner.start < inner.end:
            inside = tokens[bisect_left(token_starts, inner.start) : bisect_left(token_starts, inner.end)]
            sentence = sentences[max(bisect_right(sentence_starts, match.start()) - 1, 0)]
            low, high = max(sentence.start, match.start() - REACH_BEFORE), min(max(sentence.end, match.end()), match.end() + REACH_AFTER)
            near = tokens[bisect_left(token_starts, low) : bisect_left(token_starts, high)]
            before = [word_signs(text[start:end]) for start, end in near if end <= match.start()]
            after = [word_signs(text[start:end]) for start, end in near if start >= inner.end and end <= high]
            short = count_words(text, inside) <= SCARE_WORDS
            found.append(Quotation(*inner, _voice(before, text[inner.end : high], after) if short else "quoted"))
    return found


def word_signs(word: str) -> int:
    """What a word can be to a quotation near by: SPEAKS and so on, added up."""
    lower = word.lower()
    return _SIGNS.get(lower, 0) | (SPEAKS if lower in SPEECH else 0)


def voice_of(start: int, end: int, quotations: Sequence[Quotation]) -> Voice:
    """Voice of a span: that of the quotation which holds most of it, else the narrator's."""
    for quotation in quotations:
        overlap = min(end, quotation.end) - max(start, quotation.start)
        if overlap * 2 > end - start:
            return quotation.voice
    return "narrator"


def voices_of_tokens(tokens: Sequence[Span], quotations: Sequence[Quotation]) -> list[int]:
    """Index into VOICES for each token."""
    voices = [0] * len(tokens)
    starts = [token.start for token in tokens]
    for quotation in quotations:
        index = VOICES.index(quotation.voice)
        for i in _tokens_between(starts, quotation):
            voices[i] = index
    return voices


def _tokens_between(starts: list[int], quotation: Quotation) -> Iterator[int]:
    i = bisect_right(starts, quotation.start - 1)
    while i < len(starts) and starts[i] < quotation.end:
        yield i
        i += 1


def _voice(before: Sequence[int], following: str, after: Sequence[int]) -> Voice:
    """Voice of a quotation of up to four words, from the signs of the words around it and the text that follows it."""
    if before and (before[-1] & SO_CALLED or (before[-1] & CALLED and len(before) > 1 and before[-2] & SO)):
        return "scare"
    # After the mark a speaker needs a comma or its like: in '"reform," she said' there is one, in '"experts" who say' none.
    paused = following[:1] in (*PAUSES, SEMICOLON) or (following[1:2] in (*PAUSES,) and not following[0].isalnum() and following[0] != "_")
    return "quoted" if _speaks(before) or (paused and _speaks(after)) else "scare"


def _speaks(signs: Sequence[int]) -> bool:
    return any(sign & SPEAKS for sign in signs) or any((a & ACCORDING and b & TO) or (a & NOTES and b & THAT) for a, b in pairwise(signs))


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    # "Reform," with the comma inside the marks, the American way: the comma is not the word's.
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;"):
        end -= 1
    return Span(start, end)
