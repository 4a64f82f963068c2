"""Memory that was freed goes back to the system, so that an archive takes no more of it than a few articles."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

__all__ = ["give_back_freed_memory", "trim_memory"]

# glibc's names, and the size of a block that is mapped by itself and is given back as soon as it is free.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_BLOCK = 1 << 20


def give_back_freed_memory() -> None:
    """To be called before polars is imported, whose allocator reads its settings once. Elsewhere than on Linux it does nothing."""
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")
    with suppress(OSError, AttributeError):
        system = ctypes.CDLL(None)
        for setting in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            system.mallopt(setting, _BLOCK)


def trim_memory() -> None:
    """Give back what is free between blocks that are in use, where the system can."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
