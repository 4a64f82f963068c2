"""Kernels: loops over characters and tokens, written once in plain Python, and run as machine code where there is enough to do.

Both ways give the same results to the bit (tests see to that), so which of them runs is a question of time alone: machine code
is a thousand times faster, and takes a second to load, and half a minute to compile once after an installation.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cache, cached_property, update_wrapper
from pathlib import Path
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar

from platformdirs import user_cache_dir

from schemas.arrays import Integers, Places

__all__ = ["Kernel", "expect", "find_sorted", "kernel"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

# Characters of text that Python reads sooner than machine code is loaded.
ENOUGH = 50_000


class Kernel(Generic[Parameters, Result]):
    """A function that is plain Python until this process has met ENOUGH text, and machine code from then on."""

    met: ClassVar[int] = 0

    def __init__(self, function: Callable[Parameters, Result]) -> None:
        self._function = function
        update_wrapper(self, function)

    def __call__(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if Kernel.met < ENOUGH:
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
        config.CACHE_DIR = usual or _cache_folder(_package_of(self._function))  # type: ignore[attr-defined]
        try:
            return _compile_once(njit(cache=True, nogil=True)(self._function))
        finally:
            config.CACHE_DIR = usual  # type: ignore[attr-defined]

    @property
    def _numba_type_(self) -> Any:
        """What one kernel is to another that calls it."""
        return self._compiled._numba_type_


def kernel(function: Callable[Parameters, Result]) -> Kernel[Parameters, Result]:
    """Make a kernel of a function. Sums keep their order, so a text has the same scores in any batch."""
    return Kernel(function)


@kernel
def find_sorted(values: Integers | Places, begin: int, end: int, value: int) -> int:
    """Where the value is among those from `begin` to `end`, which ascend; -1 where it is not."""
    low, high = begin, end
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low if low < end and values[low] == value else -1


def expect(characters: int) -> None:
    """Say that so much text is about to be read, beside all that was."""
    Kernel.met += characters


def _compile_once(compiled: Any) -> Any:
    """Of processes that begin at once each would compile the same, and forget what the others kept: now one does, and the others wait and read it."""
    # Imported here, as numba is: whoever only reads a short text needs neither.
    from numba.core.compiler_lock import global_compiler_lock
    from numba.core.types import unliteral

    from schemas.files import digest_text, lock_file

    # A second way in, for callers in C, which there are none of.
    compiled.targetoptions["no_cfunc_wrapper"] = True
    alone, function = compiled.compile, compiled.py_func
    lock = Path(compiled.stats.cache_path) / f"{digest_text(f'{function.__module__} {function.__qualname__}')[:16]}.lock"

    def compile_alone(signature: Any) -> Any:
        # One for each kind of number, where numba would make one for each number that the source names.
        signature = tuple(map(unliteral, signature))
        with ExitStack() as held:
            # That of this process' threads first: of two of them, each could have what the other waits for.
            held.enter_context(global_compiler_lock)
            with suppress(OSError):
                # Where the disk knows no locks, each compiles for itself.
                held.enter_context(lock_file(lock))
            return alone(signature)

    compiled.compile = compile_alone
    return compiled


def _package_of(function: Callable[..., Any]) -> Path:
    """The top folder of the package that the function stands in; its own folder where it stands in none."""
    path = Path(function.__code__.co_filename)
    module = sys.modules.get(function.__module__.split(".")[0])
    return Path(module.__file__).parent if module is not None and module.__file__ else path.parent


@cache
def _cache_folder(package: Path) -> str:
    """A folder for each state of the source. Numba itself looks at the date of the kernel's own file, and would go on with old
    code when a constant of another module changes."""
    digest = hashlib.sha256()
    for folder in (Path(__file__).parents[1], package):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return str(Path(user_cache_dir("framing-toolkit", appauthor=False)) / "kernels" / digest.hexdigest()[:16])
