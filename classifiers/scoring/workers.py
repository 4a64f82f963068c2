"""Who does the work: this process, several on this machine, or those of a Dask cluster. All run the same two functions."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

import polars as pl

from classifiers.features.pages import Pages
from classifiers.model.model import Model
from classifiers.scoring.articles import ArticleScorer, Scores
from schemas.errors import FramingError
from schemas.extras import needing

__all__ = ["Work", "Workers", "know_pages", "open_workers", "score_articles"]

Job = TypeVar("Job", bound=tuple[Any, ...])
Result_co = TypeVar("Result_co", covariant=True)
# Jobs that wait, for each worker: enough that none has to, few enough that memory stays flat.
WAITING = 2
# How often a part is tried again whose worker was lost.
RETRIES = 3

_ADDRESS, _EXAMPLE = re.compile(r"((tcp|tls|ws|wss)://)?[^/\s]+:\d+"), "Give its address, e.g. tcp://127.0.0.1:8786"
_own = threading.local()


def score_articles(model: Model | None, digest: str, articles: pl.DataFrame, pages: Pages) -> Scores:
    """Score one part. `model` is None where the process was given it when it began."""
    return _scorer(model, digest).score(articles, pages)


def know_pages(model: Model | None, digest: str, articles: pl.DataFrame) -> Pages:
    """What the articles of one part say of the other parts of their pages."""
    return _scorer(model, digest).know(articles)


def _scorer(model: Model | None, digest: str) -> ArticleScorer:
    # A scorer learns words as it reads, and two threads must not teach one.
    model = model or _given[0]
    # A model that came from a folder is told by its digest, as each job brings a copy of its own, and by the actors that it was given.
    if getattr(_own, "key", None) != (key := (digest or id(model), model.codebook.actors)):
        _own.scorer, _own.key = ArticleScorer(model), key
    scorer: ArticleScorer = _own.scorer
    return scorer


_given: list[Model] = []


def _begin(model: Model) -> None:
    _given[:] = [model]


class Work(Protocol[Result_co]):
    """What workers do with the rest of a job: score_articles, or know_pages."""

    def __call__(self, model: Model | None, digest: str, *rest: Any) -> Result_co: ...


class Workers:
    """`run` does jobs, a bounded number of them at a time; results come as they are done, each with its number.

    `give` says where the workers have the model: None where they were given it when they began."""

    def __init__(self, digest: str, give: Callable[[], Any], executor: Executor | None, count: Callable[[], int]) -> None:
        self._digest, self._give, self._executor, self._count = digest, give, executor, count
        self._model, self._lost = give(), 0

    def run(self, work: Work[Result_co], jobs: Iterable[tuple[int, tuple[Any, ...]]]) -> Iterator[tuple[int, Result_co]]:
        """`work` of each job, which is a number and what the function takes behind the digest."""
        if self._executor is None:
            for number, job in jobs:
                yield number, work(self._model, self._digest, *job)
            return
        running: dict[Future[Result_co], tuple[int, tuple[Any, ...]]] = {}
        try:
            for number, job in jobs:
                running[self._executor.submit(work, self._model, self._digest, *job)] = number, job
                if len(running) >= WAITING * max(self._count(), 1):
                    yield from self._collect(work, running)
            while running:
                yield from self._collect(work, running)
        except (BrokenProcessPool, CancelledError) as error:
            raise FramingError("a worker ended (killed, or out of memory?)", "--workers", "The same command goes on where it stopped") from error
        finally:
            for future in running:
                future.cancel()

    def _collect(self, work: Work[Result_co], running: dict[Future[Result_co], tuple[int, tuple[Any, ...]]]) -> Iterator[tuple[int, Result_co]]:
        assert self._executor is not None  # noqa: S101 - checked by the caller
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            number, job = running.pop(future)
            try:
                result = future.result()
            except CancelledError:
                # Of a cluster: the last worker that held the model is gone. Dask itself sees to it that copies become one when nobody asks for
                # them for a while.
                self._lost += 1
                if self._lost > RETRIES * WAITING * max(self._count(), 1):
                    raise
                if self._model.status != "finished":
                    self._model = self._give()
                running[self._executor.submit(work, self._model, self._digest, *job)] = number, job
                continue
            yield number, result


@contextmanager
def open_workers(model: Model, workers: int = 1, cluster: str | None = None) -> Iterator[Workers]:
    """This process alone (workers = 1), so many processes on this machine, or the workers of the Dask scheduler at `cluster`."""
    if cluster is not None:
        with _open_cluster(cluster, model) as connected:
            yield connected
    elif workers > 1:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(model,)) as pool:
            yield Workers(model.digest, lambda: None, pool, lambda: workers)
    else:
        yield Workers(model.digest, lambda: model, None, lambda: 1)


@contextmanager
def _open_cluster(address: str, model: Model) -> Iterator[Workers]:
    with needing("a cluster", "--cluster"):
        from distributed import Client
    if not _ADDRESS.fullmatch(address):
        # A client that was refused its address stays behind half made, and complains at the end.
        raise FramingError("is no address of a Dask scheduler", address, _EXAMPLE)
    try:
        client = Client(address, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise FramingError(f"no Dask scheduler answers ({type(error).__name__})", address, _EXAMPLE) from error
    with client:

        def give() -> Any:
            # One copy for each worker, also for those that join later.
            return client.scatter(model, broadcast=True, hash=False)  # type: ignore[no-untyped-call]

        # A part is a function of its articles alone, so a lost one may be done again by anybody.
        with client.get_executor(pure=False, retries=RETRIES) as executor:  # type: ignore[no-untyped-call]
            yield Workers(model.digest, give, executor, lambda: sum(client.nthreads().values()))  # type: ignore[no-untyped-call]
