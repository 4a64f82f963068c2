"""Proving a backup: it is restored, and held against what was there when it was taken."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from annotate.server.backups.digests import Content, differences, digest_tables
from annotate.server.backups.dumps import load, scratch_database
from annotate.server.backups.folder import mark_proven
from annotate.server.backups.manifest import Manifest, check_files, read_manifest
from annotate.server.backups.opening import fresh_cluster, open_store, reachable
from annotate.server.backups.rows import Store
from annotate.server.database import SQLITE, Database
from schemas.errors import FramingError

__all__ = ["check_content", "prove", "scratch"]


def prove(backup: Path, cluster: Database | None = None, progress: Callable[[str], None] = lambda message: None) -> Manifest:
    """Restore the backup's database into a scratch one, compare each table's rows with the manifest and each file with its digest, and write
    beside the manifest that it was done.

    `cluster`: a PostgreSQL in which the scratch database may be made, for a backup of one; without it, one is made for as long as it takes.
    FramingError says what is not as it was.
    """
    manifest = read_manifest(backup)
    progress("reading the files")
    check_files(backup, manifest)
    with scratch(backup, manifest, cluster) as database, open_store(database) as store:
        check_content(store, manifest.tables, backup, progress)
    try:
        mark_proven(backup)
    except OSError as error:
        raise FramingError(
            f"is proved, which cannot be noted beside it ({error.strerror or error})", backup, "Copy it to where you may write"
        ) from error
    return manifest


def check_content(store: Store, wanted: dict[str, Content], where: object, progress: Callable[[str], None] = lambda message: None) -> None:
    """FramingError unless the tables hold what is wanted."""
    if said := differences(wanted, digest_tables(store, progress)):
        more = f", and {len(said) - 1} more" if len(said) > 1 else ""
        raise FramingError(f"holds other rows than were backed up ({said[0]}{more})", where, "Use another backup")


@contextmanager
def scratch(backup: Path, manifest: Manifest, cluster: Database | None) -> Iterator[Database]:
    """The backup's database, restored where nobody works, and gone at the end."""
    if manifest.engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="framing-scratch-") as folder:
            try:
                shutil.copyfile(backup / manifest.database, Path(folder) / SQLITE)
            except OSError as error:
                todo = "Make room there, or name another place by TMPDIR"
                raise FramingError(f"cannot be opened in a scratch database ({error.strerror or error})", tempfile.gettempdir(), todo) from error
            yield Database(Path(folder))
        return
    if cluster is not None and cluster.url is not None:
        with reachable(cluster.data) if cluster.own else nullcontext(cluster) as there, scratch_database(there) as database:
            load(backup / manifest.database, database)
            yield database
        return
    with tempfile.TemporaryDirectory(prefix="framing-scratch-") as folder, fresh_cluster(Path(folder)) as database:
        load(backup / manifest.database, database)
        yield database
