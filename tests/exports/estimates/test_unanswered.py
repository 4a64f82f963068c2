"""What a coder leaves unanswered costs no human code, and shifts no mean."""

from __future__ import annotations

import numpy as np
import polars as pl

from exports.estimates import estimate_groups, fill_unanswered
from exports.estimates.correction import Estimate


def articles_of(*rows: tuple[str | None, float | None, float | None]) -> pl.DataFrame:
    schema = {"group": pl.String, "predicted": pl.Float64, "coded": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(seen=False)


def test_coded_articles_without_an_answer_have_the_coders_mean_of_their_group_and_others_are_left_out() -> None:
    found = fill_unanswered(articles_of(("a", 1, 1), ("a", 0, None), ("a", None, 1), ("a", None, None), (None, 1, None), (None, None, 0)))
    assert found["predicted"].to_list() == [1, 0, 0.5, 1, 1]
    assert found["coded"].to_list() == [1, None, 1, None, 0]


def test_a_group_of_which_nothing_was_answered_is_left_out() -> None:
    assert list(estimate_groups(fill_unanswered(articles_of(("a", None, 1), ("b", 0, 1))), "share")) == ["b"]


def test_where_all_is_answered_nothing_changes() -> None:
    whole = articles_of(("a", 1, 1), ("b", 0, None))
    assert fill_unanswered(whole).equals(whole)


def study(seed: int, *, asked_of_coded: bool) -> Estimate:
    """40 of 400 articles are coded, three of ten with a yes. The coder errs in one of eight, and refuses two thirds of what is a yes; or it was
    asked of all coded articles and of few others."""
    chance = np.random.default_rng(seed)
    truth = (chance.random(400) < 0.3).astype(float)
    said = np.where(chance.random(400) < 1 / 8, 1 - truth, truth)
    coded = np.arange(400) < 40
    lost = ~coded & (chance.random(400) < 0.8) if asked_of_coded else (truth == 1) & (chance.random(400) < 2 / 3)
    table = pl.DataFrame({"group": "a", "predicted": said, "coded": truth, "seen": False})
    keep = pl.when(pl.Series(coded)).then("coded").alias("coded"), pl.when(~pl.Series(lost)).then("predicted").alias("predicted")
    return estimate_groups(fill_unanswered(table.with_columns(*keep)), "share")["a"]


def test_intervals_hold_whether_a_coder_refused_what_is_delicate_or_was_not_asked() -> None:
    for asked_of_coded in (False, True):
        found = [study(seed, asked_of_coded=asked_of_coded) for seed in range(250)]
        means = [each.corrected for each in found if each.corrected]
        held = np.mean([mean.low is not None and mean.high is not None and mean.low <= 0.3 <= mean.high for mean in means])
        assert 0.92 < held < 0.99
        assert abs(np.mean([mean.value for mean in means]) - 0.3) < 0.015
        assert {each.coded for each in found} == {40}
