"""Who speaks: the narrator, a quoted person, or the narrator holding a word at arm's length (scare quotes).

Voice is computed from the text, never annotated. It is how an outlet's own words are told from the words it reports.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from schemas.tokens import Span, count_words, split_sentences, tokenise

__all__ = ["VOICES", "Quotation", "Voice", "find_quotations", "voice_of", "voice_of_short", "voices_of_tokens"]

Voice = Literal["narrator", "quoted", "scare"]
VOICES: tuple[Voice, ...] = ("narrator", "quoted", "scare")

SCARE_WORDS = 4
REACH_BEFORE, REACH_AFTER = 50, 40


class Quotation(NamedTuple):
    """The words inside a pair of quotation marks (the marks themselves excluded) and their voice."""

    start: int
    end: int
    voice: Voice


# Pairs are sought within a paragraph. A straight single mark opens only after a space or bracket, so that
# apostrophes and the plural possessive do not.
_PAIRS = re.compile(
    r"\"(?P<straight>[^\"\n]+)\"|“(?P<curly>[^“”\n]+)”|„(?P<low>[^„“”\n]+)[“”]|«(?P<guillemet>[^«»\n]+)»|「(?P<corner>[^「」\n]+)」"
    r"|(?<![\w’'])‘(?P<single>[^‘\n]+?)’(?!\w)|(?<![\w’'\".,!?])'(?P<plain>\w[^'\"\n]*(?:'\w[^'\"\n]*)*)'(?!\w)"
)
# Verbs of speech in all their forms. "States" and "reports" are left out: "the United States" and "the report" are not.
_SPEECH = re.compile(
    r"\b(?:sa(?:y|ys|id|ying)|t(?:ell|ells|old|elling)|wr(?:ite|ites|ote|itten|iting)|sp(?:eak|eaks|oke|oken|eaking)"
    r"|according to|quot(?:e|es|ed|ing)|stat(?:ed|ing)|repl(?:y|ies|ied|ying)|den(?:y|ies|ied|ying)|testif(?:y|ies|ied)"
    r"|(?:argu|announc|declar|describ|accus|urg|promis|predict|defin)(?:e|es|ed|ing)"
    r"|(?:ask|add|call|claim|warn|answer|insist|explain|remark|respond|complain|demand|chant|shout|boast|whin|crow|sniff|gush"
    r"|blast|shout|threaten)(?:e?s|e?d|ing)?|slam(?:s|med)?|admit(?:s|ted|ting)?|label(?:s|led|ed)|noted|notes that|vow(?:s|ed)"
    r"|tweeted|posted|dubbed|branded|reading)\b",
    re.IGNORECASE,
)
_ARMS_LENGTH = re.compile(r"\bso[-‑ ]called\s*$", re.IGNORECASE)
_PAUSE = re.compile(r"[,?!;]|\W?[,?!]")


def find_quotations(text: str) -> list[Quotation]:
    """Every quotation with its voice, in order.

    Up to four words without a speech verb near by, in the same sentence, are `scare`; all other quotations are
    `quoted` (a long one goes on from a speaker named before). "So-called" before the mark makes it `scare`.
    """
    sentences = split_sentences(text)
    starts = [sentence.start for sentence in sentences]
    found: list[Quotation] = []
    for match in _PAIRS.finditer(text):
        group = match.lastgroup
        inner = _strip(text, *match.span(group or 0))
        if inner.start < inner.end:
            sentence = sentences[max(bisect_right(starts, match.start()) - 1, 0)]
            quoted = text[inner.start : inner.end]
            short = count_words(quoted, tokenise(quoted)) <= SCARE_WORDS
            found.append(Quotation(*inner, voice_of_short(text, Span(*match.span()), inner, sentence) if short else "quoted"))
    return found


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


def voice_of_short(text: str, outer: Span, inner: Span, sentence: Span) -> Voice:
    """Voice of a quotation of up to four words: `outer` is where its marks begin and end, `inner` its words."""
    before = text[max(sentence.start, outer.start - REACH_BEFORE) : outer.start]
    if _ARMS_LENGTH.search(before):
        return "scare"
    # After the mark a speaker needs a comma or its like: in '"reform," she said' there is one, in '"experts" who say' none.
    after = text[inner.end : min(max(sentence.end, outer.end), outer.end + REACH_AFTER)]
    spoken = _SPEECH.search(before) or (_PAUSE.match(after) and _SPEECH.search(after))
    return "quoted" if spoken else "scare"


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    # "Reform," with the comma inside the marks, the American way: the comma is not the word's.
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;"):
        end -= 1
    return Span(start, end)
