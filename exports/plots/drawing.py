"""How plots look: one style, drawn without a browser or a network, and safe to put into a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from schemas.extras import require_extras

if TYPE_CHECKING:
    import altair

__all__ = [
    "ACCENT",
    "FONT",
    "SVG",
    "chart_of",
    "draw_svg",
    "drawable",
    "foot",
    "in_order",
    "interval_chart",
    "plain_svg",
    "refuse_without_library",
    "roof",
    "shaded_table",
    "shorten",
]

# What journals use; of one width wherever it is drawn and shown.
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
# Okabe and Ito 2008: told apart by everybody. Readable on white and on black.
ACCENT = "#0072B2"
SVG = "http://www.w3.org/2000/svg"
# Controls, halves of pairs, what is no character, and ends of lines.
UNDRAWABLE = ("Cc", "Cs", "Cn", "Zl", "Zp")
GRID, STEP, WIDTH, NAME = "#d0d7de", 26, 235, 44


def refuse_without_library(where: object) -> None:
    """FramingError where plots cannot be drawn."""
    require_extras(["report"], "drawing", where)


def draw_svg(chart: altair.TopLevelMixin) -> str:
    """The chart as SVG, in black on nothing; a page may colour its words and lines by their classes."""
    import vl_convert

    styled = chart.configure(aria=False, background="transparent", font=FONT, padding=4)
    styled = styled.configure_axis(
        grid=True, gridColor=GRID, labelFontSize=13, titleFontSize=13, titleFontWeight="normal", labelPadding=8, ticks=False, domain=False
    )
    styled = styled.configure_view(stroke=None).configure_header(labelFontSize=13, labelFontWeight="bold", title=None)
    styled = styled.configure_legend(labelFontSize=13, title=None, orient="top", symbolStrokeWidth=2)
    return plain_svg(vl_convert.vegalite_to_svg(styled.to_dict()))


def plain_svg(svg: str) -> str:
    """Shapes and words alone: the page says what a plot is, and parts that call themselves graphics without a name help nobody."""
    ET.register_namespace("", SVG)
    root = ET.fromstring(svg)  # noqa: S314 - what we have just drawn
    for node in root.iter():
        for name in [name for name in node.attrib if name == "role" or name.startswith("aria-")]:
            del node.attrib[name]
    return ET.tostring(root, encoding="unicode")


def chart_of(rows: Iterable[Mapping[str, Any]]) -> altair.Chart:
    """A chart of rows that are part of it, each with its `place` in their order."""
    import altair

    values = [{"place": place} | {key: drawable(value) for key, value in row.items()} for place, row in enumerate(rows)]
    return altair.Chart(altair.InlineData(values=values))


def in_order() -> altair.EncodingSortField:
    """Sorts names as the rows come. A list of the names themselves would become program text, which some strings break."""
    import altair

    return altair.EncodingSortField(field="place", op="min", order="ascending")


def interval_chart(rows: Sequence[Mapping[str, Any]], title: str, *, share: bool = False, series: Sequence[str] = ()) -> altair.LayerChart:
    """A line for each row, in their order: `mean` as a point, `low` to `high` as a line, named `name`; of several `series`,
    if there are any, one below the other in colours of their own."""
    import altair

    y = altair.Y("name:N", sort=in_order(), title=None, axis=altair.Axis(labelLimit=0, grid=False))
    scale = altair.Scale(domain=[0, 1] if share else [foot(rows), roof(rows)], nice=not share)
    x = altair.X("mean:Q", title=title, scale=scale, axis=altair.Axis(tickCount=5, format="%") if share else altair.Axis(tickCount=6))
    base = chart_of([{"series": "", **row} for row in rows]).encode(y=y)
    if series:
        colours = altair.Scale(domain=list(series), range=[ACCENT, "#D55E00", "#7a7f85"][: len(series)])
        base = base.encode(color=altair.Color("series:N", scale=colours, sort=list(series)), yOffset=altair.YOffset("series:N", sort=list(series)))
    plain: dict[str, Any] = {} if series else {"color": ACCENT}
    lines = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=2, clip=True, **plain)
        .encode(x=altair.X("low:Q", title=title, scale=scale), x2="high:Q")
    )
    points = base.mark_point(filled=True, size=64, opacity=1, **plain).encode(x=x)
    chart: altair.LayerChart = (lines + points).properties(width=WIDTH, height=altair.Step(STEP if not series else STEP * 0.7))
    return chart


def shaded_table(cells: Sequence[Mapping[str, Any]], form: str = ".1f") -> altair.LayerChart:
    """A cell for each `row` and `column`, in the order in which they come, the darker the higher its `value`, which is written into it."""
    import altair

    base = chart_of(cells).encode(
        y=altair.Y("row:N", sort=in_order(), title=None, axis=altair.Axis(labelLimit=0, grid=False)),
        x=altair.X("column:N", sort=in_order(), title=None, axis=altair.Axis(orient="top", labelAngle=-40, labelLimit=0, grid=False)),
    )
    shades = base.mark_rect(color="#D55E00", stroke=None).encode(
        opacity=altair.Opacity("value:Q", legend=None, scale=altair.Scale(domainMin=0, range=[0, 0.7]))
    )
    figures = base.mark_text(fontSize=12).encode(text=altair.Text("value:Q", format=form))
    chart: altair.LayerChart = (shades + figures).properties(width=altair.Step(50), height=altair.Step(28))
    return chart


def roof(rows: Iterable[Mapping[str, Any]]) -> float:
    """Where an axis of means ends: intervals of few articles may go on beyond it, lest they make all others invisible."""
    known = [row for row in rows if row["mean"] is not None]
    highest = max((row["mean"] for row in known), default=0.0)
    return min(max((row["high"] or row["mean"] for row in known), default=0.0), 2 * highest) or 1.0


def foot(rows: Iterable[Mapping[str, Any]]) -> float:
    """Where such an axis begins: at nothing, or below it where a mean is."""
    below = [(row["mean"], row["low"]) for row in rows if row["mean"] is not None and row["mean"] < 0]
    return min((mean if low is None else max(low, 2 * mean) for mean, low in below), default=0.0)


def shorten(names: Iterable[str]) -> dict[str, str]:
    """Names as a plot has room for them: cut in the middle, underscores as spaces, and still no two the same."""
    short: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = name.replace("_", " ")
        cut = plain if len(plain) <= NAME else f"{plain[: NAME - 13]}…{plain[-12:]}"
        unique = next(candidate for candidate in chain([cut], (f"{cut} ({i})" for i in count(2))) if candidate not in taken)
        taken.add(unique)
        short[name] = unique
    return short


def drawable(value: Any) -> Any:
    """Without the characters that SVG has no place for, and that end the process of the library which draws it."""
    if not isinstance(value, str):
        return value
    return "".join("\ufffd" if unicodedata.category(sign) in UNDRAWABLE else sign for sign in value)
