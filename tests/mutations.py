"""Folders as somebody of bad will, or a bad disk, would leave them, and what commands say of them. No test stands here.

`mutate_folder(folder, rng)` changes one thing and says which; `run_commands(folder, commands)` runs commands in a process of its own
that is started once, watches its memory, its time and what it leaves behind, and says of each how it ended.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import random
import select
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

__all__ = [
    "Outcome",
    "mutate_bytes",
    "mutate_folder",
    "mutate_json",
    "mutate_parquet",
    "mutate_place",
    "mutate_text",
    "mutate_toml",
    "reseal",
    "run_commands",
]

# Values that no column and no key expects.
NUMBERS: list[Any] = [0, 1, -1, 7, -0.5, 1.5, 1e308, -1e308, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), float("nan"), float("inf"), float("-inf")]
TEXTS = ["", " ", "a", "x" * 100_000, "\x1b[31m\x07\x00", "\u202e\ufeff", "NaN", "-1", "../../etc/passwd", "/", "<script>", "=1+1", "é" * 300]
OTHERS: list[Any] = [None, True, [], [[]], {}, [1, "a"], {"a": {"b": 1}}]
LONE, DEEP = "\ud800", 3_000
PEAK_MB, SECONDS = 1_500, 60


class Outcome(NamedTuple):
    """How a command ended: `ok`, `refused` (one line, exit 1), or one of BAD; `line` is what it said last or the defect, `peak` megabytes."""

    command: tuple[str, ...]
    kind: str
    line: str
    peak: float
    seconds: float

    @property
    def bad(self) -> bool:
        return self.kind not in {"ok", "refused"}


# ---------------------------------------------------------------------------------------------------------------- mutations


def mutate_folder(folder: Path, rng: random.Random) -> str:
    """Change one file of a dataset, a model or scores; what was done. A model is sealed again, mostly, so that the change is looked at."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and ".scoring" not in path.parts)
    path = rng.choice([file for file in files if file.suffix != ".md"])
    typed = {".parquet": mutate_parquet, ".json": mutate_json, ".jsonl": mutate_json, ".toml": mutate_toml}.get(path.suffix, mutate_bytes)
    way = rng.choices([typed, mutate_bytes, mutate_place], [84, 9, 7])[0]
    said = f"{path.relative_to(folder)}: {way(path, rng)}"
    if (folder / "model.json").exists() and rng.random() < 0.9 and reseal(folder):
        said += " (sealed again)"
    return said


def mutate_parquet(path: Path, rng: random.Random) -> str:
    """Change a column or the rows of a table (a file, or one of a folder of parts)."""
    file = rng.choice(sorted(path.glob("*.parquet"))) if path.is_dir() else path
    table = pl.read_parquet(file, glob=False)
    said, table = rng.choices([_change_column, _change_values, _change_rows, _swell], [30, 50, 17, 3])[0](table, rng)
    table.write_parquet(file, compression="zstd", compression_level=1)
    return said


def mutate_json(path: Path, rng: random.Random) -> str:
    """Change a key or value of a JSON file, or of a line of a JSONL file; or what the text is."""
    if rng.random() < 0.15:
        return mutate_text(path, rng)
    lines = path.read_text(encoding="utf-8").splitlines() if path.suffix == ".jsonl" else [path.read_text(encoding="utf-8")]
    if not any(line.strip() for line in lines):
        return mutate_text(path, rng)
    at = rng.randrange(len(lines))
    said, value = _change_tree(json.loads(lines[at]), rng)
    lines[at] = json.dumps(value, ensure_ascii=rng.random() < 0.5 or LONE in said)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")
    return said


def mutate_toml(path: Path, rng: random.Random) -> str:
    """Change a key or value of a TOML file; or what the text is."""
    if rng.random() < 0.15:
        return mutate_text(path, rng)
    said, value = _change_tree(tomllib.loads(path.read_text(encoding="utf-8")), rng)
    text = "\n".join(f"{_toml(key)} = {_toml(item)}" for key, item in value.items()) if isinstance(value, dict) else _toml(value)
    path.write_text(text + "\n", encoding="utf-8", errors="surrogatepass")
    return said


def mutate_text(path: Path, rng: random.Random) -> str:
    """Make a text file one that is no text, no JSON or TOML, empty, or nested without an end."""
    opening, closing = rng.choice([("[", "]"), ('{"a":', "}"), ("a = [", "]"), ("[a.", "b]")])
    contents = {
        "empty": b"",
        "a null": b"null",
        "an empty list": b"[]",
        "an empty object": b"{}",
        "not UTF-8": b"\xff\xfe\x00{",
        "a byte order mark": b"\xef\xbb\xbf" + path.read_bytes(),
        "NULs": bytes(1000),
        "deep": (opening * DEEP + "1" + closing * DEEP).encode(),
        "deep and open": (opening * 100_000).encode(),
        "a lone surrogate": b'{"model": "\\ud800", "title": "\\udfff"}',
        "a huge number": b'{"model": ' + b"9" * 5000 + b"}",
        "a key twice": b'{"model": "a", "model": "b"}',
        "dots": b"a" + b".a" * DEEP + b" = 1",
    }
    name = rng.choice(list(contents))
    path.write_bytes(contents[name])
    return f"the text is {name}"


def mutate_bytes(path: Path, rng: random.Random) -> str:
    """Turn bytes over, cut the file, empty it, or put something before or behind it."""
    data = bytearray(path.read_bytes())
    way = rng.choice(["flip", "flip", "flip footer", "cut", "cut front", "empty", "append", "zeros"]) if data else "append"
    if way == "flip":
        for _ in range(rng.choice([1, 3, 30])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif way == "flip footer":
        for _ in range(rng.choice([1, 2, 5])):
            data[-1 - rng.randrange(min(len(data), 1500))] = rng.randrange(256)
    elif way == "cut":
        del data[rng.randrange(len(data)) :]
    elif way == "cut front":
        del data[: rng.randrange(len(data)) + 1]
    elif way == "empty":
        data.clear()
    elif way == "append":
        data += rng.randbytes(rng.choice([1, 100, 10_000]))
    else:
        at = rng.randrange(len(data))
        data[at : at + 200] = bytes(len(data[at : at + 200]))
    path.write_bytes(data)
    return f"bytes: {way}"


def mutate_place(path: Path, rng: random.Random) -> str:
    """Put something else in the file's place, or nothing."""
    path.unlink()
    way = rng.choice(["gone", "a folder", "a full folder", "a link to itself", "a link to /dev/zero", "a link to nowhere", "a FIFO", "unreadable"])
    if way == "a folder":
        path.mkdir()
    elif way == "a full folder":
        path.mkdir()
        (path / f"part-000000{path.suffix}").write_bytes(b"nothing")
    elif way == "a FIFO":
        os.mkfifo(path)
    elif way == "unreadable":
        path.write_bytes(b"{}")
        path.chmod(0)
    elif way != "gone":
        path.symlink_to({"a link to itself": path, "a link to /dev/zero": Path("/dev/zero")}.get(way, path.parent / "nowhere" / "at all"))
    return f"in its place: {way}"


def reseal(folder: Path) -> bool:
    """Give a model.json the digests that its folder has now, as anybody can; False where that makes no sense any more."""
    from classifiers.model import folder as model
    from schemas.codebook import Codebook
    from schemas.files import digest_file

    try:
        path = folder / "model.json"
        if not path.is_file():
            return False
        facts = json.loads(path.read_text(encoding="utf-8"))
        for name in ("weights", "company", "training"):
            if f"{name}_digest" in facts and (file := folder / f"{name}.parquet").is_file():
                facts[f"{name}_digest"] = digest_file(file)
        with contextlib.suppress(Exception):
            facts["codebook_digest"] = Codebook.model_validate(facts["codebook"]).digest
        facts.pop("facts_digest", None)
        with contextlib.suppress(KeyError):
            facts["digest"] = model._digest(facts)
        facts["facts_digest"] = model._digest_all(facts)
        path.write_text(json.dumps(facts, indent=2), encoding="utf-8")
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return False
    return True


def _change_column(table: pl.DataFrame, rng: random.Random) -> tuple[str, pl.DataFrame]:  # noqa: PLR0911 - a way a line
    if not table.width:
        return "nothing: there are no columns", table
    name = rng.choice(table.columns)
    way = rng.choice(
        ["drop", "rename", "text", "whole", "float", "nulls", "list", "struct", "boolean", "binary", "day", "double", "order", "category"]
    )
    said = f"column {name!r}: {way}"
    if way == "drop":
        return said, table.drop(name)
    if way == "rename":
        new = rng.choice([f"{name}_", name.upper(), " ", "a\nb\x1b[31m", "density_<b>", "x" * 500])
        return said, table.rename({name: new}) if new not in table.columns else table.drop(name)
    if way == "double":
        return said, table.with_columns(table[name].alias(f"{name}_{rng.choice(['again', 'quoted', 'right'])}"))
    if way == "order":
        return said, table.select(rng.sample(table.columns, table.width))
    if way == "list":
        return said, table.with_columns(pl.concat_list(pl.col(name)).alias(name))
    if way == "struct":
        return said, table.with_columns(pl.struct(a=pl.col(name)).alias(name))
    if way == "nulls":
        return said, table.with_columns(pl.lit(None, rng.choice([pl.Null, pl.String, table[name].dtype])).alias(name))
    if way == "day":
        return said, table.with_columns(pl.date(1, 1, 1).alias(name))
    if way == "binary":
        return said, table.with_columns(pl.lit(b"\xff\x00").alias(name))
    if table[name].dtype.is_nested():
        return said, table.drop(name)
    kinds = {"text": pl.String, "whole": rng.choice([pl.Int8, pl.UInt64]), "float": pl.Float32, "boolean": pl.Boolean, "category": pl.Categorical}
    made = table[name].cast(pl.String, strict=False)
    return said, table.with_columns(made.cast(kinds[way], strict=False) if way not in {"boolean"} else pl.lit(value=True).alias(name))


def _change_values(table: pl.DataFrame, rng: random.Random) -> tuple[str, pl.DataFrame]:
    if not table.width or not table.height:
        return "nothing: there are no rows", table
    name = rng.choice(table.columns)
    kind, values = table[name].dtype, table[name].to_list()
    numeric = kind.is_numeric()
    new = rng.choice([None, *(NUMBERS if numeric else TEXTS if kind == pl.String else NUMBERS), rng.choice(values), "another row's"])
    rows = rng.choice([[rng.randrange(len(values))], sorted({rng.randrange(len(values)) for _ in range(5)}), range(len(values))])
    for row in rows:
        values[row] = rng.choice(values) if new == "another row's" else new
    if kind.is_integer() and isinstance(new, float):
        kind = pl.Float64()
    try:
        series = pl.Series(name, values, kind, strict=True)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        series = pl.Series(name, values, strict=False)
    return f"column {name!r}: {repr(new)[:40]} in {len(rows)} rows", table.with_columns(series)


def _change_rows(table: pl.DataFrame, rng: random.Random) -> tuple[str, pl.DataFrame]:
    way = rng.choice(["none", "one", "twice", "first again", "shuffled", "backwards", "half", "no columns", "swapped"])
    some = table.with_row_index("__row")
    ways: dict[str, Callable[[], pl.DataFrame]] = {
        "none": table.clear,
        "one": lambda: table.head(1),
        "twice": lambda: pl.concat([table, table]),
        "first again": lambda: pl.concat([table, table.head(1)]),
        "shuffled": lambda: table.sample(fraction=1, shuffle=True, seed=rng.randrange(1000)),
        "backwards": table.reverse,
        "half": lambda: some.filter(pl.col("__row") % 2 == 0).drop("__row"),
        "no columns": pl.DataFrame,
        "swapped": lambda: table.rename({"start": "end", "end": "start"}) if {"start", "end"} <= set(table.columns) else table.reverse(),
    }
    return f"rows: {way}", ways[way]()


def _swell(table: pl.DataFrame, rng: random.Random) -> tuple[str, pl.DataFrame]:
    """A bomb: what unpacks into far more than it is."""
    texts = [name for name in table.columns if table[name].dtype == pl.String]
    if texts and table.height and rng.random() < 0.5:
        name = rng.choice(texts)
        return f"column {name!r}: a string of 300 MB", table.head(1).with_columns(pl.lit("x" * 300_000_000).alias(name))
    many = 30_000_000 // max(table.width, 1)
    return f"rows: {many:,} equal ones", table.head(1).select(pl.all().repeat_by(many).explode()) if table.height else table


def _change_tree(value: Any, rng: random.Random) -> tuple[str, Any]:
    """Change one node of a tree of lists and objects."""
    places = list(_walk(value))
    parent, key = rng.choice(places) if places and rng.random() < 0.97 else (None, None)
    new = rng.choice([*NUMBERS, *TEXTS, *OTHERS, LONE, 10**400, "deep"])
    if new == "deep":
        new = []
        for _ in range(rng.choice([60, 700])):
            new = [new] if rng.random() < 0.5 else {"a": new}
    said = repr(new)[:40]
    if parent is None:
        return f"all of it is {said}", new
    way = rng.choice(["drop", "rename", "replace", "replace", "replace", "wrap", "add", "text"])
    where = f"{key!r}"[:60]
    if way == "drop":
        del parent[key]
    elif way == "rename" and isinstance(parent, dict):
        parent[f"{key}_"] = parent.pop(key)
    elif way == "wrap":
        parent[key] = rng.choice([[parent[key]], {"value": parent[key]}, [parent[key]] * 2])
    elif way == "text":
        parent[key] = str(parent[key])
    elif way == "add":
        if isinstance(parent, dict):
            parent[rng.choice(["", "x", "\x00", "y" * 1000])] = new
        else:
            parent.append(new)
    else:
        parent[key] = new
    return f"{where}: {way} {said if way in {'add', 'replace', 'rename'} else ''}".strip(), value


def _walk(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _walk(value[key])


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(str(key))} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bool | int):
        return str(value).lower()
    # TOML has no null; strings are escaped as those of JSON are.
    return '""' if value is None else json.dumps(str(value), ensure_ascii=LONE in str(value))


# ------------------------------------------------------------------------------------------------------------------ commands


def run_commands(folder: Path, commands: Sequence[Sequence[str]], *, limit: float = PEAK_MB, seconds: float = SECONDS) -> list[Outcome]:
    """Run `framing` with each list of arguments, in the folder: everything that the commands read and write stands in it.

    BAD ends: TRACEBACK (or several lines, or another exit code than 1), PANIC (polars' own words on standard error), HALF (files changed or
    left over although it failed, or a temporary one although it did not), MEMORY (over `limit` megabytes), HANG (over `seconds`).
    """
    return [_run(folder, list(command), limit, seconds) for command in commands]


def _run(folder: Path, command: list[str], limit: float, seconds: float) -> Outcome:
    worker, began, before = _worker(), time.monotonic(), _look(folder)
    assert worker.stdin
    assert worker.stdout
    worker.stdin.write(json.dumps({"folder": str(folder), "command": command}).encode() + b"\n")
    worker.stdin.flush()
    most = 0.0
    while not select.select([worker.stdout], [], [], 0.02)[0]:
        most = max(most, _resident(worker.pid))
        taken = time.monotonic() - began
        if taken > seconds or most > 3 * limit:
            _end_worker()
            return Outcome(tuple(command), "HANG" if taken > seconds else "MEMORY", f"ended after {taken:.0f} s with {most:.0f} MB", most, taken)
    line = worker.stdout.readline()
    taken = time.monotonic() - began
    if not line:
        _end_worker()
        return Outcome(tuple(command), "TRACEBACK", "the process died", most, taken)
    said = json.loads(line)
    peak = max(most, said["peak"])
    kind, shown = _judge(said, before, _look(folder))
    return Outcome(tuple(command), "MEMORY" if kind in {"ok", "refused"} and peak > limit else kind, shown, peak, taken)


def _judge(said: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> tuple[str, str]:  # noqa: PLR0911 - an end a line
    errors: str = said["errors"]
    lines = [line for line in errors.splitlines() if line.strip()]
    if said["defect"] or "Traceback (most recent" in errors:
        return "TRACEBACK", said["defect"] or errors[-2000:]
    if "panicked" in errors:
        return "PANIC", errors[-1000:]
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if said["code"] and changed:
        return "HALF", f"{', '.join(changed[:5])} changed, although: {lines[-1] if lines else '-'}"
    if left := [name for name in after if Path(name).name.startswith(".partial") and name not in before]:
        return "HALF", f"{left[0]} was left"
    if said["code"] == 0:
        return "ok", lines[-1] if lines else ""
    last = lines[-1] if lines else ""
    if said["code"] != 1 or not last.startswith("framing: ") or sum(line.startswith("framing: ") for line in lines) != 1:
        return "TRACEBACK", f"exit code {said['code']}: {errors[-1000:]}"
    return "refused", last


def _look(folder: Path) -> dict[str, Any]:
    """What stands in the folder, unread."""
    found = {}
    for path in folder.rglob("*"):
        state = path.lstat()
        whole = stat.S_ISREG(state.st_mode)
        found[str(path.relative_to(folder))] = (stat.S_IFMT(state.st_mode), *((state.st_size, state.st_mtime_ns, state.st_ino) if whole else ()))
    return found


_running: list[subprocess.Popen[bytes]] = []


def _worker() -> subprocess.Popen[bytes]:
    if not _running:
        _running.append(subprocess.Popen([sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        atexit.register(_end_worker)
    return _running[0]


def _end_worker() -> None:
    while _running:
        worker = _running.pop()
        worker.kill()
        worker.communicate()


def _resident(process: int) -> float:
    """Megabytes that a process has in memory now."""
    with contextlib.suppress(OSError, ValueError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0


def _serve() -> None:
    """The worker: a command a line, and a line for how it ended. Standard output and error are caught below Python, where polars writes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        asked = json.loads(line)
        os.chdir(asked["folder"])
        with contextlib.suppress(OSError):
            # Begins the high-water mark anew.
            Path("/proc/self/clear_refs").write_text("5")
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as printed:
            os.dup2(errors.fileno(), 2)
            os.dup2(printed.fileno(), 1)
            code, defect = _call(asked["command"])
            with contextlib.suppress(ValueError):
                sys.stderr.flush()
            errors.seek(0)
            said = errors.read().decode(errors="replace")
        answers.write(json.dumps({"code": code, "defect": defect, "errors": said[-20_000:], "peak": _peak()}) + "\n")
        answers.flush()


def _call(command: list[str]) -> tuple[int, str | None]:
    from framing.main import run

    sys.argv = ["framing", *command]
    try:
        run()
    except SystemExit as left:
        return (left.code if isinstance(left.code, int) else int(left.code is not None)), None
    except BaseException:
        return 1, traceback.format_exc()[-3000:]
    return 0, None


def _peak() -> float:
    with contextlib.suppress(OSError, StopIteration):
        status = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1000
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def copy_folder(folder: Path, to: Path) -> Path:
    """A fresh copy, whatever stood there, FIFOs and all."""
    if to.is_symlink() or to.is_file():
        to.unlink()
    elif to.exists():
        shutil.rmtree(to)
    return Path(shutil.copytree(folder, to))


if __name__ == "__main__":
    _serve()
