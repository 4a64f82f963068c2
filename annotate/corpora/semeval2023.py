"""SemEval-2023 Task 3: genre, frames and persuasion techniques of news articles in several languages (Piskorski et al. 2023)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_text
from annotate.corpora.shifts import refuse_shifted
from schemas.codebook import Codebook, Question, Value, load_codebook
from schemas.errors import FramingError

__all__ = ["read"]

GENRE, FRAMES = "genre", "frames"
# Folders are named after countries where languages have other codes.
LANGUAGES = {"en": "en", "fr": "fr", "ge": "de", "it": "it", "po": "pl", "ru": "ru", "es": "es", "gr": "el", "ka": "ka"}
_ARTICLES = re.compile(r"(\w+)-articles-subtask-([123])")
_ARTICLE = re.compile(r"article(\d+)\.txt")
_SPANS = re.compile(r"article(\d+)-labels-subtask-3\.txt")
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass
class Split:
    """One split (train, dev) of a language: articles by number with the subtasks that have them, labels by number. Of a subtask whose labels
    are not there `labelled` has nothing."""

    language: str | None
    name: str
    files: dict[str, Path] = field(default_factory=dict)
    subtasks: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    labelled: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    spans: list[tuple[str, str, int, int]] = field(default_factory=list)

    def name_article(self, number: str) -> str:
        return f"{self.language}-{number}" if self.language else number


def read(path: Path) -> Collection:
    """Articles of all subtasks and languages that are there; genre and frames as gold answers, techniques as gold spans.

    `path` is the unpacked corpus, its `data`, or one language's folder, which has `train-articles-subtask-3/article<ID>.txt` and beside it
    `train-labels-subtask-1.txt` (genre), `-2.txt` (frames) and `train-labels-subtask-3-spans/` or `-spans.txt`. Numbers of articles are
    given their language: `en-81`. An article without labels of any subtask is set aside.
    """
    collection = Collection(_codebook(), path)
    splits = [split for folder in _find_folders(path) for split in _read_folder(folder, collection)]
    if not splits:
        raise FramingError(
            "holds no folder of articles, such as train-articles-subtask-3", path, "Give the corpus as it was unpacked, or one language of it"
        )
    for split in splits:
        _add_split(collection, split)
    return collection


def _find_folders(path: Path) -> list[Path]:
    """The folders that hold folders of articles: one a language."""
    if not path.is_dir():
        raise FramingError("is a file" if path.exists() else "no such folder", path, "Give the folder of the corpus, or of one language")
    near = [path, *sorted(path.glob("*")), *sorted(path.glob("*/*")), *sorted(path.glob("*/*/*"))]
    folders = [place.parent for place in near if place.is_dir() and _ARTICLES.fullmatch(place.name)]
    return [folder for folder in dict.fromkeys(folders) if not folder.name.startswith(".")]


def _read_folder(folder: Path, collection: Collection) -> Iterator[Split]:
    language = folder.resolve().name if folder.resolve().name in LANGUAGES else None
    splits: dict[str, Split] = {}
    for place in sorted(folder.iterdir()):
        if place.is_dir() and (match := _ARTICLES.fullmatch(place.name)):
            split = splits.setdefault(match[1], Split(language, match[1]))
            for file in find_files(place, "article*.txt"):
                if article := _ARTICLE.fullmatch(file.name):
                    split.files.setdefault(article[1], file)
                    split.subtasks[article[1]].add(int(match[2]))
    for split in splits.values():
        _read_answers(folder / f"{split.name}-labels-subtask-1.txt", split, 1, GENRE, collection)
        _read_answers(folder / f"{split.name}-labels-subtask-2.txt", split, 2, FRAMES, collection)
        _read_spans(folder, split, collection)
        yield split


def _rows(file: Path, widths: tuple[int, ...], collection: Collection) -> Iterator[list[str]]:
    """The rows of a file of labels: the article's number first. What is none is set aside."""
    try:
        lines = read_text(file).removeprefix("\ufeff").splitlines()
    except FramingError as error:
        collection.reject("the file cannot be read", file=file.name, why=error.what)
        return
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) in widths and _NUMBER.fullmatch(cells[0]):
            yield cells
        elif line.strip():
            collection.reject("not a row of labels", file=file.name, line=number, content=line[:200])


def _read_answers(file: Path, split: Split, subtask: int, question: str, collection: Collection) -> None:
    if not file.is_file():
        return
    for cells in _rows(file, (1, 2), collection):
        split.labelled[subtask].add(cells[0])
        split.answers += [(cells[0], question, value.strip()) for value in "".join(cells[1:]).split(",") if value.strip()]


def _read_spans(folder: Path, split: Split, collection: Collection) -> None:
    stem = f"{split.name}-labels-subtask-3"
    joined, own = folder / f"{stem}-spans.txt", folder / f"{stem}-spans"
    files = ([joined] if joined.is_file() else []) + (find_files(own, "*.txt") if own.is_dir() else [])
    if not files:
        if (folder / f"{stem}.txt").is_file():
            collection.notices[f"{stem}.txt says which paragraphs have which techniques and not where: left out, files"] += 1
        return
    for file in files:
        owner = _SPANS.fullmatch(file.name)
        # An empty file says that its article has no span; one for all says it of each that it does not name.
        split.labelled[3] |= {owner[1]} if owner else {number for number, subtasks in split.subtasks.items() if 3 in subtasks}
        for cells in _rows(file, (4,), collection):
            if not all(_NUMBER.fullmatch(cell) for cell in cells[2:]):
                collection.reject("the offsets are not whole numbers", file=file.name, content="\t".join(cells)[:200])
            else:
                split.spans.append((cells[0], cells[1], int(cells[2]), int(cells[3])))


def _add_split(collection: Collection, split: Split) -> None:
    texts = _add_articles(collection, split)
    refuse_shifted(collection.where, texts, ((number, start, end) for number, _, start, end in split.spans))
    for number, question, value in split.answers:
        collection.add_answer(split.name_article(number), question, value)
    for number, technique, start, end in split.spans:
        collection.add_span(split.name_article(number), technique, start, end)
    told = {number for number, *_ in split.spans}
    for number in texts:
        if number in split.labelled[3] and number not in told:
            collection.add_reading(split.name_article(number))


def _add_articles(collection: Collection, split: Split) -> dict[str, str]:
    """The texts by number of the articles that could be added."""
    texts: dict[str, str] = {}
    for number, file in split.files.items():
        article_id = split.name_article(number)
        if not any(number in numbers for numbers in split.labelled.values()):
            collection.reject_article(article_id, "its labels are missing: a test set, or half-downloaded?", file=f"{split.name}: {file.name}")
            continue
        try:
            text = read_text(file)
        except FramingError as error:
            collection.reject_article(article_id, "the file cannot be read", file=file.name, why=error.what)
            continue
        title = text.removeprefix("\ufeff").split("\n", 1)[0].strip()
        if collection.add_article(article_id, text, title=title, language=LANGUAGES.get(split.language or "en"), split=split.name):
            texts[number] = text
    return texts


def _codebook() -> Codebook:
    techniques, frames = load_codebook("semeval-2023"), load_codebook("policy-frames")
    kinds = {
        "opinion": "It argues for the author's view.",
        "reporting": "It tells what happened, and leaves the judgement to the reader.",
        "satire": "It mocks by exaggeration, and is not meant to be believed.",
    }
    values = tuple(Value(name=name, definition=definition) for name, definition in kinds.items())
    genre = Question(name=GENRE, prompt="What kind of article is it?", choice="single", values=values)
    questions = (genre, *(question for question in frames.questions if question.name == FRAMES))
    # Hotkeys of labels and answers must differ, and only those of the labels are made for this corpus.
    plain = tuple(
        question.model_copy(update={"values": tuple(value.model_copy(update={"hotkey": None}) for value in question.values)})
        for question in questions
    )
    content = techniques.model_dump() | {"name": "semeval-2023-task-3", "title": "Genre, frames and persuasion techniques (SemEval-2023 Task 3)"}
    return Codebook.model_validate(content | {"questions": [question.model_dump() for question in plain]})
