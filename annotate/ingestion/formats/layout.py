"""How a table of text is laid out, told from its first lines: what parts its cells, where its header is, what its cells look like."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from annotate.ingestion.record import FileRecord
from schemas.wording import count

__all__ = ["CLASSES", "Dialect", "Layout", "find_layout", "kind_of_cell"]

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", " ": "spaces"}
# What no file has in it: all of a line is one cell.
_NONE = "\x1f"
_R_HEADER = re.compile(r'"[^"]*"( "[^"]*")+\s*')
# A header stands among the first records, its names are no longer than this, and so are cells that look alike.
_FIRST, _LONGEST = 20, 60
# Share of a column's cells that look alike, if it is one of ids, dates or addresses.
_ALIKE = 0.9
# Rows to each of the values of a column that has few, such as outlets; and rows it takes to see that.
_PER_VALUE, _ENOUGH = 5, 20
# Each character to one that stands for its kind.
CLASSES = str.maketrans(dict.fromkeys("0123456789", "9") | {chr(c): "a" for c in range(97, 123)} | {chr(c): "A" for c in range(65, 91)})


@dataclass(frozen=True)
class Dialect:
    """What parts cells, what cells stand in where they hold that, and what escapes this."""

    separator: str = ","
    quote: str = '"'
    escape: str | None = None
    skips_spaces: bool = False

    def options(self) -> dict[str, Any]:
        """The same for csv.reader."""
        spaces = self.skips_spaces
        return {"delimiter": self.separator, "quotechar": self.quote, "escapechar": self.escape, "skipinitialspace": spaces, "strict": True}


@dataclass(frozen=True)
class Layout:
    """`start`: lines before the first row. `names`: the columns. `widths`: how many cells a row may have. `kinds`: for each column, how its cells
    look where they look alike, or which values it has where these are few: by them a row is told from a line inside a text."""

    dialect: Dialect
    start: int
    names: list[str]
    widths: frozenset[int]
    kinds: list[frozenset[str] | None] = field(default_factory=list)


# A record, and the line it begins in.
_Found = tuple[int, list[str]]


def find_layout(lines: Sequence[str], usual: str, record: FileRecord) -> Layout | None:
    """The layout of the table that begins with `lines`; `usual` is the separator that its name says. None without any content."""
    obeyed = re.fullmatch(r'"?sep=(.)"?\s*', lines[0], re.IGNORECASE) if lines else None
    begin = 1 if obeyed else 0
    found = _choose(lines[begin:], [obeyed[1]] if obeyed else dict.fromkeys((usual, ",", ";", "\t", "|")))
    if found is None:
        return None
    dialect, records, first, width = found
    header, rows = records[first][1], [cells for _, cells in records[first + 1 :]]
    names, widths = _name_columns(header, rows, width, record)
    if dialect.separator != usual and not obeyed:
        what = _SEPARATORS.get(dialect.separator)
        record.guess(f"{what} part the cells" if what else "one column: a line is a text")
    if skipped := [number for number in range(records[first][0]) if number or lines[begin]]:
        record.guess(f"what stands before the header was left out ({len(skipped)} line{'s' if len(skipped) > 1 else ''})")
    # Lines the header itself takes.
    after = records[first + 1][0] if first + 1 < len(records) else None
    start = begin + records[first][0] + _count_lines(lines[begin + records[first][0] : None if after is None else begin + after], dialect)
    return Layout(dialect, start, names, widths, _find_kinds([cells for cells in rows if len(cells) in widths]))


def kind_of_cell(cell: str) -> str | None:
    """The kinds of characters of a cell that is a number, a date, an id or an address: "9-" for 2024-01-02. None for words."""
    if not cell:
        return ""
    if len(cell) > _LONGEST * 4 or not any(c.isdigit() for c in cell) or any(c.isspace() for c in cell.strip()):
        return None
    return "".join(sorted(set(cell.translate(CLASSES))))


def _choose(lines: Sequence[str], separators: Iterable[str]) -> tuple[Dialect, list[_Found], int, int] | None:
    """The dialect in which most records have as many cells as the header; its records, which of them is the header, and cells of most."""
    first_line = next((line for line in lines if line.strip()), None)
    if first_line is None:
        return None
    tried = [*separators, *([" "] if _R_HEADER.fullmatch(first_line) else [])]
    best, best_score = None, (0.0, 0.0, 0)
    for dialect in (Dialect(separator) for separator in tried):
        records = list(_parse(lines, dialect))
        if records and (score := _rate(records)) > best_score:
            best, best_score = (dialect, records), score
    if best is None:
        # Nothing parts the header: there is one column, and what is in its cells parts nothing.
        dialect = Dialect(",")
        if any(len(cells) > 1 for _, cells in _parse(lines, dialect)):
            dialect = Dialect(_NONE)
        best = dialect, list(_parse(lines, dialect)) or [(0, [first_line.strip()])]
    dialect, records = _refine(lines, *best)
    width = _usual_width(records)
    return dialect, records, _find_header(records, width), width


def _refine(lines: Sequence[str], dialect: Dialect, records: list[_Found]) -> tuple[Dialect, list[_Found]]:
    """Other signs, where more of the records are whole with them."""
    header = records[_find_header(records, _usual_width(records))][1]
    if len(header) > 1 and all(name.startswith(" ") for name in header[1:]):
        dialect = replace(dialect, skips_spaces=True)
        records = list(_parse(lines, dialect))
    text = "".join(lines)
    others = [replace(dialect, escape="\\")] if '\\"' in text else []
    others += [replace(dialect, quote="'")] if f"{dialect.separator}'" in text else []
    for other in others:
        tried = list(_parse(lines, other))
        if tried and _whole(tried) > _whole(records):
            dialect, records = other, tried
    return dialect, records


def _whole(records: list[_Found]) -> int:
    width = len(records[_find_header(records, _usual_width(records))][1])
    return sum(len(cells) == width for _, cells in records)


def _parse(lines: Sequence[str], dialect: Dialect) -> Iterator[_Found]:
    """The records of the first lines, without blank ones; after one that is damaged it goes on with the next line. A damaged header is parted
    by its separators alone."""
    begin, is_first = 0, True
    while begin < len(lines):
        reader = csv.reader(lines[begin:], **dialect.options())
        here = begin
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield here, cells
                    is_first = False
                here = begin + reader.line_num
        except csv.Error:
            if is_first and lines[here].strip():
                yield here, lines[here].replace(dialect.quote, "").strip("\r\n").split(dialect.separator)
                is_first = False
            begin = here + 1
        else:
            return


def _rate(records: list[_Found]) -> tuple[float, float, int]:
    """How well a dialect fits: whether the header comes first, the share of records that have as many cells as most, how many these are."""
    width = _usual_width(records)
    header = _find_header(records, width)
    if width < 2:
        return 0, 0, 0
    names = len(records[header][1])
    # As many names as cells; fewer by one, as R writes it; or more.
    fits = 4.0 if names == width else 2.0 if names == width - 1 and (names > 1 or width == 2) else 1.0 if names > width else 0.0
    share = sum(len(cells) == width for _, cells in records[header + 1 :]) / max(len(records) - header - 1, 1)
    return fits if header == 0 else fits / 8, round(share, 2), width


def _usual_width(records: list[_Found]) -> int:
    counts = Counter(len(cells) for _, cells in records[1:] or records)
    return max(counts, key=lambda width: (counts[width], width))


def _find_header(records: list[_Found], width: int) -> int:
    """Which record is the header: the first, unless it is much shorter than the rows, and another looks like one."""
    first = records[0][1]
    filled = sum(bool(cell.strip()) for cell in first)
    if 2 * filled >= max(width, len(first)) and len(first) >= width - 1:
        return 0
    later = enumerate(records[1:_FIRST], start=1)
    return next((number for number, (_, cells) in later if len(cells) == width and width > 1 and _looks_like_header(cells)), 0)


def _looks_like_header(cells: list[str]) -> bool:
    names = [cell.strip() for cell in cells[1:]]
    short = all(name and len(name) <= _LONGEST and not name.replace(".", "").isdigit() for name in names)
    return short and len(set(names)) == len(names)


def _name_columns(header: list[str], rows: list[list[str]], width: int, record: FileRecord) -> tuple[list[str], frozenset[int]]:
    """The names of the columns, each once, and how many cells a row may have."""
    names, widths = [" ".join(name.replace('"', "").split()) for name in header], {len(header)}
    usual = [cells for cells in rows if len(cells) == width]
    if usual and len(usual) >= _ALIKE * len(rows):
        if width == len(header) + 1 and not any(cells[-1].strip() for cells in usual):
            widths.add(width)
        elif width == len(header) + 1 and _have_row_names(usual):
            names, widths = ["row_name", *names], {width}
            record.guess("the rows have one cell more than the header: the first is taken as the row's name, as R writes it")
        elif width < len(header):
            widths.add(width)
            record.guess(f"the rows have {count(width, 'cell')}, and the head has {count(len(header), 'column')}: the last are empty")
    if not names[0]:
        names[0] = "index"
        record.guess("the first column has no name: taken as an index, as pandas writes it")
    distinct: list[str] = []
    for number, name in enumerate(names, start=1):
        base = name or f"column_{number}"
        new = next(
            new for new in (base, *(f"{base}_{n}" for n in range(2, len(names) + 2))) if new not in distinct and (new == base or new not in names)
        )
        if name and new != name:
            record.guess(f"two columns are called '{name}': the later one is read as '{new}'")
        distinct.append(new)
    return distinct, frozenset(widths)


def _have_row_names(rows: list[list[str]]) -> bool:
    """Whether the cell too many in each row is its name, and not half of another with a comma in it."""
    halves = any(all(column) for column in zip(*([cell.startswith(" ") for cell in cells] for cells in rows), strict=True))
    return len({cells[0] for cells in rows}) == len(rows) and not halves


def _find_kinds(rows: list[list[str]]) -> list[frozenset[str] | None]:
    columns = list(zip(*rows, strict=False))
    kinds = [_alike([kind for cell in column if (kind := kind_of_cell(cell)) is not None], len(rows)) for column in columns]
    if any(kinds) or len(rows) < _ENOUGH:
        return kinds
    # No ids, dates or addresses: then the few values of a column such as the outlet's.
    values = [frozenset(column) for column in columns]
    return [some if len(some) * _PER_VALUE <= len(rows) and any(some) else None for some in values]


def _alike(kinds: list[str], rows: int) -> frozenset[str] | None:
    return frozenset(kinds) if len(kinds) >= _ALIKE * rows and any(kinds) else None


def _count_lines(lines: Sequence[str], dialect: Dialect) -> int:
    """The lines of the first record."""
    reader = csv.reader(lines, **dialect.options())
    try:
        next(reader, None)
    except csv.Error:
        return 1
    return reader.line_num
