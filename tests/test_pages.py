"""What the docs show works: every block of a page runs, from top to bottom."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from classifiers.features import vectors
from schemas.codebook import parse_codebook
from tests.pages import PAGES, ROOT, SERVED, Block, Reader, parse_command, read_blocks, split_commands

# What a page calls otherwise than the prepared folder does.
CALLED: dict[str, dict[str, str | None]] = {
    "README.md": {"scores": None},
    "actors.md": {"scores": None},
    "agreement.md": {"dataset": None},
    "analysts.md": {"scores": None, "dataset": "sentences", "scores-may": "scores", "scores-june": "scores"},
    "archives.md": {"scores": None},
    "corpora.md": {"coded": "sentences"},
    "drift.md": {"scores-may": "scores", "scores-june": "scores"},
    "estimates.md": {"scores": None, "dataset": "sentences"},
    "security.md": {"scores": None},
    "tutorial.md": {"articles.csv": None, "corpus": None, "first": None, "dataset": None, "model": None, "scores": None},
}
RUN = [page for page in PAGES if page.name not in SERVED and any(b.kind in {"sh", "python"} and not b.why_not for b in read_blocks(page))]
LEFT = [(page, block) for page in PAGES for block in read_blocks(page) if block.why_not]
CODEBOOKS = [(page, block) for page in PAGES for block in read_blocks(page) if block.kind == "toml" and not block.file]


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, Path) else str(value.line) if isinstance(value, Block) else None


@contextmanager
def all_words() -> Iterator[None]:
    """In this block models know all words by their vectors, as a reader's do, and not the few of tests: their figures are shown."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "MOST_WORDS", 80_000)
        vectors.english_vectors.cache_clear()
        yield
    vectors.english_vectors.cache_clear()


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_a_page_runs_from_top_to_bottom_and_prints_what_it_shows(page: Path, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "study"
    shutil.copytree(study, folder)
    for name, other in CALLED.get(page.name, {}).items():
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
        (folder / name).unlink(missing_ok=True)
        if other:
            shutil.copytree(study / other, folder / name)
    monkeypatch.chdir(folder)
    with all_words() if page.name == "tutorial.md" else nullcontext():
        Reader(page).read()


@pytest.mark.parametrize(("page", "block"), LEFT, ids=name_of)
def test_what_cannot_be_run_here_has_the_commands_and_options_that_it_names(page: Path, block: Block) -> None:
    if block.kind == "python":
        ast.parse(block.text)
        return
    for words in split_commands(block.text):
        if words[:1] == ["framing"]:
            parse_command(words[1:])


def test_a_command_or_an_option_that_is_not_there_is_noticed() -> None:
    for words in (["scores"], ["labelstudio", "restart"]):
        with pytest.raises(AssertionError, match="no such command"):
            parse_command(words)
    with pytest.raises(Exception, match="No such option: --nothing"):
        parse_command(["score", "a.csv", "--out", "x", "--nothing", "1"])


@pytest.mark.parametrize(("page", "block"), CODEBOOKS, ids=name_of)
def test_every_codebook_in_the_docs_is_valid(page: Path, block: Block) -> None:
    assert parse_codebook(block.text, page.name).labels


def test_no_code_of_a_page_escapes_the_tests() -> None:
    """A command that is set apart by spaces would be run by nobody."""
    lines = [(page.name, line) for page in PAGES for line in page.read_text(encoding="utf-8").splitlines()]
    assert [(name, line) for name, line in lines if line.startswith(("    framing ", "    import ", "    uv run "))] == []


def test_a_page_that_shows_what_is_not_printed_fails(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint('alpha 0.50 of 3')\n```\n\n```text\nalpha 0.52 of ...\n```\n", encoding="utf-8")
    Reader(page).read()
    for wrong in ("alpha 0.70 of 3", "beta 0.50 of 3", "alpha 0.50 of 3 and more"):
        page.write_text(f"```python\nprint('alpha 0.50 of 3')\n```\n\n```text\n{wrong}\n```\n", encoding="utf-8")
        with pytest.raises(pytest.fail.Exception, match="not printed"):
            Reader(page).read()


def test_the_readme_is_two_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 80
