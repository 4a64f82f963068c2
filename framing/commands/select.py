"""framing select: which articles to annotate next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import DatasetFolder, ModelFolder, epilog
from schemas.wording import count

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("select", epilog=epilog("framing select corpus --n 200 --by random --out first"))(select)


def select(
    dataset: DatasetFolder,
    out: Annotated[Path, typer.Option(metavar="SELECTED", help="The dataset folder to write, to be pushed instead of the whole.")],
    n: Annotated[int, typer.Option("--n", min=1, help="How many articles.")] = 200,
    by: Annotated[
        str | None, typer.Option(help="random, uncertain, uncertain-random, diverse or cue. Default: uncertain where --model is given, else random.")
    ] = None,
    model: ModelFolder = None,
    random_share: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Share drawn at random whatever the method, for estimates: 0.2. With uncertain-random: how much of each chance all have alike: 0.5.",
        ),
    ] = None,
    stratify: Annotated[bool, typer.Option("--stratify/--no-stratify", help="Whether each outlet gets its share.")] = True,
    without: Annotated[
        list[Path] | None,
        typer.Option(metavar="DATASET", help="Leave out the articles of this dataset, too: what was pulled, or selected before. Repeatable."),
    ] = None,
    codebook: Annotated[
        str | None, typer.Option(help="Codebook of the cues, by name or file. Default: the dataset's own, else loaded-language.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed draws other lots.")] = 0,
) -> None:
    """Choose articles that nobody has annotated yet, and put them in the order in which they should be.

    Then `framing push SELECTED`: Label Studio serves tasks in that order. Figures may be estimated from random articles only.
    """
    from annotate.selection import find_unread
    from annotate.selection import select as choose
    from schemas.codebook import load_codebook
    from schemas.dataset import Dataset, read_dataset, write_dataset

    _refuse_taken(out, [dataset, *(without or [])])
    read, others = read_dataset(dataset), [read_dataset(folder) for folder in without or []]
    known = {article for other in others for article in other.articles["article_id"]}
    by, table = by or ("uncertain" if model else "random"), None
    if by in ("uncertain", "uncertain-random"):
        from framing.uncertainty import measure_uncertainty

        with progress("scoring") as update:
            table = measure_uncertainty(find_unread(read, known, dataset), model, update)
    chosen = choose(
        read,
        n,
        by,
        seed=seed,
        stratify=stratify,
        random_share=random_share,
        uncertainty=table,
        codebook=load_codebook(codebook) if codebook else None,
        without=known,
        where=dataset,
    )
    write_dataset(out, Dataset(chosen.articles, codebook=read.codebook))
    for line in chosen.notices:
        notice(line)
    articles = chosen.articles
    by_way = dict(sorted(articles["selected_by"].value_counts().iter_rows()))
    ways, outlets = ", ".join(f"{number} {way}" for way, number in by_way.items()), articles["outlet"].n_unique()
    record({"selected": articles.height, "of": chosen.left, "outlets": outlets, "selected_by": by_way, "out": out})
    source = f" from {outlets} outlets" if outlets > 1 else ""
    result(f"{articles.height} of {count(chosen.left, 'article')}{source} ({ways}) -> {out}; push it, and Label Studio serves them in this order")


def _refuse_taken(out: Path, sources: list[Path]) -> None:
    from schemas.errors import FramingError

    if any(out.resolve() == source.resolve() for source in sources) or any((out / f"{name}.parquet").exists() for name in ("annotations", "gold")):
        raise FramingError("holds a dataset that would be lost", out, "Choose another --out")
