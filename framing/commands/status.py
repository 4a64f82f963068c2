"""framing status: how far the annotation is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import progress, result
from framing.options import epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("status", epilog=epilog('framing status --project "Spring corpus"'))(status)


def status(
    dataset: Annotated[Path | None, typer.Argument(metavar="DATASET", help="A dataset folder, as it was pulled.")] = None,
    project: Annotated[str | None, typer.Option(metavar="TITLE", help="Or a project in Label Studio, as it is now.")] = None,
    coders: Annotated[int | None, typer.Option(min=1, help="How many readers each article should have. Default: as the project says.")] = None,
) -> None:
    """Say who has annotated how much, at which pace, and what is left."""
    from annotate.progress import measure_progress
    from schemas.dataset import read_dataset
    from schemas.errors import FramingError

    if (dataset is None) == (project is None):
        raise FramingError("name a dataset folder or a project, and one of them", "framing status", 'As in: framing status --project "TITLE"')
    if dataset is not None:
        read = read_dataset(dataset)
    else:
        from annotate.labelstudio import count_coders, pull, resolve_access

        access = resolve_access()
        with progress("reading") as update:
            read = pull(str(project), access, update)
        coders = coders or count_coders(str(project), access)
    done = measure_progress(read, coders)
    for person in done.people.iter_rows(named=True):
        pace = f"{person['minutes']:.1f} min each" if person["minutes"] else "time unknown"
        last = f"{person['last']:%Y-%m-%d %H:%M}" if person["last"] else "unknown"
        result(f"{person['annotator']}: {person['read']} articles, {person['spans']} spans, {pace}, {person['recent']} in the last week, last {last}")
    said = ", ".join(f"{count} by {readers}" for readers, count in done.articles.items())
    when = f", some {done.days:.0f} days at last week's pace" if done.days and done.left else ""
    result(f"{read.articles.height} articles, read {said}; {done.left} readings left until each has {done.coders}{when}")
