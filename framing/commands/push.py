"""framing push: articles to Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import STARTER, DatasetFolder, Project, Trusted, epilog
from schemas.wording import count, inflect

if TYPE_CHECKING:
    from collections.abc import Callable

    from annotate.labelstudio import Access, Suggestions
    from schemas.codebook import Codebook

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("push", epilog=epilog('framing push dataset --project "Spring corpus" --codebook loaded-language --coders 2'))(push)


def push(
    dataset: DatasetFolder,
    project: Project,
    codebook: Annotated[
        str | None, typer.Option(help="Codebook, by name or file. Default: the dataset's own, else the project's, else loaded-language.")
    ] = None,
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Actors that spans may be about (`framing actors`), beside those of the codebook.")
    ] = None,
    no_attributes: Annotated[bool, typer.Option("--no-attributes", help="Ask nothing of spans but their label, whatever the codebook has.")] = False,
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
    coder: Annotated[str | None, typer.Option(metavar="NAME", help="Suggest what this coder of the dataset said (`framing import coder`).")] = None,
) -> None:
    """Send the articles that the project does not have yet. Running it again sends nothing twice.

    With --model or --coder, the model's or the coder's spans (with their attributes) and answers are shown to annotators as suggestions, in place
    of older ones. Keep some back (--blind 0.2): then `framing agree` can say whether suggestions changed what people mark.
    """
    from annotate.labelstudio import push as send
    from annotate.labelstudio import resolve_access
    from framing.suggesting import suggest_by, suggest_coder
    from schemas.codebook import load_codebook
    from schemas.coders import read_coders
    from schemas.dataset import read_dataset
    from schemas.errors import FramingError

    sources = [option for option, given in (("--model", model), ("--live", live), ("--coder", coder)) if given]
    if len(sources) > 1:
        raise FramingError("suggestions come from a model that is sent, from one that is served or from a coder", " and ".join(sources), "Choose one")
    if blind is not None and not sources:
        raise FramingError("there are no suggestions to withhold", "--blind", "Give --model, --live or --coder, too")
    read = read_dataset(dataset)
    # Before anything is sent: a name that is misspelt shall not cost a project without suggestions.
    work = suggest_coder(read_coders(dataset, read), coder, dataset) if coder else None
    chosen = load_codebook(codebook) if codebook else read.codebook or _usual_codebook(project)
    if no_attributes:
        chosen = chosen.model_copy(update={"attributes": ()})
    chosen = _with_actors(chosen, actors) if actors else chosen
    access = resolve_access()
    with progress("pushing") as update:
        pushed = send(read.articles, chosen, project, access, coders=coders, progress=update)
    for line in pushed.changed:
        notice(line)
    if pushed.doubles:
        were = inflect(pushed.doubles, "was", "were")
        notice(f"{count(pushed.doubles, 'task')} that an interrupted push had made twice {were} removed")
    if pushed.sent and pushed.suggesting and not sources:
        notice(f"the project shows suggestions of {pushed.suggesting}, and the articles sent now have none: give --model or --coder, too")
    said = ""
    if model:
        from classifiers import load_model

        loaded = load_model(None if model == STARTER else Path(model), trusted)
        # Nobody is shown what is found in headlines unless they are marked, too.
        articles = read.articles if chosen.headlines else read.articles.drop("title", strict=False)
        said = _suggest(project, lambda: suggest_by(loaded, articles), access, blind, seed)
    elif work is not None:
        said = _suggest(project, lambda: work, access, blind, seed)
    elif live:
        said = _connect(live, project, access, blind, seed)
    record({"project": pushed.project, "address": pushed.address, "sent": pushed.sent, "present": pushed.present})
    were = inflect(pushed.present, "was", "were")
    result(f"{count(pushed.sent, 'article')} sent, {pushed.present} {were} there{said}; project at {pushed.address}")


def _usual_codebook(project: str) -> Codebook:
    """What the project was made with, if it is there; else the one that ships as the default."""
    from annotate.labelstudio import find_codebook, resolve_access
    from schemas.codebook import load_codebook

    return find_codebook(project, resolve_access()) or load_codebook()


def _with_actors(codebook: Codebook, path: Path) -> Codebook:
    from schemas.codebook import load_actors
    from schemas.errors import FramingError

    if codebook.target is None:
        raise FramingError(f"codebook {codebook.stamp} has no attribute that an actor answers, so nobody would be shown them", "--actors")
    return codebook.with_actors(load_actors(path), path)


def _suggest(project: str, make: Callable[[], Suggestions], access: Access, blind: float | None, seed: int | None) -> str:
    from annotate.labelstudio import suggest

    with progress("suggesting") as update:
        done = suggest(project, make(), access, blind=blind, seed=seed, progress=update)
    for version in done.replaced:
        notice(f"the suggestions of {version} were replaced")
    if done.uncovered:
        has_none = inflect(done.uncovered, "was not looked at, and has none", "were not looked at, and have none")
        notice(f"{count(done.uncovered, 'article')} of the project {has_none}: suggestions are made for the articles of the dataset alone")
    return f"; suggestions of {done.version} for {done.sent + done.present} of them, withheld from {done.withheld}"


def _connect(live: str, project: str, access: Access, blind: float | None, seed: int | None) -> str:
    from annotate.labelstudio import suggest_live

    url = suggest_live(project, live, access, blind=blind, seed=seed)
    return f"; suggestions come from {url} as articles are opened"
