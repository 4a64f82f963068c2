"""`uv run python -m website` builds the docs as a site, into `site/` or the folder that is named."""

from __future__ import annotations

import sys
from pathlib import Path

from website.building import build_site

if len(sys.argv) > 2:
    sys.exit("usage: python -m website [FOLDER]")
out = Path(*sys.argv[1:]) if sys.argv[1:] else Path("site")
sys.exit(build_site(out))
