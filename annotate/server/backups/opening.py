"""Opening a server's database, whichever it has."""

from __future__ import annotations

from contextlib import AbstractContextManager

from annotate.server.backups.postgresql import open_server
from annotate.server.backups.rows import Store
from annotate.server.backups.sqlite import open_file
from annotate.server.database import SQLITE, Database

__all__ = ["open_store"]


def open_store(database: Database, *, write: bool = False) -> AbstractContextManager[Store]:
    """Open the database in a transaction: of one moment to read, or to write, which is kept at the end of the block and undone by an error.

    FramingError for what the database refuses.
    """
    return open_file(database.data / SQLITE, write=write) if database.url is None else open_server(database, write=write)
