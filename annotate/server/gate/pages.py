"""The gate's own pages: plain HTML without a script. Every string of others is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import HTMLResponse

from annotate.server.gate.refusals import Refused
from annotate.server.gate.site import SAFETY
from annotate.server.members import Invitation

__all__ = ["show_home", "show_invitation", "show_refusal"]

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --page: #fbfaf7; --line: #8a8f98; --deed: #0b5c8a; --on: #fff; --wrong: #9b1c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --page: #191d23; --line: #7d838d; --deed: #7cc4ee; --on: #10202b; --wrong: #ff9c94; } }
body { margin: 0 auto; max-width: 38rem; padding: 2rem 1.25rem; font: 1.0625rem/1.55 system-ui, sans-serif; }
body { color: var(--ink); background: var(--page); }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.125rem; margin-top: 2.25rem; } a { color: var(--deed); }
ul { padding: 0; list-style: none; } li { border-top: 1px solid var(--line); padding: .75rem 0; overflow-wrap: anywhere; }
label { display: block; margin-top: 1rem; }
input, button { font: inherit; border: 0; border-radius: 4px; }
input { display: block; box-sizing: border-box; width: 100%; padding: .5rem; color: inherit; background: transparent; border: 1px solid var(--line); }
button { margin-top: 1.25rem; padding: .5rem 1.25rem; color: var(--on); background: var(--deed); cursor: pointer; }
:focus-visible { outline: 3px solid var(--deed); outline-offset: 2px; } [role=alert] { color: var(--wrong); font-weight: 600; }
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = dict(SAFETY) | {
    "cache-control": "no-store",
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}
_DOCUMENT = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>{}</title><style>{}</style></head><body><main><h1>{}</h1>{}</main></body></html>"
)
_FIELD = Markup('<label for="{0}">{1}</label><input id="{0}" name="{2}" type="{3}" autocomplete="{4}" required{5}>')
_DOES = {
    "owner": "You will see and do everything.",
    "expert": "You will tag articles, and read the whole project: its table, and what everybody tagged.",
    "annotator": "You will tag articles, one after the other, and see your own work alone.",
}
SHORTEST, LONGEST = 8, 128


def show_home(name: str, role: str, projects: Sequence[tuple[int, str]]) -> HTMLResponse:
    """Whoever is logged in sees their projects, by number and title."""
    links = [Markup('<li><a href="/projects/{}/data?labeling=1">{}</a></li>').format(number, title) for number, title in projects]
    if role == "expert":
        links = [link + Markup(' <a href="/projects/{}/data">table</a>').format(number) for link, (number, _) in zip(links, projects, strict=True)]
    listed = Markup("<p>Choose a project to go on tagging.</p><ul>{}</ul>").format(Markup("").join(links))
    none = Markup("<p>You are in no project yet. Open the address of your invitation, or ask for one.</p>")
    leave = Markup('<p>You are logged in as {}. <a href="/logout">Log out</a></p>').format(name)
    return _show("Your projects", (listed if links else none) + leave)


def show_invitation(secret: str, invitation: Invitation, project: str, name: str, *, wrong: str = "", email: str = "") -> HTMLResponse:
    """What an invitation is for, and how to use it. `name`: who is logged in, or nothing; `wrong`: why the last attempt failed."""
    where = f"/join/{quote(secret, safe='')}"
    said = Markup("<p>You are invited as <b>{}</b>. {}</p><p>The invitation can be used once, until {} (UTC).</p>").format(
        invitation.role, _DOES[invitation.role], invitation.until[:16].replace("T", " ")
    )
    alert = Markup('<p role="alert">{}</p>').format(wrong) if wrong else Markup("")
    if name:
        known = Markup("<p>You are logged in as {}.</p>").format(name)
        return _show(f"Join “{project}”", said + alert + known + _form(where, "join", "Join", Markup("")), 200 if not wrong else 400)
    bounds = Markup(' minlength="{}" maxlength="{}"').format(SHORTEST, LONGEST)
    address = Markup(' value="{}" maxlength="254"').format(email)
    new = [("new-email", "E-mail address", "email", "email", "username", address)]
    new += [("new-password", f"Password, at least {SHORTEST} signs", "password", "password", "new-password", bounds)]
    new += [("again", "The same password again", "again", "password", "new-password", bounds)]
    old = [("old-email", "E-mail address", "email", "email", "username", address)]
    old += [("old-password", "Password", "password", "password", "current-password", Markup(""))]
    first = Markup("<h2>I am new here</h2>") + _form(where, "new", "Make my account and join", _fields(new))
    second = Markup("<h2>I have an account</h2>") + _form(where, "known", "Log in and join", _fields(old))
    return _show(f"Join “{project}”", said + alert + first + second, 200 if not wrong else 400)


def show_refusal(refused: Refused, home: str = "/") -> HTMLResponse:
    """A page of one line."""
    said = Markup('<p role="alert">{}.</p><p><a href="{}">To the beginning</a></p>').format(refused.reason[:1].upper() + refused.reason[1:], home)
    return _show("This is closed" if refused.status == 403 else "This did not work", said, refused.status)


def _fields(fields: Iterable[tuple[str, str, str, str, str, Markup]]) -> Markup:
    return Markup("").join(_FIELD.format(*field) for field in fields)


def _form(where: str, deed: str, say: str, fields: Markup) -> Markup:
    return Markup('<form method="post" action="{}">{}<button name="deed" value="{}">{}</button></form>').format(where, fields, deed, say)


def _show(title: str, body: Markup, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_DOCUMENT.format(title, Markup(_STYLE), title, body), status, _HEADERS)  # noqa: S704 - our own style
