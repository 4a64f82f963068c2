"""framing train: gold, or a published corpus, to a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import epilog
from framing.recipes import Actors, Auxiliaries, DecideFor, Sources, Unlabelled, Vectors, make_recipe
from schemas.wording import count

if TYPE_CHECKING:
    from framing.training import Trained

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("train", epilog=epilog("framing train dataset --out model", "framing train --recipe babe BABE/ --out model"))(train)


def train(
    datasets: Annotated[
        list[Path],
        typer.Argument(metavar="DATASET...", help="Dataset folders with gold, all of one codebook; with --recipe your copy of the corpus."),
    ],
    out: Annotated[Path, typer.Option(help="The model folder to write.")],
    folds: Annotated[int, typer.Option(min=0, help="Folds of the evaluation that goes into the model card; 0 leaves it out.")] = 5,
    corpus: Annotated[
        str | None,
        typer.Option(
            "--recipe",
            metavar="CORPUS",
            help="Train on a published corpus as it is distributed: armpro, babe, basil, gvfc, newsmtsc, ptc, semeval2021, semeval2023, "
            "semeval2025 or unlp.",
        ),
    ] = None,
    keep: Annotated[Path | None, typer.Option(metavar="DATASET", help="With --recipe: keep the corpus as this dataset folder, too.")] = None,
    unlabelled: Unlabelled = None,
    auxiliaries: Auxiliaries = None,
    sources: Sources = None,
    vectors: Vectors = None,
    actors: Actors = None,
    decide_for: DecideFor = "f1",
    title: Annotated[str | None, typer.Option(help="Title of the model card.")] = None,
    sign: Annotated[
        Path | None, typer.Option("--sign", metavar="KEY", help="Sign the model with this secret key of `framing model key` or minisign.")
    ] = None,
) -> None:
    """Train a model, evaluate it on grouped folds, and write its folder with the card.

    With --recipe a published corpus is imported, evaluated by its usual grouping, and published figures stand in the card beside the model's.
    """
    from framing.reproducing import reproduce
    from framing.training import train_model
    from schemas.errors import FramingError

    if corpus is not None and len(datasets) != 1:
        raise FramingError("takes one path, that of your copy of the corpus", "--recipe", "Name one folder or file")
    if corpus is None and keep is not None:
        raise FramingError("is for a corpus that is imported, and there is none", "--keep", "Name the corpus with --recipe, or leave it out")
    signer = None
    if sign is not None:
        from framing.signing import open_key

        # The password is asked for before the work, not after it.
        signer = open_key(sign)
    recipe = make_recipe(unlabelled, auxiliaries, sources, decide_for, vectors, actors)
    with progress("evaluating on folds") as update:
        if corpus is None:
            trained = train_model(datasets, out, folds=folds, recipe=recipe, title=title, signer=signer, progress=update, say=notice)
        else:
            trained = reproduce(
                corpus, datasets[0], out, keep=keep, folds=folds, recipe=recipe, title=title, signer=signer, progress=update, say=notice
            )
    for line in trained.notices:
        notice(line)
    record({"model": trained.digest, "articles": trained.articles, "token_f1": trained.token_f1, "evaluation": trained.evaluation, "out": out})
    signed = f"; signed by {signer.key_id}" if signer else ""
    result(f"model {trained.digest[:16]} from {count(trained.articles, 'article')} -> {out}{_describe(trained, corpus)}{signed}")


def _describe(trained: Trained, corpus: str | None) -> str:
    """The token F1, and beside the best of the figures that were published of the corpus, ours."""
    parts = [f"token F1 {trained.token_f1:.3f} out of fold"] if trained.token_f1 is not None else []
    if corpus is not None:
        from framing.published import PUBLISHED

        # Of several systems that were measured alike the last is the best.
        best = {row["measure"]: row for row in PUBLISHED[corpus].compare(trained.evaluation)["figures"] if row["ours"] is not None}
        parts += [f"{name} {row['ours']:.3f} (published {row['figure']:.3f})" for name, row in best.items()]
    return "".join(f"; {part}" for part in parts)
