"""Every row goes from SQLite to PostgreSQL, or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotate.server.backups.moving import carry_over, move
from annotate.server.backups.postgresql import open_server
from annotate.server.database import Database, connect, read_database
from schemas.errors import FramingError
from tests.annotate.server.backups.conftest import MOMENT, make_tables


def test_rows_are_carried_over_with_their_numbers_and_counted_on(moved: Path) -> None:
    with connect(read_database(moved)) as connection:
        assert connection.run("SELECT id, email FROM htx_user ORDER BY id") == [[1, "ada@example.com"], [2, "ben@example.com"]]
        assert connection.run("SELECT search_vector::text FROM project WHERE id = 1") == [["'spring':1"]]
        # The 900th was deleted; in PostgreSQL, too, nobody gets its number.
        assert connection.run("INSERT INTO task_completion (was_cancelled, created_at) VALUES (false, now()) RETURNING id") == [[901]]
        assert connection.run("INSERT INTO htx_user (email) VALUES ('cyd@example.com') RETURNING id") == [[3]]
        connection.run("DELETE FROM htx_user WHERE id = 3")
    with open_server(read_database(moved), write=True) as store:
        # Neither does what is put in later, nor does it set the count back.
        assert store.add(store.tables()["htx_user"], [(1, "other@example.com"), (9, "ben@example.com"), (7, "dan@example.com")]) == 1
        assert store.add(store.tables()["task_completion"].only(["id", "was_cancelled", "created_at"]), [(30, False, MOMENT)]) == 1
        assert [store.connection.run(f"SELECT nextval('{name}_id_seq')") for name in ("htx_user", "task_completion")] == [[[8]], [[902]]]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ('UPDATE task SET data = \'{"text": "\\u0000"}\' WHERE id = 2', "the database refused"),
        ("UPDATE task SET project_id = 77 WHERE id = 2", "the database refused"),
        ("INSERT INTO django_migrations VALUES (2, 'tasks', '0002_more', '2026-01-01')", "it has other migrations"),
        ("ALTER TABLE task ADD COLUMN news text", r"task\.news is in one of the two only"),
        ("ALTER TABLE task DROP COLUMN overlap", r"task\.overlap is in one of the two only"),
    ],
)
def test_what_postgresql_cannot_hold_changes_nothing(fault: str, said: str, data: Path, make_database: Callable[[], Database]) -> None:
    target = make_database()
    with connect(target) as connection:
        connection.run(make_tables("postgresql"))
        connection.run("INSERT INTO django_migrations VALUES (1, 'tasks', '0001_initial', :moment)", moment=MOMENT)
        connection.run("INSERT INTO htx_user VALUES (5, 'made@example.com')")
    with closing(sqlite3.connect(data / "label_studio.sqlite3")) as base, base:
        base.execute(fault)
    with pytest.raises(FramingError, match=said):
        carry_over(data / "label_studio.sqlite3", target)
    with open_server(target) as store:
        assert list(store.read(store.tables()["htx_user"])) == [(5, "made@example.com")]


def test_a_server_is_moved_once_and_into_an_empty_database(moved: Path, tmp_path: Path) -> None:
    filled = read_database(moved).url or ""
    with pytest.raises(FramingError, match="is where this server's data is already"):
        move(moved, filled)
    (moved / "database.json").unlink()
    with pytest.raises(FramingError, match=r"is not empty \(it has 9 tables\)"):
        move(moved, filled)
    with pytest.raises(FramingError, match="no Label Studio has its data here"):
        move(tmp_path / "none", filled)
    assert read_database(moved).url is None
