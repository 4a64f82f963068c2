"""framing push: articles to Label Studio."""

from __future__ import annotations

from typing import Annotated

import typer

from framing.console import notice, progress, result
from framing.options import DatasetFolder, Project, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("push", epilog=epilog('framing push dataset --project "Spring corpus" --codebook loaded-language --coders 2'))(push)


def push(
    dataset: DatasetFolder,
    project: Project,
    codebook: Annotated[str | None, typer.Option(help="Codebook, by name or file. Default: the dataset's own, else loaded-language.")] = None,
    coders: Annotated[int | None, typer.Option(min=1, help="How many people read each article, blind to each other. A new project: 2.")] = None,
) -> None:
    """Send the articles that the project does not have yet. Running it again sends nothing twice."""
    from annotate.labelstudio import push as send
    from annotate.labelstudio import resolve_access
    from schemas.codebook import DEFAULT_CODEBOOK, load_codebook
    from schemas.dataset import read_dataset

    read = read_dataset(dataset)
    chosen = load_codebook(codebook) if codebook else read.codebook or load_codebook(DEFAULT_CODEBOOK)
    access = resolve_access()
    with progress("pushing") as update:
        pushed = send(read.articles, chosen, project, access, coders=coders, progress=update)
    if pushed.changed:
        notice(pushed.changed)
    if pushed.doubles:
        notice(f"{pushed.doubles} tasks that an interrupted push had made twice were removed")
    result(f"{pushed.sent} articles sent, {pushed.present} were there; project at {pushed.address}")
