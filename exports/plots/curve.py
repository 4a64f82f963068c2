"""The learning curve as a plot that a journal would print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exports.plots.panels import draw_curves
from exports.plots.paper import PICTURES, PaperFigure, on_paper, paper_sheet
from exports.plots.paper import refuse_unknown_kind as refuse_others
from schemas.errors import FramingError
from schemas.faults import say_fault
from schemas.parsing import read_json

__all__ = ["draw_curve", "make_curve", "read_curve", "refuse_unknown_kind"]

TODO = "Write one with `framing evaluate DATASET --curve curve.svg --json curve.json`"
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Point(BaseModel):
    model_config = ConfigDict(strict=True)

    selection: str
    articles: Annotated[int, Field(ge=1, le=2**40)]
    measure: str
    value: Number
    spread: Annotated[Number, Field(ge=0)]


class _Curve(BaseModel):
    curve: Annotated[list[_Point], Field(min_length=1)]


def read_curve(path: Path) -> pl.DataFrame:
    """The table of a learning curve, as `framing evaluate --curve` writes it with --json. FramingError if the file has none."""
    try:
        found = _Curve.model_validate(read_json(path))
    except FileNotFoundError:
        raise FramingError("no such file", path, TODO) from None
    except ValidationError as error:
        raise FramingError(f"holds no learning curve ({say_fault(error)})", path, TODO) from error
    return pl.DataFrame([point.model_dump() for point in found.curve])


def make_curve(table: pl.DataFrame, width: str = "183mm") -> PaperFigure:
    """Each measure against annotated articles, a panel for each, a line for each selection, a band of one spread.

    `table`: selection, articles, measure, value, spread.
    """
    bounded = table.with_columns(low=pl.col("value") - pl.col("spread"), high=pl.col("value") + pl.col("spread"))
    panels = {str(measure): rows.to_dicts() for (measure,), rows in bounded.partition_by("measure", as_dict=True, maintain_order=True).items()}
    sizes, selections = table["articles"].to_list(), dict.fromkeys(table["selection"].to_list())
    caption = (
        f"How good a model is after so many annotated articles ({min(sizes)} to {max(sizes)}, on a logarithmic axis), by how the next ones were "
        f"chosen ({', '.join(selections)}). Lines: means over the folds of a cross-validation, on articles that the model has not seen; bands: one "
        "standard deviation over folds, which is no interval of the mean."
    )
    sheet = paper_sheet(width)
    return PaperFigure("learning", on_paper(draw_curves(panels, sheet), sheet), table, caption)


def draw_curve(table: pl.DataFrame, path: Path) -> None:
    """Draw the curve into one of the kinds of pictures, whole or not at all."""
    refuse_unknown_kind(path)
    make_curve(table).save(path, caption=False)


def refuse_unknown_kind(path: Path) -> str:
    """The kind of plot that the file's name asks for. FramingError if it cannot be drawn."""
    return refuse_others(path, PICTURES)
