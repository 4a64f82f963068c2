"""What can be estimated: what the classifier says of an article, in the columns of its scores, and what people coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from exports.estimates.intervals import Kind
from exports.tables.gold import tabulate_gold
from schemas.codebook import ABOUT, TOTAL, Codebook, Question
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.parts import TEXT
from schemas.text.voices import OWN_VOICES
from schemas.wording import enumerate_some

__all__ = ["COUNTED", "TITLES", "TOTAL", "About", "Measure", "code_articles", "list_measures", "list_shares"]

TITLES = "title_density"
# The spans that count: of texts, in the outlet's own voice.
COUNTED = (pl.col("part") == TEXT) & pl.col("voice").is_in(OWN_VOICES)


@dataclass(frozen=True)
class About:
    """Spans about an actor of which an attribute is known; or, with `value`, those of which it is this."""

    target: str
    actor: str
    attribute: str
    value: str | None = None

    @property
    def name(self) -> str:
        return "_".join([self.attribute, *([self.value] if self.value is not None else []), ABOUT, self.actor])

    def count(self) -> pl.Expr:
        """How many of some spans they are."""
        known = pl.col(self.attribute).is_not_null() if self.value is None else pl.col(self.attribute) == self.value
        return ((pl.col(self.target) == self.actor) & known).sum().cast(pl.Float64).alias(self.name)


@dataclass(frozen=True)
class Measure:
    """A figure that each article has: spans of some labels, or about somebody, per 1,000 words in the outlet's own voice; or whether a question has
    an answer. A figure of headlines (`of_titles`) is null where an article has none. With `about` it counts spans: as a share, those of them that
    have a value, among all of which it is known.

    Its columns in the scores sum to the classifier's figure.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    question: Question | None = None
    of_titles: bool = False
    about: About | None = None

    @property
    def unit(self) -> str:
        if self.about is not None:
            return f"share of the spans about {self.about.actor}; articles and coded are those with such spans"
        return f"{'spans per 1,000 words' if self.kind == 'density' else 'share of articles'}, mean over articles"

    def predicted(self) -> pl.Expr:
        """The classifier's figure, from the articles table of scores."""
        return pl.sum_horizontal(*(pl.col(column).cast(pl.Float64) for column in self.columns), ignore_nulls=False).alias(self.name)


def list_measures(codebook: Codebook) -> dict[str, Measure]:
    """Every measure of a codebook by name, named as the columns of scores are: all labels together first, then each, then answers, then whom
    spans are about, then labels in headlines."""
    in_texts, in_titles = (_list_densities(codebook, name) for name in (TOTAL, TITLES))
    answers = [
        Measure(f"{question.name}_{value}", "share", (f"{question.name}_{value}",), question)
        for question in codebook.questions
        for value in question.value_names
    ]
    about = [Measure(name, "density", (name,)) for name in (f"{ABOUT}_{actor.name}" for actor in (codebook.actors if codebook.target else ()))]
    return {measure.name: measure for measure in (*in_texts, *answers, *about, *in_titles)}


def list_shares(codebook: Codebook, attribute: str, actor: str) -> list[Measure]:
    """For each value of the attribute the share of the spans about the actor that have it, named as `stance_against_about_<actor>`. FramingError if
    the codebook does not ask whom spans are about, or has no such attribute with values to choose from."""
    asked, target = codebook.attribute(attribute), codebook.target
    if target is None:
        raise FramingError("does not ask whom spans are about", f"codebook {codebook.stamp}", "Add an attribute of kind actor, or leave out --about")
    if asked is None or asked.kind != "choice":
        choices = [one.name for one in codebook.attributes if one.kind == "choice"]
        raise FramingError(f"there is no attribute {attribute!r} with values to choose from", "--measure", f"Choose of: {enumerate_some(choices)}")
    shares = [About(target.name, actor, attribute, value) for value in asked.value_names]
    return [Measure(about.name, "share", (about.name,), about=about) for about in shares]


def _list_densities(codebook: Codebook, total: str) -> list[Measure]:
    columns = [f"{total}_{label}" for label in codebook.label_names]
    every = {total: tuple(columns)} if columns else {}
    return [Measure(name, "density", some, of_titles=total == TITLES) for name, some in (every | {name: (name,) for name in columns}).items()]


def code_articles(dataset: Dataset, measures: Sequence[Measure]) -> pl.DataFrame:
    """article_id and a column for each measure: what gold says of every article that has gold, null where it was not coded for this."""
    coded, spans = tabulate_gold(dataset)
    if counted := [measure.about.count() for measure in measures if measure.about]:
        # An article that was read, and has no such span, has none of them.
        counts = spans.filter(COUNTED).group_by("article_id").agg(counted)
        coded = coded.join(counts, on="article_id", how="left", maintain_order="left")
        read = pl.col(f"{TOTAL}_{dataset.require_codebook('dataset').label_names[0]}").is_not_null()
        coded = coded.with_columns(pl.when(read).then(pl.col(name).fill_null(0.0)).alias(name) for name in counts.columns[1:])
    return coded.select("article_id", *(measure.predicted() for measure in measures))
