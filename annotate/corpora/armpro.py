"""ArMPro, paragraphs of Arabic news with spans of persuasion techniques (Hasanain et al. 2024)."""

from __future__ import annotations

from pathlib import Path

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_rows
from annotate.ingestion.source import Row, Unreadable
from schemas.codebook import load_codebook
from schemas.errors import FramingError

__all__ = ["read"]

CODEBOOK = "semeval-2023"
COLUMNS = {"page_domain": "outlet", "page_title": "title", "page_url": "url", "page_date": "published", "page_id": "page_id"}


def read(path: Path) -> Collection:
    """Each paragraph is an article, its spans are gold (consolidated by the corpus' authors); the techniques are those of `semeval-2023`.

    `path` is a file of a paragraph a line (`ArMPro_span_*.jsonl`), or the folder that holds them. A span whose `text` is not the
    text at its offsets is set aside.
    """
    collection = Collection(load_codebook(CODEBOOK), path)
    files = find_files(path, "*.jsonl")
    if not files:
        raise FramingError("holds no .jsonl file", path, "Give the folder with ArMPro's span files, or one of them")
    for file in files:
        for number, row in enumerate(read_rows(file, collection.notices), start=1):
            if isinstance(row, Unreadable):
                collection.reject(row.reason, file=file.name, number=number)
            else:
                _add_paragraph(collection, row, file=file.name, number=number)
    return collection


def _add_paragraph(collection: Collection, row: Row, **where: object) -> bool:
    article_id, labels = row.get("paragraph_id"), row.get("labels")
    if not isinstance(article_id, str) or not isinstance(row.get("paragraph"), str):
        return collection.reject("not a paragraph of ArMPro", **where)
    if article_id in collection:
        return collection.reject("an article of this id is there already", **where, article_id=article_id)
    if not isinstance(labels, list) or not all(isinstance(label, dict) for label in labels):
        return collection.reject("it has no spans: a test set, or another task?", **where, article_id=article_id)
    columns = {name: row.get(key) for key, name in COLUMNS.items()}
    if not collection.add_article(article_id, row["paragraph"], language="ar", **columns):
        return False
    for label in labels:
        collection.add_span(article_id, str(label.get("technique")), label.get("start"), label.get("end"), quote=label.get("text"))
    return bool(labels) or collection.add_reading(article_id)
