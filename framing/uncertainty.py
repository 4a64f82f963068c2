"""How unsure a model is of articles that nobody has annotated: what `framing select --by uncertain` goes by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from schemas.errors import FramingError
from schemas.parts import TEXT

if TYPE_CHECKING:
    from classifiers.scoring.articles import Scores

__all__ = ["average_doubt", "measure_uncertainty"]


def measure_uncertainty(articles: pl.DataFrame, folder: Path | None, progress: Callable[[int, int], None] = lambda done, total: None) -> pl.DataFrame:
    """A table (article_id, uncertainty) by the model in the folder, the starter model if None. FramingError if it has nothing to be unsure of."""
    from classifiers import load_model, score

    model = load_model(folder)
    answers = [f"{name}_{value}" for name, head in model.questions.items() for value in head.outputs]
    if model.sentences is None and not answers:
        raise FramingError("judges neither sentences nor questions, so it cannot say what it is unsure of", folder, "Choose another --model or --by")
    scores = score(model, articles.select("article_id", "text", "url"), progress)
    return average_doubt(scores, answers)


def average_doubt(scores: Scores, answers: Sequence[str]) -> pl.DataFrame:
    """A table (article_id, uncertainty), from 0 to 1 bit: the mean entropy of the sentences of an article's text, averaged with that of its
    answers (columns of the articles' scores); either alone where the other is missing.

    A mean, not a maximum: of many sentences one is always doubtful, so long articles would always win.
    """
    sentences = scores.sentences.filter(part=TEXT).group_by("article_id").agg(doubt=_entropy("probability").mean())
    table = scores.articles.select("article_id", *answers).join(sentences, on="article_id", how="left", maintain_order="left")
    means = [pl.col("doubt"), *([pl.mean_horizontal(map(_entropy, answers))] if answers else [])]
    return table.select("article_id", uncertainty=pl.mean_horizontal(means))


def _entropy(column: str) -> pl.Expr:
    """Of a probability, in bits (Shannon 1948, Bell System Technical Journal 27, p. 394)."""
    yes = pl.col(column).clip(1e-12, 1 - 1e-12)
    no = 1 - yes
    return -(yes * yes.log(2) + no * no.log(2))
