"""The actors that an article names, for its labelling screen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from schemas.codebook import Actor

__all__ = ["name_actors"]


def name_actors(text: str, language: str, actors: Sequence[Actor]) -> list[str]:
    """The names of the actors that the text names, the most frequent first, in the order of `actors` where they are named as often. A name or
    an alias matches as a word, the longest first."""
    names = {alias: actor.name for actor in actors for alias in (actor.name, *actor.aliases)}
    if not names:
        return []
    found = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r")(?!\w)").findall(text)
    counts = Counter(names[words] for words in found)
    order = {actor.name: place for place, actor in enumerate(actors)}
    return sorted(counts, key=lambda name: (-counts[name], order[name]))
