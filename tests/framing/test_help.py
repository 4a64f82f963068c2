"""Every command explains itself and ends with an example that can be copied."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
import typer
from typer.testing import CliRunner

from framing.main import app


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from walk(child, (*path, name))


COMMANDS = list(walk(typer.main.get_command(app)))


def help_of(path: tuple[str, ...]) -> str:
    shown = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "100"})
    assert shown.exit_code == 0
    return shown.output


def test_the_walk_meets_every_verb() -> None:
    verbs = {path[0] for path in COMMANDS if path}
    assert verbs == {
        *("demo", "labelstudio", "ingest", "import", "codebook", "select", "push", "pull", "ask", "agree"),
        *(
            "adjudicate",
            "train",
            "model",
            "evaluate",
            "actors",
            "score",
            "quotes",
            "explain",
            "estimate",
            "regress",
            "trace",
            "compare",
            "report",
            "figure",
            "export",
            "serve",
            "status",
        ),
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_says_what_it_does_and_ends_in_an_example(path: tuple[str, ...]) -> None:
    text = help_of(path)
    description, _, example = text.rpartition("Example:")
    assert description.strip()
    assert example.strip().startswith("framing")
    assert len(example.strip().splitlines()) <= 3


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_example_names_this_command_and_options_it_has(path: tuple[str, ...]) -> None:
    text = help_of(path)
    for line in text.rpartition("Example:")[2].strip().splitlines():
        words = shlex.split(line)
        assert tuple(words[1 : 1 + len(path)]) == path
        options = [word for word in words if word.startswith("--")]
        shown = help_of(max((tuple(words[1:end]) for end in range(2, 5) if tuple(words[1:end]) in COMMANDS), key=len))
        assert all(option in shown for option in options)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_and_argument_is_explained(path: tuple[str, ...]) -> None:
    command = typer.main.get_command(app)
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    assert all(getattr(parameter, "help", None) for parameter in command.params)


def test_the_version_is_said() -> None:
    shown = CliRunner().invoke(app, ["--version"])
    assert shown.output.startswith("framing-toolkit 0.")


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = "import sys, framing.main; print(sorted({'polars', 'numpy', 'sklearn', 'label_studio_sdk', 'textstat', 'pydantic'} & sys.modules.keys()))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
