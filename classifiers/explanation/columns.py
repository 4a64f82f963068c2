"""What the columns of a space of spans add to a score: the features of a span head, of its surroundings."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from classifiers.explanation.groups import ALIKE_THERE, NARRATOR, Group, Part, Stems, Tally, jot, part_of
from classifiers.explanation.reasons import Reason, say_feature
from classifiers.features.documents import Batch
from classifiers.features.spans import LabelSpace
from classifiers.features.surroundings import SurroundingSpace
from schemas.arrays import Floats, Places
from schemas.text.tokens import Span

__all__ = ["Columns", "Weighed"]


@dataclass(frozen=True)
class Weighed:
    """What every feature of a span adds to one score of it: by itself (with the intercepts these sum to the score), and in groups (with `base`
    they do)."""

    reasons: list[Reason] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    base: float = 0.0


class Columns:
    """The columns of a space of spans, as they are said."""

    def __init__(self, space: LabelSpace | SurroundingSpace) -> None:
        self._space, self._blocks = space, space.blocks
        self._begins = list(accumulate((len(features) for features, _ in self._blocks), initial=0))

    def weigh(self, batch: Batch, spans: Sequence[Span], stems: Stems, weights: Floats, outputs: Places, *, centred: bool = False) -> list[Weighed]:
        """For each span of the batch what its features add to the score of its output; `centred`, more than to the mean of all. `weights`: columns x
        outputs."""
        matrix, attributed = self._space.matrix(batch, spans), []
        for i, output in enumerate(outputs.tolist()):
            totals: dict[str, float] = defaultdict(float)
            tally, base = Tally(), 0.0
            words = {batch.words[j] for j in batch.ids[slice(*spans[i])].tolist()}
            inside = slice(*matrix.indptr[i : i + 2])
            rows = weights[matrix.indices[inside]]
            shares = rows[:, output] - rows.mean(axis=1) if centred else rows[:, output]
            for column, weight in zip(matrix.indices[inside].tolist(), (matrix.data[inside] * shares).tolist(), strict=True):
                block = bisect_right(self._begins, column) - 1
                features, position = self._blocks[block]
                feature = features[column - self._begins[block]]
                totals[say_feature(feature, position or 0)] += weight
                part = part_of(feature, position or 0)
                if part is Part.ALIKE and isinstance(self._space, SurroundingSpace):
                    part = ALIKE_THERE[block - len(ALIKE_THERE)]
                if feature == NARRATOR:
                    base += weight
                elif any(stems.owns(word, feature) for word in words):
                    tally.add(Part.WORD, "", weight)
                else:
                    tally.add(part, jot(feature, position or 0), weight)
            attributed.append(Weighed([Reason(words, weight) for words, weight in totals.items()], tally.groups(), base))
        return attributed
