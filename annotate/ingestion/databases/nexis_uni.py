"""Downloads of Nexis Uni and its kin: title, outlet, date, facts, "Body", text, facts, "End of Document"; before them a list of what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from annotate.ingestion.databases.lines import (
    gather_paragraphs,
    is_wrapped,
    make_row,
    missing_body,
    missing_end,
    read_count,
    split_lines,
    tell_difference,
)
from annotate.ingestion.databases.vocabulary import BODY, COPYRIGHT, END, GRAPHIC, NOTICE, read_facts, read_field, split_date
from annotate.ingestion.source import Row, Unreadable

__all__ = ["recognise_nexis_uni", "split_nexis_uni"]

_END = re.compile(rf"^[^\S\n]*{END.pattern}[^\S\n]*$", re.MULTILINE | re.IGNORECASE)
_BODY = re.compile(rf"^[^\S\n]*{BODY.pattern}[^\S\n]*$", re.MULTILINE | re.IGNORECASE)
_FACT = re.compile(r"^[^\S\n]*([^\W\d][\w-]*):[^\S\n]+(\S.*)$", re.MULTILINE)
_LIST = re.compile(r"^[^\S\n]*(?:Documents?|Dokumente?|Documentos?|Documenten) \((\d+)\)[^\S\n]*$", re.MULTILINE)
_JOB = re.compile(r"^[^\S\n]*(?:Job Number|Client/Matter|Search Terms|Search Type|Auftragsnummer|Suchbegriffe):", re.MULTILINE)
_ITEM = re.compile(r"(\d+)\.\s+(\S.*)")
# Lines of the list of what was found, and of the frames of pages.
_COVER = re.compile(
    r"(?:User Name|Date and Time|Job Number|Client/Matter|Search Terms|Search Type|Narrowed by|Content Type"
    r"|Nutzername|Datum und Uhrzeit|Auftragsnummer|Kunde/Mandat|Suchbegriffe|Suchtyp|Eingegrenzt durch|Inhaltstyp)\b.*"
    r"|(?:News|Nachrichten)(?:\t.*)?|.*-None-|\d+\.\s+\S.*|(?:Documents?|Dokumente?) \(\d+\)"
)
_FRAME = re.compile(r".*About LexisNexis\b.*Privacy Policy.*|Page (?:\d+ )?of(?: \d+)?|Seite \d+ von \d+|\[?Link to (?:Image|PDF|Original)[\w ]*\]?")
_TAIL = re.compile(r"(?:Classification|Klassifikation|Klassifizierung|Classificação|Clasificación|Classificatie|Notes|Correction)")
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
_HEAD = {"section", "length", "author", "dateline", "highlight", "more"}
_LAST = {"loaded", "language", "kind", "code"}
# Lines between "Length:" and "Body" at most, and lines of a title.
_BETWEEN, _TITLE = 8, 6


class _Article(NamedTuple):
    """The lines of an article: those before its facts, its facts, its text."""

    front: list[str]
    facts: dict[str, str]
    body: list[str]


def recognise_nexis_uni(text: str) -> bool:
    if _JOB.search(text) and _LIST.search(text):
        return True
    if not _END.search(text):
        return False
    fields = [field for found in _FACT.finditer(text) if (field := read_field(found[0].strip()))]
    sized = any(role == "length" and read_count(value) is not None for role, value in fields)
    loaded = any(role == "loaded" and _YEAR.search(value) for role, value in fields)
    return (sized and loaded) or ((sized or loaded) and bool(_BODY.search(text)))


def split_nexis_uni(text: str) -> Iterator[Row | Unreadable]:
    lines = [line for line in split_lines(text) if not _FRAME.fullmatch(line)]
    blocks: list[list[str]] = [[]]
    for line in lines:
        if END.fullmatch(line):
            blocks.append([])
        else:
            blocks[-1].append(line)
    *whole, rest = blocks
    rows = [row for block in whole if any(block) for row in _read_block(block)]
    # What stands behind the last mark is an article that is cut off, or a closing line.
    if any(map(_is_length, rest)) or any(map(BODY.fullmatch, rest)):
        rows += missing_end(_find_title(_skip_list(rest)))
    yield from rows
    listed = [int(match[1]) for line in lines if (match := _LIST.fullmatch(line))]
    yield from tell_difference(sum(listed), len(rows))


def _is_length(line: str) -> bool:
    field = read_field(line)
    return field is not None and field[0] == "length" and read_count(field[1]) is not None


def _read_block(block: Sequence[str]) -> Sequence[Row | Unreadable]:
    """The article before a mark; more than one if there were marks that are missing."""
    lines = _skip_list(block)
    starts = [place for place, line in enumerate(lines) if _is_length(line) and any(map(BODY.fullmatch, lines[place : place + _BETWEEN]))]
    if len(starts) > 1:
        return missing_end(_find_title(lines), len(starts))
    article = _part(lines)
    title, outlet, published, edition = _read_front(article.front)
    paragraphs = gather_paragraphs(article.body, wrapped=is_wrapped(article.body))
    if not paragraphs:
        return [missing_body(title)]
    return [make_row(paragraphs, title=title, outlet=outlet, published=published, edition=edition, **read_facts(article.facts))]


def _skip_list(block: Sequence[str]) -> list[str]:
    """The lines of an article without the list of what was found that may stand before the first."""
    start = next((place for place, line in enumerate(block) if BODY.fullmatch(line) or _is_length(line)), len(block))
    lists = [place for place, line in enumerate(block[:start]) if _LIST.fullmatch(line) or _JOB.match(line)]
    if not lists:
        return list(block)
    titles = [match[2] for line in block[lists[0] : start] if (match := _ITEM.fullmatch(line))]
    # The first article of the list begins with its title; where that is not found, it begins after the last line of the list.
    for place in range(start - 1, lists[0], -1):
        if titles and block[place] and " ".join(filter(None, block[place : place + _TITLE])).startswith(titles[0]):
            return list(block[place:])
    last = max(place for place, line in enumerate(block[:start]) if _COVER.fullmatch(line))
    return list(block[last + 1 :])


def _part(lines: list[str]) -> _Article:
    """An article's lines by what they are."""
    text = next((place for place, line in enumerate(lines) if BODY.fullmatch(line)), None)
    limit = len(lines) if text is None else text
    # A title may look like a fact; at least an outlet stands after it.
    second = ([place for place, line in enumerate(lines) if line] + [0, 0])[1]
    fields = [(place, field) for place, line in enumerate(lines) if place > second and (field := read_field(line))]
    head = [(place, field) for place, field in fields if place < limit and field[0] in _HEAD]
    if text is None and head:
        # Facts follow each other; the text begins after the last of them.
        text = head[0][0]
        for place, _ in head:
            text = place if not any(lines[text + 1 : place]) else text
    end = _find_tail(lines, len(lines) if text is None else text + 1)
    facts = {role: value for place, (role, value) in reversed(fields) if place <= (text or 0) or (place >= end and role in _LAST)}
    first = min([place for place, _ in head if text is None or place <= text] + ([text] if text is not None else []), default=0)
    return _Article(lines[:first], facts, [] if text is None else lines[text + 1 : end])


def _find_tail(lines: list[str], start: int) -> int:
    """Where the text ends that begins at `start`: before the pictures, the classification and the dates of the database."""
    end = len(lines)
    for place in range(len(lines) - 1, start - 1, -1):
        field = read_field(lines[place])
        if _TAIL.fullmatch(lines[place]) or (field and field[0] in _LAST and len(field[1]) <= 80):
            end = place
            if _TAIL.fullmatch(lines[place]):
                break
    graphics = [place for place in range(start, end) if GRAPHIC.fullmatch(lines[place])]
    return graphics[-1] if graphics else end


def _find_title(lines: list[str]) -> str | None:
    return next(filter(None, lines), None)


def _read_front(front: Sequence[str]) -> tuple[str | None, str | None, str | None, str | None]:
    """Title, outlet, date and edition, which have no names: they stand in this order, and a line of rights after them."""
    lines = [line for line in front if line]
    rights = next((place for place, line in enumerate(lines) if place > 1 and COPYRIGHT.match(line)), len(lines))
    dates = [place for place in range(1, rights) if split_date(lines[place]) and _YEAR.search(lines[place])]
    if not dates:
        known = [line for line in lines[:rights] if not NOTICE.search(line)]
        return " ".join(known[:1]) or None, known[1] if len(known) > 1 else None, None, None
    published, edition = split_date(lines[dates[-1]]) or (None, "")
    outlet = lines[dates[-1] - 1] if dates[-1] > 1 else None
    title = lines[: max(1, dates[-1] - 1)]
    edition = " ".join([edition, *lines[dates[-1] + 1 : rights]]).strip()
    return " ".join(title), outlet, published, edition or None
