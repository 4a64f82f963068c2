"""The packages' names are general ones: a stranger of the same name is said to stand in the way, in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WINGS = ("annotate", "classifiers", "exports", "framing")
OTHERS = ("annotate", "classifiers", "exports", "schemas")


def import_beside(folder: Path, statement: str) -> str:
    """The last line that Python says when it is started in the folder, as a notebook is."""
    done = subprocess.run([sys.executable, "-c", statement], cwd=folder, capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else "imported"


@pytest.mark.parametrize("wing", WINGS)
@pytest.mark.parametrize("stranger", ["schemas.py", "schemas/__init__.py"])
def test_foreign_schemas_are_named_whichever_wing_is_imported(tmp_path: Path, wing: str, stranger: str) -> None:
    place = tmp_path / stranger
    place.parent.mkdir(exist_ok=True)
    place.write_text("answer = 42\n", encoding="utf-8")
    said, what = import_beside(tmp_path, f"import {wing}"), "stands where framing-toolkit looks for its own package `schemas`"
    assert said == f"ImportError: {place} {what}. Rename it, or start Python in another folder"


@pytest.mark.parametrize("wing", WINGS)
def test_a_folder_of_files_that_are_no_python_stands_in_nobodys_way(tmp_path: Path, wing: str) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "article.json").write_text("{}", encoding="utf-8")
    assert import_beside(tmp_path, f"import {wing}; import schemas.errors") == "imported"


@pytest.mark.parametrize("name", OTHERS)
def test_the_front_door_names_any_stranger(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("", encoding="utf-8")
    said = import_beside(tmp_path, "import framing")
    assert said.startswith(f"ImportError: {tmp_path / name / '__init__.py'} stands where framing-toolkit looks for its own package `{name}`")


def test_a_stranger_that_was_imported_before_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "schemas.py").write_text("", encoding="utf-8")
    said = import_beside(tmp_path, "import sys; sys.path.insert(0, 'lab'); import schemas; sys.path.pop(0); import framing")
    assert "schemas.py stands where framing-toolkit looks" in said


def test_where_no_stranger_stands_all_are_imported(tmp_path: Path) -> None:
    assert import_beside(tmp_path, f"import {', '.join(WINGS)}, schemas") == "imported"
