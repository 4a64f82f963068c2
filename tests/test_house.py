"""The house keeps its shape: imports run one way, files stay small, and nothing is executed from data."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "schemas": {"schemas"},
    "annotate": {"annotate", "schemas"},
    "classifiers": {"classifiers", "schemas"},
    "exports": {"exports", "schemas"},
    "framing": {"framing", "annotate", "classifiers", "exports", "schemas"},
}
FILES = sorted(path for wing in MAY_IMPORT for path in (ROOT / wing).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_wing_imports_only_what_stands_below_it(path: Path) -> None:
    wing = path.relative_to(ROOT).parts[0]
    wings = {name.split(".")[0] for name in imported(path)} & MAY_IMPORT.keys()
    assert wings <= MAY_IMPORT[wing]


def test_there_is_no_circle_among_modules() -> None:
    graph = {_name(path): set(_inside(path)) for path in FILES}
    done: set[str] = set()
    while ready := [name for name in graph if name not in done and graph[name] - {name} <= done]:
        done.update(ready)
    assert set(graph) - done == set()


def test_there_is_no_circle_among_rooms() -> None:
    """A room is a folder of a wing; a file beside the rooms is one by itself."""
    rooms = {path: ".".join(_name(path).split(".")[: 2 if len(path.relative_to(ROOT).parts) > 2 else 3]) for path in FILES}
    known = {_name(path): room for path, room in rooms.items()}
    graph: dict[str, set[str]] = {room: set() for room in rooms.values()}
    for path, room in rooms.items():
        graph[room] |= {known[name] for name in _inside(path)} - {room}
    done: set[str] = set()
    while ready := [room for room in graph if room not in done and graph[room] <= done]:
        done.update(ready)
    assert set(graph) - done == set()


def test_the_rooms_of_the_classifiers_follow_the_way_of_the_data() -> None:
    floors = {"features": 1, "model": 2, "training": 3, "scoring": 3, "evaluation": 4, "explanation": 4}
    for path in FILES:
        wing, *inner = path.relative_to(ROOT).parts
        if wing == "classifiers" and len(inner) > 1:
            above = [name for name in _inside(path) if name.startswith("classifiers.") and name.split(".")[1] != inner[0]]
            assert [name for name in above if floors[name.split(".")[1]] >= floors[inner[0]]] == [], path


def test_nothing_of_label_studio_is_known_outside_its_package() -> None:
    outside = [path for path in FILES if "labelstudio" not in path.parts]
    assert not [path for path in outside if any(name.startswith("label_studio") for name in imported(path))]


def test_no_file_is_too_long_to_have_one_job() -> None:
    assert {str(path): lines for path in FILES if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300} == {}


def test_nothing_is_unpickled_or_evaluated() -> None:
    # joblib runs folds in processes of our own, in one place; it reads and writes no file there.
    assert [path.name for path in FILES if "joblib" in imported(path)] == ["parallel.py"]
    assert "from joblib import Parallel, cpu_count, delayed\n" in next(path for path in FILES if path.name == "parallel.py").read_text(
        encoding="utf-8"
    )
    forbidden = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
    assert not [path for path in FILES if {name.split(".")[0] for name in imported(path)} & forbidden]
    calls = [node.func.id for path in FILES for node in ast.walk(parsed(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert not {"eval", "exec"} & set(calls)


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _inside(path: Path) -> Iterator[str]:
    """Modules of ours that this one imports, at once or when a function runs."""
    known = {_name(file) for file in FILES}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            submodules = {f"{node.module}.{name.name}" for name in node.names} & known
            yield from submodules or ({node.module} & known)
