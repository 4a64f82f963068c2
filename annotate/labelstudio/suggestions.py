"""A model's spans and answers as suggestions in Label Studio: of one model at a time, and withheld from a share of the articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import ATTEMPTS, READ, WRITE, call, connect, persist, say_time, wait_for_server
from annotate.labelstudio.ledger import Ledger, open_ledger
from annotate.labelstudio.projects import list_tasks, require_project
from annotate.labelstudio.record import Suggested, is_withheld
from annotate.labelstudio.results import write_remark, write_result
from annotate.labelstudio.screens import Screen, open_screen, write_screen
from annotate.labelstudio.served import USER, split_address
from annotate.labelstudio.shown import Shown, show
from annotate.server.credentials import default_data_folder
from annotate.server.embedded import running_address
from annotate.server.locks import lock_project
from schemas.codebook import Codebook
from schemas.errors import FramingError

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

__all__ = ["Suggesting", "Suggestions", "forget_suggestions", "suggest", "suggest_live"]

BATCH = 500
# What a backend is called in a project, whichever model it serves.
LIVE = "framing serve"


@dataclass(frozen=True)
class Suggestions:
    """What is suggested, by what: `version` names it. `rows` has article_id, label, part (the text, if there are none), start, end, quote,
    attribute (if there are any), value (as in annotations), probability and, if wanted, note; `scores` has article_id and score, from 0
    (unsure) to 1, of every article that was looked at, also of those in which nothing was found. `people`: they are the marks of annotators;
    `remarks` are then lines to be read beside an article, by its id."""

    version: str
    rows: pl.DataFrame
    scores: pl.DataFrame
    people: bool = False
    remarks: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggesting:
    """What was done: suggestions sent and found there, articles they were withheld from, the versions that were replaced, and
    how many articles of the project were not among those suggested for, and have no suggestions now."""

    version: str
    sent: int
    present: int
    withheld: int
    replaced: tuple[str, ...]
    uncovered: int


def suggest(
    title: str,
    suggestions: Suggestions,
    access: Access,
    *,
    blind: float | None = None,
    seed: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Suggesting:
    """Make the project `title` show these suggestions and no others, but for the share `blind` of its articles (None: the
    share and seed of the last suggestions there, or 0).

    Whose suggestions were shown from when on is recorded in the project, so that `pull` can say of each annotation what its
    annotator saw. Running it again sends what is missing.
    """
    with lock_project(access.address, title), connect(access) as client:
        project, ledger = require_project(client, title), open_ledger()
        screen = open_screen(project, title, ledger)
        _refuse_unknown(suggestions, screen.codebook, title)
        entry = _enter(screen, access, suggestions.version, blind, seed, people=suggestions.people)
        replaced = _replace(client, project, title, screen, ledger, entry)
        every = _list_articles(client, project.id, screen.codebook, suggestions.scores)
        open_to = {task: found for task, found in every.items() if not is_withheld(found[0], entry.blind, entry.seed)}
        sent, present = _send(client, project.id, suggestions, open_to, screen.codebook, progress)
        if open_to:
            client.projects.update(project.id, model_version=suggestions.version, show_collab_predictions=True, request_options=WRITE)
        return Suggesting(suggestions.version, sent, present, len(every) - len(open_to), replaced, project.task_number - len(every))


def suggest_live(title: str, address: str, access: Access, *, blind: float | None = None, seed: int | None = None) -> str:
    """Make Label Studio ask the backend at `address`, which holds its secret, for suggestions whenever an article of the project
    `title` is opened. Returns the backend's URL, in which there is no secret."""
    from label_studio_sdk.core.api_error import ApiError

    data = default_data_folder()
    url, secret = split_address(address, data, embedded=access.address == running_address(data))
    with lock_project(access.address, title), connect(access) as client:
        project = require_project(client, title)
        if not _is_connected(client, project.id, url):
            _disconnect(client, project.id, url)
            let_in: dict[str, Any] = {"auth_method": "BASIC_AUTH", "basic_auth_user": USER, "basic_auth_pass": secret}
            # Some servers register a backend although the answer is an error: only the webhook is refused there.
            with suppress(ApiError):
                client.ml.create(project=project.id, url=url, title=LIVE, is_interactive=False, request_options=WRITE, **let_in)
            if not _is_connected(client, project.id, url):
                _disconnect(client, project.id, url)
                todo = "Start it with `framing serve`, and give the address that it prints; a server elsewhere must be able, and allowed, to reach it"
                raise FramingError("Label Studio cannot reach the backend, or was not let in", url, todo)
        # It would tell the backend of every annotation, without the secret.
        for webhook in call(client, "GET", "api/webhooks/", params={"project": project.id}):
            if webhook["url"] == f"{url}/webhook":
                call(client, "DELETE", f"api/webhooks/{webhook['id']}/")
        ledger = open_ledger()
        screen = open_screen(project, title, ledger)
        _replace(client, project, title, screen, ledger, _enter(screen, access, LIVE, blind, seed, live=True))
        client.projects.update(project.id, model_version=LIVE, show_collab_predictions=True, request_options=WRITE)
    return url


def _is_connected(client: LabelStudio, project_id: int, url: str) -> bool:
    return any(backend.readable_state == "Connected" for backend in _backends(client, project_id, url))


def _disconnect(client: LabelStudio, project_id: int, url: str) -> None:
    for backend in _backends(client, project_id, url):
        client.ml.delete(backend.id, request_options=WRITE)


def _backends(client: LabelStudio, project_id: int, url: str) -> list[Any]:
    return [backend for backend in client.ml.list(project=project_id, request_options=READ) if backend.url == url]


def _enter(
    screen: Screen, access: Access, model: str, blind: float | None, seed: int | None, *, live: bool = False, people: bool = False
) -> Suggested:
    """What is to be recorded. Who does not say otherwise keeps back from the same articles as before."""
    if blind is not None and not 0 <= blind < 1:
        raise FramingError(f"the share is from 0 to below 1, not {blind}", "--blind")
    earlier = screen.record.suggestions
    share = blind if blind is not None else earlier[-1].blind if earlier else 0.0
    lot = seed if seed is not None else earlier[-1].seed if earlier else 0
    return Suggested(model=model, blind=share, seed=lot, since=say_time(access), live=live, people=people)


def _replace(client: LabelStudio, project: Any, title: str, screen: Screen, ledger: Ledger, entry: Suggested) -> tuple[str, ...]:
    """Write into the project whose suggestions are shown from now on, and take away those of older models; returns their versions."""
    record = screen.record
    versions = _versions(client, project.id)
    foreign = versions - {known.model for known in record.suggestions} - {entry.model}
    if foreign and not any(known.live for known in record.suggestions):
        raise FramingError(f"has predictions of {min(foreign)!r}, which this toolkit did not make", title, "Delete them in Label Studio first")
    last = record.suggestions[-1] if record.suggestions else None
    if screen.forged or last is None or last.model_copy(update={"since": entry.since}) != entry:
        write_screen(client, project, screen.codebook, record.model_copy(update={"suggestions": (*record.suggestions, entry)}), ledger)
    replaced = tuple(sorted(versions - {entry.model}))
    for version in replaced:
        _forget(client, project.id, version)
    return replaced


def _send(
    client: LabelStudio,
    project_id: int,
    suggestions: Suggestions,
    articles: dict[int, tuple[str, Shown]],
    codebook: Codebook,
    progress: Callable[[int, int], None],
) -> tuple[int, int]:
    """Send what the tasks do not have yet; returns how many were sent and how many were there."""
    import httpx
    from label_studio_sdk.types import PredictionRequest

    scores = dict(suggestions.scores.select("article_id", "score").iter_rows())
    rows = {str(article): part.to_dicts() for (article,), part in suggestions.rows.group_by("article_id", maintain_order=True)}

    def request(task: int) -> PredictionRequest:
        article, shown = articles[task]
        result = write_result(rows.get(article, []), codebook, shown, "prediction")
        result += write_remark(suggestions.remarks.get(article, []), codebook, "prediction")
        return PredictionRequest(task=task, result=result, score=scores[article], model_version=suggestions.version)

    present = _count(client, project_id)
    if max(present.values(), default=0) > 1:
        # A request whose answer was lost was carried out all the same; it is quicker to begin again than to find which.
        _forget(client, project_id, suggestions.version)
        present = {}
    missing = [task for task in articles if not present.get(task)]
    total, failures = len(missing), 0
    while missing:
        try:
            client.projects.import_predictions(project_id, request=[request(task) for task in missing[:BATCH]], request_options=WRITE)
            missing = missing[BATCH:]
        except httpx.TransportError:
            failures += 1
            if failures == ATTEMPTS:
                raise
            wait_for_server(client)
            present = _count(client, project_id)
            missing = [task for task in missing if not present.get(task)]
        progress(total - len(missing), total)
    return total, len(articles) - total


def _count(client: LabelStudio, project_id: int) -> dict[int, int]:
    """How many predictions each task has."""
    tasks = persist(client, lambda: list(list_tasks(client, project_id, "id,total_predictions")))
    return {task.id: int(task.total_predictions or 0) for task in tasks}


def _list_articles(client: LabelStudio, project_id: int, codebook: Codebook, wanted: pl.DataFrame) -> dict[int, tuple[str, Shown]]:
    """The article of each task, of those wanted, and what is shown of it."""
    known = set(wanted["article_id"])

    def read() -> Iterator[tuple[int, tuple[str, Shown]]]:
        for task in list_tasks(client, project_id):
            if isinstance(task.data, dict) and task.data.get("article_id") in known:
                yield task.id, (task.data["article_id"], show(task.data, codebook))

    return persist(client, lambda: dict(read()))


def _versions(client: LabelStudio, project_id: int) -> set[str]:
    found = call(client, "GET", f"api/projects/{project_id}/model-versions/", params={"extended": "true"})
    return {entry["model_version"] for entry in found["static"]}


def forget_suggestions(client: LabelStudio, project_id: int) -> None:
    """Take away all of them."""
    for version in _versions(client, project_id):
        _forget(client, project_id, version)


def _forget(client: LabelStudio, project_id: int, version: str) -> None:
    call(client, "DELETE", f"api/projects/{project_id}/model-versions/", json={"model_version": version})


def _refuse_unknown(suggestions: Suggestions, codebook: Codebook, title: str) -> None:
    questions = {question.name for question in codebook.questions}
    unknown = set(suggestions.rows["label"].unique()) - set(codebook.label_names) - questions
    if unknown:
        raise FramingError(
            f"the model suggests {min(unknown)!r}, which the project's codebook {codebook.stamp} does not have",
            title,
            "Use a model that was trained with this codebook",
        )
