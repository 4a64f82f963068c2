"""framing status: how far the annotation is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import progress, record, result
from framing.options import epilog
from schemas.wording import count, enumerate_some

if TYPE_CHECKING:
    import polars as pl

    from annotate.progress import Progress

__all__ = ["register"]

# Characters of an annotator's name in the table of days.
LONGEST = 32


def register(app: typer.Typer) -> None:
    app.command("status", epilog=epilog('framing status --project "Spring corpus"'))(status)


def status(
    dataset: Annotated[Path | None, typer.Argument(metavar="DATASET", help="A dataset folder, as it was pulled.")] = None,
    project: Annotated[str | None, typer.Option(metavar="TITLE", help="Or a project in Label Studio, as it is now.")] = None,
    coders: Annotated[int | None, typer.Option(min=1, help="How many readers each article should have. Default: as the project says.")] = None,
) -> None:
    """Say who has annotated how much, on which days and at which pace, what they have left out, and what is left."""
    from annotate.progress import measure_progress
    from annotate.unanswered import find_unanswered
    from schemas.dataset import read_dataset
    from schemas.errors import FramingError

    if (dataset is None) == (project is None):
        raise FramingError("name a dataset folder or a project, and one of them", "status", 'As in: framing status --project "TITLE"')
    today = None
    if dataset is not None:
        read = read_dataset(dataset)
    else:
        from annotate.labelstudio import count_coders, pull, resolve_access

        access, today = resolve_access(), datetime.now(UTC).date()
        with progress("reading") as update:
            read = pull(str(project), access, update)
        coders = coders or count_coders(str(project), access)
    done = measure_progress(read, coders, today)
    left = {"coders": done.coders, "readings_left": done.left, "days_left": done.days}
    work = {"annotators": done.people.to_dicts(), "daily": done.daily.to_dicts()}
    record({"articles": read.articles.height, "read_by": done.articles, **left, **work})
    for person in done.people.iter_rows(named=True):
        result(_describe(person, len(done.calendar)))
    _show_days(done)
    _show_unanswered(find_unanswered(read))
    said = ", ".join(f"{number} by {readers or 'nobody'}" for readers, number in done.articles.items())
    when = f", some {count(max(round(done.days), 1), 'day')} at last week's pace" if done.days and done.left else ""
    result(f"{count(read.articles.height, 'article')}, read {said}; {count(done.left, 'reading')} left until each has {done.coders}{when}")


def _describe(person: dict[str, Any], shown: int) -> str:
    pace = f"{person['minutes']:.1f} min each" if person["minutes"] else "time unknown"
    last = f"{person['last']:%Y-%m-%d %H:%M}" if person["last"] else "unknown"
    idle = f", no work on {person['idle']} of the {shown} days below" if person["idle"] else ""
    passed = f", {person['passed']} passed over that still wait for a reader" if person["passed"] else ""
    read = f"{count(person['read'], 'article')}, {count(person['spans'], 'span')}, {pace}, {person['recent']} in the last week, last {last}"
    return f"{person['annotator']}: {read}{idle}{passed}"


def _show_days(done: Progress) -> None:
    """A row for each person, a column for each day, and what all did."""
    from schemas.errors import printable

    if not done.calendar:
        return
    counts = {(name, day): read for name, day, read in done.daily.select("annotator", "day", "read").iter_rows()}
    people = done.people["annotator"].to_list()
    names = {name: printable(name, LONGEST) for name in people}
    width = max(map(len, ["all", *names.values()]))
    result(f"articles a day, {done.calendar[0]} to {done.calendar[-1]} (UTC)")
    result(" " * width + "".join(f"{day.day:>5}" for day in done.calendar))
    for name in people:
        result(names[name].ljust(width) + "".join(f"{counts.get((name, day), '.'):>5}" for day in done.calendar))
    totals = [sum(counts.get((name, day), 0) for name in people) for day in done.calendar]
    result("all".ljust(width) + "".join(f"{total or '.':>5}" for total in totals))


def _show_unanswered(left: pl.DataFrame) -> None:
    for row in left.iter_rows(named=True):
        where = enumerate_some(row["articles"], 5)
        missing, name = count(row["missing"], row["kind"]), f"{row['name']!r}, which is required"
        result(f"{row['annotator']}: {missing} without {name}: {'in ' if row['kind'] == 'span' else ''}{where}")
