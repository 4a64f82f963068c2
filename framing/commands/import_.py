"""framing import: published corpora, and exports of Label Studio, to a dataset."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, result, waiting
from framing.options import epilog

if TYPE_CHECKING:
    from annotate.corpora.collection import Collection
    from schemas.dataset import Dataset

__all__ = ["register"]

EXPORT = "labelstudio"
REASONS = 10


def register(app: typer.Typer) -> None:
    app.command("import", epilog=epilog("framing import ptc datasets/ --out ptc"))(import_corpus)


def import_corpus(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="ptc, babe, basil, semeval2021, gvfc, or labelstudio for an export of a project.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Your copy of it: the folder as it was unpacked, or the file.")],
    out: Annotated[Path, typer.Option(help="The dataset folder to write.")],
    codebook: Annotated[str | None, typer.Option(metavar="NAME|FILE", help="For labelstudio: the codebook that the export is read by.")] = None,
    renames: Annotated[
        list[str] | None, typer.Option("--map", metavar="OLD=NEW", help="For labelstudio: a name of the export and the codebook's for it.")
    ] = None,
    text_key: Annotated[str | None, typer.Option(metavar="KEY", help="For labelstudio: where the text is. Default: text, article or body.")] = None,
) -> None:
    """Read a published corpus, with its gold and its annotators' votes. What does not fit is set aside with a reason."""
    from schemas.dataset import write_dataset

    with waiting(f"reading {corpus}"):
        collection = _read(corpus, path, codebook, renames or [], text_key)
        dataset = collection.dataset()
    _refuse_others(out, dataset)
    written = write_dataset(out, dataset)
    for text, count in collection.notices.items():
        notice(f"{text}: {count}")
    _tell_rejected(written, out)
    result(f"{_describe(written)} -> {out}")


def _read(corpus: str, path: Path, codebook: str | None, renames: list[str], text_key: str | None) -> Collection:
    from annotate.corpora import CORPORA, labelstudio
    from schemas.codebook import list_codebooks, load_codebook
    from schemas.errors import FramingError

    if corpus == EXPORT:
        if codebook is None:
            raise FramingError("an export of Label Studio needs a --codebook", path, f"Name one ({', '.join(list_codebooks())}) or give a .toml file")
        pairs = [pair.partition("=") for pair in renames]
        for old, sign, new in pairs:
            if not (old and sign and new):
                raise FramingError(f"{old + sign + new!r} is not OLD=NEW", "--map", "Give a name of the export, =, and the codebook's name for it")
        return labelstudio.read(path, load_codebook(codebook), {old: new for old, _, new in pairs}, text_key)
    if corpus not in CORPORA:
        raise FramingError("no such corpus", corpus, f"Choose one of: {', '.join([*CORPORA, EXPORT])}")
    if codebook or renames or text_key:
        raise FramingError("has a codebook and names of its own", corpus, f"Leave out --codebook, --map and --text-key: they are for {EXPORT}")
    return CORPORA[corpus](path)


def _refuse_others(out: Path, dataset: Dataset) -> None:
    """Annotations and gold belong to their articles and codebook, which are about to be replaced."""
    from schemas.dataset import read_dataset
    from schemas.errors import FramingError

    if not any((out / name).exists() for name in ("annotations.parquet", "gold.parquet")):
        return
    present = read_dataset(out)
    new = dict(dataset.articles.select("article_id", "text").iter_rows())
    old = dict(present.articles.select("article_id", "text").iter_rows())
    tables = [table for table in (present.annotations, present.gold) if table is not None]
    marked = {article_id for table in tables for article_id in table["article_id"]}
    if present.codebook != dataset.codebook or any(new.get(article_id) != old.get(article_id) for article_id in marked):
        raise FramingError("already holds annotations or gold of other articles or another codebook", out, "Import into another folder")


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
