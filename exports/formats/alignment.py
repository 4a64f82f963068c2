"""Spans in tokens: which tokens a span touches, for formats that know no offsets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from exports.formats.material import Losses, Row
from schemas.text.tokens import Span

__all__ = ["MOVED", "NOWHERE", "align_spans"]

MOVED = "spans that begin or end beside a token's edge, and reach to the next edge here"
NOWHERE = "spans left out, since they touch no token"


def align_spans(rows: Sequence[Row], tokens: Sequence[Span], losses: Losses) -> list[tuple[Span, Row]]:
    """(range of tokens, row) of each span among the rows, in the order of the text, the longest first where several begin."""
    starts, ends = [token.start for token in tokens], [token.end for token in tokens]
    aligned = []
    for row in sorted((row for row in rows if row["start"] is not None), key=lambda row: (row["start"], -row["end"])):
        first, last = bisect_right(ends, row["start"]), bisect_left(starts, row["end"])
        if first >= last:
            losses[NOWHERE] += 1
            continue
        losses[MOVED] += (starts[first], ends[last - 1]) != (row["start"], row["end"])
        aligned.append((Span(first, last), row))
    return aligned
