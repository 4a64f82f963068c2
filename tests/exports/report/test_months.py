from __future__ import annotations

from collections.abc import Callable

import pytest

from exports.report import Report
from exports.report.months import compare_months

Maker = Callable[..., Report]


def test_each_outlet_has_its_months_in_their_order_and_dates_that_cannot_be_read_are_counted(report: Report) -> None:
    section = compare_months(report.articles, report.codebook)
    assert section is not None
    (figure,) = section.figures
    assert [row[:4] for row in figure.table.rows] == [
        ["A", "2026-01", 1, 1000.0],
        ["A", "2026-02", 1, 0.0],
        ["B", "2026-01", 1, 0.0],
        ["All outlets together", "2026-01", 2, 500.0],
        ["All outlets together", "2026-02", 1, 0.0],
    ]
    assert section.limits[-1] == "1 of 4 articles has no date that could be read."
    wide = figure.plots()[0]
    assert "#articles?month=2026-02&amp;outlet=A" in wide
    assert "A, 2026-01: 1,000 spans per 1,000 words; 1 article" in wide


@pytest.mark.parametrize("published", [[None, None], ["2026-01-01", "2026-01-02"], ["someday", "20260101"]], ids=["none", "one month", "no dates"])
def test_without_two_months_nothing_is_shown_over_time(make_report: Maker, published: list[str | None]) -> None:
    report = make_report(["One", "Two"], columns={"published": published})
    assert compare_months(report.articles, report.codebook) is None
