"""Articles to Label Studio, each exactly once, however often the command is run or interrupted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from annotate.labelstudio.access import Access
from annotate.labelstudio.attributes import OFFERS
from annotate.labelstudio.client import ATTEMPTS, READ, WRITE, call, connect, persist, wait_for_server
from annotate.labelstudio.doubts import Trust
from annotate.labelstudio.ledger import digest_data, open_ledger
from annotate.labelstudio.projects import list_tasks, open_project
from annotate.labelstudio.screens import open_screen, write_screen
from annotate.labelstudio.shown import SHOWN, add_data, show
from annotate.server.locks import lock_project
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.tables import plain
from schemas.wording import count, inflect

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
    its settings or put back, how many tasks that an interrupted push had doubled were removed again, and whose suggestions, sent
    earlier, the project shows."""

    project: str
    address: str
    created: bool
    sent: int
    present: int
    changed: tuple[str, ...] = ()
    doubles: int = 0
    suggesting: str | None = None


@dataclass(frozen=True)
class _Present:
    """What the project has: the digest of what is shown of each article that is as it was sent, the tasks of those that are there more than
    once, and each task's article and digest as the ledger keeps them. `strange`: tasks that are not what was sent, with the article that
    was sent as them and the digest or the seal that it must have; neither, where somebody else has made them."""

    digests: dict[str, str]
    doubles: list[int]
    sent: dict[int, tuple[str, str]]
    strange: dict[int, tuple[str | None, str | None, Any]]


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

    Refuses, before anything is sent: an article whose text (or headline, where that is marked, too) differs from the one of the same id on the
    server, and a project made with another codebook. `coders` is how many people each article is served to: two in a new project, and
    unchanged in one that is there, unless it is given. `progress` is told (sent so far, to send).

    Where the codebook asks for actors, each task has those that its article names, for the labelling screen; where headlines are marked, too,
    the headline and the text as one.

    Each task and the labelling screen carry a seal (`annotate.labelstudio.ledger`). What somebody has changed of them is put back, as
    far as `articles` has it as it was sent.

    A write whose answer is lost is not repeated: what is there is asked for, and the rest is sent. Should a request have
    been carried out after that, or somebody else have pushed at the same time, the second task of an article is removed
    again, unless somebody has begun to annotate it.
    """
    if coders is not None and coders < 1:
        raise FramingError("at least one coder is needed", "--coders")
    if taken := [name for name in articles.columns if name.startswith((OFFERS, SHOWN))]:
        raise FramingError(f"has a column {taken[0]!r}, a name under which more is sent for the labelling screen", title, "Rename the column")
    ledger = open_ledger()
    with lock_project(access.address, title), connect(access) as client:
        project, created = open_project(client, title, codebook, coders or DEFAULT_CODERS, ledger)
        screen, changed = open_screen(project, title, ledger), []
        _refuse_other_codebook(screen.codebook, codebook, title)
        if screen.forged:
            write_screen(client, project, screen.codebook, screen.record, ledger)
            changed.append("the labelling interface had been changed by somebody, and was put back as it was sent")
        if coders is not None and project.maximum_annotations != coders:
            client.projects.update(project.id, maximum_annotations=coders, request_options=WRITE)
            changed.append(f"readers per article: {project.maximum_annotations} before, {coders} now")
        sending = _Sending(client, project.id, Trust.of(project, ledger), codebook, title)
        present = sending.read_present()
        sending = sending.forget(present)
        if present.strange and (restored := sending.restore(articles, present)):
            changed.append(f"{count(restored, 'task')} had been changed on the server, and {inflect(restored, 'was', 'were')} put back as sent")
            present = sending.read_present()
        missing = _missing(articles, present, codebook, title)
        if missing.height:
            sending.send(articles, missing, progress)
            present = sending.read_present()
        if present.strange:
            are = inflect(len(present.strange), "is", "are")
            changed.append(f"{count(len(present.strange), 'task')} of the project {are} not what was sent; `framing pull` leaves that out")
        sending.remember(present)
        removed, sent = _remove_doubles(client, present.doubles), missing.height
        suggestions = screen.record.suggestions
        suggesting = suggestions[-1].model if suggestions and not suggestions[-1].live else None
        return Pushed(title, f"{access.address}/projects/{project.id}", created, sent, articles.height - sent, tuple(changed), removed, suggesting)


@dataclass(frozen=True)
class _Sending:
    """Tasks to and from one project."""

    client: LabelStudio
    project_id: int
    trust: Trust
    codebook: Codebook
    title: str

    def send(self, articles: pl.DataFrame, missing: pl.DataFrame, progress: Progress) -> None:
        import httpx
        from label_studio_sdk.types import ImportApiRequest

        total, failures = missing.height, 0
        while missing.height:
            size = _batch_size(missing, self.codebook)
            batch = [
                ImportApiRequest(data=data, meta=self.trust.seal_task(digest_data(data)))
                for data in (_as_data(row, self.codebook) for row in missing.head(size).iter_rows(named=True))
            ]
            try:
                self.client.projects.import_tasks(self.project_id, request=batch, request_options=WRITE)
                missing = missing.slice(size)
            except httpx.TransportError:
                # The batch may have arrived although its answer did not: ask what is there, then send only the rest.
                failures += 1
                if failures == ATTEMPTS:
                    raise
                wait_for_server(self.client)
                missing = _missing(articles, self.read_present(), self.codebook, self.title)
            progress(total - missing.height, total)

    def read_present(self) -> _Present:
        return persist(self.client, self._read_present)

    def restore(self, articles: pl.DataFrame, present: _Present) -> int:
        """Put the tasks that somebody changed back as they were sent; how many. FramingError where `articles` cannot tell how that was."""
        wanted = articles.filter(pl.col("article_id").is_in([article for article, *_ in present.strange.values() if article is not None]))
        rows = {row["article_id"]: _as_data(row, self.codebook) for row in wanted.iter_rows(named=True)}
        restored = 0
        for task, (article, digest, meta) in present.strange.items():
            if article not in rows:
                continue
            data = rows[article]
            found = digest_data(data)
            if digest is None and not self.trust.is_sealed(found, meta):
                # Somebody may have made it, under a name of ours.
                continue
            if digest not in (None, found):
                raise FramingError(
                    f"article {article!r} was changed on the server, and is not here as it was sent",
                    self.title,
                    "Push the folder that it was sent from: then it is put back",
                )
            call(self.client, "PATCH", f"api/tasks/{task}/", json={"data": data, "meta": self.trust.seal_task(found)})
            restored += 1
        return restored

    def forget(self, present: _Present) -> _Sending:
        """The same without tasks that are no longer there: some servers give a number again."""
        entry, there = self.trust.entry, present.sent.keys() | present.strange.keys()
        if entry.tasks.keys() <= there:
            return self
        known = self.trust.ledger.recall(self.trust.name)
        known = known.model_copy(update={"tasks": {task: sent for task, sent in known.tasks.items() if task in there}})
        self.trust.ledger.remember(self.trust.name, known)
        return replace(self, trust=replace(self.trust, entry=known))

    def remember(self, present: _Present) -> None:
        ledger, name = self.trust.ledger, self.trust.name
        known = ledger.recall(name)
        ledger.remember(name, known.model_copy(update={"tasks": known.tasks | present.sent}))

    def _read_present(self) -> _Present:
        tasks: defaultdict[str, list[int]] = defaultdict(list)
        found = _Present({}, [], {}, {})
        for task in list_tasks(self.client, self.project_id, "id,data,meta"):
            data: dict[str, Any] = task.data if isinstance(task.data, dict) else {}
            article, digest = str(data.get("article_id")), digest_data(data)
            if self.trust.doubt_task(task.id, article, digest, task.meta) is None:
                tasks[article].append(task.id)
                found.digests.setdefault(article, show(data, self.codebook).digest)
                found.sent[task.id] = article, digest
            else:
                known = self.trust.entry.tasks.get(task.id, (article if task.meta else None, None))
                found.strange[task.id] = (*known, task.meta)
        # The first task of an article is never removed, whoever looks: two who look at once cannot remove both.
        found.doubles.extend(task for several in tasks.values() for task in sorted(several)[1:])
        return found


def _as_data(row: Mapping[str, Any], codebook: Codebook) -> dict[str, Any]:
    return {key: plain(value) for key, value in row.items()} | add_data(row, codebook)


def _batch_size(missing: pl.DataFrame, codebook: Codebook) -> int:
    # What is shown of an article may stand beside its text.
    copies = 2 if codebook.headlines else 1
    fits = (missing.head(BATCH)["text"].str.len_chars().cum_sum() * copies <= BATCH_CHARACTERS).sum()
    return max(1, int(fits))


def _missing(articles: pl.DataFrame, present: _Present, codebook: Codebook, title: str) -> pl.DataFrame:
    wanted = []
    for article in articles.select("article_id", "text", *(["title"] if "title" in articles.columns else [])).iter_rows(named=True):
        known = present.digests.get(article["article_id"])
        wanted.append(known is None)
        if known is not None and known != show(article, codebook).digest:
            what = "another text" if not codebook.headlines else "another headline or text"
            raise FramingError(
                f"article {article['article_id']!r} is there with {what}, and its annotations point into that one",
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
    if theirs.digest == ours.digest:
        return
    if theirs.model_copy(update={"actors": ours.actors}).digest == ours.digest:
        raise FramingError(
            f"this project's codebook {theirs.stamp} has {len(theirs.actors)} actors, and not the same as this one, which has {len(ours.actors)}",
            title,
            "Give the same --actors as before, or push to a project of another title",
        )
    raise FramingError(
        f"this project uses codebook {theirs.stamp} ({theirs.digest[:8]}), not {ours.stamp} ({ours.digest[:8]})",
        title,
        "Push to a project of another title, with the project's own codebook, or move the project with `framing codebook migrate`",
    )
