"""Lines of a download: its paragraphs, and the numbers by which a database says how much there is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from annotate.ingestion.source import Row, Unreadable

__all__ = [
    "MISSING",
    "count_listed",
    "count_promised",
    "gather_paragraphs",
    "is_wrapped",
    "make_row",
    "missing_body",
    "missing_end",
    "read_count",
    "split_lines",
    "tell_difference",
    "tell_title",
]

MISSING = "Look for it in the file, or download it again"
# Lines that a database wrapped: the longest of a text is between these.
_NARROW, WIDTH = 50, 100
_TOLD = 120
_UNITS = "words?|wörter|worte|mots?|palabras?|palavras?|parole|woorden|ord|слов|słów|слова"
_COUNT = re.compile(rf"\D{{0,3}}(\d(?:[\d.,\s]*\d)?)\s*(?:{_UNITS})\.?", re.IGNORECASE)
_ITEM = re.compile(r"(\d{1,4})[.)]\s+\S")
_PAGE = re.compile(r"\n?\f\n?")


def split_lines(text: str) -> list[str]:
    """Lines without the blanks around them, whatever ends them. The end of a page ends a line, and no paragraph."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return [line.strip() for line in _PAGE.sub("\n", text).split("\n")]


def read_count(line: str) -> int | None:
    """How many words a line such as "1,612 words" states, if it says nothing else."""
    found = _COUNT.fullmatch(line.strip())
    return int(re.sub(r"\D", "", found[1])) if found else None


def is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines end where their next word would not have had room."""
    width = max(map(len, lines), default=0)
    pairs = [(line, after) for line, after in pairwise(lines) if line and after]
    full = sum(len(line) + 1 + len(after.split(maxsplit=1)[0]) > width for line, after in pairs)
    return _NARROW <= width <= WIDTH and len(pairs) > 1 and full >= 0.9 * len(pairs)


def gather_paragraphs(lines: Sequence[str], *, wrapped: bool | None = None) -> list[str]:
    """The paragraphs: each line is one, or, where they are `wrapped`, all lines up to an empty one. Short lines are taken for wrapped
    if empty ones part them, or if they are as full as can be."""
    if wrapped is None:
        apart = "\n\n" in "\n".join(lines).strip("\n") and max(map(len, lines)) <= WIDTH
        wrapped = apart or is_wrapped(lines)
    if not wrapped:
        return [line for line in lines if line]
    paragraphs, inside = [""], False
    for line in lines:
        if line and inside:
            paragraphs[-1] += " " + line
        elif line:
            paragraphs.append(line)
        inside = bool(line)
    return paragraphs[1:]


def make_row(text: Sequence[str], **columns: str | int | None) -> Row:
    """A row of what a database says of an article; `text` are its paragraphs."""
    return {"text": "\n\n".join(text), **{name: value for name, value in columns.items() if value not in (None, "")}}


def tell_title(title: str | None) -> str:
    """A title as a message names it: short, on one line."""
    title = title or "(without a title)"
    return repr(title if len(title) <= _TOLD else title[: _TOLD - 1] + "…")


def missing_body(title: str | None) -> Unreadable:
    return Unreadable(f"the article {tell_title(title)} has no text in the file", "Download it with its full text")


def missing_end(title: str | None, articles: int = 1) -> list[Unreadable]:
    """For what cannot be told apart: several articles, because the marks between them are gone, or one that is cut off."""
    told = tell_title(title)
    places = [told, *(f"after {told}" for _ in range(articles - 1))]
    return [Unreadable(f"where the article {place} ends cannot be told: its mark is missing", "Download it again") for place in places]


def count_listed(lines: Iterable[str]) -> int:
    """How many titles a numbered list has: 1, 2, 3 and so on, without a gap."""
    count = 0
    for line in lines:
        found = _ITEM.match(line)
        count += bool(found and int(found[1]) == count + 1)
    return count


def count_promised(marks: Iterable[tuple[int, int]]) -> int:
    """How many articles marks such as (3, 10), "3 of 10", promise together. A file may hold several downloads one after the other;
    one that does not begin at 1 is a part, and promises what stands between its first mark and its last."""
    runs: list[list[tuple[int, int]]] = []
    for number, of in marks:
        if not runs or number == 1 or (of != runs[-1][-1][1] and number != runs[-1][-1][0] + 1):
            runs.append([])
        runs[-1].append((number, of))
    promised = 0
    for run in runs:
        numbers = [number for number, _ in run]
        of = Counter(of for _, of in run).most_common(1)[0][0]
        promised += of if numbers[0] == 1 else max(numbers) - min(numbers) + 1
    return promised


def tell_difference(promised: int, found: int) -> Iterator[Unreadable]:
    """Nothing, if all articles are there that the file says it has."""
    if promised > found:
        articles = "1 article" if promised == 1 else f"{promised:,} articles"
        yield Unreadable(f"the file says {articles}, and {found:,} {'was' if found == 1 else 'were'} found", MISSING)
