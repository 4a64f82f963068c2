"""Opening a server's database, whichever it has, and clusters of PostgreSQL that are there for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from annotate.server.backups.postgresql import open_server
from annotate.server.backups.rows import Store
from annotate.server.backups.sqlite import open_file
from annotate.server.database import SQLITE, Database, read_database
from annotate.server.embedded import LOCK_FILE, running_address
from annotate.server.postgres import make_cluster, start_cluster, stop_cluster
from schemas.errors import FramingError
from schemas.files import lock_file

__all__ = ["fresh_cluster", "open_store", "reachable"]

# Whoever uses the folder's own cluster beside its server has a share in this lock.
_USERS = "cluster.lock"


def open_store(database: Database, *, write: bool = False) -> AbstractContextManager[Store]:
    """Open the database in a transaction: of one moment to read, or to write, which is kept at the end of the block and undone by an error.

    FramingError for what the database refuses.
    """
    return open_file(database.data / SQLITE, write=write) if database.url is None else open_server(database, write=write)


@contextmanager
def reachable(data: Path) -> Iterator[Database]:
    """The data folder's database. A cluster of the folder's own runs within the block, and longer while the server, or anybody else, uses it."""
    database = read_database(data)
    if not database.own:
        yield database
        return
    try:
        with lock_file(data / _USERS, shared=True):
            with lock_file(data / LOCK_FILE):
                database = start_cluster(database)
            yield database
    finally:
        with lock_file(data / LOCK_FILE):
            if running_address(data) is None and not _is_used(data):
                stop_cluster(data)


def _is_used(data: Path) -> bool:
    try:
        with lock_file(data / _USERS, busy=FramingError("is in use", data)):
            return False
    except FramingError:
        return True


@contextmanager
def fresh_cluster(folder: Path) -> Iterator[Database]:
    """A new cluster in the folder, with an empty database; it runs within the block, and stays in the folder."""
    try:
        yield start_cluster(make_cluster(folder))
    finally:
        stop_cluster(folder)
