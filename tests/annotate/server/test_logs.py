"""Logs do not grow for ever."""

from __future__ import annotations

import stat
from pathlib import Path

from annotate.server.logs import trim_log


def test_a_long_log_is_begun_anew_while_it_is_written_and_its_end_stays_beside_it(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"an old line\n" * 10)
        assert not trim_log(log, 200)
        assert trim_log(log, 100)
        writer.write(b"a new line\n")
    assert log.read_bytes() == b"a new line\n"
    assert (tmp_path / "server.log.1").read_bytes() == b"an old line\n" * 10
    assert stat.S_IMODE((tmp_path / "server.log.1").stat().st_mode) == 0o600


def test_a_log_that_is_not_there_is_left_alone(tmp_path: Path) -> None:
    assert not trim_log(tmp_path / "server.log", 0)
