"""Gold in, model out; model and articles in, scores out.

    from classifiers import load_model, score
    scores = score(load_model(), articles)

Names are imported when they are first used: scikit-learn takes seconds, and scoring does not need it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import schemas

if getattr(schemas, "__toolkit__", None) != "framing-toolkit":
    raise ImportError(
        f"{schemas.__spec__.origin or next(iter(schemas.__path__))} stands where framing-toolkit looks for its own package `schemas`. "
        "Rename it, or start Python in another folder"
    )

if TYPE_CHECKING:
    from classifiers.evaluation.crossvalidation import cross_validate, evaluate
    from classifiers.explanation.spans import explain
    from classifiers.model.folder import load_model, load_training, model_codebook, model_digest, save_model
    from classifiers.scoring.archive import score_archive
    from classifiers.scoring.articles import score
    from classifiers.scoring.quotations import tabulate_quotations
    from classifiers.training.targets import make_task
    from classifiers.training.training import train

__all__ = [
    "cross_validate",
    "evaluate",
    "explain",
    "load_model",
    "load_training",
    "make_task",
    "model_codebook",
    "model_digest",
    "save_model",
    "score",
    "score_archive",
    "tabulate_quotations",
    "train",
]

_HOMES = {
    "cross_validate": "evaluation.crossvalidation",
    "evaluate": "evaluation.crossvalidation",
    "explain": "explanation.spans",
    "load_model": "model.folder",
    "load_training": "model.folder",
    "make_task": "training.targets",
    "model_codebook": "model.folder",
    "model_digest": "model.folder",
    "save_model": "model.folder",
    "score": "scoring.articles",
    "score_archive": "scoring.archive",
    "tabulate_quotations": "scoring.quotations",
    "train": "training.training",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'classifiers' has no attribute {name!r}")
    return getattr(import_module(f"classifiers.{_HOMES[name]}"), name)
