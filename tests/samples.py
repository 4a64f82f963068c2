"""The bundled sample, without what tests would wait for."""

from __future__ import annotations

from dataclasses import replace

from framing.sample import read_sample
from schemas.dataset import Dataset
from schemas.tables import ATTRIBUTE

__all__ = ["plain_sample"]


def plain_sample(first: int = 128) -> Dataset:
    """So many of its articles, with nothing said of spans but their labels: a model of it trains in two thirds of the time."""
    dataset = read_sample(first)
    codebook = dataset.require_codebook("sample").model_copy(update={"attributes": ()})
    return replace(dataset, annotations=dataset.require_annotations("sample").filter(~ATTRIBUTE), codebook=codebook)
