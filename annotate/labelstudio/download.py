"""Annotations from Label Studio into a dataset: nothing lost, nothing trusted, and nothing read twice that has not changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import polars as pl

from annotate.ingestion.record import Reading
from annotate.labelstudio.access import Access
from annotate.labelstudio.client import READ, ask_time, connect, persist
from annotate.labelstudio.doubts import Doubt, Trust
from annotate.labelstudio.export import TASK, Part, Reader, join_parts
from annotate.labelstudio.keeping import Kept, keep_earlier
from annotate.labelstudio.ledger import open_ledger
from annotate.labelstudio.people import list_people
from annotate.labelstudio.projects import find_project, list_tasks, require_project
from annotate.labelstudio.screens import Screen, open_screen
from annotate.labelstudio.synced import Synced, find_source, find_tasks, read_synced, was_pulled, write_synced
from annotate.server.embedded import forget_exports
from schemas.codebook import Codebook
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Annotations, Articles

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

__all__ = ["Pulled", "pull", "pull_into", "read_tasks", "refuse_other_project", "refuse_source"]

# An address with the ids of so many tasks stays under what servers accept.
BATCH = 250
# A change may become visible a little after one that is dated later. (New tasks that do are noticed by their number.)
OVERLAP = timedelta(seconds=3)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Pulled:
    """What was written, how many tasks had to be read for it, and whose work is no longer in Label Studio: (article,
    annotator) of annotations and ids of articles that the folder had before, of which it has kept all but `left`. `doubts`: what is not
    believed of that which was read. `forged`: the labelling screen is not what was sent, and that was used."""

    dataset: Dataset
    read: int
    vanished: list[tuple[str, str]]
    gone: list[str]
    left: list[tuple[str, str]]
    doubts: list[Doubt]
    forged: bool


def pull(title: str, access: Access, progress: Progress = lambda done, total: None, *, accept: bool = False) -> Dataset:
    """Articles, annotations and codebook of the project `title`; `accept` as in `pull_into`.

    Each task is checked against what was sent, and each result against the text and the codebook; what fails is in `rejected` with its
    reason. An annotator who submitted an article without a span has a row of null label there. Skipped tasks and drafts are not readings.
    """
    with connect(access) as client:
        fetched = _fetch(client, title, access, None, None, progress, accept=accept)
        return _as_dataset(fetched.part, fetched.screen.codebook)


def pull_into(
    folder: Path,
    title: str,
    access: Access,
    *,
    full: bool = False,
    accept: bool = False,
    take_deletions: bool = False,
    progress: Progress = lambda done, total: None,
) -> Pulled:
    """Bring the dataset folder up to date with the project: only tasks that changed since the last pull are read, unless
    `full`. What is replaced is kept in the folder's history.

    What the server has is checked against what was sent: a changed text is not taken, nor work that its annotator did not save, nor a
    codebook or record without the owner's seal, unless `accept`. Where work was deleted by others than its annotator, the folder keeps
    it, unless `take_deletions`.
    """
    before = read_dataset(folder) if (folder / "articles.parquet").exists() else None
    # What was deleted is seen only where every task is read.
    synced = None if full or take_deletions or before is None else read_synced(folder)
    with connect(access) as client:
        refuse_other_project(client, title, access, folder)
        fetched = _fetch(client, title, access, before if synced else None, synced, progress, accept=accept)
    part, state, codebook = fetched.part, fetched.state, fetched.screen.codebook
    kept = Kept(part, [], [], [])
    if before is not None and was_pulled(folder):
        # A folder that was made in another way may hold what was never in the project.
        kept = keep_earlier(before, part, find_tasks(folder), take_deletions=take_deletions)
    written = write_dataset(folder, replace(_as_dataset(kept.part, codebook), reading=_describe(title, kept.part, state)))
    places = kept.part.articles.select("article_id", TASK).drop_nulls()
    write_synced(folder, state.model_copy(update={"articles": dict(places.iter_rows())}))
    return Pulled(written, fetched.read, kept.vanished, kept.gone, kept.left, kept.part.doubts, fetched.screen.forged)


def refuse_other_project(client: LabelStudio, title: str, access: Access, folder: Path) -> None:
    """Raise FramingError if the folder was pulled from another project than `title`."""
    source, project = find_source(folder), require_project(client, title)
    if source is not None and (_host(source[0]), source[1]) != (_host(access.address), project.id):
        raise FramingError(
            f"was pulled from another project ({source[0]}/projects/{source[1]}) than {title!r} ({access.address}/projects/{project.id})",
            folder,
            "Name that project, or another folder",
        )


def refuse_source(folder: Path, title: str, access: Access) -> None:
    """Raise FramingError if `title` is the project that the folder was pulled from: its annotators are at work there."""
    source = find_source(folder)
    with connect(access) as client:
        project = find_project(client, title)
    if source is not None and project is not None and (_host(source[0]), source[1]) == (_host(access.address), project.id):
        raise FramingError("is the project that was annotated, and the expert needs another", title, "Choose another --project")


def _host(address: str) -> str:
    # The embedded server may have another port after each start.
    parts = urlsplit(address)
    return "this machine" if parts.hostname in ("127.0.0.1", "localhost") else parts.netloc


@dataclass(frozen=True)
class _Fetched:
    """What a project holds now, with what the folder has of unchanged tasks; the state to remember, and how many tasks were read."""

    part: Part
    screen: Screen
    state: Synced
    read: int


def _fetch(
    client: LabelStudio, title: str, access: Access, before: Dataset | None, synced: Synced | None, progress: Progress, *, accept: bool
) -> _Fetched:
    project, ledger = require_project(client, title), open_ledger()
    screen = open_screen(project, title, ledger, accept=accept)
    if screen.record.migration:
        raise FramingError(
            "a change of this project's codebook was interrupted", title, "Run the same `framing codebook migrate` again: it is finished"
        )
    people = list_people(client)
    begun = ask_time(access)
    tasks = _list_times(client, project, synced)
    facts = {"server": access.address, "project": project.id, "codebook": screen.codebook.digest, "record": screen.record.model_dump_json()}
    state = Synced.model_validate(facts | {"people": people, "tasks": tasks, "begun": begun})
    owner = client.users.whoami(request_options=READ).id
    trust = replace(Trust.of(project, ledger), record=screen.record, owner=owner, people=people)
    reader = Reader(people, screen.codebook, screen.record.suggestions, trust)
    kept = _keep_unchanged(before, synced, state) if before and synced and synced.belongs_to(state) else None
    known = set(kept.articles[TASK]) | {entry["row"]["task"] for entry in kept.rejected} if kept else set()
    wanted = sorted(tasks.keys() - known)
    parts = [] if kept is None else [kept]
    for batch in read_tasks(client, project.id, wanted):
        parts.append(reader.read(batch))
        progress(min(len(parts) * BATCH, len(wanted)), len(wanted))
    part = join_parts(parts)
    if not part.sent.items() <= trust.entry.tasks.items():
        # A push may have been here while this was read.
        now = ledger.recall(trust.name)
        ledger.remember(trust.name, now.model_copy(update={"tasks": now.tasks | part.sent}))
    # Two tasks of one article cannot be told apart in the folder: then everything is read again the next time.
    distinct = sum(part.articles.height for part in parts) == part.articles.height
    return _Fetched(part, screen, state if distinct else state.model_copy(update={"tasks": {}}), len(wanted))


def _list_times(client: LabelStudio, project: Any, synced: Synced | None) -> dict[int, datetime]:
    """When each task last changed. After a first pull only later changes are asked for, unless the number of tasks says
    that some were deleted."""

    def read(since: datetime | None) -> dict[int, datetime]:
        return persist(client, lambda: {task.id: task.updated_at for task in list_tasks(client, project.id, "id,updated_at", since=since)})

    if synced is not None and synced.begun is not None and synced.project == project.id:
        tasks = synced.tasks | read(synced.begun - OVERLAP)
        if len(tasks) == project.task_number:
            return tasks
    return read(None)


def read_tasks(client: LabelStudio, project_id: int, numbers: list[int]) -> Iterator[list[dict[str, Any]]]:
    """The tasks of these ids with their annotations and drafts, as Label Studio exports them, BATCH at a time."""
    for i in range(0, len(numbers), BATCH):
        # The SDK's own argument has another name than the server's.
        options = {**READ, "additional_query_parameters": {"ids[]": numbers[i : i + BATCH]}}
        yield json.loads(persist(client, partial(_download, client, project_id, options)))
    forget_exports(client._client_wrapper.get_base_url(), project_id)


def _download(client: LabelStudio, project_id: int, options: Any) -> bytes:
    return b"".join(client.projects.exports.download_sync(project_id, export_type="JSON", download_all_tasks=True, request_options=options))


def _keep_unchanged(before: Dataset, synced: Synced, state: Synced) -> Part:
    """What the folder has of tasks that are as they were at the last pull."""
    same = [number for number, changed in synced.tasks.items() if state.tasks.get(number) == changed]
    articles = pl.DataFrame(
        {TASK: list(synced.articles.values()), "article_id": list(synced.articles)}, schema={TASK: pl.Int64, "article_id": pl.String}
    )
    articles = articles.filter(pl.col(TASK).is_in(pl.Series(same, dtype=pl.Int64).implode()))
    kept, unchanged = before.articles.join(articles, on="article_id", how="inner"), set(same)
    annotations = before.annotations if before.annotations is not None else Annotations.create_empty()
    return Part(
        kept,
        annotations.select(list(Annotations.columns())).join(articles, on="article_id", how="inner", maintain_order="left"),
        [entry for entry in before.rejected if entry["row"].get("task") in unchanged],
    )


def _as_dataset(part: Part, codebook: Codebook) -> Dataset:
    articles = part.articles.drop(TASK) if part.articles.height else Articles.create_empty()
    # PostgreSQL gives the data of a task back in an order of its own.
    ours = [name for name in Articles.columns() if name in articles.columns]
    articles = articles.select(*ours, pl.exclude(ours))
    return Dataset(articles, part.annotations.drop(TASK), None, codebook, part.rejected)


def _describe(title: str, part: Part, state: Synced) -> dict[str, Any]:
    """What reading.json says of a project: its tasks are articles, or were set aside; and the rows of annotations."""
    reading = Reading()
    record = reading.open(title, "Label Studio")
    came = set(part.articles[TASK])
    lost = {entry["row"].get("task"): str(entry["reason"]) for entry in reversed(part.rejected)}
    numbers = came | state.tasks.keys() | {task for task in lost if task is not None}
    record.rows, record.articles = len(numbers), len(came)
    record.set_aside.update(lost.get(task, "no article") for task in numbers - came)
    # What is said of a task as a whole is no row of annotations.
    rows = [entry for entry in part.rejected if entry["row"].keys() - {"task", "article_id"}]
    aside = Counter(str(entry["reason"]) for entry in rows if entry["row"].get("task") in came)
    kept = part.annotations.height
    marks = {"rows": kept + aside.total(), "kept": kept, "twice": 0, "rows_set_aside": aside.total(), "set_aside": dict(aside)}
    return reading.to_dict() | {"annotations": marks}
