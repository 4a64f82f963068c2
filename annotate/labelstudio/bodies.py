"""What `framing serve` is asked: bodies read in pieces up to a limit, and checked before anything is done with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from schemas.errors import FramingError
from schemas.parsing import parse_json

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["TASKS", "Bodies", "read_object", "read_tasks", "read_title"]

# A character beyond the first 65,536 is twelve bytes of JSON. The rest is for the interface and what else Label Studio sends.
_BYTES_A_CHARACTER, _REST = 12, 1_000_000
# As many of the largest are held at once, by whoever is let in.
_HELD = 4
TASKS = 5_000
Json = dict[str, Any]


class Bodies:
    """Bodies of requests with texts of up to `longest` characters."""

    def __init__(self, longest: int) -> None:
        self.limit = longest * _BYTES_A_CHARACTER + _REST
        self._held = 0

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """The body, for as long as the block runs. HTTPException 413 as soon as it is too long, 503 where others hold too much."""
        from starlette.exceptions import HTTPException

        body = bytearray()
        try:
            async for piece in request.stream():
                body += piece
                self._held += len(piece)
                if len(body) > self.limit:
                    raise HTTPException(413, f"the request has more than {self.limit:,} bytes")
                if self._held > _HELD * self.limit:
                    raise HTTPException(503, "too much is asked at once", {"Retry-After": "5"})
            yield bytes(body)
        finally:
            self._held -= len(body)


def read_object(body: bytes) -> Json:
    """The JSON object of a body. HTTPException 400, with the reason, if it is anything else."""
    try:
        found = parse_json(body.decode(), "the request")
    except UnicodeDecodeError:
        raise _malformed("the request is not text in UTF-8") from None
    except FramingError as error:
        raise _malformed(f"the request {error.what}") from None
    if not isinstance(found, dict):
        raise _malformed("the request is not an object of JSON")
    return found


def read_tasks(content: Json) -> tuple[list[Json], str]:
    """The data of each task, and the labelling interface. Data may lack article_id, text and title; where they are, they are text (or no title)."""
    tasks = content.get("tasks")
    if not isinstance(tasks, list) or len(tasks) > TASKS:
        raise _malformed(f"`tasks` is not a list of at most {TASKS:,}")
    return [_read_data(task, number) for number, task in enumerate(tasks)], _check_text(content.get("label_config", ""), "`label_config`")


def read_title(content: Json) -> str:
    """The title of the project that is asked about; empty if none is named."""
    project = content.get("project")
    return _check_text(project.get("title", ""), "the project's title") if isinstance(project, dict) else ""


def _read_data(task: Any, number: int) -> Json:
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        raise _malformed(f"task {number} has no data")
    for name in ("article_id", "text", "title"):
        if name in data and (name, data[name]) != ("title", None):
            _check_text(data[name], f"`{name}` of task {number}")
    return data


def _check_text(value: Any, what: str) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise _malformed(f"{what} is not text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _malformed(f"{what} has half a character (a lone surrogate)") from None
    return value


def _malformed(reason: str) -> Exception:
    from starlette.exceptions import HTTPException

    return HTTPException(400, reason)
