"""Live suggestions: the endpoints that Label Studio asks a model by, as a web application.

What it sends along (the owner's token at /setup, logins at /predict) is neither kept nor logged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from annotate.labelstudio.interface import read_interface, read_record
from annotate.labelstudio.record import is_withheld
from annotate.labelstudio.results import write_result
from annotate.labelstudio.suggestions import Suggestions
from schemas.errors import FramingError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse

__all__ = ["Served", "make_backend"]

TRAIN = "START_TRAINING"
Json = dict[str, Any]


class Served(Protocol):
    """The model behind the endpoints. It may be replaced by a newer one while it is served."""

    @property
    def version(self) -> str: ...

    def suggest(self, articles: pl.DataFrame) -> Suggestions:
        """Suggestions for a table of article_id and text. Called by several threads."""

    def train(self, title: str) -> str:
        """Begin to train on the project of this title, in the background; says what is done."""


def make_backend(served: Served) -> Starlette:
    """The application: /health, /setup, /predict, /versions and /webhook (and /train, as older servers call it)."""
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "UP", "model_version": served.version})

    async def setup(request: Request) -> JSONResponse:
        return JSONResponse({"model_version": served.version})

    async def versions(request: Request) -> JSONResponse:
        return JSONResponse({"versions": [served.version]})

    async def predict(request: Request) -> JSONResponse:
        content = await request.json()
        results = await run_in_threadpool(_predict, served, content.get("tasks") or [], str(content.get("label_config") or ""))
        return JSONResponse({"results": results})

    async def webhook(request: Request) -> JSONResponse:
        content = await request.json()
        if content.get("action") != TRAIN and request.url.path != "/train":
            return JSONResponse({})
        project = content.get("project")
        title = str(project.get("title") or "") if isinstance(project, dict) else ""
        return JSONResponse({"job": served.train(title)}, status_code=201)

    endpoints: list[tuple[str, Callable[[Request], Any], str]] = [
        ("/health", health, "GET"),
        ("/setup", setup, "POST"),
        ("/predict", predict, "POST"),
        ("/versions", versions, "GET"),
        ("/webhook", webhook, "POST"),
        ("/train", webhook, "POST"),
    ]
    return Starlette(routes=[Route(path, endpoint, methods=[method]) for path, endpoint, method in endpoints])


def _predict(served: Served, tasks: Sequence[Json], config: str) -> list[Json]:
    """One result for each task, in their order; an empty one for articles from which suggestions are withheld."""
    try:
        codebook, suggestions = read_interface(config, "label_config"), read_record(config, "label_config").suggestions
    except FramingError:
        # Somebody else's project: nothing is known of its labels.
        return [{"model_version": served.version, "result": [], "score": 0.0} for _ in tasks]
    entry = suggestions[-1] if suggestions else None
    data = {number: task["data"] for number, task in enumerate(tasks) if _has_text(task)}
    shown = {n: d for n, d in data.items() if entry is None or not is_withheld(d["article_id"], entry.blind, entry.seed)}
    found = served.suggest(pl.DataFrame({"article_id": [str(n) for n in shown], "text": [d["text"] for d in shown.values()]}, schema=TEXTS))
    known = pl.col("label").is_in([*codebook.label_names, *(question.name for question in codebook.questions)])
    rows = {int(str(n)): part.to_dicts() for (n,), part in found.rows.filter(known).group_by("article_id", maintain_order=True)}
    scores = {int(n): score for n, score in found.scores.select("article_id", "score").iter_rows()}
    return [
        {"model_version": found.version, "result": write_result(rows.get(n, []), "prediction"), "score": scores.get(n, 0.0)}
        for n in range(len(tasks))
    ]


TEXTS = {"article_id": pl.String, "text": pl.String}


def _has_text(task: Any) -> bool:
    data = task.get("data") if isinstance(task, dict) else None
    return isinstance(data, dict) and isinstance(data.get("text"), str) and isinstance(data.get("article_id"), str)
