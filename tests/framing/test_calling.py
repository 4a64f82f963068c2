"""The command is named as whoever reads the line can type it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from framing.calling import BY_UV_RUN, name_command


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command on the path."""
    monkeypatch.delenv(BY_UV_RUN, raising=False)
    command = tmp_path / "bin" / "framing"
    command.parent.mkdir()
    command.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(command.parent))
    return command


def test_an_installed_tool_is_called_by_its_name(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(installed)])
    assert name_command() == "framing"


def test_in_a_clone_uv_finds_it(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(installed)])
    monkeypatch.setenv(BY_UV_RUN, "1")
    assert name_command() == "uv run framing"


def test_a_command_that_no_path_leads_to_is_called_by_its_place(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "my env" / "framing"
    other.parent.mkdir()
    other.touch()
    monkeypatch.setattr(sys, "argv", [str(other)])
    assert name_command() == f"'{other}'"
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "framing" / "__main__.py")])
    assert name_command() == f"{sys.executable} -m framing"
