"""Who is framed, by whom, and as what: the actors that spans are about, in each outlet, and what is said of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from exports.estimates import SHAKY
from exports.estimates.design import Design
from exports.means import UNKNOWN, month_of
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, begin, lead, plain, spread
from schemas.codebook import MENTIONS, Attribute, Codebook
from schemas.text.voices import OWN_VOICES
from schemas.wording import count

__all__ = ["show_targets"]

# Actors in the text, and beside outlets, those with most spans; the table of actors has all. Values of which shares are given, words of an actor.
SUMMARISED, MOST_ACTORS, MOST_VALUES, MOST_WORDS = 3, 12, 4, 6
# What a value of an attribute is called that says that there is nothing.
NOTHING = ("none", "neither")
UNTOLD = (*NOTHING, "other")


def show_targets(articles: pl.DataFrame, spans: pl.DataFrame, codebook: Codebook, corrected: Sequence[Figure] = ()) -> Section | None:
    """A sentence, and tables by actor, outlet and month, of spans in the outlets' own voice whose target is known; None if there are none.

    `articles`: article_id, outlet, words and, where mentions were counted, `mentions_<actor>`. `spans`: article_id, voice, and a column for
    each attribute of the codebook that is known of some. `corrected`: figures of what people's codes correct.
    """
    target = codebook.target
    if target is None or target.name not in spans.columns:
        return None
    own = spans.filter(pl.col("voice").is_in(OWN_VOICES)).join(
        articles.select("article_id", "words", outlet=pl.col("outlet").fill_null(UNKNOWN)), on="article_id", how="inner", maintain_order="left"
    )
    about = own.drop_nulls(target.name).rename({target.name: "actor"})
    if about.is_empty():
        return None
    by_actor = {str(actor): own for (actor,), own in about.partition_by("actor", as_dict=True, maintain_order=True).items()}
    told = [one for one in codebook.attributes if one.kind == "choice" and one.name in about.columns and about[one.name].count()]
    sizes = about.group_by("actor").len().sort("len", "actor", descending=[True, False])
    actors = sizes["actor"].to_list()
    few = [one for one in told if len(one.value_names) <= MOST_VALUES]
    figures = [_by_outlet(_leave_unread(articles, codebook), about, actors[:MOST_ACTORS]), *corrected, _by_actor(articles, by_actor, actors, few)]
    figures += [figure for one in told[:1] if (figure := _by_month(articles, by_actor, actors, one))]
    figures += [_shades_of(about, actors, one) for one in told]
    finding, *others = _summarise(by_actor, actors, told, about.height)
    limits = [
        f"Of {count(own.height, 'span')} in the outlets' own voice, {about.height:,} are about somebody who can be named.",
        "A count is no verdict: whoever is named most is framed most, so the tables set spans beside mentions.",
    ]
    return Section("targets", "Who is framed, by whom, and as what", figures, finding, others, limits)


def _summarise(by_actor: Mapping[str, pl.DataFrame], actors: Sequence[str], told: Sequence[Attribute], named: int) -> list[str]:
    """Who, by whom and as what, of those that most spans are about: the first as what was found."""
    said = []
    for place, actor in enumerate(actors[:SUMMARISED]):
        own = by_actor[actor]
        outlet, times = _commonest(own["outlet"])
        parts = [f"{times:,} of them in {outlet}" if own["outlet"].n_unique() > 1 else ""]
        for one in told:
            values = own[one.name].drop_nulls()
            values = values.filter(~values.is_in(UNTOLD))
            # What is said once is not said often.
            if values.len() and (found := _commonest(values))[1] > 1:
                value, number = found
                parts.append(f"{plain(one.name)} most often {plain(value)} ({number:,})")
        rest = "".join(f", {part}" for part in parts if part)
        spans = count(own.height, "span")
        said.append(
            f"The actor that more spans are about than any other is {actor}: {spans} of {named:,}{rest}."
            if place == 0
            else f"{actor}: {spans}{rest}."
        )
    return said


def _commonest(values: pl.Series) -> tuple[str, int]:
    """The commonest value, the first by name of those as common, and how often it is there."""
    value, times = values.value_counts().sort("count", values.name, descending=[True, False]).row(0)
    return str(value), int(times)


def _leave_unread(articles: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    """Without articles that nobody read for spans, as far as that is known."""
    return articles.drop_nulls([name for name in (f"density_{label}" for label in codebook.label_names) if name in articles.columns])


def _by_outlet(articles: pl.DataFrame, about: pl.DataFrame, actors: Sequence[str]) -> Figure:
    """outlets x actors: spans about the actor per 1,000 words of an article, mean."""
    sizes = articles.group_by(outlet=pl.col("outlet").fill_null(UNKNOWN)).len("articles").sort("articles", "outlet", descending=[True, False])
    read = about.join(articles, on="article_id", how="semi")
    each = read.group_by("outlet", "article_id", "actor").agg(density=pl.len() * 1000 / pl.col("words").first().clip(1))
    sums = each.group_by("outlet", "actor").agg(pl.col("density").sum()).join(sizes, on="outlet")
    means = {(outlet, actor): total / size for outlet, actor, total, size in sums.select("outlet", "actor", "density", "articles").iter_rows()}
    rows: list[Row] = [[outlet, size, *(means.get((outlet, actor), 0.0) for actor in actors)] for outlet, size in sizes.iter_rows()]
    leads = {
        (i, j): lead(outlet=outlet, target=actor)
        for i, outlet in enumerate(sizes["outlet"])
        for j, actor in enumerate(actors, 2)
        if (outlet, actor) in means
    }
    return Figure(
        "actors-by-outlet",
        "Who is framed, in which outlet",
        Table(["outlet", "articles", *actors], rows, shaded=range(2, len(actors) + 2), leads=leads),
        f"Spans about the {MOST_ACTORS} actors that most are about, per 1,000 words, in the outlet's own voice, mean over articles. The darker, the "
        "more; a figure leads to its spans.",
    )


def _by_actor(articles: pl.DataFrame, by_actor: Mapping[str, pl.DataFrame], actors: Sequence[str], told: Sequence[Attribute]) -> Figure:
    rows: list[Row] = []
    for actor in actors:
        own = by_actor[actor]
        named = int(articles[f"{MENTIONS}_{actor}"].sum()) if f"{MENTIONS}_{actor}" in articles.columns else None
        words = own["text"].str.to_lowercase().value_counts().sort("count", "text", descending=[True, False]).head(MOST_WORDS)
        called = ", ".join(f"{text} ({times})" if times > 1 else text for text, times in words.iter_rows())
        row: Row = [actor, called, own.height, own["article_id"].n_unique(), named, 100 * own.height / named if named else None]
        for one in told:
            for value in one.value_names:
                share, low, high = _share(own.drop_nulls(one.name), pl.col(one.name) == value)
                row += [share, spread(low, high)]
        rows.append(row)
    values = [f"{plain(one.name)}: {plain(value)}" for one in told for value in one.value_names]
    header = [
        "actor",
        "words about it, most often found first",
        "spans",
        "articles",
        "mentions",
        "spans per 100 mentions",
        *(part for value in values for part in (value, INTERVAL)),
    ]
    return Figure(
        "actors",
        "What is said of each actor",
        Table(header, rows, leads={(i, 0): lead(target=actor) for i, actor in enumerate(actors)}),
        "Shares are of the actor's spans of which something is known. Intervals take spans of one article as one draw, and are not given of fewer "
        f"than {SHAKY} articles, nor where all are alike.",
    )


def _by_month(articles: pl.DataFrame, by_actor: Mapping[str, pl.DataFrame], actors: Sequence[str], one: Attribute) -> Figure | None:
    """months x actors that most spans are about: the share of the attribute's first value. None with fewer than two months."""
    if "published" not in articles.columns:
        return None
    dated = articles.select("article_id", month=month_of(pl.col("published"))).drop_nulls("month")
    shown, value = actors[:SUMMARISED], one.value_names[0]
    parts = {actor: by_actor[actor].drop_nulls(one.name).join(dated, on="article_id", how="inner", maintain_order="left") for actor in shown}
    months = sorted({str(month) for part in parts.values() for month in part["month"]})
    if len(months) < 2:
        return None
    rows: list[Row] = []
    for month in months:
        row: Row = [month]
        for part in parts.values():
            there = part.filter(month=month)
            share, low, high = _share(there, pl.col(one.name) == value)
            row += [there.height, share, spread(low, high)]
        rows.append(row)
    return Figure(
        f"{one.name}-by-month",
        f"{begin(plain(one.name))}: {plain(value)}, by month of publication",
        Table(["month", *(part for actor in shown for part in (f"spans about {actor}", value, INTERVAL))], rows),
        f"The share of the spans about each actor, of those with a {one.name}, that are {value}: uncorrected. Intervals are over articles, not given "
        f"of fewer than {SHAKY}, nor where all are alike. A change may be one of what was published where.",
    )


def _share(spans: pl.DataFrame, holds: pl.Expr) -> tuple[float | None, float | None, float | None]:
    """The share of spans of which something holds, with the interval of a ratio over articles (Cochran 1977, Sampling Techniques, p. 155); none of
    few articles, and none where all are alike, which says nothing of how they vary."""
    if spans.is_empty():
        return None, None, None
    each = spans.group_by("article_id", maintain_order=True).agg(part=holds.mean(), every=pl.len().cast(pl.Float64))
    size, parts, design = each.height, each["part"].to_numpy(), Design.of(each["every"].to_numpy())
    share = design.mean(parts)
    if size < SHAKY or np.ptp(parts) == 0:
        return share, None, None
    half = 1.96 * math.sqrt(design.square(parts) * size / (size - 1))
    return share, max(share - half, 0.0), min(share + half, 1.0)


def _shades_of(about: pl.DataFrame, actors: Sequence[str], one: Attribute) -> Figure:
    """actors x values: how many spans."""
    counts = {(actor, value): times for actor, value, times in about.drop_nulls(one.name).group_by("actor", one.name).len().iter_rows()}
    rows: list[Row] = [[actor, *(counts.get((actor, value), 0) for value in one.value_names)] for actor in actors]
    shaded = [place for place, value in enumerate(one.value_names, 1) if value not in NOTHING]
    return Figure(
        f"{one.name}-by-actor",
        f"{begin(plain(one.name))} of the spans about each actor",
        Table(["actor", *map(plain, one.value_names)], rows, shaded=shaded),
        f"How many spans. {one.definition}",
    )
