"""framing demo: the whole way, on the bundled articles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.options import epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("demo", epilog=epilog("framing demo --out demo"))(demo)


def demo(
    out: Annotated[Path, typer.Option(help="The folder for the dataset, the model, the scores and the report.")] = Path("demo"),
) -> None:
    """Run the whole way on bundled synthetic articles, with an embedded Label Studio that stays up for you."""
    from schemas.extras import require_extras

    # Now, and not when the server has been started and the model trained.
    require_extras(["annotate", "report"], "the demo")
    from framing.demo import run_demo

    run_demo(out)
