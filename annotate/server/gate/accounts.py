"""Making an account on the server, and logging in, through its own pages. Its own invitation is asked for in the owner's name, and nobody sees it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import httpx

from annotate.server.gate.identity import CSRF
from annotate.server.gate.refusals import Refused
from annotate.server.gate.site import find_session, read_cookies
from annotate.server.gate.upstream import Upstream, read_answer

__all__ = ["log_in", "sign_up"]

_FORM = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')
_LOGIN = "/user/login/"
_LARGEST = 1_000_000


async def sign_up(upstream: Upstream, email: str, password: str) -> httpx.Response | None:
    """Make an account; the server's answer, with the session it begins, or None if it makes none: the address is taken, or the password too plain."""
    status, said = await upstream.ask("/api/invite")
    address = said.get("invite_url") if isinstance(said, dict) else None
    token = re.search(r"\?token=([0-9A-Za-z_-]+)$", address) if isinstance(address, str) else None
    if status != httpx.codes.OK or token is None:
        raise Refused(502, "the server makes no accounts at present; whoever keeps it can find out why")
    return await _send_form(upstream, f"/user/signup/?token={token[1]}", email, password)


async def log_in(upstream: Upstream, email: str, password: str) -> httpx.Response | None:
    """The server's answer, with the session it begins, or None if address and password do not belong together."""
    return await _send_form(upstream, _LOGIN, email, password)


async def _send_form(upstream: Upstream, page: str, email: str, password: str) -> httpx.Response | None:
    shown = await upstream.send("GET", page, [("accept", "text/html")])
    cookie = read_cookies(shown).get(CSRF, {}).get("value", "")
    found = _FORM.search((await read_answer(shown, _LARGEST)).decode("utf-8", "replace"))
    if found is None or not cookie:
        raise Refused(502, "the server does not show its form; try again in a moment")
    fields = urlencode({"csrfmiddlewaretoken": found[1], "email": email, "password": password}).encode()
    headers = [("content-type", "application/x-www-form-urlencoded"), ("cookie", f"{CSRF}={cookie}")]
    headers += [("origin", upstream.address), ("referer", f"{upstream.address}/")]
    answer = await upstream.send("POST", page, headers, fields)
    await read_answer(answer, _LARGEST)
    return answer if answer.status_code == httpx.codes.FOUND and find_session(answer) else None
