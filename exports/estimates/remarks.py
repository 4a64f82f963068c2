"""What a table of estimates is worth, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exports.estimates.correction import FEWEST, SHAKY, Estimate
from schemas.wording import count

__all__ = ["name_group", "remark"]

# Groups that one sentence names.
NAMED = 5


def name_group(group: str | None, by: str) -> str:
    """A group as it is shown."""
    return f"(no {by})" if group is None else group


def remark(estimates: Mapping[str | None, Estimate], by: str, named: int = NAMED, who: str = "The classifier") -> list[str]:
    """What the classifier (or `who` it is) bought, also when that is nothing; and the groups of which little or nothing can be said, at most
    `named` by name, as they are called."""
    coded = [found for found in estimates.values() if found.coded]
    helped = [found for found in coded if found.bought]
    said = []
    if coded and not helped:
        said.append(f"{who} bought nothing: the corrected means are those of the coded articles alone (human).")
    elif helped:
        narrower = sum(found.narrower or 0.0 for found in coded) / len(coded)
        said.append(
            f"{who} bought as much as {count(round(sum(found.bought for found in helped)), 'more coded article')}, in {len(helped)} of "
            f"{len(coded)} groups; intervals are {narrower:.0%} narrower on average."
        )
    uncorrected = [group for group, found in estimates.items() if not found.coded]
    shaky = [group for group, found in estimates.items() if 0 < found.coded < SHAKY]
    alike = [group for group, found in estimates.items() if found.coded >= FEWEST and found.corrected and found.corrected.width is None]
    few = [group for group, found in estimates.items() if 0 < found.coded < FEWEST and found.corrected and found.corrected.width is None]
    return [
        *said,
        *_list(uncorrected, by, "Uncorrected, since no article of theirs is coded (do not compare them)", named),
        *_list(shaky, by, f"Shaky, with fewer than {SHAKY} coded articles", named),
        *_list(few, by, f"Without an interval, with fewer than {FEWEST} coded articles", named),
        *_list(alike, by, "Without an interval, since all their coded articles are alike", named),
    ]


def _list(groups: Sequence[str | None], by: str, what: str, named: int) -> list[str]:
    names = ", ".join(name_group(group, by) for group in groups[:named])
    more = f" and {len(groups) - named} more" if len(groups) > named else ""
    return [f"{what}: {names}{more}."] if groups else []
