"""A folder of scores that is written part by part, and goes on where it was stopped.

While it is being written, everything stands in a hidden folder inside it: the plan (what is scored, by which model), and
the parts. A part is there as a whole or not at all, and a run with another plan starts afresh. When all parts are there they
take their places; what stood there before stays until then.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from classifiers.scoring.tables import Scores
from schemas.checks import Rejected
from schemas.dataset import write_lines
from schemas.errors import FramingError
from schemas.files import FAILURES, lock_file, unwritable
from schemas.parquet import read_parquet, scan_parquet
from schemas.parsing import parse_json, read_json, read_text
from schemas.wording import count

__all__ = ["TABLES", "Counts", "Parts", "open_parts"]

TABLES = ("articles", "spans", "sentences")
_STAGING, _PLAN, _RUN, _REJECTED = ".scoring", "plan.json", "run.json", "rejected.jsonl"
# What a run may differ in and still be the same run of the same articles.
_INCIDENTAL = ("versions", "syllables", "model_folder", "part_characters")
_ASK = "Choose another --out, or add --replace"


@contextmanager
def open_parts(folder: Path, plan: Mapping[str, Any], *, replace: bool = False) -> Iterator[Parts]:
    """The parts of `folder` that were written with this plan, if any; the folder is locked against other runs.

    Raises FramingError if the folder is a dataset, if another run writes it, if it cannot be written, or if it holds the scores of a run
    of other inputs, another model or other options, unless `replace`.
    """
    staging, existed = folder / _STAGING, folder.exists()
    if (folder / "articles.parquet").exists() and not (folder / _RUN).exists() and not staging.exists():
        raise FramingError("holds articles, and scores would take their place", folder, "Choose another --out")
    if existed and not folder.is_dir():
        raise FramingError("is a file, and a folder is to be written there", folder, "Name another folder")
    if not replace:
        _refuse_others(folder, plan)
    busy = FramingError("is being written by another run", folder, "Wait for it, or choose another --out")
    with _explained(folder):
        staging.mkdir(parents=True, exist_ok=True)
    try:
        with lock_file(staging / "lock", busy=busy):
            with _explained(folder):
                parts = Parts(folder, staging, plan)
            try:
                yield parts
            finally:
                parts.tidy()
    finally:
        with suppress(OSError):
            if not existed and not any(folder.iterdir()):
                folder.rmdir()


class Counts(NamedTuple):
    """How many articles and spans there are, and how many articles have quotation marks without a partner."""

    articles: int
    spans: int
    unpaired: int


class Parts:
    """The parts of one run. `resumed` says that some were there; `afresh`, that those of another plan were thrown away."""

    def __init__(self, folder: Path, staging: Path, plan: Mapping[str, Any]) -> None:
        self._folder, self._staging = folder, staging
        written, path = _write_plan(plan), staging / _PLAN
        known = _read(path)
        self.resumed, self.afresh = known == written, known not in (None, written)
        if not self.resumed:
            for old in staging.iterdir():
                if old.name != "lock":
                    shutil.rmtree(old) if old.is_dir() else old.unlink()
            _write_text(path, written)
        if not self.complete:
            (staging / _REJECTED).write_bytes(b"")
        for name in TABLES:
            (staging / name).mkdir(exist_ok=True)
            for unfinished in (staging / name).glob(".*"):
                unfinished.unlink()

    @property
    def complete(self) -> bool:
        """Whether all parts were there, and only their last way was interrupted."""
        return (self._staging / _RUN).exists()

    def has(self, number: int) -> bool:
        """Whether the part is there and whole."""
        try:
            for name in TABLES:
                scan_parquet(self._path(name, number)).collect_schema()
        except (FramingError, pl.exceptions.PolarsError):
            return False
        return True

    def count(self) -> Counts:
        """What all parts have together."""
        return Counts(self._sum("articles", pl.len()), self._sum("spans", pl.len()), self._sum("articles", (pl.col("unpaired_marks") > 0).sum()))

    def reject(self, rejected: Rejected) -> None:
        """Keep what was set aside; said anew by each run, in order."""
        if rejected:
            with _explained(self._folder), (self._staging / _REJECTED).open("a", encoding="utf-8", newline="\n") as file:
                write_lines(file, rejected)

    def write(self, number: int, scores: Scores) -> None:
        with _explained(self._folder):
            for name in TABLES:
                with _renamed(self._path(name, number)) as temporary:
                    getattr(scores, name).write_parquet(temporary)

    def finish(self, run: Mapping[str, Any]) -> None:
        """All parts are there, and this is what run.json says: what is left is `publish`."""
        with _explained(self._folder):
            self._give_one_schema()
            _write_text(self._staging / _RUN, json.dumps(run, indent=2, ensure_ascii=False, default=str) + "\n")

    def publish(self) -> dict[str, Any]:
        """Give the parts their places; to be done again if it was interrupted. Returns what run.json says."""
        run, rejected = self._folder / _RUN, self._staging / _REJECTED
        with _explained(self._folder):
            # Without it this is no score folder: nobody reads old tables beside new ones.
            run.unlink(missing_ok=True)
            for name in TABLES:
                parts = self._staging / name
                files = list(parts.iterdir())
                # None are left of what has its place already; what is small is one file.
                if files:
                    _remove(self._folder / f"{name}.parquet")
                    (files[0] if len(files) == 1 else parts).rename(self._folder / f"{name}.parquet")
            _remove(self._folder / _REJECTED)
            if rejected.stat().st_size:
                shutil.copyfile(rejected, self._folder / _REJECTED)
            (self._staging / _RUN).replace(run)
            shutil.rmtree(self._staging)
            said: dict[str, Any] = read_json(run)
            return said

    def tidy(self) -> None:
        """Leave nothing behind of a run that wrote nothing."""
        if not self.complete and not any(self._staging.glob("*/*")):
            shutil.rmtree(self._staging, ignore_errors=True)

    def _path(self, name: str, number: int) -> Path:
        return self._staging / name / f"part-{number:06}.parquet"

    def _sum(self, name: str, figure: pl.Expr) -> int:
        return sum(scan_parquet(path).select(figure).collect().item() for path in self._files(name))

    def _files(self, name: str) -> list[Path]:
        return sorted((self._staging / name).iterdir())

    def _give_one_schema(self) -> None:
        """The user's columns may be numbers in one part and words in another: all get the kind that holds both."""
        schemas = {path: scan_parquet(path).collect_schema() for path in self._files("articles")}
        common = pl.concat([pl.DataFrame(schema=schema) for schema in schemas.values()], how="diagonal_relaxed").schema
        for path, schema in schemas.items():
            if schema != common:
                missing = [pl.lit(None, kind).alias(name) for name, kind in common.items() if name not in schema]
                table = read_parquet(path).with_columns(missing).cast(common).select(list(common))
                with _renamed(path) as temporary:
                    table.write_parquet(temporary)


def _refuse_others(folder: Path, plan: Mapping[str, Any]) -> None:
    """A run that was stopped has been allowed to replace what stands there when it began."""
    run = folder / _RUN
    if not run.exists() or _read(folder / _STAGING / _PLAN) == (written := _write_plan(plan)):
        return
    try:
        before = read_json(run)
    except FramingError:
        before = None
    if not isinstance(before, dict):
        raise FramingError("holds scores whose run.json is damaged, and they would be replaced", folder, _ASK)
    now = parse_json(written, run)
    if differing := [name for name in now if name not in _INCIDENTAL and _gist(now, name) != _gist(before, name)]:
        when = f"{datetime.fromtimestamp(run.stat().st_mtime):%Y-%m-%d %H:%M}"
        rows = before.get("rows_out")
        what = f"{count(rows, 'article') if isinstance(rows, int) else 'some articles'}, scored by model {str(before.get('model'))[:12]}, {when}"
        raise FramingError(
            f"holds the scores of another run, which differs in {' and '.join(differing)} ({what}); they would be replaced", folder, _ASK
        )


def _gist(run: Mapping[str, Any], name: str) -> Any:
    # A file that was moved is the same file.
    found = run.get(name)
    return sorted(map(str, found.values())) if name == "inputs" and isinstance(found, dict) else found


def _write_plan(plan: Mapping[str, Any]) -> str:
    return json.dumps(plan, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> str | None:
    """The text; None if there is none, or it is damaged."""
    try:
        return read_text(path)
    except (FileNotFoundError, FramingError):
        return None


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise unwritable(error, folder, "what is done is kept, and the same command goes on from there") from error


@contextmanager
def _renamed(path: Path) -> Iterator[Path]:
    """A name to write to, which becomes `path` when that is done."""
    temporary = path.with_name(f".{secrets.token_hex(4)}-{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_text(path: Path, text: str) -> None:
    with _renamed(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
