"""Loaded language and frames in news: people tag it, models score it, and every score leads back to the words it came from.

    import framing

    scores = framing.score(["As the \"culprit\", he is under pressure."])
    scores.spans

`framing.read`, `score`, `quotes`, `explain`, `train`, `evaluate`, `agree`, `estimate`, `regress`, `figure` and `report` are the command's verbs over
tables; each says more by `help()`. What a user can mend is raised as `framing.FramingError`, one line that says what, where and what to do.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from framing.notebook import agree, estimate, evaluate, explain, figure, load_model, quotes, read, regress, report, score, train
    from schemas.errors import FramingError

__all__ = [
    "FramingError",
    "agree",
    "estimate",
    "evaluate",
    "explain",
    "figure",
    "load_model",
    "quotes",
    "read",
    "regress",
    "report",
    "score",
    "train",
]


def _refuse_strangers() -> None:
    """The names of the toolkit's packages are general ones, and a folder beside a notebook comes before them."""
    for name in ("annotate", "classifiers", "exports", "schemas"):
        spec = find_spec(name)
        if spec is None:
            raise ImportError(f"framing-toolkit's package `{name}` is missing. Install framing-toolkit anew")
        place = Path(spec.origin or next(iter(spec.submodule_search_locations or [name])))
        if (place.parent if spec.origin else place).parent != Path(__file__).parents[1]:
            what = f"stands where framing-toolkit looks for its own package `{name}`"
            raise ImportError(f"{place} {what}. Rename it, or start Python in another folder")


_refuse_strangers()


def __getattr__(name: str) -> Any:
    # Imported when they are first used: the libraries behind them take a second, and the command's help needs none.
    if name not in __all__:
        raise AttributeError(f"module 'framing' has no attribute {name!r}")
    return getattr(import_module("schemas.errors" if name == "FramingError" else "framing.notebook"), name)


def __dir__() -> list[str]:
    return __all__
