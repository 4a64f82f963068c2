"""Joining by an invitation: whoever has its secret makes an account, or logs in, and is in the project from then on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio.to_thread
from starlette.responses import RedirectResponse, Response

from annotate.server.gate.accounts import log_in, sign_up
from annotate.server.gate.attempts import Attempts
from annotate.server.gate.identity import People, Visitor
from annotate.server.gate.pages import LONGEST, SHORTEST, show_invitation
from annotate.server.gate.projects import Projects
from annotate.server.gate.refusals import Refused
from annotate.server.gate.site import Site
from annotate.server.gate.upstream import Upstream
from annotate.server.members import Invitation, redeem
from schemas.errors import FramingError
from schemas.files import digest_text

__all__ = ["Joining"]

# The server takes more; what is told apart by letters of other scripts alone could be taken for somebody else's.
_EMAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+")


class _Wrong(Exception):
    """What was entered is not right: the page is shown again with this line."""


@dataclass
class Joining:
    upstream: Upstream
    people: People
    projects: Projects
    attempts: Attempts
    site: Site

    async def show(self, secret: str, visitor: Visitor, host: str) -> Response:
        """The page of the invitation. Refused if it is not known, was used or has expired."""
        invitation, title = await self._read(secret, host)
        return show_invitation(secret, invitation, title, visitor.name if visitor.account is not None else "")

    async def use(self, secret: str, visitor: Visitor, fields: Mapping[str, str], host: str) -> Response:
        """Let somebody join, as they are logged in, or with the account that the fields name; to the beginning with them, or the page again."""
        invitation, title = await self._read(secret, host)
        name = visitor.account.email if visitor.account is not None else ""
        email = fields.get("email", "").strip().lower()
        try:
            cookies: list[tuple[str, str]] = []
            if not name:
                name, cookies = await self._enter(fields, email, host)
            await self._redeem(secret, name)
        except _Wrong as wrong:
            return show_invitation(secret, invitation, title, name, wrong=str(wrong), email=email[:254])
        answer = RedirectResponse("/", 303, {"cache-control": "no-store"})
        answer.raw_headers.extend((key.encode("latin-1"), value.encode("latin-1")) for key, value in cookies)
        return answer

    async def _read(self, secret: str, host: str) -> tuple[Invitation, str]:
        self.attempts.check(host)
        digest, now = digest_text(secret), datetime.now(UTC).isoformat(timespec="seconds")
        found = next((one for one in self.people.read().invitations if one.digest == digest), None)
        if found is None:
            self.attempts.fail(host)
        if found is None or found.used_by is not None or found.until < now:
            reason = "is not known" if found is None else "has been used" if found.used_by is not None else "has expired"
            raise Refused(404 if found is None else 410, f"this invitation {reason}; ask for another one")
        return found, await self.projects.title(found.project)

    async def _enter(self, fields: Mapping[str, str], email: str, host: str) -> tuple[str, list[tuple[str, str]]]:
        password, is_new = fields.get("password", ""), fields.get("deed") == "new"
        if not _EMAIL.fullmatch(email) or len(email) > 254:
            raise _Wrong("This is no e-mail address.")
        if is_new and password != fields.get("again"):
            raise _Wrong("The two passwords are not the same.")
        if is_new and not SHORTEST <= len(password) <= LONGEST:
            raise _Wrong(f"A password has {SHORTEST} to {LONGEST} signs.")
        # An address that the people know is somebody's, also where the server has no account of it any more.
        taken = is_new and any(member.email == email for member in self.people.read().people)
        self.attempts.begin(host, email)
        answer = None if taken else await (sign_up if is_new else log_in)(self.upstream, email, password)
        if answer is None:
            raise _Wrong(
                "There is an account of this address, or the password is too plain: log in below, or choose another password."
                if is_new
                else "Address and password do not belong together."
            )
        self.attempts.succeed(host, email)
        return email, self.site.answer_cookies(answer)

    async def _redeem(self, secret: str, email: str) -> None:
        if any(member.email == email.lower() and member.left is not None for member in self.people.read().people):
            raise _Wrong("You were locked out of this server; whoever keeps it can let you in again.")
        try:
            await anyio.to_thread.run_sync(redeem, self.people.data, secret, email)
        except FramingError as error:
            raise Refused(410, f"{error.what}; ask for another one") from None
