"""Options that several commands share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import FramingError

__all__ = [
    "STARTER",
    "Columns",
    "DatasetFolder",
    "Dates",
    "ModelFolder",
    "OneArticle",
    "Project",
    "Raw",
    "Replace",
    "ScoredBy",
    "TextColumn",
    "Trusted",
    "WithoutCopies",
    "epilog",
    "refuse_other_tables",
]

# What a command that needs no model otherwise calls the one that ships.
STARTER = "starter"
DatasetFolder = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]
ModelFolder = Annotated[Path | None, typer.Option("--model", metavar="MODEL", help="A model folder. Default: the starter model that ships.")]
ScoredBy = Annotated[
    Path | None,
    typer.Option("--model", metavar="MODEL", help="The model that scored, if its folder has moved. Default: the one that run.json names."),
]
Trusted = Annotated[
    Path | None,
    typer.Option(
        "--trusted", metavar="KEYS", help="Use the model only if one of these has signed it: a file of public keys, or a folder of .pub files."
    ),
]
Project = Annotated[str, typer.Option("--project", metavar="TITLE", help="Title of the project in Label Studio.")]


TextColumn = Annotated[
    str | None,
    typer.Option("--text-column", metavar="COLUMN", help="The column of the text, in tables; of JSON also a nested key: body.text."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="ROLE=COLUMN", help="What a column is: outlet=media_name. Roles: text title outlet author published url ..."),
]
Dates = Annotated[str | None, typer.Option("--dates", metavar="dmy|mdy", help="Which comes first in dates such as 06/07/2025, day or month.")]
Raw = Annotated[bool, typer.Option("--raw", help="Leave texts as they are: HTML, entities and wrong encodings are not cleaned.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over what is there, also where it is no earlier result of the same command.")]
OneArticle = Annotated[bool, typer.Option("--one-article", help="A document is one article, also where it looks like a database's download.")]


WithoutCopies = Annotated[
    bool, typer.Option("--without-copies", help="Count each story once: leave out the articles that `ingest` found to be copies of others.")
]


def epilog(*examples: str) -> str:
    """The end of a command's help: an example that can be copied. The control character keeps its lines."""
    return "\b\nExample:\n" + "\n".join(f"  {example}" for example in examples)


def refuse_other_tables(out: Path | None, *kinds: str) -> None:
    """FramingError, before any work, for a table that is to be written as something else, or over a folder."""
    if out and (out.suffix not in kinds or out.is_dir()):
        wanted = " or ".join(kinds)
        raise FramingError("is a folder" if out.is_dir() else f"is no {wanted} file", out, f"Name a {wanted} file after --out")
