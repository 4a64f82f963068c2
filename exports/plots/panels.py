"""Charts of figures, on paper and on screens: panels side by side and one below the other, whose words are wrapped and never cut."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from exports.plots.drawing import (
    ACCENT,
    Sheet,
    Spec,
    chart_of,
    draw_alone,
    draw_fitting,
    drawable,
    foot,
    in_order,
    place_side_by_side,
    roof,
    spec_of,
)

if TYPE_CHECKING:
    import altair

__all__ = ["Panels", "draw_bars", "draw_curves", "draw_intervals", "draw_months", "fit_page", "is_clipped", "wrap"]

# Panels by name, in their order, each with its rows; one without a name stands alone.
Rows = Sequence[Mapping[str, Any]]
Panels = Mapping[str, Rows]
# Draws a panel: its rows, how wide it is, whether it is the first of its line, and the title of its axis.
Draw = Callable[[Rows, float, bool, list[str] | None], "altair.LayerChart"]
# Units that a sign is wide on average, and that lines are apart; how much of the width names may take.
SIGN, BOLD, LINE, NAMES = 3.7, 4.2, 8.5, 0.42
MOST_LINES = 12
# How tall a figure may be in units: a page of most journals, less a caption.
PAGE = 640.0
# Okabe and Ito 2008: told apart by everybody; the dashes also tell them apart in print.
COLOURS, DASHES = ("#0072B2", "#D55E00", "#009E73"), ([1, 0], [6, 3], [2, 2])
KEY = "next articles chosen"
# Ends a line of a name: no sign of any script. A name is told from others of the same words by its place, which is not shown.
END = "\ue000"
HALF_MONTH = timedelta(days=15)
SPLIT = f"split(slice(datum.label, indexof(datum.label, '|') + 1), '{END}')"


def draw_intervals(
    panels: Panels, title: str, sheet: Sheet, *, share: bool = False, differences: bool = False, limits: Sequence[float] = ()
) -> ET.Element:
    """A panel for each name: of each row `name` a point at `mean`, a line from `low` to `high` and, if it has any, a hollow point at `other`. Rows
    have the same names in all panels, unless they are `differences`, around a line at nothing; other lines stand at `limits`. What a row says to a
    pointer is its `spot`, here and in the other charts."""
    import altair

    ends = (min(foot(rows) for rows in panels.values()), max([*map(roof, panels.values()), *limits]))
    scale = altair.Scale(domain=ends, nice=True)
    columns = _columns(panels, sheet)
    named = _name_rows(panels, sheet, columns if differences else 1)
    lines_at = (0.0,) if differences else limits

    def draw(rows: Rows, across: float, first: bool, heading: list[str] | None) -> altair.LayerChart:  # noqa: FBT001
        ticks = altair.Axis(tickCount=max(2, int(across / 35)), labelFlush=True, labelOverlap="greedy", format="%" if share else altair.Undefined)
        base = chart_of(rows).encode(y=_names(shown=first or differences))
        lines = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=0.9, clip=True, color=ACCENT)
        points = base.transform_filter("isValid(datum.mean)").mark_point(filled=True, size=16, opacity=1, color=ACCENT)
        low, mean = (altair.X(f"{end}:Q", title=heading, scale=scale, axis=ticks) for end in ("low", "mean"))
        others = base.transform_filter("isValid(datum.other)").mark_point(size=16, opacity=1, strokeWidth=0.9, color=ACCENT)
        marks: list[Any] = [lines.encode(x=low, x2=altair.X2("high:Q")), others.encode(x=altair.X("other:Q")), points.encode(x=mean)]
        if lines_at:
            rules = altair.Chart(altair.InlineData(values=[{"at": at} for at in lines_at])).encode(x=altair.X("at:Q"))
            marks.insert(0, rules.mark_rule(strokeWidth=0.7, color="#888888", strokeDash=[1, 0] if differences else [3, 2]))
        marks += _spots(base, rows, x=altair.value(0), x2=altair.value("width"))
        return altair.LayerChart(layer=marks, width=across, height=altair.Step(_step(rows)))

    return _arrange(named, title, sheet, columns, draw)


def draw_bars(panels: Panels, title: str, sheet: Sheet) -> ET.Element:
    """A panel for each name: of each row `name` a bar as long as `mean`, each panel on a scale of its own."""
    import altair

    columns = _columns(panels, sheet)

    def draw(rows: Rows, across: float, first: bool, heading: list[str] | None) -> altair.LayerChart:  # noqa: FBT001
        base = chart_of(rows).encode(y=_names(shown=True))
        bars = base.mark_bar(color=ACCENT, height=6).encode(x=altair.X("mean:Q", title=heading, axis=altair.Axis(tickCount=2, labelFlush=True)))
        spots = _spots(base, rows, x=altair.value(0), x2=altair.value("width"))
        return altair.LayerChart(layer=[bars, *spots], width=across, height=altair.Step(_step(rows)))

    return _arrange(_name_rows(panels, sheet, columns), title, sheet, columns, draw)


def draw_months(panels: Panels, title: str, sheet: Sheet, *, share: bool = False) -> ET.Element:
    """A panel for each name: over months (`name`, YYYY-MM) a line of `mean`, broken where a month is missing, with a line from `low` to `high`."""
    import altair

    scale, tall = altair.Scale(domain=[0, max(roof(rows) for rows in panels.values())], nice=True), 60 if len(panels) > 1 else 110
    filled = {name: _fill_months(rows) for name, rows in panels.items()}
    days = [row["name"] for row in _fill_months([row for rows in panels.values() for row in rows])]
    ends = altair.Scale(type="utc", domain=[days[0], days[-1]], padding=4)

    def draw(rows: Rows, across: float, first: bool, heading: list[str] | None) -> altair.LayerChart:  # noqa: FBT001
        ticks = altair.Axis(
            format="%b %Y", values=_spread(days, across / 45), labelOverlap="greedy", labelSeparation=4, labelFlush=True, grid=False, domain=True
        )
        said = _lines(title, tall / SIGN) if first else None
        low, mean = (
            altair.Y(f"{end}:Q", title=said, scale=scale, axis=altair.Axis(tickCount=4, format="%" if share else altair.Undefined, labels=first))
            for end in ("low", "mean")
        )
        base = chart_of(rows).encode(x=altair.X("name:T", title=None, scale=ends, axis=ticks))
        bars = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=0.7, clip=True, opacity=0.7, color=ACCENT)
        line = base.mark_line(strokeWidth=0.9, color=ACCENT)
        points = base.transform_filter("isValid(datum.mean)").mark_point(filled=True, size=10, opacity=1, color=ACCENT)
        marks = (bars.encode(y=low, y2=altair.Y2("high:Q")), line.encode(y=mean), points.encode(y=mean))
        begin = altair.X("from:T", title=None, scale=ends, axis=ticks)
        spots = _spots(base, rows, clip=True, x=begin, x2=altair.X2("to:T"), y=altair.value(0), y2=altair.value(tall))
        return altair.LayerChart(layer=[*marks, *spots], width=across, height=tall)

    return _arrange(filled, None, sheet, _columns(panels, sheet), draw)


def draw_curves(panels: Panels, sheet: Sheet) -> ET.Element:
    """A panel for each measure: `value` against annotated `articles`, a line for each `selection`, a band from `low` to `high`."""
    import altair

    names = list(dict.fromkeys(drawable(row["selection"]) for rows in panels.values() for row in rows))
    sizes = sorted({row["articles"] for rows in panels.values() for row in rows})
    colours = altair.Color("selection:N", title=KEY, sort=names, scale=altair.Scale(domain=names, range=list(COLOURS)))
    dashes = altair.StrokeDash("selection:N", title=KEY, sort=names, scale=altair.Scale(domain=names, range=list(DASHES)))

    def draw(rows: Rows, across: float, first: bool, heading: list[str] | None) -> altair.LayerChart:  # noqa: FBT001
        # From the last one back: all there is is what matters most.
        ticks = altair.Axis(values=_spread(sizes[::-1], across / 25), labelFlush=True)
        x = altair.X("articles:Q", title=heading, scale=altair.Scale(type="log", nice=False), axis=ticks)
        low, value = (altair.Y(f"{end}:Q", title=None, scale=altair.Scale(zero=False), axis=altair.Axis(tickCount=4)) for end in ("low", "value"))
        base = chart_of(rows).encode(x=x, color=colours)
        lines = base.mark_line(strokeWidth=0.9, point=altair.OverlayMarkDef(size=10)).encode(y=value, strokeDash=dashes)
        bands = base.mark_area(opacity=0.12).encode(y=low, y2=altair.Y2("high:Q"))
        return altair.LayerChart(layer=[bands, lines], width=across, height=80)

    return _arrange(panels, "annotated articles", sheet, _columns(panels, sheet), draw)


def fit_page(panels: Panels, sheet: Sheet, most: int) -> Panels:
    """The first panels of intervals, at most so many, that a page has room for."""
    height = max(LINE * 2.2 * len(rows) for rows in panels.values()) + 4 * LINE
    return dict(list(panels.items())[: min(most, _columns(panels, sheet) * max(1, int(PAGE / height)))])


def is_clipped(panels: Panels) -> bool:
    """Whether some interval goes on beyond the axis of `draw_intervals` and `draw_months`."""
    top = max(roof(rows) for rows in panels.values())
    return any(row["high"] is not None and row["high"] > top for rows in panels.values() for row in rows)


def wrap(name: str, signs: float) -> list[str]:
    """A name in lines of at most so many signs, of which wide ones count twice; words that are longer are broken, and nothing is left out."""
    plain = drawable(name).replace(END, " ")
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in plain) * 2 > len(plain)
    return textwrap.wrap(plain, max(6, int(signs / (2 if wide else 1))), break_on_hyphens=False) or [" "]


def _lines(title: str | None, signs: float) -> list[str] | None:
    return wrap(title, signs) if title else None


def _spread(values: Sequence[Any], room: float) -> list[Any]:
    """The first of the values, and as many others as there is room for, evenly spread."""
    return list(values[:: max(1, -(-len(values) // max(2, int(room))))])


def _columns(panels: Panels, sheet: Sheet) -> int:
    """How many panels stand side by side."""
    return min(len(panels), 4 if sheet.across > 450 else 2 if sheet.across > 200 else 1)


def _spots(base: altair.Chart, rows: Rows, *, clip: bool = False, **place: Any) -> list[altair.Chart]:
    """Over all other marks of rows that say something what can be pointed at: more than a point, which is hard to hit."""
    import altair

    if not any(row.get("spot") for row in rows):
        return []
    return [base.transform_filter("isValid(datum.spot)").mark_rect(opacity=0, clip=clip).encode(description=altair.Description("spot:N"), **place)]


def _name_rows(panels: Panels, sheet: Sheet, parts: int) -> Panels:
    """With names in lines, for as many names side by side."""
    signs = NAMES * sheet.across / parts / SIGN
    return {
        panel: [{**row, "name": f"{place}|" + END.join(wrap(row["name"], signs))} for place, row in enumerate(rows)] for panel, rows in panels.items()
    }


def _names(*, shown: bool) -> altair.Y:
    import altair

    # Lines begin where a single one would stand: half of the others' height brings their middle there.
    tests = [{"test": f"length(split(datum.value, '{END}')) == {lines}", "value": -(lines - 1) * (LINE - 1) / 2} for lines in range(2, MOST_LINES)]
    middle: Any = {"condition": tests, "value": 0}
    axis = altair.Axis(grid=False, labelExpr=SPLIT, labels=shown, labelLineHeight=LINE - 1, labelOffset=middle)
    return altair.Y("name:N", sort=in_order(), title=None, axis=axis)


def _step(rows: Rows) -> float:
    """How far rows are apart, of which the longest name has so many lines."""
    lines: list[int] = [1 + str(row["name"]).count(END) for row in rows]
    return LINE * max(lines) + 2.5


def _fill_months(rows: Rows) -> list[Mapping[str, Any]]:
    """With a row for each month that is missing between two, lest a line bridges it; each as a day."""
    known = {row["name"]: row for row in rows}
    numbers = [int(name[:4]) * 12 + int(name[5:7]) - 1 for name in known]
    rows = []
    for number in range(min(numbers), max(numbers) + 1):
        first = date(number // 12, number % 12 + 1, 1)
        around = {"from": str(first - HALF_MONTH), "to": str(first + HALF_MONTH)}
        rows.append({**known.get(f"{first:%Y-%m}", {"mean": None, "low": None, "high": None}), **around, "name": str(first)})
    return rows


def _arrange(panels: Panels, title: str | None, sheet: Sheet, columns: int, draw: Draw) -> ET.Element:
    """The panels in lines of `columns`, under the title of their axis where there is one panel, else over the one that they share."""
    below = {"orient": "bottom", "anchor": "middle", "fontWeight": "normal", "lineHeight": LINE}

    def panel(place: int, across: float, heading: list[str] | None) -> Spec:
        name, rows = list(panels.items())[place]
        over = {"text": wrap(name, across / BOLD), "anchor": "start", "frame": "group", "lineHeight": LINE}
        return spec_of(draw(rows, across, place % columns == 0, heading), over if name else None)

    def join(across: float) -> Spec:
        shared = {"text": wrap(title, sheet.across / SIGN), **below} if title else None
        return place_side_by_side([panel(place, across, None) for place in range(len(panels))], columns, shared)

    if len(panels) == 1:
        return draw_alone(panel(0, sheet.across * (1 - NAMES), _lines(title, sheet.across * 0.55 / SIGN)), sheet)
    return draw_fitting(join, sheet, columns)
