"""What the docs show works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.codebook import parse_codebook

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
CODEBOOKS = [(page.name, block) for page in PAGES for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)]


@pytest.mark.parametrize(("page", "block"), CODEBOOKS)
def test_every_codebook_in_the_docs_is_valid(page: str, block: str) -> None:
    assert parse_codebook(block, page).labels


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
