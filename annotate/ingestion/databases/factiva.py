"""Downloads of Factiva: each article ends with its number, "Document LBA0000020050105e1150001x"; its facts stand in a fixed order, or under codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from annotate.ingestion.databases.factiva_codes import read_coded
from annotate.ingestion.databases.lines import (
    count_listed,
    gather_paragraphs,
    make_row,
    missing_body,
    missing_end,
    read_count,
    split_lines,
    tell_difference,
    tell_title,
)
from annotate.ingestion.databases.vocabulary import NOTICE, read_language, split_date, strip_by
from annotate.ingestion.source import Row, Unreadable

__all__ = ["recognise_factiva", "split_factiva"]

_WORD = r"(?:Document|Dokument|Documento|Documente)[^\S\n]+"
# Under its code any number is believed; alone it is as long as Factiva makes them.
_NUMBER = rf"(?:AN[\s|]+{_WORD}(\w{{6,40}})|{_WORD}(?=(?:[A-Za-z]*\d){{6}})([A-Za-z][A-Za-z0-9]{{9,39}}))[^\S\n|]*\|?[^\S\n]*"
_END = re.compile(_NUMBER)
_MARK = re.compile(f"^[^\\S\\n]*{_NUMBER}$", re.MULTILINE)
# Frames of pages, and what closes a download.
_FRAME = re.compile(r"(?:Page|Seite|Página|Pagina) \d+.*(?:Factiva|Dow Jones).*|©\s?\d{4} (?:Factiva|Dow Jones)\b.*|Page \d+ of \d+", re.IGNORECASE)
_SUMMARY = re.compile(r"(?:Search Summary|Suchübersicht|Zusammenfassung der Suche|Résumé de la recherche|Resumen de búsqueda)", re.IGNORECASE)
# Lines of a list of what was found: "1. Title", "Title ..... 3".
_LISTED = re.compile(
    r"^\d{1,4}[.)]\s+\S|(?:\.{4}|\t)\s*\d+$|^(?:Factiva|Dow Jones|Headlines|Table of Contents|Inhaltsverzeichnis|Table des matières)$", re.IGNORECASE
)
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?(?: [A-Z]{2,4})?", re.IGNORECASE)
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_PAGE = re.compile(r"[A-Z]{0,3}\d{1,4}(?:[-,; ]+[A-Z]{0,3}\d{1,4})*|(?:p|pg|S)\.? ?\d+", re.IGNORECASE)
_SECTION = re.compile(
    r"(?:\S+ ){0,2}(?:news|business|sports?|opinion|world|politics|features?|culture|metro|national|international|technology|editorial|comment"
    r"|finance|money|arts|section|desk|politik|wirtschaft|kultur|meinung|feuilleton|politique|économie|monde|sociedad|política|economía)",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:by|von|par|por|door)\s+\S.*", re.IGNORECASE)
_NAME = r"(?:[A-ZÀ-Þ][\w.'’-]*|de|der|den|di|da|van|von|la|le|and|und|et|y|&|/)"
_PERSON = re.compile(rf"{_NAME}(?:,? {_NAME}){{1,7}}")
# Lines of facts after a date at most.
_FACTS = 12


class _Facts(NamedTuple):
    """What stands between the date of an article and its text, and where the text begins."""

    outlet: str | None
    edition: str | None
    language: str | None
    end: int


def recognise_factiva(text: str) -> bool:
    if not ("ocument" in text or "okument" in text) or not _MARK.search(text):
        return False
    lines = split_lines(text)
    return bool(_find_heads(lines)) or bool(read_coded(lines, None))


def split_factiva(text: str) -> Iterator[Row | Unreadable]:
    block: list[str] = []
    rows: list[Row | Unreadable] = []
    listed: int | None = None
    for line in [line for line in split_lines(text) if not _FRAME.fullmatch(line)]:
        if _SUMMARY.fullmatch(line):
            break
        if not (number := _END.fullmatch(line)):
            block.append(line)
            continue
        if listed is None:
            listed, block = _skip_list(block)
        rows += read_coded(block, number[1] or number[2]) or _read_plain(block, number[1] or number[2])
        block = []
    # An article whose number is missing is cut off.
    if heads := _find_heads(block):
        rows += missing_end(next(filter(None, block), None), len(heads))
    else:
        rows += read_coded(block, None) or []
    yield from rows
    yield from tell_difference(listed or 0, len(rows))


def _skip_list(block: list[str]) -> tuple[int, list[str]]:
    """How many articles the list before the first names, and the lines after it."""
    heads = _find_heads(block)
    until = heads[0] if heads else next((place for place, line in enumerate(block) if line[:2] in {"SE", "HD"}), 0)
    places = [place for place, line in enumerate(block[:until]) if _LISTED.search(line)]
    if not places:
        return 0, block
    return count_listed(block[:until]), block[places[-1] + 1 :]


def _find_heads(block: Sequence[str]) -> list[int]:
    """Where a number of words stands before a date."""
    lines = [(place, line) for place, line in enumerate(block) if line]
    after = [line for _, line in lines[1:]]
    return [place for (place, line), next_line in zip(lines, after, strict=False) if read_count(line) is not None and split_date(next_line)]


def _read_plain(block: Sequence[str], number: str) -> Sequence[Row | Unreadable]:
    """The article before a number; more than one if there were numbers that are missing."""
    heads = _find_heads(block)
    first = next(filter(None, block), None)
    if len(heads) > 1:
        return missing_end(first, len(heads))
    if not heads:
        return [Unreadable(f"the facts of the article {tell_title(first)} cannot be told from its text", "Look at it in the file")]
    section, title, author = _read_front([line for line in block[: heads[0]] if line])
    dated = next(place for place in range(heads[0] + 1, len(block)) if block[place])
    date = split_date(block[dated])
    facts = _read_facts(block, dated + 1)
    paragraphs = gather_paragraphs(block[facts.end :])
    if not paragraphs:
        return [missing_body(title)]
    row = make_row(
        paragraphs,
        title=title,
        outlet=facts.outlet,
        author=strip_by(author),
        published=date[0] if date else None,
        section=section,
        edition=facts.edition,
        length_stated=read_count(block[heads[0]]),
        language=facts.language,
        database_id=number,
    )
    return [row]


def _read_front(lines: list[str]) -> tuple[str | None, str | None, str | None]:
    """Section, title and author, which have no names: the first and the last may be missing, and the title may have several lines."""
    section = author = None
    if len(lines) > 1 and _SECTION.fullmatch(lines[0]):
        section, *lines = lines
    if len(lines) > 1 and _names_author(lines[-1], lines[-2]):
        *lines, author = lines
    if section is None and len(lines) > 1 and len(lines[0]) <= 30 and len(lines[0]) < len(lines[1]):
        section, *lines = lines
    return section, " ".join(lines) or None, author


def _names_author(line: str, before: str) -> bool:
    """Whether the last line before a count of words is an author's, and not part of the title."""
    if _BYLINE.fullmatch(line):
        return True
    words = len(line.split())
    return bool(_PERSON.fullmatch(line)) and (words <= 3 or (words <= 8 and len(line) < len(before)))


def _read_facts(block: Sequence[str], start: int) -> _Facts:
    lines = [(place, line) for place, line in enumerate(block[start:], start) if line][:_FACTS]
    rights = next((order for order, (_, line) in enumerate(lines) if NOTICE.search(line) and len(line) <= 200), None)
    spoken = next((order for order, (_, line) in enumerate(lines) if len(line) <= 30 and read_language(line) != line), None)
    last = rights if rights is not None else spoken
    if last is None:
        last = next((order for order, (_, line) in enumerate(lines) if order and _CODE.fullmatch(line)), 0)
    while last + 1 < len(lines) and NOTICE.search(lines[last + 1][1]) and len(lines[last + 1][1]) <= 100:
        last += 1
    stated = [line for _, line in lines[: last + 1] if not _TIME.fullmatch(line)]
    named = [line for line in stated[1:] if not (NOTICE.search(line) or _CODE.fullmatch(line) or _PAGE.fullmatch(line))]
    spoken_in = lines[spoken][1] if spoken is not None and spoken <= last else None
    edition = next((line for line in named if line != spoken_in), None)
    return _Facts(stated[0] if stated else None, edition, read_language(spoken_in), lines[last][0] + 1 if lines else start)
