"""What people decided, in the columns in which a score folder says what a model found."""

from __future__ import annotations

import polars as pl

from schemas.codebook import Codebook
from schemas.tables import ScoredSpans
from schemas.tokens import count_words, tokenise
from schemas.voice import find_quotations, voice_of

__all__ = ["tabulate_gold"]


def tabulate_gold(articles: pl.DataFrame, gold: pl.DataFrame, codebook: Codebook) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The articles that gold says something of, without their texts, with `words`, `density_<label>`, `density_<label>_quoted`
    and `<question>_<value>` (1 or 0; null where the question has no answer); and the spans, with support as their probability.

    A density is spans per 1,000 words: in the outlet's own voice, scare quotes included, and in quotations.
    """
    read = articles.join(gold, on="article_id", how="semi", maintain_order="left")
    texts = dict(read.select("article_id", "text").iter_rows())
    spans = _spans(gold.filter(pl.col("start").is_not_null() & pl.col("article_id").is_in(list(texts))), texts)
    words = pl.Series("words", [count_words(text, tokenise(text)) for text in texts.values()], dtype=pl.Int64)
    table = read.drop("text").with_columns(words)
    quoted = pl.col("voice") == "quoted"
    counts = spans.group_by("article_id").agg(
        **{f"density_{name}": ((pl.col("label") == name) & ~quoted).sum() for name in codebook.label_names},
        **{f"density_{name}_quoted": ((pl.col("label") == name) & quoted).sum() for name in codebook.label_names},
    )
    table = table.join(counts, on="article_id", how="left", maintain_order="left").with_columns(
        pl.col(name).fill_null(0) * 1000 / pl.col("words").clip(1) for name in counts.columns[1:]
    )
    return table.join(_answers(gold, codebook), on="article_id", how="left", maintain_order="left"), spans


def _spans(gold: pl.DataFrame, texts: dict[str, str]) -> pl.DataFrame:
    quotations = {article: find_quotations(texts[article]) for article in gold["article_id"].unique()}
    voices = [voice_of(start, end, quotations[article]) for article, start, end in gold.select("article_id", "start", "end").iter_rows()]
    table = gold.select("article_id", "label", "start", "end", text="quote", probability="support").with_columns(
        pl.Series("voice", voices, pl.String)
    )
    return table.select(ScoredSpans.column_names())


def _answers(gold: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    """article_id and a column for each value of each question that was answered somewhere."""
    given = gold.filter(pl.col("value").is_not_null())
    asked = [question for question in codebook.questions if question.name in set(given["label"])]
    columns: dict[str, pl.Expr] = {}
    for question in asked:
        of_question = pl.col("label") == question.name
        columns |= {
            f"{question.name}_{value}": pl.when(of_question.any()).then((of_question & (pl.col("value") == value)).any().cast(pl.Float64))
            for value in question.value_names
        }
    return given.group_by("article_id").agg(**columns)
