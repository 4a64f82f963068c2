"""Arrow's files and streams give the rows that Parquet gives."""

from __future__ import annotations

import io
from collections.abc import Callable

import polars as pl
import pytest

from annotate.ingestion.formats.arrow import read_arrow
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]
TABLE = pl.DataFrame({"id": [1, 2], "text": ["One “word”", None], "tags": [["a", "b"], []]})


def to_bytes(table: pl.DataFrame, *, stream: bool = False) -> bytes:
    file = io.BytesIO()
    (table.write_ipc_stream if stream else table.write_ipc)(file)
    return file.getvalue()


@pytest.mark.parametrize("name", ["a.arrow", "a.feather", "a.ipc"])
@pytest.mark.parametrize("stream", [False, True])
def test_rows_are_as_they_were_written(make_source: Make, name: str, *, stream: bool) -> None:
    source = make_source(name, to_bytes(TABLE, stream=stream))
    assert list(read_arrow(source)) == TABLE.rows(named=True)
    assert source.record.is_plain


def test_many_rows_come_in_order(make_source: Make) -> None:
    table = pl.DataFrame({"id": range(5000), "text": ["words " * 100] * 5000})
    source = make_source("a.arrow", to_bytes(table))
    assert [row["id"] for row in read_arrow(source)] == list(range(5000))
    assert source.position == source.size


def test_the_first_feather_is_named(make_source: Make) -> None:
    with pytest.raises(FramingError, match="the first version of Feather"):
        list(read_arrow(make_source("a.feather", b"FEA1" + bytes(100))))


def test_a_damaged_file_says_so(make_source: Make) -> None:
    whole = to_bytes(TABLE)
    for data in (whole[: len(whole) // 2], bytes(500), b"Some words"):
        with pytest.raises(FramingError, match=r"is damaged, or is not \.arrow"):
            list(read_arrow(make_source("a.arrow", data)))
    with pytest.raises(FramingError, match=r"it seems to be \.parquet"):
        list(read_arrow(make_source("a.arrow", b"PAR1" + bytes(100))))
