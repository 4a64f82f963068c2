"""Starting a data folder's server as users do: what an upgrade would change for good is backed up first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annotate.server import embedded
from annotate.server.backups.upgrades import backup_before_upgrade
from annotate.server.backups.versions import record_version
from annotate.server.embedded import Server, server_status

__all__ = ["start_server"]


def start_server(data: Path, progress: Callable[[str], None] = lambda message: None) -> Server:
    """Start the server (`embedded.start_server`), or find it running. Where another version of Label Studio was started on this folder before, a
    backup is taken first, by which the upgrade can be taken back. FramingError where a later one was."""
    status = server_status(data)
    launching = status is None or not status.running
    if launching:
        backup_before_upgrade(data, progress=progress)
    server = embedded.start_server(data, progress)
    if launching:
        # One that runs already may be of another version than ours.
        record_version(data)
    return server
