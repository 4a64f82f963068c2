"""What the commands about backups say."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from framing.main import app
from schemas.errors import FramingError


def say(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["labelstudio", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0
    return " ".join(done.output.split())


def test_a_server_goes_into_a_backup_and_comes_out_again(tmp_path: Path) -> None:
    data, kept = tmp_path / "lab", tmp_path / "kept"
    data.mkdir()
    with closing(sqlite3.connect(data / "label_studio.sqlite3")) as base, base:
        base.execute("CREATE TABLE project (id integer PRIMARY KEY, title varchar(50))")
        base.execute("INSERT INTO project VALUES (1, 'Spring \u001b[31m'), (2, 'Autumn')")
    (tmp_path / "phrase").write_text("correct horse")
    said = say("backup", "--data", data, "--to", kept, "--verify", "--passphrase-file", tmp_path / "phrase")
    assert "; proved: 2 rows in 1 table, each as it was" in said
    (made,) = (path for path in kept.iterdir() if path.is_dir())
    assert "2 rows in 1 table and 2 files, each as it was" in say("verify", made)
    with closing(sqlite3.connect(data / "label_studio.sqlite3")) as base, base:
        base.execute("DELETE FROM project WHERE id = 2")
    # It went to `kept`, which is known without being said.
    assert say("undelete", "--project", "Autumn", "--data", data) == f"out of {made.name}: 1 of project"
    assert "no rows: all is there note: left as they are: 1 of project" in say("undelete", "--project", 2, "--data", data)
    said = say("restore", made, "--data", tmp_path / "new", "--passphrase-file", tmp_path / "phrase")
    assert "UTC: 2 rows in 1 table, compared one by one" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["backup", "--every", "6 hours"], "6 hours: is no span of time. As in 30m, 6h or 1d"),
        (["backup", "--every", "0h"], "is no span of time"),
        (["undelete"], "one of --project, --task and --annotation is needed"),
        (["undelete", "--task", "1", "--annotation", "2"], "one of --project, --task and --annotation is needed"),
        (["verify", "."], "is no backup made by `framing labelstudio backup`"),
        (["move", "--to-database", "mysql://a:b@c/d"], "no Label Studio has its data here"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_LABELSTUDIO_DATA", str(tmp_path / "none"))
    with pytest.raises(FramingError) as told:
        CliRunner().invoke(app, ["labelstudio", *arguments], catch_exceptions=False)
    assert said in str(told.value)
