"""Which model made a score folder, if it is still the one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.errors import FramingError

__all__ = ["find_model"]


def find_model(run: Mapping[str, Any], scores: Path, given: Path | None = None) -> Path | None:
    """The folder of the model that made the scores with this run.json: `given`, or the one it was then; None is the starter model.

    FramingError if it is gone, or another now.
    """
    from classifiers import model_digest

    folder = given or (Path(str(run["model_folder"])) if run.get("model_folder") else None)
    if folder is not None and given is None and not folder.is_dir():
        raise FramingError(f"the model that it was scored by is not at {folder} any more", scores, "Name its folder with --model")
    if (digest := model_digest(folder)) != run["model"]:
        raise FramingError(f"was scored by model {run['model'][:16]}, not by {digest[:16]}", scores, "Name that model with --model")
    return folder
