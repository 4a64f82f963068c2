"""framing labelstudio: the embedded server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import result
from framing.options import Project, epilog

__all__ = ["register"]

DataFolder = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The server's data folder. Default: in your user data directory.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="The embedded Label Studio: in its own environment, on this machine only.",
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog=epilog("framing labelstudio start"),
    )
    group.command("start", epilog=epilog("framing labelstudio start"))(start)
    group.command("stop", epilog=epilog("framing labelstudio stop"))(stop)
    group.command("status", epilog=epilog("framing labelstudio status"))(status)
    group.command("invite", epilog=epilog("framing labelstudio invite"))(invite)
    group.command("adopt", epilog=epilog('framing labelstudio adopt --project "Spring corpus"'))(adopt)
    group.command("key", epilog=epilog("framing labelstudio key --to owner.key", "framing labelstudio key --from owner.key"))(key)
    app.add_typer(group, name="labelstudio")


def start(data: DataFolder = None) -> None:
    """Start the server, or find it running. The first start installs Label Studio and takes minutes."""
    from annotate.labelstudio import default_data_folder, start_server
    from framing.console import waiting

    with waiting("starting Label Studio") as update:
        server = start_server(data or default_data_folder(), update)
    result(f"Label Studio runs at {server.address}; see `framing labelstudio status` for the login")


def stop(data: DataFolder = None) -> None:
    """Stop the server. Its data stays."""
    from annotate.labelstudio import default_data_folder, stop_server

    stopped = stop_server(data or default_data_folder())
    result("Label Studio was stopped; its data stays" if stopped else "Label Studio was not running")


def status(data: DataFolder = None) -> None:
    """Say whether the server runs, where, and how to log in. Exit code 1 if it does not run."""
    from annotate.labelstudio import default_data_folder, read_credentials, server_status

    folder = data or default_data_folder()
    server = server_status(folder)
    if server is None or not server.running:
        result(f"Label Studio is not running; data folder {folder}")
        raise typer.Exit(1)
    credentials = read_credentials(folder)
    result(f"address   {server.address}")
    result(f"login     {credentials.username}  {credentials.password}")
    result(f"data      {folder}")
    result(f"token     in {folder / 'credentials.json'}, readable by you alone")


def invite() -> None:
    """Say the address at which annotators sign up. Keep it among those you invite."""
    from annotate.labelstudio import invite as find_address
    from annotate.labelstudio import resolve_access

    result(find_address(resolve_access()))


def adopt(project: Project) -> None:
    """Seal a project as it stands: one that an earlier version made, or another owner. All work until now is taken.

    Look at it first: whatever somebody has changed there becomes what was sent.
    """
    from annotate.labelstudio import adopt as seal
    from annotate.labelstudio import resolve_access
    from framing.console import progress

    with progress("sealing") as update:
        tasks = seal(project, resolve_access(), update)
    result(f"{project!r} is sealed with the key of this machine: its codebook, its record and {tasks} tasks")


def key(
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the key into this file, readable by you alone.")] = None,
    source: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="Take the key of another machine from this file.")] = None,
) -> None:
    """Carry the key that seals what is sent to another machine. Whoever has it can forge codebook, record and texts."""
    from annotate.labelstudio import export_key, import_key
    from schemas.errors import FramingError

    if (to is None) == (source is None):
        raise FramingError("one of --to and --from is needed", "framing labelstudio key", "--to FILE here, then --from FILE on the other machine")
    if to is not None:
        export_key(to)
        result(f"the key -> {to}; delete the file as soon as it has been read on the other machine")
    elif source is not None:
        import_key(source)
        result("what is sent from here is sealed with that key now; delete the file")
