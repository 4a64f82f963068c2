"""Numbers and lists in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

__all__ = ["count", "enumerate_some", "inflect", "say_copies", "say_date", "say_unpaired"]


def count(number: int, noun: str, *verb: str) -> str:
    """1 span, 2 spans; with the two forms of a verb 1 span is, 2 spans are."""
    return " ".join([f"{number} {noun}{inflect(number, '', 's')}", *([inflect(number, *verb)] if verb else [])])


def inflect(number: int, one: str, several: str) -> str:
    """The word that goes with so many: is, are."""
    return one if number == 1 else several


def enumerate_some(names: Sequence[str], most: int = 12) -> str:
    """The names, of which there may be thousands; behind the first of them how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def say_date(when: object) -> str | None:
    """A day, and the time if it is known: 2025-06-06, 2025-06-06 09:30. Tables of before dates were dates have text, which stays."""
    if isinstance(when, datetime):
        return f"{when:%Y-%m-%d}" if when.time() == time() else f"{when:%Y-%m-%d %H:%M}"
    return None if when is None else str(when)


def say_copies(copies: int, of: int, *, counted: bool) -> str:
    """What is to be said where articles are copies of others, and each counts, or each story once."""
    does = "each counts" if counted else "each story counts once"
    return f"{copies} of {count(of, 'article')} {inflect(copies, 'tells', 'tell')} the story of another one, as wire copies do; {does}"


def say_unpaired(articles: int, of: int) -> str:
    """What is to be said where articles have quotation marks without a partner."""
    marks = f"{inflect(articles, 'has', 'have')} quotation marks without a partner"
    return f"{articles} of {count(of, 'article')} {marks}; the words there have no voice and count in no density"
