"""Live suggestions: the endpoints that Label Studio asks a model by, as a web application.

What it sends along (the owner's token at /setup, logins at /predict) is neither kept nor logged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from annotate.labelstudio.bodies import Bodies, read_object, read_tasks, read_title
from annotate.labelstudio.interface import read_interface, read_record
from annotate.labelstudio.record import is_withheld
from annotate.labelstudio.results import write_result
from annotate.labelstudio.shown import show
from annotate.labelstudio.suggestions import Suggestions
from annotate.labelstudio.turns import SECONDS, WAITING, Turns
from annotate.labelstudio.visitors import OPEN, Visitors, refuse
from schemas.errors import FramingError
from schemas.parts import TITLE

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import JSONResponse

__all__ = ["Served", "make_backend"]

TRAIN = "START_TRAINING"
ARTICLES = {"article_id": pl.String, "text": pl.String, "title": pl.String}
Json = dict[str, Any]


class Served(Protocol):
    """The model behind the endpoints. It may be replaced by a newer one while it is served."""

    @property
    def version(self) -> str: ...

    def suggest(self, articles: pl.DataFrame) -> Suggestions:
        """Suggestions for a table of article_id, text and title (null where nobody is shown one). Called for one table at a time, by one thread."""

    def train(self, title: str) -> str:
        """Begin to train on the project of this title, in the background; says what is done."""


def make_backend(
    served: Served, secret: str, *, longest: int, names: Collection[str] = (), waiting: int = WAITING, seconds: float = SECONDS
) -> Visitors:
    """The application: /health, /setup, /predict, /versions and /webhook (and /train, as older servers call it).

    All but /health answers only to who has the `secret` (basic authentication, as `served.USER`), at a host that is its own (see
    Visitors). Texts of more than `longest` characters get an empty result; `waiting` and `seconds` are those of Turns.
    """
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.exceptions import HTTPException
    from starlette.requests import ClientDisconnect
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    bodies, turns = Bodies(longest), Turns(waiting, seconds)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "UP"})

    async def setup(request: Request) -> JSONResponse:
        async with bodies.read(request) as body:
            await run_in_threadpool(read_object, body)
        return JSONResponse({"model_version": served.version})

    async def versions(request: Request) -> JSONResponse:
        return JSONResponse({"versions": [served.version]})

    async def predict(request: Request) -> JSONResponse:
        async def leaving() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass

        def work() -> list[Json]:
            tasks, config = read_tasks(read_object(body))
            try:
                return _predict(served, tasks, config, longest)
            except BaseException as error:
                # One answer, and no traceback, also for what polars calls a panic.
                raise HTTPException(500, f"the model failed ({type(error).__name__})") from error

        async with bodies.read(request) as body:
            return JSONResponse({"results": await turns.take(work, leaving)})

    async def webhook(request: Request) -> JSONResponse:
        async with bodies.read(request) as body:
            content = await run_in_threadpool(read_object, body)
        if content.get("action") != TRAIN and request.url.path != "/train":
            return JSONResponse({})
        return JSONResponse({"job": served.train(read_title(content))}, status_code=201)

    async def explain(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, HTTPException):
            return refuse(error.status_code, error.detail, dict(error.headers or {}))
        return refuse(400, "the request was broken off")

    endpoints: list[tuple[str, Callable[[Request], Any], str]] = [
        (OPEN, health, "GET"),
        ("/setup", setup, "POST"),
        ("/predict", predict, "POST"),
        ("/versions", versions, "GET"),
        ("/webhook", webhook, "POST"),
        ("/train", webhook, "POST"),
    ]
    routes = [Route(path, endpoint, methods=[method]) for path, endpoint, method in endpoints]
    inside = Starlette(routes=routes, exception_handlers={HTTPException: explain, ClientDisconnect: explain})
    # A path that is nearly one of ours is not led to it: the answer would name the host that was asked for.
    inside.router.redirect_slashes = False
    return Visitors(inside, secret, names)


def _predict(served: Served, tasks: Sequence[Json], config: str, longest: int) -> list[Json]:
    """One result for each task, in their order; an empty one for articles from which suggestions are withheld, and for those too long."""
    try:
        codebook, suggestions = read_interface(config, "label_config"), read_record(config, "label_config").suggestions
    except FramingError:
        # Somebody else's project: nothing is known of its labels.
        return [{"model_version": served.version, "result": [], "score": 0.0} for _ in tasks]
    entry = suggestions[-1] if suggestions else None
    shown = {n: show(data, codebook) for n, data in enumerate(tasks)}
    asked = {
        n: data
        for n, data in enumerate(tasks)
        if "article_id" in data and "text" in data and len(shown[n].text) <= longest
        if entry is None or not is_withheld(data["article_id"], entry.blind, entry.seed)
    }
    articles = [(str(n), data["text"], data["title"] if TITLE in shown[n].places else None) for n, data in asked.items()]
    found = served.suggest(pl.DataFrame(articles, schema=ARTICLES, orient="row"))
    known = pl.col("label").is_in([*codebook.label_names, *(question.name for question in codebook.questions)])
    rows = {int(str(n)): part.to_dicts() for (n,), part in found.rows.filter(known).group_by("article_id", maintain_order=True)}
    scores = {int(n): score for n, score in found.scores.select("article_id", "score").iter_rows()}
    return [
        {"model_version": found.version, "result": write_result(rows.get(n, []), codebook, shown[n], "prediction"), "score": scores.get(n, 0.0)}
        for n in range(len(tasks))
    ]
