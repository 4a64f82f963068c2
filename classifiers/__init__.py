"""Gold in, model out; model and articles in, scores out.

    from classifiers import load_model, score
    scores = score(load_model(), articles, digest)

Names are imported when they are first used: scikit-learn takes seconds, and scoring does not need it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classifiers.archive import score_archive
    from classifiers.evaluation.crossvalidation import cross_validate, evaluate
    from classifiers.explanation import explain
    from classifiers.folder import load_model, load_training, model_digest, save_model
    from classifiers.scoring import score
    from classifiers.targets import make_task
    from classifiers.training import train

__all__ = [
    "cross_validate",
    "evaluate",
    "explain",
    "load_model",
    "load_training",
    "make_task",
    "model_digest",
    "save_model",
    "score",
    "score_archive",
    "train",
]

_HOMES = {
    "cross_validate": "evaluation.crossvalidation",
    "evaluate": "evaluation.crossvalidation",
    "explain": "explanation",
    "load_model": "folder",
    "load_training": "folder",
    "make_task": "targets",
    "model_digest": "folder",
    "save_model": "folder",
    "score": "scoring",
    "score_archive": "archive",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'classifiers' has no attribute {name!r}")
    return getattr(import_module(f"classifiers.{_HOMES[name]}"), name)
