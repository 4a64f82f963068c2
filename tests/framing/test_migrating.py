"""A dataset folder moves to a changed codebook whole, whenever it is interrupted, and keeps what it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.gold.adjudication import adjudicate
from framing.migrating import Migrated, Migration
from schemas.codebook import Codebook
from schemas.coders import Coder, Coders, read_coders, write_coders
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError

ROOT = Path(__file__).parents[2]
TEXT = "The reckless zealots 🚢 sank the old port."
MOVED = ("annotations.parquet", "codebook.toml", "gold.parquet")
HOME = "history/migration-1.0.0-to-2.0.0"
# Run in a process of its own, which is killed when it is about to rename its n-th file.
KILLED = """
import os, signal, sys
from pathlib import Path
from framing.migrating import Migration
from schemas.codebook import load_codebook
rename, left = Path.replace, int(sys.argv[1])
def replace(self, target):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return rename(self, target)
Path.replace = replace
Migration(Path(sys.argv[2]), load_codebook(sys.argv[3]), None, ["Loaded=Judging"], [], [], ["Name", "bias.no"]).apply()
"""
# The same, on a disk that is full when all is moved and the audit is to be written.
FULL = """
import resource, signal, sys
from pathlib import Path
from framing.migrating import Migration
from schemas.codebook import load_codebook
from schemas.errors import FramingError
finish = Migration._finish
def fill(self):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    return finish(self)
Migration._finish = fill
try:
    Migration(Path(sys.argv[1]), load_codebook(sys.argv[2]), None, ["Loaded=Judging"], [], [], ["Name", "bias.no"]).apply()
except FramingError as error:
    print(error)
"""


def codebook(version: str, labels: Sequence[str], values: Sequence[str]) -> Codebook:
    facts = {"name": "harbour", "version": version, "title": "Harbour", "description": "For tests.", "instructions": "Tag."}
    tags = [{"name": name, "definition": "For tests.", "colour": "#112233"} for name in labels]
    answers = [{"name": name, "definition": "For tests."} for name in values]
    question = {"name": "bias", "prompt": "Is it?", "choice": "single", "values": answers}
    return Codebook.model_validate(facts | {"labels": tags, "questions": [question]})


OLD = codebook("1.0.0", ["Loaded", "Name"], ["yes", "no"])
NEW = codebook("2.0.0", ["Judging"], ["yes", "perhaps"])


def span(annotator: str, label: str, quote: str) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"article_id": "a", "annotator": annotator, "label": label, "start": start, "end": start + len(quote), "quote": quote, "value": None}


def answer(annotator: str, value: str) -> dict[str, Any]:
    return {"article_id": "a", "annotator": annotator, "label": "bias", "start": None, "end": None, "quote": None, "value": value}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ada and Ben agree on a loaded word, a name and an answer; what Cyd marked will be dropped."""
    rows = [mark for name in ("ada", "ben") for mark in (span(name, "Loaded", "reckless"), span(name, "Name", "zealots 🚢"), answer(name, "yes"))]
    rows += [span("cyd", "Name", "port"), answer("cyd", "no")]
    annotations = pl.DataFrame(rows, infer_schema_length=None).with_columns(origin=pl.lit("manual"), ward=pl.lit("north"))
    articles = pl.DataFrame({"article_id": ["a", "b"], "text": [TEXT, "Nobody read this."]})
    dataset = Dataset(articles, annotations, None, OLD, [{"reason": "no such label", "row": {"task": 7}}])
    written = write_dataset(tmp_path / "d", dataset)
    write_dataset(tmp_path / "d", Dataset(articles, written.annotations, adjudicate(written), OLD, written.rejected))
    (tmp_path / "new.toml").write_text(NEW.to_toml(), encoding="utf-8")
    return tmp_path / "d"


def prepare(folder: Path, *, new: Codebook = NEW, drops: Sequence[str] = ("Name", "bias.no")) -> Migration:
    return Migration(folder, new, None, ["Loaded=Judging"], [], [], drops)


def migrate(folder: Path) -> Migrated:
    return prepare(folder).apply()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def tables(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in contents(folder).items() if name in (*MOVED, "articles.parquet", "rejected.jsonl")}


def audit_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / HOME / "audit.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def finished(folder: Path) -> Path:
    """The same folder, moved without an interruption."""
    shutil.copytree(folder, folder.with_name("finished"))
    migrate(folder.with_name("finished"))
    return folder.with_name("finished")


def test_the_work_of_coders_moves_along_each_run_by_itself(folder: Path) -> None:
    dataset = read_dataset(folder)
    marks = [span("echo", "Loaded", "reckless"), span("echo", "Name", "port"), answer("echo", "no"), span("echo", "Name", "port") | {"run": 2}]
    rows = pl.DataFrame([{"run": 1, "origin": "import"} | mark for mark in marks], infer_schema_length=None)
    write_coders(folder, dataset, Coders(rows, {"echo": Coder(name="echo")}))
    migrate(folder)
    found = read_coders(folder, read_dataset(folder))
    assert found is not None
    assert found.rows.select("label", "quote", "run").rows() == [("Judging", "reckless", 1), (None, None, 2)]
    assert [row["run"] for row in audit_of(folder) if row["annotator"] == "echo"] == [1, 1, 1, 2]
    assert (folder / HOME / "coders.parquet").exists()


def test_annotations_and_gold_move_together_and_every_row_that_changed_is_in_the_audit_once(folder: Path) -> None:
    before = contents(folder)
    assert prepare(folder).describe() == [
        "harbour 1.0.0 -> harbour 2.0.0",
        "Loaded -> Judging: 3 rows",
        "drop Name: 4 rows",
        "drop bias.no: 1 row",
        "bias.perhaps is new",
    ]
    assert contents(folder) == before
    done = migrate(folder)
    moved = read_dataset(folder)
    assert moved.codebook == NEW
    assert moved.require_annotations("test").select("annotator", "label", "quote", "value", "ward").rows() == [
        ("ada", "Judging", "reckless", None, "north"),
        ("ada", "bias", None, "yes", "north"),
        ("ben", "Judging", "reckless", None, "north"),
        ("ben", "bias", None, "yes", "north"),
        ("cyd", None, None, None, "north"),
    ]
    assert moved.require_gold("test").select("label", "quote", "value").rows() == [("Judging", "reckless", None), ("bias", None, "yes")]
    assert moved.rejected == [{"reason": "no such label", "row": {"task": 7}}]
    rows = [(row["annotator"], row["quote"] or row["value"], row["label"], row["label_after"]) for row in audit_of(folder)]
    assert sorted(rows) == [
        ("ada", "reckless", "Loaded", "Judging"),
        ("ada", "zealots 🚢", "Name", None),
        ("ben", "reckless", "Loaded", "Judging"),
        ("ben", "zealots 🚢", "Name", None),
        ("cyd", "no", "bias", None),
        ("cyd", "port", "Name", None),
        ("gold", "reckless", "Loaded", "Judging"),
        ("gold", "zealots 🚢", "Name", None),
    ]
    assert done == Migrated(8, 0, folder / HOME / "audit.jsonl")


def test_what_was_there_before_is_kept_in_the_history(folder: Path) -> None:
    before = contents(folder)
    migrate(folder)
    after = contents(folder)
    assert {name: after[f"{HOME}/{name}"] for name in MOVED} == {name: before[name] for name in MOVED}
    assert {name: after[name] for name in ("articles.parquet", "rejected.jsonl")} == {
        name: before[name] for name in ("articles.parquet", "rejected.jsonl")
    }


@pytest.mark.parametrize("age", [-60, 60])
def test_gold_that_was_older_than_the_annotations_still_is_and_no_other(folder: Path, age: int) -> None:
    """Also where no row of gold moves."""
    changed = (folder / "annotations.parquet").stat().st_mtime
    os.utime(folder / "gold.parquet", (changed + age, changed + age))
    for version, renames, drops in (("2.0.0", [], ["bias.no"]), ("3.0.0", ["Loaded=Judging"], [])):
        new = codebook(version, ["Judging", "Loaded", "Name"], ["yes", "perhaps"])
        Migration(folder, new, None, renames, [], [], drops).apply()
        older = (folder / "gold.parquet").stat().st_mtime_ns < (folder / "annotations.parquet").stat().st_mtime_ns
        assert older == (age < 0)


def test_a_second_run_says_the_same_and_changes_no_byte(folder: Path) -> None:
    first = migrate(folder)
    before = contents(folder)
    again = prepare(folder)
    assert again.apply() == first
    assert again.describe()[1] == "Loaded -> Judging: 0 rows"
    assert contents(folder) == before


def test_rows_to_review_are_counted(folder: Path) -> None:
    new = codebook("2.0.0", ["Praise", "Blame"], ["yes", "no"])
    done = Migration(folder, new, None, [], [], ["Loaded=Blame,Praise"], ["Name"]).apply()
    assert (done.rows, done.reviews) == (7, 3)
    assert [row["review"] for row in audit_of(folder) if row["label"] == "Loaded"] == [["Blame", "Praise"]] * 3


def test_a_plan_that_would_leave_orphans_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(FramingError, match=r"3 rows have Name"):
        prepare(folder, drops=["bias.no"])
    assert contents(folder) == before


@pytest.mark.parametrize("moved", [names for size in range(4) for names in combinations(MOVED, size)], ids="+".join)
@pytest.mark.parametrize(
    "line", ["", '{"article_id": "a", "annotator": "ada", "quote": "zealots 🚢'], ids=["audit cut nowhere", "audit cut in a character"]
)
def test_a_folder_that_was_left_half_moved_is_finished(folder: Path, finished: Path, moved: tuple[str, ...], line: str) -> None:
    """Whichever of the files have been renamed; the audit, which was whole by then, may have a cut line of an earlier stop."""
    shutil.copytree(finished / HOME, folder / HOME)
    whole = (folder / HOME / "audit.jsonl").read_bytes()
    (folder / HOME / "audit.jsonl").unlink()
    (folder / HOME / "audit.partial.jsonl").write_bytes(line.encode()[:-2] + b"\n" + whole)
    for name in moved:
        shutil.copyfile(finished / name, folder / name)
    assert migrate(folder).rows == 8
    assert contents(folder) == contents(finished)


def test_a_stop_while_the_audit_was_being_written_is_finished(folder: Path, finished: Path) -> None:
    shutil.copytree(finished / HOME, folder / HOME)
    whole = (folder / HOME / "audit.jsonl").read_bytes()
    (folder / HOME / "audit.jsonl").unlink()
    for length in (0, len(whole) // 2, whole.index("🚢".encode()) + 1, len(whole) - 1):
        again = folder.with_name(f"cut after {length}")
        shutil.copytree(folder, again)
        (again / HOME / "audit.partial.jsonl").write_bytes(b"\n" + whole[:length])
        assert migrate(again).rows == 8
        assert contents(again) == contents(finished)


def test_killed_before_any_of_its_renames_it_is_finished_by_running_it_again(folder: Path, finished: Path) -> None:
    for number in range(20):
        again = folder.with_name(f"killed {number}")
        shutil.copytree(folder, again)
        arguments = [sys.executable, "-c", KILLED, str(number), str(again), str(folder.with_name("new.toml"))]
        killed = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
        if killed.returncode == 0:
            break
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert migrate(again).rows == 8
        assert tables(again) == tables(finished)
        assert {name: content for name, content in contents(again / HOME).items() if ".partial-" not in name} == contents(finished / HOME)
    # The copies and the plan, the tables and the codebook, the audit.
    assert number == 4 + 3 + 1


def test_one_that_was_begun_is_finished_before_another_begins(folder: Path, finished: Path) -> None:
    shutil.copytree(finished / HOME, folder / HOME)
    (folder / HOME / "audit.jsonl").unlink()
    before = contents(folder)
    with pytest.raises(FramingError, match=r"to harbour 2\.0\.0 was begun with other moves \(Loaded -> Judging; drop Name; drop bias\.no\)"):
        prepare(folder, drops=["Name", "bias"])
    with pytest.raises(FramingError, match=r"to harbour 2\.0\.0 was begun \(Loaded -> Judging; .*Finish that one first"):
        prepare(folder, new=codebook("3.0.0", ["Judging"], ["yes", "perhaps"]))
    assert contents(folder) == before


def test_one_that_was_begun_is_not_taken_for_the_one_that_brought_the_folder_here(folder: Path) -> None:
    migrate(folder)
    third = codebook("3.0.0", ["Judging"], ["yes", "perhaps"])
    Migration(folder, third, None, [], [], [], []).apply()
    (folder / "history/migration-2.0.0-to-3.0.0/audit.jsonl").unlink()
    shutil.copyfile(folder / "history/migration-2.0.0-to-3.0.0/codebook.toml", folder / "codebook.toml")
    with pytest.raises(FramingError, match=r"to harbour 3\.0\.0 was begun"):
        prepare(folder)


def test_other_moves_to_the_codebook_that_is_there_are_refused(folder: Path) -> None:
    migrate(folder)
    with pytest.raises(FramingError, match="with other moves"):
        prepare(folder, drops=["Name", "bias"])


def test_a_damaged_plan_is_an_error_that_names_it(folder: Path) -> None:
    migrate(folder)
    (folder / HOME / "plan.json").write_text('{"old": 1}', encoding="utf-8")
    with pytest.raises(FramingError, match=r"plan\.json: is damaged"):
        prepare(folder)


def test_a_folder_that_was_put_back_by_hand_can_be_moved_otherwise_and_both_audits_are_kept(folder: Path) -> None:
    migrate(folder)
    first = contents(folder / HOME)
    for name in MOVED:
        shutil.copyfile(folder / HOME / name, folder / name)
    new = codebook("2.0.0", ["Judging", "Name"], ["yes", "perhaps"])
    done = Migration(folder, new, None, ["Loaded=Judging"], [], [], ["bias.no"]).apply()
    assert (done.rows, done.audit.parent.name) == (4, "migration-1.0.0-to-2.0.0-2")
    assert contents(folder / HOME) == first
    assert read_dataset(folder).codebook == new


def test_a_dataset_without_annotations_moves_its_gold_and_one_without_either_its_codebook(folder: Path) -> None:
    (folder / "annotations.parquet").unlink()
    bare = folder.with_name("bare")
    shutil.copytree(folder, bare)
    (bare / "gold.parquet").unlink()
    assert (migrate(folder).rows, migrate(bare).rows) == (2, 0)
    assert (read_dataset(folder).codebook, read_dataset(bare).codebook) == (NEW, NEW)
    assert read_dataset(folder).require_gold("test")["label"].to_list() == ["Judging", "bias"]


def test_a_folder_without_a_codebook_has_nothing_to_move_from(tmp_path: Path) -> None:
    write_dataset(tmp_path, Dataset(pl.DataFrame({"article_id": ["a"], "text": [TEXT]})))
    with pytest.raises(FramingError, match=r"has no codebook\.toml"):
        prepare(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_a_disk_that_is_full_when_all_is_moved_is_said_as_it_is_and_the_same_command_finishes(folder: Path, finished: Path) -> None:
    arguments = [sys.executable, "-c", FULL, str(folder), str(folder.with_name("new.toml"))]
    said = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert "the migration was begun" in said
    assert "nothing was changed" not in said
    assert read_dataset(folder).codebook == NEW
    migrate(folder)
    assert sorted(map(str, audit_of(folder))) == sorted(map(str, audit_of(finished)))


def test_a_pipe_or_an_endless_nest_in_the_history_stops_nobody(folder: Path) -> None:
    migrate(folder)
    (folder / HOME / "plan.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(FramingError, match="is damaged"):
        prepare(folder)
    (folder / HOME / "plan.json").unlink()
    os.mkfifo(folder / HOME / "plan.json")
    with pytest.raises(FramingError, match="a device or a pipe"):
        prepare(folder)
