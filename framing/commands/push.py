"""framing push: articles to Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, progress, result
from framing.options import STARTER, DatasetFolder, Project, Trusted, epilog

if TYPE_CHECKING:
    import polars as pl

    from annotate.labelstudio import Access

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("push", epilog=epilog('framing push dataset --project "Spring corpus" --codebook loaded-language --coders 2'))(push)


def push(
    dataset: DatasetFolder,
    project: Project,
    codebook: Annotated[str | None, typer.Option(help="Codebook, by name or file. Default: the dataset's own, else loaded-language.")] = None,
    coders: Annotated[int | None, typer.Option(min=1, help="How many people read each article, blind to each other. A new project: 2.")] = None,
    model: Annotated[str | None, typer.Option(metavar="MODEL", help="Suggest what this model folder finds; `starter` is the one that ships.")] = None,
    trusted: Trusted = None,
    blind: Annotated[
        float | None,
        typer.Option(
            min=0, max=0.99, help="Share of the articles from which suggestions are withheld, to measure their pull. Default: as before, or 0."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed withholds them from other articles.")] = None,
    live: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Suggestions from `framing serve` as articles are opened: the address that it prints.")
    ] = None,
) -> None:
    """Send the articles that the project does not have yet. Running it again sends nothing twice.

    With --model, the model's spans are shown to annotators as suggestions, in place of an older model's. Keep some back
    (--blind 0.2): then `framing agree` can say whether suggestions changed what people mark.
    """
    from annotate.labelstudio import push as send
    from annotate.labelstudio import resolve_access
    from schemas.codebook import DEFAULT_CODEBOOK, load_codebook
    from schemas.dataset import read_dataset
    from schemas.errors import FramingError

    if model and live:
        raise FramingError("suggestions come from a model that is sent or from one that is served", "--model and --live", "Choose one")
    if blind is not None and not (model or live):
        raise FramingError("there are no suggestions to withhold", "--blind", "Give --model or --live, too")
    read = read_dataset(dataset)
    chosen = load_codebook(codebook) if codebook else read.codebook or load_codebook(DEFAULT_CODEBOOK)
    access = resolve_access()
    with progress("pushing") as update:
        pushed = send(read.articles, chosen, project, access, coders=coders, progress=update)
    for line in pushed.changed:
        notice(line)
    if pushed.doubles:
        notice(f"{pushed.doubles} tasks that an interrupted push had made twice were removed")
    if pushed.sent and pushed.suggesting and not (model or live):
        notice(f"the project shows suggestions of {pushed.suggesting}, and the articles sent now have none: give --model, too")
    said = ""
    if model:
        said = _suggest(model, trusted, read.articles, project, access, blind, seed)
    elif live:
        said = _connect(live, project, access, blind, seed)
    result(f"{pushed.sent} articles sent, {pushed.present} were there{said}; project at {pushed.address}")


def _suggest(model: str, trusted: Path | None, articles: pl.DataFrame, project: str, access: Access, blind: float | None, seed: int | None) -> str:
    from annotate.labelstudio import suggest
    from classifiers import load_model
    from framing.suggesting import suggest_by

    loaded = load_model(None if model == STARTER else Path(model), trusted)
    with progress("suggesting") as update:
        done = suggest(project, suggest_by(loaded, articles), access, blind=blind, seed=seed, progress=update)
    for version in done.replaced:
        notice(f"the suggestions of {version} were replaced")
    if done.uncovered:
        notice(f"{done.uncovered} articles of the project are not in this folder and have no suggestions: push the folder that has them all")
    return f"; suggestions of {done.version} for {done.sent + done.present} of them, withheld from {done.withheld}"


def _connect(live: str, project: str, access: Access, blind: float | None, seed: int | None) -> str:
    from annotate.labelstudio import suggest_live

    url = suggest_live(project, live, access, blind=blind, seed=seed)
    return f"; suggestions come from {url} as articles are opened"
