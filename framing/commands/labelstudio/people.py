"""framing labelstudio people, invite: who may come in, and as what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.commands.labelstudio.data import DataFolder
from framing.console import notice, result
from framing.options import Project, epilog

if TYPE_CHECKING:
    from annotate.server.members import Member, Role

__all__ = ["register"]

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address of their account.")]


def register(group: typer.Typer) -> None:
    group.command("invite", epilog=epilog("framing labelstudio invite"))(sign_up)
    people = typer.Typer(invoke_without_command=True, rich_markup_mode=None, epilog=epilog("framing labelstudio people"))
    people.callback()(show)
    people.command("invite", epilog=epilog('framing labelstudio people invite --project "Spring corpus" --role annotator'))(invite)
    people.command("remove", epilog=epilog("framing labelstudio people remove ada@example.org"))(remove)
    people.command("role", epilog=epilog("framing labelstudio people role ada@example.org expert"))(role)
    group.add_typer(people, name="people")


def sign_up() -> None:
    """Say the address at which annotators sign up, where the server is no lab's. Keep it among those you invite."""
    from annotate.labelstudio import invite as find_address
    from annotate.labelstudio import resolve_access
    from annotate.server.team import is_local

    address = find_address(resolve_access())
    result(address)
    if is_local(address):
        todo = "Others need a lab's server (`framing labelstudio start --team`) and `framing labelstudio people invite`"
        notice(f"this machine alone opens this address. {todo}")


def show(context: typer.Context, data: DataFolder = None) -> None:
    """The people of a lab's server: who may come in, to which projects and as what, who was locked out, and which invitations are open."""
    from annotate.labelstudio import default_data_folder
    from annotate.server.members import read_members
    from schemas.errors import FramingError, printable

    if context.invoked_subcommand is not None:
        if data is not None:
            raise FramingError("stands behind the verb", "--data", "As in: framing labelstudio people remove EMAIL --data FOLDER")
        return
    folder = data or default_data_folder()
    members = read_members(folder)
    titles = _read_titles(folder) if members.people or members.invitations else {}
    rows = [_describe(member, titles) for member in members.people]
    widths = [max((len(printable(row[column])) for row in rows), default=0) for column in range(3)]
    for *cells, times in rows:
        result("  ".join([*(printable(cell).ljust(width) for cell, width in zip(cells, widths, strict=True)), times]))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for one in members.invitations:
        if one.used_by is None and one.until >= now:
            result(f"an invitation to {_name(one.project, titles)} as {one.role} is open until {one.until[:10]}")
    if not rows:
        result("nobody was invited yet, or came; the administrator of `framing labelstudio status` is an owner")


def invite(
    project: Project,
    role: Annotated[str, typer.Option(metavar="ROLE", help="annotator, expert or owner: what they may do there.")] = "annotator",
    days: Annotated[float, typer.Option(min=0.01, max=365, help="How long it can be used.")] = 14,
    data: DataFolder = None,
) -> None:
    """Invite one person to a project: an address that lets in whoever opens it first, once. It is shown now and never again."""
    from annotate.labelstudio import default_data_folder, embedded_access, find_number
    from annotate.server.members import invite as make_invitation
    from annotate.server.team import is_local

    folder = data or default_data_folder()
    wanted, public = _check_role(role), _find_address(folder)
    # The people are those of this folder's server, and so are the numbers of projects.
    number = find_number(project, embedded_access(folder))
    secret = make_invitation(folder, number, wanted, days)
    result(f"{public}/join/{secret}")
    notice(f"for one person, as {wanted} of {project!r}, {'' if days == 1 else 'for '}{days:g} day{'' if days == 1 else 's'}; it is not shown again")
    if is_local(public):
        notice("this machine alone opens this address: start the server with a --name under which others reach it")


def remove(email: Email, data: DataFolder = None) -> None:
    """Let somebody in no more, from now on. What they have annotated stays."""
    from annotate.labelstudio import default_data_folder
    from annotate.server.members import lock_out

    gone = lock_out(data or default_data_folder(), email)
    result(f"{gone.email} is locked out; their work stays")


def role(
    email: Email,
    given: Annotated[str, typer.Argument(metavar="ROLE", help="annotator, expert or owner.")],
    data: DataFolder = None,
) -> None:
    """Change what somebody may do, from now on."""
    from annotate.labelstudio import default_data_folder
    from annotate.server.members import give_role

    member = give_role(data or default_data_folder(), email, _check_role(given))
    result(f"{member.email} is {member.role} now")


def _describe(member: Member, titles: Mapping[int, str]) -> tuple[str, str, str, str]:
    """E-mail, role, projects, and since when, or since when no more."""
    projects = "all projects" if member.role == "owner" else ", ".join(_name(number, titles) for number in member.projects)
    times = f"since {member.since[:10]}" + (f", locked out since {member.left[:10]}" if member.left else "")
    return member.email, member.role, projects, times


def _name(number: int, titles: Mapping[int, str]) -> str:
    return repr(titles[number]) if number in titles else f"project {number}"


def _read_titles(folder: Path) -> dict[int, str]:
    """The projects' titles by their numbers; none where the server does not answer."""
    from annotate.labelstudio import embedded_access, list_titles
    from schemas.errors import FramingError

    try:
        return list_titles(embedded_access(folder))
    except FramingError:
        notice("the server does not answer, so projects are named by their numbers")
        return {}


def _check_role(text: str) -> Role:
    from annotate.server.members import ROLES
    from schemas.errors import FramingError

    for known in ROLES:
        if known == text:
            return known
    raise FramingError("is no role", text, f"There are {', '.join(ROLES)}")


def _find_address(folder: Path) -> str:
    """The address of the server's gate, which answers under no other."""
    from annotate.server.team import read_way
    from schemas.errors import FramingError

    way = read_way(folder)
    if way is None:
        raise FramingError("this is no lab's server", folder, "Start it with `framing labelstudio start --team`")
    return way.public
