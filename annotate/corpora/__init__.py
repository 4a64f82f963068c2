"""Annotations from elsewhere as datasets. One corpus or format, one file with `read`, one line here.

A published corpus brings its names with it: `read(path) -> Collection`. Files of a tool are read by a codebook, or by one made of the names in
them: `read(path, codebook, renames) -> Collection`. Their offsets all pass `Collection.add_span`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from annotate.corpora import (
    armpro,
    babe,
    basil,
    brat,
    cas,
    conll,
    docbin,
    doccano,
    gvfc,
    labelstudio,
    newsmtsc,
    prodigy,
    ptc,
    semeval2021,
    semeval2023,
    semeval2025,
    table,
    unlp,
    webanno,
)
from annotate.corpora.collection import Collection
from schemas.codebook import Codebook

__all__ = ["CORPORA", "TABLES", "TOOLS", "Importer"]

Importer = Callable[[Path, Codebook | None, Mapping[str, str]], Collection]

CORPORA: dict[str, Callable[[Path], Collection]] = {
    "ptc": ptc.read,
    "babe": babe.read,
    "basil": basil.read,
    "semeval2021": semeval2021.read,
    "semeval2023": semeval2023.read,
    "gvfc": gvfc.read,
    "unlp": unlp.read,
    "armpro": armpro.read,
    "newsmtsc": newsmtsc.read,
    "semeval2025": semeval2025.read,
}
TOOLS: dict[str, Importer] = {
    "labelstudio": labelstudio.read,
    "doccano": doccano.read,
    "prodigy": prodigy.read,
    "brat": brat.read,
    "cas": cas.read,
    "webanno": webanno.read,
    "conll": conll.read,
    "docbin": docbin.read,
}
TABLES: dict[str, Importer] = {"table": table.read}
