"""Loaded language and frames in news: people tag it, models score it, and every score leads back to the words it came from.

    import framing

    scores = framing.score(["As the \"culprit\", he is under pressure."])
    scores.spans

`framing.read`, `score`, `explain`, `train`, `evaluate`, `agree`, `estimate` and `report` are the command's verbs over tables; each says
more by `help()`. What a user can mend is raised as `framing.FramingError`, one line that says what, where and what to do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from framing.notebook import agree, estimate, evaluate, explain, load_model, read, report, score, train
    from schemas.errors import FramingError

__all__ = ["FramingError", "agree", "estimate", "evaluate", "explain", "load_model", "read", "report", "score", "train"]


def __getattr__(name: str) -> Any:
    # Imported when they are first used: the libraries behind them take a second, and the command's help needs none.
    if name not in __all__:
        raise AttributeError(f"module 'framing' has no attribute {name!r}")
    return getattr(import_module("schemas.errors" if name == "FramingError" else "framing.notebook"), name)


def __dir__() -> list[str]:
    return __all__
