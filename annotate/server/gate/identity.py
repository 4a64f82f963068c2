"""Who asks: the server says whose session or token it is, and the list of people what they may do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from annotate.server.gate.kept import Kept
from annotate.server.gate.refusals import Refused
from annotate.server.gate.upstream import Header, Upstream
from annotate.server.members import Member, Members, read_members
from schemas.errors import FramingError

if TYPE_CHECKING:
    from starlette.datastructures import Headers

__all__ = ["CSRF", "SESSION", "Account", "Credential", "Identities", "People", "Visitor", "read_credential"]

SESSION, CSRF = "sessionid", "csrftoken"
# How long the server's word on a session holds. Who was locked out is out at once: the people are read anew.
SECONDS = 20.0
_LONGEST = 8_000
WHOAMI = "/api/current-user/whoami"


@dataclass(frozen=True)
class Account:
    """A user of the server: number and e-mail address."""

    id: int
    email: str


@dataclass(frozen=True)
class Visitor:
    """Who asks. `account` is None for whoever is not logged in, `member` for whoever is not among the people, or no longer."""

    account: Account | None
    member: Member | None

    @property
    def role(self) -> str:
        return self.member.role if self.member is not None else "stranger"

    @property
    def projects(self) -> tuple[int, ...]:
        return self.member.projects if self.member is not None else ()

    @property
    def name(self) -> str:
        return self.account.email if self.account is not None else "-"


NOBODY = Visitor(None, None)


@dataclass(frozen=True)
class Credential:
    """What a visitor shows: a session's cookie, or a token, never both, as both would be two people to the server. `csrf` goes with a form."""

    session: str = ""
    token: str = ""
    csrf: str = ""

    def __repr__(self) -> str:
        return "Credential(…)"

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.session}\n{self.token}".encode()).hexdigest()

    def headers(self) -> list[Header]:
        """As the server is sent it."""
        cookies = [f"{name}={value}" for name, value in ((SESSION, self.session), (CSRF, self.csrf)) if value]
        return [("authorization", self.token)] * bool(self.token) + [("cookie", "; ".join(cookies))] * bool(cookies)


def read_credential(headers: Headers) -> Credential:
    """What the headers of a request show. Refused if they show two of a kind."""
    tokens, lines = headers.getlist("authorization"), headers.getlist("cookie")
    found: dict[str, list[str]] = {SESSION: [], CSRF: []}
    for part in "; ".join(lines).split(";"):
        name, _, value = part.strip().partition("=")
        if name in found:
            found[name].append(value)
    if len(tokens) > 1 or any(len(values) > 1 for values in found.values()) or sum(map(len, (*tokens, *lines))) > _LONGEST:
        raise Refused(400, "this request shows more than one session or token")
    if tokens:
        # Whoever sends a password with each request could try many: the page to log in counts them.
        if tokens[0].partition(" ")[0].lower() not in ("token", "bearer"):
            raise Refused(401, "log in, or show a token")
        return Credential(token=tokens[0])
    return Credential(session="".join(found[SESSION]), csrf="".join(found[CSRF]))


class People:
    """The people of a data folder, read anew when the file has changed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._path = data / "people.json"
        self._state: tuple[int, int, int] | None = None
        self._members: Members | None = None

    def read(self) -> Members:
        """Refused if the file is damaged: then nobody may come in."""
        try:
            stat = self._path.stat()
            state = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        except OSError:
            state = (0, 0, 0)
        if self._members is None or state != self._state:
            self._members = None
            try:
                self._members, self._state = read_members(self.data), state
            except FramingError:
                raise Refused(503, "the list of people is damaged; whoever keeps this server can mend it") from None
        return self._members


class Identities:
    """Whose a credential is, asked of the server once in a while."""

    def __init__(self, upstream: Upstream, people: People) -> None:
        self._upstream = upstream
        self._people = people
        self._accounts: Kept[str, Account | None] = Kept(SECONDS, 10_000)

    async def find(self, credential: Credential) -> Visitor:
        members = self._people.read()
        if not credential.session and not credential.token:
            return NOBODY
        account = await self._accounts.get(credential.digest, lambda: self._ask(credential))
        return Visitor(account, members.find(account.email) if account is not None else None)

    def follow(self, credential: Credential, session: str) -> None:
        """The server gave this person another cookie, as it does with each answer: it is theirs for as long as the old one was known to be."""
        self._accounts.alias(credential.digest, Credential(session=session).digest)

    def forget(self, credential: Credential) -> None:
        self._accounts.forget(credential.digest)

    async def _ask(self, credential: Credential) -> Account | None:
        status, said = await self._upstream.ask(WHOAMI, headers=credential.headers())
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return None
        if status != httpx.codes.OK or not isinstance(said, dict) or not isinstance(said.get("id"), int) or not isinstance(said.get("email"), str):
            raise Refused(502, "the server does not say who you are; try again in a moment")
        return Account(said["id"], said["email"])
