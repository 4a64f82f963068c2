"""A score folder that is written part by part: whole or not there, whatever stops a run and whenever."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from classifiers.scoring.checkpoints import TABLES, open_parts
from classifiers.scoring.tables import Scores
from schemas.errors import FramingError
from schemas.tables import ScoredSentences, ScoredSpans

PLAN = {"model": "f" * 64, "inputs": {"news.jsonl": "a" * 64}}
OTHER = PLAN | {"model": "e" * 64}
ASIDE = [{"reason": "no text", "row": {"where": "news.jsonl, row 3"}}]
# Whatever changes a folder goes through one of these.
STEPS = ((os, "rename"), (os, "replace"), (os, "unlink"), (os, "rmdir"), (shutil, "copyfile"))
HOLD = """import sys; from pathlib import Path; from classifiers.scoring.checkpoints import open_parts
with open_parts(Path(sys.argv[1]), {}): print("held", flush=True); sys.stdin.read()"""


def scores_of(number: int, **own: object) -> Scores:
    """The scores of a part of one article, with a span and a sentence."""
    name = f"a{number}"
    span = {"article_id": name, "label": "Loud", "part": "text", "start": 0, "end": 3, "text": "yes", "probability": 0.5, "voice": "narrator"}
    span["speaker"] = None
    return Scores(
        pl.DataFrame([{"article_id": name, "tokens": number, "unpaired_marks": number % 2, **own}]),
        pl.DataFrame([span], schema=dict(ScoredSpans.create_empty().schema)),
        pl.DataFrame([{name: span[name] for name in ScoredSentences.columns()}], schema=dict(ScoredSentences.create_empty().schema)),
    )


def run(folder: Path, count: int, plan: dict[str, Any] = PLAN) -> list[int]:
    """A run of so many parts to its end, whatever was there. Returns the numbers of those that it had to write."""
    written = []
    with open_parts(folder, plan, replace=True) as parts:
        if not parts.complete:
            parts.reject(ASIDE)
            for number in range(count):
                if not parts.has(number):
                    # Of the user's column, every other part thinks it a number.
                    parts.write(number, scores_of(number, ward=number if number % 2 else f"ward {number}"))
                    written.append(number)
            parts.finish({**plan, "parts": count})
        assert parts.publish()["parts"] == count
    return written


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def stepping(before: Callable[[int], object]) -> Iterator[None]:
    """Tell `before` the number of each change to a folder, just before it is made."""
    count, busy = 0, False

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            nonlocal count, busy
            if not busy:
                count, busy = count + 1, True
                try:
                    before(count)
                finally:
                    busy = False
            return function(*args, **kwargs)

        return watched

    with pytest.MonkeyPatch.context() as patch:
        for module, name in STEPS:
            patch.setattr(module, name, watch(getattr(module, name)))
        yield


def test_parts_take_their_places_and_nothing_else_is_left(tmp_path: Path) -> None:
    run(tmp_path / "new" / "scores", 2)
    scores = tmp_path / "new" / "scores"
    assert sorted(path.name for path in scores.iterdir()) == ["articles.parquet", "rejected.jsonl", "run.json", "sentences.parquet", "spans.parquet"]
    assert pl.read_parquet(scores / "articles.parquet")["article_id"].to_list() == ["a0", "a1"]
    assert json.loads((scores / "rejected.jsonl").read_text(encoding="utf-8")) == ASIDE[0]
    assert json.loads((scores / "run.json").read_text(encoding="utf-8")) == {**PLAN, "parts": 2}


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (1, 1), (3, 2)])
def test_one_part_becomes_a_file_and_several_a_folder_of_that_name(tmp_path: Path, before: int, after: int) -> None:
    for count in (before, after):
        run(tmp_path, count)
        for name in TABLES:
            path = tmp_path / f"{name}.parquet"
            assert path.is_dir() == (count > 1)
            assert pl.read_parquet(path)["article_id"].to_list() == [f"a{i}" for i in range(count)]


def test_what_was_set_aside_is_said_anew_by_each_run(tmp_path: Path) -> None:
    with open_parts(tmp_path, PLAN) as parts:
        parts.reject(ASIDE)
        parts.write(0, scores_of(0))
    run(tmp_path, 1)
    assert (tmp_path / "rejected.jsonl").read_text(encoding="utf-8").count("\n") == 1
    with open_parts(tmp_path, OTHER, replace=True) as parts:
        parts.write(0, scores_of(0))
        parts.finish({})
        parts.publish()
    assert not (tmp_path / "rejected.jsonl").exists()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("damage", ["gone", "empty", "cut"])
def test_a_part_is_whole_or_not_there(tmp_path: Path, table: str, damage: str) -> None:
    with open_parts(tmp_path, PLAN) as parts:
        parts.write(0, scores_of(0))
        parts.write(1, scores_of(1))
        path = tmp_path / ".scoring" / table / "part-000001.parquet"
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"")
        if damage == "gone":
            path.unlink()
        assert (parts.has(0), parts.has(1), parts.has(2)) == (True, False, False)
    assert run(tmp_path, 3) == [1, 2]


@pytest.mark.parametrize("table", [0, 1, 2])
def test_a_full_disk_is_one_line_and_leaves_no_part_and_a_later_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: int) -> None:
    written: list[Path] = []

    def fill(self: pl.DataFrame, path: Path) -> None:
        path.write_bytes(b"PAR1 some of it")
        written.append(path)
        if len(written) > table:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with open_parts(tmp_path, PLAN) as parts:
        parts.write(0, scores_of(0))
        with monkeypatch.context() as patch:
            patch.setattr(pl.DataFrame, "write_parquet", fill)
            with pytest.raises(FramingError, match=r"No space left on device\); what is done is kept") as caught:
                parts.write(1, scores_of(1))
        assert caught.value.where == str(tmp_path)
        assert not parts.has(1)
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".") and path.name != ".scoring"]
    assert run(tmp_path, 2) == [1]


def test_leftovers_of_a_write_that_was_killed_are_cleared(tmp_path: Path) -> None:
    with open_parts(tmp_path, PLAN) as parts:
        parts.write(0, scores_of(0))
    for name in TABLES:
        (tmp_path / ".scoring" / name / ".0123abcd-part-000001.parquet").write_bytes(b"PAR1")
    (tmp_path / ".scoring" / ".0123abcd-run.json").write_text("{", encoding="utf-8")
    assert run(tmp_path, 2) == [1]
    assert sorted(path.name for path in (tmp_path / "articles.parquet").iterdir()) == ["part-000000.parquet", "part-000001.parquet"]


def test_the_same_plan_goes_on_and_another_starts_afresh(tmp_path: Path) -> None:
    with open_parts(tmp_path, PLAN) as parts:
        assert (parts.resumed, parts.afresh) == (False, False)
        parts.write(0, scores_of(0))
    with open_parts(tmp_path, PLAN) as parts:
        assert (parts.resumed, parts.afresh, parts.has(0)) == (True, False, True)
    with open_parts(tmp_path, OTHER) as parts:
        assert (parts.resumed, parts.afresh, parts.has(0)) == (False, True, False)


def test_what_stood_in_the_folder_before_stays_until_the_end(tmp_path: Path) -> None:
    run(tmp_path, 2)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    before = contents(tmp_path)
    with open_parts(tmp_path, OTHER, replace=True) as parts:
        for number in range(4):
            parts.write(number, scores_of(number))
        parts.finish({"parts": 4})
        assert {name: content for name, content in contents(tmp_path).items() if ".scoring" not in name} == before
        assert parts.count() == (4, 4, 2)
        parts.publish()
    assert pl.read_parquet(tmp_path / "articles.parquet").height == 4
    assert (tmp_path / "notes.txt").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_killed_at_any_of_its_last_steps_a_run_ends_in_the_same_bytes_when_it_is_run_again(tmp_path: Path, count: int) -> None:
    """What a kill leaves is the folder as it is at that moment."""
    folder, states = tmp_path / "scores", tmp_path / "states"
    run(folder, 4 - count, OTHER)
    with stepping(lambda step: shutil.copytree(folder, states / f"{step:03}")):
        run(folder, count)
    expected = contents(folder)
    assert len(list(states.iterdir())) > 10
    for state in sorted(states.iterdir()):
        run(state, count)
        assert contents(state) == expected, state


@pytest.mark.parametrize("count", [1, 3])
def test_failing_at_any_of_its_last_steps_a_run_ends_in_the_same_bytes_when_it_is_run_again(tmp_path: Path, count: int) -> None:
    run(tmp_path / "expected", count)
    expected, steps = contents(tmp_path / "expected"), 0

    def fail(step: int) -> None:
        nonlocal steps
        steps = max(steps, step)
        if step == failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    failing = 0
    while failing <= steps:
        failing, folder = failing + 1, tmp_path / f"step {failing + 1}"
        run(folder, 4 - count, OTHER)
        with open_parts(folder, PLAN, replace=True) as parts:
            parts.write(0, scores_of(0, ward="ward 0"))
        with suppress(FramingError), stepping(fail):
            run(folder, count)
        run(folder, count)
        assert contents(folder) == expected, f"step {failing}"
    assert steps > 10


@pytest.mark.parametrize(
    ("column", "kind", "expected"),
    [
        ([7, "harbour"], pl.String, ["7", "harbour"]),
        ([7, 2.5, ...], pl.Float64, [7.0, 2.5, None]),
        ([..., None, 7], pl.Int64, [None, None, 7]),
        ([1, 2.5, "x", None, True], pl.String, ["1", "2.5", "x", None, "true"]),
    ],
)
def test_a_column_of_different_kinds_or_missing_in_a_part_has_one_kind_in_all(
    tmp_path: Path, column: list[object], kind: pl.DataType, expected: list[object]
) -> None:
    with open_parts(tmp_path, PLAN) as parts:
        for number, value in enumerate(column):
            parts.write(number, scores_of(number) if value is ... else scores_of(number, ward=value))
        parts.finish({})
        parts.publish()
    assert {pl.read_parquet_schema(path)["ward"] for path in (tmp_path / "articles.parquet").iterdir()} == {kind}
    assert pl.read_parquet(tmp_path / "articles.parquet").drop("unpaired_marks").rows() == [(f"a{i}", i, value) for i, value in enumerate(expected)]


def test_a_dataset_folder_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    scores_of(0).articles.write_parquet(tmp_path / "articles.parquet")
    before = contents(tmp_path)
    with pytest.raises(FramingError, match="scores would take their place"), open_parts(tmp_path, PLAN):
        pass
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["articles.parquet"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_a_second_run_at_the_same_time_is_refused_and_one_after_it_is_not(tmp_path: Path) -> None:
    with open_parts(tmp_path, {}) as parts:
        parts.write(0, scores_of(0))
    before = contents(tmp_path)
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FramingError, match="is being written by another run"), open_parts(tmp_path, OTHER):
            pass
        assert contents(tmp_path) == before
    finally:
        holder.kill()
        holder.communicate()
    assert run(tmp_path, 2, {}) == [1]


@pytest.mark.parametrize("parts_before", [0, 2])
def test_nothing_is_left_of_a_run_that_wrote_nothing(tmp_path: Path, parts_before: int) -> None:
    folder = tmp_path / "scores"
    if parts_before:
        run(folder, parts_before)
    before = contents(tmp_path)
    with suppress(ZeroDivisionError), open_parts(folder, OTHER, replace=True) as parts:
        parts.reject(ASIDE)
        raise ZeroDivisionError
    assert contents(tmp_path) == before
    assert folder.exists() == (parts_before > 0)
    assert not (folder / ".scoring").exists()


@pytest.mark.parametrize(
    "place", ["file", "file/below", pytest.param("/proc/scores", marks=pytest.mark.skipif(sys.platform != "linux", reason="no /proc"))]
)
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(FramingError) as caught, open_parts(tmp_path / place, PLAN):
        pass
    assert caught.value.where == str(tmp_path / place)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model": "e" * 64}, "differs in model"),
        ({"inputs": {"/news.jsonl": "f" * 64}}, "differs in inputs"),
        ({"any_language": True}, "differs in any_language"),
    ],
)
def test_scores_of_another_run_are_replaced_only_when_asked(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    run(tmp_path, 2)
    before = contents(tmp_path)
    with pytest.raises(FramingError, match=named) as caught, open_parts(tmp_path, PLAN | change):
        pass
    assert "scored by model ffffffffffff, 20" in str(caught.value)
    assert contents(tmp_path) == before
    assert run(tmp_path, 2, PLAN | change) == [0, 1]


def test_a_run_that_was_allowed_to_replace_others_and_was_stopped_is_not_asked_again(tmp_path: Path) -> None:
    run(tmp_path, 2)
    with open_parts(tmp_path, OTHER, replace=True) as parts:
        parts.write(0, scores_of(0))
    with open_parts(tmp_path, OTHER) as parts:
        assert parts.resumed


def test_the_same_files_elsewhere_and_another_version_are_the_same_run(tmp_path: Path) -> None:
    run(tmp_path, 1)
    moved = {"/elsewhere/" + name: digest for name, digest in PLAN["inputs"].items()}
    with open_parts(tmp_path, PLAN | {"inputs": moved, "versions": {"polars": "9"}, "part_characters": 5}) as parts:
        assert not parts.resumed


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", "[" * 100_000])
def test_scores_whose_run_json_is_damaged_are_replaced_only_when_asked(tmp_path: Path, text: str) -> None:
    run(tmp_path, 1)
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(FramingError, match=r"run\.json is damaged"), open_parts(tmp_path, OTHER):
        pass
    assert run(tmp_path, 1, OTHER) == [0]
