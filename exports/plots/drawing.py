"""How plots look: one style, drawn without a browser or a network, and safe to put into a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from schemas.extras import require_extras

if TYPE_CHECKING:
    import altair

__all__ = [
    "ACCENT",
    "SVG",
    "Sheet",
    "Spec",
    "chart_of",
    "draw_alone",
    "draw_fitting",
    "drawable",
    "foot",
    "in_order",
    "place_side_by_side",
    "refuse_without_library",
    "roof",
    "spec_of",
    "spot",
]

# Okabe and Ito 2008: told apart by everybody. Readable on white and on black.
ACCENT = "#0072B2"
SVG = "http://www.w3.org/2000/svg"
SMALL, DARK, GREY = 7, "#222222", "#e3e6e9"
# Controls, halves of pairs, what is no character, and ends of lines.
UNDRAWABLE = ("Cc", "Cs", "Cn", "Zl", "Zp")
# A chart as Vega-Lite has it. The library that makes them copies all there is with each thing that is said of a chart, which takes more time than
# drawing does where charts are joined: what is said of whole figures is said of this.
Spec = dict[str, Any]
# Begins what a mark says, and ends it: no sign of any script.
SPOT = "\ue001"
# How the library writes that something is moved, and a row as wide as the plot.
MOVED, ROW = re.compile(r"translate\(([-\d.]+),"), re.compile(r"M0,([-\d.]+)h([\d.]+)v([\d.]+)h")


@dataclass(frozen=True)
class Sheet:
    """What a figure is drawn on: `across` units wide, of which its letters are 7 high, in a font, on a ground."""

    across: float
    font: str
    ground: str = "white"


def refuse_without_library(where: object) -> None:
    """FramingError where plots cannot be drawn."""
    require_extras(["report"], "drawing", where)


def spot(said: str, leads: str = "") -> str:
    """What a mark says to a pointer, a key and a screen reader, and where in the page it leads: the value of a row's `spot`."""
    return f"{SPOT}{' '.join(said.split())}{SPOT}{leads}"


def draw_alone(panel: Spec, sheet: Sheet) -> ET.Element:
    """A chart of one panel as SVG that is as wide as the sheet, names and titles included, and no text cut."""
    root = _draw(panel | {"width": sheet.across, "autosize": {"type": "fit-x", "contains": "padding"}}, sheet)
    _reach_names(root, 0.0)
    return _box(root, sheet)


def _reach_names(node: ET.Element, left: float) -> None:
    """Let what can be pointed at begin at the left edge, where the names are: `left` is how far the node's own nothing is from it."""
    if moved := MOVED.match(node.get("transform", "")):
        left += float(moved[1])
    if node.get("class") == "spot" and (row := ROW.match(node[0].get("d", ""))):
        top, across, down = map(float, row.groups())
        node[0].set("d", f"M{-left:g},{top:g}h{left + across:g}v{down:g}h{-left - across:g}Z")
    for part in node:
        _reach_names(part, left)


def draw_fitting(draw: Callable[[float], Spec], sheet: Sheet, columns: int) -> ET.Element:
    """The same of `columns` panels side by side, each as wide as `draw` is told."""
    panel = sheet.across / (columns + 1)
    for _ in range(4):
        root = _draw(draw(panel), sheet)
        spare = sheet.across - float(root.attrib["width"])
        if abs(spare) <= 1:
            break
        panel = max(panel + spare / columns, 24.0)
    return _box(root, sheet)


def _box(root: ET.Element, sheet: Sheet) -> ET.Element:
    # What is off by a fraction of a unit, or by more where names leave no room, is made up for by the scale: nothing is cut.
    across, down = (float(root.attrib[side]) for side in ("width", "height"))
    box = max(across, sheet.across)
    root.set("viewBox", f"0 0 {box:g} {down:g}")
    for rectangle in root.findall(f"{{{SVG}}}rect"):
        rectangle.set("width", f"{box:g}")
    return root


def spec_of(chart: altair.LayerChart, title: Spec | None = None) -> Spec:
    """The chart as it is drawn, under a title."""
    spec: Spec = chart.to_dict(validate=False)
    # The library's own style, in whose place comes that of the sheet.
    spec.pop("config", None)
    return spec | ({"title": title} if title else {})


def place_side_by_side(panels: Sequence[Spec], columns: int, title: Spec | None) -> Spec:
    """The panels in lines of so many, each on axes of its own, over the title that they share."""
    parts: list[Spec] = []
    rows: Spec = {}
    for panel in panels:
        rows |= panel.get("datasets", {})
        parts.append({key: said for key, said in panel.items() if key not in ("$schema", "datasets")})
    joined = {"$schema": panels[0]["$schema"], "concat": parts, "columns": columns, "datasets": rows}
    return joined | {"resolve": {"scale": {"x": "independent", "y": "independent"}}} | ({"title": title} if title else {})


def _draw(spec: Spec, sheet: Sheet) -> ET.Element:
    import vl_convert

    return _leave_shapes(ET.fromstring(vl_convert.vegalite_to_svg(spec | {"config": _style(sheet)})))  # noqa: S314 - what we have just drawn


def _style(sheet: Sheet) -> Spec:
    plain = {"labelFontSize": SMALL, "titleFontSize": SMALL, "titleFontWeight": "normal", "labelLimit": 0}
    axis = {"gridColor": GREY, "gridWidth": 0.5, "domain": False, "ticks": False, "labelPadding": 3, "titlePadding": 4, "titleLimit": 0}
    return {
        "background": sheet.ground,
        "font": sheet.font,
        "padding": 2,
        "axis": plain | axis | {"labelColor": DARK, "titleColor": DARK},
        "view": {"stroke": None},
        "concat": {"spacing": 8},
        "title": {"fontSize": SMALL, "fontWeight": "bold", "color": DARK, "limit": 0, "offset": 4},
        "legend": plain | {"orient": "top", "symbolSize": 20, "symbolOpacity": 1, "offset": 4},
    }


def _leave_shapes(root: ET.Element) -> ET.Element:
    """Shapes, words and spots alone: the page says what a plot is, and parts that call themselves graphics without a name help nobody."""
    ET.register_namespace("", SVG)
    for parent in list(root.iter()):
        for place, node in enumerate(parent):
            said, _, leads = node.get("aria-label", "").removeprefix(SPOT).rpartition(SPOT)
            for name in [name for name in node.attrib if name == "role" or name.startswith("aria-")]:
                del node.attrib[name]
            if said:
                around = {"href": leads} if leads else {"tabindex": "0", "role": "img"}
                link = ET.Element(f"{{{SVG}}}{'a' if leads else 'g'}", around | {"class": "spot", "aria-label": said})
                parent[place] = link
                link.append(node)
    return root


def chart_of(rows: Iterable[Mapping[str, Any]]) -> altair.Chart:
    """A chart of rows that are part of it, each with its `place` in their order."""
    import altair

    values = [{"place": place} | {key: drawable(value) for key, value in row.items()} for place, row in enumerate(rows)]
    return altair.Chart(altair.InlineData(values=values))


def in_order() -> altair.EncodingSortField:
    """Sorts names as the rows come. A list of the names themselves would become program text, which some strings break."""
    import altair

    return altair.EncodingSortField(field="place", op="min", order="ascending")


def roof(rows: Iterable[Mapping[str, Any]]) -> float:
    """Where an axis of means ends: intervals of few articles may go on beyond it, lest they make all others invisible."""
    known = [row for row in rows if row["mean"] is not None]
    others = max((row["other"] for row in rows if row.get("other") is not None), default=0.0)
    highest = max((row["mean"] for row in known), default=0.0)
    return max(min(max((row["high"] or row["mean"] for row in known), default=0.0), 2 * highest), others) or 1.0


def foot(rows: Iterable[Mapping[str, Any]]) -> float:
    """Where such an axis begins: at nothing, or below it where a mean is."""
    below = [(row["mean"], row["low"]) for row in rows if row["mean"] is not None and row["mean"] < 0]
    return min((mean if low is None else max(low, 2 * mean) for mean, low in below), default=0.0)


def drawable(value: Any) -> Any:
    """Without the characters that SVG has no place for, and that end the process of the library which draws it."""
    if not isinstance(value, str):
        return value
    return "".join("\ufffd" if unicodedata.category(sign) in UNDRAWABLE else sign for sign in value)
