"""What is printed for systemd and for compose is read there as it was meant."""

from __future__ import annotations

import configparser
import getpass
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
import yaml

from annotate.server.units import DATABASE, print_compose, print_unit
from framing.main import app
from schemas.errors import FramingError

START = ["labelstudio", "start", "--team", "--name", "lab.example.org", "--foreground"]
BACKUP = ["labelstudio", "backup", "--thin", "--verify"]


def refuse_what_framing_does_not_know(words: Sequence[str]) -> None:
    """Read a command line as the command itself would, but do nothing."""
    command, rest = typer.main.get_command(app), list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]  # type: ignore[attr-defined]
    command.make_context("framing", rest)


def split_units(text: str) -> dict[str, str]:
    """The units by the names of their files, as the shell's line in the docs writes them."""
    parts = re.split(r"^# /etc/systemd/system/(\S+)$", text, flags=re.MULTILINE)
    assert parts[0] == ""
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def read_back(line: str) -> list[str]:
    """The words of an Exec line, as systemd takes them."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(line)]


def test_the_units_run_the_commands_that_they_were_made_of_and_systemd_finds_no_fault(tmp_path: Path) -> None:
    data = tmp_path / 'a "lab"\'s 100% $HOME'
    data.mkdir()
    start, backup = ([sys.executable, *words, "--data", str(data)] for words in (START, BACKUP))
    units = split_units(print_unit(start, backup, data, user=getpass.getuser(), path=os.environ["PATH"], every="90min"))
    assert list(units) == [f"framing-labelstudio{kind}" for kind in (".service", "-backup.service", "-backup.timer")]
    found = {}
    for name, text in units.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        unit = found[name] = configparser.ConfigParser(interpolation=None, strict=True)
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read_string(text)
    for name, words in ((".service", start), ("-backup.service", backup)):
        line = read_back(found[f"framing-labelstudio{name}"]["Service"]["ExecStart"])
        assert line == words
        refuse_what_framing_does_not_know(line[1:])
    assert found["framing-labelstudio-backup.timer"]["Timer"]["OnUnitActiveSec"] == "90min"
    if shutil.which("systemd-analyze"):
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *(tmp_path / name for name in units)], capture_output=True, text=True, check=False
        )
        assert (checked.returncode, [line for line in checked.stderr.splitlines() if "framing-labelstudio" in line]) == (0, [])


@pytest.mark.parametrize(
    "changed", [{"user": "root\nExecStartPre=/bin/true"}, {"path": "/bin\n[Service]"}, {"every": "6h\nx"}, {"start": ["/bin/true", "a\nb"]}]
)
def test_no_name_can_add_a_line_to_a_unit(changed: dict[str, object]) -> None:
    usual = {"start": ["/bin/true"], "backup": ["/bin/true"], "data": Path("/srv/lab"), "user": "lab", "path": "/bin"}
    with pytest.raises(FramingError):
        print_unit(**usual | changed)  # type: ignore[arg-type]


def test_the_compose_file_starts_what_it_says_and_keeps_the_password_out_of_command_lines() -> None:
    start, backup = (["framing", *words, "--data", "/data$HOME"] for words in (START, BACKUP))
    services = yaml.safe_load(print_compose(start, backup, 9443))["services"]
    for name, words in (("labelstudio", start), ("backup", backup)):
        line = [word.replace("$$", "$") for word in services[name]["command"]]
        assert line == words
        refuse_what_framing_does_not_know(line[1:])
        assert "${POSTGRES_PASSWORD}@postgres:5432" in services[name]["environment"][DATABASE]
        assert "data:/data" in services[name]["volumes"]
    assert services["labelstudio"]["ports"] == ["9443:9443"]
    assert services["labelstudio"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    program = services["labelstudio"]["healthcheck"]["test"][-1]
    assert "https://127.0.0.1:9443/gate/health" in program
    compile(program, "healthcheck", "exec")
    # Images come from wherever the machine has its own.
    assert not any("/" in service["image"] for service in services.values())
