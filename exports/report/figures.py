"""What a report is made of: sections of figures, each a plot with the table behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

__all__ = ["Cell", "Figure", "Row", "Section", "Table", "number", "spread"]

Cell = str | int | float | None
Row = list[Cell]


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first names the row. Numbers are shown as `number` writes them. `shaky` rows, by number, are greyed."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shaky: Collection[int] = ()


@dataclass(frozen=True)
class Figure:
    """A plot, as SVG, and the table behind it; where there is no plot the table is shown by itself. `name` is that of its files, `alt` what
    somebody hears who cannot see it."""

    name: str
    title: str
    alt: str
    svg: str
    table: Table
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the report with a heading: words, then figures."""

    name: str
    title: str
    text: Sequence[str] = ()
    figures: Sequence[Figure] = field(default_factory=list)


def number(value: Cell) -> str:
    """A cell as it is shown: whole numbers with separators, others with two places, one from 10 on."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.1f}"


def spread(low: float | None, high: float | None) -> str:
    """An interval as it is shown."""
    return f"{number(low)} to {number(high)}" if low is not None and high is not None else "–"
