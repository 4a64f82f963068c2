"""JSON and TOML of others: read with a limit to size and depth, so that what is damaged or made to do harm is one clear line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, NoReturn

from schemas.errors import FramingError, printable
from schemas.files import measure_file

__all__ = ["DEEPEST", "LARGEST", "parse_json", "parse_toml", "read_json", "read_text", "write_toml"]

# Bytes of a file. What Python makes of the worst JSON takes some twenty times as much memory.
LARGEST = 32_000_000
# Nothing that this toolkit writes is nested half as deeply, and everything that walks through it may call itself so often.
DEEPEST = 50
MEND = "Restore it from a copy, or make it again"


def read_text(path: Path, *, largest: int = LARGEST) -> str:
    """The text of a file in UTF-8. FileNotFoundError where there is none; FramingError where it is too large, cannot be read or is no file."""
    try:
        if (size := measure_file(path)) > largest:
            raise FramingError(f"has {size:,} bytes, and at most {largest:,} are read", path, MEND)
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise FramingError(f"cannot be read ({reason})", path, MEND) from error


def read_json(path: Path) -> Any:
    """What a JSON file holds. FileNotFoundError where there is none; FramingError for every other fault."""
    return parse_json(read_text(path), path)


def parse_json(text: str, where: object) -> Any:
    """What JSON text holds. FramingError, naming `where`, if it is damaged, nested too deeply, or has numbers that JSON has not."""
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise _too_deep(where) from None
    except ValueError as error:
        raise FramingError(f"is damaged ({printable(str(error), 100)})", where, MEND) from error
    _refuse_depth(found, text, where)
    return found


def parse_toml(text: str, where: object) -> dict[str, Any]:
    """What TOML text holds; FramingError as for JSON."""
    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise _too_deep(where) from None
    except ValueError as error:
        raise FramingError(f"not valid TOML ({printable(str(error), 100)})", where, "Mend the file at that line") from error
    _refuse_depth(found, text, where)
    return found


def _refuse_depth(found: Any, text: str, where: object) -> None:
    # A dotted name nests in TOML, too. Most texts have fewer signs than would be needed.
    if text.count("[") + text.count("{") + text.count(".") <= DEEPEST:
        return
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise _too_deep(where)
        nested = (value.values() if isinstance(value, dict) else value for value in level if isinstance(value, dict | list))
        level = [value for values in nested for value in values if isinstance(value, dict | list)]


def _too_deep(where: object) -> FramingError:
    return FramingError(f"is nested more than {DEEPEST} levels deep", where, MEND)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def write_toml(data: dict[str, Any]) -> list[str]:
    """A line for each key that has a value, as TOML."""
    return [f"{key} = {_toml(value)}" for key, value in data.items() if value is not None and value != []]


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    # JSON's escapes are TOML's. What a terminal would obey or hide is escaped, too.
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in json.dumps(value, ensure_ascii=False))
