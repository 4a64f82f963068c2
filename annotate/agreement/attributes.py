"""Agreement on what is said of spans, given that two people marked the same ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from annotate.agreement.alpha import alphas, distance_matrix, in_order, masi_distance
from annotate.agreement.confusion import confuse_values
from annotate.agreement.groups import FEW
from annotate.agreement.intervals import estimate
from annotate.attributes import Pair, fold_values, pair_attributes
from annotate.readings import ArticleReadings
from schemas.codebook import Attribute, Codebook

__all__ = ["agree_on_attributes"]

Distance = Callable[[Any, Any], float]


def agree_on_attributes(articles: Iterable[ArticleReadings], codebook: Codebook) -> dict[str, dict[str, Any]]:
    """Of each attribute, by name: Krippendorff's alpha with its interval over articles, the unit being a pair of spans that two readers agree on (see
    `pair_spans`) and of which both said something; and `agreement`, the share of pairs of which they said the same.

    Several values are compared as sets by MASI distance, and `values` holds the figures of each by itself; where one of some is chosen, `confusion`
    counts which are taken for each other. Of actors and words there are the same figures once marks, case and aliases do not count (`folded`).
    `spans` is the number of pairs that the figures rest on, in so many `articles`; `alone` that of pairs of which one of the two said
    nothing, which are in no other figure; `few` says that there are fewer than FEW pairs. Figures that are not defined are None.
    """
    by_article = groupby(articles, key=lambda text: text.article_id) if codebook.attributes else ()
    shared = [[pair for text in texts for pair in pair_attributes(text)] for _, texts in by_article]
    return {attribute.name: _describe(shared, attribute, codebook) for attribute in codebook.attributes}


def _describe(shared: Sequence[Sequence[Pair]], attribute: Attribute, codebook: Codebook) -> dict[str, Any]:
    asked = [[pair.values_of(attribute.name) for pair in pairs if attribute.is_of(pair.label)] for pairs in shared]
    said = [both for pairs in asked if (both := [pair for pair in pairs if all(pair)])]
    spans, distance = sum(map(len, said)), None if attribute.choice == "single" else masi_distance
    figures: dict[str, Any] = {
        **_measure(said, distance),
        "spans": spans,
        "articles": len(said),
        "alone": sum(bool(a) != bool(b) for pairs in asked for a, b in pairs),
        "few": spans < FEW,
    }
    if attribute.kind != "choice":
        fold = fold_values(attribute, codebook)
        return figures | {"folded": _measure([[(_fold(a, fold), _fold(b, fold)) for a, b in pairs] for pairs in said], distance)}
    if attribute.choice == "single":
        return figures | {"confusion": confuse_values((pair for pairs in asked for pair in pairs), attribute.value_names)}
    return figures | {
        "values": {value: _measure([[(value in a, value in b) for a, b in pairs] for pairs in said], None) for value in attribute.value_names}
    }


def _measure(articles: Sequence[Sequence[tuple[Hashable, Hashable]]], distance: Distance | None) -> dict[str, float | None]:
    """Alpha of the pairs of each article with its interval, nominal if there is no `distance`, and the share of pairs that are equal."""
    pairs = [pair for one in articles for pair in one]
    values = in_order({value for pair in pairs for value in pair})
    index = {value: i for i, value in enumerate(values)}
    # Words that people enter differ nearly all, and most need no table of distances.
    distances = distance_matrix(values, distance) if distance else None
    tallies = np.zeros((len(articles), 1 + len(values)))
    for tallied, one in zip(tallies, articles, strict=True):
        for a, b in one:
            # Of two observers both orders, as `tally` has them.
            tallied[0] += 2 * (float(a != b) if distances is None else distances[index[a], index[b]])
            tallied[1 + index[a]] += 1
            tallied[1 + index[b]] += 1
    equal = sum(a == b for a, b in pairs) / len(pairs) if pairs else None
    return {**estimate(tallies, lambda sums: alphas(sums, distances)).named("alpha"), "agreement": equal}


def _fold(values: frozenset[str], fold: Callable[[str], str]) -> frozenset[str]:
    return frozenset(map(fold, values))
