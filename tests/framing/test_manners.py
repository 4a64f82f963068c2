"""What every command does: figures as JSON where they are asked for, silence, standard input, and one line for what is no file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from annotate.ingestion import files
from framing.console import notice, record, result
from framing.main import app
from framing.manners import give_manners
from tests.commands import catch_fault
from tests.framing.test_help import COMMANDS

ARTICLE = 'As the "culprit", he is under pressure from reckless zealots.'


@pytest.fixture
def small() -> typer.Typer:
    """Commands with figures, without, and with an exit code."""
    app = typer.Typer()

    @app.command()
    def measure(path: Path) -> None:
        notice("one is missing")
        record({"spans": 1, "out": path})
        result("1 span")

    @app.command()
    def stop() -> None:
        result("it was stopped")
        raise typer.Exit(1)

    give_manners(app)
    return app


@pytest.fixture(autouse=True)
def fresh_input() -> None:
    files._standard_input.cache_clear()


def say(app: typer.Typer, *arguments: object, given: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False, input=given)
    return done.exit_code, done.stdout, done.stderr


def test_figures_go_to_a_file_beside_the_lines_or_are_printed_in_their_place(small: typer.Typer, tmp_path: Path) -> None:
    figures = {"notices": ["one is missing"], "spans": 1, "out": "x"}
    assert say(small, "measure", "x", "--json", tmp_path / "a.json") == (0, "1 span\n", "note: one is missing\n")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == figures
    code, printed, _ = say(small, "measure", "x", "--json", "-")
    assert (code, json.loads(printed)) == (0, figures)


def test_a_command_without_figures_has_its_lines_as_json_and_keeps_its_exit_code(small: typer.Typer) -> None:
    code, printed, _ = say(small, "stop", "--json", "-")
    assert (code, json.loads(printed)) == (1, {"notices": [], "lines": ["it was stopped"]})


def test_a_quiet_command_says_nothing_and_writes_its_figures(small: typer.Typer, tmp_path: Path) -> None:
    assert say(small, "measure", "x", "--quiet", "--json", tmp_path / "a.json") == (0, "", "")
    assert (tmp_path / "a.json").exists()
    assert say(small, "measure", "x") == (0, "1 span\n", "note: one is missing\n")


def test_a_folder_is_no_place_for_figures_and_that_is_said_before_the_work(small: typer.Typer, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="is a folder"):
        say(small, "measure", "x", "--json", tmp_path)


GROUPS = {path[:-1] for path in COMMANDS if path}


@pytest.mark.parametrize("path", [path for path in COMMANDS if path not in GROUPS], ids=" ".join)
def test_every_command_has_them(path: tuple[str, ...]) -> None:
    command = typer.main.get_command(app)
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    assert [parameter.opts for parameter in command.params if parameter.name in ("json_to", "quiet")] == [["--json"], ["--quiet"]]


def test_a_codebook_is_begun_checked_and_shown_as_data(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert say(app, "codebook", "new", path)[0] == 0
    assert json.loads(say(app, "codebook", "check", path, "--json", "-")[1])["labels"] == ["Blame", "Praise"]
    assert json.loads(say(app, "codebook", "show", path, "--json", "-")[1])["questions"][0]["name"] == "tone"
    assert say(app, "codebook", "show", path, "--quiet")[1].startswith('name = "mine"')
    assert str(catch_fault("codebook", "new", path)) == f"{path}: is there already. Name another file, or add --replace"


def test_explain_and_score_read_standard_input(tmp_path: Path) -> None:
    assert "reckless" in say(app, "explain", "-", given=ARTICLE)[1]
    files._standard_input.cache_clear()
    lines = "".join(json.dumps({"id": name, "text": ARTICLE.replace("he", name)}) + "\n" for name in ("ada", "ben"))
    assert say(app, "score", "-", "--out", tmp_path / "scores", given=lines)[1].startswith("2 articles, ")
    assert list(json.loads((tmp_path / "scores" / "run.json").read_text(encoding="utf-8"))["inputs"]) == ["standard input"]


def test_an_address_and_a_misspelt_file_are_no_texts(tmp_path: Path) -> None:
    said = "is an address, and nothing is fetched from the network. Save the page as an .html file, and give that"
    for arguments in (["explain", "https://example.org/a"], ["score", "https://example.org/a", "--out", tmp_path / "x"]):
        assert str(catch_fault(*arguments)) == f"https://example.org/a: {said}"
    assert catch_fault("explain", "gone.docx").what == "no such file"


def test_the_shell_completes_commands_and_their_options() -> None:
    environment = {"_FRAMING_COMPLETE": "complete_bash", "COMP_WORDS": "framing codebook n", "COMP_CWORD": "2"}
    done = CliRunner().invoke(app, [], prog_name="framing", env=environment)
    assert done.stdout.split() == ["new"]
