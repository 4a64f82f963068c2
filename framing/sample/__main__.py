"""`python -m framing.sample DATASET` writes the sample as a dataset folder: where the starter model comes from."""

from __future__ import annotations

import sys
from pathlib import Path

from framing.sample import read_sample
from schemas.dataset import write_dataset

if len(sys.argv) != 2:
    sys.exit("usage: python -m framing.sample DATASET")
write_dataset(Path(sys.argv[1]), read_sample())
