"""Where a coder stands among people: with how many of them the others agree less than with the coder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["compare_standing"]


def compare_standing(figures: Mapping[str, tuple[int, float, float]]) -> dict[str, Any]:
    """`beats` of `of`, and everybody's figures by name, from the articles, the coder's figure and the person's figure of each person.

    Both figures are against the same majority, that of the other people, on the same articles: a coder that is measured against a majority
    with a person in it, and the person against one without, would be compared with two different things. A tie is not a win.
    """
    return {
        "beats": sum(coder > person for _, coder, person in figures.values()),
        "of": len(figures),
        "people": {name: {"n": n, "coder": coder, "person": person} for name, (n, coder, person) in figures.items()},
    }
