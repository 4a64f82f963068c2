"""Several sources of figures, classifiers and coders, side by side: what each was worth beside the coded articles alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exports.estimates.correction import Estimate, Mean

__all__ = ["Compared", "compare_sources", "find_groups"]

Group = str | None


@dataclass(frozen=True)
class Compared:
    """What one source was worth, over all groups; `source` is None for the coded articles alone.

    `coded` and `bought` are sums over all groups, in articles. `width` is the mean width of the 95 % intervals (corrected; human for the coded
    articles alone) over the `groups` in which every source has one, None if there are none; `weight` the mean of how far the source was heard,
    over the groups with coded articles.
    """

    source: str | None
    groups: int
    coded: int
    width: float | None
    bought: float
    weight: float


def compare_sources(estimates: Mapping[str, Mapping[Group, Estimate]]) -> list[Compared]:
    """The coded articles alone first, then each source in its order. `estimates`: for each source those of its groups, of one measure."""
    widths = {name: {group: _width(each.corrected) for group, each in found.items()} for name, found in estimates.items()}
    common = [group for group in find_groups(estimates.values()) if all(found.get(group) is not None for found in widths.values())]
    # Sources may lack articles that people coded; the most that any of them has is nearest to all.
    fullest = max(estimates.values(), key=lambda found: sum(each.coded for each in found.values()))
    alone = [_width(fullest[group].human) for group in common]
    coded = sum(each.coded for each in fullest.values())
    rows = [Compared(None, len(common), coded, _mean(alone), 0.0, 0.0)]
    for name, found in estimates.items():
        heard = [each for each in found.values() if each.coded]
        weight = _mean([each.weight for each in heard]) or 0.0
        width = _mean([widths[name][group] for group in common])
        rows.append(Compared(name, len(common), sum(each.coded for each in heard), width, sum(each.bought for each in heard), weight))
    return rows


def find_groups(estimates: Iterable[Mapping[Group, Estimate]]) -> list[Group]:
    """All groups, in the order in which the first source that has them does."""
    return list(dict.fromkeys(group for found in estimates for group in found))


def _width(mean: Mean | None) -> float | None:
    return mean.width if mean else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
