"""From a model and articles, or from what a coder said of them, to suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from annotate.labelstudio import Suggestions
from schemas.coders import Coders, require_coder, require_work
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.parts import TEXT

if TYPE_CHECKING:
    from classifiers.model.model import Model
    from classifiers.scoring.articles import Scores

__all__ = ["make_suggestions", "name_version", "suggest_by", "suggest_coder"]

# What a row says, as in annotations.
SAID = ("article_id", "label", "part", "start", "end", "quote", "attribute", "value")
# The one answer to a question is suggested when it is more likely right than wrong.
LIKELY = 0.5


def suggest_by(model: Model, articles: pl.DataFrame) -> Suggestions:
    """What the model finds in the articles, and in their headlines where they have a column `title`."""
    from classifiers import score

    return make_suggestions(model, name_version(model), articles, score(model, articles))


def suggest_coder(coders: Coders | None, name: str, where: object) -> Suggestions:
    """What the coder's work (its first run) says, as it is: each span, attribute and answer with probability 1, for none is known.
    Articles of which it said nothing at all, not even that there is nothing, are not among those that were looked at. FramingError if there is
    no such coder, or no work."""
    coder, work = require_coder(coders, name, where), require_work(coders, name, where)
    if not work.height:
        raise FramingError(f"has no first run of {name!r}, which is its work", where, "Bring it in with `framing import coder FILE --run 1`")
    said = work.drop_nulls("label").select(SAID)
    version = f"{' '.join(part for part in (name, coder.version) if part)} ({digest_text(said.sort(pl.all()).write_json())[:12]})"
    looked_at = work.select("article_id").unique(maintain_order=True).with_columns(score=pl.lit(1.0))
    return Suggestions(version, said.with_columns(probability=pl.lit(1.0)), looked_at)


def make_suggestions(model: Model, version: str, articles: pl.DataFrame, scores: Scores) -> Suggestions:
    """Scores as suggestions: spans, what the model tells of them, and decided answers. An article's score is how sure the model is
    of its sentences: the mean over them of the larger of p and 1 - p."""
    sure = scores.sentences.group_by("article_id").agg(score=pl.max_horizontal("probability", 1 - pl.col("probability")).mean())
    every = articles.select("article_id").join(sure, on="article_id", how="left", maintain_order="left").with_columns(pl.col("score").fill_null(1.0))
    return Suggestions(version, pl.concat([_spans(model, scores), _answers(model, scores)]), every)


def name_version(model: Model) -> str:
    """How the model is called in Label Studio: its title and the beginning of its digest."""
    return f"{model.title} ({model.digest[:12]})"


def _spans(model: Model, scores: Scores) -> pl.DataFrame:
    """The spans, and behind them a row for each attribute that the model tells of one, which is as likely as the model says."""
    place = [*map(pl.col, SAID[:5]), pl.col("text").alias("quote")]
    nothing = pl.lit(None, pl.String)
    spans = scores.spans.select(*place, attribute=nothing, value=nothing, probability="probability")
    told = [attribute.name for attribute in model.codebook.attributes if attribute.name in scores.spans.columns]
    said = [
        scores.spans.drop_nulls(name).select(*place, attribute=pl.lit(name), value=pl.col(name).cast(pl.String), probability=f"{name}_probability")
        for name in told
    ]
    return pl.concat([spans, *said])


def _answers(model: Model, scores: Scores) -> pl.DataFrame:
    """What the model decides; where there is one answer, only if that is more likely than all others together."""
    from classifiers.scoring.answers import decide

    tables = []
    for question in model.asked:
        shares = scores.articles.select(f"{question.name}_{value}" for value in question.value_names).to_numpy()
        given = decide(model, question, shares) & ((shares > LIKELY) | (question.choice == "multiple"))
        rows, values = given.nonzero()
        columns = {"article_id": scores.articles["article_id"].gather(rows), "value": pl.Series(question.value_names).gather(values)}
        tables.append(pl.DataFrame(columns | {"probability": shares[rows, values], "label": [question.name] * len(rows), "part": [TEXT] * len(rows)}))
    none = pl.DataFrame(schema=dict.fromkeys(SAID, pl.String) | {"start": pl.Int64, "end": pl.Int64, "probability": pl.Float64})
    return pl.concat([none, *tables], how="diagonal_relaxed").select(none.columns)
