"""framing train: gold to a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, progress, result
from framing.options import epilog
from framing.recipes import Auxiliaries, Sources, Unlabelled, make_recipe

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("train", epilog=epilog("framing train dataset --out model"))(train)


def train(
    datasets: Annotated[list[Path], typer.Argument(metavar="DATASET...", help="Dataset folders with gold, all of one codebook.")],
    out: Annotated[Path, typer.Option(help="The model folder to write.")],
    folds: Annotated[int, typer.Option(min=0, help="Folds of the evaluation that goes into the model card; 0 leaves it out.")] = 5,
    unlabelled: Unlabelled = None,
    auxiliaries: Auxiliaries = None,
    sources: Sources = None,
    title: Annotated[str | None, typer.Option(help="Title of the model card.")] = None,
    sign: Annotated[
        Path | None, typer.Option("--sign", metavar="KEY", help="Sign the model with this secret key of `framing model key` or minisign.")
    ] = None,
) -> None:
    """Train a model, evaluate it on grouped folds, and write its folder with the card."""
    from framing.training import train_model

    signer = None
    if sign is not None:
        from framing.signing import open_key

        # The password is asked for before the work, not after it.
        signer = open_key(sign)
    recipe = make_recipe(unlabelled, auxiliaries, sources)
    with progress("evaluating on folds") as update:
        trained = train_model(datasets, out, folds=folds, recipe=recipe, title=title, signer=signer, progress=update)
    for line in trained.notices:
        notice(line)
    figure = f"; token F1 {trained.token_f1:.3f} out of fold" if trained.token_f1 is not None else ""
    signed = f"; signed by {signer.key_id}" if signer else ""
    result(f"model {trained.digest[:16]} from {trained.articles} articles -> {out}{figure}{signed}")
