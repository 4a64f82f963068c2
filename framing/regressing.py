"""From scores or a coder, human-coded articles and what articles are to a regression on corrected codes: what `framing regress` calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from exports.estimates import SHAKY, Measure, fill_unanswered
from exports.estimates.regression import Fit, Link, NoSolution, Sample, fit_codes, fit_corrected, fit_predictions, recalibrate
from exports.estimates.sampling import balance, find_clusters
from exports.estimates.terms import Matrix, Term, build_matrix
from framing.estimating import choose_measures, prepare
from framing.figures import Figures, open_figures
from framing.grouping import ARTICLE, PERIODS, find_group, own_columns
from schemas.dataset import Dataset, read_dataset
from schemas.errors import FramingError
from schemas.wording import count, enumerate_some, inflect

__all__ = ["KINDS", "Regressed", "describe", "regress_figures", "regress_folder", "say_p", "typeset_table"]

# Of the three regressions, in the order in which they are shown.
KINDS = ("corrected", "human", "naive")
TIME, DAYS_OF_A_MONTH = "time", 30.4375


@dataclass(frozen=True)
class Regressed:
    """The coefficients of each term by each of KINDS, and what a reader must know of them. `design`: how the coded articles were drawn."""

    measure: Measure
    source: str
    link: Link
    on: tuple[str, ...]
    references: Mapping[str, str]
    terms: tuple[Term, ...]
    fits: Mapping[str, Fit]
    articles: int
    coded: int
    clusters: int
    coded_clusters: int
    design: str
    notices: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """A row for each term: term, level, reference, and for each of KINDS the coefficient, its se, low, high (95 %), p and df."""
        named: dict[str, Any] = {
            "term": [term.name for term in self.terms],
            "level": [term.level for term in self.terms],
            "reference": [self.references.get(term.name) for term in self.terms],
        }
        for kind in KINDS:
            fit = self.fits[kind]
            low, high = fit.limits
            parts = {"": fit.coefficients, "_se": fit.se, "_low": low, "_high": high, "_p": fit.p, "_df": fit.df}
            named |= {f"{kind}{name}": part for name, part in parts.items()}
        return pl.DataFrame(named, schema_overrides={"level": pl.String, "reference": pl.String}).fill_nan(None)


def regress_folder(
    folder: Path,
    gold: Path,
    of: str | None,
    on: Sequence[str],
    *,
    coder: str | None = None,
    link: Link = "linear",
    references: Mapping[str, str] | None = None,
    model: Path | None = None,
    copies: bool = True,
) -> Regressed:
    """Regress a measure of the articles of a score folder, or what a `coder` of the dataset in `folder` said of them, on columns that they came with.

    `on`: columns of text are categories, numbers are numbers; month and year of publication are categories, `time` is months since the first
    article. `references` has levels that others are compared with, by column. FramingError if anything is not there, or cannot be told.
    """
    dataset = read_dataset(gold)
    dataset.require_gold(gold)
    source = open_figures(folder, gold, dataset, [coder] if coder else [], model, copies=copies)[-1]
    return regress_figures(source, dataset, of, on, link=link, references=references or {}, gold=gold)


def regress_figures(
    source: Figures,
    dataset: Dataset,
    of: str | None,
    on: Sequence[str],
    *,
    link: Link = "linear",
    references: Mapping[str, str] | None = None,
    gold: object = "gold",
) -> Regressed:
    """The same of figures and a dataset at hand."""
    on, references = tuple(dict.fromkeys(on)), references or {}
    if strange := [name for name in references if name not in on]:
        raise FramingError(f"{strange[0]!r} is no term of the regression", "--reference", f"Choose of: {', '.join(on)}")
    measure = choose_measures([source], dataset, [of] if of else [], gold)[0]
    if link == "logistic" and measure.kind != "share":
        raise FramingError(f"{measure.name} is no share, and a logistic regression is of shares", "--logistic", "Leave it out")
    figures, coded, notices = prepare(source, dataset, [measure], ARTICLE, gold)
    table = _gather(figures, coded, measure, source, notices)
    table = _join_terms(table, source, dataset, on)
    table, design = _weigh(_leave_out(table, on, notices), dataset, notices)
    if not table["coded"].count():
        raise FramingError("no coded article has all the terms", gold, "Code articles that were drawn at random from those that are regressed")
    table = table.join(find_clusters(source.rows, dataset.articles), on=ARTICLE, how="left", maintain_order="left")
    matrix = build_matrix(table.select(pl.col(_held(name)).alias(name) for name in on), on, references, table["coded"].is_not_null())
    units = table.filter(pl.col("coded").is_not_null())["cluster"].n_unique()
    if units <= len(matrix.terms):
        what = f"{units} coded articles, or clusters of them, are too few for {count(len(matrix.terms), 'coefficient')}"
        raise FramingError(what, gold, "Code more, or leave terms out")
    return Regressed(
        measure=measure,
        source=source.name,
        link=link,
        on=on,
        references=matrix.references,
        terms=matrix.terms,
        fits=_fit(table, matrix, measure, link, notices),
        articles=table.height,
        coded=table["coded"].count(),
        clusters=table["cluster"].n_unique(),
        coded_clusters=units,
        design=design,
        notices=(*notices, *source.notices),
    )


def _fit(table: pl.DataFrame, matrix: Matrix, measure: Measure, link: Link, notices: list[str]) -> dict[str, Fit]:
    """Each of KINDS."""
    predicted, coded, weights = (table[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("predicted", "coded", "weight"))
    sample = Sample(predicted, coded, weights, table["cluster"].to_numpy())
    by = {
        "corrected": (fit_corrected, recalibrate(matrix.values, sample, share=measure.kind == "share")),
        "human": (fit_codes, sample),
        "naive": (fit_predictions, sample),
    }
    fits = {}
    for kind in KINDS:
        fit, figures = by[kind]
        try:
            fits[kind] = fit(matrix.values, figures, link)
        except NoSolution as error:
            if kind == "corrected":
                what = "has no logistic regression on these terms: at some level the codes say all or nothing"
                raise FramingError(what, measure.name, "Take --linear, or leave out or join the terms with few coded articles") from error
            alone = "codes" if kind == "human" else "predictions"
            notices.append(f"{alone} alone have no logistic regression on these terms: at some level they say all or nothing")
            fits[kind] = Fit.unknown(len(matrix.terms))
    return fits


def _gather(figures: pl.DataFrame, coded: pl.DataFrame, measure: Measure, source: Figures, notices: list[str]) -> pl.DataFrame:
    """A row for each article: its figures and codes, and how those were drawn."""
    by_hand = coded.select(ARTICLE, pl.col("^(weight|round)$"), coded=measure.name)
    table = figures.select(ARTICLE, "seen", predicted=measure.name).join(by_hand, on=ARTICLE, how="left", maintain_order="left")
    if source.is_coder:
        table = fill_unanswered(table.with_columns(group=pl.lit(""))).drop("group")
    table = table.drop_nulls("predicted") if measure.of_titles else table
    if not table["predicted"].is_finite().fill_null(value=False).all():
        raise FramingError(f"has rows without a figure for {measure.name!r}", source.where, source.remedy)
    there = pl.col("coded").is_not_null()
    below = table.filter(pl.col("seen") & there)["predicted"].mean()
    above = table.filter(~pl.col("seen") & ~there)["predicted"].mean()
    if measure.kind == "density" and isinstance(below, float) and isinstance(above, float) and below > 0:
        # Fold models show more spans, or fewer: what they say is brought to the level of the others.
        table = table.with_columns(predicted=pl.col("predicted") * pl.when("seen").then(above / below).otherwise(1.0))
    return table


def _join_terms(table: pl.DataFrame, source: Figures, dataset: Dataset, on: Sequence[str]) -> pl.DataFrame:
    """With a column for each term, and `stratum`, the outlet: of the figures' articles, and of coded ones that are not among them."""
    rows = source.rows.unique(ARTICLE, keep="first", maintain_order=True)
    absent = dataset.articles.join(rows, on=ARTICLE, how="anti")
    parts = []
    for part, columns in ((rows, own_columns(rows)), (absent, absent.columns)):
        terms = {_held(name): _term(part, name, columns) for name in on}
        stratum = find_group(part, "outlet", columns)
        parts.append(part.select(ARTICLE, pl.lit(None, pl.String).alias("stratum") if stratum is None else stratum.alias("stratum"), **terms))
    joined = table.join(pl.concat(parts, how="vertical_relaxed"), on=ARTICLE, how="left", maintain_order="left")
    if TIME in on and not {TIME, f"article_{TIME}"} & set(own_columns(rows)):
        joined = joined.with_columns(pl.col(_held(TIME)) - pl.col(_held(TIME)).min())
    return joined


def _held(name: str) -> str:
    """The column in which a term stands until it is one of the matrix: its own name may be one of ours."""
    return f"on {name}"


def _term(part: pl.DataFrame, name: str, columns: Sequence[str]) -> pl.Expr:
    own = next((each for each in (name, f"article_{name}") if each in columns), None)
    if own is None and name == TIME and "published" in columns:
        day = pl.col("published").cast(pl.String).str.extract(r"^(\d{4}-\d{2}-\d{2})").str.to_date(strict=False)
        return day.dt.epoch("d") / DAYS_OF_A_MONTH
    if own is not None and part[own].dtype.is_numeric():
        number = pl.col(own).cast(pl.Float64)
        return pl.when(number.is_finite()).then(number)
    if (found := find_group(part, name, columns)) is None:
        known = enumerate_some([*columns, *PERIODS, TIME])
        raise FramingError(f"articles have no column {name!r} of one value each", "--on", f"Choose of: {known}")
    return found


def _leave_out(table: pl.DataFrame, on: Sequence[str], notices: list[str]) -> pl.DataFrame:
    """Without articles that lack a term, or have a level of which no article is coded: nothing would correct it."""
    for name in on:
        column = _held(name)
        if lacking := table[column].null_count():
            without = inflect(lacking, "is left out: it has", "are left out: they have")
            notices.append(f"{lacking} of {count(table.height, 'article')} {without} no {name}")
            table = table.drop_nulls(column)
        if table[column].dtype == pl.String:
            counts = table.group_by(column).agg(pl.col("coded").count(), pl.len().alias("articles")).sort(column)
            bare = counts.filter(pl.col("coded") == 0)
            if bare.height:
                left, levels = int(bare["articles"].sum()), enumerate_some(bare[column].to_list())
                notices.append(f"{_left_out(left)}: none of theirs is coded, by {name}: {levels}")
                table = table.join(bare, on=column, how="anti", maintain_order="left")
            few = counts.filter(pl.col("coded").is_between(1, SHAKY - 1))[column].to_list()
            if few:
                notices.append(f"shaky, with fewer than {SHAKY} coded articles, by {name}: {enumerate_some(few)}")
    return table


def _weigh(table: pl.DataFrame, dataset: Dataset, notices: list[str]) -> tuple[pl.DataFrame, str]:
    """With the inverse of each coded article's chance, such that all together stand for all articles; and how that is called."""
    by_hand = table["coded"].is_not_null()
    if "weight" in table.columns:
        parts = table.filter(by_hand)
        weights = balance(parts["weight"].to_numpy(), parts["round"])
        found = parts.select(ARTICLE, weight=pl.Series(weights * table.height / max(weights.sum(), 1e-300)))
        return table.drop("weight", "round").join(found, on=ARTICLE, how="left", maintain_order="left"), "drawn with recorded probabilities"
    # Nothing says with which chance: at random from each outlet, and those of which fewer than two are coded are one outlet.
    alone = pl.col("coded").count().over("stratum") < 2
    joined = table.with_columns(stratum=pl.when(alone).then(None).otherwise("stratum"), alone=alone)
    chance = pl.col("coded").count().over("stratum", "alone") / pl.len().over("stratum", "alone")
    joined = joined.with_columns(weight=1 / chance).drop("alone")
    bare = joined["weight"].is_infinite()
    if bare.any():
        notices.append(f"{_left_out(int(bare.sum()))}: no article of the same outlet is coded")
    return joined.filter(~bare), "drawn at random from each outlet"


def describe(found: Regressed) -> str:
    """What a table of it is called: of what, of how many, by which design."""
    unit = "log-odds" if found.link == "logistic" else "spans per 1,000 words" if found.measure.kind == "density" else "share of articles"
    model = "Logistic" if found.link == "logistic" else "Linear"
    together = f", clustered by story and page ({found.coded_clusters:,} coded clusters)" if found.coded_clusters < found.coded else ""
    beside = "".join(f"; {name}: beside {level}" for name, level in found.references.items())
    return (
        f"{model} regression of {found.measure.name} ({unit}) on {', '.join(found.on)}: {found.articles:,} articles, {found.coded:,} of them "
        f"coded by people, {found.design}; predictions by {found.source}, corrected by design-based supervised learning (Egami et al. 2023); "
        f"robust standard errors{together}{beside}."
    )


def say_p(p: float) -> str:
    """A p value as papers print it."""
    return "<.001" if p < 0.0005 else f"{p:.3f}".removeprefix("0")


def typeset_table(found: Regressed) -> str:
    """A table for a paper, in LaTeX: corrected coefficients with standard errors, intervals and p, and beside them those of codes and of predictions
    alone."""
    from exports.formats.latex import escape, typeset

    rows, last = [], None
    for k, term in enumerate(found.terms):
        if term.level is not None and term.name != last:
            rows.append([rf"\emph{{{escape(term.name)}}} (beside {escape(found.references[term.name])})", *[""] * 5])
        last = term.name
        name = escape(term.name) if term.level is None else rf"\quad {escape(term.level)}"
        fit = found.fits["corrected"]
        low, high = (limits[k] for limits in fit.limits)
        p = say_p(fit.p[k]).replace("<", "$<$")
        others = (_typeset_figure(found.fits[kind], k) for kind in KINDS[1:])
        rows.append([name, _typeset_figure(fit, k), f"$[{low:.3f}, {high:.3f}]$", p, *others])
    head = ["", "corrected (se)", r"95\,\% interval", "$p$", "codes alone (se)", "predictions alone (se)"]
    return typeset(head, rows, escape(describe(found), 2000), "tab:regression")


def _typeset_figure(fit: Fit, k: int) -> str:
    return "--" if np.isnan(fit.coefficients[k]) else f"${fit.coefficients[k]:.3f}$ ({fit.se[k]:.3f})"


def _left_out(articles: int) -> str:
    return f"{count(articles, 'article', 'is', 'are')} left out"
