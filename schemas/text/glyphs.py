"""What quotation marks look like: characters, two of a kind, entities, and what a wrong encoding makes of them."""

from __future__ import annotations

import numpy as np

from schemas.arrays import Codes
from schemas.text.kernel import kernel

__all__ = [
    "ANGLE",
    "CLOSES",
    "CORNER",
    "CURLY",
    "DASH",
    "FIRST",
    "LABEL",
    "LOW",
    "OPENS",
    "PRIME",
    "QUOTE",
    "SINGLE",
    "STRAIGHT",
    "is_glyph",
    "read_glyph",
]

# Kinds. STRAIGHT is any mark whose form does not tell whether it opens; LABEL a speaker's name in capitals, and QUOTE a `>`, that
# begin a line; DASH one that begins a line.
STRAIGHT, CURLY, LOW, ANGLE, CORNER, SINGLE, LABEL, QUOTE, DASH = range(9)
# What a mark can be: by its form or by what stands beside it. FIRST: nothing stands before it on its line; PRIME: a number does.
OPENS, CLOSES, FIRST, PRIME = (1 << bit for bit in range(4))

_SPACE, _STRAIGHT, _BACKTICK, _SINGLE, _SINGLE_END, _BACKSLASH, _AMPERSAND, _MOJIBAKE = map(ord, ' "`‘’\\&â')
# Marks whose kind and direction their form tells (OPENS, CLOSES), and those whose form does not (0).
_FORMS = (
    ('"″＂〃', STRAIGHT, 0),
    ("“‟\x93", CURLY, OPENS),
    ("”\x94", CURLY, CLOSES),
    ("„〝", LOW, OPENS),
    ("〞〟", LOW, CLOSES),
    ("«", ANGLE, OPENS),
    ("»", ANGLE, CLOSES),
    ("「『﹁﹃｢", CORNER, OPENS),
    ("」』﹂﹄｣", CORNER, CLOSES),
    ("'`´′", SINGLE, 0),
    ("‘‚‹\x91", SINGLE, OPENS),
    ("’›\x92", SINGLE, CLOSES),
    ("—–―", DASH, 0),
)
_ENTITIES = (
    ("&quot; &#34; &#x22;", STRAIGHT, 0),
    ("&ldquo; &#8220; &#x201c;", CURLY, OPENS),
    ("&rdquo; &#8221; &#x201d;", CURLY, CLOSES),
    ("&bdquo; &#8222;", LOW, OPENS),
    ("&laquo; &#171;", ANGLE, OPENS),
    ("&raquo; &#187;", ANGLE, CLOSES),
    ("&apos; &#39;", SINGLE, 0),
    ("&lsquo; &#8216;", SINGLE, OPENS),
    ("&rsquo; &#8217;", SINGLE, CLOSES),
    # What a wrong encoding makes of “ ” — – ‘ ’.
    ("â€œ", CURLY, OPENS),
    ("â€\x9d", CURLY, CLOSES),
    ("â€\u201d â€\u201c", DASH, 0),
    ("â€˜", SINGLE, OPENS),
    ("â€™", SINGLE, CLOSES),
)
# Of each character below _END: its kind and ways as one number, or _NONE.
_NONE, _END = 255, 0x10000
_FORM = np.full(_END, _NONE, dtype=np.uint8)
for _characters, _kind, _ways in _FORMS:
    _FORM[[ord(character) for character in _characters]] = _kind | _ways << 4
_WRITTEN = [(name, kind | ways << 4) for names, kind, ways in _ENTITIES for name in names.split()]
_NAMES = np.array([[*map(ord, name)] + [0] * (8 - len(name)) for name, _ in _WRITTEN], dtype=np.uint32)
_NAMED = np.array([form for _, form in _WRITTEN], dtype=np.uint8)
# The longest written mark, and the longest run of one.
_WIDTH, _LONGEST = _NAMES.shape[1], 4


@kernel
def is_glyph(code: int) -> bool:
    """Whether a character is a quotation mark by itself."""
    return code < _END and int(_FORM[code]) & 15 <= SINGLE


@kernel
def read_glyph(codes: Codes, i: int, begin: int, end: int) -> tuple[int, int]:
    """Size and form (its kind, and its ways 4 bits higher) of the mark at i; (0, 0) if there is none."""
    code = codes[i]
    if code == _AMPERSAND or code == _MOJIBAKE:
        return _read_name(codes, i, end)
    if code == _BACKSLASH:
        return (2, STRAIGHT) if i + 1 < end and codes[i + 1] == _STRAIGHT else (0, 0)
    if code >= _END or _FORM[code] == _NONE:
        return 0, 0
    form = int(_FORM[code])
    run = 1
    while run < _LONGEST and i + run < end and codes[i + run] == code:
        run += 1
    if form & 15 == SINGLE and run > 1:
        # Two single marks are a double one, and the third is single again.
        if run == 3 and _stands_open(codes, i, begin):
            return 2, _double(code)
        return (1, form) if run == 3 else (2, _double(code))
    return (run if form == STRAIGHT else 1), form


@kernel
def _double(code: int) -> int:
    """The form of two of these single marks."""
    if code == _BACKTICK or code == _SINGLE:
        return CURLY | OPENS << 4
    return CURLY | CLOSES << 4 if code == _SINGLE_END else STRAIGHT


@kernel
def _stands_open(codes: Codes, i: int, begin: int) -> bool:
    return i == begin or codes[i - 1] <= _SPACE


@kernel
def _read_name(codes: Codes, i: int, end: int) -> tuple[int, int]:
    for k in range(len(_NAMES)):
        size = 0
        while size < _WIDTH and _NAMES[k, size] and i + size < end and codes[i + size] == _NAMES[k, size]:
            size += 1
        if size == _WIDTH or not _NAMES[k, size]:
            return size, int(_NAMED[k])
    return 0, 0
