"""Ctrl+C, or whoever else ends a command, whenever that is: what is half done is cleared away, one line is said, and the exit code is 130."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["INTERRUPTED", "interruptible", "listen_for_the_end"]

# What shells call a command that Ctrl+C has ended.
INTERRUPTED = 130
# Seconds after which an interrupt comes again that fell where Python cannot raise it.
AGAIN = 0.05
_ENDS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptible() -> Iterator[None]:
    """End the process as Ctrl+C or SIGTERM wants it if it is interrupted in this block, whatever became of the interrupt below.

    Libraries turn it into errors of their own, above all while they are imported. Where nobody listens to interrupts (in the background of a
    shell, or outside of the main thread), this does nothing.
    """
    came = False

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        nonlocal came
        came = True
        raise KeyboardInterrupt

    def come_again(lost: UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(lost)
            return
        # It fell into a destructor or a callback, where Python would print and forget it.
        timer = threading.Timer(AGAIN, signal.raise_signal, [signal.SIGINT])
        timer.daemon = True
        timer.start()

    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    for number in _ENDS:
        signal.signal(number, interrupt)
    sys.unraisablehook = come_again
    try:
        yield
    except BaseException:
        if not came:
            raise
        _leave()
    finally:
        # All is done that was to be done: what Python has to clear away may end with the process.
        for number in _ENDS:
            signal.signal(number, signal.SIG_DFL)


def listen_for_the_end() -> threading.Event:
    """What is set as soon as somebody wants the process to end: Ctrl+C, or whoever started it."""
    ended = threading.Event()
    for number in _ENDS:
        # Elsewhere: here it could be waited for at this moment, by the same thread.
        signal.signal(number, lambda *_: threading.Thread(target=ended.set).start())
    return ended


def _leave() -> NoReturn:
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError, ValueError):
        print("framing: interrupted", file=sys.stderr, flush=True)
    # Python's own way out would wait for threads, and say what they were at.
    os._exit(INTERRUPTED)
