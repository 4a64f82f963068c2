"""Plots of the report: as wide as screens are, in the font that the page brings along."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from exports.plots.drawing import SVG, Sheet
from exports.plots.panels import draw_bars, draw_intervals, draw_months
from exports.plots.screens import WIDTHS, draw_for_screens, font_faces

LONG = "The Northern and Southern Counties Advertiser and Mercury of Record, Evening Edition"
ROWS = [{"name": name, "mean": 12.0, "low": 9.0, "high": 17.0, "other": 3.0} for name in (LONG, "Ledger")]
MONTHS = [{"name": f"2026-{month:02}", "mean": 3.0, "low": 1.0, "high": 9.0} for month in range(1, 13)]


def test_each_plot_is_drawn_for_wide_screens_and_for_telephones_in_the_pages_font() -> None:
    for draw in (
        lambda sheet: draw_intervals({"": ROWS}, "spans per 1,000 words", sheet),
        lambda sheet: draw_bars({"One": ROWS, "Two": ROWS}, "", sheet),
        lambda sheet: draw_months({str(i): MONTHS for i in range(8)}, "", sheet),
    ):
        roots = [ET.fromstring(svg) for svg in draw_for_screens(draw)]
        assert [float(root.attrib["viewBox"].split()[2]) for root in roots] == [float(width) for width in WIDTHS]
        assert {node.get("font-family") for root in roots for node in root.iter(f"{{{SVG}}}text")} == {"Framing Sans"}
        assert not any("width" in root.attrib for root in roots)


def test_on_a_telephone_panels_stand_one_below_the_other_and_on_a_wide_screen_four_abreast() -> None:
    wide, narrow = (
        float(ET.fromstring(svg).attrib["viewBox"].split()[3])
        for svg in draw_for_screens(lambda sheet: draw_months({str(i): MONTHS for i in range(8)}, "", sheet))
    )
    assert 3 < narrow / wide < 4.5


def test_no_name_is_cut_however_narrow_the_sheet() -> None:
    root = draw_intervals({"": ROWS}, "x", Sheet(180, "Framing Sans"))
    said = " ".join(" ".join("".join(node.itertext()) for node in root.iter(f"{{{SVG}}}text")).split())
    assert all(word in said for word in LONG.split())


def test_the_fonts_come_with_the_page_in_two_weights() -> None:
    faces = font_faces()
    assert re.findall(r'font-family: "([^"]+)"; font-weight: ([^;]+);', faces) == [
        ("Framing Sans", "400"),
        ("Framing Sans", "600 700"),
        ("Framing Serif", "400"),
        ("Framing Serif", "600 700"),
    ]
    assert set(re.findall(r"url\(([^,]+),", faces)) == {"data:font/woff2;base64"}
