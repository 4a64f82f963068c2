"""framing agree: how far annotators agree."""

from __future__ import annotations

from collections.abc import Mapping

import typer

from framing.console import result, write_json
from framing.options import DatasetFolder, JsonFile, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("agree", epilog=epilog("framing agree dataset --json agreement.json"))(agree)


def agree(dataset: DatasetFolder, json_file: JsonFile = None) -> None:
    """Measure agreement on spans and questions, with 95 % intervals over articles."""
    from annotate.agreement import agree as measure
    from annotate.agreement import describe_alpha
    from schemas.dataset import read_dataset

    agreement = measure(read_dataset(dataset), dataset)
    result(f"{'':28} alpha   95 % interval   exact F1  partial F1")
    spans = {**agreement.labels, "any label": agreement.any_label} if agreement.labels else {}
    for name, row in spans.items():
        result(f"{name:28} {_interval(row)}   {_figure(row['f1_exact'])}      {_figure(row['f1_partial'])}")
    for name, question in agreement.questions.items():
        result(f"{name + ' (question)':28} {_interval(question)}")
    for name, person in agreement.annotators.items():
        share, alpha = _figure(person["severity"]), _figure(person["agreement"])
        result(f"{name}: {person['read']} articles, marked {share} of all tokens, alpha with the others {alpha}")
    if json_file:
        write_json(json_file, agreement.to_dict())
    verdict = f"; any label: {describe_alpha(agreement.any_label['low'])}" if spans else ""
    result(f"{agreement.double_read} of {agreement.articles} articles read twice or more{verdict}")


def _interval(row: Mapping[str, float | None]) -> str:
    return f"{_figure(row['alpha'])}   {_figure(row['low'])} to {_figure(row['high'])}"


def _figure(value: float | None) -> str:
    return f"{value:5.3f}" if value is not None else "  -  "
