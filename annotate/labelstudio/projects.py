"""Finding and making projects, and listing what is in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import READ, WRITE, connect, wait_for_server
from annotate.labelstudio.interface import build_instruction, build_interface
from annotate.labelstudio.ledger import Ledger, open_ledger
from annotate.labelstudio.record import Record
from annotate.labelstudio.screens import describe_project, open_screen, write_screen
from schemas.codebook import Codebook
from schemas.errors import FramingError

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

__all__ = [
    "clean_title",
    "count_coders",
    "create_project",
    "find_codebook",
    "find_number",
    "find_project",
    "list_tasks",
    "list_titles",
    "open_project",
    "require_project",
]

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


def open_project(client: LabelStudio, title: str, codebook: Codebook, coders: int, ledger: Ledger) -> tuple[Any, bool]:
    """The project of this title and whether it was made just now. Of two that were made at once the first one stays."""
    import httpx

    project = find_project(client, title)
    if project is not None:
        if not project.task_number and project.label_config == build_interface(codebook):
            # What made it was interrupted before it could seal it.
            return _seal_new(client, title, codebook, ledger), False
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
    return _seal_new(client, title, codebook, ledger), True


def _seal_new(client: LabelStudio, title: str, codebook: Codebook, ledger: Ledger) -> Any:
    # A seal is of one project, and there is none before it was made.
    write_screen(client, require_project(client, title), codebook, Record(), ledger)
    return require_project(client, title)


def count_coders(title: str, access: Access) -> int:
    """How many people each article of the project is served to."""
    with connect(access) as client:
        return int(require_project(client, title).maximum_annotations)


def find_number(title: str, access: Access) -> int:
    """The number of the project of exactly this title; FramingError if there is none."""
    with connect(access) as client:
        return int(require_project(client, title).id)


def list_titles(access: Access) -> dict[int, str]:
    """The title of every project by its number."""
    with connect(access) as client:
        return {project.id: str(project.title) for project in _list_projects(client)}


def find_codebook(title: str, access: Access) -> Codebook | None:
    """The codebook of the project of this title, as it was sealed. None if there is no project, or one without articles and without a seal that is
    known: what made it was interrupted, and pushing goes on with it. FramingError if there are articles, and nothing is to be believed."""
    with connect(access) as client:
        project = find_project(client, title)
        if project is None:
            return None
        ledger = open_ledger()
        try:
            return open_screen(project, title, ledger).codebook
        except FramingError:
            if project.task_number:
                raise
            return None


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


def list_tasks(
    client: LabelStudio, project_id: int, include: str = "id,data", *, fields: str = "task_only", since: datetime | None = None
) -> Iterator[Any]:
    """Every task, or those that changed after `since`, with the fields named, in the order of their ids. (Some are empty
    unless `fields` is "all", which is slower.)"""
    query = None
    if since is not None:
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        later = {"filter": "filter:tasks:updated_at", "operator": "greater", "type": "Datetime", "value": moment}
        query = json.dumps({"filters": {"conjunction": "and", "items": [later]}})

    def read(page: int) -> Any:
        return client.tasks.list(project=project_id, fields=fields, include=include, query=query, page=page, page_size=PAGE, request_options=READ)

    yield from _walk(read)


def _walk(read: Callable[[int], Any]) -> Iterator[Any]:
    """The items of all pages. The SDK's own walk ends in an error: past the last page the server says 404."""
    from label_studio_sdk.core.api_error import ApiError

    seen = 0
    for page in count(1):
        try:
            found = read(page)
        except ApiError as error:
            # Something was deleted meanwhile, and there is one page less.
            if page > 1 and error.status_code == 404:
                return
            raise
        yield from found.items or []
        seen += len(found.items or [])
        # Lists of tasks and of projects call it differently.
        total = getattr(found.response, "total", None)
        if not found.items or seen >= (total if total is not None else found.response.count):
            return


def _named(client: LabelStudio, title: str) -> list[Any]:
    """The projects of exactly this title, the oldest first."""
    title = clean_title(title)
    return sorted((project for project in _list_projects(client, title) if project.title == title), key=lambda project: project.id)


def _list_projects(client: LabelStudio, title: str | None = None) -> Iterator[Any]:
    """The numbers and titles of all projects, or of those whose title has these words in it. Whatever else the server could say of a project it
    would count anew for each."""
    return _walk(lambda page: client.projects.list(title=title, include="id,title", page=page, page_size=100, request_options=READ))
