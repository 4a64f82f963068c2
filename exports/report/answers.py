"""What the articles answer to the codebook's questions: how often each frame, and in which outlet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from exports.means import UNKNOWN, GroupMean, group_means, mean_of
from exports.plots.panels import draw_intervals
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, begin, lead, plain, point, spread
from schemas.codebook import Codebook, Question
from schemas.decisions import split_decided

__all__ = ["show_answers"]

MOST_OUTLETS = 12
OF_SEVERAL = " Each answer has a threshold of its own, which the model card lists."


def show_answers(
    articles: pl.DataFrame, codebook: Codebook, measure: str, warnings: Mapping[str, str] | None = None, decided: Sequence[str] = ()
) -> list[Section]:
    """A section for each question that was answered. `measure` says what the shares are, `warnings` what is to be said first of some questions;
    `decided`: the questions of which a column says what was decided."""
    columns = {question.name: f"{question.name}_{question.value_names[0]}" for question in codebook.questions}
    there = {name for name, column in columns.items() if column in articles.columns and articles[column].count()}
    asked = [question for question in codebook.questions if question.name in there]
    return [_show(articles, question, measure, (warnings or {}).get(question.name), decided=question.name in decided) for question in asked]


def _show(articles: pl.DataFrame, question: Question, measure: str, warning: str | None, *, decided: bool) -> Section:
    columns = {value: f"{question.name}_{value}" for value in question.value_names}
    overall = sorted(mean_of(articles, [(value, pl.col(column)) for value, column in columns.items()], "share"), key=lambda row: -row.mean)
    by_outlet = {
        value: {row.group: row.mean for row in group_means(articles, "outlet", pl.col(column), "share")} for value, column in columns.items()
    }
    sizes = articles.group_by(pl.col("outlet").fill_null(UNKNOWN)).len().sort("len", "outlet", descending=[True, False])
    outlets = [outlet for outlet in sizes["outlet"].head(MOST_OUTLETS).to_list() if any(outlet in by_outlet[value] for value in columns)]
    given = split_decided(question, articles[question.name]).mean().row(0, named=True) if decided else {}
    head = ["answer", "articles", "share" if measure == "share of articles" else "mean probability", INTERVAL, *(["decided"] if decided else [])]
    rows: list[Row] = [
        [
            *(plain(row.group), row.articles, row.mean, spread(row.low, row.high)),
            *([given[row.group]] if decided else []),
            *(by_outlet[row.group].get(outlet) for outlet in outlets),
        ]
        for row in overall
    ]
    chosen = {row.group: f"{question.name}:{row.group}" for row in overall}
    leads = {(i, 0): lead(answer=chosen[row.group]) for i, row in enumerate(overall)} | {
        (i, len(head) + j): lead(answer=chosen[row.group], outlet=outlet) for i, row in enumerate(overall) for j, outlet in enumerate(outlets)
    }
    points = [
        point(plain(row.group), row.mean, row.low, row.high, f"{plain(row.group)}: {_percent(row.mean)}{_sure(row)}", lead(answer=chosen[row.group]))
        for row in overall
    ]
    several = " An article may have several." if question.choice == "multiple" else ""
    figure = Figure(
        f"question-{question.name}",
        question.prompt,
        Table([*head, *outlets], rows, shaded=range(len(head), len(head) + len(outlets)), leads=leads),
        f"{begin(measure)} of each answer, mean over articles.{several} The line is a {INTERVAL} over articles."
        + (f" The table has the {len(outlets)} largest outlets, too." if outlets else ""),
        lambda sheet: draw_intervals({"": points}, f"{measure}, mean over articles", sheet, share=True),
        "For each answer its share with an interval; the same figures are in the table below",
    )
    finding = "" if warning or not overall else _tell(question, overall[0], measure)
    decisions = [f"Decided: the share of articles for which the model counts the answer as given.{OF_SEVERAL if several else ''}"] if decided else []
    return Section(f"question-{question.name}", f"Question: {plain(question.name)}", [figure], finding, [warning] if warning else [], decisions)


def _tell(question: Question, first: GroupMean, measure: str) -> str:
    share = f"{_percent(first.mean)} of articles" if measure == "share of articles" else f"a mean {measure} of {_percent(first.mean)}"
    return f"The commonest answer to “{question.prompt}” is {plain(first.group)}: {share}{_sure(first)}."


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _sure(row: GroupMean) -> str:
    return f" ({INTERVAL} {100 * row.low:.0f} to {100 * row.high:.0f} %)" if row.low is not None and row.high is not None else ""
