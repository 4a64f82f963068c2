"""framing import: published corpora, exports of annotation tools and tables of annotations to a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import notice, record, result, waiting
from framing.options import epilog
from schemas.wording import count

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
    for text, number in collection.notices.items():
        if number:
            notice(f"{text}: {number}")
    _tell_rejected(written, out)
    for hint in hint_names(kind, written):
        notice(hint)
    record(_figures(written) | {"rows_set_aside": len(written.rejected), "out": out})
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
    record({"coder": done.coder.name, "counts": done.counts, "set_aside": done.aside, "out": into})
    result(f"{done.coder.name}: {count(done.counts['answers'], 'answer')}: {said} -> {into}")


def _tell_rejected(written: Dataset, out: Path) -> None:
    reasons = Counter(str(entry["reason"]) for entry in written.rejected).most_common()
    if reasons:
        aside = f"{count(len(written.rejected), 'row', 'was', 'were')} set aside"
        notice(f"{aside}, with reasons, in {out / 'rejected.jsonl'}:")
    for reason, number in reasons[:REASONS]:
        notice(f"{number:6} {reason}")
    if len(reasons) > REASONS:
        notice(f"and {count(len(reasons) - REASONS, 'more reason')}")


def _describe(written: Dataset) -> str:
    parts = [count(written.articles.height, "article")]
    if written.gold is not None:
        parts.append(_count(written.gold, "gold "))
    if (annotations := written.annotations) is not None:
        parts.append(f"{count(annotations['annotator'].n_unique(), 'annotator')} with {_count(annotations)}")
    return ", ".join(parts)


def _count(rows: pl.DataFrame, what: str = "") -> str:
    found = _kinds(rows)
    said = f" with {count(found['attributes'], 'attribute')}" if found["attributes"] else ""
    return f"{count(found['spans'], f'{what}span')}{said}, {count(found['answers'], f'{what}answer')}"


def _kinds(rows: pl.DataFrame) -> dict[str, int]:
    from schemas.tables import ANSWER, ATTRIBUTE, SPAN

    return {"spans": rows.filter(SPAN).height, "attributes": rows.filter(ATTRIBUTE).height, "answers": rows.filter(ANSWER).height}


def _figures(written: Dataset) -> dict[str, Any]:
    people = {} if written.annotations is None else {"annotators": written.annotations["annotator"].n_unique(), **_kinds(written.annotations)}
    return {"articles": written.articles.height, **people, **({} if written.gold is None else {"gold": _kinds(written.gold)})}
