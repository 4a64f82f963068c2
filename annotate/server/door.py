"""The door of the embedded server: a copy of this file is loaded by the server's own Python before anything of Label Studio's.

Whatever Label Studio is asked to call (an annotator's own model, a webhook, an address to import from, a cloud storage), it then
calls nobody, except a `framing serve` that runs on this machine at that moment. Only the standard library is used here: nothing
else of the toolkit is in the server's environment.
"""

from __future__ import annotations

import errno
import gc
import os
import socketserver
import sys
from pathlib import Path
from typing import Any

__all__ = ["CLOSED", "LOCAL", "is_serving", "serving_file"]

LOCAL = "127.0.0.1"
# Says that the server's Python has loaded this file.
CLOSED = "closed"
OBJECTS = 100_000
_CALLS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


def serving_file(data: Path, port: int) -> Path:
    """The file that a `framing serve` at this port keeps locked; the lock ends with the process, however that ends."""
    return data / f"serving-{port}.lock"


def is_serving(data: Path, port: int) -> bool:
    """Whether a `framing serve` of this data folder runs on this machine, at this port. Never, where files cannot be locked (Windows)."""
    try:
        import fcntl

        with serving_file(data, port).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (ImportError, OSError):
        return False
    return False


def _close(data: Path, own: int) -> None:
    """Close the door of this process for good: an audit hook cannot be taken away."""

    def refuse_calls(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _CALLS or not isinstance(address := arguments[1], tuple):
            return
        # By this name Label Studio asks, before it listens, whether its own port is free.
        if address[:2] == ("localhost", own) or (address[0] == LOCAL and is_serving(data, address[1])):
            return
        raise ConnectionRefusedError(errno.ECONNREFUSED, "this server calls nobody but a `framing serve` on its machine")

    sys.addaudithook(refuse_calls)
    # The installer, which runs before, needs a proxy; the server would have it call on its behalf.
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    Path(__file__).with_name(CLOSED).touch()


if __name__ == "sitecustomize":
    # The first start makes and drops millions of objects: looking for those that hold each other at Python's usual pace (700) takes a fifth of it.
    gc.set_threshold(OBJECTS)
    # An answer is sent in two parts, and the second would wait until the first is acknowledged: forty milliseconds, for each of a page's requests.
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    _close(Path(os.environ["FRAMING_DOOR"]), int(os.environ["FRAMING_DOOR_PORT"]))
