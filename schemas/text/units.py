"""Units in which others count offsets: the code points of this toolkit, UTF-16 units (Java, JavaScript), bytes of UTF-8."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

__all__ = ["UNITS", "Unit", "count_units", "find_character"]

Unit = Literal["code points", "UTF-16 units", "UTF-8 bytes"]
UNITS: tuple[Unit, ...] = get_args(Unit)
# From these code points on a character takes one unit more.
_STEPS: dict[Unit, tuple[int, ...]] = {"code points": (), "UTF-16 units": (0x10000,), "UTF-8 bytes": (0x80, 0x800, 0x10000)}


def count_units(text: str, unit: Unit) -> NDArray[np.int64]:
    """Where each character begins, in units from the text's beginning; one more at the end for where the text ends."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    begins = np.arange(len(points) + 1, dtype=np.int64)
    for step in _STEPS[unit]:
        begins[1:] += np.cumsum(points >= step)
    return begins


def find_character(begins: NDArray[np.int64], offset: int) -> int | None:
    """The character that begins at an offset in units, as `count_units` has them; None if none does, or the offset leaves the text."""
    if not 0 <= offset <= begins[-1]:
        return None
    place = int(np.searchsorted(begins, offset))
    return place if begins[place] == offset else None
