"""The gate: the only way in to a lab's Label Studio. Who asks is found out, what they ask is looked up in an allow list, and what the server
answers is cut down to what is theirs."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from annotate.server.gate.attempts import Attempts
from annotate.server.gate.forwarding import Forwarding
from annotate.server.gate.identity import NOBODY, Identities, People, Visitor, read_credential
from annotate.server.gate.joining import Joining
from annotate.server.gate.journal import Journal
from annotate.server.gate.ownership import Ownership
from annotate.server.gate.pages import show_home, show_refusal
from annotate.server.gate.projects import Projects
from annotate.server.gate.refusals import Refused, answer_refusal
from annotate.server.gate.requests import read_fields
from annotate.server.gate.rules import find_rule
from annotate.server.gate.site import READING, Site
from annotate.server.gate.targets import Target, read_target
from annotate.server.gate.upstream import Upstream

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HEALTH", "METRICS", "make_gate"]

HEALTH, METRICS, JOIN = "/gate/health", "/gate/metrics", "/join/"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_HERE, _PORT = ("127.0.0.1", "::1"), re.compile(r":\d*$")


def make_gate(upstream: str, data: Path, token: str, public: str) -> ASGIApp:
    """The gate as an application to be served.

    `upstream` is the address of the server behind it (http://127.0.0.1:PORT), `data` the data folder that has the list of people and gets the
    log, `token` the owner's token, for the gate's own questions, and `public` the address that people use (https://NAME:PORT): requests
    for any other are refused. FramingError if an address is none.
    """
    return _Gate(upstream, data, token, Site(public, upstream))


class _Gate:
    def __init__(self, upstream: str, data: Path, token: str, site: Site) -> None:
        self._site = site
        self._upstream = Upstream(site.upstream, token)
        self._people = People(data)
        self._identities = Identities(self._upstream, self._people)
        self._projects = Projects(self._upstream)
        self._attempts = Attempts()
        self._ownership = Ownership(self._upstream)
        self._forwarding = Forwarding(site, self._upstream, self._identities, self._ownership, self._projects, self._attempts)
        self._joining = Joining(self._upstream, self._people, self._projects, self._attempts, site)
        self._journal = Journal(data)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        # A websocket is none of Label Studio's: it is closed without a word.
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, visitor, target = time.monotonic(), NOBODY, Target("?")
        headers, host = Headers(scope=scope), (scope.get("client") or ("?",))[0]
        try:
            target = read_target(scope["raw_path"], scope["query_string"])
            answer = await self._answer_anybody(target, headers, host)
            if answer is None:
                if scope["method"] not in METHODS:
                    raise Refused(405, "this method is not served")
                self._site.judge(scope["method"], headers)
                visitor = await self._identities.find(read_credential(headers))
                answer = await self._answer(scope, receive, target, visitor, host)
            verdict = "passed"
        except Refused as refused:
            verdict = "refused"
            self._journal.note(refused.status, visitor.name, host, scope["method"], target.path, refused.reason)
            answer = self._explain(refused, scope["method"], target, headers, visitor)
        await answer(scope, receive, send)
        self._journal.count(visitor.role, verdict, time.monotonic() - begun)

    async def _answer_anybody(self, target: Target, headers: Headers, host: str) -> Response | None:
        """What watches over the gate asks from where it likes, and learns only whether it answers; counts are for this machine."""
        if target.path == HEALTH:
            response = await self._upstream.send("GET", "/health", [])
            await response.aclose()
            if response.status_code != 200:
                raise Refused(502, "the server is not well")
            return PlainTextResponse("gate and server answer\n", headers={"cache-control": "no-store"})
        named = _PORT.sub("", headers.get("host", "")).strip("[]")
        if target.path == METRICS and host in _HERE and named in (*_HERE, "localhost"):
            return PlainTextResponse(self._journal.write_metrics(), headers={"cache-control": "no-store"})
        return None

    async def _answer(self, scope: Scope, receive: Receive, target: Target, visitor: Visitor, host: str) -> Response:
        method, path = scope["method"], target.path.rstrip("/") or "/"
        if path.startswith(JOIN):
            secret = path.removeprefix(JOIN)
            if method in READING:
                return await self._joining.show(secret, visitor, host)
            if method != "POST":
                raise Refused(405, "this method is not served")
            return await self._joining.use(secret, visitor, await read_fields(scope, receive), host)
        # New accounts are made by an invitation alone, also by the owner.
        if path.startswith(("/user/signup", "/gate")) and not (path == METRICS and visitor.role == "owner"):
            raise Refused(403, "new accounts are made by an invitation" if path.startswith("/user") else "there is no such page")
        if path == METRICS:
            return PlainTextResponse(self._journal.write_metrics(), headers={"cache-control": "no-store"})
        if visitor.role == "owner":
            return await self._forwarding.pass_owner(scope, receive, target)
        if visitor.account is not None and method in READING and path in ("/", "/projects"):
            titles = [(number, await self._projects.title(number)) for number in visitor.projects]
            return show_home(visitor.name, visitor.role, titles)
        found = find_rule(visitor.role, method, target)
        if found is None:
            raise Refused(403, "this is not for you") if visitor.account is not None else Refused(401, "log in first")
        return await self._forwarding.pass_ruled(scope, receive, target, visitor, self._people.read(), *found)

    def _explain(self, refused: Refused, method: str, target: Target, headers: Headers, visitor: Visitor) -> Response:
        if method not in READING or "text/html" not in headers.get("accept", ""):
            if not target.path.startswith(JOIN):
                return answer_refusal(refused)
        elif refused.status == 401 and visitor.account is None:
            return RedirectResponse("/user/login/" + Target("", (("next", target.write()),)).write(), 302)
        return show_refusal(refused)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.shutdown":
                await self._upstream.close()
                self._journal.close()
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
