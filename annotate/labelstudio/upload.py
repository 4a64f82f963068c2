"""Articles to Label Studio, each exactly once, however often the command is run or interrupted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import ATTEMPTS, READ, WRITE, connect, persist, wait_for_server
from annotate.labelstudio.interface import read_interface, read_record
from annotate.labelstudio.locks import lock_project
from annotate.labelstudio.projects import list_tasks, open_project
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.tables import plain

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

__all__ = ["Pushed", "push"]

BATCH = 500
# Label Studio refuses a request of 250 MiB with an error of its own.
BATCH_CHARACTERS = 20_000_000
DEFAULT_CODERS = 2
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Pushed:
    """What a push did: the project's address, how many articles were sent and were there before, what was changed of
    its settings, how many tasks that an interrupted push had doubled were removed again, and whose suggestions, sent
    earlier, the project shows."""

    project: str
    address: str
    created: bool
    sent: int
    present: int
    changed: str = ""
    doubles: int = 0
    suggesting: str | None = None


@dataclass(frozen=True)
class _Present:
    """What the project has: the digest of each article's text, and the tasks of those that are there more than once."""

    digests: dict[str, str]
    doubles: list[int]


def push(
    articles: pl.DataFrame,
    codebook: Codebook,
    title: str,
    access: Access,
    *,
    coders: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Pushed:
    """Send the articles that the project `title` does not have yet, in their order; make the project if there is none.

    Refuses, before anything is sent: an article whose text differs from the one of the same id on the server, and a
    project made with another codebook. `coders` is how many people each article is served to: two in a new project, and
    unchanged in one that is there, unless it is given. `progress` is told (sent so far, to send).

    A write whose answer is lost is not repeated: what is there is asked for, and the rest is sent. Should a request have
    been carried out after that, or somebody else have pushed at the same time, the second task of an article is removed
    again, unless somebody has begun to annotate it.
    """
    if coders is not None and coders < 1:
        raise FramingError("at least one coder is needed", "--coders")
    with lock_project(access.address, title), connect(access) as client:
        project, created = open_project(client, title, codebook, coders or DEFAULT_CODERS)
        changed = ""
        if not created:
            _refuse_other_codebook(read_interface(project.label_config, title), codebook, title)
            if coders is not None and project.maximum_annotations != coders:
                client.projects.update(project.id, maximum_annotations=coders, request_options=WRITE)
                changed = f"readers per article: {project.maximum_annotations} before, {coders} now"
        present = _read_present(client, project.id)
        missing = _missing(articles, present, title)
        if missing.height:
            _send(client, project.id, articles, missing, title, progress)
            present = _read_present(client, project.id)
        removed = _remove_doubles(client, present.doubles)
        sent = missing.height
        suggestions = read_record(project.label_config, title).suggestions
        suggesting = suggestions[-1].model if suggestions and not suggestions[-1].live else None
        return Pushed(title, f"{access.address}/projects/{project.id}", created, sent, articles.height - sent, changed, removed, suggesting)


def _send(client: LabelStudio, project_id: int, articles: pl.DataFrame, missing: pl.DataFrame, title: str, progress: Progress) -> None:
    import httpx
    from label_studio_sdk.types import ImportApiRequest

    total, failures = missing.height, 0
    while missing.height:
        size = _batch_size(missing)
        batch = [ImportApiRequest(data={key: plain(value) for key, value in row.items()}) for row in missing.head(size).iter_rows(named=True)]
        try:
            client.projects.import_tasks(project_id, request=batch, request_options=WRITE)
            missing = missing.slice(size)
        except httpx.TransportError:
            # The batch may have arrived although its answer did not: ask what is there, then send only the rest.
            failures += 1
            if failures == ATTEMPTS:
                raise
            wait_for_server(client)
            missing = _missing(articles, _read_present(client, project_id), title)
        progress(total - missing.height, total)


def _batch_size(missing: pl.DataFrame) -> int:
    fits = (missing.head(BATCH)["text"].str.len_chars().cum_sum() <= BATCH_CHARACTERS).sum()
    return max(1, int(fits))


def _read_present(client: LabelStudio, project_id: int) -> _Present:
    def read() -> _Present:
        tasks: defaultdict[str, list[int]] = defaultdict(list)
        digests: dict[str, str] = {}
        for article_id, text, task in _tasks(client, project_id):
            tasks[article_id].append(task)
            digests.setdefault(article_id, digest_text(text))
        # The first task of an article is never removed, whoever looks: two who look at once cannot remove both.
        return _Present(digests, [task for several in tasks.values() for task in sorted(several)[1:]])

    return persist(client, read)


def _tasks(client: LabelStudio, project_id: int) -> Iterator[tuple[str, str, int]]:
    for task in list_tasks(client, project_id):
        data: Any = task.data if isinstance(task.data, dict) else {}
        yield str(data.get("article_id")), str(data.get("text")), task.id


def _missing(articles: pl.DataFrame, present: _Present, title: str) -> pl.DataFrame:
    wanted = []
    for article_id, text in articles.select("article_id", "text").iter_rows():
        known = present.digests.get(article_id)
        wanted.append(known is None)
        if known is not None and known != digest_text(text):
            raise FramingError(
                f"article {article_id!r} is there with another text, and its annotations point into that one",
                title,
                "Give the changed article a new article_id",
            )
    return articles.filter(pl.Series(wanted, dtype=pl.Boolean))


def _remove_doubles(client: LabelStudio, tasks: list[int]) -> int:
    """Remove those that nobody has touched. What was annotated stays; `pull` joins both tasks' annotations."""
    from label_studio_sdk.core.api_error import ApiError

    removed = 0
    for number in tasks:
        try:
            task = client.tasks.get(str(number), request_options=READ)
            if not task.annotations and not task.drafts:
                client.tasks.delete(str(number), request_options=WRITE)
                removed += 1
        except ApiError as error:
            # Somebody else's push has removed it already.
            if error.status_code != 404:
                raise
    return removed


def _refuse_other_codebook(theirs: Codebook, ours: Codebook, title: str) -> None:
    if theirs.digest != ours.digest:
        raise FramingError(
            f"this project uses codebook {theirs.stamp} ({theirs.digest[:8]}), not {ours.stamp} ({ours.digest[:8]})",
            title,
            "Push to a project of another title, with the project's own codebook, or move the project with `framing codebook migrate`",
        )
