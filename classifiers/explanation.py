"""Why a span was flagged: the words and features that made its score, strongest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from classifiers.context import OWN
from classifiers.documents import SITUATIONS, Batch, make_batch, make_document, order_words
from classifiers.labelling import make_label_space
from classifiers.model import LOADED, SPANS, Model
from classifiers.prediction import FoundSpan, Prediction, predict
from classifiers.reasons import EXEMPLIFIED, Reason, find_strongest, say_feature, say_figure
from schemas.tokens import Span

__all__ = ["Explainer", "Explanation", "explain"]

# Articles that are looked at together: most of what an article costs by itself is words that others have, too.
BATCH = 64


@dataclass(frozen=True)
class Explanation:
    """A span with the reasons for flagging it, and those for its label."""

    span: FoundSpan
    text: str
    loaded: list[Reason]
    label: list[Reason]

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the span as a score folder has it, then the reasons."""
        span = {"label": self.span.label, "start": self.span.start, "end": self.span.end, "text": self.text}
        reasons = {"loaded_because": [asdict(reason) for reason in self.loaded], "label_because": [asdict(reason) for reason in self.label]}
        return {**span, "probability": self.span.probability, "voice": self.span.voice, **reasons}


def explain(model: Model, text: str, reasons: int = 5) -> list[Explanation]:
    """The spans of one text, each with its `reasons` strongest features for being a span, and for its label.

    The sum over all reasons, for and against, plus the intercepts is exactly the score: nothing is approximated.
    """
    return next(Explainer(model).explain([text], reasons))


class Explainer:
    """Explains many texts by one model: what they have in common, columns and words, is looked up once. An explanation is the
    same, to the bit, beside any others."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._columns = {column: i for i, column in enumerate(model.window.columns)}
        self._space = make_label_space(model.window)
        self._label_columns = self._space.columns
        self._met: dict[tuple[int, int, str], list[tuple[str, float]]] = {}

    def explain(self, texts: Sequence[str], reasons: int = 5) -> Iterator[list[Explanation]]:
        """For each text in turn what `explain` gives."""
        for begin in range(0, len(texts), BATCH):
            # Words in one order for all batches: then sums over a document's words are the same to the bit, whatever stands beside it.
            batch = order_words(make_batch(make_document("text", text) for text in texts[begin : begin + BATCH]))
            prediction = predict(self.model, batch)
            labels = iter(self.attribute_labels(batch, prediction.spans))
            for number, document in enumerate(batch.documents):
                yield [
                    Explanation(
                        span,
                        document.text[span.start : span.end],
                        find_strongest(self.attribute_span(batch, prediction, span.tokens, number), reasons),
                        find_strongest(next(labels), reasons),
                    )
                    for span in prediction.spans[number]
                ]

    def attribute_span(self, batch: Batch, prediction: Prediction, tokens: Span, number: int = 0) -> list[Reason]:
        """What each feature of the tokens of document `number`, and each figure around them, adds to their mean logit."""
        stage, begin = self.model.stages[SPANS][LOADED], int(batch.begins[number])
        rows = slice(begin + tokens.start, begin + tokens.end)
        figures = dict(zip(stage.columns, (prediction.figures[rows].mean(axis=0) * stage.weights).tolist(), strict=True))
        own = float(stage.weights[stage.columns.index(OWN)])
        found = [Reason(words, weight * own) for words, weight in self._attribute_words(batch, rows).items()]
        around: Counter[str] = Counter()
        for column, weight in figures.items():
            if column != OWN:
                around[say_figure(column)] += weight
        return found + [Reason(words, weight) for words, weight in around.items()]

    def attribute_labels(self, batch: Batch, spans: Sequence[Sequence[FoundSpan]]) -> list[list[Reason]]:
        """For each span of each document in turn what its features add to the score of its label; nothing where there is but one label."""
        head, places = self.model.labels, [(number, span) for number, some in enumerate(spans) for span in some]
        if head is None or not places:
            return [[] for _ in places]
        matrix, found = self._space.matrix(batch, [(number, span.tokens) for number, span in places]), []
        for i, (_, span) in enumerate(places):
            weights, totals, inside = head.weights[:, head.outputs.index(span.label)], Counter[str](), slice(*matrix.indptr[i : i + 2])
            for column, value in zip(matrix.indices[inside].tolist(), matrix.data[inside].tolist(), strict=True):
                totals[say_feature(*self._label_columns[column])] += value * float(weights[column])
            found.append([Reason(words, weight) for words, weight in totals.items()])
        return found

    def _attribute_words(self, batch: Batch, rows: slice) -> Counter[str]:
        """What each feature adds to the mean first-stage logit, summed by how it is said."""
        totals, size = Counter[str](), rows.stop - rows.start
        for token in range(rows.start, rows.stop):
            for number, stream in enumerate(self.model.window.streams):
                for row in (token + position for position in stream.positions):
                    item = SITUATIONS[batch.situations[row]] if stream is self.model.window.situations else batch.words[batch.ids[row]]
                    for words, weight in self._weigh(number, row - token, item):
                        totals[words] += weight / size
        return totals

    def _weigh(self, stream: int, position: int, item: str) -> list[tuple[str, float]]:
        """The features of the item at this position that have a weight, as they are said, and their weights."""
        key = (stream, position, item)
        if key not in self._met:
            weights = self.model.heads[SPANS].weights[:, 0]
            features = self.model.window.streams[stream].features_of(item)
            known = [(feature, column) for feature in features if (column := self._columns.get((feature, position))) is not None]
            self._met[key] = [
                (say_feature(feature, position, item if feature.kind in EXEMPLIFIED else ""), float(weights[column]))
                for feature, column in known
                if weights[column] != 0
            ]
        return self._met[key]
