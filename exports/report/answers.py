"""What the articles answer to the codebook's questions: how often each frame, and in which outlet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from exports.means import UNKNOWN, group_means, mean_of, plotted
from exports.plots.drawing import draw_svg, interval_chart, shorten
from exports.report.figures import Figure, Row, Section, Table, spread
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
    rows: list[Row] = [
        [
            *(row.group, row.articles, row.mean, spread(row.low, row.high)),
            *([given[row.group]] if decided else []),
            *(by_outlet[row.group].get(outlet) for outlet in outlets),
        ]
        for row in overall
    ]
    figure = Figure(
        f"question-{question.name}",
        question.prompt,
        "For each answer its share with an interval; the same figures are in the table below",
        draw_svg(
            interval_chart(
                plotted(overall, shorten(row.group for row in overall)),
                f"{measure}, mean over articles",
                share=True,
            )
        ),
        Table(["answer", "articles", "share", "95 % interval", *(["decided"] if decided else []), *outlets], rows),
        f"Mean over articles; the line is a 95 % interval over articles. The table has the {len(outlets)} largest outlets, too." if outlets else "",
    )
    several = " An article may have several." if question.choice == "multiple" else ""
    how = f" Decided: the share of articles for which the model counts the answer as given.{OF_SEVERAL if several else ''}" if decided else ""
    text = [*([warning] if warning else []), f"{measure.capitalize()} of each answer.{several}{how}"]
    return Section(f"question-{question.name}", f"Question: {question.name}", text, [figure])
