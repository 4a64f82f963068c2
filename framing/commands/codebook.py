"""framing codebook: list, show and check codebooks."""

from __future__ import annotations

from typing import Annotated

import typer

from framing.console import result
from framing.options import epilog

__all__ = ["register"]

NameOrFile = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A codebook that ships, or a .toml file.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="The codebooks that ship, and your own.", no_args_is_help=True, rich_markup_mode=None, epilog=epilog("framing codebook list")
    )
    group.command("list", epilog=epilog("framing codebook list"))(list_all)
    group.command("show", epilog=epilog("framing codebook show loaded-language > mine.toml"))(show)
    group.command("check", epilog=epilog("framing codebook check mine.toml"))(check)
    app.add_typer(group, name="codebook")


def list_all() -> None:
    """List the codebooks that ship."""
    from schemas.codebook import list_codebooks, load_codebook

    for name in list_codebooks():
        codebook = load_codebook(name)
        result(f"{name:16} {codebook.version:8} {len(codebook.labels):2} labels, {len(codebook.questions)} questions  {codebook.title}")


def show(name: NameOrFile) -> None:
    """Print a codebook as TOML: the start of one of your own."""
    from schemas.codebook import load_codebook

    print(load_codebook(name).to_toml(), end="")


def check(name: NameOrFile) -> None:
    """Check a codebook and say what is wrong with it."""
    from xml.etree import ElementTree as ET

    from annotate.labelstudio.interface import build_interface
    from schemas.codebook import load_codebook

    codebook = load_codebook(name)
    ET.fromstring(build_interface(codebook))  # noqa: S314 - what we have just made
    result(f"{codebook.stamp}: {len(codebook.labels)} labels, {len(codebook.questions)} questions, digest {codebook.digest[:12]}; valid")
