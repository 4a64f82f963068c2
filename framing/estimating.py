"""From scores or coders and human-coded articles to the means of groups, corrected: what `framing estimate` calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from exports.estimates import Estimate, Measure, code_articles, describe_estimate, estimate_groups, fill_unanswered, list_measures
from exports.estimates.sampling import find_clusters, find_sample
from framing.figures import Figures, open_figures
from framing.grouping import PERIODS, find_group, in_time, own_columns
from schemas.dataset import Dataset, read_dataset
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.wording import count, enumerate_some, inflect

__all__ = [
    "Estimated",
    "choose_measures",
    "estimate_scores",
    "estimate_sources",
    "estimate_table",
    "gather_notices",
    "join_frames",
    "prepare",
]

# What of a coder nobody can see from its answers.
TOLD = (
    "whether the coder had seen what is coded here (as examples in its prompt, in training, or because the prompt was tried out on it) is not known: "
    "if so, it looks better than it is"
)


@dataclass(frozen=True)
class Estimated:
    """For each measure the estimate of each group (None: articles without one), and what to know."""

    by: str
    measures: tuple[Measure, ...]
    estimates: dict[str, dict[str | None, Estimate]]
    notices: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """A row for each group and measure."""
        rows = [
            {"group": group, "measure": measure.name, **describe_estimate(found)}
            for measure in self.measures
            for group, found in self.estimates[measure.name].items()
        ]
        return pl.DataFrame(rows, infer_schema_length=None)


def estimate_scores(
    scores: Path, gold: Path, by: str = "outlet", measures: Sequence[str] = (), model: Path | None = None, *, copies: bool = True
) -> Estimated:
    """Estimate the means of the scored articles' groups, corrected by those that have gold in the dataset folder `gold`.

    `by` is a column that the articles came with, month or year, or several of these, as "outlet, month". An article that the model was trained on
    counts with what models that had not seen it said of it. Without `copies` each story counts once. FramingError if a measure or column is not
    there, or nothing coded was scored.
    """
    (found,) = estimate_sources(scores, gold, (), by, measures, model, copies=copies).values()
    return found


def estimate_sources(
    folder: Path,
    gold: Path,
    coders: Sequence[str] = (),
    by: str = "outlet",
    measures: Sequence[str] = (),
    model: Path | None = None,
    *,
    copies: bool = True,
) -> dict[str, Estimated]:
    """The same for each of several sources, by name: the scores, if `folder` is a score folder, and the `coders` that are named, of the
    dataset in `folder`, or of the one in `gold` beside scores. All are measured alike: without `measures`, by the first that all of them have.
    FramingError as for `estimate_scores`, and if a coder is not there."""
    dataset = read_dataset(gold)
    dataset.require_gold(gold)
    return estimate_table(open_figures(folder, gold, dataset, coders, model, copies=copies), dataset, by, measures, gold)


def estimate_table(
    sources: Sequence[Figures], dataset: Dataset, by: str = "outlet", measures: Sequence[str] = (), gold: object = "gold"
) -> dict[str, Estimated]:
    """The same of sources and a dataset at hand; `gold` says where the dataset came from, if something is wrong with it."""
    chosen = choose_measures(sources, dataset, measures, gold)
    return {source.name: _estimate_source(source, dataset, chosen, by, gold) for source in sources}


def join_frames(found: Mapping[str, Estimated]) -> pl.DataFrame:
    """A row for each group and measure; of several sources one below the other, their names in a first column."""
    frames = [each.to_frame() for each in found.values()]
    if len(frames) == 1:
        return frames[0]
    named = [frame.select(pl.lit(name).alias("source"), pl.all()) for name, frame in zip(found, frames, strict=True)]
    return pl.concat(named, how="vertical_relaxed")


def gather_notices(sources: Mapping[str, Estimated]) -> list[str]:
    """What is said of each source once, with their names where that is not said of all."""
    said = {line: [name for name, found in sources.items() if line in found.notices] for found in sources.values() for line in found.notices}
    return [line if len(names) == len(sources) else f"{enumerate_some(names)}: {line}" for line, names in said.items()]


def _estimate_source(source: Figures, dataset: Dataset, chosen: Sequence[Measure], by: str, gold: object) -> Estimated:
    """The estimates of one source, of measures that it has."""
    figures, coded, notices = prepare(source, dataset, chosen, by, gold)
    alone = coded.join(figures.filter("seen"), on="article_id", how="inner")["group"].n_unique() == 1
    if alone and any(measure.kind == "density" for measure in chosen):
        notices.append(
            "the classifier is not heard on densities: it was trained on the coded articles of one group, and no other tells at what level"
        )
    estimates = {measure.name: _estimate(figures, coded, measure, source) for measure in chosen}
    if in_time(by):
        estimates = {name: dict(sorted(found.items(), key=lambda item: item[0] or "")) for name, found in estimates.items()}
    return Estimated(by, tuple(chosen), estimates, (*notices, *source.notices))


def prepare(source: Figures, dataset: Dataset, chosen: Sequence[Measure], by: str, gold: object) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """What one source says of each article that counts (article_id, group, seen, the measures), what people coded of those that are a sample (with
    weight, round and cluster, where chances are known), and what to know. An article that the model was trained on counts with what models
    that had not seen it said of it. `by` is as for `estimate_scores`."""
    rows = source.rows
    table = rows.unique("article_id", keep="first", maintain_order=True)
    if (group := find_group(table, by, own_columns(table))) is None:
        raise FramingError(f"articles have no column {by!r} of one value each", "--by", f"Choose of: {', '.join([*own_columns(table), *PERIODS])}")
    figures = table.select("article_id", group, pl.lit(value=False).alias("seen"), *(measure.predicted() for measure in chosen))
    coded, unchosen = _keep_random(code_articles(dataset, chosen), dataset.articles, gold)
    seen = None if source.is_coder else _find_seen(table, dataset, source.training)
    untested = 0
    if seen is not None:
        figures, untested = _replace_seen(figures, coded, seen, dataset.articles, by, chosen, gold)
    absent = coded.join(figures, on="article_id", how="anti")
    if absent.height == coded.height:
        among = f"the articles of {source.where}" if source.is_coder else "the scored ones"
        what = f"none of {count(coded.height, 'coded article')} is among {among}" if coded.height else "no coded article was drawn at random"
        todo = "Name the dataset that they were drawn from" if source.is_coder else "Score the articles that the coded ones were drawn from"
        raise FramingError(what, gold, f"{todo}, at random")
    titles = [measure.name for measure in chosen if measure.of_titles]
    lost = "they are not among this coder's" if source.is_coder else "they were not scored"
    counts = {
        "rows are left out: their articles had been scored before": rows.height - table.height,
        "coded articles were not drawn at random (selected_by), so they count as uncoded": unchosen,
        "scored articles are left out: the model was trained on them, and no fold tested it on them": untested,
        f"coded articles are left out: {lost}": absent.join(table, on="article_id", how="anti").height,
        "articles have no headline: they do not count in measures of headlines": 0
        if source.is_coder or not titles
        else figures[titles[0]].null_count(),
        f"articles have no {by}: {'they have no date' if by in PERIODS else 'one of these is not known'}": figures["group"].null_count()
        if in_time(by)
        else 0,
    }
    notices = [*_tell_seen(figures, table, chosen), *(f"{count} {what}" for what, count in counts.items() if count)]
    if source.is_coder:
        notices += [*_tell_unanswered(figures, coded, chosen), TOLD]
    elif seen is None:
        notices.append("the model's folder does not say what it was trained on: if that was among what is coded here, all is less sure than it looks")
    if "weight" in coded.columns:
        figures = figures.join(find_clusters(rows, dataset.articles), on="article_id", how="left", maintain_order="left")
    return figures, coded, notices


def _tell_unanswered(figures: pl.DataFrame, coded: pl.DataFrame, measures: Sequence[Measure]) -> list[str]:
    """Of how many articles a coder said nothing; once for all values of a question."""
    said = []
    for measure in {measure.question.name if measure.question else measure.kind: measure for measure in measures}.values():
        answered = pl.col(measure.name).is_not_null()
        unanswered = figures.with_columns(somewhere=answered.any().over("group")).filter(~answered)
        by_hand = coded.filter(answered).join(unanswered.filter("somewhere"), on="article_id", how="semi").height
        if unanswered.height:
            about = f"on {measure.question.name}" if measure.question else "of spans"
            kept = f", but for {count(by_hand, 'coded one')}, counted with its mean of the group" if by_hand else ""
            said.append(f"the coder said nothing {about} in {unanswered.height} of {count(figures.height, 'article')}: left out{kept}")
    return said


def _tell_seen(figures: pl.DataFrame, table: pl.DataFrame, measures: Sequence[Measure]) -> list[str]:
    """Whose figures are not those of the scores."""
    seen = figures.filter("seen")
    if seen.is_empty():
        return []
    unscored = seen.join(table, on="article_id", how="anti").height
    level = ", brought to the level of this one" if any(measure.kind == "density" for measure in measures) else ""
    are = inflect(seen.height, "is a training article", "are training articles")
    said = f"{seen.height} of {count(figures.height, 'article')} {are} of the model ({unscored} of them not among the scores)"
    return [f"{said}: such an article counts with what models that had not seen it found in it{level}"]


def _list_common(known: dict[str, Measure], sources: Sequence[Figures]) -> dict[str, Measure]:
    """The measures of which every source has figures."""
    there = known
    for source in sources:
        # The user's own columns stand behind the model's, and a density of theirs is none of ours.
        columns = source.rows.columns
        ours = set(columns[: columns.index("model")] if "model" in columns else columns)
        if not (own := {name: measure for name, measure in known.items() if ours.issuperset(measure.columns)}):
            what, todo = ("answer or span", "Name another") if source.is_coder else ("score", "Score with a model of the same codebook")
            raise FramingError(f"has no {what} for any label or answer of the coded articles", source.where, todo)
        there = {name: measure for name, measure in there.items() if name in own}
    return there


def choose_measures(sources: Sequence[Figures], dataset: Dataset, names: Sequence[str], gold: object) -> list[Measure]:
    """The measures that are asked for, which all sources have; by default all spans together, else the values of the first question."""
    there = _list_common(list_measures(dataset.require_codebook(gold)), sources)
    if not there:
        raise FramingError("have no label or answer in common", ", ".join(source.name for source in sources), "Estimate them one by one")
    missing = [name for name in names if name not in there]
    if missing:
        raise FramingError(f"no such measure {missing[0]!r}", "--measure", f"Choose of: {enumerate_some(list(there))}")
    if names:
        return [there[name] for name in dict.fromkeys(names)]
    first = next(iter(there.values()))
    return [first] if first.question is None else [measure for measure in there.values() if measure.question == first.question]


def _keep_random(coded: pl.DataFrame, articles: pl.DataFrame, where: object) -> tuple[pl.DataFrame, int]:
    """The coded articles that are a sample of all, with their weights if the dataset says with which chances they were drawn; and how many are
    none: those that a model or cue chose."""
    kept = coded.join(find_sample(articles, where), on="article_id", how="inner", maintain_order="left")
    return kept, coded.height - kept.height


def _find_seen(table: pl.DataFrame, dataset: Dataset, training: pl.DataFrame | None) -> pl.DataFrame | None:
    """The model's training articles among those scored or coded, under the ids they have here, with out-of-fold figures; None if unknown.

    Where the text is known it decides, since ids of two projects may be alike; elsewhere the id does.
    """
    if training is None:
        return None
    digests = [digest_text(text)[:16] for text in dataset.articles["text"]]
    here = dataset.articles.select("article_id", text_digest=pl.Series(digests, dtype=pl.String))
    by_text = here.join(training.drop("article_id").unique("text_digest", keep="first", maintain_order=True), on="text_digest", maintain_order="left")
    by_id = training.join(here, on="article_id", how="anti").join(table, on="article_id", how="semi", maintain_order="left")
    return pl.concat([by_text, by_id], how="diagonal_relaxed")


def _replace_seen(
    figures: pl.DataFrame, coded: pl.DataFrame, seen: pl.DataFrame, articles: pl.DataFrame, by: str, measures: Sequence[Measure], gold: object
) -> tuple[pl.DataFrame, int]:
    """The figures, with those of models that had not seen the article where it was trained on; and how many are left out for want of them.

    A coded article that was trained on need not have been scored.
    """
    lacking = sorted({column for measure in measures for column in measure.columns} - set(seen.columns))
    seen = seen.with_columns(pl.lit(None, pl.Float64).alias(column) for column in lacking)
    # An article without a headline has no figure of one, whether it was seen or not.
    must = [measure.name for measure in measures if not measure.of_titles or not set(measure.columns).isdisjoint(lacking)]
    known = seen.select("article_id", "fold", pl.lit(value=True).alias("seen"), *(measure.predicted() for measure in measures))
    honest = known.drop_nulls(["fold", *must]).drop("fold")
    lost = coded.join(seen, on="article_id", how="semi").join(honest, on="article_id", how="anti").height
    if lost and honest.is_empty():
        what = f"the model was trained on {lost} of the coded articles, and its folder does not say what it would find in them unseen"
        raise FramingError(what, gold, "Code other articles" if seen["fold"].count() else "Train with --folds 5, or code other articles")
    fresh = figures.join(seen, on="article_id", how="anti", maintain_order="left")
    again = figures.select("article_id", "group").join(honest, on="article_id", maintain_order="left").select(fresh.columns)
    parts = [fresh, again]
    if (group := find_group(articles, by, articles.columns)) is not None:
        unscored = coded.select("article_id").join(figures, on="article_id", how="anti").join(honest, on="article_id", maintain_order="left")
        parts.append(unscored.join(articles.select("article_id", group), on="article_id", maintain_order="left").select(fresh.columns))
    return pl.concat(parts), figures.height - fresh.height - again.height


def _estimate(figures: pl.DataFrame, coded: pl.DataFrame, measure: Measure, source: Figures) -> dict[str | None, Estimate]:
    # Columns of the design are there where chances are known.
    articles = figures.select("article_id", "group", "seen", pl.col("^cluster$"), predicted=measure.name)
    by_hand = coded.select("article_id", pl.col("^(weight|round)$"), coded=measure.name)
    articles = articles.join(by_hand, on="article_id", how="left", maintain_order="left").drop("article_id")
    if source.is_coder:
        articles = fill_unanswered(articles)
    articles = articles.drop_nulls("predicted") if measure.of_titles else articles
    if not articles["predicted"].is_finite().fill_null(value=False).all():
        raise FramingError(f"has rows without a figure for {measure.name!r}", source.where, source.remedy)
    return estimate_groups(articles, measure.kind)
