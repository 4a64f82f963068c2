"""framing import: published corpora, exports of annotation tools and tables of annotations to a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, result, waiting
from framing.options import epilog

if TYPE_CHECKING:
    import polars as pl

    from schemas.dataset import Dataset

__all__ = ["register"]

REASONS = 10


def register(app: typer.Typer) -> None:
    examples = "framing import ptc datasets/ --out ptc", "framing import table codes.csv --articles articles.csv --out coded"
    coder = "framing import coder answers.jsonl --into coded --coder gpt-4 --map 1=Biased --map 0=Non-biased"
    app.command("import", epilog=epilog(*examples, coder))(import_annotations)


def import_annotations(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What it is: one of the names above.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Your copy of it: the folder as it was unpacked, or the file.")],
    out: Annotated[Path | None, typer.Option(help="The dataset folder to write. For all kinds but coder.")] = None,
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
    into: Annotated[Path | None, typer.Option(metavar="DATASET", help="For coder: the dataset whose articles it read.")] = None,
    coder: Annotated[str | None, typer.Option(metavar="NAME", help="For coder: what it is called; the same name again replaces its run.")] = None,
    run: Annotated[
        int | None, typer.Option(min=1, max=1000, help="For coder: which of its runs this is. Default: as a column run says, else 1.")
    ] = None,
    about: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="For coder: who it is, in TOML or JSON: kind, model, version, prompt or prompt_file, temperature, date ..."
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="ROLE=COLUMN", help="For coder: what a column is (value=gpt_4_label), or the question that is answered."),
    ] = None,
) -> None:
    """Read annotations made elsewhere, with their gold and their annotators' votes. What does not fit is set aside with a reason.

    Published corpora: armpro, babe, basil, gvfc, newsmtsc, ptc, semeval2021, semeval2023, semeval2025, unlp

    Tools: brat, cas (INCEpTION's CAS JSON), conll, docbin (spaCy), doccano, labelstudio, prodigy, webanno (TSV 3)

    Tables: table (CSV, JSONL or Parquet with article_id, annotator, label, and start, end or quote, or value)

    Models as coders: coder (such a table of a language model's or another classifier's work; it is kept apart from people's, in coders.parquet)
    """
    from framing.importing import CODER, hint_names, read_kind, refuse_others
    from schemas.dataset import write_dataset
    from schemas.errors import FramingError

    if kind == CODER:
        others = {"--out": out, "--codebook": codebook, "--text-key": text_key, "--articles": articles, "--layer": layer}
        _import_coder(path, into, coder, run, about, renames or [], columns or [], others)
        return
    for option, given in (("--into", into), ("--coder", coder), ("--run", run), ("--about", about), ("--column", columns)):
        if given:
            raise FramingError(f"takes no {option}", kind, f"Leave it out: it is for {CODER}")
    if out is None:
        raise FramingError("needs --out", kind, "Say which dataset folder is to be written: --out DATASET")
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


def _import_coder(
    path: Path,
    into: Path | None,
    coder: str | None,
    run: int | None,
    about: Path | None,
    renames: list[str],
    columns: list[str],
    others: Mapping[str, object],
) -> None:
    from framing.coding import import_coder
    from schemas.errors import FramingError

    for option, given in others.items():
        if given is not None:
            raise FramingError(f"takes no {option}", "coder", "Leave it out: its work goes into a dataset that is there, --into DATASET")
    if into is None or coder is None:
        missing = "--into" if into is None else "--coder"
        raise FramingError(f"needs {missing}", "coder", "Say which dataset it read, and what it is called: --into DATASET --coder NAME")
    with waiting(f"reading {path.name}"):
        done = import_coder(path, into, coder, run=run, about=about, renames=renames, columns=columns)
    for line in done.told:
        notice(line)
    said = f"{done.counts['taken']} taken, {done.counts['unanswered']} unanswered, {done.aside.total()} set aside"
    result(f"{done.coder.name}: {done.counts['answers']} answers: {said} -> {into}")


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
    if written.gold is not None:
        parts.append(_count(written.gold, "gold "))
    if (annotations := written.annotations) is not None:
        parts.append(f"{annotations['annotator'].n_unique()} annotators with {_count(annotations)}")
    return ", ".join(parts)


def _count(rows: pl.DataFrame, what: str = "") -> str:
    from schemas.tables import ANSWER, ATTRIBUTE, SPAN

    spans, attributes, answers = (rows.filter(kind).height for kind in (SPAN, ATTRIBUTE, ANSWER))
    said = f" with {attributes} attributes" if attributes else ""
    return f"{spans} {what}spans{said}, {answers} {what}answers"
