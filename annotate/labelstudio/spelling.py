"""Names of the codebook as people read them on the labelling screen: without underscores. What comes back has the names themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

__all__ = ["spell_names", "tag_name"]


def spell_names(names: Iterable[str]) -> dict[str, str]:
    """How each of these names, which stand beside each other, is shown. One that would then look like another keeps its underscores."""
    spelt = {name: " ".join(name.replace("_", " ").split()) for name in names}
    alike = Counter(shown.lower() for shown in spelt.values())
    return {name: shown if shown and alike[shown.lower()] == 1 else name for name, shown in spelt.items()}


def tag_name(name: str, shown: str) -> dict[str, str]:
    """What Label Studio needs to know of a label or an answer: where there is an alias, it stands in results, and the value is shown."""
    return {"value": shown} | ({"alias": name} if shown != name else {})
