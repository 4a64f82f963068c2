"""Whose a thing is: which project a task is of, who made an annotation or a draft. The server is asked in the owner's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from annotate.server.gate.identity import Visitor
from annotate.server.gate.kept import Kept
from annotate.server.gate.refusals import Refused
from annotate.server.gate.upstream import Upstream

__all__ = ["OWN", "THINGS", "Ownership", "Place"]

# What a rule may name, and how the server is asked about it. `own_` is the same thing, and it must be the visitor's.
THINGS = {
    "project": "",
    "person": "",
    "task": "/api/tasks/{}/",
    "annotation": "/api/annotations/{}/",
    "skip": "/api/annotations/{}/",
    "draft": "/api/drafts/{}/",
    "view": "/api/dm/views/{}/",
}
OWN = "own_"
# A task stays in its project and an annotation its author's, unless the owner moves them.
SECONDS = 60.0


@dataclass(frozen=True)
class Place:
    """Where a thing is and whose: numbers of its project, its task and the person who made it, as far as it has them."""

    project: int | None = None
    task: int | None = None
    person: int | None = None


class Ownership:
    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._places: Kept[tuple[str, int], Place | None] = Kept(SECONDS)

    async def check(self, visitor: Visitor, named: list[tuple[str, int]]) -> int | None:
        """The project that a request is about. Refused unless everything it names is of one project of the visitor's, and of one task, and theirs
        where it must be."""
        places = []
        for name, number in named:
            place = await self.find(name.removeprefix(OWN), number)
            if place is None:
                raise Refused(404, "there is no such thing, or it is not yours")
            if (name.startswith(OWN) or name == "person") and (visitor.account is None or place.person != visitor.account.id):
                raise Refused(403, "this is not yours to change")
            places.append(place)
        projects, tasks = {place.project for place in places} - {None}, {place.task for place in places} - {None}
        if not projects <= set(visitor.projects):
            raise Refused(403, "you were not invited to this project")
        if len(projects) > 1 or len(tasks) > 1:
            raise Refused(403, "these do not belong together")
        return next(iter(projects), None)

    async def find(self, thing: str, number: int) -> Place | None:
        """Where this thing is; None if there is none of this number."""
        if thing == "project":
            return Place(project=number)
        if thing == "person":
            return Place(person=number)
        # A skip may have become an annotation in the meantime.
        return await self._ask(thing, number) if thing == "skip" else await self._places.get((thing, number), lambda: self._ask(thing, number))

    def learn(self, thing: str, said: Any, project: int | None) -> None:
        """What the server has just said of a thing of this project answers the next question about it."""
        place = _read_place(thing, said)
        if place is not None and project is not None:
            self._places.put((thing, said["id"]), Place(project, place.task, place.person))

    async def _ask(self, thing: str, number: int) -> Place | None:
        status, said = await self._upstream.ask(THINGS[thing].format(number))
        if status == httpx.codes.NOT_FOUND:
            return None
        place = _read_place(thing, said)
        if place is None:
            raise Refused(502, "the server does not say whose this is; try again in a moment")
        if place.project is None and place.task is not None:
            # A draft says only of which task it is.
            task = await self.find("task", place.task)
            return Place(task.project, place.task, place.person) if task is not None else None
        return place


def _read_place(thing: str, said: Any) -> Place | None:
    if not isinstance(said, dict) or not isinstance(said.get("id"), int):
        return None
    project = said.get("project")
    if thing == "task":
        return Place(project, said["id"])
    if thing == "annotation":
        return Place(project, said.get("task"), said.get("completed_by"))
    if thing == "skip":
        return Place(project, said.get("task"), said.get("completed_by") if said.get("was_cancelled") is True else None)
    if thing == "view":
        return Place(project, None, said.get("user"))
    # Whose draft it is stands at the end of how the server calls its author: name or address, and number.
    number = str(said.get("created_username", "")).rpartition(", ")[2]
    return Place(None, said.get("task"), int(number) if number.isdecimal() else None)
