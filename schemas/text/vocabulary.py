"""Distinct tokens by number: a hash table of code points that grows as an archive is read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.arrays import Codes, Integers, Places
from schemas.text.characters import visible
from schemas.text.kernel import kernel

__all__ = ["Vocabulary", "grown"]

Number = TypeVar("Number", bound=np.generic)
_EMPTY = -1
# As FNV-1a does it, 64 bits.
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


class Vocabulary:
    """Distinct tokens, by number in the order in which they were met; 0 is what stands beyond an article's ends."""

    def __init__(self) -> None:
        # How many there are, with that one.
        self.size = 1
        self._slots: Integers = np.full(1024, _EMPTY, dtype=np.int32)
        self._hashes: NDArray[np.uint64] = np.zeros(1, dtype=np.uint64)
        self._codes: Codes = np.zeros(0, dtype=np.uint32)
        # Where the code points of each word begin, and those of the last end.
        self._begins: Places = np.zeros(2, dtype=np.int64)
        # How often each word was met.
        self._counts: Places = np.zeros(1, dtype=np.int64)

    def number(self, codes: Codes, starts: Places, ends: Places) -> Integers:
        """The number of each token, codes[start:end]; tokens not met before get the next ones."""
        count, used = len(starts), int(self._begins[self.size])
        # Room for the worst case, that all are new. The slots alone are read all over, and are kept small.
        self._hashes = grown(self._hashes, self.size + count)
        self._begins = grown(self._begins, self.size + count + 1)
        self._codes = grown(self._codes, used + int((ends - starts).sum()))
        ids, done = np.empty(count, dtype=np.int32), 0
        while True:
            # Hashes overflow by design, and plain Python would say so.
            with np.errstate(over="ignore"):
                done, self.size = _number(codes, starts, ends, self._slots, self._hashes, self._codes, self._begins, self.size, ids, done)
            if done == count:
                break
            self._make_slots(2 * len(self._slots))
        self._counts = grown(self._counts, self.size)
        self._counts[: self.size] += np.bincount(ids, minlength=self.size)
        return ids

    def words(self, numbers: Iterable[int]) -> list[str]:
        """The words with these numbers, as they read: a soft hyphen inside one makes it no other word to a model, though another number."""
        begins, codes = self._begins, self._codes
        return [visible(codes[begins[i] : begins[i + 1]].tobytes().decode("utf-32-le", "surrogatepass")) for i in numbers]

    def words_from(self, first: int) -> list[str]:
        """The words with the numbers from `first` on, as they read."""
        begins = self._begins[first : self.size + 1].tolist()
        text = self._codes[begins[0] : begins[-1]].tobytes().decode("utf-32-le", "surrogatepass")
        return [visible(text[start - begins[0] : end - begins[0]]) for start, end in pairwise(begins)]

    def forget_rare(self, most: int) -> Places | None:
        """If there are more than `most` words, keep the half of that number that was met most often. Returns the numbers that
        the words had which now have the numbers 0, 1, ...; None if nothing was forgotten."""
        if self.size <= most:
            return None
        often = np.argsort(-self._counts[1 : self.size], kind="stable")[: most // 2] + 1
        kept = np.concatenate([[0], np.sort(often)])
        starts, lengths = self._begins[kept], self._begins[kept + 1] - self._begins[kept]
        begins = np.concatenate([[0], np.cumsum(lengths)])
        self._codes = self._codes[np.arange(begins[-1]) + np.repeat(starts - begins[:-1], lengths)]
        self._hashes, self._counts, self._begins, self.size = self._hashes[kept], self._counts[kept], begins, len(kept)
        self._make_slots(len(self._slots))
        return kept

    def _make_slots(self, count: int) -> None:
        self._slots = np.full(count, _EMPTY, dtype=np.int32)
        _place(self._hashes, self.size, self._slots)


def grown(values: NDArray[Number], size: int) -> NDArray[Number]:
    """The same rows, with room for at least `size` of them."""
    if len(values) >= size:
        return values
    wider = np.zeros((max(size, len(values) * 3 // 2), *values.shape[1:]), dtype=values.dtype)
    wider[: len(values)] = values
    return wider


@kernel
def _place(hashes: NDArray[np.uint64], known: int, slots: Integers) -> None:
    mask = np.uint64(len(slots) - 1)
    for number in range(1, known):
        slot = hashes[number] & mask
        while slots[slot] != _EMPTY:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = number


@kernel
def _number(
    codes: Codes,
    token_starts: Places,
    token_ends: Places,
    slots: Integers,
    hashes: NDArray[np.uint64],
    stored: Codes,
    begins: Places,
    known: int,
    ids: Integers,
    done: int,
) -> tuple[int, int]:
    """Fill `ids` from token `done` on, and add new words to the table, until half of its slots are taken; returns how many tokens
    are done, and how many words there are now."""
    mask = np.uint64(len(slots) - 1)
    for token in range(done, len(token_starts)):
        if 2 * known >= len(slots):
            return token, known
        start, end = token_starts[token], token_ends[token]
        value = _BASIS
        # Two at a time: a code point takes 21 bits.
        for i in range(start, end - 1, 2):
            value = (value ^ (np.uint64(codes[i]) | np.uint64(codes[i + 1]) << np.uint64(32))) * _PRIME
        if (end - start) % 2:
            value = (value ^ np.uint64(codes[end - 1])) * _PRIME
        # The low bits alone decide the slot: mix the high ones in.
        value ^= value >> np.uint64(32)
        value ^= value >> np.uint64(15)
        slot = value & mask
        while True:
            number = slots[slot]
            if number == _EMPTY:
                number, slots[slot] = known, known
                hashes[known] = value
                for i in range(end - start):
                    stored[begins[known] + i] = codes[start + i]
                begins[known + 1] = begins[known] + end - start
                known += 1
                break
            if hashes[number] == value and begins[number + 1] - begins[number] == end - start:
                i = 0
                while i < end - start and stored[begins[number] + i] == codes[start + i]:
                    i += 1
                if i == end - start:
                    break
            slot = (slot + np.uint64(1)) & mask
        ids[token] = number
    return len(token_starts), known
