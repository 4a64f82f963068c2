"""One file and one line each: a format is a function that writes into a folder and says what it could not hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from exports.formats.brat import write_brat
from exports.formats.cas import write_cas
from exports.formats.conll import write_conll
from exports.formats.csv import write_csv
from exports.formats.doccano import write_doccano
from exports.formats.hf import write_hf
from exports.formats.jsonl import write_jsonl_tables
from exports.formats.labelstudio import write_labelstudio
from exports.formats.llm_batch import write_llm_batch
from exports.formats.material import Material
from exports.formats.parquet import write_parquet
from exports.formats.prodigy import write_prodigy
from exports.formats.ptc import write_ptc
from exports.formats.qdc import write_qdc
from exports.formats.qdpx import write_qdpx
from exports.formats.spacy import write_spacy
from exports.formats.webannotation import write_webannotation
from schemas.coders import TABLE
from schemas.errors import FramingError
from schemas.files import replace_files
from schemas.replacing import refuse_others, say_replaced, tell_kind
from schemas.wording import count, enumerate_some

__all__ = ["FORMATS", "Format", "export"]

# The table of models as coders.
CODERS = Path(TABLE).stem


class Format(NamedTuple):
    """How to write it; whether that makes one file, to which --out may give a name; whether it holds the tables as they are, those of models
    as coders among them; and the options of its own."""

    write: Callable[..., list[str]]
    one_file: bool = False
    whole: bool = False
    options: frozenset[str] = frozenset()


FORMATS: dict[str, Format] = {
    "csv": Format(write_csv, whole=True),
    "jsonl": Format(write_jsonl_tables, whole=True),
    "parquet": Format(write_parquet, whole=True),
    "labelstudio": Format(write_labelstudio, one_file=True),
    "doccano": Format(write_doccano),
    "prodigy": Format(write_prodigy, one_file=True),
    "brat": Format(write_brat),
    "cas": Format(write_cas),
    "conll": Format(write_conll, one_file=True),
    "spacy": Format(write_spacy, one_file=True),
    "ptc": Format(write_ptc),
    "hf": Format(write_hf),
    "webannotation": Format(write_webannotation),
    "qdc": Format(write_qdc, one_file=True),
    "qdpx": Format(write_qdpx, one_file=True),
    "llm-batch": Format(write_llm_batch, one_file=True, options=frozenset({"examples", "model", "window"})),
}


def export(material: Material, to: str, out: Path, *, replace: bool = False, **options: Any) -> tuple[list[Path], list[str]]:
    """Write the files of a format into the folder `out`, all or none; returns the files, and what the format could not hold.

    A format of one file is written to `out` itself if that is a name with an ending, and no folder that is there. What an earlier
    export to the same format left is replaced, and other files of the same names only if `replace` says so. `options` are the format's own;
    those that are None are not given.
    """
    if to not in FORMATS:
        raise FramingError(f"no such format {to!r}", "--to", f"Choose one of: {', '.join(FORMATS)}")
    given = {name: value for name, value in options.items() if value is not None}
    if strange := sorted(given.keys() - FORMATS[to].options):
        takers = [name for name, form in FORMATS.items() if strange[0] in form.options]
        raise FramingError(f"takes no --{strange[0]}", to, f"Leave it out: it is for {' and '.join(takers)}" if takers else "Leave it out")
    named = FORMATS[to].one_file and out.suffix != "" and not out.is_dir()
    folder = out.parent if named else out
    if any((folder / name).exists() for name in ("run.json", "codebook.toml", "rejected.jsonl")):
        raise FramingError("is a dataset or a score folder, whose tables would be replaced", folder, "Choose another --out")
    aside = [f"rows that are not trusted, since their quote is not their article's text, are left out: {material.aside}"] if material.aside else []
    if CODERS in material.tables and not FORMATS[to].whole:
        aside.append(f"rows of models as coders, which only csv, jsonl and parquet hold, are left out: {material.tables[CODERS].height}")
        material = dataclasses.replace(material, tables={name: table for name, table in material.tables.items() if name != CODERS})
    with replace_files(folder) as staging:
        losses = FORMATS[to].write(material, staging, **given)
        if named:
            (written,) = staging.iterdir()
            written.rename(staging / out.name)
        files = sorted(path.relative_to(staging) for path in staging.rglob("*") if path.is_file())
        _refuse_leftovers(folder, files)
        _refuse_others(folder, staging, files, replace=replace)
        said = say_replaced(folder / file for file in files)
    return [folder / file for file in files], aside + losses + said


def _refuse_others(folder: Path, staging: Path, files: list[Path], *, replace: bool) -> None:
    """By the outermost files an earlier export is known; where there are none of them, each file has to be one of it."""
    depth = min(len(file.parts) for file in files)
    outer = [file for file in files if len(file.parts) == depth]
    looked_at = outer if any((folder / file).exists() for file in outer) else files
    refuse_others({folder / file: tell_kind(staging / file) for file in looked_at if (folder / file).exists()}, replace=replace)


def _refuse_leftovers(folder: Path, files: list[Path]) -> None:
    """An article that is no longer in the dataset must not stay among those that are."""
    below = {file.parent for file in files} - {Path()}
    left = sorted(path for inner in below for path in (folder / inner).glob("*") if path.relative_to(folder) not in set(files))
    if left:
        what = f"has {count(len(left), 'file')} of an earlier export, not part of this one: {enumerate_some([path.name for path in left], 1)}"
        raise FramingError(what, left[0].parent, "Remove the folder, or choose another --out")
