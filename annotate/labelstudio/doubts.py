"""What is taken from a project: tasks as they were sent, and annotations whose own author saved them last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotate.labelstudio.ledger import Entry, Ledger, identify
from annotate.labelstudio.record import Record, is_withheld
from annotate.labelstudio.results import show_value
from annotate.labelstudio.submitted import Submitted

__all__ = ["CHANGED", "Doubt", "Trust"]

# Where the seal stands among a task's `meta`.
SEAL = "framing"
CHANGED = "was changed on the server after it was sent, and is not taken"


@dataclass(frozen=True)
class Doubt:
    """Something to be told: `what` about the article, or about the annotation of it by `annotator`. Unless it was `taken` all the same,
    it is set aside, and what the folder had before stays."""

    article_id: str
    annotator: str | None
    what: str
    taken: bool = False

    def __str__(self) -> str:
        subject = f"article {self.article_id!r}" if self.annotator is None else f"the annotation of article {self.article_id!r} by {self.annotator}"
        return f"{subject} {self.what}"


@dataclass(frozen=True)
class Trust:
    """What can be checked of the project that is called `name`: `entry` is what the ledger has of it, `owner` the id of the account that
    the toolkit uses, `record` when it was at work there."""

    name: str
    ledger: Ledger
    entry: Entry
    record: Record = field(default_factory=Record)
    owner: int | None = None
    people: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Any, ledger: Ledger) -> Trust:
        """What the ledger has of the project now; of people and of the toolkit's own work nothing is known yet."""
        name = identify(project)
        return cls(name, ledger, ledger.recall(name))

    def doubt_task(self, number: int, article_id: str, digest: str, meta: object) -> str | None:
        """What has become of the article that was sent as this task, if data of this digest is not that; None if it is. A task that was seen
        before is what it was then; a new one has a seal in its `meta`."""
        known = self.entry.tasks.get(number)
        if known == (article_id, digest):
            return None
        if known is not None:
            if known[0] != article_id:
                return f"was replaced on the server by article {article_id!r}, and is not taken"
            return CHANGED
        if self.entry.accepted or self.is_sealed(digest, meta):
            return None
        return "was not sent by the owner of this project, or was changed since, and is not taken"

    def doubt_annotation(self, annotation: Submitted) -> str | None:
        """Why it is not its author's own work; None if it is."""
        by, author, saved = annotation.updated_by, annotation.completed_by, annotation.updated_at
        if author is None or by == author or (self.record.adopted is not None and saved <= self.record.adopted):
            return None
        if by is None:
            return "was entered by an import, not by that person, and is not taken"
        if by == self.owner and any(begun <= saved <= (ended or begun) for begun, ended in self.record.moved):
            return None
        return f"was changed by {self.people.get(by, f'user {by}')}, and is not taken"

    def doubt_suggestions(self, annotation: Submitted, article_id: str) -> str | None:
        """Why the suggestions that were shown to its annotator are not those of the record; None if they are, or if there were none."""
        shown, seen = self.record.suggestions, annotation.seen
        begun = [entry for entry in shown if entry.since <= annotation.created_at]
        if seen is None or any(entry.live for entry in shown):
            return None
        if seen not in {entry.model for entry in shown}:
            return f"was made beside suggestions of {show_value(seen)}, which the owner of this project did not send"
        if begun and is_withheld(article_id, begun[-1].blind, begun[-1].seed):
            return f"was made beside suggestions of {show_value(seen)}, which were withheld from this article"
        return None

    def seal_task(self, digest: str) -> dict[str, str]:
        """The `meta` of a task with data of this digest."""
        return {SEAL: self.ledger.seal("task", self.name, digest)}

    def is_sealed(self, digest: str, meta: object) -> bool:
        """Whether the `meta` of a task seals data of this digest."""
        return isinstance(meta, dict) and self.ledger.believes(meta.get(SEAL), "task", self.name, digest)
