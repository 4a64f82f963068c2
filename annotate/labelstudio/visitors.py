"""Who may ask `framing serve`: whoever has its secret, by an address that is its own, and no web page of others."""

from __future__ import annotations

import base64
import hmac
import ipaddress
from collections.abc import Collection
from typing import TYPE_CHECKING

from annotate.labelstudio.served import USER

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import JSONResponse
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["OPEN", "Visitors", "refuse"]

# Answered without the secret: that the backend is there, and nothing else.
OPEN = "/health"


def refuse(status: int, reason: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An answer of one line."""
    from starlette.responses import JSONResponse

    return JSONResponse({"error": reason}, status, headers)


class Visitors:
    """The application `inside`, for those who may ask. `names` are the hosts, besides localhost and addresses in figures, that are its own.

    A page whose name was made to lead here (DNS rebinding) is known by its Host, a page of another site by its Origin or
    its Content-Type, which it cannot choose without asking first.
    """

    def __init__(self, inside: ASGIApp, secret: str, names: Collection[str] = ()) -> None:
        self._inside = inside
        self._credentials = base64.b64encode(f"{USER}:{secret}".encode())
        self._names = {"localhost", *(name.rstrip(".").casefold() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.datastructures import Headers

        answer = self._judge(scope["method"], scope["path"], Headers(scope=scope)) if scope["type"] == "http" else None
        await (answer or self._inside)(scope, receive, send)

    def _judge(self, method: str, path: str, headers: Headers) -> JSONResponse | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self._is_own(hosts[0]):
            return refuse(421, "this Host is not served here; `framing serve --name NAME` adds one")
        if any(origin != f"http://{hosts[0]}" for origin in origins) or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return refuse(403, "web pages of others may not ask")
        if path != OPEN and not self._is_let_in(headers.getlist("authorization")):
            return refuse(401, "the secret is missing or wrong: see the address that `framing serve` prints", {"WWW-Authenticate": "Basic"})
        if method == "POST" and not _is_json(headers.getlist("content-type")):
            return refuse(415, "Content-Type must be application/json, in UTF-8")
        return None

    def _is_own(self, host: str) -> bool:
        name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        if name.rstrip(".").casefold() in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _is_let_in(self, given: list[str]) -> bool:
        scheme, _, credentials = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        # Compared in the same time whatever is wrong with it.
        right = hmac.compare_digest(credentials.strip().encode("latin-1", "replace"), self._credentials)
        return right and scheme.casefold() == "basic"


def _is_json(given: list[str]) -> bool:
    kind, _, parameters = given[0].casefold().partition(";") if len(given) == 1 else ("", "", "")
    return kind.strip() == "application/json" and parameters.replace(" ", "").replace('"', "") in ("", "charset=utf-8")
