"""Outlets that are written in several ways: one outlet under two names would stand on both sides of a split, and be two rows of each table."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping

import polars as pl

__all__ = ["RESPELT", "find_spellings", "respell_outlets"]

RESPELT = "articles whose outlet differed from another in case or blanks alone, and was given the commonest spelling"


def find_spellings(counts: Mapping[str, int]) -> dict[str, str]:
    """For each name that differs from a commoner one in case or blanks alone, that one; of equally common ones, the first of the alphabet.

    `counts` says how many articles have each name.
    """
    ways: defaultdict[str, list[str]] = defaultdict(list)
    for name in counts:
        ways[unicodedata.normalize("NFC", " ".join(name.split())).casefold()].append(name)
    found: dict[str, str] = {}
    for names in ways.values():
        first, *others = sorted(names, key=lambda name: (-counts[name], name))
        found |= dict.fromkeys(others, first)
    return found


def respell_outlets(articles: pl.LazyFrame) -> tuple[pl.LazyFrame, int]:
    """The articles, each outlet written in one way; and of how many the outlet was changed. Only the names are held in memory."""
    if "outlet" not in articles.collect_schema():
        return articles, 0
    names = articles.filter(pl.col("outlet").is_not_null()).group_by("outlet").len().collect()
    counts = dict(names.select(pl.col("outlet").cast(pl.String), "len").iter_rows())
    spellings = find_spellings(counts)
    if not spellings:
        return articles, 0
    respelt = articles.with_columns(pl.col("outlet").replace(list(spellings), list(spellings.values())))
    return respelt, sum(counts[name] for name in spellings)
