"""framing import: published corpora, exports of annotation tools and tables of annotations to a dataset."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, result, waiting
from framing.options import epilog

if TYPE_CHECKING:
    from schemas.dataset import Dataset

__all__ = ["register"]

REASONS = 10


def register(app: typer.Typer) -> None:
    examples = "framing import ptc datasets/ --out ptc", "framing import table codes.csv --articles articles.csv --out coded"
    app.command("import", epilog=epilog(*examples))(import_annotations)


def import_annotations(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What it is: one of the names above.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Your copy of it: the folder as it was unpacked, or the file.")],
    out: Annotated[Path, typer.Option(help="The dataset folder to write.")],
    codebook: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="The codebook that it is read by. Default: one made of the names found. Not for corpora.")
    ] = None,
    renames: Annotated[
        list[str] | None, typer.Option("--map", metavar="OLD=NEW", help="A name in the files and the codebook's for it; may be repeated.")
    ] = None,
    text_key: Annotated[str | None, typer.Option(metavar="KEY", help="For labelstudio: where the text is. Default: text, article or body.")] = None,
    articles: Annotated[Path | None, typer.Option(metavar="FILE", help="For table: the texts, as a table with article_id and text.")] = None,
    layer: Annotated[
        str | None, typer.Option(metavar="NAME", help="For cas: the layer that has the spans. Default: the commonest custom one.")
    ] = None,
) -> None:
    """Read annotations made elsewhere, with their gold and their annotators' votes. What does not fit is set aside with a reason.

    Published corpora: armpro, babe, basil, gvfc, ptc, semeval2021, semeval2023, unlp

    Tools: brat, cas (INCEpTION's CAS JSON), conll, docbin (spaCy), doccano, labelstudio, prodigy, webanno (TSV 3)

    Tables: table (CSV, JSONL or Parquet with article_id, annotator, label, and start, end or quote, or value)
    """
    from framing.importing import hint_names, read_kind, refuse_others
    from schemas.dataset import write_dataset

    with waiting(f"reading {kind}"):
        collection = read_kind(kind, path, codebook, renames or [], text_key=text_key, articles=articles, layer=layer)
        dataset = collection.dataset()
    refuse_others(out, dataset)
    written = write_dataset(out, dataset)
    for text, count in collection.notices.items():
        if count:
            notice(f"{text}: {count}")
    _tell_rejected(written, out)
    for hint in hint_names(kind, written):
        notice(hint)
    result(f"{_describe(written)} -> {out}")


def _tell_rejected(written: Dataset, out: Path) -> None:
    reasons = Counter(str(entry["reason"]) for entry in written.rejected).most_common()
    if reasons:
        notice(f"{len(written.rejected)} rows were set aside, with reasons, in {out / 'rejected.jsonl'}:")
    for reason, count in reasons[:REASONS]:
        notice(f"{count:6} {reason}")
    if len(reasons) > REASONS:
        notice(f"and {len(reasons) - REASONS} more reasons")


def _describe(written: Dataset) -> str:
    parts = [f"{written.articles.height} articles"]
    if (gold := written.gold) is not None:
        parts.append(f"{gold['start'].count()} gold spans, {gold['value'].count()} gold answers")
    if (annotations := written.annotations) is not None:
        people = annotations["annotator"].n_unique()
        parts.append(f"{people} annotators with {annotations['start'].count()} spans, {annotations['value'].count()} answers")
    return ", ".join(parts)
