"""The template is a codebook, with all that it explains or without, and takes nobody's file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.codebook import load_codebook
from schemas.errors import FramingError
from schemas.template import write_template


def test_the_template_is_a_codebook_called_as_its_file(tmp_path: Path) -> None:
    write_template(tmp_path / "my <codes>.toml")
    codebook = load_codebook(tmp_path / "my <codes>.toml")
    assert (codebook.name, codebook.label_names) == ("my-codes-", ["Blame", "Praise"])


def test_every_setting_that_it_shows_can_be_taken(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    write_template(path)
    path.write_text(re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
    codebook = load_codebook(path)
    assert codebook.headlines
    assert codebook.source
    assert (codebook.target.name if codebook.target else None, len(codebook.actors)) == ("target", 1)


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(FramingError, match="is there already"):
        write_template(tmp_path / "mine.toml")
    with pytest.raises(FramingError, match=r"is no \.toml file"):
        write_template(tmp_path / "mine.txt")
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["mine"]
