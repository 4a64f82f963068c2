"""framing pull: annotations from Label Studio."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import Project, epilog
from schemas.wording import count, inflect

__all__ = ["register"]

NAMED = 5
KEPT, TAKEN = "it is kept here (--take-deletions lets it go)", "it was taken out here, too"
MEND = "`framing push` puts them back; --accept takes what is there"


def register(app: typer.Typer) -> None:
    app.command("pull", epilog=epilog('framing pull --project "Spring corpus" --out dataset'))(pull)


def pull(
    project: Project,
    out: Annotated[Path, typer.Option(help="The dataset folder to write.")],
    full: Annotated[bool, typer.Option("--full", help="Read every task again, also those that have not changed since the last pull.")] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take the project's codebook and record although they have no seal of a key that is known here.")
    ] = False,
    take_deletions: Annotated[
        bool, typer.Option("--take-deletions", help="Let go of what is no longer in Label Studio; without it the folder keeps it.")
    ] = False,
) -> None:
    """Bring articles and annotations into a dataset folder, reading only what changed since the last pull.

    What comes is checked against what was sent, and whose work it is. What somebody else changed or deleted is named, and stays as the
    folder has it. What is replaced is kept in the folder's history.
    """
    from framing.memory import give_back_freed_memory

    give_back_freed_memory()
    from annotate.labelstudio import pull_into, resolve_access
    from schemas.tables import SPAN

    with progress("pulling") as update:
        pulled = pull_into(out, project, resolve_access(), full=full, accept=accept, take_deletions=take_deletions, progress=update)
    written = pulled.dataset
    if pulled.forged:
        notice(f"the labelling interface of the project was changed by somebody; the codebook and the record that were sent are used. {MEND}")
    annotations = written.require_annotations(out)
    spans = annotations.filter(SPAN).height
    if written.rejected:
        aside = f"{count(len(written.rejected), 'row', 'was', 'were')} set aside"
        notice(f"{aside}, with reasons, in {out / 'rejected.jsonl'}")
    _name(
        [
            f"the annotation of article {article!r} by {who} is no longer in Label Studio; {TAKEN if (article, who) in pulled.left else KEPT}"
            for article, who in pulled.vanished
        ],
        "annotations are no longer there",
    )
    _name([f"article {article!r} is no longer in Label Studio; {TAKEN if take_deletions else KEPT}" for article in pulled.gone], "articles are not")
    _name([str(doubt) for doubt in pulled.doubts], "things are not as they were sent or saved")
    if pulled.left or (pulled.gone and take_deletions):
        notice(f"what the folder had before is in {out / 'history'}")
    read, people = annotations["article_id"].n_unique(), annotations["annotator"].n_unique()
    were = inflect(pulled.read, "was", "were")
    changed = f"; {count(pulled.read, 'task')} {were} new or changed" if pulled.read < written.articles.height else ""
    articles = written.articles.height
    record({"articles": articles, "read": read, "annotators": people, "spans": spans, "rows_set_aside": len(written.rejected), "out": out})
    found = f"{count(articles, 'article')}, {read} of them read, {count(people, 'annotator')}, {count(spans, 'span')}"
    result(f"{found} -> {out}{changed}")


def _name(found: Sequence[str], rest: str) -> None:
    """A notice for each of the first, and one for all others."""
    for line in found[:NAMED]:
        notice(line)
    if len(found) > NAMED:
        notice(f"and {len(found) - NAMED} more {rest}")
