"""Which articles are copies of others: wire stories under other headlines, shortened and updated versions.

A text is known by two samples of it. Of its shingles of words (Broder 1997, "On the resemblance and containment of documents", pp. 21-29) the lowest
hash in each of some bins (Li, Owen and Zhang 2012, "One permutation hashing", pp. 3113-3121): a copy is contained in the other text for the most
part, as an excerpt is, so sizes count as well. And of its names and numbers the lowest hashes of all (Bar-Yossef et al. 2002, "Counting distinct
elements in a data stream", pp. 1-10): a form that is filled again, as obituaries and market reports are, has the words of another, and other names.

Texts are compared if some neighbouring bins of the two are alike, an empty one being taken for the next that is not (Shrivastava and Li 2014,
"Densifying one permutation hashing via rotation", pp. 557-565). Measured beside it on 600 words: datasketch 700 microseconds and rensa 9, to which
shingles made in Python add 240; this takes 40 with the shingles, and no bucket of many texts makes it quadratic, as a query of every text would.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from schemas.arrays import Classes, Codes, Places
from schemas.text.characters import ALPHANUMERIC, INNER, SPACE, UPPER, WORD, character_classes, code_points
from schemas.text.kernel import expect, kernel

__all__ = ["Sketches"]

Hashes = NDArray[np.uint64]
Sample = NDArray[np.uint16]
Made = NDArray[np.void]
# Words in a shingle; bins of its sample; names and numbers in theirs.
WORDS, BINS, NAMES = 5, 80, 36
# Shares that two texts have in common from which they are copies: of all shingles (below it the others are estimated too badly), of the shorter
# one's, and of the fewer names. On excerpts, updates and other headlines of PTC's articles, and on forms of 90 to 120 words, these told best.
ALL, SHORTER, NAMED = 0.2, 0.7, 0.75
# Words below which only equal texts are copies; a sample says little of so few.
FEW = 30
# What is kept of a text: its samples, a hash of all its words (0 if it has none), how many they are, and how many different names.
SKETCH = np.dtype([("shingles", np.uint16, BINS), ("names", np.uint16, NAMES), ("whole", np.uint64), ("words", np.int32), ("named", np.int32)])
_BASIS, _PRIME, _MIX = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15)
_LAST = np.uint64(pow(int(_MIX), WORDS, 1 << 64))
_BINS, _16, _32, _48, _LOW = np.uint64(BINS), np.uint64(16), np.uint64(32), np.uint64(48), np.uint64(0xFFFF)
_EMPTY, _ABSENT, _4096, _LINE_END = np.uint64(0xFFFFFFFFFFFFFFFF), 0xFFFF, np.uint64(4095), ord("\n")
# How many texts are read at a time.
_AT_ONCE = 256


class Sketches:
    """Sketches of texts, 248 bytes each."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._waiting: list[str] = []
        # Grows in place, as an array would not.
        self._kept = bytearray()

    def add(self, article_id: str, text: str) -> None:
        self._ids.append(article_id)
        self._waiting.append(text)
        if len(self._waiting) >= _AT_ONCE:
            self._sketch()

    def find_copies(self) -> dict[str, str]:
        """Of each article that is a copy, the first of its group, in the order they were added."""
        self._sketch()
        if not self._ids:
            return {}
        kept = np.frombuffer(self._kept, SKETCH)
        whole = kept["whole"]
        firsts = np.arange(len(kept))
        # Equal texts, of whatever length; then those alike, which the short ones are not asked for.
        with np.errstate(over="ignore"):
            order = np.flatnonzero(whole)
            order = order[np.argsort(whole[order], kind="stable")]
            _join(order, whole[order], kept, firsts, 1.0)
            long = np.flatnonzero(kept["words"] >= FEW)
            for band in range(0, BINS, 2):
                # One number of what two bins hold and of which text it is: sorting it is cheaper than asking for an order.
                keys = np.sort(_read_band(kept["shingles"], long, band) << _32 | long.astype(np.uint64))
                _join((keys & np.uint64(0xFFFFFFFF)).astype(np.int64), keys >> _32, kept, firsts, SHORTER)
        groups = _settle(firsts)
        return {self._ids[i]: self._ids[first] for i, first in enumerate(groups.tolist()) if first != i}

    def _sketch(self) -> None:
        if not self._waiting:
            return
        codes, starts = code_points("".join(self._waiting)), np.concatenate([[0], np.cumsum([len(text) for text in self._waiting], dtype=np.int64)])
        expect(len(codes))
        made = np.zeros(len(self._waiting), SKETCH)
        # Hashes go round, which numpy would warn of.
        with np.errstate(over="ignore"):
            _sketch_texts(codes, starts, character_classes(), _lower(), made)
        self._kept += made.tobytes()
        self._waiting.clear()


@cache
def _lower() -> Codes:
    """The lower-case letter of each code point, where it is one letter."""
    lower = np.arange(len(character_classes()), dtype=np.uint32)
    for code in np.flatnonzero(character_classes() & UPPER).tolist():
        small = chr(code).lower()
        lower[code] = ord(small) if len(small) == 1 else code
    return lower


@kernel
def _sketch_texts(codes: Codes, starts: Places, classes: Classes, lower: Codes, made: Made) -> None:
    """Fill in the sketch of each text.

    A word is what letters and digits stand together, and each sign of a script that writes none apart (Han, Kana): where a word ends
    exactly makes no copy, so this is simpler than a token. A name is a word with a capital that begins no sentence, or line, or quotation:
    it follows a word, with nothing but one space between them. Those of a headline do not count, which is every desk's own.
    """
    shingles, names = made["shingles"], made["names"]
    last, lowest, seen = np.zeros(WORDS, np.uint64), np.empty(BINS, np.uint64), np.zeros(4096, np.int64)
    for d in range(len(starts) - 1):
        lowest[:], seen[:] = _EMPTY, 0
        names[d, :] = _ABSENT
        total, rolled, met, i, end, after = _BASIS, np.uint64(0), 0, starts[d], starts[d + 1], -1
        while i < end:
            kind = classes[codes[i]]
            if not kind & WORD:
                if codes[i] == _LINE_END and met < FEW:
                    names[d, :] = _ABSENT
                    seen[:] = 0
                i += 1
                continue
            named = kind & ALPHANUMERIC and (
                (codes[i] < 256 and 48 <= codes[i] < 58) or (kind & UPPER and i - 1 == after and classes[codes[i - 1]] & SPACE)
            )
            value, alone = (_BASIS ^ np.uint64(lower[codes[i]])) * _PRIME, not kind & INNER
            i += 1
            while not alone and i < end and classes[codes[i]] & WORD and classes[codes[i]] & INNER:
                value = (value ^ np.uint64(lower[codes[i]])) * _PRIME
                i += 1
            after = i
            total = (total ^ value) * _PRIME
            # The last words' hashes, each times a power of one number: the oldest goes, the new one comes.
            rolled = (rolled + value) * _MIX - last[met % WORDS] * _LAST * _MIX
            last[met % WORDS] = value
            met += 1
            if named:
                name = _stir(value)
                _keep_lowest(names[d], name >> _48)
                seen[int(name & _4096)] = 1
            if met >= WORDS:
                shingle = _stir(rolled)
                place = int((shingle >> _32) * _BINS >> _32)
                lowest[place] = min(lowest[place], shingle)
        last[:] = 0
        if met:
            made["whole"][d], made["words"][d], made["named"][d] = _stir(total) | np.uint64(1), met, seen.sum()
        for k in range(BINS):
            # An empty bin holds 0.
            if lowest[k] != _EMPTY:
                shingles[d, k] = max(lowest[k] & _LOW, np.uint64(1))


@kernel
def _stir(value: np.uint64) -> np.uint64:
    """Every bit of a hash by every bit of another one."""
    value = (value ^ value >> _32) * _MIX
    value = (value ^ value >> _32) * _MIX
    return value ^ value >> _32


@kernel
def _keep_lowest(lowest: Sample, value: np.uint64) -> None:
    """Put a value in its place among the lowest ones, which are in order, each once."""
    k = NAMES
    while k and lowest[k - 1] > value:
        k -= 1
    if k == NAMES or (k and lowest[k - 1] == value):
        return
    for other in range(NAMES - 1, k, -1):
        lowest[other] = lowest[other - 1]
    lowest[k] = value


@kernel
def _read_band(shingles: Sample, rows: Places, band: int) -> Hashes:
    """What two neighbouring bins of each text hold, as one number."""
    read = np.zeros(len(rows), np.uint64)
    for k in range(len(rows)):
        for place in (band, band + 1):
            away = 0
            while away < BINS and not shingles[rows[k], (place + away) % BINS]:
                away += 1
            # What was found far away is not what stands here.
            read[k] = read[k] << _16 | (np.uint64(shingles[rows[k], (place + away) % BINS]) + np.uint64(away) * _PRIME) & _LOW
    return read


@kernel
def _join(order: Places, keys: Hashes, kept: Made, firsts: Places, least: float) -> None:
    """Join neighbours in the order that have one key and are copies; all that have it if `least` is 1, when the key is of whole texts.
    Each is compared with the first and with the last that have it, so a thousand equal texts are a thousand comparisons."""
    begin = 0
    for k in range(1, len(order)):
        if keys[k] != keys[begin]:
            begin = k
            continue
        for near in (begin, k - 1):
            i, j = order[k], order[near]
            a, b = _first(firsts, i), _first(firsts, j)
            if a != b and (least == 1 or (_are_alike(kept, i, j, least) and _name_the_same(kept, i, j))):
                firsts[max(a, b)] = min(a, b)


@kernel
def _first(firsts: Places, i: int) -> int:
    while firsts[i] != i:
        firsts[i] = firsts[firsts[i]]
        i = firsts[i]
    return i


@kernel
def _are_alike(kept: Made, i: int, j: int, least: float) -> bool:
    """Whether the shorter of two texts is contained in the other, to such a share at least."""
    a, b, same, filled = kept["shingles"][i], kept["shingles"][j], 0, 0
    for k in range(BINS):
        filled += a[k] != 0 or b[k] != 0
        same += a[k] != 0 and a[k] == b[k]
    return bool(same >= ALL * filled and _contained(same, filled, kept["words"][i], kept["words"][j]) >= least)


@kernel
def _name_the_same(kept: Made, i: int, j: int) -> bool:
    """Whether the names of one text are among those of the other for the most part. Who names nothing names nothing else."""
    a, b, x, y, same, met = kept["names"][i], kept["names"][j], 0, 0, 0, 0
    # The lowest of both together, as many as either sample would hold.
    while met < NAMES and min(a[x], b[y]) != _ABSENT:
        one, other = a[x], b[y]
        same += one == other
        x, y, met = x + (one <= other), y + (other <= one), met + 1
    sizes = kept["named"][i], kept["named"][j]
    return bool(min(sizes) == 0 or _contained(same, met, sizes[0], sizes[1]) >= NAMED)


@kernel
def _contained(same: int, union: int, size: int, other: int) -> float:
    """The share of the smaller of two sets that is in the other, of a sample of both together and their sizes."""
    jaccard = same / max(union, 1)
    return jaccard / (1 + jaccard) * (size + other) / min(size, other)


@kernel
def _settle(firsts: Places) -> Places:
    """The first of each one's group."""
    settled = np.empty(len(firsts), np.int64)
    for i in range(len(firsts)):
        settled[i] = _first(firsts, i)
    return settled
