"""What the codebook's own cue words find: the floor that a trained model must beat, and a start where there is none yet."""

from __future__ import annotations

import re

from schemas.codebook import Codebook
from schemas.text.tokens import Span

__all__ = ["CueFinder"]


class CueFinder:
    """Finds a codebook's cues as whole words, whatever their case."""

    def __init__(self, codebook: Codebook) -> None:
        self._patterns = [(label.name, _pattern(label.cues)) for label in codebook.labels if label.cues]

    def find(self, text: str) -> list[tuple[str, Span]]:
        """(label, span) of every cue in the text."""
        return [(label, Span(*match.span())) for label, pattern in self._patterns for match in pattern.finditer(text)]

    def label_of(self, text: str) -> str | None:
        """The label whose cue stands in these words, if any."""
        return next((label for label, pattern in self._patterns if pattern.search(text)), None)


def _pattern(cues: tuple[str, ...]) -> re.Pattern[str]:
    # The longest first, so that "illegal aliens" is one cue and not half of one.
    alternatives = "|".join(re.escape(cue) for cue in sorted(cues, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)
