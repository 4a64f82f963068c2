"""Files are whole or not there, also when the disk is full or the process is killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from schemas.errors import FramingError
from schemas.files import ABANDONED_SECONDS, digest_file, digest_text, replace_file, replace_files

# Run in a process of its own: from here on no file can grow beyond 20 kB, as on a full disk.
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from schemas.errors import FramingError
from schemas.files import replace_file, replace_files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
folder = Path(sys.argv[1])
try:
    if sys.argv[2] == "folder":
        with replace_files(folder) as staging:
            (staging / "a.txt").write_bytes(b"new")
            (staging / "b.txt").write_bytes(b"x" * 50_000)
    else:
        with replace_file(folder / "b.txt") as path:
            path.write_bytes(b"x" * 50_000)
except FramingError as error:
    print(error)
    sys.exit(3)
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from schemas.files import replace_files
with replace_files(Path(sys.argv[1])) as staging:
    (staging / "a.txt").write_text("new")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files of the user's."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("old a")
    (folder / "b.txt").write_text("old b")
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_staged_files_replace_their_namesakes_and_leave_the_others(folder: Path) -> None:
    with replace_files(folder) as staging:
        (staging / "a.txt").write_text("new a")
        (staging / "deep").mkdir()
        (staging / "deep" / "c.txt").write_text("new c")
        assert (folder / "a.txt").read_text() == "old a"
    assert contents(folder) == {"a.txt": "new a", "b.txt": "old b", "deep/c.txt": "new c"}
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "b.txt", "deep"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_whatever_is_raised_between_staging_and_rename_leaves_the_old_files(folder: Path, error: type[BaseException]) -> None:
    def fail() -> None:
        with replace_files(folder) as staging:
            (staging / "a.txt").write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert contents(folder) == {"a.txt": "old a", "b.txt": "old b"}


def test_a_failed_write_leaves_no_new_folder_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with replace_files(tmp_path / "new") as staging:
            (staging / "a.txt").write_text("half")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_full_disk_is_one_error_and_the_old_files_are_intact(folder: Path, kind: str) -> None:
    done = run(FULL_DISK, folder, kind)
    assert done.returncode == 3, done.stderr
    assert "nothing was changed" in done.stdout
    assert contents(folder) == {"a.txt": "old a", "b.txt": "old b"}


def test_after_a_kill_the_old_files_stand_and_the_next_run_succeeds(folder: Path) -> None:
    assert run(KILLED, folder).returncode == -signal.SIGKILL
    assert (folder / "a.txt").read_text() == "old a"
    with replace_files(folder) as staging:
        (staging / "a.txt").write_text("new a")
    assert (folder / "a.txt").read_text() == "new a"


def test_what_a_killed_run_left_is_removed_a_day_later_and_not_before(folder: Path) -> None:
    run(KILLED, folder)
    (left,) = folder.glob(".partial-*")
    with replace_files(folder):
        pass
    assert left.exists()
    old = time.time() - ABANDONED_SECONDS - 60
    os.utime(left, (old, old))
    with replace_files(folder):
        pass
    assert not left.exists()


def test_a_folder_in_the_place_of_one_file_is_an_error_that_changes_no_other_file(folder: Path) -> None:
    (folder / "b.txt").unlink()
    (folder / "b.txt").mkdir()
    (folder / "b.txt" / "part").write_text("old part")

    def write() -> None:
        with replace_files(folder) as staging:
            (staging / "a.txt").write_text("new a")
            (staging / "b.txt").write_text("new b")

    with pytest.raises(FramingError):
        write()
    assert contents(folder) == {"a.txt": "old a", "b.txt/part": "old part"}


def test_a_file_in_the_place_of_the_folder_is_an_error(folder: Path) -> None:
    for wrong in (folder / "a.txt", folder / "a.txt" / "below"):
        with pytest.raises(FramingError), replace_files(wrong):
            pass
    assert contents(folder) == {"a.txt": "old a", "b.txt": "old b"}


def test_one_file_is_replaced_whole_and_its_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "a.json"
    for content in ("first", "second"):
        with replace_file(path) as temporary:
            temporary.write_text(content)
    assert contents(tmp_path) == {"deep/down/a.json": "second"}


def test_an_error_while_one_file_is_written_leaves_the_old_one(folder: Path) -> None:
    def fail() -> None:
        with replace_file(folder / "a.txt") as temporary:
            temporary.write_text("half")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert contents(folder) == {"a.txt": "old a", "b.txt": "old b"}


def test_one_file_cannot_be_written_over_a_folder(folder: Path) -> None:
    with pytest.raises(FramingError, match="is a folder"), replace_file(folder):
        pass


def test_one_file_cannot_be_written_below_a_file(folder: Path) -> None:
    with pytest.raises(FramingError), replace_file(folder / "a.txt" / "report.html"):
        pass


def test_a_name_that_is_too_long_for_the_disk_is_an_error_of_ours(tmp_path: Path) -> None:
    for replace in (replace_files, replace_file):
        with pytest.raises(FramingError), replace(tmp_path / ("n" * 300)):
            pass


def test_digests_are_sha_256_of_the_utf_8_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("café 🚢", encoding="utf-8")
    assert digest_file(path) == digest_text("café 🚢") == hashlib.sha256("café 🚢".encode()).hexdigest()
