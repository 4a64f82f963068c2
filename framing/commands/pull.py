"""framing pull: annotations from Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, result
from framing.options import Project, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("pull", epilog=epilog('framing pull --project "Spring corpus" --out dataset'))(pull)


def pull(project: Project, out: Annotated[Path, typer.Option(help="The dataset folder to write.")]) -> None:
    """Bring articles and annotations into a dataset folder. Annotations that change are kept in its history."""
    from annotate.labelstudio import pull as fetch
    from annotate.labelstudio import resolve_access
    from schemas.dataset import write_dataset

    written = write_dataset(out, fetch(project, resolve_access()))
    annotations = written.require_annotations(out)
    spans = annotations["start"].is_not_null().sum()
    if written.rejected:
        notice(f"{len(written.rejected)} rows were set aside, with reasons, in {out / 'rejected.jsonl'}")
    read, people = annotations["article_id"].n_unique(), annotations["annotator"].n_unique()
    result(f"{written.articles.height} articles, {read} of them read, {people} annotators, {spans} spans -> {out}")
