"""The gate as a process says in one line why it does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.server.gate.__main__ import main
from schemas.errors import FramingError


def test_without_a_server_there_is_nothing_to_stand_before(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match=r"no lab's server runs here.*framing labelstudio start --team"):
        main(tmp_path)
