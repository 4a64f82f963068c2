"""A row in whose quoted cells quotation marks stand that were not doubled."""

from __future__ import annotations

import re

from annotate.ingestion.formats.layout import Dialect

__all__ = ["Unclosed", "split_loosely"]


class Unclosed(Exception):
    """A quoted cell is open at the end: what follows may close it."""


def split_loosely(text: str, dialect: Dialect, widths: frozenset[int]) -> tuple[list[str], int] | None:
    """(cells, marks that were not doubled) of a row of one of `widths`; None if it cannot be read so.

    A cell opens behind a separator and closes before one, or at the end. A mark that opens another cell is none of this one's.
    Raises Unclosed if more lines may make it a row.
    """
    text, open_cell = text.rstrip("\r\n"), None
    for literal_first in (False, True):
        try:
            found = _split(text, dialect, literal_first=literal_first)
        except Unclosed as error:
            open_cell = error
        else:
            if found is not None and len(found[0]) in widths:
                return found
    if open_cell:
        raise open_cell
    return None


def _split(text: str, dialect: Dialect, *, literal_first: bool) -> tuple[list[str], int] | None:
    cells, marks, position = list[str](), 0, 0
    runs = re.compile(f"{dialect.quote}+")
    while True:
        if dialect.skips_spaces:
            position += len(text) - position - len(text[position:].lstrip(" ")) if text.startswith(" ", position) else 0
        plain = text.find(dialect.separator, position)
        plain = len(text) if plain < 0 else plain
        if not text.startswith(dialect.quote, position):
            cells.append(text[position:plain])
            position = plain
        else:
            inner = text[position:plain].count(dialect.quote)
            # "Rotten" he said: the marks belong to the words.
            is_literal = inner % 2 == 0 and not text[position:plain].rstrip().endswith(dialect.quote)
            try:
                closed = None if literal_first and is_literal else _close(text, position + 1, dialect, runs)
            except Unclosed:
                if not is_literal:
                    raise
                closed = None
            if closed is None and not is_literal:
                return None
            cell, position, found = closed or (text[position:plain], plain, inner)
            cells.append(cell)
            marks += found
        if position >= len(text):
            return cells, marks
        position += 1


def _close(text: str, begin: int, dialect: Dialect, runs: re.Pattern[str]) -> tuple[str, int, int] | None:
    """(cell, where it ends, marks in it that were not doubled) of the quoted cell that begins at `begin`; None if another opens in it."""
    marks = 0
    for run in runs.finditer(text, begin):
        start, end = run.span()
        after = end
        while after < len(text) and text[after] == " " and dialect.separator != " ":
            after += 1
        is_end = after >= len(text) or text[after] == dialect.separator
        length = end - start
        # Two marks before a separator are one of the text, unless those of this text are not doubled.
        if is_end and (length % 2 == 1 or marks % 2 == 1):
            marks += 1 - length % 2
            return text[begin : end - 1].replace(dialect.quote * 2, dialect.quote), after, marks
        if start > begin and text[start - 1] == dialect.separator and length % 2 == 1:
            return None
        marks += length % 2
    raise Unclosed
