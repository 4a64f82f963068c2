"""A dataset and its project in Label Studio, moved to a changed codebook together, with a record of every row."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from annotate.labelstudio import find_migration, migrate_project, pull, pull_into, resolve_access
from annotate.migration import SAID, Plan, describe_plan, make_plan, migrate_rows, refuse_orphans
from annotate.plans import refuse_headlines
from schemas.codebook import Codebook, load_codebook
from schemas.coders import CoderRows
from schemas.dataset import CODERS, read_dataset, write_jsonl, write_lines
from schemas.errors import FramingError
from schemas.files import measure_file, replace_file, replace_files, unwritable
from schemas.parquet import read_parquet
from schemas.parsing import parse_json, read_text
from schemas.tables import Annotations, Gold, conform

__all__ = ["Migrated", "Migration"]

# AUDIT stands when all is done; until then its rows are added to GROWING.
PLAN, AUDIT, GROWING = "plan.json", "audit.jsonl", "audit.partial.jsonl"
ANNOTATIONS, GOLD, CODEBOOK = "annotations.parquet", "gold.parquet", "codebook.toml"
# How things are once the plan stands, whatever fails from then on.
BEGUN = "the migration was begun, what is done of it is kept, and the same command finishes it"
Row = dict[str, Any]


@dataclass(frozen=True)
class Migrated:
    """How many rows changed, how many of them are to be reviewed, and the file that lists each."""

    rows: int
    reviews: int
    audit: Path


class Migration:
    """One change of the codebook of a dataset folder and, if named, of its project. The plan stands before anything changes.

    What it leaves is `history/migration-OLD-to-NEW`: the plan, tables and codebook as they were, and the audit. Whoever finds a plan
    without an audit knows that a migration was interrupted, and finishes it by doing it again: what has been moved stays as it is.
    """

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
        half_moved = find_migration(folder, title, self._access) if title and self._access else None
        begun = half_moved or self._find_begun(new)
        # A folder that was left half moved is refused by whoever reads it as a dataset.
        old = begun.old if begun else read_dataset(folder).require_codebook(folder)
        if begun and begun.new.digest != new.digest:
            raise _say_begun(begun, "", folder)
        self.plan = make_plan(old, new, renames, merges, splits, drops)
        if title:
            refuse_headlines(self.plan, title)
        if begun and begun != self.plan:
            raise _say_begun(begun, " with other moves", folder)
        self._home = self._find_home(resumed=begun is not None)
        schemas = {ANNOTATIONS: Annotations, GOLD: Gold, CODERS: CoderRows}
        self._tables = {name: conform(read_parquet(folder / name), schemas[name], folder / name) for name in schemas if (folder / name).exists()}
        self._counted = dict(self._tables)
        if title and self._access and not half_moved:
            self._counted[ANNOTATIONS] = pull(title, self._access).require_annotations(title)
        for rows in [*self._tables.values(), *self._counted.values()]:
            refuse_orphans(self.plan, rows, title or folder)

    def describe(self) -> list[str]:
        """The plan, a line for each move, with how many rows of annotations, gold and coders it moves; of a project those it has now."""
        none = pl.DataFrame(schema=dict.fromkeys(SAID, pl.String))
        counted = pl.concat([none, *(rows.select(none.columns) for rows in self._counted.values())])
        return [f"{self.plan.old.stamp} -> {self.plan.new.stamp}", *describe_plan(self.plan, counted)]

    def apply(self, progress: Callable[[int, int], None] = lambda done, total: None) -> Migrated:
        """Do it. First the project, whose annotations are the source, then the folder, which is pulled again."""
        self._begin()
        if self._title and self._access:
            migrate_project(self._title, self.plan, self._access, self._record, progress)
        self._move_folder()
        if self._title and self._access:
            pull_into(self._folder, self._title, self._access)
        rows = self._finish()
        return Migrated(len(rows), sum(row["review"] is not None for row in rows), self._home / AUDIT)

    def _begin(self) -> None:
        if (self._home / PLAN).exists():
            return
        with replace_files(self._home) as staging:
            for name in (*self._tables, CODEBOOK):
                shutil.copyfile(self._folder / name, staging / name)
            # Its name is the last of them, so it is renamed last: where it stands, the copies do.
            (staging / PLAN).write_text(self.plan.model_dump_json(indent=1), encoding="utf-8")

    def _move_folder(self) -> None:
        moved = {name: migrate_rows(rows, self.plan) for name, rows in self._tables.items()}
        # Before the first rename; of a project's annotations the project has said it already.
        if ANNOTATIONS in moved and not self._title:
            self._record(moved[ANNOTATIONS][1])
        if GOLD in moved:
            self._record(change | {"annotator": "gold"} for change in moved[GOLD][1])
        if CODERS in moved:
            self._record(moved[CODERS][1])
        with replace_files(self._folder, left=BEGUN) as staging:
            for name, (rows, _) in moved.items():
                if not rows.equals(self._tables[name]):
                    rows.write_parquet(staging / name)
                    # With its time: gold that was older than the annotations still is, and no other.
                    shutil.copystat(self._folder / name, staging / name)
            if load_codebook(self._folder / CODEBOOK).digest != self.plan.new.digest:
                (staging / CODEBOOK).write_text(self.plan.new.to_toml(), encoding="utf-8")

    def _record(self, rows: Iterable[Row]) -> None:
        try:
            with (self._home / GROWING).open("a", encoding="utf-8", newline="\n") as file:
                # What was being written when the power went stays a line of its own.
                file.write("\n")
                write_lines(file, rows)
        except OSError as error:
            raise unwritable(error, self._folder, BEGUN) from error

    def _finish(self) -> list[Row]:
        """The audit, each row once: one that was written just before an interruption was written again when the work went on."""
        paths = [path for name in (AUDIT, GROWING) if (path := self._home / name).exists()]
        # A line may be cut, even within a character.
        lines = dict.fromkeys(line for path in paths if measure_file(path) for line in path.read_text(encoding="utf-8", errors="replace").split("\n"))
        rows: list[Row] = []
        for line in lines:
            with suppress(FramingError):
                rows.append(parse_json(line, self._home))
        with replace_file(self._home / AUDIT, left=BEGUN) as temporary:
            write_jsonl(temporary, rows)
        (self._home / GROWING).unlink(missing_ok=True)
        return rows

    def _find_begun(self, new: Codebook) -> Plan | None:
        """The plan of a migration of this folder that was not finished; else the one that brought it to this codebook."""
        plans = self._plans()
        unfinished = [plan for home, plan in plans if not (home / AUDIT).exists()]
        path = self._folder / CODEBOOK
        if not unfinished and path.exists() and load_codebook(path).digest == new.digest:
            unfinished = [plan for _, plan in plans if plan.new.digest == new.digest]
        return unfinished[-1] if unfinished else None

    def _find_home(self, *, resumed: bool) -> Path:
        """Where the plan stands, or the first free place for it: there may have been another from this version to that."""
        homes = [home for home, plan in self._plans() if resumed and plan == self.plan]
        stem = self._folder / "history" / f"migration-{self.plan.old.version}-to-{self.plan.new.version}"
        free = (stem.with_name(f"{stem.name}-{n}") if n > 1 else stem for n in count(1))
        return homes[-1] if homes else next(home for home in free if not (home / PLAN).exists())

    def _plans(self) -> list[tuple[Path, Plan]]:
        """Every plan of this folder with its place, the latest last."""
        paths = sorted((self._folder / "history").glob(f"migration-*/{PLAN}"), key=lambda path: path.stat().st_mtime)
        return [(path.parent, _read_plan(path)) for path in paths]


def _read_plan(path: Path) -> Plan:
    try:
        return Plan.model_validate_json(read_text(path))
    except ValidationError as error:
        raise FramingError("is damaged", path, "Restore it from a copy") from error


def _say_begun(plan: Plan, how: str, where: Path) -> FramingError:
    moves = "; ".join(map(str, plan.moves))
    return FramingError(f"a migration to {plan.new.stamp} was begun{how} ({moves})", where, "Finish that one first")
