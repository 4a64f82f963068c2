"""PTC, the Propaganda Techniques Corpus in the layout of SemEval-2020 Task 11 (Da San Martino et al. 2019, 2020)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_text
from annotate.corpora.shifts import refuse_shifted
from schemas.codebook import load_codebook
from schemas.errors import FramingError

__all__ = ["read"]

CODEBOOK = "ptc-14"
SPANS, TECHNIQUES = "task1-SI", "task2-TC"
_ARTICLE = re.compile(r"article(\d+)\.txt")
_LABELS = re.compile(r"article(\d+)\.")
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass
class Labels:
    """Rows of one task: article, technique (task 2 only), start, end. `told` are the articles that some row, sound or
    not, is about; `own` those with a label file of their own; `joined` says that one file has the labels of all."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    joined: bool = False


def read(path: Path) -> Collection:
    """Articles, and their technique spans as gold (adjudicated by the corpus' authors).

    `path` is the folder that holds `*-articles/article<ID>.txt` and the label files, one an article
    (`article<ID>.task2-TC.labels`) or all in one (`*task2-TC.labels`). An article whose labels are missing is set aside:
    nobody knows whether it has none or the download stopped.
    """
    collection = Collection(load_codebook(CODEBOOK), path)
    articles = [(match[1], file) for file in find_files(path, "article*.txt") if (match := _ARTICLE.fullmatch(file.name))]
    if not articles:
        raise FramingError("holds no article<ID>.txt", path, "Give the folder that holds the corpus' articles and labels")
    techniques, spans = _read_labels(path, TECHNIQUES, 4, collection), _read_labels(path, SPANS, 3, collection)
    if not techniques.rows:
        raise FramingError(f"holds no labels of {TECHNIQUES}", path, "Give the folder that holds articles and labels of the technique classification")
    texts: dict[str, str] = {}
    for article_id, file in articles:
        if not _is_labelled(article_id, techniques, spans):
            collection.reject_article(article_id, "its labels are missing: half-downloaded?", file=file.name)
        else:
            texts |= _read_article(collection, article_id, file)
    refuse_shifted(path, texts, ((row[0], int(row[-2]), int(row[-1])) for row in techniques.rows))
    for article_id, technique, start, end in techniques.rows:
        collection.add_span(article_id, technique, int(start), int(end))
    for article_id in texts:
        # Whose rows were all set aside has not nothing marked.
        if article_id not in techniques.told:
            collection.add_reading(article_id)
    return collection


def _read_article(collection: Collection, article_id: str, file: Path) -> dict[str, str]:
    """The article's text by its id, if it could be added."""
    try:
        text = read_text(file)
    except FramingError as error:
        collection.reject_article(article_id, "the file cannot be read", file=file.name, why=error.what)
        return {}
    title = text.removeprefix("\ufeff").split("\n", 1)[0].strip()
    return {article_id: text} if collection.add_article(article_id, text, title=title, language="en") else {}


def _read_labels(path: Path, task: str, width: int, collection: Collection) -> Labels:
    labels = Labels()
    seen: set[tuple[str, ...]] = set()
    for file in find_files(path, f"*{task}.labels"):
        try:
            lines = read_text(file).removeprefix("\ufeff").splitlines()
        except FramingError as error:
            collection.reject("the file cannot be read", file=file.name, why=error.what)
            continue
        owner = _LABELS.match(file.name)
        labels.joined = labels.joined or owner is None
        labels.own |= {owner[1]} if owner else set()
        for number, line in enumerate(lines, start=1):
            cells = tuple(cell.strip() for cell in line.split("\t"))
            # The official release has each row twice: in a file of the article and in one of all.
            if not line.strip() or cells in seen:
                continue
            seen.add(cells)
            labels.told |= {cells[0], *([owner[1]] if owner else [])}
            if len(cells) == width and all(_NUMBER.fullmatch(cell) for cell in (cells[0], *cells[-2:])):
                labels.rows.append(cells)
            else:
                collection.reject(f"not a row of {task} labels", file=file.name, line=number, content=line[:200])
    return labels


def _is_labelled(article_id: str, techniques: Labels, spans: Labels) -> bool:
    if article_id in techniques.told:
        return True
    if article_id in spans.told:
        # It has spans, but what they are is not here.
        return False
    # The official release has an empty file of techniques, or none, where an article has no span.
    return techniques.joined or spans.joined or article_id in (spans.own or techniques.own)
