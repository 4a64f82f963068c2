"""Who may come in to a lab's server: its people, what each may do, and invitations. All in one file, readable by its owner alone.

The gate asks this file, and Label Studio does not know it: there everybody is a user like any other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from annotate.server.credentials import ADMIN, write_private
from schemas.errors import FramingError
from schemas.files import digest_text, lock_file
from schemas.parsing import read_json

__all__ = ["DAYS", "ROLES", "Invitation", "Member", "Members", "Role", "change_members", "give_role", "invite", "lock_out", "read_members", "redeem"]

Role = Literal["owner", "expert", "annotator"]
ROLES: tuple[Role, ...] = ("owner", "expert", "annotator")
# How long an invitation can be used, if nothing else is said.
DAYS = 14
_FILE, _LOCK = "people.json", "people.lock"

Email = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Member(_Entry):
    """A person by the e-mail address of their account. `projects`: the numbers of those that an annotator or an expert was invited to; an owner
    may see all. `left`: since when they are locked out; their work stays. Times in UTC, ISO 8601."""

    email: Email
    role: Role
    projects: tuple[int, ...] = ()
    since: str
    left: str | None = None


class Invitation(_Entry):
    """One place in a project, for whoever has the secret first, until it expires. Of the secret only the digest is kept."""

    digest: str
    project: int
    role: Role = "annotator"
    until: str
    used_by: Email | None = None


class Members(_Entry):
    """Everybody who was ever let in, and every invitation."""

    people: tuple[Member, ...] = ()
    invitations: tuple[Invitation, ...] = ()

    def find(self, email: str) -> Member | None:
        """The person of this address, if they may come in. The embedded server's own administrator is an owner."""
        name = email.strip().lower()
        found = next((member for member in self.people if member.email == name), None)
        if found is None and name == ADMIN:
            return Member(email=ADMIN, role="owner", since="")
        return found if found is not None and found.left is None else None

    def put(self, member: Member) -> Members:
        """The same with this person, in place of what was known of their address."""
        others = tuple(one for one in self.people if one.email != member.email)
        return self.model_copy(update={"people": (*others, member)})


def read_members(data: Path) -> Members:
    """The people of this data folder's server; nobody if nobody was invited. FramingError if the file is damaged: then nobody may come in."""
    path = data / _FILE
    try:
        return Members.model_validate(read_json(path))
    except FileNotFoundError:
        return Members()
    except ValidationError as error:
        raise FramingError("is damaged", path, "Restore it from a backup; until then nobody is let in") from error


@dataclass
class _Change:
    members: Members


@contextmanager
def change_members(data: Path) -> Iterator[_Change]:
    """Read the people, and write what the block makes of `.members`; one at a time on this machine, and whole or not at all."""
    with lock_file(data / _LOCK):
        change = _Change(read_members(data))
        before = change.members
        yield change
        if change.members != before:
            write_private(data / _FILE, change.members.model_dump_json(indent=2))


def invite(data: Path, project: int, role: Role = "annotator", days: float = DAYS) -> str:
    """Make an invitation to a project; the secret that it is used by, which is not kept."""
    secret = secrets.token_urlsafe(24)
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")
    with change_members(data) as change:
        made = Invitation(digest=digest_text(secret), project=project, role=role, until=until)
        change.members = change.members.model_copy(update={"invitations": (*change.members.invitations, made)})
    return secret


def redeem(data: Path, secret: str, email: str) -> Member:
    """Use an invitation: whoever has this address is in its project from now on, in its role. FramingError if there is no such invitation, or it
    has expired, or was used; a second project takes nothing away, and an invitation never takes a role away from somebody who has a higher one."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with change_members(data) as change:
        known = change.members
        found = next((one for one in known.invitations if one.digest == digest_text(secret)), None)
        if found is None or found.used_by is not None or found.until < now:
            reason = "has been used" if found is not None and found.used_by is not None else "has expired" if found is not None else "is not known"
            raise FramingError(f"this invitation {reason}", "invitation", "Ask for another one")
        try:
            new = Member(email=email, role=found.role, projects=(found.project,), since=now)
        except ValidationError as error:
            raise FramingError("is no e-mail address", email[:80], "Write it as in name@example.org") from error
        before = next((one for one in known.people if one.email == new.email), None)
        if before is not None and before.left is not None:
            raise FramingError("you were locked out of this server", "invitation", "Whoever keeps it can let you in again")
        before = before or known.find(new.email)
        if before is not None:
            role = min(before.role, new.role, key=ROLES.index)
            new = before.model_copy(update={"role": role, "projects": tuple(dict.fromkeys((*before.projects, found.project)))})
        used = tuple(one.model_copy(update={"used_by": new.email}) if one is found else one for one in known.invitations)
        change.members = known.put(new).model_copy(update={"invitations": used})
    return new


def give_role(data: Path, email: str, role: Role) -> Member:
    """From now on this person has this role, and may come in, also if they were locked out. FramingError if there is nobody of this address."""
    with change_members(data) as change:
        given = _require(change.members, email).model_copy(update={"role": role, "left": None})
        change.members = change.members.put(given)
    return given


def lock_out(data: Path, email: str) -> Member:
    """From now on the gate does not let this person in; what they made stays. FramingError if there is nobody of this address, or no more."""
    with change_members(data) as change:
        found = _require(change.members, email)
        if found.left is not None:
            raise _unknown(email)
        gone = found.model_copy(update={"left": datetime.now(UTC).isoformat(timespec="seconds")})
        change.members = change.members.put(gone)
    return gone


def _require(members: Members, email: str) -> Member:
    """Somebody who was invited once: the server's own administrator was not."""
    found = next((one for one in members.people if one.email == email.strip().lower()), None)
    if found is None:
        raise _unknown(email)
    return found


def _unknown(email: str) -> FramingError:
    return FramingError("nobody of this address is among the people", email[:80], "See `framing labelstudio people`")
