"""framing adjudicate: annotations to gold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import DatasetFolder, epilog
from schemas.wording import count, inflect

if TYPE_CHECKING:
    import polars as pl

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    examples = ("framing adjudicate dataset --rule majority", 'framing adjudicate dataset --rule expert --project "Spring corpus, decisions"')
    app.command("adjudicate", epilog=epilog(*examples))(adjudicate)


def adjudicate(
    dataset: DatasetFolder,
    rule: Annotated[
        str, typer.Option(help="majority (more than half), unanimous, dawid-skene (annotators weigh by how reliable they appear) or expert.")
    ] = "majority",
    project: Annotated[
        str | None, typer.Option(metavar="TITLE", help="For expert: a second project, in which one person decides what others disagree on.")
    ] = None,
) -> None:
    """Decide what counts, and write gold.parquet with the share of annotators who agreed.

    With the rule expert, disputed articles go to a second project in Label Studio, the worst first, with everybody's spans
    as suggestions; run it again to bring in what has been decided there.
    """
    from annotate.gold.adjudication import EXPERT
    from annotate.gold.adjudication import adjudicate as decide
    from schemas.dataset import read_dataset, write_dataset
    from schemas.errors import FramingError
    from schemas.tables import ANSWER, ATTRIBUTE, SPAN

    if (rule == EXPERT) != (project is not None):
        raise FramingError("the rule expert and a project for it go together", "--rule, --project", 'Give --rule expert --project "TITLE"')
    if project is not None:
        from annotate.labelstudio import resolve_access
        from framing.adjudicating import decide_by_expert

        with progress("pushing") as update:
            decided = decide_by_expert(dataset, project, resolve_access(), update)
        is_decided = f"{count(decided.decided, 'disputed article', 'is', 'are')} decided"
        notice(f"{is_decided}, {decided.waiting} {inflect(decided.waiting, 'waits', 'wait')} at {decided.address}")
        gold = decided.gold
    else:
        read = read_dataset(dataset)
        gold = decide(read, rule, dataset)
        write_dataset(dataset, replace(read, gold=gold))
        _tell_single_readers(read.require_annotations(dataset))
    spans = gold.filter(SPAN).height
    answers, articles = gold.filter(ANSWER).height, gold["article_id"].n_unique()
    attributes = gold.filter(ATTRIBUTE).height
    about = f" with {count(attributes, 'attribute')}" if attributes else ""
    found = f"{count(spans, 'span')}{about} and {count(answers, 'answer')} in {count(articles, 'article')}"
    record({"rule": rule, "spans": spans, "attributes": attributes, "answers": answers, "articles": articles})
    result(f"{found} by {rule} -> {dataset / 'gold.parquet'}")


def _tell_single_readers(annotations: pl.DataFrame) -> None:
    readers = annotations.group_by("article_id").n_unique().filter(annotator=1)
    if readers.height:
        notice(f"{count(readers.height, 'article', 'was', 'were')} read by one person, whose word is then gold")
