"""A published corpus, as it is distributed, to a model: what `framing train --recipe` does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Unpack

from framing.importing import read_kind, refuse_others
from framing.published import find_published
from framing.training import Settings, Trained, locate_folder, train_dataset
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.wording import count

__all__ = ["reproduce"]


def reproduce(corpus: str, path: Path, out: Path, *, keep: Path | None = None, **settings: Unpack[Settings]) -> Trained:
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
        notices.append(f"{count(len(dataset.rejected), 'row', 'was', 'were')} set aside; the reasons are given {where}")
    group = published.group
    if group != "article" and (group not in dataset.articles.columns or dataset.articles[group].is_null().all()):
        notices.append(f"no article here has a {group}, so folds are grouped by article")
        group = "article"
    settings["title"] = settings.get("title") or published.title
    trained = train_dataset(dataset, out, where=path, origin=origin, published=published, group=group, **settings)
    return replace(trained, notices=(*notices, *trained.notices))


def _decide(dataset: Dataset, path: Path) -> Dataset:
    if dataset.gold is None and dataset.annotations is not None:
        from annotate.gold.adjudication import adjudicate

        dataset = replace(dataset, gold=adjudicate(dataset, where=path))
    if dataset.gold is None or dataset.gold.is_empty():
        raise FramingError("has no labels, so there is nothing to learn", path, "Give the corpus with its labels, not a test set")
    return dataset
