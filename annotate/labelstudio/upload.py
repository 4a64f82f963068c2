"""Articles to Label Studio, each exactly once, however often the command is run or interrupted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import connect
from annotate.labelstudio.interface import read_interface
from annotate.labelstudio.projects import create_project, find_project, list_tasks
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.tables import plain

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

__all__ = ["Pushed", "push"]

BATCH = 500
DEFAULT_CODERS = 2
ATTEMPTS = 3


@dataclass(frozen=True)
class Pushed:
    """What a push did: the project's address, how many articles were sent and were there before, and what was
    changed of its settings."""

    project: str
    address: str
    created: bool
    sent: int
    present: int
    changed: str = ""


def push(
    articles: pl.DataFrame,
    codebook: Codebook,
    title: str,
    access: Access,
    *,
    coders: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Pushed:
    """Send the articles that the project `title` does not have yet; make the project if there is none.

    Refuses, before anything is sent: an article whose text differs from the one of the same id on the server, and a
    project made with another codebook. `coders` is how many people each article is served to: two in a new project, and
    unchanged in one that is there, unless it is given. `progress` is told (sent so far, to send).
    """
    if coders is not None and coders < 1:
        raise FramingError("at least one coder is needed", "--coders")
    with connect(access) as client:
        project = find_project(client, title)
        created, changed = project is None, ""
        if project is None:
            project = create_project(client, title, codebook, coders or DEFAULT_CODERS)
        else:
            _refuse_other_codebook(read_interface(project.label_config, title), codebook, title)
            if coders is not None and project.maximum_annotations != coders:
                client.projects.update(project.id, maximum_annotations=coders)
                changed = f"readers per article: {project.maximum_annotations} before, {coders} now"
        missing = _missing(client, project.id, articles, title)
        total = len(missing)
        _send(client, project.id, articles, missing, title, progress)
        return Pushed(title, f"{access.address}/projects/{project.id}", created, total, articles.height - total, changed)


def _send(
    client: LabelStudio, project_id: int, articles: pl.DataFrame, missing: list[dict[str, Any]], title: str, progress: Callable[[int, int], None]
) -> None:
    import httpx
    from label_studio_sdk.types import ImportApiRequest

    total, failures = len(missing), 0
    while missing:
        try:
            client.projects.import_tasks(
                project_id, request=[ImportApiRequest(data=data) for data in missing[:BATCH]], request_options={"max_retries": 0}
            )
            missing = missing[BATCH:]
        except httpx.TransportError:
            # The batch may have arrived although its answer did not: ask what is there, then send only the rest.
            failures += 1
            if failures == ATTEMPTS:
                raise
            missing = _missing(client, project_id, articles, title)
        progress(total - len(missing), total)


def _missing(client: LabelStudio, project_id: int, articles: pl.DataFrame, title: str) -> list[dict[str, Any]]:
    there = {str(data.get("article_id")): data.get("text") for _, data in list_tasks(client, project_id)}
    missing = []
    for data in articles.iter_rows(named=True):
        known = there.get(data["article_id"])
        if data["article_id"] not in there:
            missing.append({key: plain(value) for key, value in data.items()})
        elif known != data["text"]:
            raise FramingError(
                f"article {data['article_id']!r} is there with another text, and its annotations point into that one",
                title,
                "Give the changed article a new article_id",
            )
    return missing


def _refuse_other_codebook(theirs: Codebook, ours: Codebook, title: str) -> None:
    if theirs.digest != ours.digest:
        raise FramingError(
            f"this project uses codebook {theirs.stamp} ({theirs.digest[:8]}), not {ours.stamp} ({ours.digest[:8]})",
            title,
            "Push to a project of another title, or with the project's own codebook",
        )
