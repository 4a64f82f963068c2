"""A gate before the session's real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from annotate.labelstudio import Access
from tests.labs import Lab, run_gate


@pytest.fixture(scope="module")
def lab(access: Access, server_data: Path) -> Iterator[Lab]:
    with ExitStack() as stack:
        address = stack.enter_context(run_gate(access.address, server_data, access.token))
        headers = {"authorization": f"Token {access.token}"}
        owner = stack.enter_context(httpx.Client(base_url=access.address, headers=headers, timeout=60, trust_env=False))
        made = Lab(address, access.address, server_data, owner, stack)
        made.add_project("mine")
        made.add_project("theirs")
        yield made
