"""How people reach a lab's server, and what is settled before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.server.credentials import write_private
from annotate.server.database import Database, remember_database
from annotate.server.team import EVERYWHERE, Way, gate_runs, is_local, prepare_team, read_way
from schemas.errors import FramingError

HERE = Way("127.0.0.1", 8443, "lab.example.org", "", "")


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://127.0.0.1:8080/user/signup/?token=a", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("https://192.0.2.7:8443", False),
        ("https://localhost.example.org", False),
    ],
)
def test_addresses_of_this_machine_are_told_from_those_that_others_open(address: str, local: bool) -> None:  # noqa: FBT001
    assert is_local(address) is local


@pytest.mark.parametrize(
    ("way", "public", "reachable"),
    [
        (HERE, "https://lab.example.org:8443", False),
        (Way(EVERYWHERE, 443, "lab.example.org", "", ""), "https://lab.example.org", True),
        (Way("::1", 8443, "::1", "", ""), "https://[::1]:8443", False),
        (Way("::", 9000, "2001:db8::7", "", ""), "https://[2001:db8::7]:9000", True),
    ],
)
def test_the_address_that_people_open_follows_from_name_and_port(way: Way, public: str, reachable: bool) -> None:  # noqa: FBT001
    assert (way.public, way.is_reachable) == (public, reachable)


def test_work_that_is_in_sqlite_is_not_left_behind(tmp_path: Path) -> None:
    (tmp_path / "label_studio.sqlite3").touch()
    with pytest.raises(FramingError, match=r"is in SQLite.*framing labelstudio move"):
        prepare_team(tmp_path, None, HERE)


def test_work_that_is_in_another_database_is_not_left_behind(tmp_path: Path) -> None:
    remember_database(Database(tmp_path, "postgresql://ada:secret@127.0.0.1:5432/first"))
    with pytest.raises(FramingError, match=r"the work of this folder is in postgresql://127\.0\.0\.1:5432/first") as refused:
        prepare_team(tmp_path, "postgresql://ada:secret@127.0.0.1:5432/second", HERE)
    assert "secret" not in str(refused.value)


def test_a_damaged_way_is_one_line_and_none_is_none(tmp_path: Path) -> None:
    assert read_way(tmp_path) is None
    assert not gate_runs(tmp_path)
    write_private(tmp_path / "team.json", '{"host": "127.0.0.1"}')
    with pytest.raises(FramingError, match="is damaged"):
        read_way(tmp_path)
