"""What people decided, in the columns in which a score folder says what a model found."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schemas.codebook import ABOUT, BETWEEN, MENTIONS, Codebook, Question
from schemas.dataset import Dataset
from schemas.tables import ANSWER, ATTRIBUTE, SPAN, ScoredSpans
from schemas.text.actors import count_mentions
from schemas.text.tokens import Span, count_words
from schemas.text.voices import OWN_VOICES, tell_spans

__all__ = ["tabulate_gold"]


def tabulate_gold(dataset: Dataset) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The articles that have gold, without their texts, with `words`, `density_<label>`, `density_<label>_quoted`, `<question>_<value>` (1 or 0) and
    `about_<actor>`, null where an article was not coded for this, and `mentions_<actor>`; and the spans, with support as their probability, and a
    column for each attribute of the codebook, null where nothing was decided.

    A density is spans per 1,000 words: in the outlet's own voice, scare quotes included, and in quotations; where the voice is unclear, a
    span counts in neither. An article was
    coded for spans if gold has a span of it, or the row that says "read, and marked nothing"; for a question of one answer
    if one won; for a question of several if anybody answered it, since none may have won (as in training).
    """
    gold, codebook = dataset.require_gold("dataset"), dataset.require_codebook("dataset")
    read = dataset.articles.join(gold, on="article_id", how="semi", maintain_order="left")
    texts = dict(read.select("article_id", "text").iter_rows())
    rows = gold.filter(pl.col("article_id").is_in(list(texts)))
    spans = _join_attributes(_spans(rows.filter(SPAN), texts), rows.filter(ATTRIBUTE), codebook)
    for_spans = rows.filter(SPAN | pl.col("label").is_null())["article_id"].unique()
    words = pl.Series("words", [count_words(text) for text in texts.values()], dtype=pl.Int64)
    own, quoted = pl.col("voice").is_in(OWN_VOICES), pl.col("voice") == "quoted"
    target = codebook.target
    about = {f"{ABOUT}_{actor.name}": (pl.col(target.name) == actor.name) & own for actor in codebook.actors} if target else {}
    counts = spans.group_by("article_id").agg(
        **{f"density_{name}": ((pl.col("label") == name) & own).sum() for name in codebook.label_names},
        **{f"density_{name}_quoted": ((pl.col("label") == name) & quoted).sum() for name in codebook.label_names},
        **{name: holds.sum() for name, holds in about.items()},
    )
    table = read.drop("text").with_columns(words, *_count_mentions(texts.values(), codebook))
    table = table.join(counts, on="article_id", how="left", maintain_order="left")
    per_words = (pl.col(name).fill_null(0) * 1000.0 / pl.col("words").clip(1) for name in counts.columns[1:])
    table = table.with_columns(pl.when(pl.col("article_id").is_in(for_spans.implode())).then(density) for density in per_words)
    if target:
        # An article with spans, and none of them about anybody, was not coded for targets.
        silent = spans.group_by("article_id").agg(pl.col(target.name).is_null().all()).filter(target.name)["article_id"]
        table = table.with_columns(pl.when(~pl.col("article_id").is_in(silent.implode())).then(name).alias(name) for name in about)
    for question in codebook.questions:
        answered = _answered(dataset, rows, question)
        answers = {
            f"{question.name}_{value}": pl.when(pl.col("article_id").is_in(answered.implode())).then(
                pl.col("article_id").is_in(_given(rows, question, value).implode()).cast(pl.Float64)
            )
            for value in question.value_names
        }
        table = table.with_columns(**answers)
    return table, spans


def _count_mentions(texts: Iterable[str], codebook: Codebook) -> list[pl.Series]:
    """For each actor how often each text names it."""
    mentions = [count_mentions(text, codebook.actors) for text in texts] if codebook.actors else []
    return [pl.Series(f"{MENTIONS}_{actor.name}", [some.get(actor.name, 0) for some in mentions], dtype=pl.Int64) for actor in codebook.actors]


def _spans(gold: pl.DataFrame, texts: dict[str, str]) -> pl.DataFrame:
    kinds = {"voice": pl.String, "speaker": pl.String}
    voiced = [
        some.hstack(
            pl.DataFrame(tell_spans(texts[str(article)], [Span(*row) for row in some.select("start", "end").iter_rows()]), kinds, orient="row")
        )
        for (article,), some in gold.group_by("article_id", maintain_order=True)
    ]
    nobody = gold.clear().hstack(pl.DataFrame(schema=kinds))
    return pl.concat([nobody, *voiced]).rename({"quote": "text", "support": "probability"}).select(ScoredSpans.column_names())


def _join_attributes(spans: pl.DataFrame, said: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    place = ["article_id", "label", "part", "start", "end"]
    for attribute in codebook.attributes:
        # Of several values all, in the order in which the table has them.
        values = said.filter(attribute=attribute.name).group_by(place).agg(pl.col("value").str.join(BETWEEN).alias(attribute.name))
        spans = spans.join(values, on=place, how="left", maintain_order="left")
    return spans


def _answered(dataset: Dataset, gold: pl.DataFrame, question: Question) -> pl.Series:
    """Ids of the articles that have a truth."""
    rows = [gold]
    if question.choice == "multiple" and dataset.annotations is not None:
        rows.append(dataset.annotations.join(gold, on="article_id", how="semi"))
    ids = [table.filter(pl.col("label") == question.name, ANSWER)["article_id"] for table in rows]
    return pl.concat(ids).unique()


def _given(gold: pl.DataFrame, question: Question, value: str) -> pl.Series:
    return gold.filter(pl.col("label") == question.name, pl.col("value") == value)["article_id"].unique()
