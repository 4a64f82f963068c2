"""A figure for a paper: at a journal's width, with its caption and the numbers behind it, written as what the name of a file asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
from markupsafe import escape

from exports.formats.csv import write_table
from exports.formats.latex import escape as escape_latex
from exports.formats.latex import typeset
from exports.plots.drawing import Sheet, refuse_without_library
from schemas.errors import FramingError
from schemas.files import replace_files

__all__ = ["FORMATS", "PICTURES", "WIDTHS", "PaperFigure", "caption_of", "on_paper", "paper_sheet", "refuse_unknown_kind"]

# One column and two, as Nature, Science and most others have them, in millimetres.
WIDTHS = {"89mm": 89, "183mm": 183}
PICTURES = ("pdf", "svg", "png")
FORMATS = (*PICTURES, "csv", "tex")
POINT, DOTS = 72 / 25.4, 600
# What journals use; of one width wherever it is drawn and shown.
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
# A longer cell of a table would leave the page.
LONGEST_CELL = 200


@dataclass(frozen=True)
class PaperFigure:
    """A figure that shows itself in a notebook, and that `save` writes. `table`: the numbers behind it, which hold what is left out of the picture,
    too; `svg`: the picture, one unit a point; `caption`: what a reader has to know of it."""

    name: str
    svg: str
    table: pl.DataFrame
    caption: str

    def save(self, path: Path | str, *, caption: bool = True) -> Path:
        """Write it as .pdf, .svg, .png (600 dots an inch), .csv or .tex, whole or not at all, with the `caption` beside it (`fig.caption.txt`);
        of .tex it is a part. FramingError for another kind of file."""
        out = Path(path)
        kind = refuse_unknown_kind(out)
        with replace_files(out.parent) as staging:
            self._write(staging / out.name, kind)
            if caption and kind != "tex":
                (staging / caption_of(out).name).write_text(f"{self.caption}\n", encoding="utf-8")
        return out

    def _write(self, path: Path, kind: str) -> None:
        if kind == "csv":
            write_table(self.table, path)
        elif kind == "tex":
            path.write_text(self._typeset(), encoding="utf-8")
        elif kind == "svg":
            path.write_text(self.svg, encoding="utf-8")
        else:
            import vl_convert

            # The library takes a unit for a point, and a millimetre for so many dots of a screen.
            plain = ET.fromstring(self.svg)  # noqa: S314 - what we have drawn
            for side in ("width", "height"):
                plain.set(side, f"{float(plain.attrib[side].removesuffix('mm')) * POINT:.2f}")
            points = ET.tostring(plain, encoding="unicode")
            drawn = vl_convert.svg_to_pdf(points) if kind == "pdf" else vl_convert.svg_to_png(points, ppi=DOTS)
            path.write_bytes(drawn)

    def _typeset(self) -> str:
        rows = [[_cell(value) for value in row] for row in self.table.iter_rows()]
        head = [escape_latex(name.replace("_", " ")) for name in self.table.columns]
        return typeset(head, rows, escape_latex(self.caption, 10_000), f"tab:{self.name}")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the picture above its caption, which asks the network for nothing."""
        page = f"<figure>{self.svg}<figcaption>{escape(self.caption)}</figcaption></figure>"
        return {"text/html": page, "image/svg+xml": self.svg, "text/plain": self.caption}


def _cell(value: Any) -> str:
    if value is None:
        return "--"
    if isinstance(value, float):
        return f"{value:.4g}"
    return escape_latex(str(value), LONGEST_CELL)


def caption_of(path: Path) -> Path:
    """Where the caption of a figure stands."""
    return path.with_suffix(".caption.txt")


def refuse_unknown_kind(path: Path, kinds: Sequence[str] = FORMATS) -> str:
    """The kind of file that the name asks for. FramingError if it cannot be written."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in kinds:
        raise FramingError(f"figures are written as {', '.join('.' + name for name in kinds)}, not {path.suffix or '(nothing)'!r}", path)
    if path.is_dir():
        raise FramingError("is a folder, and a file is to be written there", path, "Name another file")
    refuse_without_library(path)
    return kind


def paper_sheet(width: str) -> Sheet:
    """A journal's column, a unit a point. FramingError for a width that none has."""
    if width not in WIDTHS:
        raise FramingError(f"there is no width {width!r}", "--width", f"Choose of: {', '.join(WIDTHS)}")
    return Sheet(WIDTHS[width] * POINT, FONT)


def on_paper(root: ET.Element, sheet: Sheet) -> str:
    """As SVG that is as wide as the journal's column, whose unit is a point."""
    box, down = (float(side) for side in root.attrib["viewBox"].split()[2:])
    across = round(sheet.across / POINT, 2)
    root.set("width", f"{across:g}mm")
    root.set("height", f"{down / box * across:.2f}mm")
    return ET.tostring(root, encoding="unicode")
