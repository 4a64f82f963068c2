"""framing figure: one figure for a paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import record, result
from framing.options import ScoredBy, WithoutCopies, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    examples = (
        "framing figure scores --of outlets --gold dataset --out outlets.pdf",
        "framing figure scores --of months --by outlet --width 183mm --out months.svg",
        "framing figure curve.json --of learning --out learning.pdf",
    )
    app.command("figure", epilog=epilog(*examples))(figure)


def figure(
    source: Annotated[
        Path, typer.Argument(metavar="SCORES|CURVE.json", help="A score folder; or what `framing evaluate --curve` wrote with --json.")
    ],
    of: Annotated[str, typer.Option("--of", metavar="KIND", help="outlets, months, actors, frames, words or learning.")],
    out: Annotated[list[Path], typer.Option("--out", metavar="FILE", help="A .pdf, .svg, .png, .csv or .tex file to write. Repeatable.")],
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="What groups articles: outlet, any column of your own; or month, year.")] = None,
    label: Annotated[str | None, typer.Option(metavar="NAME", help="One label of spans; of frames, the question.")] = None,
    actor: Annotated[str | None, typer.Option(metavar="NAME", help="Of actors, one. Default: those whom most spans are about.")] = None,
    gold: Annotated[Path | None, typer.Option(metavar="DATASET", help="A dataset with gold for a random sample, which corrects the means.")] = None,
    width: Annotated[str, typer.Option(metavar="89mm|183mm", help="One column of a journal, or two.")] = "89mm",
    model: ScoredBy = None,
    without_copies: WithoutCopies = False,
) -> None:
    """Draw one figure for a paper, with its caption (FILE.caption.txt) and, as .csv or .tex, the numbers behind it.

    Corrected by people's codes with --gold, else of the classifier alone, which the caption says.
    """
    from exports.plots.paper import refuse_unknown_kind
    from framing.drawing import draw_figure

    # Said before the work, not after it.
    for path in out:
        refuse_unknown_kind(path)
    found = draw_figure(source, of, by=by, label=label, actor=actor, gold=gold, width=width, model=model, copies=not without_copies)
    for path in out:
        found.save(path)
    record({"of": of, "caption": found.caption, "figures": found.table.to_dicts()})
    result(found.caption)
    result(f"figure of {of} -> {', '.join(map(str, out))}")
