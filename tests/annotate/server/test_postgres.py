"""A PostgreSQL of the toolkit's own, made, started, killed and stopped for real."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from annotate.server.database import Database, read_database
from annotate.server.postgres import check_database, find_program, is_running, make_cluster, start_cluster, stop_cluster
from schemas.errors import FramingError


def connect(database: Database) -> Any:
    from pg8000.native import Connection

    return Connection(**database.parts)


@pytest.fixture(scope="module")
def data(postgres: None) -> Iterator[Path]:
    """A data folder that the database's own user can come to."""
    folder = Path(tempfile.mkdtemp(prefix="framing-test-"))
    folder.chmod(0o711)
    make_cluster(folder)
    yield folder
    stop_cluster(folder)
    shutil.rmtree(folder)


def test_it_holds_what_was_written_after_a_kill_in_mid_write(data: Path) -> None:
    database = start_cluster(read_database(data))
    with connect(database) as connection:
        connection.run("CREATE TABLE kept (word text)")
        connection.run("INSERT INTO kept SELECT 'harbour ' || n FROM generate_series(1, 1000) n")
        connection.run("BEGIN")
        connection.run("INSERT INTO kept SELECT 'lost ' || n FROM generate_series(1, 1000) n")
        os.kill(int((data / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    # The signal is not the death.
    end = time.monotonic() + 20
    while is_running(data) and time.monotonic() < end:
        time.sleep(0.05)
    with connect(start_cluster(read_database(data))) as connection:
        assert connection.run("SELECT count(*), count(*) FILTER (WHERE word LIKE 'lost%') FROM kept") == [[1000, 0]]
    assert stop_cluster(data)
    assert not stop_cluster(data)
    with connect(start_cluster(read_database(data))) as connection:
        assert connection.run("SELECT count(*) FROM kept") == [[1000]]


def test_two_that_start_at_once_take_two_ports(postgres: None) -> None:
    with tempfile.TemporaryDirectory(prefix="framing-test-") as place:
        Path(place).chmod(0o711)
        folders = [Path(place) / name for name in ("one", "other")]
        for folder in folders:
            folder.mkdir(mode=0o711)
        try:
            with ThreadPoolExecutor() as pool:
                ports = [started.parts["port"] for started in pool.map(start_cluster, [make_cluster(folder) for folder in folders])]
            assert ports[0] != ports[1]
        finally:
            for folder in folders:
                stop_cluster(folder)


def test_it_is_started_once_and_lets_nobody_in_without_the_password(data: Path) -> None:
    database = start_cluster(read_database(data))
    assert start_cluster(database) == database
    check_database(database)
    assert str(database.parts["password"]) not in repr(database)
    assert oct((data / "database.json").stat().st_mode)[-3:] == "600"
    wrong = Database(data, str(database.url).replace(str(database.parts["password"]), "guess"))
    with pytest.raises(FramingError, match=r"does not let us in .*password") as refused:
        check_database(wrong)
    assert "guess" not in str(refused.value)


def test_a_cluster_of_another_version_is_not_started(data: Path) -> None:
    database = read_database(data)
    stop_cluster(data)
    version = data / "postgres" / "PG_VERSION"
    before = version.read_text()
    version.write_text("9\n")
    try:
        with pytest.raises(FramingError, match="was made by PostgreSQL 9"):
            start_cluster(database)
    finally:
        version.write_text(before)


def test_a_cluster_whose_password_is_lost_is_not_made_anew_over_it(data: Path) -> None:
    with pytest.raises(FramingError, match=r"database\.json, which knows its password, is not"):
        make_cluster(data)


@pytest.mark.parametrize("url", ["mysql://a:b@h/d", "postgresql://h/d", "postgresql://a:b@h", "postgresql://a:b@h:x/d", "postgresql://a:b@h:70000/d"])
def test_an_address_that_is_none_is_refused_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="is not the address of a PostgreSQL database") as refused:
        check_database(Database(tmp_path, url))
    assert "a:b" not in str(refused.value)


def test_without_postgresql_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("annotate.server.postgres.PLACES", ())
    with pytest.raises(FramingError, match=r"initdb is not on this machine.*Debian's package postgresql"):
        find_program("initdb")
