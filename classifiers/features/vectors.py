"""Word vectors from outside: what others have learned of the company words keep, from far more text than any user has.

The table that ships is made of GloVe 6B, 50 dimensions (Pennington, Socher and Manning 2014; public domain, PDDL) by `python -m
benchmarks.vectors`: its 80,000 most frequent words, a byte for each dimension. On BABE, which the starter model has never seen, its sentences'
AUROC is .71 without vectors, .75 with 20,000 or 40,000 words, and .76 with 80,000.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from classifiers.features.company import Company, make_company
from schemas.arrays import Floats
from schemas.errors import FramingError
from schemas.files import measure_file
from schemas.parquet import explain_damage, scan_parquet

__all__ = ["ENGLISH", "MOST_WORDS", "english_vectors", "read_vectors"]

ENGLISH = Path(__file__).parents[1] / "vectors" / "english.parquet"
# Files have the most frequent words first; of rarer ones there is little to be learned, and a weight each to be kept.
MOST_WORDS, MOST_DIMENSIONS = 80_000, 1_000
# No number that anybody has learned of a word comes near this, and the square of a larger one might be infinite.
LARGEST = 1e30
# Characters: more than a word and MOST_DIMENSIONS numbers take. What is no text may go on without an end of line.
LONGEST_LINE = 100_000
SHAPES = "Give a .parquet with the columns word and vector, a .npy with the words in a .txt of its name, or text: a word and its numbers a line"


class _Table(NamedTuple):
    words: list[str]
    vectors: Floats


@cache
def english_vectors() -> Company:
    """Those that ship."""
    vectors = read_vectors(ENGLISH)
    return replace(vectors, origin=f"GloVe 6B ({_describe_size(vectors)})")


def read_vectors(path: Path) -> Company:
    """The first MOST_WORDS of a file: .parquet (word, vector), .npy (words x dimensions; the words a line each in a .txt of that name), or
    text as word2vec and GloVe write it (with or without a first line of how many words and dimensions there are).

    FramingError for what is none of these, or has numbers that are missing, too many, or not finite.
    """
    read = {".parquet": _read_parquet, ".npy": _read_array}.get(path.suffix.lower(), _read_text)
    try:
        if not measure_file(path):
            raise ValueError("it is empty")
        table = read(path)
        _check(table)
    except FileNotFoundError as error:
        raise FramingError("no such file of word vectors", path, SHAPES) from error
    except (ValueError, OverflowError, OSError) as error:
        raise FramingError(f"holds no word vectors that can be used: {error}", path, SHAPES) from error
    company = make_company(*table)
    return replace(company, origin=f"{path.name} ({_describe_size(company)}, SHA-256 of these {_digest(table)[:16]})")


def _check(table: _Table) -> None:
    words, vectors = table
    if len(words) != len(vectors):
        raise ValueError(f"there are {len(words):,} words and {len(vectors):,} vectors")
    if strange := np.flatnonzero(~(np.abs(vectors) < LARGEST).all(axis=1)).tolist():
        raise ValueError(f"the vector of {words[strange[0]]!r} (number {strange[0] + 1}) has a number that is missing, not finite or too large")


def _describe_size(company: Company) -> str:
    words, dimensions = company.vectors.shape
    return f"{words:,} words, {dimensions} dimensions"


def _digest(table: _Table) -> str:
    """Of what is used, which may be the beginning of a file, or two files."""
    return sha256("\n".join(table.words).encode() + table.vectors.astype("<f4").tobytes()).hexdigest()


def _read_parquet(path: Path) -> _Table:
    rows = scan_parquet(path)
    with explain_damage(path):
        kinds = rows.collect_schema()
    kind = kinds.get("vector")
    if kinds.get("word") != pl.String or not isinstance(kind, pl.Array | pl.List) or kind.inner is None or not kind.inner.is_numeric():
        raise ValueError(f"its columns are {', '.join(f'{name} ({kinds[name]})' for name in kinds)}")
    with explain_damage(path):
        table = rows.select("word", pl.col("vector").cast(pl.List(pl.Float64))).head(MOST_WORDS).collect()
    if table.null_count().sum_horizontal()[0]:
        raise ValueError("a word or a vector is missing")
    lengths = table["vector"].list.len().unique().sort().to_list()
    if len(lengths) > 1:
        raise ValueError(f"it has vectors of {lengths[0]} and of {lengths[-1]} numbers")
    _refuse_size(table.height, lengths[0] if lengths else 0)
    return _Table(table["word"].to_list(), table["vector"].explode().to_numpy().reshape(table.height, -1))


def _read_array(path: Path) -> _Table:
    # Nothing is read but the rows that are used, and no pickle is opened.
    vectors, listed = np.lib.format.open_memmap(path, mode="r"), path.with_suffix(".txt")  # type: ignore[no-untyped-call]
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu":
        raise ValueError(f"it is an array of {vectors.dtype} with {vectors.ndim} dimensions, not one of numbers with two")
    _refuse_size(*vectors.shape)
    if not listed.is_file():
        raise ValueError(f"the list of its words, {listed.name}, is not beside it")
    with listed.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        words = [line.rstrip("\r\n") for line in islice(lines, MOST_WORDS)]
        number = len(words) + sum(1 for _ in lines)
    if number != len(vectors):
        raise ValueError(f"there are {number:,} words in {listed.name} and {len(vectors):,} vectors")
    return _Table(words, np.array(vectors[:MOST_WORDS], dtype=float))


def _read_text(path: Path) -> _Table:
    words: list[str] = []
    rows: list[Floats] = []
    promised = 0
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), start=1):
            parts = line.rstrip().split(" ")
            if number == 1 and len(parts) == 2 and all(part.isdecimal() for part in parts):
                promised = int(parts[0])
                continue
            if len(rows) == MOST_WORDS:
                break
            size = len(rows[0]) if rows else _refuse_size(1, len(parts) - 1)
            # A "word" may have spaces: in GloVe's of the web some are rows of dots.
            if len(parts) <= size or (len(parts) > size + 1 and _is_number(parts[-size - 1])):
                raise ValueError(f"line {number:,} has {len(parts) - 1} numbers, and the first has {size}")
            try:
                rows.append(np.array(parts[-size:], dtype=float))
            except ValueError:
                strange = next(part for part in parts[-size:] if not _is_number(part))
                raise ValueError(f"line {number:,} has {strange[:30]!r} where a number should be") from None
            words.append(" ".join(parts[:-size]))
    if len(rows) < min(promised, MOST_WORDS):
        raise ValueError(f"its first line says that there are {promised:,} words, and there are {len(rows):,}")
    return _Table(words, np.array(rows))


def _refuse_size(words: int, dimensions: int) -> int:
    if not words or not 0 < dimensions <= MOST_DIMENSIONS:
        raise ValueError(f"there are {words:,} words with {dimensions:,} numbers each")
    return dimensions


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
