"""A model that is served, and that is trained again on request, in processes of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from annotate.labelstudio import Suggestions
from classifiers.features.pages import Pages
from classifiers.model.folder import load_model
from classifiers.scoring.articles import ArticleScorer
from framing.suggesting import make_suggestions, name_version
from schemas.errors import printable

__all__ = ["ServedModel"]

_COMMAND = (sys.executable, "-c", "from framing.main import run; run()")


class ServedModel:
    """The model of a folder. With a `workshop` folder, `train` brings the project there, makes gold, trains a model beside the
    older ones, and serves it as soon as it is ready; until then, and if anything fails, the present one is served."""

    def __init__(
        self, model: Path | None, workshop: Path | None = None, say: Callable[[str], None] = lambda line: None, trusted: Path | None = None
    ) -> None:
        self._workshop, self._say = workshop, say
        self._lock, self._training = threading.Lock(), threading.Lock()
        self._load(model, trusted)

    @property
    def version(self) -> str:
        return self._version

    def suggest(self, articles: pl.DataFrame) -> Suggestions:
        # A scorer remembers words as it goes, and is for one thread.
        with self._lock:
            return make_suggestions(self._model, self._version, articles, self._scorer.score(articles, Pages()))

    def train(self, title: str) -> str:
        """Begin, unless that is under way; says which."""
        if self._workshop is None:
            return self._tell("not trained: start `framing serve` with --retrain FOLDER")
        if not title:
            return self._tell("not trained: the request names no project")
        if not self._training.acquire(blocking=False):
            return self._tell("training is under way already")
        threading.Thread(target=self._train, args=(title, self._workshop), daemon=True).start()
        return self._tell(f"training on {title!r} has begun")

    def _load(self, model: Path | None, trusted: Path | None = None) -> None:
        # What is trained here is signed by nobody, and comes from nowhere else.
        loaded = load_model(model, trusted)
        scorer = ArticleScorer(loaded)
        with self._lock:
            self._model, self._scorer, self._version = loaded, scorer, name_version(loaded)

    def _train(self, title: str, workshop: Path) -> None:
        dataset, model = workshop / "dataset", workshop / f"model-{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}"
        steps: Sequence[tuple[str | Path, ...]] = (
            ("pull", "--project", title, "--out", dataset),
            ("adjudicate", dataset),
            ("train", dataset, "--out", model, "--folds", "0", "--title", title),
        )
        try:
            for step in steps:
                done = subprocess.run([*_COMMAND, *map(str, step)], capture_output=True, text=True, check=False)
                if done.returncode:
                    self._tell(f"{step[0]} failed, the model stays as it is: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}")
                    return
            self._load(model)
            self._tell(f"trained: {model} is served now")
        finally:
            self._training.release()

    def _tell(self, line: str) -> str:
        self._say(printable(line, limit=500))
        return line
