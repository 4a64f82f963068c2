"""A library that is missing is named by the extra that brings it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from schemas.errors import FramingError
from schemas.extras import EXTRAS, explain_missing, needing, require_extras

ROOT = Path(__file__).parents[2]
# What is imported under another name than it is installed by.
OTHER_NAMES = {"minisign": "py-minisign", "vl_convert": "vl-convert-python"}
WINGS = ("annotate", "classifiers", "exports", "framing", "schemas")


def name_of(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found[0]


def test_every_library_is_one_of_its_extra_and_every_library_of_an_extra_is_there() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    required = {extra: {name_of(one) for one in listed} - {"framing-toolkit"} for extra, listed in extras.items()}
    named = {extra: {OTHER_NAMES.get(name, name).replace("_", "-") for name in libraries} for extra, libraries in EXTRAS.items()}
    assert named.keys() == required.keys()
    assert all(libraries <= required[extra] for extra, libraries in named.items())
    assert set().union(*named.values()) == set().union(*required.values())


def test_whatever_is_imported_comes_with_the_toolkit_or_with_an_extra() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    # h11 comes with uvicorn, anyio with starlette.
    core = {name_of(one).replace("-", "_") for one in listed} | {"sklearn", "pydantic_core", "h11", "anyio"}
    known = core | sys.stdlib_module_names | {*WINGS} | {name for libraries in EXTRAS.values() for name in libraries}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for wing in WINGS for path in (ROOT / wing).rglob("*.py")]
    modules = [node.module or "" for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [name.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    assert {module.split(".")[0] for module in modules} - known == set()


def test_what_needs_it_and_what_to_install_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("psutil", "altair", "vl_convert"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(FramingError) as caught, needing("reading .pdf", "a.pdf"):
        import psutil  # noqa: F401
    assert str(caught.value) == "a.pdf: reading .pdf needs the extra annotate (psutil is not installed). Install framing-toolkit[annotate]"
    with pytest.raises(FramingError) as caught:
        require_extras(["annotate", "report"], "the demo")
    lacking = "psutil, altair, vl_convert are not installed"
    assert str(caught.value) == f"the demo needs the extras annotate and report ({lacking}). Install framing-toolkit[annotate,report]"
    assert explain_missing("polars.series").todo == "Install framing-toolkit anew"
