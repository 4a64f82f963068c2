"""What a score folder says of its making: its inputs, and the model, if that is still the one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schemas.errors import FramingError

__all__ = ["find_model", "read_run"]


def read_run(folder: Path) -> dict[str, Any]:
    """The run.json of a score folder."""
    path = folder / "run.json"
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        run = None
    if not isinstance(run, dict) or not isinstance(run.get("model"), str) or not isinstance(run.get("inputs"), dict):
        raise FramingError("is damaged", path, "Score the articles again")
    return run


def find_model(folder: Path, run: dict[str, Any], model: Path | None = None) -> Path | None:
    """The folder of the model that scored: `model`, or the one it was then; None is the starter model. FramingError if it is another now."""
    from classifiers import model_digest

    if model is None and run.get("model_folder"):
        model = Path(run["model_folder"])
    if (digest := model_digest(model)) != run["model"]:
        raise FramingError(f"was scored by model {run['model'][:16]}, not by {digest[:16]}", folder, "Name that model with --model")
    return model
