"""Answers to questions, kept for a while: each is asked once, by however many wait for it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

__all__ = ["Kept"]

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most `most` answers, each for `seconds`."""

    def __init__(self, seconds: float, most: int = 100_000) -> None:
        self._seconds = seconds
        self._most = most
        self._answers: OrderedDict[K, tuple[float, asyncio.Future[V]]] = OrderedDict()

    async def get(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        """The answer to this question, asked now if it is not known. What `ask` raises is raised, and not kept."""
        known = self._answers.get(key)
        if known is not None and known[0] > time.monotonic():
            return await asyncio.shield(known[1])
        # A visitor who goes away does not take the answer from the others that wait for it.
        asked = asyncio.ensure_future(ask())
        self._put(key, asked, self._seconds)
        asked.add_done_callback(lambda done: self._drop(key, done))
        return await asyncio.shield(asked)

    def put(self, key: K, value: V) -> None:
        """What is known without asking."""
        self._put(key, _settled(value), self._seconds)

    def alias(self, key: K, other: K) -> None:
        """Let the answer of `key`, if there is one, be that of `other`, too; no longer than it is."""
        if (known := self._answers.get(key)) is not None:
            self._put(other, known[1], known[0] - time.monotonic())

    def forget(self, key: K) -> None:
        self._answers.pop(key, None)

    def _drop(self, key: K, asked: asyncio.Future[V]) -> None:
        """Forget an answer that failed, whoever still waited for it."""
        known = self._answers.get(key)
        if (asked.cancelled() or asked.exception() is not None) and known is not None and known[1] is asked:
            del self._answers[key]

    def _put(self, key: K, answer: asyncio.Future[V], seconds: float) -> None:
        self._answers[key] = (time.monotonic() + seconds, answer)
        self._answers.move_to_end(key)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)


def _settled(value: V) -> asyncio.Future[V]:
    future: asyncio.Future[V] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
