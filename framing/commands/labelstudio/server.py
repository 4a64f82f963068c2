"""framing labelstudio start, stop, status: the server itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.commands.labelstudio.data import DataFolder, describe_backup
from framing.console import notice, record, result, result_lines, waiting
from framing.options import epilog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotate.server.team import Team, Way

__all__ = ["register"]


def register(group: typer.Typer) -> None:
    alone, together = "framing labelstudio start", "framing labelstudio start --team --name lab.example.org"
    group.command("start", epilog=epilog(alone, together))(start)
    group.command("stop", epilog=epilog("framing labelstudio stop"))(stop)
    group.command("status", epilog=epilog("framing labelstudio status"))(status)


def start(
    data: DataFolder = None,
    *,
    team: Annotated[bool, typer.Option("--team", help="For several people: on PostgreSQL, behind a gate that others can reach.")] = False,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="FRAMING_LABELSTUDIO_DATABASE",
            show_envvar=False,
            help="With --team: a PostgreSQL of yours, better in FRAMING_LABELSTUDIO_DATABASE. Default: one in the data folder.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="HOST", help="With --team: the name or address by which people reach this machine.")] = None,
    bind: Annotated[str | None, typer.Option(metavar="ADDRESS", help="With --team: where to listen. Default: at all addresses.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="With --team: the port. Default: 8443.")] = None,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="With --team: a certificate (PEM). Default: one made here.")] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="With --team: the certificate's key (PEM).")] = None,
    foreground: Annotated[bool, typer.Option("--foreground", help="Stay until stopped, and then stop the server: for systemd.")] = False,
    unit: Annotated[bool, typer.Option("--print-unit", help="Start nothing; print units of systemd that start and back up this server.")] = False,
    compose: Annotated[bool, typer.Option("--print-compose", help="Start nothing; print a compose file of such a server.")] = False,
) -> None:
    """Start the server, or find it running. The first start installs Label Studio and takes minutes.

    With --team it is a lab's: people come in by invitation (`framing labelstudio people invite`), and see what their role lets them. What is
    said once need not be said at the next start.
    """
    from annotate.labelstudio import default_data_folder, start_server
    from annotate.server.team import keep_running, start_team
    from framing.interrupts import listen_for_the_end
    from schemas.errors import FramingError
    from schemas.extras import require_extras

    folder, more = data or default_data_folder(), {"--name": name, "--bind": bind, "--port": port, "--certificate": certificate, "--key": key}
    said = [(option, str(value.absolute() if isinstance(value, Path) else value)) for option, value in more.items() if value is not None]
    if unit or compose:
        if database is not None:
            todo = (
                "Start the server with it once, which keeps it for the next start" if unit else "Leave it out: the file has a PostgreSQL of its own"
            )
            raise FramingError("is not printed, for it holds a password", "--database", todo)
        _print_service(folder, said, compose=compose)
        return
    if not team and (said or database is not None):
        raise FramingError("is for a lab's server", said[0][0] if said else "--database", "Add --team")
    # Before a server is made that nothing here could speak to.
    require_extras(["annotate", "team"] if team else ["annotate"], "a lab's server" if team else "the embedded server")
    with waiting("starting Label Studio") as update:
        if team:
            started = start_team(folder, database, _find_way(folder, name, bind, port, certificate, key), update)
        else:
            server = start_server(folder, update)
    if team:
        _say_team(started)
    else:
        record({"address": server.address})
        result(f"Label Studio runs at {server.address}; see `framing labelstudio status` for the login")
    if foreground:
        try:
            keep_running(folder, team=team, ended=listen_for_the_end())
        finally:
            stop(folder)


def stop(data: DataFolder = None) -> None:
    """Stop the server, and the gate before it, if it has one. Its data stays."""
    from annotate.labelstudio import default_data_folder
    from annotate.server.team import stop_team

    stopped = stop_team(data or default_data_folder())
    result("Label Studio was stopped; its data stays" if stopped else "Label Studio was not running")


def status(data: DataFolder = None) -> None:
    """Say whether the server runs, where, and how to log in. Exit code 1 if it does not run."""
    from annotate.labelstudio import default_data_folder, read_credentials, server_status
    from annotate.server.database import read_database
    from annotate.server.team import gate_runs, read_way

    folder = data or default_data_folder()
    server, way = server_status(folder), read_way(folder)
    running = server is not None and server.running
    record({"running": running, "address": server.address if server and running else None, "data": folder})
    if server is None or not server.running:
        result(f"Label Studio is not running; data folder {folder}")
        raise typer.Exit(1)
    credentials = read_credentials(folder)
    result(f"address   {server.address}")
    if way is not None:
        result(f"gate      {way.public}" + ("" if gate_runs(folder) else ", which does not run: `framing labelstudio start --team`"))
    result(f"login     {credentials.username}  {credentials.password}")
    result(f"data      {folder}")
    result(f"database  {read_database(folder).shown}")
    result(f"backup    {describe_backup(folder)}")
    result(f"token     in {folder / 'credentials.json'}, readable by you alone")


def _print_service(folder: Path, said: Sequence[tuple[str, str]], *, compose: bool) -> None:
    """The units or the compose file of a server that is started with what was said."""
    import getpass
    import os
    import shutil

    from annotate.server.team import PORT
    from annotate.server.units import print_compose, print_unit

    options = [word for pair in said for word in pair]
    start, backup = ["labelstudio", "start", "--team", *options, "--foreground"], ["labelstudio", "backup"]
    if compose:
        result_lines(print_compose(["framing", *start], ["framing", *backup, "--verify", "--every", "6h"], int(dict(said).get("--port", PORT))))
        return
    program, data = shutil.which("framing") or "framing", ["--data", str(folder.absolute())]
    result_lines(
        print_unit(
            [program, *start, *data], [program, *backup, "--thin", "--verify", *data], folder, user=getpass.getuser(), path=os.environ.get("PATH", "")
        )
    )


def _find_way(folder: Path, name: str | None, bind: str | None, port: int | None, certificate: Path | None, key: Path | None) -> Way | None:
    """What was said of how people reach it, over what was said at an earlier start; None if nothing was."""
    from annotate.server.team import EVERYWHERE, PORT, Way, read_way
    from schemas.errors import FramingError

    if (certificate is None) != (key is None):
        raise FramingError("certificate and key go together", "--certificate" if key is None else "--key", "Give both, or neither")
    before = read_way(folder)
    if name is None and before is None:
        raise FramingError("nothing says how people reach this machine", "--name", "As in --name lab.example.org, or its address in figures")
    earlier = before or Way(EVERYWHERE, PORT, "", "", "")
    files = (str(certificate.absolute()), str(key.absolute())) if certificate and key else (earlier.certificate, earlier.key)
    return Way(bind or earlier.host, port or earlier.port, name or earlier.name, *files)


def _say_team(team: Team) -> None:
    result(f"The lab's server is open at {team.way.public}; invite people with `framing labelstudio people invite --project TITLE`")
    if not team.way.certificate:
        notice(f"its certificate was made here, so browsers warn: people compare its fingerprint (SHA-256) with {team.fingerprint}")
    if not team.way.is_reachable:
        notice(f"it listens on {team.way.host}, so only this machine reaches it: start it again with --bind 0.0.0.0")
