"""What a dataset folder knows of the project it was pulled from: what to read again at the next pull."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.files import digest_file, replace_file

__all__ = ["Synced", "find_source", "find_tasks", "read_synced", "was_pulled", "write_synced"]

FILE = "synced.json"
TABLES = ("articles.parquet", "annotations.parquet")


class Synced(BaseModel):
    """The project as it was pulled: when each task last changed, the task of each article, and what the rows depend on.
    `begun` is when the pull began, by the server's clock, if it told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: str
    project: int
    codebook: str
    record: str
    people: dict[int, str]
    tasks: dict[int, datetime]
    begun: datetime | None = None
    articles: dict[str, int] = {}
    tables: dict[str, str] = {}

    def belongs_to(self, now: Synced) -> bool:
        """Whether rows that were pulled then would be the same today, if their tasks have not changed."""
        renamed = any(now.people.get(number, name) != name for number, name in self.people.items())
        same = (self.server, self.project, self.codebook, self.record) == (now.server, now.project, now.codebook, now.record)
        return same and not renamed


def read_synced(folder: Path) -> Synced | None:
    """What is known of the last pull; None if there was none, or if the tables are no longer what it wrote."""
    synced = _read(folder)
    return synced if synced is not None and synced.tables == _digests(folder) else None


def find_source(folder: Path) -> tuple[str, int] | None:
    """The server and the project that the folder was pulled from last."""
    synced = _read(folder)
    return None if synced is None else (synced.server, synced.project)


def was_pulled(folder: Path) -> bool:
    """Whether the folder was pulled from a project, also where nothing more can be read of it."""
    return (folder / FILE).exists()


def find_tasks(folder: Path) -> dict[str, int]:
    """The task that each article of the folder had at the last pull."""
    synced = _read(folder)
    return {} if synced is None else synced.articles


def _read(folder: Path) -> Synced | None:
    try:
        return Synced.model_validate_json((folder / FILE).read_bytes())
    except (FileNotFoundError, ValidationError):
        # Without it, everything is read again: that is always right, and only slower.
        return None


def write_synced(folder: Path, synced: Synced) -> None:
    """Remember the pull whose tables the folder holds now."""
    with replace_file(folder / FILE) as temporary:
        temporary.write_text(synced.model_copy(update={"tables": _digests(folder)}).model_dump_json(indent=1), encoding="utf-8")


def _digests(folder: Path) -> dict[str, str]:
    return {name: digest_file(folder / name) for name in TABLES if (folder / name).exists()}
