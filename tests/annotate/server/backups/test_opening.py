"""A folder's own PostgreSQL runs as long as anybody uses it, and no longer."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.server.backups.opening import reachable
from annotate.server.database import Database, connect
from annotate.server.postgres import is_running, make_cluster


@pytest.fixture
def stopped(postgres: None) -> Iterator[Path]:
    """A data folder with a cluster of its own that does not run."""
    with tempfile.TemporaryDirectory(prefix="framing-stopped-") as folder:
        make_cluster(Path(folder))
        yield Path(folder)


def test_two_users_of_a_stopped_one_do_not_cut_each_other_off(stopped: Path) -> None:
    came, may_go, seen = threading.Event(), threading.Event(), []

    def use() -> None:
        with reachable(stopped) as database, reachable(stopped):
            came.set()
            may_go.wait(60)
            seen.append(ask(database))

    other = threading.Thread(target=use)
    with reachable(stopped) as database:
        other.start()
        came.wait(60)
        assert ask(database) == 1
    assert is_running(stopped)
    may_go.set()
    other.join()
    assert seen == [1]
    assert not is_running(stopped)


def ask(database: Database) -> object:
    with connect(database) as connection:
        return connection.run("SELECT 1")[0][0]
