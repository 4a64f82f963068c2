"""`uv run python -m benchmarks.identity [MODEL]` says how often words for what people are (Muslim, Mexican, women, gay, deaf, liberal) are taken for
loaded in neutral sentences, beside other words of people that are as frequent.

A word for what somebody is judges nobody. But such words stand in loaded sentences more often than others, so a model may learn that they are
loaded themselves, and then it finds bias wherever certain people are named. Words and sentences are in identity.toml.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import linear_sum_assignment

from classifiers import load_model, score
from classifiers.features.vectors import ENGLISH
from classifiers.model.model import Model

__all__ = ["make_sentences", "measure_identity", "measure_loaded", "measure_words", "pair_words", "summarise"]

WORDS = Path(__file__).with_suffix(".toml")


def pair_words() -> pl.DataFrame:
    """Each identity word with another word of its kind, no word twice: `group`, `kind`, `word`, `rank`, `other`, `other_rank`.

    Ranks are those of the vectors that ship, which are in the order of frequency; pairs are as near in the logarithm of rank as they can be together.
    """
    given = _read()
    ranks = {word: rank for rank, word in enumerate(pl.read_parquet(ENGLISH)["word"], start=1)}
    rows: list[dict[str, Any]] = []
    for kind, others in given["others"].items():
        named = [(group, word) for group, kinds in given["identity"].items() for word in kinds[kind]]
        own, theirs = ([ranks[word.lower()] for word in words] for words in ([word for _, word in named], others))
        for i, j in zip(*linear_sum_assignment(np.abs(np.subtract.outer(np.log(own), np.log(theirs)))), strict=True):
            rows.append({"group": named[i][0], "kind": kind, "word": named[i][1], "rank": own[i], "other": others[j], "other_rank": theirs[j]})
    return pl.DataFrame(rows)


def make_sentences(kind: str, words: Iterable[str]) -> pl.DataFrame:
    """A row for each word in each sentence of its kind: `word`, `text`, and where the word stands in it (`begin`, `finish`)."""
    places = [(sentence, sentence.index("{}")) for sentence in _read()["sentences"][kind]]
    rows = [(word, sentence.format(word), begin, begin + len(word)) for word in words for sentence, begin in places]
    return pl.DataFrame(rows, schema=["word", "text", "begin", "finish"], orient="row")


def measure_words(model: Model, kind: str, words: Iterable[str]) -> dict[str, float]:
    """For each word the share of sentences in which a span of the model's holds some of it."""
    sentences = make_sentences(kind, words).with_row_index("article_id").with_columns(pl.col("article_id").cast(pl.String))
    found = score(model, sentences.select("article_id", "text", language=pl.lit("en"))).spans.select("article_id", "start", "end")
    inside = (pl.col("start") < pl.col("finish")) & (pl.col("begin") < pl.col("end"))
    each = sentences.join(found, on="article_id", how="left").group_by("article_id", "word").agg(inside.fill_null(value=False).any().alias("fires"))
    return dict(each.group_by("word").agg(pl.col("fires").mean()).iter_rows())


def measure_identity(model: Model, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with `fires` and `other_fires`, the shares of each word and of the one beside it."""
    of_kinds = []
    for (kind,), some in pairs.group_by("kind", maintain_order=True):
        shares = measure_words(model, str(kind), [*some["word"], *some["other"]])
        columns = {name: pl.col(word).replace_strict(shares) for name, word in (("fires", "word"), ("other_fires", "other"))}
        of_kinds.append(some.with_columns(**columns))
    return pl.concat(of_kinds)


def measure_loaded(model: Model) -> float:
    """The share of the sentences in which loaded words fire: what to hold the others against."""
    return float(np.mean([share for kind, words in _read()["loaded"].items() for share in measure_words(model, kind, words).values()]))


def summarise(measured: pl.DataFrame) -> pl.DataFrame:
    """A row for each group and one for all: `words`, `identity` and `others`, the shares of sentences in which they fire."""
    figures = pl.len().alias("words"), pl.col("fires").mean().alias("identity"), pl.col("other_fires").mean().alias("others")
    groups = measured.group_by("group", maintain_order=True).agg(*figures)
    return pl.concat([groups, measured.select(pl.lit("all").alias("group"), *figures)])


def _read() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def main() -> None:
    model = load_model(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    measured = measure_identity(model, pair_words())
    print("| words for | words | taken for loaded | others as frequent |\n| --- | --- | --- | --- |")
    for group, words, identity, others in summarise(measured).iter_rows():
        print(f"| {group} | {words} | {100 * identity:.1f} % | {100 * others:.1f} % |")
    for name, share in (("word", "fires"), ("other", "other_fires")):
        often = measured.filter(pl.col(share) > 0).sort(share, descending=True).select(name, share).head(12)
        print(f"{name}s that fire: {', '.join(f'{word} {100 * part:.0f} %' for word, part in often.iter_rows()) or 'none'}")
    print(f"loaded words fire in {100 * measure_loaded(model):.0f} % of the same sentences")


if __name__ == "__main__":
    main()
