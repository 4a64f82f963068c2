"""What people decided, in the columns in which a score folder says what a model found."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas.codebook import ABOUT, BETWEEN, MENTIONS, TOTAL, Codebook, Question
from schemas.dataset import Dataset
from schemas.parts import TEXT, TITLE, fill_parts, take_apart
from schemas.tables import ANSWER, ATTRIBUTE, SPAN, ScoredSpans, make_room
from schemas.text.actors import count_mentions
from schemas.text.tokens import Span, count_words
from schemas.text.voices import OWN_VOICES, tell_spans

__all__ = ["tabulate_gold"]

# How many words each text of an article has.
SIZES = {TEXT: "words", TITLE: "title_words"}


def tabulate_gold(dataset: Dataset) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The articles that have gold, without their texts, with `words`, `title_words`, `density` (of any label), `density_<label>`,
    `density_<label>_quoted`, `title_density_<label>`, `<question>_<value>` (1 or 0) and `about_<actor>`, null where an article was not coded for
    this, and `mentions_<actor>`; and the spans, with support as their probability, and a column for each attribute of the codebook, null where
    nothing was decided.

    A density is spans per 1,000 words of the text, or of the headline: in the outlet's own voice, scare quotes included, and in quotations; where
    the voice is unclear, a span counts in neither. Whom spans are about is counted in the text alone. A text or headline was
    coded for spans if gold has a span in it, or the row that says "read, and marked nothing"; an article for a question of one answer
    if one won; for a question of several if anybody answered it, since none may have won (as in training).
    """
    gold, codebook = fill_parts(dataset.require_gold("dataset")), dataset.require_codebook("dataset")
    read = dataset.articles.join(gold, on="article_id", how="semi", maintain_order="left")
    texts = {(article, part): text for article, part, text in take_apart(read).select("article_id", "part", "text").iter_rows()}
    rows = gold.filter(pl.col("article_id").is_in(read["article_id"].implode()))
    spans = _join_attributes(_spans(rows.filter(SPAN), texts), rows.filter(ATTRIBUTE), codebook)
    table = _count_spans(_count_words(read, texts, codebook), rows, spans, codebook)
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


def _count_words(read: pl.DataFrame, texts: Mapping[tuple[str, str], str], codebook: Codebook) -> pl.DataFrame:
    """The articles with the words of each of their texts, and how often the text names each actor."""
    ids = read["article_id"].to_list()
    words = {part: [count_words(texts[one, part]) if (one, part) in texts else None for one in ids] for part in SIZES}
    sizes = [pl.Series(size, words[part], dtype=pl.Int64) for part, size in SIZES.items()]
    named = [count_mentions(texts[one, TEXT], codebook.actors) for one in ids] if codebook.actors else []
    mentions = [pl.Series(f"{MENTIONS}_{actor.name}", [some.get(actor.name, 0) for some in named], dtype=pl.Int64) for actor in codebook.actors]
    return make_room(read.drop("text"), [TOTAL]).with_columns(*sizes, *mentions)


def _count_spans(table: pl.DataFrame, rows: pl.DataFrame, spans: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    """With spans per 1,000 words of text and headline, null where that one was not read."""
    own, quoted, target = pl.col("voice").is_in(OWN_VOICES), pl.col("voice") == "quoted", codebook.target
    of_label = {name: pl.col("label") == name for name in codebook.label_names}
    about = {f"{ABOUT}_{actor.name}": (pl.col(target.name) == actor.name) & own for actor in codebook.actors} if target else {}
    in_text = {TOTAL: own} if of_label else {}
    in_text |= {f"density_{name}": holds & own for name, holds in of_label.items()}
    in_text |= {f"density_{name}_quoted": holds & quoted for name, holds in of_label.items()}
    counted = {TEXT: in_text | about, TITLE: {f"title_density_{name}": holds & own for name, holds in of_label.items()}}
    for part, size in SIZES.items():
        counts = spans.filter(part=part).group_by("article_id").agg(**{name: holds.sum() for name, holds in counted[part].items()})
        table = table.join(counts, on="article_id", how="left", maintain_order="left")
        marked = rows.filter(SPAN | pl.col("label").is_null(), part=part)["article_id"].unique()
        coded = pl.col("article_id").is_in(marked.implode()) & pl.col(size).is_not_null()
        per_words = (pl.col(name).fill_null(0) * 1000.0 / pl.col(size).clip(1) for name in counted[part])
        table = table.with_columns(pl.when(coded).then(density) for density in per_words)
    if target:
        # An article with spans, and none of them about anybody, was not coded for targets.
        silent = spans.filter(part=TEXT).group_by("article_id").agg(pl.col(target.name).is_null().all()).filter(target.name)["article_id"]
        table = table.with_columns(pl.when(~pl.col("article_id").is_in(silent.implode())).then(name).alias(name) for name in about)
    return table


def _spans(gold: pl.DataFrame, texts: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    kinds = {"voice": pl.String, "speaker": pl.String}
    voiced = [
        some.hstack(
            pl.DataFrame(
                tell_spans(texts[str(article), str(part)], [Span(*row) for row in some.select("start", "end").iter_rows()]), kinds, orient="row"
            )
        )
        for (article, part), some in gold.group_by("article_id", "part", maintain_order=True)
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
