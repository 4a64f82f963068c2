"""A backup is whole or not there, whatever happens while it is taken."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from annotate.server.backups.digests import digest_tables
from annotate.server.backups.envelope import unpack
from annotate.server.backups.folder import find_folder, list_backups
from annotate.server.backups.manifest import SECRETS, read_manifest
from annotate.server.backups.opening import open_store
from annotate.server.backups.proving import prove
from annotate.server.backups.restoring import restore
from annotate.server.backups.taking import take_backup, thin_out
from annotate.server.backups.upgrades import backup_before_upgrade
from annotate.server.backups.versions import record_version, recorded_version
from annotate.server.database import read_database
from annotate.server.embedded import VERSION
from schemas.errors import FramingError

# A backup after the other is begun in a child and killed after a random time; the parent looks at what is left each time.
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from annotate.server.backups.envelope import pack
from annotate.server.backups.folder import list_backups
from annotate.server.backups.manifest import check_files, read_manifest
from annotate.server.backups.sqlite import copy_file
from annotate.server.backups.taking import take_backup
import annotate.server.backups.taking as taking
data, folder = map(Path, sys.argv[1:])
# Two within a second would wait for each other's names.
from datetime import datetime, timedelta, UTC
taking._next_second = lambda folder: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(10**7))
# What is imported to clear away what was left is imported once, and not by each child, which would not come to its backup.
(folder / ".partial-left").mkdir(parents=True)
take_backup(data, folder)
begun = time.perf_counter()
take_backup(data, folder)
took = time.perf_counter() - begun
left = 0
for i in range(20):
    if not (child := os.fork()):
        random.seed(i)
        while True:
            take_backup(data, folder)
    time.sleep(random.Random(i).uniform(0, 2 * took))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    left += any(folder.glob(".partial-*"))
    for backup in list_backups(folder):
        check_files(backup.path, read_manifest(backup.path))
print(left, len(list_backups(folder)))
"""


def test_a_backup_holds_all_but_what_a_server_makes_anew_and_nobody_else_may_read_it(data: Path, tmp_path: Path) -> None:
    (data / "link").symlink_to("/etc/passwd")
    made = take_backup(data, tmp_path / "kept")
    manifest = read_manifest(made)
    assert {path.name for path in made.iterdir()} == {"database.sqlite3", "media", "manifest.json", "secrets.json"}
    assert set(manifest.files) == {"database.sqlite3", "media/upload/1/a.csv", "secrets.json"}
    assert unpack(made / SECRETS, None).keys() == {"credentials.json", "people.json", "ledger/keys.json"}
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (made, *made.glob("*.*"), *made.rglob("*.csv"))} == {0}
    assert (manifest.label_studio, manifest.engine, manifest.tables["task_completion"].rows) == (VERSION, "sqlite", 18)
    assert find_folder(data) == tmp_path / "kept"


def test_two_at_once_wait_for_each_other(data: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        one, other = pool.map(lambda number: take_backup(data, tmp_path / "kept"), range(2))
    assert one != other
    assert [backup.path for backup in list_backups(tmp_path / "kept")] == sorted([one, other])
    assert thin_out(tmp_path / "kept") == 1


def test_a_backup_is_of_one_moment_while_others_write(data: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(data / "label_studio.sqlite3", timeout=30)) as base:
            base.execute("PRAGMA synchronous = OFF")
            while not stop.is_set():
                # Two rows that are only ever there together.
                base.execute("INSERT INTO prediction (task_id) VALUES (1)")
                base.execute("INSERT INTO member (project_id, user_id) SELECT 1, max(id) FROM prediction")
                base.commit()

    with ThreadPoolExecutor() as pool:
        written = pool.submit(write)
        tables = [read_manifest(take_backup(data, tmp_path / f"kept{i}")).tables for i in range(3)]
        stop.set()
        written.result()
    assert {table["prediction"].rows - table["member"].rows for table in tables} == {3}
    assert tables[0] != tables[2]


def test_killed_at_twenty_moments_nothing_half_done_looks_like_a_backup(data: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(data / "label_studio.sqlite3")) as base, base:
        base.executemany("INSERT INTO kinds (id, said) VALUES (?, ?)", [(f"{i:032x}", "word " * 200) for i in range(100, 1500)])
    folder = tmp_path / "kept"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", KILLER, data, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    left, whole = map(int, done.stdout.split())
    assert left > 5
    # Two are there before anybody is killed.
    assert whole > 2
    prove(take_backup(data, folder))
    assert not list(folder.glob(".partial-*"))


@pytest.mark.parametrize("what", ["database", "uploads"])
def test_a_full_disk_is_one_line_and_leaves_nothing(what: str, data: Path, tmp_path: Path) -> None:
    room, before = 40_000, resource.getrlimit(resource.RLIMIT_FSIZE)
    if what == "uploads":
        room = 400_000
        (data / "media" / "large.bin").write_bytes(os.urandom(500_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(FramingError, match=r"kept: cannot write here \(.+\); nothing was left\. Make room"):
            take_backup(data, tmp_path / "kept")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [".lock"]


def test_there_must_be_something_to_back_up_and_a_place_apart_from_it(data: Path, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="no Label Studio has its data here"):
        take_backup(tmp_path / "none", tmp_path / "kept")
    with pytest.raises(FramingError, match="would be lost with it"):
        take_backup(data, data / "kept")
    (data / "label_studio.sqlite3").write_bytes(b"no database, although it is long enough to be one" * 100)
    with pytest.raises(FramingError, match="is damaged, or no SQLite database"):
        take_backup(data, tmp_path / "kept")


def test_another_version_of_label_studio_is_started_after_a_backup_only(data: Path, tmp_path: Path) -> None:
    assert backup_before_upgrade(data) is None
    record_version(data, "1.20.0")
    made = backup_before_upgrade(data)
    assert made is not None
    assert made.parent == tmp_path / "lab-backups"
    assert (read_manifest(made).label_studio, recorded_version(data)) == ("1.20.0", "1.20.0")
    # The later version changes tables; what was before comes back out of the backup, with the version that it is of.
    with open_store(read_database(data), write=True) as store:
        store.change("ALTER TABLE task ADD COLUMN news text")
        store.change("UPDATE prediction SET score = 0")
    record_version(data)
    restore(made, tmp_path / "back")
    with open_store(read_database(tmp_path / "back")) as store:
        assert digest_tables(store) == read_manifest(made).tables
    assert (recorded_version(data), recorded_version(tmp_path / "back")) == (VERSION, "1.20.0")
    record_version(data, "9.0")
    with pytest.raises(FramingError, match=r"was last opened by Label Studio 9\.0, which is later than"):
        backup_before_upgrade(data)
