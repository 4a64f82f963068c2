"""What a report is made of: sections of figures, each a table and, of most, a plot of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from exports.plots.drawing import Sheet, spot
from exports.plots.screens import draw_for_screens

__all__ = [
    "INTERVAL",
    "Cell",
    "Figure",
    "Row",
    "Section",
    "Table",
    "begin",
    "in_context",
    "lead",
    "number",
    "plain",
    "point",
    "rounded",
    "spread",
]

Cell = str | int | float | None
Row = list[Cell]
INTERVAL = "95 % interval"


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first names the row. `shaky` rows, by number, and cells, by row and column, are greyed. Cells of `shaded`
    columns are the darker the larger they are among all of these. `leads`: where cells lead to, by row and column."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shaky: Collection[int | tuple[int, int]] = ()
    shaded: Collection[int] = ()
    leads: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def shown(self, row: int, column: int) -> str:
        """A cell as it is shown. Nothing at all is a plain 0 among shades, which tell more and less apart."""
        value = self.rows[row][column]
        return "0" if column in self.shaded and value == 0 else number(value)

    def shade(self, row: int, column: int) -> int | None:
        """How dark a cell is, in percent; None of one that is not shaded."""
        value = self.rows[row][column]
        if column not in self.shaded or not isinstance(value, int | float):
            return None
        return round(100 * max(value, 0) / self._most) if self._most > 0 else 0

    @cached_property
    def _most(self) -> float:
        """The largest of the shaded cells."""
        return max((cell for cells in self.rows for i, cell in enumerate(cells) if i in self.shaded and isinstance(cell, int | float)), default=0)


@dataclass(frozen=True)
class Figure:
    """A table and, if there is something to draw, a plot of it. `name` is that of its files; `draw` makes the plot on a sheet, `alt` is what somebody
    hears who cannot see it, and `key` what its filled and its hollow points are."""

    name: str
    title: str
    table: Table
    note: str = ""
    draw: Callable[[Sheet], ET.Element] | None = None
    alt: str = ""
    key: tuple[str, str] | None = None

    def plots(self) -> list[str]:
        """As SVG, from the widest to the narrowest; none where there is nothing to draw."""
        return draw_for_screens(self.draw) if self.draw else []


@dataclass(frozen=True)
class Section:
    """A part of the report: what was found, in a sentence, then what has to be known to read its figures, and these. `limits`: what they do not say,
    which is with all others at the end of the report."""

    name: str
    title: str
    figures: Sequence[Figure] = ()
    finding: str = ""
    text: Sequence[str] = ()
    limits: Sequence[str] = ()


def point(
    name: str, mean: float, low: float | None, high: float | None, said: str, leads: str = "", other: float | None = None
) -> dict[str, str | float | None]:
    """A row of a plot, which says its figures to a pointer and leads somewhere; `other` is its hollow point."""
    return {"name": name, "mean": mean, "low": low, "high": high, "other": other, "spot": spot(said, leads)}


def lead(**chosen: str) -> str:
    """Where in the page the articles are of which this holds: `outlet`, `month`, `label`, `target`, `answer` (question:value), `id`."""
    return f"#articles?{urlencode(chosen, quote_via=quote)}"


def in_context(word: str, **chosen: str) -> str:
    """Where in the page the spans with a word stand in their sentences: of an `outlet`, or a `label`."""
    return f"#context?{urlencode({'word': word, **chosen}, quote_via=quote)}"


def number(value: Cell) -> str:
    """A cell as it is shown: whole numbers with separators, others with two places, one from 10 on."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.1f}"


def rounded(value: float) -> str:
    """A number in a sentence: whole from 10 on."""
    return f"{value:,.0f}" if abs(value) >= 9.95 else f"{round(value, 1) + 0:.1f}"


def begin(text: str) -> str:
    """As a sentence begins."""
    return f"{text[:1].upper()}{text[1:]}"


def plain(name: str) -> str:
    """A label or an answer as it is shown."""
    return name.replace("_", " ")


def spread(low: float | None, high: float | None) -> str:
    """An interval as it is shown."""
    return f"{number(low)} to {number(high)}" if low is not None and high is not None else "–"
