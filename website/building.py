"""From the pages of docs/ to a site that asks no other host for anything."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from website.gallery import fill_gallery

__all__ = ["DOCS", "build_site"]

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"


def build_site(out: Path) -> int:
    """Build the site in `out`, in the place of one that is there; the exit code of the builder, which is not 0 for any warning."""
    with TemporaryDirectory() as name:
        staged = Path(name)
        shutil.copytree(DOCS, staged / "docs")
        shutil.copytree(HERE / "assets", staged / "docs" / "assets")
        shutil.copy(HERE / "zensical.toml", staged)
        gallery = staged / "docs" / "codebooks.md"
        gallery.write_text(fill_gallery(gallery.read_text(encoding="utf-8")), encoding="utf-8")
        done = subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=staged, check=False)
        if done.returncode == 0:
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(staged / "site", out)
        return done.returncode
