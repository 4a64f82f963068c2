"""Published corpora as datasets. One corpus, one file with `read(path) -> Collection`, one line here.

An export of Label Studio is no corpus of its own: `labelstudio.read` needs to be told the codebook as well.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annotate.corpora import babe, basil, gvfc, ptc, semeval2021
from annotate.corpora.collection import Collection

__all__ = ["CORPORA"]

CORPORA: dict[str, Callable[[Path], Collection]] = {
    "ptc": ptc.read,
    "babe": babe.read,
    "basil": basil.read,
    "semeval2021": semeval2021.read,
    "gvfc": gvfc.read,
}
