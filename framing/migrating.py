"""A dataset and its project in Label Studio, moved to a changed codebook together, with a record of every row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from annotate.labelstudio import find_migration, migrate_project, pull, pull_into, resolve_access
from annotate.migration import Plan, describe_plan, make_plan, migrate_rows, refuse_orphans
from schemas.codebook import Codebook
from schemas.dataset import Dataset, read_dataset, write_dataset, write_lines
from schemas.errors import FramingError
from schemas.files import replace_file

__all__ = ["Migrated", "Migration"]

PLAN, AUDIT = "plan.json", "audit.jsonl"


@dataclass(frozen=True)
class Migrated:
    """How many rows changed, how many of them are to be reviewed, and the file that lists each."""

    rows: int
    reviews: int
    audit: Path


class Migration:
    """One change of the codebook of a dataset folder and, if named, of its project. The plan stands before anything changes."""

    def __init__(
        self,
        folder: Path,
        new: Codebook,
        title: str | None,
        renames: Sequence[str],
        merges: Sequence[str],
        splits: Sequence[str],
        drops: Sequence[str],
    ) -> None:
        self._folder, self._title = folder, title
        self._access = resolve_access() if title else None
        self._dataset = read_dataset(folder)
        begun = self._begun(new)
        old = begun.old if begun else self._dataset.require_codebook(folder)
        self.plan = make_plan(old, new, renames, merges, splits, drops)
        if begun and begun != self.plan:
            raise FramingError(
                f"a migration to {new.stamp} was begun with other moves ({'; '.join(map(str, begun.moves))})", self._home(begun), "Finish that one"
            )
        self._rows = self._read_rows(resumed=begun is not None)
        for rows in self._rows:
            refuse_orphans(self.plan, rows, title or folder)

    def describe(self) -> list[str]:
        """The plan, a line for each move, with how many rows of annotations and gold it moves."""
        columns = ["label", "value"]
        counted = pl.concat([rows.select(columns) for rows in self._rows]) if self._rows else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        return [f"{self.plan.old.stamp} -> {self.plan.new.stamp}", *describe_plan(self.plan, counted)]

    def apply(self, progress: Callable[[int, int], None] = lambda done, total: None) -> Migrated:
        """Do it. First the project, whose annotations are the source, then the folder, which is pulled again."""
        home = self._home(self.plan)
        home.mkdir(parents=True, exist_ok=True)
        with replace_file(home / PLAN) as temporary:
            temporary.write_text(self.plan.model_dump_json(indent=1), encoding="utf-8")
        if self._title and self._access:
            migrate_project(self._title, self.plan, self._access, lambda rows: _append(home / AUDIT, rows), progress)
        self._move_folder(home / AUDIT)
        if self._title and self._access:
            pull_into(self._folder, self._title, self._access)
        rows = _tidy(home / AUDIT)
        return Migrated(len(rows), sum(row["review"] is not None for row in rows), home / AUDIT)

    def _move_folder(self, audit: Path) -> None:
        dataset = self._dataset
        if dataset.require_codebook(self._folder).digest == self.plan.new.digest:
            return
        annotations, changes = (None, []) if dataset.annotations is None else migrate_rows(dataset.annotations, self.plan)
        gold, decided = (None, []) if dataset.gold is None else migrate_rows(dataset.gold, self.plan)
        # Of a project's annotations the project has said it already.
        _append(audit, [*([] if self._title else changes), *(change | {"annotator": "gold"} for change in decided)])
        write_dataset(self._folder, replace(dataset, codebook=self.plan.new, annotations=annotations, gold=gold))

    def _begun(self, new: Codebook) -> Plan | None:
        """The plan of a migration to this codebook that was begun and not finished: in the project, or in the folder."""
        if self._title and self._access and (found := find_migration(self._folder, self._title, self._access)):
            return found
        if self._dataset.require_codebook(self._folder).digest != new.digest:
            return None
        for path in sorted((self._folder / "history").glob(f"migration-*/{PLAN}")):
            plan = Plan.model_validate_json(path.read_text(encoding="utf-8"))
            if plan.new.digest == new.digest:
                return plan
        return None

    def _read_rows(self, *, resumed: bool) -> list[pl.DataFrame]:
        """Annotations and gold as they are before the move; of the project as it is now, unless it is half moved."""
        dataset: Dataset = self._dataset
        annotations = dataset.annotations
        if self._title and self._access and not resumed:
            annotations = pull(self._title, self._access).annotations
        tables = [annotations, dataset.gold]
        return [] if resumed else [table for table in tables if table is not None]

    def _home(self, plan: Plan) -> Path:
        return self._folder / "history" / f"migration-{plan.old.version}-to-{plan.new.version}"


def _append(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        # What was being written when the power went stays a line of its own.
        file.write("\n")
        write_lines(file, rows)


def _tidy(path: Path) -> list[dict[str, Any]]:
    """Each row once: one that was written just before an interruption is written again when the work goes on."""
    if not path.exists():
        return []
    rows: list[dict[str, Any]] = []
    for line in dict.fromkeys(path.read_text(encoding="utf-8").split("\n")):
        with suppress(ValueError):
            rows.append(json.loads(line))
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        write_lines(file, rows)
    return rows
