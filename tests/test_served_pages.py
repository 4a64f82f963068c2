"""Pages of the docs on which people annotate: they run against a real server, and the people are the sample's annotators."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from annotate.labelstudio import Access, submit_annotations
from tests.pages import ROOT, SERVED, Reader
from tests.studies import read_archive

pytestmark = pytest.mark.server


@pytest.mark.parametrize("page", sorted(SERVED))
def test_a_page_runs_from_top_to_bottom_while_people_annotate(
    page: str, study: Path, access: Access, make_person: Callable[[str], Access], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def annotate(dataset: Path, project: str) -> None:
        pushed = pl.read_parquet(dataset / "articles.parquet")["article_id"].implode()
        marks = read_archive().require_annotations(page).filter(pl.col("article_id").is_in(pushed))
        for name in ("ada", "ben"):
            submit_annotations(project, marks.filter(pl.col("annotator") == name), make_person(f"{name}.reader"))

    folder = tmp_path / "study"
    shutil.copytree(study, folder, ignore=shutil.ignore_patterns("scores"))
    monkeypatch.chdir(folder)
    Reader(ROOT / "docs" / page, annotate).read()
