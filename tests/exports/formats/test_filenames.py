"""Annotators and articles may be called what they like: their files lie in the folder, are told apart, and name them again."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.formats import export
from exports.formats.filenames import LONGEST, name_files
from exports.formats.material import Losses, Material

TAKEN = ("gold", "unread")


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=6))
def test_a_name_is_read_back_from_its_file_and_no_two_are_one(names: list[str]) -> None:
    names = [name for name in names if not any("\ud800" <= one <= "\udfff" for one in name)]
    files = name_files([*names, "Gold", "gold", "UNREAD"], Losses(), TAKEN)
    assert all(unquote(file) == name for name, file in files.items())
    assert len({file.lower() for file in [*files.values(), *TAKEN]}) == len(files) + len(TAKEN)
    assert not any(set(file) & set('/\\:*?"<>|\0') or file[0] in ". -" or file[-1] in ". " for file in files.values())


def test_a_name_that_is_too_long_is_a_guid_and_that_is_said() -> None:
    losses = Losses()
    files = name_files(["x" * 300, "\u00e9" * 60], losses)
    assert all(len(file) < LONGEST for file in files.values())
    assert list(losses.values()) == [2]


@pytest.mark.parametrize("names", [("all", "unread"), ("Ada", "ada"), ("..", "."), ("gold", "INITIAL_CAS"), ("a/b", "-x"), ("CURATION_USER", "%41")])
@pytest.mark.parametrize("to", ["doccano", "brat", "cas", "prodigy"])
def test_annotators_of_any_name_read_back(
    hostile: Callable[..., Material], tmp_path: Path, listed: Callable[..., set[tuple[Any, ...]]], names: tuple[str, str], to: str
) -> None:
    material = hostile("ada", "ben")
    spans = material.tables["annotations"].filter(pl.col("start").is_not_null() & (pl.col("article_id").str.len_chars() < LONGEST))
    spans = spans.with_columns(pl.col("annotator").replace(dict(zip(["ada@example.com", "=ben\x1b\u202e"], names, strict=True))))
    files, _ = export(Material(dict(material.tables) | {"annotations": spans}, material.codebook), to, tmp_path / "out")
    assert len({str(path).lower() for path in files}) == len(files)
    found = import_module(f"annotate.corpora.{to}").read(tmp_path / "out", material.require_codebook(), {}).dataset()
    assert listed(found.annotations, "annotator") == listed(spans, "annotator")
