"""The command as a user runs it: what it prints, and how it ends."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from functools import cache

import pytest
import typer.main
import typer.testing
from typer.testing import CliRunner

from framing.main import app, run
from schemas.errors import FramingError

# As the same commands would be made anew for each that is run: a third of what a short one takes.
typer.main.get_command = typer.testing._get_command = cache(typer.main.get_command)  # type: ignore[attr-defined]

__all__ = ["catch_fault", "run_framing", "run_well"]

# What a user's own server would be.
SERVER = "LABEL_STUDIO_"


def run_framing(*arguments: object, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it: within this process, which takes a tenth of the time; or, with `code` that is to be run in its place, or with variables of the
    environment, as a process of its own."""
    words = [str(argument) for argument in arguments]
    if code or environment:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(SERVER)}
        program = [sys.executable, "-W", "ignore", "-c", code or "from framing.main import run; run()", *words]
        return subprocess.run(program, capture_output=True, text=True, encoding="utf-8", env=clean | environment, check=False)
    out, err = io.StringIO(), io.StringIO()
    handler, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setattr(sys, "argv", ["framing", *words])
        for name in [name for name in os.environ if name.startswith(SERVER)]:
            patch.delenv(name)
        try:
            run()
            ended: int | str | None = 0
        except SystemExit as end:
            ended = end.code
        finally:
            # A command leaves them as they are best when its process ends.
            signal.signal(signal.SIGINT, handler)
            sys.unraisablehook = hook
    return subprocess.CompletedProcess(words, int(ended or 0), out.getvalue(), err.getvalue())


def run_well(*arguments: object) -> tuple[str, list[str]]:
    """The result and the notices of a command that succeeds."""
    done = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout.strip(), [line.removeprefix("note: ") for line in done.stderr.splitlines()]


def catch_fault(*arguments: object) -> FramingError:
    """The error of a command that refuses."""
    with pytest.raises(FramingError) as caught:
        CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    return caught.value
