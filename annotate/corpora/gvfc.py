"""GVFC, headlines on gun violence with their frame, as distributed with OpenFraming (Liu et al. 2019)."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_table
from schemas.codebook import load_codebook
from schemas.errors import FramingError
from schemas.text.canonical import identify

__all__ = ["read"]

CODEBOOK, QUESTION = "gvfc", "frame"
TEXT, FRAME = "Example", "Category"


def read(path: Path) -> Collection:
    """Each headline is an article, and its frame is gold.

    `path` is a csv file with the columns Example and Category, or a folder that holds one such. Frames that differ
    from the codebook's in case, spaces or slashes are matched; others are set aside.
    """
    collection = Collection(load_codebook(CODEBOOK), path)
    question = collection.codebook.question(QUESTION)
    frames = {_normalise(value): value for value in question.value_names} if question else {}
    table = _read(path, collection)
    seen: dict[str, str] = {}
    for number, (text, given) in enumerate(table.iter_rows(), start=2):
        headline, frame = (text or "").strip(), frames.get(_normalise(given or ""))
        article_id = identify(headline)
        if headline and frame is None:
            collection.reject("the codebook has no such frame", row=number, text=headline, frame=given)
        elif article_id in seen and seen[article_id] == frame:
            collection.notices["headlines that were there twice, kept once"] += 1
        elif article_id in seen:
            collection.reject("the headline is there already with another frame", row=number, text=headline, frame=given)
        elif collection.add_article(article_id, headline, language="en") and frame:
            collection.add_answer(article_id, QUESTION, frame)
            seen[article_id] = frame
    return collection


def _read(path: Path, collection: Collection) -> pl.DataFrame:
    """The two columns of the one file that has them."""
    files, tables = find_files(path, "*.csv"), []
    for file in files:
        try:
            table = read_table(file, ",", collection.notices)
        except FramingError as error:
            if len(files) == 1:
                raise
            collection.reject("the file cannot be read", file=file.name, why=error.what)
            continue
        names = {name.strip().lower(): name for name in table.columns}
        if TEXT.lower() in names and FRAME.lower() in names:
            tables.append(table.select(names[TEXT.lower()], names[FRAME.lower()]))
    if len(tables) != 1:
        what = f"holds {len(tables) or 'no'} csv files with the columns {TEXT} and {FRAME}" if path.is_dir() else f"has no columns {TEXT} and {FRAME}"
        raise FramingError(what, path, "Give the csv file of the corpus itself")
    return tables[0]


def _normalise(frame: str) -> str:
    # Where one copy has a slash another has "or" or a space.
    return " ".join(word for word in re.findall(r"\w+", frame.lower()) if word not in ("or", "and"))
