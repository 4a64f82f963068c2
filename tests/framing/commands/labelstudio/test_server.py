"""What the commands that start and stop a server refuse, before anything is started."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands import catch_fault

URL = "postgresql://lab:a-secret@127.0.0.1:5432/lab"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--database", URL), r"--database: is for a lab's server\. Add --team"),
        (("--name", "lab.example.org"), r"--name: is for a lab's server\. Add --team"),
        (("--team",), "nothing says how people reach this machine"),
        (("--team", "--name", "x", "--key", "a.pem"), "certificate and key go together"),
        (("--team", "--name", "x", "--database", URL, "--print-unit"), r"is not printed, for it holds a password\. Start the server with it once"),
        (("--team", "--name", "x", "--database", URL, "--print-compose"), "the file has a PostgreSQL of its own"),
    ],
)
def test_options_that_do_not_go_together_start_nothing(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    fault = str(catch_fault("labelstudio", "start", "--data", tmp_path / "lab", *words))
    assert re.search(said, fault)
    assert "a-secret" not in fault
    assert not (tmp_path / "lab").exists()
