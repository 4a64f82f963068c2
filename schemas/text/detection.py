"""The language of a text: what the caller says, else its script and commonest words, else what py3langid makes of its beginning.

Most texts are told by the kernel within microseconds; py3langid takes half a millisecond, and is asked only for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from schemas.arrays import Bytes, Codes, Floats, Places
from schemas.text.characters import character_classes, code_points
from schemas.text.kernel import expect, kernel
from schemas.text.languages import LANGUAGES, language_code, read_language
from schemas.text.tokens import Tokens, find_tokens

__all__ = ["TOLD_BY_SCRIPT", "find_languages", "tell_languages"]

# Scripts that one language alone is written in, or nearly; Han is told from Kana below.
TOLD_BY_SCRIPT = {
    "el": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "gu": ((0xA80, 0xAFF),),
    "he": ((0x5D0, 0x5F2),),
    "hy": ((0x531, 0x587),),
    "ka": ((0x10A0, 0x10FF),),
    "km": ((0x1780, 0x17FF),),
    "kn": ((0xC80, 0xCFF),),
    "ko": ((0x1100, 0x11FF), (0x3131, 0x318E), (0xAC00, 0xD7A3)),
    "lo": ((0xE80, 0xEFF),),
    "ml": ((0xD00, 0xD7F),),
    "my": ((0x1000, 0x109F),),
    "or": ((0xB00, 0xB7F),),
    "pa": ((0xA00, 0xA7F),),
    "si": ((0xD80, 0xDFF),),
    "ta": ((0xB80, 0xBFF),),
    "te": ((0xC00, 0xC7F),),
    "th": ((0xE00, 0xE7F),),
}
# Scripts whose languages are told by their words.
_LATIN, _CYRILLIC, _ARABIC, _DEVANAGARI, _OTHER, _KANA, _HAN = range(7)
_SHARED = {
    _LATIN: ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF), (0xFF21, 0xFF5A)),
    _CYRILLIC: ((0x400, 0x52F),),
    _ARABIC: ((0x620, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    _DEVANAGARI: ((0x900, 0x97F),),
    _KANA: ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
    _HAN: ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
}
_FIRST_TOLD = len(_SHARED) + 1
# So many of the first words are looked at; fewer than FEWEST tell nothing.
WORDS, FEWEST = 60, 3
# A language is plain where so many of the words, and such a share, are common words of it, and the next one has far fewer.
LEAST, SHARE, LEAD = 4, 0.15, 2.0
# Languages without a file, each by common words that the one with a file which it resembles does not have: where a text has some
# of these, py3langid decides.
RIVALS = {
    "af": "n nie vir hy sy jy ons hulle",
    "be": "ў што яго гэта быў якія якая каб ці",
    "bg": "да се е са със ще като през които това",
    "ca": "amb els és per què aquest més són va i",
    "da": "og er ikke af til blev jeg hun blevet være",
    "fa": "و در به از که را این است با آن",
    "gl": "unha non polo pola máis dende e ó ao o",
    "mk": "да се со од во ќе ја го беше",
    "mr": "आहे आणि हे ते आहेत होते मध्ये नाही",
    "ne": "छ र छन् यो पनि भएको गरेको छैन",
    "no": "og er ikke av til ble jeg hun blitt være",
    "sr": "је да се су од који ће са није",
    "ur": "کے میں کی ہے سے اور کو نے کا ہیں",
}
# How many times a language's words must outnumber those of a rival of its script.
RIVAL_LEAD = 5.0
# A text with so much Kana is Japanese, however many Han it has.
KANA_SHARE = 0.05
# How many characters py3langid is given, and how sure it must be.
BEGINNING, SURE = 1000, 0.4
# What py3langid calls apart.
_VARIETIES = {"arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh", "uzs": "uz", "zxx": "", "pcm": "en"}
_UNCLEAR, _UNKNOWN = -1, -2
_CHINESE, _JAPANESE = LANGUAGES.index("zh"), LANGUAGES.index("ja")
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
# Longer words are not looked up.
_LONGEST = 10


class Commons(NamedTuple):
    """The common words of LANGUAGES, and after them of RIVALS: a hash table of word numbers (0: none), the words' code points, where
    they begin, and a flag for each language that has them."""

    slots: Places
    codes: Codes
    begins: Places
    languages: Bytes
    # The script of each language, and by how much another must stay behind it.
    scripts: Bytes
    leads: Floats


def tell_languages(texts: Sequence[str], said: Sequence[str | None]) -> tuple[str, ...]:
    """The same of texts that nobody has read yet: of those whose language is not said, the beginnings are looked at."""
    beginnings = ["" if language_code(name) else text[:BEGINNING] for text, name in zip(texts, said, strict=True)]
    codes = code_points("".join(beginnings))
    expect(len(codes))
    starts = np.concatenate([[0], np.cumsum([len(text) for text in beginnings], dtype=np.int64)])
    return find_languages(beginnings, codes, find_tokens(codes, starts, character_classes()), said)


def find_languages(texts: Sequence[str], codes: Codes, tokens: Tokens, said: Sequence[str | None] | None = None) -> tuple[str, ...]:
    """The code of each text's language; "" where it cannot be told. `said`: what the caller knows of each (`language_code`)."""
    named = [language_code(name) for name in said] if said is not None else [""] * len(texts)
    if all(named):
        return tuple(named)
    with np.errstate(over="ignore"):
        # Hashes overflow by design, and plain Python would say so.
        found = _tell(codes, tokens, _scripts(), _lower(), _commons())
    codes_of = (*LANGUAGES, *TOLD_BY_SCRIPT)
    return tuple(
        name or (codes_of[number] if number >= 0 else "" if number == _UNKNOWN else _ask(text))
        for name, number, text in zip(named, found.tolist(), texts, strict=True)
    )


def _ask(text: str) -> str:
    """What py3langid says."""
    language, confidence = _identifier().classify(text[:BEGINNING])
    return _VARIETIES.get(language, language) if confidence >= SURE else ""


@cache
def _identifier() -> Any:
    # Imported here, for it and its model take their time.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _scripts() -> Bytes:
    """The script of each code point: one of those above, or _FIRST_TOLD and the place among those that one language is written in."""
    scripts = np.full(0x110000, _OTHER, dtype=np.uint8)
    for number, ranges in (*_SHARED.items(), *enumerate(TOLD_BY_SCRIPT.values(), start=_FIRST_TOLD)):
        for first, last in ranges:
            scripts[first : last + 1] = number
    return scripts


@cache
def _lower() -> Codes:
    """The lower case of each code point that common words are written with; beyond, each is its own."""
    return np.array([ord(chr(code).lower()[0]) for code in range(0x600)], dtype=np.uint32)


@cache
def _commons() -> Commons:
    lists = [*(read_language(code).common for code in LANGUAGES), *(words.split() for words in RIVALS.values())]
    words: dict[str, list[int]] = {}
    for number, common in enumerate(lists):
        for word in dict.fromkeys(common):
            words.setdefault(word, []).append(number)
    known = sorted(word for word in words if len(word) <= _LONGEST)
    codes, begins = code_points("".join(known)), np.cumsum([0, 0, *map(len, known)])
    flags = np.zeros((len(known) + 1, len(lists)), dtype=np.uint8)
    slots = np.zeros(1 << (4 * len(known)).bit_length(), dtype=np.int64)
    for number, word in enumerate(known, start=1):
        flags[number, words[word]] = 1
        with np.errstate(over="ignore"):
            slot = _hash(codes, begins[number], begins[number + 1], _lower()) & np.uint64(len(slots) - 1)
        while slots[slot]:
            slot = (slot + np.uint64(1)) & np.uint64(len(slots) - 1)
        slots[slot] = number
    scripts = [np.bincount(_scripts()[code_points("".join(common))]).argmax() for common in lists]
    leads = np.repeat([LEAD, RIVAL_LEAD], [len(LANGUAGES), len(RIVALS)])
    return Commons(slots, codes, begins, flags, np.array(scripts, dtype=np.uint8), leads)


@kernel
def _tell(codes: Codes, tokens: Tokens, scripts: Bytes, lower: Codes, commons: Commons) -> Places:
    """For each text the number of its language, _UNCLEAR, or _UNKNOWN if it is too short."""
    told = np.empty(len(tokens.firsts) - 1, np.int64)
    for document in range(len(told)):
        counts, hits = np.zeros(256, np.int64), np.zeros(commons.languages.shape[1], np.int64)
        token, seen = tokens.firsts[document], 0
        while token < tokens.firsts[document + 1] and seen < WORDS:
            if tokens.words[token]:
                start, end = tokens.starts[token], tokens.ends[token]
                script = scripts[codes[start]]
                counts[script] += 1
                seen += script != _OTHER
                if script < _OTHER and end - start <= _LONGEST:
                    word = _find_word(codes, start, end, lower, commons)
                    if word:
                        hits += commons.languages[word]
            token += 1
        told[document] = _decide(counts, hits, seen, commons)
    return told


@kernel
def _decide(counts: Places, hits: Places, seen: int, commons: Commons) -> int:
    """The language of a text, by how many of its words each script and each language has."""
    if seen < FEWEST:
        return _UNKNOWN
    counts[_OTHER] = 0
    eastern = counts[_HAN] + counts[_KANA]
    if 2 * eastern > seen:
        return _JAPANESE if counts[_KANA] >= KANA_SHARE * eastern else _CHINESE
    script = int(counts.argmax())
    if script >= _FIRST_TOLD:
        return len(LANGUAGES) + script - _FIRST_TOLD if 2 * counts[script] > seen else _UNCLEAR
    best, most = 0, 0
    for number in range(len(LANGUAGES)):
        if commons.scripts[number] == script and hits[number] > most:
            best, most = number, hits[number]
    for number in range(len(hits)):
        if number != best and commons.scripts[number] == script and most < commons.leads[number] * hits[number]:
            return _UNCLEAR
    return best if most >= LEAST and most >= SHARE * seen else _UNCLEAR


@kernel
def _find_word(codes: Codes, start: int, end: int, lower: Codes, commons: Commons) -> int:
    """The number of the common word that stands there in any case; 0 if none does."""
    mask = np.uint64(len(commons.slots) - 1)
    slot = _hash(codes, start, end, lower) & mask
    while commons.slots[slot]:
        word = commons.slots[slot]
        begin = commons.begins[word]
        if commons.begins[word + 1] - begin == end - start:
            i = 0
            while i < end - start and commons.codes[begin + i] == _lowered(codes[start + i], lower):
                i += 1
            if i == end - start:
                return int(word)
        slot = (slot + np.uint64(1)) & mask
    return 0


@kernel
def _hash(codes: Codes, start: int, end: int, lower: Codes) -> np.uint64:
    value = _BASIS
    for i in range(start, end):
        value = (value ^ np.uint64(_lowered(codes[i], lower))) * _PRIME
    return value ^ value >> np.uint64(32)


@kernel
def _lowered(code: np.uint32, lower: Codes) -> np.uint32:
    return lower[code] if code < len(lower) else code
