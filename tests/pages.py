"""Pages of the docs as their readers run them: every block, from top to bottom, in a folder with what the page speaks of."""

from __future__ import annotations

import io
import math
import re
import runpy
import shlex
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

from framing.main import app
from tests.commands import run_framing

__all__ = ["PAGES", "ROOT", "SERVED", "Block", "Reader", "parse_command", "read_blocks", "split_commands"]

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# Pages on which people annotate, on a server.
SERVED = {"annotation.md", "leads.md", "selection.md"}
# A block, and above it, as a comment that no reader sees, why it is not run or the file that it is the content of.
BLOCK = re.compile(r"^(?:<!-- (not run|file): (.+?) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])-?\d*\.?\d+(?![\w.]*\w)")
# What a reader's machine may differ by.
TOLERANCE = 0.1


@dataclass(frozen=True)
class Block:
    """A block of a page: the line on which it begins, its language, and what a comment above it says."""

    line: int
    kind: str
    text: str
    why_not: str | None = None
    file: str | None = None


def read_blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = ((text[: match.start(3)].count("\n") + 1, *match.groups()) for match in BLOCK.finditer(text))
    return [
        Block(line, kind, content, said if mark == "not run" else None, said if mark == "file" else None) for line, mark, said, kind, content in found
    ]


def split_commands(text: str) -> Iterator[list[str]]:
    """The commands of a block of a shell, each as its words, without comments, `uv run` and the file that its output goes to."""
    for line in text.replace("\\\n", " ").splitlines():
        words: list[str] = []
        for word in [*shlex.split(line, comments=True), "&&"]:
            if word != "&&":
                words.append(word)
            elif words:
                words = words[: words.index(">")] if ">" in words else words
                yield words[2:] if words[:2] == ["uv", "run"] else words
                words = []


def parse_command(words: Sequence[str]) -> None:
    """Fail where `framing` has no such command, or the command no such option."""
    command: Any = typer.main.get_command(app)
    context, rest = None, list(words)
    while rest and hasattr(command, "commands"):
        context = command.make_context(command.name, [], parent=context, resilient_parsing=True)
        name = rest.pop(0)
        assert name in command.commands, f"no such command: {name}"
        command = command.commands[name]
    command.make_context(command.name, rest, parent=context)


class Reader:
    """Somebody who does what a page says, in the folder that they are in. Whatever is pushed, `people` annotate: they are given the dataset and the
    project's title."""

    def __init__(self, page: Path, people: Callable[[Path, str], None] = lambda dataset, project: None) -> None:
        self.page = page
        self._people = people
        self._names: dict[str, Any] = {"__name__": "__main__"}

    def read(self) -> None:
        """Run the page from top to bottom; fail at the first block that fails, or prints other lines than the page shows."""
        printed = ""
        for block in read_blocks(self.page):
            where = f"{self.page.name}, line {block.line}"
            if block.file:
                Path(block.file).write_text(block.text, encoding="utf-8")
            elif block.why_not is None and block.kind == "sh":
                printed = "".join(self._do(words, where) for words in split_commands(block.text))
            elif block.why_not is None and block.kind == "python":
                printed = self._run_python(lambda block=block, where=where: exec(compile(block.text, where, "exec"), self._names))  # noqa: S102
            elif block.kind == "text":
                compare(block.text, printed, where)

    def _do(self, words: list[str], where: str) -> str:
        if words[0] == "framing":
            own = [self._own(before, word) for before, word in pairwise(words)]
            # Where the page does not say in how many folds a model is tested, two are enough.
            own += ["--folds", "2"] * (own[0] in ("evaluate", "train") and "--folds" not in own)
            done = run_framing(*own)
            assert done.returncode == 0, f"{where}: {shlex.join(words)}\n{done.stderr}"
            if own[0] == "push":
                self._people(Path(own[1]), own[own.index("--project") + 1])
            # As on a terminal: what should be known, and then the result.
            return done.stderr + done.stdout
        assert words[0] == "python", f"{where}: {words[0]} is not run by the tests. Say so above the block: <!-- not run: why -->"
        with pytest.MonkeyPatch.context() as patch:
            if words[1] == "-m":
                patch.setattr(sys, "argv", words[2:])
                return self._run_python(lambda: runpy.run_module(words[2], run_name="__main__"))
            patch.setattr(sys, "argv", words[1:])
            return self._run_python(lambda: runpy.run_path(words[1], run_name="__main__"))

    def _own(self, option: str, word: str) -> str:
        """A word of a command, but that a project has a title of this page's own, and people annotate a tenth of what the page says."""
        if option == "--project":
            return f"{word} ({self.page.name})"
        return str(int(word) // 10) if option == "--n" and self.page.name in SERVED else word

    @staticmethod
    def _run_python(run: Callable[[], object]) -> str:
        with redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
            # What a user should know comes as a warning, and stops nobody.
            warnings.simplefilter("ignore")
            run()
        return out.getvalue()


def compare(shown: str, printed: str, where: str) -> None:
    """Fail unless the lines that the page shows were printed, in this order; a line "..." stands for any lines, and a word "..." for any word."""
    rest = iter(printed.splitlines())
    for line in shown.splitlines():
        if line.strip() != "..." and not any(_alike(line, other) for other in rest):
            pytest.fail(f"{where} shows a line that was not printed there:\n{line}\n\nPrinted was:\n{printed}")


def _alike(shown: str, printed: str) -> bool:
    words, others = shown.split(), printed.split()
    return len(words) == len(others) and all(map(_same, words, others))


def _same(word: str, other: str) -> bool:
    """Whether words are equal, numbers in them within the tolerance."""
    numbers, measured = ([float(number) for number in NUMBER.findall(one)] for one in (word, other))
    if word in {"...", other}:
        return True
    near = len(numbers) == len(measured) and all(math.isclose(a, b, rel_tol=TOLERANCE) for a, b in zip(numbers, measured, strict=True))
    return near and NUMBER.sub("0", word) == NUMBER.sub("0", other)
