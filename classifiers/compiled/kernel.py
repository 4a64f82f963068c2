"""How kernels are compiled: once, then kept on disk, so that the next process starts at once. For a short text there is no
need: a kernel is plain Python, too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property, update_wrapper
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np
from platformdirs import user_cache_dir

import schemas

__all__ = ["Kernel", "interpreted", "kernel"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_interpreting: ContextVar[bool] = ContextVar("interpreting", default=False)


class Kernel(Generic[Parameters, Result]):
    """A function in machine code; inside `interpreted()` the function itself."""

    def __init__(self, function: Callable[Parameters, Result]) -> None:
        self._function = function
        update_wrapper(self, function)

    def __call__(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if _interpreting.get():
            return self._function(*args, **kwargs)
        result: Result = self._compiled(*args, **kwargs)
        return result

    @cached_property
    def _compiled(self) -> Any:
        # Imported here, for it takes its time.
        from numba import njit
        from numba.core import config

        # What the environment says of this comes first (NUMBA_CACHE_DIR); numba makes the attribute when it reads it.
        usual = config.CACHE_DIR  # type: ignore[attr-defined]
        config.CACHE_DIR = usual or _cache_folder()  # type: ignore[attr-defined]
        try:
            return njit(cache=True, nogil=True)(self._function)
        finally:
            config.CACHE_DIR = usual  # type: ignore[attr-defined]

    @property
    def _numba_type_(self) -> Any:
        """What one kernel is to another that calls it."""
        return self._compiled._numba_type_


def kernel(function: Callable[Parameters, Result]) -> Kernel[Parameters, Result]:
    """Compile to machine code. Sums keep their order, so a text has the same scores in any batch."""
    return Kernel(function)


@contextmanager
def interpreted() -> Iterator[None]:
    """Leave kernels to Python: a thousand times slower, and a second sooner, for numba is not even imported. The results are
    the same to the bit; tests see to that."""
    token = _interpreting.set(True)
    try:
        # Hashes overflow by design.
        with np.errstate(over="ignore"):
            yield
    finally:
        _interpreting.reset(token)


@cache
def _cache_folder() -> str:
    """A folder for each state of the source. Numba itself looks at the date of the kernel's own file, and would go on with old
    code when a constant of another module changes."""
    digest = hashlib.sha256()
    for folder in (Path(__file__).parents[1], Path(__file__).parent, Path(schemas.__file__).parent):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return str(Path(user_cache_dir("framing-toolkit", appauthor=False)) / "kernels" / digest.hexdigest()[:16])
