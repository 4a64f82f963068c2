"""Numbers and lists in sentences."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["count", "enumerate_some"]


def count(number: int, noun: str) -> str:
    """1 span, 2 spans."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def enumerate_some(names: Sequence[str], most: int = 12) -> str:
    """The names, of which there may be thousands; behind the first of them how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
