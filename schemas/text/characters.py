"""What each Unicode character is, as one number of flags: Python's own answers, looked up instead of asked for."""

from __future__ import annotations

import re
import sys
from functools import cache

import numpy as np

from schemas.arrays import Bytes, Codes

__all__ = ["ALPHANUMERIC", "CLOSER", "ENDER", "JOINER", "LOWER", "MARK", "SPACE", "WORD", "character_classes", "code_points"]

# What joins the parts of a word, ends a sentence, stands behind such an end, and may be or begin a quotation mark (or a line, which one may begin).
JOINERS, ENDERS, CLOSERS = "'’-‑", ".!?…。！？", "\"'”’»)]"
MARKS = "\n\"″＂〃“‟\x93”\x94„〝〞〟«»「『﹁﹃｢」』﹂﹄｣'`´′‘‚‹\x91’›\x92—–―&â\\>"
WORD, SPACE, ALPHANUMERIC, LOWER, JOINER, ENDER, CLOSER, MARK = (1 << bit for bit in range(8))
# Beyond these planes nothing is a letter, a number or a space (a test asks all of them), and beyond those nothing has a case.
_END, _END_OF_CASE = 0x40000, 0x20000


@cache
def character_classes() -> Bytes:
    """Flags of every code point."""
    classes = np.zeros(sys.maxunicode + 1, dtype=np.uint8)
    everything = "".join(map(chr, range(_END)))
    for flag, pattern in ((WORD, r"\w+"), (SPACE, r"\s+"), (ALPHANUMERIC, r"[^\W_]+")):
        for match in re.finditer(pattern, everything):
            classes[match.start() : match.end()] |= flag
    for code, character in enumerate(everything[:_END_OF_CASE]):
        classes[code] |= LOWER * character.islower()
    for flag, characters in ((JOINER, JOINERS), (ENDER, ENDERS), (CLOSER, CLOSERS), (MARK, MARKS)):
        classes[code_points(characters)] |= flag
    return classes


def code_points(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
