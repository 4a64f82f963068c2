"""The server behind the gate: what it is sent, and what the gate itself asks it in the owner's name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx

from annotate.server.gate.refusals import Refused

__all__ = ["LARGEST", "Upstream", "read_answer", "read_json_answer"]

Header = tuple[str, str]
# Bytes of an answer that is read before it is passed on; the whole list of an expert's page is well below.
LARGEST = 64_000_000
_SECONDS = {"connect": 5.0, "read": 600.0, "write": 60.0, "pool": 30.0}


class Upstream:
    """The server at `address` (http://host:port). Nothing is remembered between two requests: no cookie of one visitor can reach another. No
    redirect is followed, and no proxy of the environment is asked."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address.rstrip("/")
        self._token = token
        # A new connection for each question costs nothing on one machine, and nobody need find out whether one that was kept is still open.
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)
        self._transport = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def send(self, method: str, target: str, headers: Iterable[Header], body: bytes | AsyncIterator[bytes] | None = None) -> httpx.Response:
        """Its answer, whose body is not yet read and must be closed. Refused if it does not answer; nothing is sent twice."""
        try:
            request = httpx.Request(method, self.address + target, headers=list(headers), content=body, extensions={"timeout": _SECONDS})
            return await self._transport.handle_async_request(request)
        except httpx.InvalidURL:
            # Escaped it is longer than it came.
            raise Refused(414, "this address is too long") from None
        except httpx.HTTPError:
            raise Refused(502, "the server does not answer; try again in a moment") from None

    async def ask(self, target: str, *, headers: Iterable[Header] | None = None) -> tuple[int, Any]:
        """Status and JSON of a question of the gate's own, in the owner's name or by other headers."""
        response = await self.send("GET", target, headers if headers is not None else [("authorization", f"Token {self._token}")])
        return response.status_code, await read_json_answer(response) if response.status_code == httpx.codes.OK else None

    async def close(self) -> None:
        await self._transport.aclose()


async def read_json_answer(response: httpx.Response) -> Any:
    """The JSON of an answer. Refused if it is none, or too much."""
    try:
        return json.loads(await read_answer(response))
    except (ValueError, RecursionError):
        raise Refused(502, "the server's answer cannot be read") from None


async def read_answer(response: httpx.Response, largest: int = LARGEST) -> bytes:
    """The whole body of an answer. Refused if it has more bytes than this, or breaks off."""
    parts, size = [], 0
    try:
        async for part in response.aiter_raw():
            size += len(part)
            if size > largest:
                raise Refused(502, "the server's answer is too large")
            parts.append(part)
        return b"".join(parts)
    except httpx.HTTPError:
        raise Refused(502, "the server's answer cannot be read") from None
    finally:
        await response.aclose()
