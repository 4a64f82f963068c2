"""Plots for a page: each drawn for wide screens and for telephones, in a font that the page brings along."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from exports.plots.drawing import Sheet

__all__ = ["draw_for_screens", "font_faces"]

FONTS = Path(__file__).parent / "fonts"
SANS, SERIF = "Framing Sans", "Framing Serif"
# Units, of which letters are 7 high: wide screens show 2.4 pixels for one, tablets 1.6, telephones 1.8.
WIDTHS = (460.0, 180.0)
# The bold one is a semibold.
WEIGHTS = {"400": "400", "600": "600 700"}


def draw_for_screens(draw: Callable[[Sheet], ET.Element]) -> list[str]:
    """The figure as SVG of each of WIDTHS, which grows and shrinks with its place in the page."""
    _bring_fonts()
    return [_stretch(draw(Sheet(width, SANS, "transparent"))) for width in WIDTHS]


@cache
def font_faces() -> str:
    """The fonts as CSS that asks nobody for them."""
    faces = []
    for name in (SANS, SERIF):
        for weight, weights in WEIGHTS.items():
            packed = base64.b64encode((FONTS / f"{name.lower().replace(' ', '-')}-{weight}.woff2").read_bytes()).decode("ascii")
            faces.append(
                f'@font-face {{ font-family: "{name}"; font-weight: {weights}; src: url(data:font/woff2;base64,{packed}) format("woff2"); }}'
            )
    return "\n".join(faces)


@cache
def _bring_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def _stretch(root: ET.Element) -> str:
    for side in ("width", "height"):
        del root.attrib[side]
    return ET.tostring(root, encoding="unicode")
