"""How kernels are compiled: once, then kept on disk, so that the next process starts at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from numba import njit
from numba.core import config
from platformdirs import user_cache_dir

import schemas

__all__ = ["kernel"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile to machine code. Sums keep their order, so a text has the same scores in any batch."""
    # What the environment says of this comes first (NUMBA_CACHE_DIR); numba makes the attribute when it reads it.
    usual = config.CACHE_DIR  # type: ignore[attr-defined]
    config.CACHE_DIR = usual or _cache_folder()  # type: ignore[attr-defined]
    try:
        return cast(Callable[Parameters, Result], njit(cache=True, nogil=True)(function))
    finally:
        config.CACHE_DIR = usual  # type: ignore[attr-defined]


@cache
def _cache_folder() -> str:
    """A folder for each state of the source. Numba itself looks at the date of the kernel's own file, and would go on with old
    code when a constant of another module changes."""
    digest = hashlib.sha256()
    for folder in (Path(__file__).parents[1], Path(__file__).parent, Path(schemas.__file__).parent):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return str(Path(user_cache_dir("framing-toolkit", appauthor=False)) / "kernels" / digest.hexdigest()[:16])
