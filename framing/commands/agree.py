"""framing agree: how far annotators agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from framing.console import result, write_json
from framing.options import DatasetFolder, JsonFile, epilog
from schemas.errors import printable

if TYPE_CHECKING:
    from annotate.agreement import Agreement

__all__ = ["register"]

# Some eighty characters: the name, then the columns.
WIDTH, COLUMNS = 25, (8, 18, 9, 12, 9, 8)
EXCERPTS = 3


def register(app: typer.Typer) -> None:
    app.command("agree", epilog=epilog("framing agree dataset --json agreement.json"))(agree)


def agree(dataset: DatasetFolder, json_file: JsonFile = None) -> None:
    """Measure agreement on spans and questions, with 95 % intervals over articles; name outliers and the worst disagreements."""
    from annotate.agreement import agree as measure
    from annotate.agreement import describe_alpha
    from schemas.dataset import read_dataset

    agreement = measure(read_dataset(dataset), dataset)
    _show_figures(agreement)
    _show_people(agreement)
    for excerpt in agreement.disagreements[:EXCERPTS]:
        _show_excerpt(excerpt)
    if agreement.suggestions:
        result(agreement.suggestions["finding"])
    if json_file:
        write_json(json_file, agreement.to_dict())
    verdict = f"; any label: {describe_alpha(agreement.any_label['low'])}" if agreement.labels else ""
    result(f"{agreement.double_read} of {agreement.articles} articles read twice or more{verdict}")


def _show_figures(agreement: Agreement) -> None:
    _row("", "alpha", "95 % interval", "alpha_u", "F1 exact", "partial", "tokens")
    for name, row in ({**agreement.labels, "any label": agreement.any_label} if agreement.labels else {}).items():
        tokens = "-" if row["tokens"] is None else str(row["tokens"])
        _row(name, _figure(row["alpha"]), _interval(row), _figure(row["alpha_u"]), _figure(row["f1_exact"]), _figure(row["f1_partial"]), tokens)
    for name, question in agreement.questions.items():
        _row(f"{name} (question)", _figure(question["alpha"]), _interval(question))


def _show_people(agreement: Agreement) -> None:
    _row("", "read", "tokens marked", "alpha", "consistency")
    for name, person in agreement.annotators.items():
        _row(name, str(person["read"]), _figure(person["severity"]), _figure(person["agreement"]), _figure(person["consistency"]))
    for name, person in agreement.annotators.items():
        for flag in person["flags"]:
            result(f"look at {printable(name)}: {flag}")


def _show_excerpt(excerpt: Mapping[str, Any]) -> None:
    result(f"disagreement in {printable(excerpt['article_id'], 60)}: {printable(excerpt['text'], 300)}")
    for name, marks in excerpt["annotators"].items():
        said = "; ".join(f"{mark['label']}: {printable(mark['quote'], 80)}" for mark in marks) or "nothing"
        result(f"  {printable(name, WIDTH)} marked {said}")


def _row(name: str, *cells: str) -> None:
    result(f"{printable(name, WIDTH):{WIDTH}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, COLUMNS, strict=False)))


def _interval(row: Mapping[str, float | None]) -> str:
    return f"{_figure(row['low'])} to {_figure(row['high'])}"


def _figure(value: float | None) -> str:
    return f"{value:.3f}" if value is not None else "-"
