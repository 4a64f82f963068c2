"""Charts of a paper's figures: panels side by side and one below the other, whose words are wrapped and never cut."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exports.plots.drawing import ACCENT, chart_of, drawable, foot, in_order, roof
from exports.plots.paper import fit_svg, refuse_unknown_width

if TYPE_CHECKING:
    import altair

__all__ = ["Panels", "draw_bars", "draw_curves", "draw_intervals", "draw_months", "fit_page", "is_clipped", "wrap"]

# Panels by name, in their order, each with its rows; one without a name stands alone.
Rows = Sequence[Mapping[str, Any]]
Panels = Mapping[str, Rows]
# Draws a panel: its rows, how wide it is, whether it is the first of its line, and the title of its axis.
Draw = Callable[[Rows, float, bool, list[str] | None], "altair.LayerChart | altair.Chart"]
# Points that a sign is wide on average, and that lines are apart; how much of the width names may take; panels beside each other.
SIGN, BOLD, LINE, NAMES = 3.7, 4.2, 8.5, 0.42
NARROW, ABREAST, MOST_LINES = 150.0, 4, 12
# How tall a figure may be in points: a page of most journals, less a caption.
PAGE = 640.0
# Okabe and Ito 2008: told apart by everybody; the dashes also tell them apart in print.
COLOURS, DASHES = ("#0072B2", "#D55E00", "#009E73"), ([1, 0], [6, 3], [2, 2])
KEY = "next articles chosen"
# Ends a line of a name: no sign of any script. A name is told from others of the same words by its place, which is not shown.
END = "\ue000"
SPLIT = f"split(slice(datum.label, indexof(datum.label, '|') + 1), '{END}')"


def draw_intervals(panels: Panels, title: str, width: str, *, share: bool = False, differences: bool = False) -> str:
    """A panel for each name: of each row `name` a point at `mean` and a line from `low` to `high`. Rows have the same names in all panels, unless
    they are `differences`, around a line at nothing."""
    import altair

    ends = (min(foot(rows) for rows in panels.values()), max(roof(rows) for rows in panels.values()))
    scale = altair.Scale(domain=ends, nice=True)
    columns = _columns(panels, width)
    named = _name_rows(panels, width, columns if differences else 1)

    def draw(rows: Rows, across: float, first: bool, heading: list[str] | None) -> altair.LayerChart:  # noqa: FBT001
        ticks = altair.Axis(tickCount=max(2, int(across / 35)), labelFlush=True, labelOverlap="greedy", format="%" if share else altair.Undefined)
        base = chart_of(rows).encode(y=_names(shown=first or differences))
        lines = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=0.9, clip=True, color=ACCENT)
        points = base.transform_filter("isValid(datum.mean)").mark_point(filled=True, size=16, opacity=1, color=ACCENT)
        low, mean = (altair.X(f"{end}:Q", title=heading, scale=scale, axis=ticks) for end in ("low", "mean"))
        layers = lines.encode(x=low, x2="high:Q") + points.encode(x=mean)
        if differences:
            layers = altair.Chart(altair.InlineData(values=[{}])).mark_rule(strokeWidth=0.7, color="#888888").encode(x=altair.datum(0)) + layers
        chart: altair.LayerChart = layers.properties(width=across, height=altair.Step(_step(rows)))
        return chart

    return _arrange(named, title, width, columns, draw)


def draw_bars(panels: Panels, title: str, width: str) -> str:
    """A panel for each name: of each row `name` a bar as long as `mean`, each panel on a scale of its own."""
    import altair

    columns = _columns(panels, width)

    def draw(rows: Rows, across: float, first: bool, heading: list[str] | None) -> altair.Chart:  # noqa: FBT001
        x = altair.X("mean:Q", title=heading, axis=altair.Axis(tickCount=2, labelFlush=True))
        bars = chart_of(rows).encode(y=_names(shown=True), x=x).mark_bar(color=ACCENT, height=6)
        chart: altair.Chart = bars.properties(width=across, height=altair.Step(_step(rows)))
        return chart

    return _arrange(_name_rows(panels, width, columns), title, width, columns, draw)


def draw_months(panels: Panels, title: str, width: str, *, share: bool = False) -> str:
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
        chart: altair.LayerChart = (bars.encode(y=low, y2="high:Q") + line.encode(y=mean) + points.encode(y=mean)).properties(
            width=across, height=tall
        )
        return chart

    return _arrange(filled, None, width, _columns(panels, width), draw)


def draw_curves(panels: Panels, width: str) -> str:
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
        chart: altair.LayerChart = (base.mark_area(opacity=0.12).encode(y=low, y2="high:Q") + lines).properties(width=across, height=80)
        return chart

    return _arrange(panels, "annotated articles", width, _columns(panels, width), draw)


def fit_page(panels: Panels, width: str, most: int) -> Panels:
    """The first panels of intervals, at most so many, that a page has room for."""
    height = max(LINE * 2.2 * len(rows) for rows in panels.values()) + 4 * LINE
    return dict(list(panels.items())[: min(most, _columns(panels, width) * max(1, int(PAGE / height)))])


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


def _columns(panels: Panels, width: str) -> int:
    """How many panels stand side by side."""
    return min(len(panels), ABREAST if refuse_unknown_width(width) > 3 * NARROW else 2)


def _name_rows(panels: Panels, width: str, parts: int) -> Panels:
    """With names in lines, for as many names side by side."""
    signs = NAMES * refuse_unknown_width(width) / parts / SIGN
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
    months = [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(min(numbers), max(numbers) + 1)]
    return [{**known.get(month, {"mean": None, "low": None, "high": None}), "name": f"{month}-01"} for month in months]


def _arrange(panels: Panels, title: str | None, width: str, columns: int, draw: Draw) -> str:
    """The panels in lines of `columns`, under the title of their axis where there is one panel, else over the one that they share."""
    import altair

    total, alone = refuse_unknown_width(width), len(panels) == 1

    def join(across: float) -> altair.ConcatChart:
        drawn = []
        for place, (name, rows) in enumerate(panels.items()):
            chart = draw(rows, across, place % columns == 0, _lines(title, total * 0.55 / SIGN) if alone else None)
            heading = altair.TitleParams(wrap(name, across / BOLD), anchor="start", frame="group", lineHeight=LINE)
            drawn.append(chart.properties(title=heading) if name else chart)
        joined: altair.ConcatChart = altair.concat(*drawn, columns=columns).resolve_scale(x="independent", y="independent")
        if title and not alone:
            below = altair.TitleParams(wrap(title, total / SIGN), orient="bottom", anchor="middle", fontWeight="normal", lineHeight=LINE)
            joined = joined.properties(title=below)
        return joined

    return fit_svg(join, width, columns)
