"""Finding and making projects, and listing what is in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import READ, WRITE, connect, wait_for_server
from annotate.labelstudio.interface import build_instruction, build_interface
from schemas.codebook import Codebook
from schemas.errors import FramingError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

__all__ = ["clean_title", "count_coders", "create_project", "describe_project", "find_project", "list_tasks", "open_project", "require_project"]

PAGE = 1000
SHORTEST_TITLE, LONGEST_TITLE = 3, 50


def clean_title(title: str) -> str:
    """The title as Label Studio keeps it, without outer spaces. FramingError if it would be refused."""
    title = title.strip()
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        raise FramingError(f"a project's title has {SHORTEST_TITLE} to {LONGEST_TITLE} characters", repr(title), "Choose another --project")
    return title


def find_project(client: LabelStudio, title: str) -> Any | None:
    """The project of exactly this title, or None. FramingError if there are several."""
    found = _named(client, title)
    if len(found) > 1:
        raise FramingError(f"{len(found)} projects have this title", title, "Rename all but one in Label Studio")
    # The list leaves out the labelling interface.
    return client.projects.get(found[0].id, request_options=READ) if found else None


def require_project(client: LabelStudio, title: str) -> Any:
    """The project of exactly this title; FramingError if there is none."""
    project = find_project(client, title)
    if project is None:
        raise FramingError("no project has this title", title, "See the projects in Label Studio, or `framing push` first")
    return project


def open_project(client: LabelStudio, title: str, codebook: Codebook, coders: int) -> tuple[Any, bool]:
    """The project of this title and whether it was made just now. Of two that were made at once the first one stays."""
    import httpx

    project = find_project(client, title)
    if project is not None:
        return project, False
    try:
        create_project(client, title, codebook, coders)
    except httpx.TransportError:
        # It may be there although the answer was lost.
        wait_for_server(client)
    found = _named(client, title)
    if not found:
        raise FramingError("the project could not be made: the connection broke", title, "Run the same command again")
    for other in found[1:]:
        if not client.projects.get(other.id, request_options=READ).task_number:
            client.projects.delete(other.id, request_options=WRITE)
    return require_project(client, title), True


def count_coders(title: str, access: Access) -> int:
    """How many people each article of the project is served to."""
    with connect(access) as client:
        return int(require_project(client, title).maximum_annotations)


def create_project(client: LabelStudio, title: str, codebook: Codebook, coders: int) -> Any:
    """A project with the codebook's labelling screen, each task served to `coders` people who do not see each other."""
    return client.projects.create(
        title=clean_title(title),
        description=describe_project(codebook),
        label_config=build_interface(codebook),
        expert_instruction=build_instruction(codebook),
        show_instruction=True,
        maximum_annotations=coders,
        sampling="Sequential sampling",
        show_skip_button=True,
        enable_empty_annotation=True,
        request_options=WRITE,
    )


def describe_project(codebook: Codebook) -> str:
    return f"Codebook {codebook.stamp}, digest {codebook.digest[:12]}. Made by framing-toolkit."


def list_tasks(client: LabelStudio, project_id: int, include: str = "id,data", *, since: datetime | None = None) -> Iterator[Any]:
    """Every task, or those that changed after `since`, with the fields named, in the order of their ids."""
    query = None
    if since is not None:
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        later = {"filter": "filter:tasks:updated_at", "operator": "greater", "type": "Datetime", "value": moment}
        query = json.dumps({"filters": {"conjunction": "and", "items": [later]}})
    tasks: Iterable[Any] = client.tasks.list(
        project=project_id, fields="task_only", include=include, query=query, page_size=PAGE, request_options=READ
    )
    yield from tasks


def _named(client: LabelStudio, title: str) -> list[Any]:
    """The projects of exactly this title, the oldest first."""
    title = clean_title(title)
    projects: Iterable[Any] = client.projects.list(title=title, request_options=READ)
    return sorted((project for project in projects if project.title == title), key=lambda project: project.id)
