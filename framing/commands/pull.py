"""framing pull: annotations from Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, progress, result
from framing.options import Project, epilog

__all__ = ["register"]

NAMED = 5


def register(app: typer.Typer) -> None:
    app.command("pull", epilog=epilog('framing pull --project "Spring corpus" --out dataset'))(pull)


def pull(
    project: Project,
    out: Annotated[Path, typer.Option(help="The dataset folder to write.")],
    full: Annotated[bool, typer.Option("--full", help="Read every task again, also those that have not changed since the last pull.")] = False,
) -> None:
    """Bring articles and annotations into a dataset folder, reading only what changed since the last pull.

    What is replaced is kept in the folder's history; work that is no longer in Label Studio is named.
    """
    from framing.memory import give_back_freed_memory

    give_back_freed_memory()
    from annotate.labelstudio import pull_into, resolve_access

    with progress("pulling") as update:
        pulled = pull_into(out, project, resolve_access(), full=full, progress=update)
    written = pulled.dataset
    annotations = written.require_annotations(out)
    spans = annotations["start"].is_not_null().sum()
    if written.rejected:
        notice(f"{len(written.rejected)} rows were set aside, with reasons, in {out / 'rejected.jsonl'}")
    for article, annotator in pulled.vanished[:NAMED]:
        notice(f"the annotation of article {article!r} by {annotator} is no longer in Label Studio")
    if len(pulled.vanished) > NAMED:
        notice(f"and {len(pulled.vanished) - NAMED} more annotations are no longer there")
    if pulled.gone:
        notice(f"{len(pulled.gone)} articles are no longer in Label Studio, the first {pulled.gone[0]!r}")
    for article, annotator, by in pulled.meddled[:NAMED]:
        notice(f"the annotation of article {article!r} by {annotator} was changed by {by}")
    if len(pulled.meddled) > NAMED:
        notice(f"and {len(pulled.meddled) - NAMED} more annotations were changed by others than their authors")
    if pulled.vanished or pulled.gone:
        notice(f"what the folder had before is in {out / 'history'}")
    read, people = annotations["article_id"].n_unique(), annotations["annotator"].n_unique()
    changed = f"; {pulled.read} tasks were new or changed" if pulled.read < written.articles.height else ""
    result(f"{written.articles.height} articles, {read} of them read, {people} annotators, {spans} spans -> {out}{changed}")
