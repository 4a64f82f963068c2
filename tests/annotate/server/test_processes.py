"""Processes are known by more than their number, and are ended with all that they have started."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from annotate.server.processes import Process, launch, note_own, read_process, wait_for
from annotate.server.team import keep_running, stop_team
from schemas.errors import FramingError

# A launcher that goes away, and a server that stays.
LAUNCHER = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)'])"


def start(folder: Path, code: str, **more: object) -> Process:
    with (folder / "log").open("ab") as log:
        return launch([sys.executable, "-c", code], folder / "one-process.json", log, **more)  # type: ignore[arg-type]


def test_what_outlives_its_launcher_is_found_and_ended(tmp_path: Path) -> None:
    process = start(tmp_path, LAUNCHER, port=9)
    wait_for(process, "it", lambda: (tmp_path / "log").read_text() == "1\n", tmp_path / "log", 30)
    psutil.Process(process.pid).wait(30)
    assert process.running
    assert read_process(tmp_path / "one-process.json") == process
    assert process.more == {"port": 9}
    assert process.stop()
    assert not process.running
    assert not process.stop()


def test_what_does_not_want_to_end_is_killed(tmp_path: Path) -> None:
    process = start(tmp_path, "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)")
    wait_for(process, "it", lambda: (tmp_path / "log").read_text() == "1\n", tmp_path / "log", 30)
    assert process.stop(0.2)
    assert not process.running


def test_a_number_that_is_another_ones_by_now_is_left_alone() -> None:
    assert not Process(os.getpid(), 1.0).stop()


def test_what_ends_or_is_silent_while_it_is_waited_for_is_one_line(tmp_path: Path) -> None:
    process = start(tmp_path, "print('line one'); print('no such table')")
    with pytest.raises(FramingError, match=r"it ended while starting \(no such table\)"):
        wait_for(process, "it", lambda: False, tmp_path / "log", 30)
    silent = start(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(FramingError, match="it did not answer within 0 s"):
        wait_for(silent, "it", lambda: False, tmp_path / "log", 0.1)
    assert silent.stop()


def test_whoever_would_start_a_server_again_is_ended_before_it_is_stopped(tmp_path: Path) -> None:
    code = "import sys, threading; from pathlib import Path; from annotate.server import team; team.WATCH_SECONDS = 60.0\n"
    code += "team.keep_running(Path(sys.argv[1]), team=False, ended=threading.Event())"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) as watching:
        while watching.poll() is None and not (tmp_path / "watch-process.json").exists():
            time.sleep(0.02)
        try:
            watch = read_process(tmp_path / "watch-process.json")
            assert stop_team(tmp_path)
            assert watch is not None
            assert not watch.running
        finally:
            watching.kill()
    assert not stop_team(tmp_path)


def test_whoever_is_told_to_end_watches_no_more_and_is_forgotten(tmp_path: Path) -> None:
    ended = threading.Event()
    ended.set()
    keep_running(tmp_path, team=False, ended=ended)
    assert read_process(tmp_path / "watch-process.json") is None
    assert note_own(tmp_path / "watch-process.json").running
