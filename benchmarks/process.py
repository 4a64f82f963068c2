"""A command in a process of its own, with the time it took and the most memory it held."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["run_framing"]

# The process says at its end what it held at most. What a parent is told of its children counts the parent, too: a new
# process begins as a copy of it.
_COMMAND = """
import atexit, pathlib, re
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: pathlib.Path({peak!r}).write_text(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]))
from framing.main import run
run()
"""


def run_framing(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds from start to end of `framing` with these arguments, and megabytes of resident memory (on Linux)."""
    with TemporaryDirectory() as name:
        peak = Path(name) / "peak"
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", _COMMAND.format(peak=str(peak)), *arguments], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began, int(peak.read_text()) / 1024
