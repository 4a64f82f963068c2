"""framing export: a dataset or scores in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, record, result
from framing.options import Replace, epilog

__all__ = ["register"]

# Files that a result line names one by one.
MOST = 8
FORMATS = """Write a dataset, or scores, for other programs. What a format cannot hold is counted and said.

\b
  csv            tables for a spreadsheet
  jsonl          tables, one JSON object a line
  parquet        tables as they are
  labelstudio    tasks with everybody's annotations, for Label Studio
  doccano        a file for each annotator
  prodigy        answered tasks, one JSON object a line
  brat           standoff annotations, a folder for each annotator
  cas            UIMA CAS JSON, the folders of a project of INCEpTION
  conll          a token and its BIO tag a line
  spacy          one DocBin, overlapping spans and all
  ptc            the layout of the Propaganda Techniques Corpus
  hf             a folder for Hugging Face datasets, with a card
  webannotation  W3C Web Annotations (JSON-LD), with the texts
  qdc            REFI-QDA codebook: codes alone
  qdpx           REFI-QDA project: NVivo, ATLAS.ti, MAXQDA, QualCoder
  llm-batch      requests to a language model, one a line

Scores go to csv, jsonl and parquet. conll, spacy and ptc hold one verdict: gold, or the work of an only annotator.
"""


def register(app: typer.Typer) -> None:
    examples = "framing export dataset --to csv --out tables", "framing export dataset --to qdpx --out dataset.qdpx"
    app.command("export", epilog=epilog(*examples), help=FORMATS)(export)


def export(
    folder: Annotated[Path, typer.Argument(metavar="DATASET|SCORES", help="A dataset folder or a score folder.")],
    to: Annotated[str, typer.Option(metavar="FORMAT", help="One of the formats above.")],
    out: Annotated[Path, typer.Option(help="The folder to write into; for a format of one file also that file's name, with its ending.")],
    replace: Replace = False,
    examples: Annotated[int | None, typer.Option(min=1, help="llm-batch: articles with gold that are shown as examples, and not asked.")] = None,
    model: Annotated[str | None, typer.Option(help="llm-batch: the name by which the server knows the model.")] = None,
    window: Annotated[int | None, typer.Option(min=200, help="llm-batch: characters of a long article in one request. Default: 10000.")] = None,
) -> None:
    """Write a dataset, or scores, for other programs."""
    from exports.formats import export as write
    from exports.tables.folders import collect_material

    files, losses = write(collect_material(folder), to, out, replace=replace, examples=examples, model=model, window=window)
    for line in losses:
        notice(line)
    record({"format": to, "files": files, "out": out})
    result(f"{', '.join(path.name for path in files)} -> {out}" if len(files) <= MOST else f"{len(files)} files -> {out}")
