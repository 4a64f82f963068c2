"""A published corpus, as it is distributed, to a model: what `framing train --recipe` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from framing.importing import read_kind, refuse_others
from framing.published import find_published
from framing.training import Trained, locate_folder, train_dataset
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError

if TYPE_CHECKING:
    from classifiers.model.signature import Signer
    from classifiers.training.recipe import Recipe

__all__ = ["reproduce"]


def reproduce(
    corpus: str,
    path: Path,
    out: Path,
    *,
    keep: Path | None = None,
    folds: int = 5,
    recipe: Recipe | None = None,
    title: str | None = None,
    signer: Signer | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Trained:
    """Import the corpus at `path`, adjudicate it where it has votes alone, train, evaluate by its grouping, and write the model with a card in
    which published figures stand beside ours. The imported dataset is written to `keep`, or nowhere."""
    published = find_published(corpus)
    collection = read_kind(corpus, path)
    dataset = _decide(collection.dataset(), path)
    origin: dict[str, object] = {"corpus": published.title, "imported_as": corpus}
    if keep is not None:
        refuse_others(keep, dataset)
        dataset = write_dataset(keep, dataset)
        origin["folders"] = [locate_folder(keep, out)]
    notices = [f"{text}: {count}" for text, count in collection.notices.items() if count]
    if dataset.rejected:
        where = f"in {keep / 'rejected.jsonl'}" if keep else f"by `framing import {corpus}`"
        notices.append(f"{len(dataset.rejected)} rows were set aside; the reasons are given {where}")
    group = published.group
    if group != "article" and (group not in dataset.articles.columns or dataset.articles[group].is_null().all()):
        notices.append(f"no article here has a {group}, so folds are grouped by article")
        group = "article"
    trained = train_dataset(
        dataset,
        out,
        where=path,
        origin=origin,
        published=published,
        folds=folds,
        group=group,
        recipe=recipe,
        title=title or published.title,
        signer=signer,
        progress=progress,
    )
    return replace(trained, notices=(*notices, *trained.notices))


def _decide(dataset: Dataset, path: Path) -> Dataset:
    if dataset.gold is None and dataset.annotations is not None:
        from annotate.gold.adjudication import adjudicate

        dataset = replace(dataset, gold=adjudicate(dataset, where=path))
    if dataset.gold is None or dataset.gold.is_empty():
        raise FramingError("has no labels, so there is nothing to learn", path, "Give the corpus with its labels, not a test set")
    return dataset
