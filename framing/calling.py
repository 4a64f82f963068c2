"""How the command was called, so that a line that is to be copied works where it is read."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

__all__ = ["name_command"]

# What `uv run` tells the programs that it starts, and `uvx` does not.
BY_UV_RUN = "UV_RUN_RECURSION_DEPTH"


def name_command() -> str:
    """What to type for `framing`: in a clone, where `uv run` alone finds it; for an installed tool; and for a file that no path leads to."""
    called = Path(sys.argv[0])
    if BY_UV_RUN in os.environ:
        return "uv run framing"
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m framing"
    found = shutil.which("framing")
    if not called.exists() or (found and called.samefile(found)):
        return "framing"
    return shlex.quote(str(called.absolute()))
