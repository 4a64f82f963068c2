"""Where a score came from: the model, the dataset it was trained on, and the file that the article was read from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from exports.tables.scores import Run
from schemas.dataset import Dataset, digest_dataset, read_dataset
from schemas.errors import FramingError
from schemas.files import digest_file

if TYPE_CHECKING:
    from classifiers.model.model import Model

__all__ = ["Marked", "Source", "Training", "find_marked", "find_model", "find_text", "find_training"]


@dataclass(frozen=True)
class Source:
    """The file an article was read from, as run.json names it; `status` is unchanged, changed, gone or not found. The text and the
    headline are known only where the file is unchanged."""

    path: str | None
    digest: str | None
    status: str
    text: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Training:
    """The annotations that a model was trained on, as far as they were found; `status` is unchanged, changed, missing or unknown, and
    `said` what the user should know of that."""

    folders: tuple[str, ...]
    status: str
    annotations: pl.DataFrame | None
    said: str | None = None


@dataclass(frozen=True)
class Marked:
    """What people marked in the texts that a model was trained on, if it was found, and what the user should know of that. Whether the dataset has
    changed since is `find_training`'s to say, for that takes reading all of it."""

    annotations: pl.DataFrame | None
    said: str | None = None


def find_model(run: Run, scores: Path, given: Path | None = None) -> Path | None:
    """The folder of the model that made the scores with this run.json: `given`, or the one it was then; None is the starter model.

    FramingError if it is gone, or another now.
    """
    from classifiers import model_digest

    folder = given or (Path(run.model_folder) if run.model_folder else None)
    if folder is not None and given is None and not folder.is_dir():
        raise FramingError(f"the model that it was scored by is not at {folder} any more", scores, "Name its folder with --model")
    if (digest := model_digest(folder)) != run.model:
        raise FramingError(f"was scored by model {run.model[:16]}, not by {digest[:16]}", scores, "Name that model with --model")
    return folder


def find_text(run: Run, article_id: str) -> Source:
    """The text and headline of the article, from the first of the run's files that holds it; files behind that are not read."""
    gone = []
    for name, digest in run.inputs.items():
        path = Path(name)
        if not path.is_file():
            gone.append(name)
        elif (read := _read_article(path, article_id, run)) is not None:
            return Source(name, digest, "unchanged", *read) if digest_file(path) == digest else Source(name, digest, "changed")
    if gone:
        return Source(gone[0], run.inputs[gone[0]], "gone")
    return Source(None, None, "not found")


def _read_article(path: Path, article_id: str, run: Run) -> tuple[str, str | None] | None:
    """Its text and headline."""
    from annotate.ingestion.articles import read_portions
    from annotate.ingestion.files import Files
    from annotate.ingestion.options import Options
    from annotate.ingestion.record import Reading
    from classifiers.scoring.archive import LONGEST, PART

    try:
        options = Options.of_run(run.model_dump(exclude_none=True))
        for portion in read_portions(Files([path], []), Reading(), options, characters=PART, longest=LONGEST):
            found = portion.articles.filter(article_id=article_id)
            if found.height:
                text, title = found.select("text", "title").row(0)
                return text, title
    except FramingError:
        # It could be read when it was scored, so it has changed; another file may still hold the article.
        return None
    return None


def find_training(model: Model, folder: Path | None, given: Sequence[Path] = ()) -> Training:
    """The annotations of the dataset that was `given`, else of the one that the model names; the starter model's are the sample's."""
    digest = model.facts.get("training", {}).get("data_digest")
    if given:
        return _read_training(given, digest)
    if _is_starter(folder):
        from annotate.gold.adjudication import adjudicate
        from framing.sample import read_sample

        sample = read_sample()
        return _describe_training(("the synthetic sample that ships",), replace(sample, gold=adjudicate(sample)), digest)
    folders, said = _folders_of(model, folder)
    if not folders:
        return Training((), "unknown", None, f"{said}: name it with --dataset")
    if said:
        return Training(tuple(map(str, folders)), "missing", None, f"{said}: name it with --dataset")
    try:
        return _read_training(folders, digest)
    except FramingError as error:
        return Training(tuple(map(str, folders)), "changed", None, f"the dataset that the model was trained on cannot be read: {error}")


def find_marked(model: Model, folder: Path | None) -> Marked:
    """The annotations of the dataset that the model names, as they are now; the starter model's are the sample's."""
    if _is_starter(folder):
        from framing.sample import read_sample

        return Marked(read_sample().annotations)
    folders, said = _folders_of(model, folder)
    if said:
        return Marked(None, f"no annotations stand beside the spans: {said}")
    try:
        tables = [table for path in folders if (table := read_dataset(path).annotations) is not None]
    except FramingError as error:
        return Marked(None, f"no annotations stand beside the spans: {error}")
    if not tables:
        return Marked(None, "no annotations stand beside the spans: the dataset that the model was trained on has only gold")
    return Marked(pl.concat(tables, how="diagonal_relaxed"))


def _folders_of(model: Model, folder: Path | None) -> tuple[list[Path], str | None]:
    """The datasets that a model in this folder names, and why they cannot be read, if so."""
    names = model.facts.get("training", {}).get("folders")
    if folder is None or not isinstance(names, list) or not names:
        return [], "the model does not say which dataset it was trained on"
    folders = [Path(os.path.normpath(folder.resolve() / str(name))) for name in names]
    missing = [path for path in folders if not path.is_dir()]
    return folders, f"the dataset that the model was trained on is not at {missing[0]}" if missing else None


def _is_starter(folder: Path | None) -> bool:
    from classifiers import model_digest

    return folder is None or model_digest(folder) == model_digest()


def _read_training(folders: Sequence[Path], digest: object) -> Training:
    from framing.training import join_datasets

    names = tuple(map(str, folders))
    try:
        joined = join_datasets(folders)
    except FramingError:
        # Without gold, say, a model could not be trained on it any more; what people marked is still there.
        tables = [table for path in folders if (table := read_dataset(path).annotations) is not None]
        return _describe_training(names, Dataset(pl.DataFrame(), pl.concat(tables, how="diagonal_relaxed") if tables else None), None)
    return _describe_training(names, joined, digest)


def _describe_training(names: tuple[str, ...], dataset: Dataset, digest: object) -> Training:
    unchanged = isinstance(digest, str) and digest_dataset(dataset) == digest
    said = None if unchanged else "the dataset is not (or no longer) what the model was trained on: texts, annotations, gold or codebook have changed"
    if dataset.annotations is None:
        said = f"{f'{said}; ' if said else ''}it has no annotations, only gold"
    elif dataset.annotations["annotation_id"].null_count() == dataset.annotations.height:
        ids = "its annotations have no ids of Label Studio, because they did not come from there"
        said = f"{said}; {ids}" if said else ids
    return Training(names, "unchanged" if unchanged else "changed", dataset.annotations, said)
