"""framing compare: what changed between two runs, or between two groups of one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import notice, record, result, waiting
from framing.options import WithoutCopies, epilog, refuse_other_tables
from schemas.errors import FramingError, printable
from schemas.wording import count, inflect

if TYPE_CHECKING:
    from exports.drift import Difference
    from framing.comparing import Comparison, Side

__all__ = ["register"]

NAME, COLUMN, WIDE = 34, 11, 22
SIDES = ("first", "second")


def register(app: typer.Typer) -> None:
    app.command(
        "compare",
        epilog=epilog(
            "framing compare scores-may scores-june",
            "framing compare scores --by month --between 2026-05 2026-09",
            'framing compare scores --by outlet,month --between "Gazette,2026-05" "Gazette,2026-09"',
        ),
    )(compare)


def compare(
    scores: Annotated[list[Path], typer.Argument(metavar="SCORES [SCORES]", help="Two score folders, or one with --between.")],
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GROUP", help="What --between names: month (the default), year, or a column such as outlet; or several, as --by outlet,month."
        ),
    ] = None,
    between: Annotated[tuple[str, str] | None, typer.Option(metavar="ONE OTHER", help="The two groups of articles of one folder to compare.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the table of figures to this file.")] = None,
    without_copies: WithoutCopies = False,
) -> None:
    """Say what changed: each score's mean on both sides, the difference with its interval, and a test that allows for there being many.

    Where two models made the scores, it says how far the models agree on the articles that both have scored.
    """
    from framing.comparing import compare_groups, compare_runs
    from framing.grouping import join_dimensions

    refuse_other_tables(out, ".csv")
    with waiting("comparing"):
        if between is None and len(scores) == 2:
            found = compare_runs(*scores, copies=not without_copies)
        elif between is not None and len(scores) == 1:
            found = compare_groups(scores[0], between, join_dimensions(by or ["month"]), copies=not without_copies)
        else:
            todo = "Give two folders, or one with --between, as in --by month --between 2026-05 2026-09"
            raise FramingError(f"{count(len(scores), 'score folder')} {'with' if between else 'without'} --between", "compare", todo)
    if out:
        _write_table(found, out)
    _show(found)
    for line in found.notices:
        notice(line)
    record(_as_json(found))
    result(_conclude(found))


def _show(found: Comparison) -> None:
    for side, name in zip(found.sides, SIDES, strict=True):
        model = f"model {side.model[:12]}, codebook {side.codebook or '-'}"
        result(f"{name}: {printable(side.name)}, {count(side.articles, 'article')}, {model}{_strange(side)}")
    if found.agreement is not None:
        for name, figure in found.agreement.items():
            result(f"  {name.replace('_', ' ')}: {f'{figure:.3f}' if isinstance(figure, float) else figure if figure is not None else '-'}")
        return
    one, other = _head_columns(found.sides)
    result(f"{'':{NAME}}{one:>{COLUMN}}{other:>{COLUMN}}{'difference':>{COLUMN}}{'95 % interval':>{WIDE}}{'p (Holm)':>{COLUMN}}")
    for row in found.differences:
        interval = f"{row.low:+.3f} to {row.high:+.3f}" if row.low is not None and row.high is not None else "-"
        figures = f"{row.means[0]:>{COLUMN}.3f}{row.means[1]:>{COLUMN}.3f}{row.difference:>+{COLUMN}.3f}{interval:>{WIDE}}"
        result(f"{printable(row.measure, NAME - 1):{NAME}}{figures}{row.p_holm:>{COLUMN}.2g}")
    for row in found.differences:
        if row.clear:
            result(_word(row))


def _head_columns(sides: tuple[Side, Side]) -> tuple[str, str]:
    """The sides' names, as far as a column has room for them and they can then be told apart."""
    one, other = (printable(side.name, COLUMN - 1) for side in sides)
    return (one, other) if one != other else SIDES


def _word(row: Difference) -> str:
    """How large a difference is, in words."""
    more = (
        "an article has more on the second side than on the first"
        if row.paired
        else "a random article of the second side has more than one of the first"
    )
    return f"{printable(row.measure)}: {more} with probability {row.superiority:.2f} (as much counts half; .50 is no difference)"


def _strange(side: Side) -> str:
    from exports.drift import EXPECTED

    strangers = side.strangers
    if strangers is None:
        return ""
    return f", {100 * strangers.share:.0f} % of them stranger to the model than usual ({100 * EXPECTED:.0f} % is usual)"


def _conclude(found: Comparison) -> str:
    from exports.drift import CLEAR

    if found.agreement is not None:
        return f"two models on {count(found.agreement['articles'], 'article')} that both have scored"
    if found.unchanged:
        return f"nothing changed: all figures ({len(found.differences)}) of {count(found.shared, 'article')} are the same"
    clear, figures = sum(row.clear for row in found.differences), count(len(found.differences), "figure")
    both = " and ".join(str(side.articles) for side in found.sides) + " articles"
    how = f"{count(found.shared, 'article')}, with themselves" if found.paired else both
    few = ", which with so few articles none could" if found.undecidable else ""
    return f"{clear} of {figures} {inflect(clear, 'differs', 'differ')} clearly (Holm's p below {CLEAR:.2f}){few}; compared: {how}"


def _write_table(found: Comparison, out: Path) -> None:
    """A row for each figure, its interval in two columns."""
    from exports.formats.csv import write_table

    if found.agreement is not None:
        raise FramingError("two models' agreement is no table of figures", out, "Use --json FILE")
    write_table(found.to_frame(), out)


def _as_json(found: Comparison) -> dict[str, Any]:
    return {**asdict(found), "unchanged": found.unchanged, "undecidable": found.undecidable}
