"""Arrow IPC, .arrow .ipc .feather: files and streams."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from annotate.ingestion.formats.opening import describe_damage
from annotate.ingestion.formats.parquet import read_slices
from annotate.ingestion.source import Row, Source
from schemas.errors import FramingError

__all__ = ["read_arrow"]

_FILE, _FEATHER_1 = b"ARROW1", b"FEA1"


def read_arrow(source: Source) -> Iterator[Row]:
    """Rows as they are, as of Parquet. A file is read in slices; a stream, which has no list of its parts, is read whole."""
    with source.path.open("rb") as file:
        head = file.read(len(_FILE))
    if head.startswith(_FEATHER_1):
        raise FramingError("is of the first version of Feather", source.name, "Write it again as Parquet or as Feather 2")
    try:
        rows = pl.scan_ipc(source.path, glob=False) if head == _FILE else pl.read_ipc_stream(source.path).lazy()
        yield from read_slices(rows, source)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise describe_damage(source) from error
