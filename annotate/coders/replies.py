"""The lines of a batch's output and error files, as OpenAI's API and vLLM's `run-batch` write them: what the server said to each request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePath
from typing import IO, Any

from schemas.errors import FramingError, printable
from schemas.files import measure_file
from schemas.parsing import LARGEST, parse_json

__all__ = ["ANSWERED", "BROKEN", "CUT", "DAMAGED", "FAILED", "REFUSED", "Reply", "is_responses", "read_replies"]

Json = dict[str, Any]
# What became of a request, as far as the server's line says.
ANSWERED, REFUSED, CUT, BROKEN, FAILED, DAMAGED = "answered", "refused", "cut short", "no answer in it", "server failed", "damaged lines"
# Seconds to the end of the year 9999, and lines that are looked at to tell what a file is.
_LAST, FIRST = 253_402_300_799, 20


@dataclass(frozen=True)
class Reply:
    """What a server said to one request: `content` if it answered (`reason` is ANSWERED), and what it said of itself."""

    name: str
    reason: str
    content: str = ""
    model: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    created: str | None = None


def is_responses(path: Path) -> bool:
    """Whether a file is the output or the error file of a batch: the first of its first lines that can be read says to which request it belongs.
    FramingError if the file cannot be read."""
    row = next((row for row in islice(_read_rows(path), FIRST) if row is not None), {})
    return isinstance(row.get("custom_id"), str) and ("response" in row or "error" in row)


def read_replies(path: Path) -> Iterator[Reply]:
    """Each line of such a file; of one that cannot be read, DAMAGED without a name. FramingError if the file cannot be read."""
    for row in _read_rows(path):
        yield Reply("", DAMAGED) if row is None or not isinstance(row.get("custom_id"), str) else _interpret(row)


def _read_rows(path: Path) -> Iterator[Json | None]:
    try:
        measure_file(path)
        with path.open("rb") as file:
            yield from map(_parse, _read_lines(file))
    except OSError as error:
        raise FramingError(f"cannot be read ({error.strerror})", path, "Name the file that the batch wrote") from error


def _read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines that hold something; of one that is longer than a file may be, its beginning."""
    while line := file.readline(LARGEST):
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LARGEST)):
            pass
        if line.strip():
            yield line


def _parse(line: bytes) -> Json | None:
    try:
        row = parse_json(line.decode("utf-8-sig"), "a line")
    except (FramingError, UnicodeDecodeError):
        return None
    return row if isinstance(row, dict) else None


def _interpret(row: Json) -> Reply:
    response = _table(row.get("response"))
    body = _table(response.get("body"))
    usage = _table(body.get("usage"))
    said: Json = {"model": _name_model(body.get("model")), "created": _moment(body.get("created"))}
    said |= {"tokens_in": _number(usage.get("prompt_tokens")), "tokens_out": _number(usage.get("completion_tokens"))}
    choices = body.get("choices")
    choice = _table(choices[0] if isinstance(choices, list) and choices else None)
    message = _table(choice.get("message"))
    content = _join(message.get("content"))
    if row.get("error") or body.get("error") or response.get("status_code", 200) != 200 or not choice:
        reason = FAILED
    elif message.get("refusal") or choice.get("finish_reason") == "content_filter":
        reason = REFUSED
    elif choice.get("finish_reason") == "length":
        reason = CUT
    else:
        reason = ANSWERED if content else BROKEN
    return Reply(row["custom_id"], reason, content if reason == ANSWERED else "", **said)


def _join(content: Any) -> str:
    """The text of a message, which some servers give in parts."""
    parts = content if isinstance(content, list) else [{"text": content}]
    return "".join(text for part in parts if isinstance(text := _table(part).get("text"), str))


def _table(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _name_model(value: Any) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    # llama.cpp says where its model is, which is nobody's business.
    return printable(PurePath(value).name if value.startswith("/") else value)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0


def _moment(value: Any) -> str | None:
    return datetime.fromtimestamp(value, UTC).isoformat() if 0 < _number(value) < _LAST else None
