"""SemEval-2021 Task 6, subtask 2: spans of twenty persuasion techniques in the texts of memes (Dimitrov et al. 2021)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_json
from schemas.codebook import load_codebook
from schemas.errors import FramingError

__all__ = ["read"]

CODEBOOK = "semeval-2021"
SUBTASK = "task2"


def read(path: Path) -> Collection:
    """Texts of memes, and their technique spans as gold (adjudicated by the corpus' authors).

    `path` is a file of subtask 2 (a JSON list, though the corpus calls it .txt), or the folder that holds them. A span
    whose `text_fragment` is not the text at its offsets is set aside, and so is a text without labels.
    """
    collection = Collection(load_codebook(CODEBOOK), path)
    found = find_files(path, "*.json", "*.txt")
    # Beside it stand files of the other subtasks, which have no spans, and papers.
    files = [file for file in found if SUBTASK in file.name] or found
    if not files:
        raise FramingError("holds no .json or .txt file", path, "Give the folder with the files of subtask 2, or one of them")
    for file in files:
        _add_file(collection, file, alone=len(files) == 1)
    return collection


def _add_file(collection: Collection, file: Path, *, alone: bool) -> None:
    try:
        memes = read_json(file)
        if not isinstance(memes, list):
            raise FramingError("is not a JSON list", file, "Is this a file of SemEval-2021 Task 6, subtask 2?")
    except FramingError as error:
        if alone:
            raise
        collection.reject("the file cannot be read", file=file.name, why=error.what)
        return
    for number, meme in enumerate(memes, start=1):
        _add_meme(collection, meme, file=file.name, row=number)


def _add_meme(collection: Collection, meme: Any, **where: Any) -> bool:
    if not isinstance(meme, dict) or meme.get("id") in (None, ""):
        return collection.reject("not an object with an id", **where)
    article_id, labels = str(meme["id"]), meme.get("labels")
    if not isinstance(labels, list):
        return collection.reject("it has no labels: a test set?", **where, article_id=article_id)
    if not all(isinstance(label, dict) for label in labels):
        return collection.reject("its labels are no spans: of another subtask?", **where, article_id=article_id)
    if article_id in collection:
        return collection.reject("an article of this id is there already", **where, article_id=article_id)
    if not collection.add_article(article_id, meme.get("text"), language="en"):
        return False
    for label in labels:
        # The corpus' own description calls the fragment text.
        fragment = label.get("text_fragment", label.get("text"))
        collection.add_span(article_id, str(label.get("technique")), label.get("start"), label.get("end"), quote=fragment)
    return bool(labels) or collection.add_reading(article_id)
