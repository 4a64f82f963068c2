"""framing agree: how far annotators agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import record, result
from framing.options import DatasetFolder, epilog
from schemas.errors import printable
from schemas.wording import count, enumerate_some

if TYPE_CHECKING:
    from annotate.agreement import Agreement

__all__ = ["register"]

# Some eighty characters: the name, then the columns.
WIDTH, COLUMNS = 25, (8, 18, 9, 12, 9, 8)
PEOPLE = (8, 18, 9, 13, 9)
ATTRIBUTES = (8, 18, 8, 8, 8, 10)
CODERS = (10, 10, 8, 8, 8, 13, 7)
EXCERPTS = 3
Epsilon = Annotated[
    float | None,
    typer.Option(
        "--epsilon",
        min=0,
        max=1,
        help="Of models as coders: how far people may be ahead in the alternative-annotator test. Default: 0.1, as is advised for lay people; "
        "0.2 for experts.",
    ),
]


def register(app: typer.Typer) -> None:
    app.command("agree", epilog=epilog("framing agree dataset --json agreement.json"))(agree)


def agree(dataset: DatasetFolder, epsilon: Epsilon = None) -> None:
    """Measure agreement on spans, their attributes, and questions, with 95 % intervals over articles; name outliers and the worst disagreements.

    Models as coders (`framing import coder`) are measured beside the people.
    """
    from annotate.agreement import EPSILON, describe_alpha
    from annotate.agreement import agree as measure
    from schemas.coders import read_coders
    from schemas.dataset import read_dataset

    known = read_dataset(dataset)
    coders = read_coders(dataset, known)
    epsilon = EPSILON if epsilon is None else epsilon
    agreement = measure(known, dataset, coders, epsilon)
    _show_figures(agreement)
    _show_people(agreement)
    for excerpt in agreement.disagreements[:EXCERPTS]:
        _show_excerpt(excerpt)
    if agreement.suggestions:
        result(agreement.suggestions["finding"])
    if agreement.unsure:
        result(agreement.unsure["finding"])
    if coders is not None:
        _show_coders(agreement.coders, coders.aside)
        result(
            f"models as coders: people is their alpha among themselves; test is the alternative-annotator test with epsilon "
            f"{epsilon:g} (0.1 is advised for lay people, 0.2 for experts); off is how far shares (per 1k: spans per "
            "1,000 words) are from people's, mean over outlets"
        )
    record(agreement.to_dict())
    verdict = f"; any label: {describe_alpha(agreement.any_label['low'])}" if agreement.labels else ""
    result(f"{agreement.double_read} of {count(agreement.articles, 'article')} read twice or more{verdict}")


def _show_figures(agreement: Agreement) -> None:
    _row("", "alpha", "95 % interval", "alpha_u", "F1 exact", "partial", "tokens")
    spans = {**agreement.labels, "any label": agreement.any_label} if agreement.labels else {}
    if agreement.headlines:
        spans["any label (headlines)"] = agreement.headlines["any_label"]
    for name, row in spans.items():
        tokens = "-" if row["tokens"] is None else str(row["tokens"])
        _row(name, _figure(row["alpha"]), _interval(row), _figure(row["alpha_u"]), _figure(row["f1_exact"]), _figure(row["f1_partial"]), tokens)
    for name, question in agreement.questions.items():
        _row(f"{name} (question)", _figure(question["alpha"]), _interval(question))
    if agreement.attributes:
        _show_attributes(agreement.attributes)


def _show_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> None:
    _row("given agreed spans", "alpha", "95 % interval", "alike", "folded", "spans", "articles", widths=ATTRIBUTES)
    for name, row in attributes.items():
        alike = (_figure(row["agreement"]), _figure(row["folded"]["agreement"]) if "folded" in row else "-")
        _row(f"{name} (attribute)", _figure(row["alpha"]), _interval(row), *alike, str(row["spans"]), str(row["articles"]), widths=ATTRIBUTES)
    if few := [name for name, row in attributes.items() if row["few"]]:
        result(f"fewer than 20 pairs of spans, too few to judge: {printable(enumerate_some(few), 300)}")


def _show_people(agreement: Agreement) -> None:
    asked = agreement.unsure is not None
    _row("", "read", "tokens marked", "alpha", "consistency", *(["unsure"] if asked else []), widths=PEOPLE)
    for name, person in agreement.annotators.items():
        unsure = ["-" if person["unsure"] is None else str(person["unsure"])] if asked else []
        figures = (_figure(person["severity"]), _figure(person["agreement"]), _figure(person["consistency"]))
        _row(name, str(person["read"]), *figures, *unsure, widths=PEOPLE)
    for name, person in agreement.annotators.items():
        for flag in person["flags"]:
            result(f"look at {printable(name)}: {flag}")


def _show_excerpt(excerpt: Mapping[str, Any]) -> None:
    from schemas.parts import TITLE

    place = "the headline of " if excerpt["part"] == TITLE else ""
    result(f"disagreement in {place}{printable(excerpt['article_id'], 60)}: {printable(excerpt['text'], 300)}")
    for name, marks in excerpt["annotators"].items():
        said = "; ".join(f"{mark['label']}: {printable(mark['quote'], 80)}" for mark in marks) or "nothing"
        doubt = " (unsure)" if name in excerpt["unsure"] else ""
        result(f"  {printable(name, WIDTH)}{doubt} marked {said}")
    for name, note in excerpt["notes"].items():
        result(f"  {printable(name, WIDTH)} noted: {printable(note, 300)}")


def _show_coders(coders: Mapping[str, Mapping[str, Any]], aside: int) -> None:
    """A table for each question and label, with a line for each coder."""
    for kind, read, measure, error in (("questions", "answered", "macro_f1", "share_error"), ("labels", "read", "f1_partial", "rate_error")):
        for name in dict.fromkeys(name for coder in coders.values() for name in coder[kind]):
            title, off = (f"{name} (question)", "off") if kind == "questions" else (name, "per 1k")
            _row(title, read, "macro-F1" if kind == "questions" else "partial", "alpha", "people", "beats", "test", off, widths=CODERS)
            for coder, row in ((coder, found[kind][name]) for coder, found in coders.items() if name in found[kind]):
                alphas = (_figure(row["alpha"]), _figure(row["human_alpha"]))
                beats = f"{row['beats']} of {row['of']}"
                _row(coder, str(row[read]), _figure(row[measure]), *alphas, beats, _pass(row["alternative"]), _figure(row[error]), widths=CODERS)
    if idle := [name for name, coder in coders.items() if not coder["read"]]:
        result(f"{count(len(idle), 'coder')} read no article that people read: {printable(enumerate_some(idle), 300)}")
    if aside:
        result(f"{count(aside, 'row')} of coders left out: the quote is not the article's text")


def _pass(test: Mapping[str, Any]) -> str:
    return "no test" if test["passes"] is None else f"{test['winning_rate']:.2f} {'passes' if test['passes'] else 'fails'}"


def _row(name: str, *cells: str, widths: tuple[int, ...] = COLUMNS) -> None:
    result(f"{printable(name, WIDTH):{WIDTH}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False)))


def _interval(row: Mapping[str, float | None]) -> str:
    return f"{_figure(row['low'])} to {_figure(row['high'])}"


def _figure(value: float | None) -> str:
    return f"{value:.3f}" if value is not None else "-"
