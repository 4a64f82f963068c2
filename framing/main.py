"""The command `framing`: its verbs, and the one place where errors are printed."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from framing.commands import (
    adjudicate,
    agree,
    codebook,
    compare,
    demo,
    estimate,
    evaluate,
    explain,
    export,
    import_,
    ingest,
    labelstudio,
    pull,
    push,
    quotes,
    report,
    score,
    select,
    serve,
    status,
    trace,
    train,
)
from framing.options import epilog
from schemas.errors import FramingError, printable

__all__ = ["app", "run"]

app = typer.Typer(
    name="framing",
    help="Annotate loaded language and frames in Label Studio, measure agreement, train readable classifiers, score news.",
    epilog=epilog("framing demo --out demo"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from importlib.metadata import version

        print(f"framing-toolkit {version('framing-toolkit')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and leave.")] = False,
) -> None:
    """Options of the command itself; typer takes its help from the app."""


# In the order of the work.
for module in (
    demo,
    labelstudio,
    ingest,
    import_,
    codebook,
    select,
    push,
    pull,
    agree,
    adjudicate,
    train,
    evaluate,
    score,
    quotes,
    explain,
    estimate,
    trace,
    compare,
    report,
    export,
    serve,
    status,
):
    module.register(app)


def run() -> None:
    """Entry point. A FramingError becomes one line and exit code 1; anything else is a defect and keeps its traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A pipe or terminal that is not UTF-8 shows escapes instead of ending the work.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ModuleNotFoundError as error:
        print(printable(f"framing: the package {error.name} is not installed. Install framing-toolkit[annotate]"), file=sys.stderr)
        sys.exit(1)
    except FramingError as error:
        print(f"framing: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of a pipe went away, as `head` does.
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        # A disk or permission error from a place that nobody foresaw is still the user's to mend.
        print(printable(f"framing: {error.filename or 'file'}: {error.strerror or error}"), file=sys.stderr)
        sys.exit(1)
