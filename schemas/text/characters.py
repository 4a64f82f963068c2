"""What each Unicode character is, as one number of flags: Python's own answers, looked up instead of asked for."""

from __future__ import annotations

import re
import sys
from functools import cache
from itertools import chain
from unicodedata import category

import numpy as np

from schemas.arrays import Classes, Codes
from schemas.text.kernel import kernel

__all__ = [
    "ALPHANUMERIC",
    "CLOSER",
    "ENDER",
    "FULL",
    "INNER",
    "INVISIBLE",
    "INVISIBLES",
    "JOINER",
    "LOWER",
    "MARK",
    "SPACE",
    "UPPER",
    "WORD",
    "character_classes",
    "code_points",
    "is_among",
    "visible",
]

# What joins the parts of a word, stands behind the end of a sentence, and is or begins a quotation mark (or a line, which one may begin).
JOINERS, CLOSERS = "'’-‑", "\"'”’»)]“›」』）】》〉］"
MARKS = "\n\"″＂〃“‟\x93”\x94„〝〞〟«»「『﹁﹃｢」』﹂﹄｣'`´′‘‚‹\x91’›\x92—–―&â\\>"
# What ends a sentence though no space follows, as scripts do that write none, and what ends one before a space.
FULL_ENDERS = "。｡！？।॥"
ENDERS = ".!?…‼‽⁇⁈⁉؟۔։܀܁܂።፧፨။។៕᠃᠉" + FULL_ENDERS
# What nobody sees and no reader takes for a space: soft hyphens, zero-width spaces, word joiners, marks of direction.
INVISIBLES = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
# What shapes letters and is no letter: the zero-width non-joiner and joiner.
SHAPERS = "\u200c\u200d"
# Han and Kana, whose characters are words each: no rule without a dictionary knows how many of them make one.
IDEOGRAPHS = (
    *((0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035), (0x3038, 0x303C), (0x3041, 0x309F), (0x30A1, 0x30FF), (0x31F0, 0x31FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x16FF0, 0x16FF1), (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF)),
)
WORD, SPACE, ALPHANUMERIC, LOWER, JOINER, ENDER, CLOSER, MARK, INNER, INVISIBLE, FULL, UPPER = (1 << bit for bit in range(12))
_UNSEEN = str.maketrans("", "", INVISIBLES)
# Beyond these planes nothing is a letter, a number or a space (a test asks all of them), and beyond those nothing has a case.
_END = 0x40000
# Between these stand Han, Hangul, Tangut and private signs, which have neither cases nor marks on letters, and are two of five.
_CASED = (range(0x3400), range(0xA000, 0xAC00), range(0xF900, 0x17000), range(0x18D00, 0x20000))
# Georgian letters have capitals, which no sentence begins with.
_GEORGIAN = slice(0x10D0, 0x1100)
# Beyond the letters stand more marks that belong to one: variation selectors.
_SELECTORS = slice(0xE0100, 0xE01F0)


@cache
def character_classes() -> Classes:
    """Flags of every code point. INNER: what may go on in a word of several characters, which are letters, digits, the marks
    on them and what shapes them; a WORD that is not INNER is a word by itself."""
    classes = np.zeros(sys.maxunicode + 1, dtype=np.uint16)
    everything = "".join(map(chr, range(_END)))
    for flag, pattern in ((WORD | INNER, r"\w+"), (SPACE, r"\s+"), (ALPHANUMERIC, r"[^\W_]+")):
        for match in re.finditer(pattern, everything):
            classes[match.start() : match.end()] |= flag
    for first, last in IDEOGRAPHS:
        classes[first : last + 1] &= ~np.uint16(INNER)
    for code in chain.from_iterable(_CASED):
        character = everything[code]
        if character.islower():
            classes[code] |= LOWER
        elif character.isupper():
            classes[code] |= UPPER
        if category(character)[0] == "M":
            classes[code] |= INNER
    classes[_GEORGIAN] &= ~np.uint16(LOWER)
    classes[_SELECTORS] |= INNER
    named = ((JOINER, JOINERS), (ENDER, ENDERS), (FULL, FULL_ENDERS), (CLOSER, CLOSERS), (MARK, MARKS), (INVISIBLE, INVISIBLES), (INNER, SHAPERS))
    for flag, characters in named:
        classes[code_points(characters)] |= flag
    return classes


def code_points(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@kernel
def is_among(code: int, characters: Codes) -> bool:
    """Whether a code point is one of these few."""
    for character in characters:
        if code == character:
            return True
    return False


def visible(word: str) -> str:
    """The word as it reads: without the soft hyphens and the like inside it."""
    return word if word.isascii() else word.translate(_UNSEEN)
