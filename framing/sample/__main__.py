"""`python -m framing.sample DATASET [FIRST]` writes the sample, or its first articles, as a dataset folder: where the starter model comes from."""

from __future__ import annotations

import sys
from pathlib import Path

from framing.sample import read_sample
from schemas.dataset import write_dataset

if len(sys.argv) not in (2, 3) or not all(word.isdecimal() for word in sys.argv[2:]):
    sys.exit("usage: python -m framing.sample DATASET [FIRST]")
write_dataset(Path(sys.argv[1]), read_sample(*map(int, sys.argv[2:])))
