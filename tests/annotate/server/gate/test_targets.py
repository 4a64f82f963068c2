"""An address has one reading, or none."""

from __future__ import annotations

import pytest

from annotate.server.gate.refusals import Refused
from annotate.server.gate.targets import read_target

ODD = (
    *("/api/tasks/1/../2", "/api/./tasks", "/api//tasks", "//elsewhere/api", "/api/tasks%2f1", "/api/%2e%2e/tasks", "/api/..%2ftasks", "/a/%2E./b"),
    *("/api/tasks/1;x=/api", "/api/tasks%3b", "/api/tasks\\1", "/api/tasks%5c1", "/api/tasks%252f1", "/api/tasks%00", "/api/tasks%0d%0aHost:x"),
    *(
        "http://127.0.0.1/api",
        "api/tasks",
        "*",
        "",
        "/api/%zz",
        "/api/%ff",
        "/api/．．/tasks",
        "/api%EF%BC%8Ftasks",
        "/a%E2%80%AEb",
        "/api/tasks/%C0%AE",
    ),
)


@pytest.mark.parametrize("path", ODD)
def test_an_address_that_could_be_read_in_two_ways_is_refused(path: str) -> None:
    with pytest.raises(Refused, match="more than one way"):
        read_target(path.encode(), b"")


@pytest.mark.parametrize(
    ("path", "query", "sent"),
    [
        ("/api/tasks/1/", "project=1", "/api/tasks/1/?project=1"),
        ("/api/t%61sks", "", "/api/tasks"),
        ("/data/upload/3/a%20b.txt", "", "/data/upload/3/a%20b.txt"),
        ("/data/upload/3/%C3%A9.txt", "x=%2F..%2F&y=", "/data/upload/3/%C3%A9.txt?x=%2F..%2F&y="),
    ],
)
def test_what_is_judged_is_what_is_sent(path: str, query: str, sent: str) -> None:
    target = read_target(path.encode(), query.encode())
    assert target.write() == sent
    again = read_target(*(part.encode() for part in (*target.write().split("?"), "")[:2]))
    assert again == target


def test_an_endless_address_is_refused() -> None:
    with pytest.raises(Refused, match="too long"):
        read_target(b"/" + b"a" * 70_000, b"")
