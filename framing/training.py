"""From dataset folders to a model folder with a card: what `framing train`, the demo and the starter model share."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import polars as pl

from schemas.dataset import Dataset, digest_dataset, read_dataset
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.parts import TITLE
from schemas.tables import SPAN
from schemas.wording import count

if TYPE_CHECKING:
    from classifiers.features.documents import Batch
    from classifiers.model.signature import Signer
    from classifiers.training.recipe import Recipe
    from classifiers.training.targets import Task
    from framing.published import Published

__all__ = ["Settings", "Trained", "describe_data", "join_datasets", "locate_folder", "train_dataset", "train_model"]


@dataclass(frozen=True)
class Trained:
    """What came of it."""

    digest: str
    articles: int
    token_f1: float | None
    evaluation: dict[str, Any] | None
    notices: tuple[str, ...]


class Settings(TypedDict, total=False):
    """How a model is made: `folds` of its evaluation (5), of which 0 leaves it out of the card; its `recipe`; the `title` of its card; who signs
    it (`signer`), if anybody does; `progress` is told of folds done, and of how many; `say`, before the work, what the data are too few for."""

    folds: int
    recipe: Recipe | None
    title: str | None
    signer: Signer | None
    progress: Callable[[int, int], None]
    say: Callable[[str], None]


def train_model(folders: Sequence[Path], out: Path, **settings: Unpack[Settings]) -> Trained:
    """Train on the datasets together and write the model folder."""
    origin = {"folders": [locate_folder(folder, out) for folder in folders]}
    trained = train_dataset(join_datasets(folders), out, where=folders[0], origin=origin, **settings)
    stale = [notice for folder in folders if (notice := _stale(folder))]
    return replace(trained, notices=(*stale, *trained.notices))


def train_dataset(
    dataset: Dataset,
    out: Path,
    *,
    where: Path,
    origin: Mapping[str, object],
    published: Published | None = None,
    folds: int = 5,
    group: str = "article",
    recipe: Recipe | None = None,
    title: str | None = None,
    signer: Signer | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    say: Callable[[str], None] = lambda line: None,
) -> Trained:
    """Train on the dataset, which was read at `where`. `origin` is what the card says of where it comes from; the figures that were `published`
    of it stand in the card beside ours. `group` says what groups the folds; the rest is as in `Settings`."""
    from annotate.agreement import agree
    from classifiers import cross_validate, make_task, save_model, train
    from classifiers.evaluation.attributes import leave_out
    from classifiers.model.sufficiency import say_little
    from classifiers.training.recipe import Recipe

    task = make_task(dataset, where)
    described = describe_data(dataset, task)
    for line in say_little(described, task.codebook.model_dump()):
        say(line)
    measured = cross_validate(task, dataset.articles, folds=folds, group=group, recipe=recipe, progress=progress) if folds else None
    evaluation = measured.figures if measured else None
    facts: dict[str, Any] = {
        "training": described | _describe_recipe(task, recipe or Recipe()) | dict(origin),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in ("framing-toolkit", "scikit-learn", "numpy")},
    }
    if given := _count_answers(task):
        facts["given"] = given
    if title:
        facts["title"] = title
    if dataset.annotations is not None:
        agreement = agree(dataset)
        facts["agreement"] = {"labels": agreement.labels, "questions": agreement.questions}
    if evaluation:
        facts["evaluation"] = evaluation
    if published:
        facts["published"] = published.compare(evaluation)
    seen = _list_articles(dataset.articles, task.batch, measured.scores if measured else None)
    model, left_out = leave_out(train(task, recipe), evaluation or {})
    digest = save_model(replace(model, facts=facts), out, seen, signer)
    token_f1 = evaluation["tokens"]["f1"] if evaluation and "tokens" in evaluation else None
    notices = [f"the model says nothing of {name}: it would do no better than its floor" for name in left_out]
    if token_f1 is not None and evaluation and token_f1 <= (evaluation["tokens"]["floor_f1"] or 0.0):
        notices.append(f"the model finds no more than the codebook's cue words do (token F1 {evaluation['tokens']['floor_f1']:.3f}): annotate more")
    return Trained(digest, len(seen), token_f1, evaluation, tuple(notices))


def join_datasets(folders: Sequence[Path]) -> Dataset:
    """One dataset of several, with the same codebook and distinct articles."""
    read = [read_dataset(folder) for folder in folders]
    for folder, dataset in zip(folders, read, strict=True):
        if dataset.require_codebook(folder).digest != read[0].require_codebook(folders[0]).digest:
            raise FramingError("has another codebook than the first dataset", folder, "Train on datasets of one codebook")
        dataset.require_gold(folder)
    articles = pl.concat([dataset.articles for dataset in read], how="diagonal_relaxed")
    repeated = articles.filter(articles["article_id"].is_duplicated())["article_id"]
    if len(repeated):
        raise FramingError(f"article {repeated[0]!r} is in two of the datasets", folders[-1], "Leave one of them out")
    tables = {name: [table for dataset in read if (table := getattr(dataset, name)) is not None] for name in ("annotations", "gold")}
    joined = {name: pl.concat(parts, how="diagonal_relaxed") if parts else None for name, parts in tables.items()}
    return Dataset(articles, joined["annotations"], joined["gold"], read[0].codebook)


def _list_articles(articles: pl.DataFrame, batch: Batch, scores: pl.DataFrame | None) -> pl.DataFrame:
    """Whom the model must not be judged by: the articles that it was trained on, by their text or headline, with the out-of-fold scores of each."""
    texts, names = dict(articles.select("article_id", "text").iter_rows()), list(dict.fromkeys(batch.article_ids))
    seen = pl.DataFrame({"article_id": names, "text_digest": [digest_text(texts[name])[:16] for name in names]})
    if scores is None:
        return seen.with_columns(fold=pl.lit(None, pl.Int64))
    return seen.join(scores.select("article_id", "fold", pl.exclude("article_id", "fold")), on="article_id", how="left", maintain_order="left")


def describe_data(dataset: Dataset, task: Task) -> dict[str, Any]:
    """What the card says of the training data."""
    gold = dataset.require_gold("training")
    facts: dict[str, Any] = {"articles": len(set(task.batch.article_ids))}
    if headlines := task.numbers_of(TITLE):
        facts["headlines"] = len(headlines)
    if dataset.annotations is not None:
        # How many, not who: the card travels with the model.
        facts["annotators"] = dataset.annotations["annotator"].n_unique()
    facts["gold_spans"] = gold.filter(SPAN).height
    facts["adjudication"] = sorted(gold["rule"].unique())
    outlets = dataset.articles["outlet"].drop_nulls().unique().sort().to_list()
    facts["outlets"] = outlets[:20] + ([f"and {len(outlets) - 20} more"] if len(outlets) > 20 else [])
    facts["data_digest"] = digest_dataset(dataset)
    return facts


def _count_answers(task: Task) -> dict[str, list[float]]:
    """Of each question of several answers the share of the training articles to which gold gives each, among those that were asked."""
    several = [question for question in task.codebook.questions if question.choice == "multiple"]
    asked = {question: [number for number in range(len(task)) if task.decided(number, question)] for question in several}
    return {question.name: task.gold_answers(question)[rows].mean(axis=0).tolist() for question, rows in asked.items() if rows}


def locate_folder(folder: Path, model: Path) -> str:
    """Where the dataset is from the model's folder, so that both may be moved together."""
    try:
        return Path(os.path.relpath(folder.resolve(), model.resolve())).as_posix()
    except ValueError:
        # On another drive there is no way from here to there.
        return folder.resolve().as_posix()


def _describe_recipe(task: Task, recipe: Recipe) -> dict[str, Any]:
    """What the model knows that the gold did not say."""
    from classifiers.training.aims import F1
    from classifiers.training.training import vectors_from_outside

    facts: dict[str, Any] = {"made_for": "outlets that are not in the training data"} if recipe.unseen_sources else {}
    if recipe.aim != F1:
        facts["answers_decided_for"] = str(recipe.aim)
    known = vectors_from_outside(task, recipe)
    own = ["the company that words keep in these texts"] if known is None or recipe.unlabelled else []
    facts["word_vectors"] = [*([known.origin] if known else []), *own]
    if recipe.unlabelled:
        facts["unlabelled_articles"] = len(recipe.unlabelled)
        facts["unlabelled_digest"] = digest_text("\0".join(sorted(recipe.unlabelled)))
    if recipe.auxiliaries:
        used = recipe.without(task.batch.texts).auxiliaries.items()
        facts["auxiliary_corpora"] = [f"{name} ({other.codebook.stamp}, {count(len(other), 'article')})" for name, other in used]
    return facts


def _stale(folder: Path) -> str:
    gold, annotations = folder / "gold.parquet", folder / "annotations.parquet"
    if annotations.exists() and gold.stat().st_mtime_ns < annotations.stat().st_mtime_ns:
        return f"{gold} is older than the annotations; run `framing adjudicate {folder}` to renew it"
    return ""
