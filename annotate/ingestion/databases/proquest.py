"""Downloads of ProQuest: articles between lines of underscores, each of their facts under its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotate.ingestion.databases.lines import (
    count_listed,
    count_promised,
    gather_paragraphs,
    make_row,
    missing_body,
    missing_end,
    read_count,
    split_lines,
    tell_difference,
)
from annotate.ingestion.databases.vocabulary import read_language
from annotate.ingestion.source import Row, Unreadable

__all__ = ["SEPARATOR", "recognise_proquest", "split_proquest"]

SEPARATOR = "_" * 60
_SEPARATOR = re.compile(r"_{30,}")
_NUMBER = re.compile(r"Document (\d+) of (\d+)")
_MARK = re.compile(rf"^[^\S\n]*(?:{_SEPARATOR.pattern}|{_NUMBER.pattern})[^\S\n]*$", re.MULTILINE)
_FULL = "Full text"
_NAMES = (
    r"Author|Publication info|Abstract|Abstract \(summary\)|Links|Full text|Subject|Business indexing term|Location|People|Company / organization"
    r"|Classification|Identifier / keyword|Title|Alternate title|Publication title|First page|Pages|Number of pages|Publication year|Publication date"
    r"|Year|Date|Column|Section|Edition|Publisher|Place of publication|Country of publication|Publication subject|ISSN|e-ISSN|ISBN|CODEN|Source type"
    r"|Language of publication|Document type|Document feature|DOI|ProQuest document ID|Accession number|Document URL|Copyright|Last updated"
    r"|Full text availability|Database|Word count|Volume|Issue|Product name|Source attribution|Source|Credit|Dateline|Illustrations|Supplement"
    r"|Document status"
)
_FIELD = re.compile(rf"({_NAMES.replace(' / ', ' ?/ ?')}): *(.*)", re.IGNORECASE)
_FACT = re.compile(r"^[^\S\n]*(?:Full text|ProQuest document ID|Publication title|Publication info):", re.MULTILINE | re.IGNORECASE)
# With one of these the facts after a text begin, or they stand just before one.
_SURE = {"publication title", "publication year", "publication date", "proquest document id", "publisher", "source type"}
_SUREST = {"publication title", "proquest document id"}
_OWN = _SURE | {_FULL.lower(), "publication info"}
_NONE = re.compile(r"(?:full text )?(?:not|none|un)\s?available\.?.*", re.IGNORECASE)
_DATE = re.compile(r"(\d{1,2} \w+\.? \d{4}|\w+ \d{1,2}, \d{4})(?=\W*(?::|$))")


def recognise_proquest(text: str) -> bool:
    if "ublication" not in text and "ProQuest" not in text:
        return False
    kinds = {found[0].strip().lower() for found in _FACT.finditer(text)}
    return "full text:" in kinds and len(kinds) > (1 if _MARK.search(text) else 2)


def split_proquest(text: str) -> Iterator[Row | Unreadable]:
    lines = split_lines(text)
    blocks: list[list[str]] = [[]]
    marks: list[tuple[int, int]] = []
    before = ""
    for line in lines:
        number = _NUMBER.fullmatch(line)
        # A number begins an article too, unless a line of underscores just did.
        if _SEPARATOR.fullmatch(line) or (number and not _SEPARATOR.fullmatch(before)):
            blocks.append([])
        elif not number:
            blocks[-1].append(line)
        if number:
            marks.append((int(number[1]), int(number[2])))
        before = line or before
    # Forms, lists and greetings have no facts of an article.
    articles = [block for block in blocks if any(_read(line)[0] in _OWN for line in block)]
    ended = [any(_read(line)[0] in _SURE for line in block) for block in articles]
    rows: list[Row | Unreadable] = []
    for block, end in zip(articles, ended, strict=True):
        rows += _read_block(block) if end or not any(ended) else missing_end(_find_title(block))
    listed = count_listed(blocks[0]) if any(line.lower() == "table of contents" for line in blocks[0]) else 0
    yield from rows
    yield from tell_difference(max(count_promised(marks), listed), len(rows))


def _read(line: str) -> tuple[str, str]:
    """The name of a fact in small letters, and its value; the name is empty where there is none."""
    found = _FIELD.fullmatch(line)
    return (re.sub(r" ?/ ?", " / ", found[1].lower()), found[2].strip()) if found else ("", line)


def _read_block(block: Sequence[str]) -> Sequence[Row | Unreadable]:
    """The article between two marks; more than one if there were marks that are missing."""
    names = [_read(line)[0] for line in block]
    text = names.index(_FULL.lower()) if _FULL.lower() in names else None
    end = len(block) if text is None else _find_tail(block, names, text + 1)
    facts: dict[str, str] = {}
    for place, line in enumerate(block):
        if names[place] and (text is None or place < text or place >= end):
            facts.setdefault(names[place], _read(line)[1])
    title = facts.get("title") or _find_title(block)
    if (count := max(names.count("proquest document id"), names.count(_FULL.lower()))) > 1:
        return missing_end(title, count)
    body = [] if text is None else [_read(block[text])[1], *block[text + 1 : end]]
    paragraphs = gather_paragraphs(body)
    if not paragraphs or (len(paragraphs) == 1 and _NONE.fullmatch(paragraphs[0])):
        return [missing_body(title)]
    info = facts.get("publication info", "")
    date = _DATE.search(info)
    outlet = facts.get("publication title") or info
    row = make_row(
        paragraphs,
        title=title,
        outlet=outlet.split(";")[0].strip(),
        author=facts.get("author"),
        published=facts.get("publication date") or (date[1] if date else None),
        url=facts.get("document url"),
        section=facts.get("section"),
        edition=facts.get("edition"),
        length_stated=_read_words(facts.get("word count", "")),
        language=read_language(facts.get("language of publication")),
        database_id=facts.get("proquest document id"),
    )
    return [row]


def _find_title(block: Sequence[str]) -> str | None:
    """What stands before the first fact, without addresses."""
    first = next((place for place, line in enumerate(block) if _read(line)[0]), len(block))
    return " ".join(line for line in block[:first] if line and "://" not in line and line != "ProQuest document link") or None


def _read_words(value: str) -> int | None:
    return int(re.sub(r"\D", "", value)) if re.fullmatch(r"\d[\d,.]*", value) else read_count(value)


def _find_tail(block: Sequence[str], names: Sequence[str], start: int) -> int:
    """Where the facts after a text begin: at a name that only they have, or at one of those before it that stand next to it."""
    # A review may name a publisher: the surest of the names are looked for first.
    sure = next((place for kinds in (_SUREST, _SURE) for place in range(start, len(block)) if names[place] in kinds), None)
    if sure is None:
        return len(block)
    end = sure
    for place in range(sure - 1, start - 1, -1):
        if names[place]:
            end = place
        elif block[place]:
            break
    return end
