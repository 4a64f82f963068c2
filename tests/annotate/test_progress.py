"""How far the annotation is: counted from the annotations alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.progress import measure_progress
from schemas.dataset import Dataset

Make = Callable[..., Dataset]
TEXTS = dict.fromkeys("abcd", "The reckless zealots sank the old port.")
MARKS = [
    ("a", "ada", "Loaded", "reckless"),
    ("a", "ada", "Name", "zealots"),
    ("a", "ada", "bias", "yes"),
    ("a", "ben"),
    ("b", "ada"),
    ("c", "ada", "Loaded", "port"),
]


def dated(dataset: Dataset, days: dict[str, str], seconds: dict[str, float] | None = None) -> Dataset:
    """The dataset with each article's annotations made on a day, and in so many seconds."""
    article = pl.col("article_id")
    rows = dataset.require_annotations("test").with_columns(
        updated_at=article.replace_strict(days, default=None, return_dtype=pl.String),
        seconds=article.replace_strict(seconds or {"": 0.0}, default=None, return_dtype=pl.Float64),
    )
    return replace(dataset, annotations=rows)


def test_articles_are_counted_by_their_readers_and_people_by_what_they_read(make_dataset: Make) -> None:
    done = measure_progress(make_dataset(TEXTS, MARKS))
    assert done.articles == {0: 1, 1: 2, 2: 1}
    assert done.people.select("annotator", "read", "spans").rows() == [("ada", 3, 3), ("ben", 1, 0)]


def test_without_a_number_as_many_readers_are_wanted_as_the_best_read_article_has(make_dataset: Make) -> None:
    dataset = make_dataset(TEXTS, MARKS)
    done = measure_progress(dataset)
    assert (done.coders, done.left) == (2, 1 + 1 + 2)
    assert (measure_progress(dataset, 1).left, measure_progress(dataset, 3).left) == (1, 1 + 2 + 2 + 3)


def test_before_anybody_began_everything_is_left(make_dataset: Make) -> None:
    dataset = make_dataset(TEXTS, MARKS)
    for nobody in (replace(dataset, annotations=None), replace(dataset, annotations=dataset.require_annotations("test").clear())):
        done = measure_progress(nobody)
        assert (done.articles, done.people.height, done.coders, done.left, done.days) == ({0: 4}, 0, 1, 4, None)
        assert measure_progress(nobody, 2).left == 8


def test_the_minutes_are_the_median_of_a_persons_articles_each_counted_once(make_dataset: Make) -> None:
    dataset = dated(make_dataset(TEXTS, MARKS), {}, {"a": 60.0, "b": 240.0, "c": 600.0})
    assert measure_progress(dataset).people.select("annotator", "minutes").rows() == [("ada", 4.0), ("ben", 1.0)]
    assert measure_progress(make_dataset(TEXTS, MARKS)).people["minutes"].to_list() == [None, None]


def test_the_pace_is_that_of_the_seven_days_before_anybodys_last_article(make_dataset: Make) -> None:
    days = {"a": "2026-03-01T08:00:00Z", "b": "2026-03-20T08:00:00.5Z", "c": "2026-03-14T09:00:00.123456Z"}
    done = measure_progress(dated(make_dataset(TEXTS, MARKS), days))
    last = datetime(2026, 3, 20, 8, 0, 0, 500_000, tzinfo=UTC)
    assert done.people.select("annotator", "recent", "last").rows() == [("ada", 2, last), ("ben", 0, datetime(2026, 3, 1, 8, tzinfo=UTC))]
    # Four are left, at two in seven days.
    assert done.days == pytest.approx(14)


def test_what_was_never_changed_counts_by_when_it_was_made_and_what_has_no_time_counts_for_no_pace(make_dataset: Make) -> None:
    dataset = make_dataset(TEXTS, MARKS)
    assert (measure_progress(dataset).days, set(measure_progress(dataset).people["recent"])) == (None, {0})
    made = dataset.require_annotations("test").with_columns(
        created_at=pl.when(article_id="a").then(pl.lit("2026-03-20T08:00:00Z")).otherwise(pl.lit("yesterday"))
    )
    done = measure_progress(replace(dataset, annotations=made))
    assert done.people["recent"].to_list() == [1, 1]


@pytest.mark.parametrize(("last", "days"), [("2026-03-20T20:00:00Z", None), ("2026-03-22T08:00:00Z", 2.0), ("2026-03-25T08:00:00Z", 5.0)])
def test_a_project_of_less_than_a_day_has_no_pace_and_a_young_one_that_of_its_days(make_dataset: Make, last: str, days: float | None) -> None:
    texts = dict.fromkeys("abcd", TEXTS["a"])
    dataset = dated(make_dataset(texts, [("a", "ada"), ("b", "ada")]), {"a": "2026-03-20T08:00:00Z", "b": last})
    assert measure_progress(dataset).left == 2
    assert measure_progress(dataset).days == (None if days is None else pytest.approx(days))


def test_when_all_is_read_no_day_is_left(make_dataset: Make) -> None:
    dataset = dated(
        make_dataset(dict.fromkeys("ab", TEXTS["a"]), [("a", "ada"), ("b", "ada")]), {"a": "2026-03-20T08:00:00Z", "b": "2026-03-23T08:00:00Z"}
    )
    assert (measure_progress(dataset).left, measure_progress(dataset).days) == (0, 0)


def test_what_waits_for_a_reader_before_the_last_article_that_somebody_read_was_passed_over(make_dataset: Make) -> None:
    marks = [("a", "ada"), ("a", "ben"), ("d", "ada"), ("b", "ben"), ("c", "cyd")]
    done = measure_progress(make_dataset(TEXTS, marks), 2)
    # Of a to d, a has its two readers; nobody is blamed for what stands behind their last.
    assert done.people.select("annotator", "passed").rows() == [("ada", 2), ("ben", 0), ("cyd", 1)]


def test_each_day_of_two_weeks_has_its_articles_and_people_their_days_without_work(make_dataset: Make) -> None:
    days = {"a": "2026-03-01T08:00:00Z", "b": "2026-03-20T08:00:00Z", "c": "2026-03-20T23:59:00Z"}
    dataset = dated(make_dataset(TEXTS, [*MARKS, ("b", "cyd")]), days)
    done = measure_progress(dataset)
    assert (done.calendar[0], done.calendar[-1], len(done.calendar)) == (date(2026, 3, 7), date(2026, 3, 20), 14)
    assert done.daily.rows() == [("ada", date(2026, 3, 20), 2), ("cyd", date(2026, 3, 20), 1)]
    assert done.people.select("annotator", "idle").rows() == [("ada", 13), ("ben", 14), ("cyd", 0)]
    later = measure_progress(dataset, today=date(2026, 3, 25))
    assert (later.calendar[-1], later.people["idle"].to_list()) == (date(2026, 3, 25), [13, 14, 5])
    # A clock of ours that is late hides no work.
    assert measure_progress(dataset, today=date(2026, 3, 1)).calendar == done.calendar
    unknown = measure_progress(make_dataset(TEXTS, MARKS), today=date(2026, 3, 25))
    assert (unknown.calendar, unknown.daily.height, unknown.people["idle"].to_list()) == ((), 0, [None, None])


READINGS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["ada", "ben", "cyd"])), unique=True, min_size=1)


@given(readings=READINGS, coders=st.none() | st.integers(1, 4))
def test_each_reading_is_counted_once_for_its_article_and_once_for_its_reader(
    make_dataset_once: Make, readings: list[tuple[str, str]], coders: int | None
) -> None:
    done = measure_progress(make_dataset_once(TEXTS, readings), coders)
    assert sum(readers * count for readers, count in done.articles.items()) == len(readings) == done.people["read"].sum()
    assert sum(done.articles.values()) == len(TEXTS)
    assert done.left == sum(max(0, done.coders - readers) * count for readers, count in done.articles.items())
    assert list(done.articles) == sorted(done.articles)
