"""Options that every command has, given to all in one place: --json and --quiet."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from framing.console import telling

__all__ = ["give_manners"]

JSON, QUIET = "--json", "--quiet"
JsonTo = Annotated[
    str | None, typer.Option(JSON, metavar="FILE", help="Write the figures to this file, too, as JSON; - prints them, in the place of all lines.")
]
Quiet = Annotated[bool, typer.Option(QUIET, help="Say nothing but errors.")]
OPTIONS = [
    inspect.Parameter("json_to", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=JsonTo),
    inspect.Parameter("quiet", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Quiet),
]


def give_manners(app: typer.Typer) -> None:
    """Let every command of the app, and of the groups in it, take the options."""
    for command in app.registered_commands:
        if command.callback:
            command.callback = _with_options(command.callback)
    for group in app.registered_groups:
        if group.typer_instance:
            give_manners(group.typer_instance)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def run(*arguments: Any, json_to: str | None, quiet: bool, **options: Any) -> None:
        with telling(quiet=quiet, json_to=json_to):
            command(*arguments, **options)

    own = inspect.signature(command, eval_str=True)
    run.__signature__ = own.replace(parameters=[*own.parameters.values(), *OPTIONS])  # type: ignore[attr-defined]
    return run
