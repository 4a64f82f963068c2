"""A codebook to begin with: small, whole, and explained line by line."""

from __future__ import annotations

import re
from pathlib import Path

from schemas.errors import FramingError
from schemas.files import replace_file
from schemas.parsing import read_text

__all__ = ["write_template"]

TEMPLATE = Path(__file__).with_suffix(".toml")
NAME = 'name = "mine"'


def write_template(path: Path, *, replace: bool = False) -> None:
    """Write it; it is called as the file is. FramingError where a file is in the way, and for a name that is none of a codebook's file."""
    if path.suffix != ".toml":
        raise FramingError("is no .toml file", path, "Name a file such as mine.toml")
    if path.exists() and not replace:
        raise FramingError("is there already", path, "Name another file, or add --replace")
    name = re.sub(r"[^\w.-]+", "-", path.stem)[:80]
    with replace_file(path) as temporary:
        temporary.write_text(read_text(TEMPLATE).replace(NAME, f'name = "{name}"', 1), encoding="utf-8")
