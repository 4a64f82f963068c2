"""Columns of any kind come out as rows that can be read."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from annotate.ingestion.formats.parquet import read_parquet
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]


def to_bytes(columns: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


def test_kinds_of_columns_stay_what_they_are(make_source: Make) -> None:
    columns = {
        "text": pl.Series(["One", "Two"], dtype=pl.Categorical),
        "kind": pl.Series(["a", None], dtype=pl.Enum(["a", "b"])),
        "body": [{"text": "x"}, {"text": None}],
        "author": [["Jane Doe", "Jo Roe"], None],
        "published": [date(2025, 6, 7), None],
        "number": [1, 2],
    }
    source = make_source("a.parquet", to_bytes(columns))
    assert list(read_parquet(source)) == [
        {"text": "One", "kind": "a", "body": {"text": "x"}, "author": ["Jane Doe", "Jo Roe"], "published": date(2025, 6, 7), "number": 1},
        {"text": "Two", "kind": None, "body": {"text": None}, "author": None, "published": None, "number": 2},
    ]
    assert source.record.is_plain


def test_bytes_are_text_where_they_are_utf8(make_source: Make) -> None:
    source = make_source("a.parquet", to_bytes({"text": ["café".encode(), b"\xff\xd8", None]}))
    assert [row["text"] for row in read_parquet(source)] == ["café", None, None]
    assert source.record.cleaned == {"values of text that are bytes and no text left out": 1}


def test_a_damaged_file_says_so_and_polars_says_nothing(make_source: Make, capfd: pytest.CaptureFixture[str]) -> None:
    whole = to_bytes({"text": ["One"]})
    # The last is cut at its front, and its footer is whole.
    for data in (whole[:-8], bytes(300), b"Some words", whole[-(len(whole) - 40) :]):
        with pytest.raises(FramingError, match="is damaged, or is not a Parquet file"):
            list(read_parquet(make_source("a.parquet", data)))
    assert capfd.readouterr().err == ""
