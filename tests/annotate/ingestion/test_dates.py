"""Dates as people write them become dates; which is the day is never guessed, and today lends nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.ingestion.dates import needs_order, parse_date, tell_order

DAY = datetime(2025, 6, 17)
NEW_YORK = timezone(timedelta(hours=-5))
# Dates of news in all that datetime can hold.
MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2199, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2025-06-17",
        " 2025-06-17 ",
        "20250617",
        "2025/06/17",
        "2025-6-17",
        "2025. 6. 17.",
        "17.06.2025",
        "17.6.25",
        "17/06/2025",
        "06/17/2025",
        "17-06-2025",
        "June 17, 2025",
        "June 17th, 2025",
        "JUNE 17 2025",
        "Jun. 17, 2025",
        "Jun 17, 2025 Tuesday",
        "17 June 2025",
        "17th of June 2025",
        "17-Jun-2025",
        "17-JUN-25",
        "Tuesday, 17 June 2025",
        "2025 June 17",
        "martes, 17 de junio de 2025",
        "17 de junho de 2025",
        "Dienstag, 17. Juni 2025",
        "17. Juni 2025",
        "17 juin 2025",
        "17 giugno 2025",
        "dinsdag 17 juni 2025",
        "17 czerwca 2025",
        "17 июня 2025 г.",
        "17 червня 2025 р.",
        "2025年6月17日",
        "2025년 6월 17일",
    ],
)
def test_a_day_is_found_however_it_is_written(text: str) -> None:
    assert parse_date(text, None) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er janvier 2024", datetime(2024, 1, 1)),
        ("15 février 2024", datetime(2024, 2, 15)),
        ("15. März 2019", datetime(2019, 3, 15)),
        ("15 kwietnia 2019", datetime(2019, 4, 15)),
        ("15 мая 2019", datetime(2019, 5, 15)),
        ("15 août 2019", datetime(2019, 8, 15)),
        ("15 października 2019", datetime(2019, 10, 15)),
        ("15 грудня 2019", datetime(2019, 12, 15)),
        ("6/6/25", datetime(2025, 6, 6)),
        ("6/6/69", datetime(1969, 6, 6)),
    ],
)
def test_months_and_short_years_are_known(text: str, day: datetime) -> None:
    assert parse_date(text, None) == day


@pytest.mark.parametrize("text", ["17 haziran 2025", "17 ιουνίου 2025", "17. kesäkuuta 2025", "17 जून 2025", "17 يونيو 2025", "2025. június 17."])
def test_months_of_other_languages_are_known_to_dateparser(text: str) -> None:
    assert parse_date(text, None) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "2025-06-17T16:15:00",
        "2025-06-17T16:15:00Z",
        "2025-06-17 16:15:00-05:00",
        "2025-06-17 16:15:00 UTC",
        "20250617T161500Z",
        "20250617161500",
        "202506171615",
        "Tue, 17 Jun 2025 16:15:00 GMT",
        "Tue, 17 Jun 2025 16:15:00 +0200",
        "Tue Jun 17 16:15:00 +0000 2025",
        "Tue Jun 17 16:15:00 2025",
        "Tuesday, June 17, 2025 4:15 PM",
        "Updated June 17, 2025 4:15 p.m. EDT",
        "17/06/2025 16:15",
        "06/17/2025, 4:15:00 PM",
        "17.06.2025, 16:15 Uhr",
        "17-JUN-25 04.15.00.000000 PM",
        "2025-06-17T16:15:00+02:00[Europe/Berlin]",
        "Tue Jun 17 2025 16:15:00 GMT+0200 (Central European Summer Time)",
        "17 juin 2025 à 16h15",
    ],
)
def test_the_time_of_day_is_that_of_the_writers_clock(text: str) -> None:
    assert parse_date(text, None) == datetime(2025, 6, 17, 16, 15)


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000, 1_000_000_000])
def test_time_since_1970_is_a_date_as_number_and_as_figures(scale: int) -> None:
    for value in (1_750_176_900 * scale, str(1_750_176_900 * scale)):
        assert parse_date(value, None) == datetime(2025, 6, 17, 16, 15)
    assert parse_date("1750176900.0", None) == datetime(2025, 6, 17, 16, 15)


def test_days_of_a_spreadsheet_are_dates_only_where_they_are_numbers() -> None:
    assert parse_date(45825, None) == DAY
    assert parse_date(45825.5, None) == datetime(2025, 6, 17, 12)
    assert parse_date("45825", None) is None


def test_what_is_a_date_already_stays_one_without_its_zone() -> None:
    assert parse_date(date(2025, 6, 17), None) == DAY
    assert parse_date(datetime(2025, 6, 17, 23, 30, tzinfo=NEW_YORK), None) == datetime(2025, 6, 17, 23, 30)
    assert parse_date(20250617, None) == DAY


@pytest.mark.parametrize("text", ["2025-06", "06/2025", "June 2025", "juin 2025"])
def test_a_month_is_its_first_day(text: str) -> None:
    assert parse_date(text, None) == datetime(2025, 6, 1)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 2025, float("nan"), float("inf"), -45825, 10**400, [], {},
        "", "2025", "None", "NaT", "n/a", "yesterday", "2 days ago", "Thursday", "June 17", "17 June", "10:30", "25-06-17", "0001-01-01",
        "2025-13-45", "31/31/2025", "31 February 2025", "12 rue 2025", "12 ju*n 2025", "Week 23 2025", "June 17, 2025 - June 18, 2025",
        "In the plan of 2025 there were 12 trains for every town of the county, and on 17 June 2025 none ran.",
    ],
)  # fmt: skip
def test_what_tells_no_day_is_no_date(value: object) -> None:
    assert parse_date(value, None) is None
    assert parse_date(value, "dmy") is None


@pytest.mark.parametrize("text", ["06/07/2025", "06-07-2025", "6/7/25", "06/07/2025 4:15 PM"])
def test_figures_of_which_either_could_be_the_day_need_an_order(text: str) -> None:
    assert needs_order(text)
    assert tell_order(text) is None
    assert parse_date(text, None) is None
    first, second = parse_date(text, "dmy"), parse_date(text, "mdy")
    assert first is not None
    assert first.date() == date(2025, 7, 6)
    assert second is not None
    assert second.date() == date(2025, 6, 7)


@pytest.mark.parametrize("value", ["06/06/2025", "25/12/2024", "06.07.2025", "2025-06-07", "2025/06/07", "June 7, 2025", "06/2025", 20250607, None])
def test_other_dates_need_none(value: object) -> None:
    assert not needs_order(value)


def test_a_day_above_twelve_tells_the_order_and_is_believed_whatever_order_is_given() -> None:
    assert tell_order("25/12/2024") == "dmy"
    assert tell_order("12/25/2024 10:00") == "mdy"
    assert tell_order("2024-12-25") is None
    assert tell_order("25 December 2024") is None
    assert parse_date("25/12/2024", "mdy") == parse_date("12/25/2024", "dmy") == datetime(2024, 12, 25)


@given(moment=MOMENTS)
def test_iso_8601_is_read_to_the_microsecond(moment: datetime) -> None:
    assert parse_date(moment.isoformat(), None) == moment
    assert parse_date(moment.replace(tzinfo=UTC).isoformat(sep=" "), None) == moment


@given(moment=MOMENTS, form=st.sampled_from(["%d %B %Y %H:%M", "%B %d, %Y %I:%M %p", "%a, %d %b %Y %H:%M:00 +0100", "%Y/%m/%d %H:%M"]))
def test_every_day_and_minute_is_read_in_every_form(moment: datetime, form: str) -> None:
    assert parse_date(moment.strftime(form), None) == moment.replace(second=0, microsecond=0)


@given(day=st.dates(date(1700, 1, 1), date(2199, 12, 31)))
def test_order_and_need_of_it_belong_together(day: date) -> None:
    text = day.strftime("%d/%m/%Y")
    assert parse_date(text, "dmy") == datetime(day.year, day.month, day.day)
    # Either no order is needed, or there is none that the date tells.
    assert (parse_date(text, None) is None) == needs_order(text)
    assert not (needs_order(text) and tell_order(text))


@given(value=st.one_of(st.text(max_size=70), st.text("0123456789/-.:, apmT年月", max_size=24), st.integers(), st.floats()))
def test_nothing_is_ever_raised(value: object) -> None:
    for order in (None, "dmy", "mdy"):
        found = parse_date(value, order)
        assert found is None or found.tzinfo is None
    needs_order(value)
    tell_order(value)
