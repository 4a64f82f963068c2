"""What a model's suggestions do to annotators: those who saw them against those from whom they were withheld by lot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

import numpy as np

from annotate.agreement.alpha import Figures
from annotate.agreement.intervals import UNKNOWN, Estimate, estimate
from annotate.readings import ArticleReadings, Reading
from schemas.tables import WITHHELD

__all__ = ["measure_suggestions"]

ACCEPTED, CHANGED = "prediction", "prediction-changed"
# With fewer readings of either kind a bootstrap interval is too narrow to conclude from.
FEWEST = 10
# A reading, with the tokens of its article.
Sized = tuple[Reading, int]


def measure_suggestions(articles: Iterable[ArticleReadings]) -> dict[str, Any] | None:
    """Readings `shown` suggestions and readings from which they were `withheld`, and how they differ, with intervals
    over articles. None unless there are both; what was read while there was nothing to suggest counts for neither, and nor do headlines, whose
    time nobody knows.

    `rate_difference` is in spans per 1,000 tokens; `time_ratio` that of the (geometric mean) times for a token, None
    where times are not known. `origins` says what the spans of those who saw suggestions were: a suggestion that was
    rejected leaves no row, so that these are shares of spans and not of suggestions.
    """
    groups: list[tuple[list[Sized], list[Sized]]] = []
    for article in articles:
        known = [(reading, article.size) for reading in article.markers.values() if reading.suggested is not None]
        withheld = [sized for sized in known if sized[0].suggested == WITHHELD]
        groups.append(([sized for sized in known if sized[0].suggested != WITHHELD], withheld))
    shown, withheld = ([sized for group in groups for sized in group[i]] for i in range(2))
    if not shown or not withheld:
        return None
    sums = [np.stack([_sum(group) for group in pair]) for pair in groups if any(pair)]
    rate = estimate(sums, lambda drawn: _difference(drawn, 0, 1, 1000.0))
    log_time = estimate(sums, lambda drawn: _difference(drawn, 2, 3))
    return {
        "shown": _describe(shown) | {"origins": _share_origins(shown)},
        "withheld": _describe(withheld),
        "rate_difference": rate.named("value"),
        "time_ratio": Estimate(*(None if end is None else float(np.exp(end)) for end in log_time)).named("value"),
        "finding": _say(rate if min(len(shown), len(withheld)) >= FEWEST else UNKNOWN),
    }


def _sum(readings: Sequence[Sized]) -> Figures:
    """Spans, tokens, logarithms of seconds for a token, and how many of these."""
    times = [np.log(reading.seconds / tokens) for reading, tokens in readings if reading.seconds and tokens]
    return np.array([sum(_spans(reading) for reading, _ in readings), sum(tokens for _, tokens in readings), sum(times), len(times)], dtype=float)


def _difference(sums: Figures, top: int, bottom: int, scale: float = 1.0) -> Figures:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = scale * sums[..., top] / sums[..., bottom]
    difference: Figures = ratios[..., 0] - ratios[..., 1]
    return difference


def _describe(readings: Sequence[Sized]) -> dict[str, Any]:
    labels = Counter(label for reading, _ in readings for label, spans in reading.spans.items() for _ in spans)
    tokens = sum(size for _, size in readings)
    times = [1000 * reading.seconds / size for reading, size in readings if reading.seconds and size]
    return {
        "readings": len(readings),
        "spans_per_1000": 1000 * labels.total() / tokens if tokens else None,
        "labels": {label: count / labels.total() for label, count in sorted(labels.items())},
        "seconds_per_1000": median(times) if times else None,
    }


def _share_origins(readings: Sequence[Sized]) -> dict[str, float] | None:
    origins = Counter(origin for reading, _ in readings for origin in reading.origins)
    if not origins:
        return None
    accepted, changed = origins[ACCEPTED] / origins.total(), origins[CHANGED] / origins.total()
    return {"accepted": accepted, "changed": changed, "own": 1 - accepted - changed}


def _spans(reading: Reading) -> int:
    return sum(map(len, reading.spans.values()))


def _say(rate: Estimate) -> str:
    value, low, high = rate
    if value is None or low is None or high is None:
        return "Too little was read to say whether suggestions change how much is marked."
    much = f"{abs(value):.1f} spans per 1,000 tokens {'more' if value > 0 else 'fewer'}"
    with_interval = f"Who saw suggestions marked {much} than those who did not (95 % interval {low:.1f} to {high:.1f})"
    if low <= 0 <= high:
        return f"{with_interval}: the interval includes zero, so no pull is shown."
    return f"{with_interval}: the interval excludes zero, so suggestions change what is marked."
