"""Work on all processors. What passes between the processes lives in memory; no file is ever unpickled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from joblib import Parallel, cpu_count, delayed

__all__ = ["run_all"]

Result = TypeVar("Result")


def run_all(function: Callable[..., Result], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Result]:
    """`function(*job)` of each job, in order. A training uses one thread, so the number of processes changes no figure."""
    workers = min(len(jobs), cpu_count())
    if workers <= 1:
        yield from (function(*job) for job in jobs)
    else:
        yield from Parallel(n_jobs=workers, return_as="generator")(delayed(function)(*job) for job in jobs)
