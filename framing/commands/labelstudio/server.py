"""framing labelstudio start, stop, status: the server itself."""

from __future__ import annotations

import typer

from framing.commands.labelstudio.data import DataFolder, describe_backup
from framing.console import result
from framing.options import epilog

__all__ = ["register"]


def register(group: typer.Typer) -> None:
    group.command("start", epilog=epilog("framing labelstudio start"))(start)
    group.command("stop", epilog=epilog("framing labelstudio stop"))(stop)
    group.command("status", epilog=epilog("framing labelstudio status"))(status)


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
    result(f"backup    {describe_backup(folder)}")
    result(f"token     in {folder / 'credentials.json'}, readable by you alone")
