"""Processes that a data folder's server is made of: each leads a session of its own, is known by a record in the folder, and is ended with all that
it has started."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from annotate.server.credentials import write_private
from annotate.server.logs import last_line
from schemas.errors import FramingError
from schemas.parsing import read_json

if TYPE_CHECKING:
    import psutil

__all__ = ["Process", "damaged", "launch", "note_own", "read_process", "wait_for"]

PATIENCE_SECONDS, PAUSE_SECONDS = 15.0, 0.2


@dataclass(frozen=True)
class Process:
    """A process by its number and its time of birth, which together are no other's. `more`: what else was noted of it."""

    pid: int
    created: float
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether it, or something that it started and that outlived it, is alive."""
        import psutil

        with suppress(psutil.NoSuchProcess):
            leader = psutil.Process(self.pid)
            if leader.status() != psutil.STATUS_ZOMBIE:
                return leader.create_time() == self.created
        return bool(self._family())

    def stop(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """End it and its children, by force after so long, and wait until they are gone. False if none was running."""
        import psutil

        family = self._family() if self.running else []
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        _, alive = psutil.wait_procs(family, timeout=seconds)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=5)
        return bool(family)

    def _family(self) -> list[psutil.Process]:
        """It, and every live process of its session. A number is not used again while anybody is left in the session that it began."""
        import psutil

        family = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if self.pid in (process.pid, os.getsid(process.pid)) and process.status() != psutil.STATUS_ZOMBIE:
                    family.append(process)
        return family


def launch(
    command: Sequence[str], record: Path, log: BinaryIO, *, environment: Mapping[str, str] | None = None, folder: Path | None = None, **more: Any
) -> Process:
    """Start a process that outlives this one, and note it, with what `more` is to be known of it. What it says goes into `log`."""
    process = subprocess.Popen(
        command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, umask=0o077
    )
    # Python would warn that it was not waited for.
    process.returncode = 0
    return _note(record, process.pid, more)


def note_own(record: Path) -> Process:
    """Note the process that this runs in."""
    return _note(record, os.getpid(), {})


def read_process(record: Path) -> Process | None:
    """The process that was noted last; None if none ever was. FramingError if the record is damaged."""
    try:
        found = read_json(record)
        process = Process(int(found.pop("pid")), float(found.pop("created")), found)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (AttributeError, FramingError, KeyError, TypeError, ValueError) as error:
        raise damaged(record) from error
    if process.pid < 1:
        raise damaged(record)
    return process


def damaged(record: Path) -> FramingError:
    return FramingError("is damaged", record, "Delete it, after stopping the server by hand if it still runs")


def wait_for(
    process: Process, name: str, answers: Callable[[], bool], log: Path, seconds: float, progress: Callable[[float], None] = lambda waited: None
) -> None:
    """Wait until what was started answers. FramingError, with the last line of its log, if it ends before, or takes longer than so many seconds."""
    begin = time.monotonic()
    while (waited := time.monotonic() - begin) < seconds:
        if not process.running:
            raise FramingError(f"{name} ended while starting ({last_line(log)})", log, "Read the log")
        if answers():
            return
        progress(waited)
        time.sleep(PAUSE_SECONDS)
    raise FramingError(f"{name} did not answer within {seconds:.0f} s", log, "Read the log, then start it again")


def _note(record: Path, pid: int, more: Mapping[str, Any]) -> Process:
    import psutil

    process = Process(pid, psutil.Process(pid).create_time(), more)
    write_private(record, json.dumps({"pid": pid, "created": process.created, **more}))
    return process
