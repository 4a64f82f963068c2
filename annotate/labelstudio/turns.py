"""One prediction at a time: a queue with an end, a limit to the time, and no work for who has left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["Turns"]

T = TypeVar("T")
# Label Studio waits for a hundred seconds.
WAITING, SECONDS = 32, 60.0


class Turns:
    """Those who wait for one worker, in their order: at most `waiting`, and each for at most `seconds`, its own work included."""

    def __init__(self, waiting: int = WAITING, seconds: float = SECONDS) -> None:
        self._places, self._seconds = threading.BoundedSemaphore(waiting), seconds
        self._worker = ThreadPoolExecutor(1, "prediction")

    async def take(self, work: Callable[[], T], leaving: Callable[[], Awaitable[None]]) -> T:
        """What `work` returns. HTTPException 503 where too many wait or it takes too long; of who has left by then it is not begun."""
        from starlette.exceptions import HTTPException

        busy = HTTPException(503, "too much is asked at once", {"Retry-After": "5"})
        if not self._places.acquire(blocking=False):
            raise busy
        gone = threading.Event()

        def turn() -> T:
            try:
                if gone.is_set():
                    raise busy
                return work()
            finally:
                self._places.release()

        job: asyncio.Future[T] = asyncio.wrap_future(self._worker.submit(turn))
        left = asyncio.ensure_future(leaving())
        either: list[asyncio.Future[Any]] = [job, left]
        # What nobody waits for any more may fail in silence.
        job.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            await asyncio.wait(either, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.set()
            left.cancel()
        if not job.done():
            raise busy
        return job.result()
