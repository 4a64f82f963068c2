"""SemEval-2025 Task 10, subtask 1: mentions of people and bodies in news of five languages, and the roles they are given (Piskorski et al. 2025)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_text
from schemas.codebook import load_codebook
from schemas.errors import FramingError
from schemas.text.canonical import canonicalise

__all__ = ["read"]

CODEBOOK, ANNOTATIONS = "semeval-2025", "subtask-1-annotations.txt"
# What the folders of texts are called in training and in test data.
TEXTS = ("raw-documents", "subtask-1-documents")
TOPICS = {"CC": "climate change", "UA": "war in Ukraine", "URW": "war in Ukraine"}
MISPLACED = "the mention does not stand at its offsets, however ends and line ends are counted"
# Cells of a row before the roles; and the least that there are: the article, the mention, its place, the main role.
BEFORE, LEAST = 4, 5
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2}", re.ASCII)


class Mention(NamedTuple):
    """A row of annotations: the name of its article's file, the words, their place, the main role, and those below it."""

    file: str
    words: str
    start: int
    end: int
    role: str
    roles: list[str]


class Count(NamedTuple):
    """A way of counting: characters of a line end, or as many as it has in the file if 0, and whether the last character is the end."""

    line_end: int
    inclusive: bool


# The likeliest first.
COUNTS = [Count(line_end, inclusive) for line_end in (0, 1, 2) for inclusive in (False, True)]


def read(path: Path) -> Collection:
    """Articles with the mentions that were annotated, as gold spans of their main role, and the finer roles as their attributes.

    `path` is the folder of a language, which holds `subtask-1-annotations.txt` and the texts in `raw-documents` or `subtask-1-documents`, or the
    folder that holds such folders. Ends are the last character or the place behind it, and a line end of two characters counts as two or as
    one, as the words that are given tell: each file is read in the way that fits most of its mentions, and single mentions in another where
    only that fits. A mention that fits in no way is set aside, and so is a text about which nothing is said.
    """
    collection = Collection(load_codebook(CODEBOOK), path)
    files = [file for file in find_files(path, "*.txt") if file.name == ANNOTATIONS]
    if not files:
        raise FramingError(f"holds no {ANNOTATIONS}", path, "Give the folder of a language, or the one that holds them; test data has no roles")
    for file in files:
        mentions = list(_read_mentions(file, collection))
        raws = _add_articles(collection, file.parent, {mention.file for mention in mentions})
        counts = _order_counts(mentions, raws)
        for mention in mentions:
            _add_mention(collection, mention, raws, counts)
    return collection


def _read_mentions(file: Path, collection: Collection) -> Iterator[Mention]:
    try:
        lines = read_text(file).removeprefix("\ufeff").split("\n")
    except FramingError as error:
        collection.reject("the file cannot be read", file=str(file), why=error.what)
        return
    for number, line in enumerate(lines, start=1):
        cells = line.removesuffix("\r").split("\t")
        if len(cells) >= LEAST and all(_NUMBER.fullmatch(cell.strip()) for cell in cells[2:BEFORE]):
            roles = [role.strip() for cell in cells[LEAST:] for role in cell.split(",") if role.strip()]
            yield Mention(cells[0].strip(), cells[1], int(cells[2]), int(cells[3]), cells[BEFORE].strip(), roles)
        elif line.strip():
            collection.reject("not a row of annotations", file=f"{file.parent.name}/{file.name}", line=number, content=line[:200])


def _add_articles(collection: Collection, folder: Path, named: set[str]) -> dict[str, str]:
    """The texts, as they are, by file name, of the articles that could be added."""
    raws: dict[str, str] = {}
    files = {file.name: file for name in TEXTS if (folder / name).is_dir() for file in find_files(folder / name, "*.txt")}
    for name, file in sorted(files.items()):
        if name not in named:
            collection.reject_article(file.stem, "nothing is said of it: of another subtask, or half-downloaded?", file=f"{folder.name}/{name}")
            continue
        try:
            raw = read_text(file)
        except FramingError as error:
            collection.reject_article(file.stem, "the file cannot be read", file=f"{folder.name}/{name}", why=error.what)
            continue
        title = raw.removeprefix("\ufeff").lstrip().split("\n", 1)[0].strip()
        parts = re.split(r"[_-]", file.stem)
        language = folder.name if _LANGUAGE.fullmatch(folder.name) else parts[0]
        columns = {"language": language.lower() if _LANGUAGE.fullmatch(language) else None, "topic": TOPICS.get(parts[1] if parts[1:] else "")}
        if collection.add_article(file.stem, raw, title=title, **columns):
            raws[name] = raw
    return raws


def _order_counts(mentions: list[Mention], raws: dict[str, str]) -> list[Count]:
    """All ways of counting, the one that fits most mentions first."""
    fits = Counter(count for mention in mentions if mention.file in raws for count in COUNTS if _fits(mention, raws[mention.file], count))
    return sorted(COUNTS, key=lambda count: -fits[count])


def _count_lines(raw: str, line_end: int) -> str:
    """The text with line ends of so many characters; as it is if that is 0."""
    joined = raw.replace("\r\n", "\n") if line_end else raw
    return joined.replace("\n", "\r\n") if line_end > 1 else joined


def _fits(mention: Mention, raw: str, count: Count) -> bool:
    there = _count_lines(raw, count.line_end)[mention.start : mention.end + count.inclusive]
    return bool(there) and canonicalise(there).text == canonicalise(mention.words).text


def _place(raw: str, offset: int, line_end: int) -> int:
    """Where an offset that counts line ends so is in the text as it is."""
    if not line_end:
        return offset
    joined = offset - _count_lines(raw, 2).count("\r\n", 0, offset) if line_end > 1 else offset
    ends = [match.start() - i for i, match in enumerate(re.finditer("\r\n", raw))]
    return joined + bisect_left(ends, joined)


def _add_mention(collection: Collection, mention: Mention, raws: dict[str, str], counts: list[Count]) -> bool:
    article_id, row = Path(mention.file).stem, mention._asdict()
    if mention.file not in raws:
        return collection.reject("there is no text to this mention: half-downloaded, or set aside?", article_id=article_id, **row)
    raw = raws[mention.file]
    count = next((count for count in counts if _fits(mention, raw, count)), None)
    if count is None:
        return collection.reject(MISPLACED, article_id=article_id, **row)
    start, end = (_place(raw, offset, count.line_end) for offset in (mention.start, mention.end + count.inclusive))
    attributes = [(f"{mention.role.lower()}_role", role) for role in mention.roles]
    if count != COUNTS[0]:
        collection.notices[_describe(count)] += 1
    return collection.add_span(article_id, mention.role, start, end, quote=mention.words, attributes=attributes)


def _describe(count: Count) -> str:
    ends = "whose end is their last character" if count.inclusive else "whose end is the place behind them"
    lines = {0: "", 1: ", and whose offsets count a line end as one character", 2: ", and whose offsets count a line end as two characters"}
    return f"mentions {ends}{lines[count.line_end]}"
