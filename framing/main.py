"""The command `framing`: its verbs, and the one place where errors are printed."""

from __future__ import annotations

import gc
import io
import sys
from itertools import pairwise
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from framing.commands import (
    actors,
    adjudicate,
    agree,
    ask,
    codebook,
    compare,
    demo,
    estimate,
    evaluate,
    explain,
    export,
    figure,
    import_,
    ingest,
    labelstudio,
    model,
    pull,
    push,
    quotes,
    regress,
    report,
    score,
    select,
    serve,
    status,
    trace,
    train,
)
from framing.interrupts import interruptible
from framing.manners import give_manners
from framing.options import epilog
from schemas.errors import FramingError, printable
from schemas.extras import explain_missing

__all__ = ["app", "run"]

# A command makes many objects and few that hold each other: looking for those at Python's usual pace (700) takes a tenth of a short one.
OBJECTS = 200_000


class _Front(TyperGroup):
    """The command, which takes no empty word: as a path that is the folder one stands in, and a shell's variable that is not set is its usual
    reason."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        # A shell that asks for what may come next has typed nothing yet.
        given = [] if ctx.resilient_parsing else args
        for before, word in pairwise(["framing", *given]):
            name, sign, value = word.partition("=")
            if not word or (sign and not value and name.startswith("--")):
                raise FramingError("is followed by an empty word, which names nothing", name or before, "Give it a value, or leave both out")
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="framing",
    cls=_Front,
    help="Annotate loaded language and frames in Label Studio, measure agreement, train readable classifiers, score news.",
    epilog=epilog("framing demo --out demo"),
    no_args_is_help=True,
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
    ask,
    agree,
    adjudicate,
    train,
    model,
    evaluate,
    actors,
    score,
    quotes,
    explain,
    estimate,
    regress,
    trace,
    compare,
    report,
    figure,
    export,
    serve,
    status,
):
    module.register(app)
give_manners(app)


def run() -> None:
    """Entry point. A FramingError becomes one line and exit code 1; an interrupt one line and 130; anything else is a defect and keeps its
    traceback."""
    gc.set_threshold(OBJECTS)
    with interruptible():
        for stream in (sys.stdout, sys.stderr):
            # A pipe or terminal that is not UTF-8 shows escapes instead of ending the work.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            app()
        except ModuleNotFoundError as error:
            _fail(str(explain_missing(error.name)))
        except FramingError as error:
            print(f"framing: {error}", file=sys.stderr)
            sys.exit(1)
        except BrokenPipeError:
            # The reader of a pipe went away, as `head` does.
            sys.stderr.close()
            sys.exit(1)
        except OSError as error:
            # A disk or permission error from a place that nobody foresaw is still the user's to mend.
            _fail(f"{error.filename or 'file'}: {error.strerror or error}")


def _fail(line: str) -> NoReturn:
    print(printable(f"framing: {line}"), file=sys.stderr)
    sys.exit(1)
