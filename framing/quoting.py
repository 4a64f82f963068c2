"""From files to a table of quotations: what `framing quotes` calls."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from exports.formats.csv import disarmed, say_disarmed
from framing.memory import trim_memory
from schemas.errors import FramingError
from schemas.files import replace_files
from schemas.text.quotations import VOICES, Voice
from schemas.wording import count

if TYPE_CHECKING:
    from annotate.ingestion.files import Files
    from annotate.ingestion.options import Options

__all__ = ["ENDINGS", "QuotedFiles", "check_place", "quote_files", "say_refused", "write_table"]

ENDINGS = (".csv", ".jsonl", ".parquet")


@dataclass(frozen=True)
class QuotedFiles:
    """How many articles were read and rows refused; how many quotations there are of each voice, and how many with a speaker; how many
    articles have quotation marks without a partner, and how many such marks there are."""

    articles: int
    refused: int
    voices: dict[Voice, int]
    with_speaker: int
    unpaired_articles: int
    unpaired_marks: int
    notices: tuple[str, ...]

    @property
    def quotations(self) -> int:
        return sum(self.voices.values())


def quote_files(
    paths: Sequence[str], out: Path, *, options: Options | None = None, progress: Callable[[int, int], None] = lambda done, total: None
) -> QuotedFiles:
    """Write every quotation of the articles in the files to `out`, as its ending says, whole or not at all; `progress` counts bytes.

    Files are read portion by portion, and what was found in each waits beside `out`: memory does not grow with them.
    """
    from annotate.ingestion.files import find_files
    from annotate.ingestion.options import Options

    if out.suffix.lower() not in ENDINGS:
        raise FramingError("has no ending that says what kind of table it is to be", out, f"Name a file that ends in one of: {', '.join(ENDINGS)}")
    files = find_files(paths)
    check_place(out, files)
    with replace_files(out.parent) as staging:
        parts = staging / "parts"
        parts.mkdir()
        found = _find(files, parts, options or Options(), progress)
        table = pl.scan_parquet(sorted(parts.iterdir()), glob=False)
        losses = write_table(table, staging / out.name)
        shutil.rmtree(parts)
    return replace(found, notices=(*found.notices, *losses))


def check_place(out: Path, files: Files) -> None:
    """FramingError if what is to be written would take the place of one of the files that are read, or of a file that a folder is made of."""
    if any(path.resolve() == out.resolve() for path in files.paths):
        raise FramingError("is one of the files that are to be read", out, "Choose another --out")
    if (out.parent / "run.json").exists() or (out.parent / "codebook.toml").exists():
        raise FramingError("is a dataset or a score folder, whose files have names of their own", out.parent, "Choose another --out")


def _find(files: Files, parts: Path, options: Options, progress: Callable[[int, int], None]) -> QuotedFiles:
    """Write the quotations of each portion of the files as a part."""
    from annotate.ingestion.articles import nothing_found, read_portions
    from classifiers.scoring.archive import LONGEST, PART
    from classifiers.scoring.quotations import tabulate_quotations

    total, reading = sum(path.stat().st_size for path in files.paths), files.start_reading()
    articles = refused = with_speaker = unpaired_articles = unpaired_marks = 0
    voices: dict[Voice, int] = dict.fromkeys(VOICES, 0)
    first = None
    for number, portion in enumerate(read_portions(files, reading, options, characters=PART, longest=LONGEST)):
        quotations, unpaired = tabulate_quotations(portion.articles)
        if quotations.height or not number:
            quotations.write_parquet(parts / f"part-{number:06}.parquet")
        for voice in VOICES:
            voices[voice] += int((quotations["voice"] == voice).sum())
        articles, refused = articles + portion.articles.height, refused + len(portion.rejected)
        with_speaker += quotations["speaker"].count()
        unpaired_articles, unpaired_marks = unpaired_articles + int((unpaired > 0).sum()), unpaired_marks + int(unpaired.sum())
        first = first or next(iter(portion.rejected), None)
        progress(portion.position, total)
        trim_memory()
    if not articles:
        raise nothing_found(files, [first] if first else [])
    said = reading.notices()
    if first is not None:
        said.append(say_refused(refused, first))
    return QuotedFiles(articles, refused, voices, with_speaker, unpaired_articles, unpaired_marks, tuple(said))


def say_refused(refused: int, first: Mapping[str, Any]) -> str:
    """How many rows held no article that could be read, and where the first of them is and why."""
    return f"{count(refused, 'row')} could not be read, the first: {first['row']['where']}: {first['reason']}"


def write_table(table: pl.LazyFrame, path: Path) -> list[str]:
    """Write the table as the ending of its name says, in bounded memory; what the format could not hold."""
    ending = path.suffix.lower()
    if ending == ".parquet":
        table.sink_parquet(path)
    elif ending == ".jsonl":
        table.sink_ndjson(path)
    else:
        table.with_columns(disarmed()).sink_csv(path, include_bom=True)
        return say_disarmed(table, path.name)
    return []
