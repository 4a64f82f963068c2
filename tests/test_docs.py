"""What the docs show works."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.gold.adjudication import adjudicate
from framing.sample import read_sample
from schemas.codebook import parse_codebook
from schemas.dataset import write_dataset

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


PYTHON = [ROOT / "README.md", ROOT / "docs" / "python.md"]


@pytest.mark.parametrize("page", PYTHON, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_from_top_to_bottom_beside_a_dataset(page: Path, tmp_path: Path) -> None:
    sample = read_sample(128)
    some = replace(sample, articles=sample.articles.gather_every(4))
    ids = some.articles["article_id"].to_list()
    some = replace(some, annotations=sample.require_annotations("sample").filter(sample.require_annotations("sample")["article_id"].is_in(ids)))
    write_dataset(tmp_path / "dataset", replace(some, gold=adjudicate(some)))
    (tmp_path / "page.py").write_text("\n".join(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)), encoding="utf-8")
    done = subprocess.run([sys.executable, "page.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "culprit" in done.stdout
