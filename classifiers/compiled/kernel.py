"""How kernels are compiled: once, then kept on disk beside the module, so that the next process starts at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

__all__ = ["kernel"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile to machine code. Sums keep their order, so a text has the same scores in any batch."""
    return cast(Callable[Parameters, Result], njit(cache=True, nogil=True)(function))
