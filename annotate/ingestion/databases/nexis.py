"""Downloads of Nexis as it was until 2018: each article stands under its number, "1 of 10 DOCUMENTS", between lines of its facts in capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from annotate.ingestion.databases.lines import (
    WIDTH,
    count_promised,
    gather_paragraphs,
    make_row,
    missing_body,
    missing_end,
    read_count,
    split_lines,
    tell_difference,
)
from annotate.ingestion.databases.vocabulary import COPYRIGHT, FIELDS, read_facts, read_field, split_date
from annotate.ingestion.source import Row, Unreadable

__all__ = ["recognise_nexis", "split_nexis"]

_NUMBER = (
    r"[^\S\n]*(?:FOCUS - )?(?:(\d+) of (\d+) DOCUMENTS?|Dokument (\d+) von (\d+)|Document (\d+) (?:de|sur|van) (\d+)"
    r"|Documento (\d+) (?:de|di) (\d+))[^\S\n]*"
)
_MARK = re.compile(f"^{_NUMBER}$", re.MULTILINE)
_LINE = re.compile(_NUMBER)
_CAPITALS = "|".join(re.escape(name.upper()) for name, role in FIELDS.items() if role in {"length", "loaded", "language", "kind"})
_FACT = re.compile(rf"^[^\S\n]*({_CAPITALS}):[^\S\n]", re.MULTILINE)
_PAGE = re.compile(r"Page \d+")
_ORDER = re.compile(r"(?:(?:Download|Print) Request|Ausgabeauftrag|Druckauftrag|Printopdracht):\D*(\d[\d,;\s-]*)")
_FINISH = re.compile(r"-+ ?End of Request ?-+")
_EDITION = re.compile(r"\b(?:edition|final|ausgabe|édition|edición|editie|edizione)\b", re.IGNORECASE)
_HEAD = {"section", "length", "author", "title", "dateline", "highlight", "body"}
_TAIL = {"loaded", "language", "kind", "code"}
# Paragraphs that the facts before a text take at most, and that captions of pictures take after it.
_BEFORE, _CAPTIONS = 16, 6

# A paragraph as it was printed: its lines.
Group = list[str]


class _Head(NamedTuple):
    """The facts before a text, and where the text begins."""

    front: list[Group]
    facts: dict[str, str]
    end: int


def recognise_nexis(text: str) -> bool:
    roles = [FIELDS[found[1].lower()] for found in _FACT.finditer(text)]
    # An article that was downloaded alone may have no number.
    return bool(roles) and (bool(_MARK.search(text)) or (roles.count("length") == 1 and "loaded" in roles and len(set(roles)) > 2))


def split_nexis(text: str) -> Iterator[Row | Unreadable]:
    blocks: list[list[str]] = [[]]
    marks: list[tuple[int, int]] = []
    for line in split_lines(text):
        if _PAGE.fullmatch(line):
            continue
        if found := _LINE.fullmatch(line):
            number, of = (int(group) for group in found.groups() if group)
            marks.append((number, of))
            blocks.append([])
        else:
            blocks[-1].append(line)
    rows: list[Row | Unreadable] = []
    if not marks:
        yield from _read_block(blocks[0])
        return
    if any(field[0] in {"length", "loaded"} for line in blocks[0] if (field := _read_capitals(line))):
        rows += missing_end("before the first number")
    for block in blocks[1:]:
        rows += _read_block(block)
    ordered = [size for line in blocks[0] if (size := _count_ordered(line))]
    yield from rows
    yield from tell_difference(ordered[0] if ordered else count_promised(marks), len(rows))


def _count_ordered(line: str) -> int:
    """How many articles "Download Request: Selected Items: 1-10, 12" asks for."""
    if not (found := _ORDER.match(line)):
        return 0
    parts = [[int(number) for number in re.findall(r"\d+", part)] for part in re.split("[,;]", found[1])]
    return sum(part[-1] - part[0] + 1 for part in parts if part)


def _read_capitals(line: str) -> tuple[str, str] | None:
    """The role and the value of a fact; names of facts are in capitals here."""
    return read_field(line) if line[: line.find(":")].isupper() else None


def _read_block(lines: list[str]) -> Sequence[Row | Unreadable]:
    """The article under a number; more than one if there were numbers that are missing."""
    for place, line in enumerate(lines):
        if _FINISH.fullmatch(line):
            lines = lines[:place]
            break
    apart = "\n\n" in "\n".join(lines).strip("\n")
    wrapped = apart and all(len(line) <= WIDTH or " " not in line for line in lines)
    groups = _group(lines, wrapped=wrapped)
    head = _read_head(groups)
    outlet, published, edition, title = _read_front(head.front)
    title = head.facts.get("title") or title
    if (articles := sum(_is_length(group[0]) for group in groups)) > 1:
        return missing_end(title, articles)
    tail = _find_tail(groups, head.end)
    body = [line for group in groups[head.end : tail] for line in [*group, ""]]
    paragraphs = gather_paragraphs(body, wrapped=wrapped)
    if not paragraphs:
        return [missing_body(title)]
    facts = dict(filter(None, (_read_capitals(" ".join(group)) for group in groups[tail:]))) | head.facts
    return [make_row(paragraphs, title=title, outlet=outlet, published=published, edition=edition, **read_facts(facts))]


def _is_length(line: str) -> bool:
    field = _read_capitals(line)
    return field is not None and field[0] == "length" and read_count(field[1]) is not None


def _group(lines: list[str], *, wrapped: bool) -> list[Group]:
    """Lines that stand together; a fact stands by itself even where no empty line is before it."""
    groups: list[Group] = []
    fresh = True
    for line in lines:
        if not line:
            fresh = True
            continue
        if fresh or not wrapped or _read_capitals(line):
            groups.append([])
        groups[-1].append(line)
        fresh = False
    return groups


def _read_head(groups: list[Group]) -> _Head:
    facts: dict[str, str] = {}
    end = first = 0
    for place, group in enumerate(groups[:_BEFORE]):
        field = _read_capitals(group[0])
        if field and field[0] in _HEAD:
            first = first if facts else place
            facts.setdefault(field[0], " ".join([field[1], *group[1:]]).strip())
            end = place + 1
            if field[0] == "body":
                # The text may begin on the line of this word.
                if facts["body"]:
                    groups[place] = [field[1], *group[1:]] if field[1] else group[1:]
                    end = place
                break
        elif facts and ("length" in facts or not any(_is_fact(other[0]) for other in groups[place + 1 : place + 3])):
            break
    if not facts:
        first = end = min(3, len(groups))
    return _Head(groups[:first], facts, end)


def _is_fact(line: str) -> bool:
    field = _read_capitals(line)
    return field is not None and field[0] in _HEAD


def _read_front(front: list[Group]) -> tuple[str | None, str | None, str | None, str | None]:
    """Outlet, date, edition and title, which have no names; the date stands before the title, or after it."""
    groups = [kept for group in front if (kept := [line for line in group if not COPYRIGHT.match(line)])]
    outlet: list[str] = []
    edition: list[str] = []
    title: list[str] = []
    published = None
    for place, group in enumerate(groups):
        dated = False
        for line in group:
            date = split_date(line) if published is None else None
            if date and len(date[1]) <= 60:
                published, dated = date[0], True
                edition += [date[1]] if date[1] else []
            elif dated or (published and not title and place < len(groups) - 1 and _names_edition(group)):
                edition.append(line)
            else:
                (title if place else outlet).append(line)
    return " ".join(outlet) or None, published, " ".join(edition).strip(" ;") or None, " ".join(title) or None


def _names_edition(group: Group) -> bool:
    return len(group) == 1 and len(group[0]) <= 60 and bool(_EDITION.search(group[0]))


def _find_tail(groups: list[Group], start: int) -> int:
    """Where the facts after a text begin."""
    fields = [_read_capitals(group[0]) for group in groups]
    for place in range(start, len(groups)):
        field = fields[place]
        if field and field[0] in _TAIL and len(field[1]) <= 60 and (field[0] != "loaded" or re.search(r"\d", field[1])):
            break
    else:
        place = len(groups)
        while place > start and (COPYRIGHT.match(groups[place - 1][0]) or fields[place - 1]):
            place -= 1
    captions = [other for other in range(max(start, place - _CAPTIONS), place) if (field := fields[other]) and field[0] == "graphic"]
    place = captions[0] if captions else place
    while place > start and (field := fields[place - 1]) and field[0] in {"more", "graphic"}:
        place -= 1
    return place
