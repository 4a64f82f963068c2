"""A request goes through to the server, and its answer back: the owner's as they are, others' as the rules have them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from annotate.server.gate.answers import ANSWERS, Reader, cut_error
from annotate.server.gate.attempts import Attempts
from annotate.server.gate.identity import Credential, Identities, Visitor, read_credential
from annotate.server.gate.ownership import Ownership
from annotate.server.gate.projects import Projects
from annotate.server.gate.refusals import Refused
from annotate.server.gate.requests import JSON, LARGEST_IMPORT, measure_body, parse_form, read_body, read_form, read_work, stream_body
from annotate.server.gate.rules import LOGIN, OPEN, WHOLE, Rule
from annotate.server.gate.site import READING, Site, find_session
from annotate.server.gate.targets import Target
from annotate.server.gate.upstream import Header, Upstream, read_json_answer
from annotate.server.members import Members

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Forwarding"]

LOGOUT = "/logout"
# Of which thing an answer says where it is.
_LEARNT = {"task": "task", "known task": "task", "annotation": "annotation", "draft": "draft"}


@dataclass(frozen=True)
class Forwarding:
    site: Site
    upstream: Upstream
    identities: Identities
    ownership: Ownership
    projects: Projects
    attempts: Attempts

    async def pass_owner(self, scope: Scope, receive: Receive, target: Target) -> Response:
        """Everything passes, in both directions, as it comes."""
        headers = Headers(scope=scope)
        size, credential = measure_body(scope, LARGEST_IMPORT), read_credential(headers)
        own = [("content-length", str(size))] if size or scope["method"] not in READING else []
        sent = self.site.pass_headers(headers, credential) + own
        response = await self.upstream.send(scope["method"], target.write(), sent, stream_body(receive) if size else None)
        self._follow(response, credential, target)
        return _Passed(response, await self._heads(response, strict=False))

    async def pass_ruled(
        self, scope: Scope, receive: Receive, target: Target, visitor: Visitor, members: Members, rule: Rule, named: list[tuple[str, int]]
    ) -> Response:
        """What a rule allows, if everything it names is the visitor's; Refused otherwise."""
        if rule.answer == LOGIN:
            return await self._log_in(scope, receive, target)
        body = None
        if rule.method not in READING:
            body = await read_body(scope, receive)
            if rule.body is not None:
                body, more = read_work(scope, body, rule.body)
                named = named + more
            else:
                body = json.dumps(rule.send).encode() if rule.send is not None else None
        project = await self.ownership.check(visitor, named) if named else None
        if rule.is_answered_here:
            return JSONResponse(rule.says, headers={"cache-control": "no-store"})
        if rule.answer == "projects":
            target = Target(target.path, (*target.query, ("ids", ",".join(map(str, visitor.projects)))))
        headers = Headers(scope=scope)
        credential = read_credential(headers)
        response = await self._send(scope["method"], target, headers, credential, body, JSON)
        self._follow(response, credential, target)
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            await response.aclose()
            raise Refused(502, "the server could not do this")
        return await self._cut(response, rule, project, visitor, members)

    async def _send(self, method: str, target: Target, headers: Headers, credential: Credential, body: bytes | None, kind: str) -> httpx.Response:
        sent = [(name, value) for name, value in self.site.pass_headers(headers, credential) if name != "content-type"]
        sent += [("content-type", kind)] if body is not None else [("content-length", "0")] * (method not in READING)
        return await self.upstream.send(method, target.write(), sent, body)

    async def _cut(self, response: httpx.Response, rule: Rule, project: int | None, visitor: Visitor, members: Members) -> Response:
        heads = await self._heads(response, strict=True)
        is_json = response.headers.get("content-type", "").partition(";")[0] == JSON
        fails = response.status_code >= httpx.codes.BAD_REQUEST
        if response.status_code == httpx.codes.NO_CONTENT or (rule.answer == WHOLE and not (fails and rule.roles[0] != OPEN)):
            return _Passed(response, heads)
        if not is_json:
            await response.aclose()
            raise Refused(response.status_code if fails else 502, "the server answers something else than was asked for")
        said = await read_json_answer(response)
        if fails:
            cut = cut_error(said)
        else:
            cut = await self._cut_said(said, rule, project, visitor, members)
        own = ("content-length", "content-type", "cache-control", "etag", "last-modified")
        answer = JSONResponse(cut, response.status_code, {"cache-control": "no-store"})
        answer.raw_headers.extend(_encode([(name, value) for name, value in heads if name not in own]))
        return answer

    async def _cut_said(self, said: Any, rule: Rule, project: int | None, visitor: Visitor, members: Members) -> Any:
        if visitor.account is None:
            raise Refused(401, "log in first")
        shown = await self.projects.suggests(project) if rule.answer == "known task" and project is not None else True
        try:
            if (thing := _LEARNT.get(rule.answer)) is not None:
                self.ownership.learn(thing, said, project)
            return ANSWERS[rule.answer](said, Reader(visitor, visitor.account, members, shown))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise Refused(502, "the server answers something else than was asked for") from None

    async def _log_in(self, scope: Scope, receive: Receive, target: Target) -> Response:
        headers, host = Headers(scope=scope), (scope.get("client") or ("?",))[0]
        body = await read_form(scope, receive)
        name = parse_form(body).get("email", "")
        self.attempts.begin(host, name)
        response = await self._send("POST", target, headers, read_credential(headers), body, headers["content-type"])
        if response.status_code == httpx.codes.FOUND:
            self.attempts.succeed(host, name)
        return _Passed(response, await self._heads(response, strict=True))

    def _follow(self, response: httpx.Response, credential: Credential, target: Target) -> None:
        if not credential.session:
            return
        if target.path.rstrip("/") == LOGOUT:
            self.identities.forget(credential)
        elif session := find_session(response):
            self.identities.follow(credential, session)

    async def _heads(self, response: httpx.Response, *, strict: bool) -> list[Header]:
        try:
            return self.site.answer_headers(response, strict=strict)
        except Refused:
            await response.aclose()
            raise


class _Passed(Response):
    """The server's answer, part by part."""

    def __init__(self, response: httpx.Response, headers: list[Header]) -> None:
        self._response = response
        self.status_code = response.status_code
        self.background = None
        self.raw_headers = _encode(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for part in self._response.aiter_raw():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except httpx.HTTPError:
            # Without its end the visitor knows that it is not whole.
            return
        finally:
            await self._response.aclose()


def _encode(headers: list[Header]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
