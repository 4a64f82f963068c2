from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from exports.estimates.groups import estimate_groups
from exports.estimates.levels import compare_levels

SCHEMA = {"group": pl.String, "predicted": pl.Float64, "coded": pl.Float64, "seen": pl.Boolean}


def seen_of(group: str, *figures: float) -> list[tuple[str, float, float, bool]]:
    return [(group, figure, 1.0, True) for figure in figures]


def others_of(group: str, *figures: float) -> list[tuple[str, float, None, bool]]:
    return [(group, figure, None, False) for figure in figures]


def table_of(*rows: list[tuple[str, float, float, bool]] | list[tuple[str, float, None, bool]]) -> pl.DataFrame:
    return pl.DataFrame([row for part in rows for row in part], schema=SCHEMA, orient="row")


def study(chance: np.random.Generator, fold_level: float) -> pl.DataFrame:
    """Six outlets, 40 coded articles each, on which the model was trained; what other models say of them is at another level."""
    rows = []
    for outlet in range(6):
        spans = chance.poisson(chance.gamma(1.0, 4.0 + outlet, size=340)).astype(float)
        predicted = spans * chance.random(340) + chance.poisson(1, size=340)
        rows += [(str(outlet), figure * fold_level, coded, True) for figure, coded in zip(predicted[:40], spans[:40], strict=True)]
        rows += [(str(outlet), figure, None, False) for figure in predicted[40:]]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_a_group_is_told_the_level_by_all_the_others_and_not_by_itself() -> None:
    table = table_of(seen_of("a", 1, 3), others_of("a", 9, 11), seen_of("b", 2, 2), others_of("b", 4, 4), seen_of("c", 1, 1, 1), others_of("c", 3, 3))
    levels = compare_levels(table)
    # b and c: (2 x 4 + 3 x 3) / (2 x 2 + 3 x 1), without any spread.
    assert levels["a"] == (pytest.approx(17 / 7), 0)
    assert levels["c"] is not None
    # a and b: (2 x 10 + 2 x 4) / (2 x 2 + 2 x 2); a's variances are 2 and 2.
    assert levels["c"].ratio == pytest.approx(28 / 8)
    assert levels["c"].se == pytest.approx((2 * 2 * 3.5**2 + 4 * 2 / 2) ** 0.5 / 8)


def test_where_no_other_group_can_tell_there_is_no_level_and_the_classifier_is_not_heard() -> None:
    figures = list(np.linspace(1, 9, 20))
    rows = [("a", figure, figure * 2, True) for figure in figures]
    table = table_of(rows, others_of("a", *figures * 5), others_of("b", 1, 2))  # type: ignore[arg-type]
    assert compare_levels(table)["a"] is None
    assert estimate_groups(table, "density")["a"].weight == 0
    # Shares are probabilities, which each model calibrates for itself.
    shares = table.with_columns(pl.col("predicted") / 20, pl.col("coded") / 20)
    assert estimate_groups(shares, "share")["a"].weight > 0


def test_figures_of_articles_that_no_model_was_trained_on_are_left_as_they_are() -> None:
    table = study(np.random.default_rng(1), 0.7)
    unseen = estimate_groups(table.with_columns(seen=False), "density")["3"]
    assert unseen.naive.value == pytest.approx(table.filter(pl.col("group") == "3")["predicted"].mean())


def test_models_at_another_level_do_not_bend_the_estimates() -> None:
    chance, within, ignored, weights = np.random.default_rng(4), [], [], []
    for _ in range(150):
        table = study(chance, 0.7)
        for found, kept in ((estimate_groups(table, "density"), within), (estimate_groups(table.with_columns(seen=False), "density"), ignored)):
            means = {int(outlet or 0): each.corrected for outlet, each in found.items()}
            kept += [mean.low <= 4 + outlet <= mean.high for outlet, mean in means.items() if mean and mean.low is not None and mean.high is not None]
        weights += [each.weight for each in found.values()]
    assert 0.92 < np.mean(within) < 0.985
    assert np.mean(ignored) < 0.9
    assert np.mean(weights) > 0.3


def test_a_level_costs_no_more_than_not_hearing_the_classifier() -> None:
    for each in estimate_groups(study(np.random.default_rng(5), 1.4), "density").values():
        assert each.human is not None
        assert each.corrected is not None
        assert each.corrected.se is not None
        assert each.human.se is not None
        assert each.corrected.se <= each.human.se
