"""The body of a request: read with a limit, and of its fields only those that a rule knows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers

from annotate.server.gate.refusals import Refused
from annotate.server.gate.rules import match_values
from schemas.errors import FramingError
from schemas.parsing import parse_json

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

__all__ = ["FORM", "JSON", "read_body", "read_fields", "read_work", "stream_body"]

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
# Bytes of an annotation, with all its spans; of a form; and of what an owner imports at once, more than which the server refuses.
LARGEST, LARGEST_FORM, LARGEST_IMPORT = 8_000_000, 20_000, 300_000_000


def measure_body(scope: Scope, largest: int) -> int:
    """How many bytes a request says it has. Refused if it does not say so: the server would read none."""
    headers = Headers(scope=scope)
    lengths = headers.getlist("content-length")
    if "transfer-encoding" in headers or len(lengths) > 1 or not all(length.isdecimal() for length in lengths):
        raise Refused(411, "this request does not say how long it is")
    size = int(lengths[0]) if lengths else 0
    if size > largest:
        raise Refused(413, f"at most {largest:,} bytes are taken at once")
    return size


async def stream_body(receive: Receive) -> AsyncIterator[bytes]:
    """The parts of a body as they come; the listener sees to it that they are as many bytes as were announced."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the request broke off")
        if body := message.get("body"):
            yield body
        more = message.get("more_body", False)


async def read_body(scope: Scope, receive: Receive, largest: int = LARGEST) -> bytes:
    return b"".join([part async for part in stream_body(receive)]) if measure_body(scope, largest) else b""


async def read_fields(scope: Scope, receive: Receive) -> dict[str, str]:
    """What a form of ours was filled in with. Refused if it is none."""
    return parse_form(await read_form(scope, receive))


async def read_form(scope: Scope, receive: Receive) -> bytes:
    """A form as it was sent."""
    if _kind(scope) != FORM:
        raise Refused(415, "a form is expected here")
    return await read_body(scope, receive, LARGEST_FORM)


def parse_form(body: bytes) -> dict[str, str]:
    """Its fields. Refused if one is there twice."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise Refused(400, "this form cannot be read") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refused(400, "a field of this form is there twice")
    return fields


def read_work(scope: Scope, body: bytes, fields: Mapping[str, str]) -> tuple[bytes, list[tuple[str, int]]]:
    """What is sent of a body, in our own spelling, and what its fields name. Refused if one is not among `fields`, or says what nobody may say."""
    if _kind(scope) != JSON:
        raise Refused(415, "JSON is expected here")
    try:
        said: Any = parse_json(body.decode("utf-8"), "body")
    except (FramingError, UnicodeDecodeError):
        raise Refused(400, "this is no JSON") from None
    if not isinstance(said, dict):
        raise Refused(400, "an object is expected here")
    named = match_values(fields, said)
    if named is None:
        known = {name.removesuffix("?") for name in fields}
        unknown = [str(name)[:40] for name in said if name not in known]
        raise Refused(403, f"{unknown[0]} may not be set here" if unknown else "a field has a value that it may not have")
    return json.dumps(said).encode(), named


def _kind(scope: Scope) -> str:
    given = Headers(scope=scope).getlist("content-type")
    return given[0].partition(";")[0].strip().lower() if len(given) == 1 else ""
