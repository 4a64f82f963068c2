"""framing labelstudio: a Label Studio of one's own, and a lab's."""

from __future__ import annotations

import typer

from framing.commands.labelstudio import backups, people, seals, server
from framing.options import epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="A Label Studio of your own: on this machine alone, or, with --team, a lab's.",
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog=epilog("framing labelstudio start"),
    )
    for part in (server, people, backups, seals):
        part.register(group)
    app.add_typer(group, name="labelstudio")
