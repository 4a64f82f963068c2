"""The tables of BABE and MBIC as they are distributed: which of them are there, and their columns under one name each."""

from __future__ import annotations

import zipfile
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import polars as pl

from annotate.corpora.files import find_files, read_table
from annotate.ingestion.formats.opening import Package
from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import Source
from schemas.errors import FramingError
from schemas.extras import explain_missing
from schemas.wording import enumerate_some

__all__ = ["FINAL", "RAW", "Labels", "find_labels", "is_labels", "read_labels"]

# What else a column is called: in MBIC's labeled_dataset, in its survey, whose export has label, factual and words, and in its raw votes.
# Of a worker who filled in two surveys the authors count each as an annotator; and nobody's account shall stand in a dataset if it need not.
COLUMNS = {
    "text": ("sentence",),
    "news_link": (),
    "outlet": (),
    "topic": (),
    "type": (),
    "label_bias": ("label",),
    "label_opinion": ("factual",),
    "biased_words": ("biased_words4", "words"),
    "annotator_id": ("survey_record_id", "mturk_id"),
}
FINAL = ("text", "news_link", "outlet", "topic", "label_bias", "biased_words")
RAW = ("text", "label_bias", "annotator_id")
# Names without their ending.
FINALS, RAWS = ("final_labels_*", "labeled_dataset"), ("raw_labels_*", "annotations")
KINDS = (".csv", ".xlsx")
# The votes on MBIC where it stands by itself, and where its file lies among BABE's.
MBIC, MBIC_VOTES = "labeled_dataset", ("annotations", "raw_labels_MBIC")
# Of a line, as far as separators are looked for.
_HEAD = 1 << 16


class Labels(NamedTuple):
    """The files of final labels and of raw votes: one of them at least."""

    final: Path | None
    raw: Path | None


def is_labels(file: Path) -> bool:
    """Whether the file's name is one that tables of BABE or MBIC alone have."""
    return file.suffix in KINDS and _fits(file, *FINALS, RAWS[0])


def find_labels(path: Path, notices: Counter[str]) -> Labels:
    """The largest table of final labels (SG2, else SG1, else MBIC) and the votes on it; where there is none, the raw votes alone.

    A file is what its name says, and else final labels. FramingError if there is nothing.
    """
    files = find_files(path, *(name + kind for name in (*FINALS, *RAWS) for kind in KINDS))
    if not files:
        raise FramingError("holds no final_labels_SG2.csv", path, "Give the folder with BABE's label files, or the file itself")
    # SG2 has the sentences of SG1, which are those of MBIC, and 2,000 more. Of the same table in both kinds, the .csv.
    files.sort(key=_rank)
    best = files[-1]
    if _fits(best, *RAWS):
        labels = Labels(None, best)
        notices["there are votes alone, and no final labels (framing adjudicate makes gold of votes): files missing"] += 1
    else:
        labels = Labels(best, _find_votes(best, notices))
    for file in files:
        if file not in labels:
            notices[f"{file.name} was not read, since {best.name} is there: files"] += 1
    return labels


def _find_votes(final: Path, notices: Counter[str]) -> Path | None:
    stems = MBIC_VOTES if final.stem == MBIC else ("raw_labels_" + final.stem.removeprefix("final_labels_"),)
    names = [stem + kind for stem in stems for kind in reversed(KINDS)]
    found = next((file for name in names if (file := final.with_name(name)).is_file()), None)
    if found is None:
        notices[f"there is no {names[0]} with the votes of the annotators, only gold: files missing"] += 1
    return found


def _fits(file: Path, *names: str) -> bool:
    return any(fnmatchcase(file.stem, name) for name in names)


def _rank(file: Path) -> tuple[bool, bool, str, bool]:
    return not _fits(file, *RAWS), _fits(file, FINALS[0], RAWS[0]), file.stem, file.suffix == KINDS[0]


def read_labels(file: Path, needed: tuple[str, ...], notices: Counter[str]) -> pl.DataFrame:
    """The columns of COLUMNS that the table has, all cells as text. FramingError if it is damaged, or lacks one of those `needed`."""
    table = _read_workbook(file) if file.suffix.lower() == ".xlsx" else read_table(file, _tell_separator(file), notices)
    there: dict[str, str] = {}
    for column in table.columns:
        there.setdefault(column.strip().lower(), column)
    found = {name: next((there[one] for one in (name, *others) if one in there), None) for name, others in COLUMNS.items()}
    missing = [name for name in needed if found[name] is None]
    if missing:
        raise FramingError(
            f"has no column {missing[0]!r} (there are: {enumerate_some(table.columns)})",
            file,
            "Is this a label file of BABE or MBIC? If not, move it away",
        )
    return table.select(pl.col(column).alias(name) for name, column in found.items() if column is not None)


def _tell_separator(file: Path) -> str:
    with file.open("rb") as opened:
        head = opened.readline(_HEAD)
    return max(";,\t", key=lambda mark: head.count(mark.encode()))


def _read_workbook(file: Path) -> pl.DataFrame:
    if zipfile.is_zipfile(file):
        # Looked at for what would fill the memory.
        Package(Source(file, FileRecord(str(file), ".xlsx"))).close()
    try:
        # Every cell as text: a number with a gap above it would become 11.0.
        return pl.read_excel(file, infer_schema_length=0)
    except ImportError as error:
        raise explain_missing("fastexcel", "reading a workbook", file) from error
    except (Exception, pl.exceptions.PanicException) as error:
        raise FramingError(f"is damaged, or is not an Excel workbook ({type(error).__name__})", file, "Download it again, or move it away") from error
