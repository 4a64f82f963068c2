"""Options that several commands share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["STARTER", "DatasetFolder", "JsonFile", "ModelFolder", "Project", "ScoredBy", "epilog"]

# What a command that needs no model otherwise calls the one that ships.
STARTER = "starter"
DatasetFolder = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to this file, too.")]
ModelFolder = Annotated[Path | None, typer.Option("--model", metavar="MODEL", help="A model folder. Default: the starter model that ships.")]
ScoredBy = Annotated[
    Path | None,
    typer.Option("--model", metavar="MODEL", help="The model that scored, if its folder has moved. Default: the one that run.json names."),
]
Project = Annotated[str, typer.Option("--project", metavar="TITLE", help="Title of the project in Label Studio.")]


def epilog(*examples: str) -> str:
    """The end of a command's help: an example that can be copied. The control character keeps its lines."""
    return "\b\nExample:\n" + "\n".join(f"  {example}" for example in examples)
