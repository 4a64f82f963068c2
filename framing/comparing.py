"""What changed between two runs, or between two groups of the articles of one: what `framing compare` calls."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from exports.drift import Difference, Strangers, agree_on_spans, compare_measures, count_strangers, is_undecidable
from exports.tables.scores import ScoreFolder, open_scores
from framing.grouping import JOINT, PERIODS, split_dimensions
from framing.provenance import find_model
from schemas.codebook import READABILITY
from schemas.errors import FramingError
from schemas.parts import TEXT, TITLE
from schemas.tables import count_copies, leave_out_copies
from schemas.wording import count, enumerate_some, inflect, say_copies

__all__ = ["Comparison", "Side", "compare_groups", "compare_runs"]

TOTAL, SENTENCES = "density", "sentence_probability"
# If at least this share of the smaller side stands on both, the articles of both are compared with themselves.
PAIRED = 0.5
FORMS = {"month": "YYYY-MM, as 2026-05", "year": "YYYY, as 2026"}
NONE = pl.Series(dtype=pl.Float64)
# Probabilities are summed as whole numbers of this fraction: such sums are exact, so the order in which many are read changes no bit.
UNIT = 2.0**-40


@dataclass(frozen=True)
class Side:
    """A set of scored articles. `strangers` is None where the model or its figures of the training articles are not known."""

    name: str
    articles: int
    model: str
    codebook: str | None
    strangers: Strangers | None


@dataclass(frozen=True)
class Comparison:
    """Two sides: how many articles they share; how their scores differ, or, where two models made them, how far these agree; and what
    the user should know."""

    sides: tuple[Side, Side]
    shared: int
    paired: bool
    same_model: bool
    differences: tuple[Difference, ...]
    agreement: Mapping[str, Any] | None
    notices: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        """Whether the same articles have the same figures on both sides."""
        everything = self.same_model and self.paired and self.shared == self.sides[0].articles == self.sides[1].articles
        # Figures that vary and have an interval have changed, even where their mean has not.
        return everything and all(row.difference == 0 and row.superiority == 0.5 and row.low is None for row in self.differences)

    def to_frame(self) -> pl.DataFrame:
        """A row for each figure: measure, and of each side its name, articles and mean; difference, low and high (95 %), p, p_holm, superiority."""
        one, other = (side.name for side in self.sides)
        rows = [
            {"measure": row.measure}
            | {"first": one, "first_articles": row.articles[0], "first_mean": row.means[0]}
            | {"second": other, "second_articles": row.articles[1], "second_mean": row.means[1]}
            | {name: getattr(row, name) for name in ("difference", "low", "high", "p", "p_holm", "superiority")}
            for row in self.differences
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    @property
    def undecidable(self) -> bool:
        """Whether no test of so few articles could have called a difference clear."""
        return not self.unchanged and is_undecidable(self.differences)


def compare_runs(first: Path, second: Path, *, copies: bool = True) -> Comparison:
    """Compare two score folders; without `copies` each story counts once. FramingError if they were made by two models and share no article:
    nothing can be said then."""
    opened = [open_scores(folder) for folder in dict.fromkeys((first, second))]
    folders = opened[0], opened[-1]
    same = folders[0].run.model == folders[1].run.model
    names = (str(first), str(second)) if first != second else (f"{first} (first)", f"{second} (second)")
    notices = _compare_versions(*(folder.run.versions for folder in folders))
    once = [_once(folder, notices, copies=copies) for folder in opened]
    wheres = once[0], once[-1]
    found = [_describe(*each, notices) for each in zip(folders, names, wheres, strict=True)]
    ids = [folder.select("articles", ["article_id", "tokens"], where) for folder, where in zip(folders, wheres, strict=True)]
    both = ids[0].join(ids[1], on="article_id", how="inner")
    same_texts = both.filter(pl.col("tokens") == pl.col("tokens_right")).select("article_id")
    if other := both.height - same_texts.height:
        notices.append(
            f"{other} of {count(both.height, 'shared article')} {inflect(other, 'has', 'have')} another number of tokens now, so the text has changed"
        )
    sides = found[0], found[1]
    if not same:
        if same_texts.is_empty():
            raise FramingError(f"was made by another model than {first}, and they share no article", second, "Score both with one model")
        notices.append("the models differ, so a difference of scores would say nothing of the articles: how far the models agree is shown instead")
        spans = [folder.select("spans", ["article_id", "label", "start", "end"], pl.col("part") == TEXT) for folder in folders]
        agreement = agree_on_spans(*(table.join(same_texts, on="article_id", how="semi") for table in spans))
        return Comparison(sides, both.height, True, False, (), {"articles": same_texts.height, **agreement}, tuple(notices))
    measures = [name for name in _measures(folders[0]) if name in _measures(folders[1])]
    figures = [_figures(folder, measures, where) for folder, where in zip(folders, wheres, strict=True)]
    return _compare(sides, figures[0], figures[1], measures, both.height, notices)


def compare_groups(scores: Path, between: tuple[str, str], by: str = "month", *, copies: bool = True) -> Comparison:
    """Compare two groups of the articles of one score folder: two months or years of publication, or two values of a column such as
    outlet; or of several of these at once (`by` "outlet, month", a side "Gazette, 2026-05"). Without `copies` each story counts once, on the side of
    its first article. FramingError if there is no such column or group."""
    folder, notices = open_scores(scores), list[str]()
    group = _group_by(folder, by)
    if between[0] == between[1]:
        raise FramingError(f"{between[0]!r} is to be compared with itself", "--between", "Name two groups")
    there = folder.select("articles", [pl.len()], group.is_not_null()).item()
    if not there:
        raise FramingError(f"no article has {'a date that says its ' + by if by in PERIODS else by}", scores, "Compare by another column")
    if without := folder.select("articles", [pl.len()]).item() - there:
        its, stand = ("its", "is") if without == 1 else ("their", "are")
        notices.append(f"{count(without, 'article')} without {f'a date that says {its} {by}' if by in PERIODS else by} {stand} on neither side")
    once = _once(folder, notices, copies=copies)
    # Who writes no space behind the comma between two dimensions means the same.
    named = [(group == name) | (_group_by(folder, by, ",") == name) for name in between]
    wheres = [here if once is None else here & once for here in named]
    sides = []
    for name, where in zip(between, wheres, strict=True):
        side = _describe(folder, name, where, notices)
        if not side.articles:
            known = folder.select("articles", [group.alias("group")], once)["group"].drop_nulls().unique().sort()
            form = f", and a {by} is written {FORMS[by]}" if by in FORMS and not re.fullmatch(PERIODS[by], name) else ""
            raise FramingError(
                f"no article{'' if once is None else ' but copies'} is of the {by} {name!r}{form}",
                scores,
                f"There are: {enumerate_some(list(map(repr, known)))}",
            )
        sides.append(side)
    measures = _measures(folder)
    figures = [_figures(folder, measures, where) for where in wheres]
    return _compare((sides[0], sides[1]), figures[0], figures[1], measures, 0, notices)


def _group_by(folder: ScoreFolder, by: str, joint: str = JOINT) -> pl.Expr:
    """What groups the articles, as text; null where one of several dimensions is not known."""
    columns, parts = folder.columns("articles"), []
    for name in [by] if by in columns else split_dimensions(by):
        column = "published" if name in PERIODS else name
        if column not in columns:
            todo = f"Choose --by month, year or one of: {enumerate_some(columns)}; or several, as outlet,month"
            raise FramingError(f"the scored articles have no column {column!r}", folder.path, todo)
        value = pl.col(column).cast(pl.String)
        parts.append(value.str.extract(PERIODS[name]) if name in PERIODS else value)
    return pl.concat_str(parts, separator=joint) if len(parts) > 1 else parts[0]


def _compare(
    sides: tuple[Side, Side], first: pl.DataFrame, second: pl.DataFrame, measures: Sequence[str], shared: int, notices: list[str]
) -> Comparison:
    fewer = min(first.height, second.height)
    paired = shared > 0 and shared >= PAIRED * fewer
    if paired and (left := first.height + second.height - 2 * shared):
        notices.append(f"each article that stands on both sides ({shared}) is compared with itself; left out: {count(left, 'other')}")
    if shared and not paired:
        notices.append(f"{count(shared, 'article')} on both sides, too few to be compared by themselves: they count as others do")
    if fewer < 2:
        notices.append("a side of one article has no interval, and a test of it finds hardly anything")
    found = compare_measures(first, second, measures, paired=paired)
    if missing := [name for name in measures if name not in {difference.measure for difference in found}]:
        notices.append(f"{', '.join(missing)}: not known on both sides")
    warnings = [line for side in sides if side.strangers is not None and (line := side.strangers.warning(side.name))]
    comparison = Comparison(sides, shared, paired, True, tuple(found), None, ())
    if fewer > 1 and comparison.undecidable:
        many = count(shared, "pair") if paired else f"{first.height} and {count(second.height, 'article')}"
        notices.append(f"with {many} no test of {count(len(found), 'figure')} could tell a difference from chance: look at the intervals")
    return replace(comparison, notices=(*notices, *warnings))


def _once(folder: ScoreFolder, notices: list[str], *, copies: bool) -> pl.Expr | None:
    """Which articles count: None for all, else each story once; what is known of copies is said."""
    columns = [name for name in ("article_id", "copy_of") if name in folder.columns("articles")]
    articles = folder.select("articles", columns)
    if some := count_copies(articles):
        notices.append(f"{folder.path}: {say_copies(some, articles.height, counted=copies)}")
    return None if copies else pl.col("article_id").is_in(leave_out_copies(articles, folder.path)["article_id"].implode())


def _measures(folder: ScoreFolder) -> list[str]:
    """The figures of the articles table that a model made, from words_per_sentence to readability, those of headlines where there are any, and the
    mean of the sentences."""
    columns = folder.columns("articles")
    try:
        own = columns[columns.index("words_per_sentence") : columns.index(READABILITY[0])]
    except ValueError as error:
        raise FramingError("has not the columns of scores", folder.path / "articles.parquet", "Score the articles again") from error
    titled = "title_words" in columns and folder.select("articles", [pl.col("title_words").is_not_null().any()]).item()
    return [TOTAL, *(name for name in own if name != TOTAL and (titled or not name.startswith(f"{TITLE}_"))), SENTENCES]


def _figures(folder: ScoreFolder, measures: Sequence[str], where: pl.Expr | None = None) -> pl.DataFrame:
    """article_id and the measures of each article."""
    columns = folder.columns("articles")
    densities = [name for name in columns[: columns.index(READABILITY[0])] if name.startswith(f"{TOTAL}_") and not name.endswith("_quoted")]
    total = pl.sum_horizontal(densities, ignore_nulls=False).alias(TOTAL) if densities else pl.lit(None, pl.Float64).alias(TOTAL)
    articles = folder.select("articles", ["article_id", total, *(name for name in measures if name in columns and name != TOTAL)], where)
    mean = (pl.col("probability") / UNIT).round().cast(pl.Int64).sum() * UNIT / pl.len()
    means = folder.select("sentences", [mean.alias(SENTENCES)], pl.col("part") == TEXT, by="article_id")
    return articles.join(means, on="article_id", how="left", maintain_order="left")


def _describe(folder: ScoreFolder, name: str, where: pl.Expr | None, notices: list[str]) -> Side:
    from classifiers import load_training, model_codebook

    articles = folder.select("articles", [pl.len()], where).item()
    unseen = folder.select("articles", ["unseen_words"], where)["unseen_words"] if "unseen_words" in folder.columns("articles") else NONE
    try:
        model = find_model(folder.run, folder.path)
        training, codebook = load_training(model), model_codebook(model).stamp
    except FramingError as error:
        if (said := f"how unlike the training data the articles are is not known: {error}") not in notices:
            notices.append(said)
        training, codebook = None, None
    seen = training["unseen_words"] if training is not None and "unseen_words" in training.columns else NONE
    return Side(name, articles, folder.run.model, codebook, count_strangers(unseen, seen))


def _compare_versions(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    said = []
    for name in sorted(first.keys() | second.keys()):
        one, other = (version.get(name, "-") for version in (first, second))
        if one != other:
            said.append(f"{name} was {one} for the first and {other} for the second")
    return said
