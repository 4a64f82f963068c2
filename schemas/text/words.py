"""What words can be to a quotation beside them: verbs of speech, pronouns, words for works, and so on, by language.

The lists are data, a file a language (`languages/*.toml`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = ["KINDS", "Signs", "signs_of_words"]

KINDS = (
    *("speech", "judging", "naming", "works", "terms", "so_called", "according", "persons", "selves", "determiners", "auxiliaries"),
    *("complementisers", "comparisons", "sayings", "common", "joints"),
)
Signs = NDArray[np.uint32]


@cache
def _signs() -> dict[str, int]:
    table = tomllib.loads((files("schemas.text") / "languages" / "en.toml").read_text(encoding="utf-8"))
    signs: dict[str, int] = {}
    for bit, kind in enumerate(KINDS):
        for word in table[kind]:
            signs[word] = signs.get(word, 0) | 1 << bit
    return signs


def signs_of_words(words: list[str]) -> Signs:
    known = _signs()
    return np.array([known.get(word.lower(), 0) for word in words], dtype=np.uint32)
