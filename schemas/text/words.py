"""What words can be to a quotation beside them: verbs of speech, pronouns, words for works, and so on, by language.

The lists are data, a file a language (`languages/*.toml`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from schemas.text.languages import DEFAULT, LANGUAGES, Language, read_language

__all__ = ["KINDS", "NAME", "Signs", "signs_of_words"]

# Kinds of words: the lists of a language's file that quotations are told by.
KINDS = Language._fields[Language._fields.index("common") :]
# A word that begins in upper case: it takes the place behind those of KINDS.
NAME = 1 << len(KINDS)
# A bit for each of KINDS.
Signs = NDArray[np.uint32]


def signs_of_words(words: Sequence[str]) -> Signs:
    """words x (LANGUAGES, and one for all others): which of KINDS a word is in that language."""
    signs = np.zeros((len(words), len(LANGUAGES) + 1), dtype=np.uint32)
    known = _signs()
    for i, word in enumerate(words):
        if (row := known.get(word.lower())) is not None:
            signs[i] = row
    return signs


@cache
def _signs() -> dict[str, Signs]:
    known: dict[str, Signs] = {}
    for number, code in enumerate((*LANGUAGES, DEFAULT)):
        language = read_language(code)
        for bit, kind in enumerate(KINDS):
            for word in getattr(language, kind):
                known.setdefault(word, np.zeros(len(LANGUAGES) + 1, dtype=np.uint32))[number] |= np.uint32(1 << bit)
    return known
