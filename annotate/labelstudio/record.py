"""What the toolkit has done to a project since it was made: whose suggestions were shown from when on, and a change of the
codebook that is under way. It is kept in the project, so that every machine that pulls from it knows."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from schemas.files import digest_text
from schemas.tables import WITHHELD

__all__ = ["Record", "Suggested", "is_withheld", "suggested_at"]


class Suggested(BaseModel):
    """From `since` on (UTC, ISO 8601) the spans of `model` were shown, but for the share `blind` of the articles. `live`: a
    backend of this name is asked as articles are opened, whichever model it serves. `people`: they are not a model's, but what annotators have
    marked, for an expert to decide."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    blind: float
    seed: int
    since: str
    live: bool = False
    people: bool = False


class Record(BaseModel):
    """`suggestions`, the oldest first. `migration` is the plan of a change of the codebook that has not been finished. `moved`: from when to
    when changes of the codebook were at work on other people's annotations (the end is None while one is). `adopted`: the moment until
    which the work in the project was taken as it stood. Times as in `Suggested`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suggestions: tuple[Suggested, ...] = ()
    migration: str | None = None
    moved: tuple[tuple[str, str | None], ...] = ()
    adopted: str | None = None

    def __bool__(self) -> bool:
        return self != Record()


def is_withheld(article_id: str, share: float, seed: int) -> bool:
    """Whether the article belongs to the share from which suggestions are kept back.

    By a hash, so it is the same on every machine and in every push, and a larger share holds the smaller one.
    """
    return int(digest_text(f"{seed}\0{article_id}")[:13], 16) / 16**13 < share


def suggested_at(suggestions: Sequence[Suggested], article_id: str, time: str, seen: str | None, *, present: bool = False) -> str | None:
    """What was suggested for the article at this time: WITHHELD, or else what Label Studio says the annotator saw.

    Of live suggestions it does not say; there it is the backend's name, if the article has a suggestion (`present`).
    """
    begun = [entry for entry in suggestions if entry.since <= time]
    if not begun:
        return seen
    entry = begun[-1]
    if is_withheld(article_id, entry.blind, entry.seed):
        return WITHHELD
    return seen or (entry.model if entry.live and present else None)
