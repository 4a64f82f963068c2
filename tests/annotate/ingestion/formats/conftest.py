"""Files as readers meet them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.ingestion.kinds import split_packing
from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import Source

MakeSource = Callable[..., Source]


@pytest.fixture
def make_source(tmp_path: Path) -> MakeSource:
    """Opens a file of this name: one with these bytes, else one that is there already."""

    def make(name: str, data: bytes | str | None = None) -> Source:
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        return Source(path, FileRecord(name, split_packing(name)[0]))

    return make
