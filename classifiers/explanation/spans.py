"""Why a span was flagged: the words and features that made its score, strongest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from classifiers.explanation.columns import Columns, Weighed
from classifiers.explanation.groups import NARRATOR, ORDINARY, Group, Part, Stems, Tally, place_figure
from classifiers.explanation.reasons import EXEMPLIFIED, Reason, find_strongest, quote, say_feature, say_figure
from classifiers.features.candidates import NOBODY, columns_of, cues_of_words, find_candidates
from classifiers.features.context import OWN
from classifiers.features.documents import EDGE, SITUATIONS, Batch, make_batch
from classifiers.features.spans import make_label_space
from classifiers.features.surroundings import make_surrounding_space
from classifiers.model.model import LOADED, SPANS, Model
from classifiers.scoring.scorer import Found, Scorer
from classifiers.scoring.tables import name_speakers
from classifiers.scoring.targets import weigh_candidates
from schemas.arrays import Floats
from schemas.text.quotations import VOICES, Voice
from schemas.text.tokens import Span

__all__ = ["Explainer", "Explanation", "FoundAttribute", "FoundSpan", "explain"]

# Articles that are looked at together: most of what an article costs by itself is words that others have, too.
BATCH = 64
# Known words, evenly taken from all of them, whose mean is that of an ordinary word.
MEASURED = 500


@dataclass(frozen=True)
class FoundSpan:
    """A span the model found: offsets, its label, the probability that it is loaded, and who speaks."""

    start: int
    end: int
    label: str
    probability: float
    voice: Voice
    speaker: str | None = None


@dataclass(frozen=True)
class FoundAttribute:
    """What a model says of a span beside its label, how probable that is, and the reasons for it, singly and in groups."""

    value: str
    probability: float
    because: list[Reason]
    groups: list[Group] = field(default_factory=list)


@dataclass(frozen=True)
class Explanation:
    """A span with the strongest reasons for flagging it, those for its label, and what its attributes are, by name; and what all reasons come
    to in groups. `base` is where an ordinary word of the text begins (log-odds): the groups and it sum to the span's score. Those of the label,
    `label_base` and the intercept sum to that of the label."""

    span: FoundSpan
    text: str
    loaded: list[Reason]
    label: list[Reason]
    attributes: dict[str, FoundAttribute] = field(default_factory=dict)
    loaded_groups: list[Group] = field(default_factory=list)
    label_groups: list[Group] = field(default_factory=list)
    base: float = 0.0
    label_base: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the span as a score folder has it, then the reasons."""
        span = {"label": self.span.label, "start": self.span.start, "end": self.span.end, "text": self.text}
        reasons = {"loaded_because": [asdict(reason) for reason in self.loaded], "label_because": [asdict(reason) for reason in self.label]}
        groups = {
            "base": self.base,
            "label_base": self.label_base,
            **{name: [asdict(group) for group in getattr(self, name)] for name in ("loaded_groups", "label_groups")},
        }
        attributes = {"attributes": {name: asdict(found) for name, found in self.attributes.items()}} if self.attributes else {}
        about = {"probability": self.span.probability, "voice": self.span.voice, "speaker": self.span.speaker}
        return {**span, **about, **reasons, **groups, **attributes}


def explain(model: Model, text: str, reasons: int = 5, language: str | None = None) -> list[Explanation]:
    """The spans of one text, each with its `reasons` strongest features for being a span, and for its label. Of a headline the `language` is best
    said: it is that of its article.

    The sum over all reasons, for and against, plus the intercepts is exactly the score: nothing is approximated.
    """
    return next(Explainer(model).explain([text], reasons, [language]))


class Explainer:
    """Explains many texts by one model: what they have in common, columns and words, is looked up once. An explanation is the
    same, to the bit, beside any others."""

    def __init__(self, model: Model) -> None:
        self.model, self.scorer = model, Scorer(model)
        # For each stream of the window what its features weigh: positions x features.
        self._weights = model.window.split(model.heads[SPANS].weights[:, 0]) if model.spans is not None else []
        self._labels, self._surroundings = Columns(make_label_space(model.window)), Columns(make_surrounding_space(model.window))
        self._met: dict[tuple[int, int, str], _Item] = {}

    def explain(self, texts: Sequence[str], reasons: int = 5, languages: Sequence[str | None] | None = None) -> Iterator[list[Explanation]]:
        """For each text in turn what `explain` gives."""
        for begin in range(0, len(texts), BATCH):
            some, spoken = texts[begin : begin + BATCH], languages[begin : begin + BATCH] if languages is not None else None
            batch, found = make_batch(some, languages=spoken), self.scorer.find(some, spoken)
            loaded, labels = self.attribute_spans(batch, found), self.attribute_labels(batch, found)
            explained: list[list[Explanation]] = [[] for _ in batch.texts]
            listed = self.list_spans(batch, found)
            attributes = self.find_attributes(batch, found, [span.label for _, span in listed], reasons)
            for (number, span), why, which, said in zip(listed, loaded, labels, attributes, strict=True):
                text = batch.texts[number][span.start : span.end]
                loaded_because, label_because = (find_strongest(weighed.reasons, reasons) for weighed in (why, which))
                explained[number].append(Explanation(span, text, loaded_because, label_because, said, why.groups, which.groups, why.base, which.base))
            yield from explained

    def list_spans(self, batch: Batch, found: Found) -> list[tuple[int, FoundSpan]]:
        """Each span of the batch, and the number of its document."""
        spans, head = found.spans, self.model.labels
        names = head.outputs if head is not None else self.model.codebook.label_names
        speakers = name_speakers(batch.texts, found)
        rest = zip(found.labels.tolist(), spans.probabilities.tolist(), spans.voices.tolist(), speakers, strict=True)
        return [
            (number, FoundSpan(*stretch, names[label], probability, VOICES[voice], speaker))
            for (number, stretch), (label, probability, voice, speaker) in zip(batch.stretches(spans.firsts, spans.lasts), rest, strict=True)
        ]

    def attribute_spans(self, batch: Batch, found: Found) -> list[Weighed]:
        """For each span of the batch what each feature of its tokens, and each figure around them, adds to their mean logit. Groups say what it is
        beyond an ordinary word: one in lower case, in the outlet's own voice, amid what is the mean of its text."""
        if self.model.spans is None:
            return [Weighed() for _ in range(len(found.spans.firsts))]
        stage = self.model.stages[SPANS][LOADED]
        own = float(stage.weights[stage.columns.index(OWN)])
        attributed = []
        means: dict[int, Floats] = {}
        for first, last in zip(found.spans.firsts.tolist(), found.spans.lasts.tolist(), strict=True):
            document = int(batch.documents[first])
            if document not in means:
                means[document] = found.figures[batch.rows(document)].mean(axis=0)
            around: dict[str, float] = defaultdict(float)
            tally, base = Tally(), stage.intercept + own * (float(self.model.spans.intercepts[0]) + self._ordinary)
            figures, usual = found.figures[first:last].mean(axis=0), means[document]
            seen = zip(stage.columns, (figures * stage.weights).tolist(), (usual * stage.weights).tolist(), strict=True)
            for column, weight, ordinary in seen:
                if column != OWN:
                    around[say_figure(column)] += weight
                    tally.add(*place_figure(column), weight - ordinary)
                    base += ordinary
            words = {words: weight * own for words, weight in self._attribute_words(batch, range(first, last), tally, own).items()}
            reasons = [Reason(words, weight) for words, weight in (*words.items(), *around.items())]
            attributed.append(Weighed(reasons, tally.groups(), base))
        return attributed

    def attribute_labels(self, batch: Batch, found: Found) -> list[Weighed]:
        """For each span of the batch what its features add to the score of its label; nothing where there is but one label."""
        head, spans = self.model.labels, _spans_of(found)
        if head is None or not spans:
            return [Weighed() for _ in spans]
        return self._labels.weigh(batch, spans, self._stems, head.weights, found.labels)

    def find_attributes(self, batch: Batch, found: Found, labels: Sequence[str], reasons: int) -> list[dict[str, FoundAttribute]]:
        """For each span of the batch, which has this label, the attributes that are asked of it and that the model has heads of. The reasons are
        what speaks for the value more than for the mean of all."""
        spans = _spans_of(found)
        attributes: list[dict[str, FoundAttribute]] = [{} for _ in spans]
        for name, head in self.model.attributes.items() if spans else ():
            attribute, shares = self.model.codebook.attribute(name), found.attributes[name]
            chosen = shares.argmax(axis=1)
            because = self._surroundings.weigh(batch, spans, self._stems, head.weights, chosen, centred=True)
            for i, value in enumerate(chosen.tolist()):
                if attribute is not None and attribute.is_of(labels[i]):
                    strongest = find_strongest(because[i].reasons, reasons)
                    attributes[i][name] = FoundAttribute(head.outputs[value], float(shares[i, value]), strongest, because[i].groups)
        if (target := self.model.codebook.target) is not None:
            for i, whom in enumerate(self._find_targets(batch, found, reasons)):
                if target.is_of(labels[i]):
                    attributes[i][target.name] = whom
        return attributes

    def _find_targets(self, batch: Batch, found: Found, reasons: int) -> list[FoundAttribute]:
        """Whom each span of the batch is about, and how the name of theirs that speaks most for it stands to the span; none where the model does
        not rank that."""
        ranker, actors = self.model.ranker, self.model.codebook.actors
        if found.targets is None or ranker is None or not len(found.spans.firsts):
            return []
        cues = cues_of_words(batch.words)[batch.ids]
        candidates = find_candidates(found.texts, found.quotations, cues, found.spans.firsts, found.spans.lasts, found.mentions, actors)
        shares, (columns, used), whom = weigh_candidates(candidates, ranker.weights), columns_of(candidates), []
        for i, (actor, probability) in enumerate(zip(found.targets.actors.tolist(), found.targets.probabilities.tolist(), strict=True)):
            own = slice(*candidates.firsts[i : i + 2])
            best = candidates.firsts[i] + int(np.where(candidates.actors[own] == actor, shares[own], -1.0).argmax())
            because = [Reason(ranker.columns[column], float(ranker.weights[column])) for column in columns[best][used[best]]]
            name = actors[actor].name if actor != NOBODY else "nobody named near it"
            whom.append(FoundAttribute(name, probability, find_strongest(because, reasons)))
        return whom

    def _attribute_words(self, batch: Batch, tokens: range, tally: Tally, own: float) -> dict[str, float]:
        """What each feature adds to the mean first-stage logit, summed by how it is said; and, times `own`, into the tally by what it is about."""
        totals: dict[str, float] = defaultdict(float)
        inside = batch.rows(int(batch.documents[tokens.start]))
        for token in tokens:
            for number, stream in enumerate(self.model.window.streams):
                voices = stream is self.model.window.situations
                for position in stream.positions:
                    place = token + position
                    if not inside.start <= place < inside.stop:
                        item = SITUATIONS[-1] if voices else EDGE
                    else:
                        item = SITUATIONS[batch.situations[place]] if voices else batch.words[batch.ids[place]]
                    weighed = self._weigh(number, position, item)
                    for words, weight in weighed.singly:
                        totals[words] += weight / len(tokens)
                    if place in tokens or voices:
                        for part, evidence, weight in weighed.parts:
                            tally.add(part, evidence, own * weight / len(tokens))
                    else:
                        tally.add(*_place_beside(item, place, tokens), own * weighed.total / len(tokens))
        return totals

    def _weigh(self, number: int, position: int, item: str) -> _Item:
        """The features of the item at this position that have a weight, and their weights."""
        key = (number, position, item)
        if key not in self._met:
            stream = self.model.window.streams[number]
            weights = self._weights[number][stream.positions.index(position)]
            known = [
                (feature, weight) for place in stream.find(item) if (weight := float(weights[place])) != 0 for feature in (stream.features[place],)
            ]
            singly = [(say_feature(feature, position, item if feature.kind in EXEMPLIFIED else ""), weight) for feature, weight in known]
            parts = [(*self._stems.place(feature, item), weight) for feature, weight in known]
            if (usual := self._usual[number][stream.positions.index(position)]) != 0:
                # Of a word whose company is unknown nothing like it says anything.
                part = (Part.PARTS, Part.PARTS, Part.ALIKE if known else Part.WORD, Part.VOICE)[number]
                # Who speaks is one of few, and is so instead of the usual one.
                part, evidence = parts[0][:2] if part is Part.VOICE and parts else (part, "")
                parts.append((part, evidence, -usual))
            self._met[key] = _Item(singly, parts, sum(weight for *_, weight in parts))
        return self._met[key]

    @cached_property
    def _usual(self) -> list[list[float]]:
        """What an ordinary word has of each stream at each of its positions: at its own the mean of the words that the model knows, elsewhere what
        nearly all words have."""
        usual = []
        for stream, weights in zip(self.model.window.streams, self._weights, strict=True):
            place = stream.index.get(NARRATOR if stream is self.model.window.situations else ORDINARY)
            fixed = weights[:, place].tolist() if place is not None else [0.0] * len(weights)
            if stream is not self.model.window.situations and self._known:
                own = stream.positions.index(0)
                fixed[own] = float(stream.weigh(self._known[:: max(1, len(self._known) // MEASURED)], weights[own][:, None]).mean())
            usual.append(fixed)
        return usual

    @cached_property
    def _ordinary(self) -> float:
        """What an ordinary word among ordinary words adds to the first-stage logit."""
        return sum(map(sum, self._usual))

    @cached_property
    def _known(self) -> list[str]:
        """The words that the model knows, in order; no marks and numbers."""
        return [feature.term for feature in self.model.window.words.features if feature.kind == "word" and feature.term.isalpha()]

    @cached_property
    def _stems(self) -> Stems:
        return Stems(feature.term for feature in self.model.window.words.features if feature.kind == "word")


@dataclass(frozen=True)
class _Item:
    """What stands at a position: its features as they are said and their weights, the same by what they are about, less what an ordinary word
    has there, and the sum of the latter."""

    singly: list[tuple[str, float]]
    parts: list[tuple[Part, str, float]]
    total: float


def _place_beside(item: str, place: int, tokens: range) -> tuple[Part, str]:
    """What stands beside a span is a neighbour of it, whatever its letters; beyond the text's ends its place is."""
    before = place < tokens.start
    if item == EDGE:
        return Part.PLACE, f"at the {'beginning' if before else 'end'} of the text"
    return Part.BESIDE, f"{quote(item)} {'before' if before else 'after'} it"


def _spans_of(found: Found) -> list[Span]:
    return [*map(Span, found.spans.firsts.tolist(), found.spans.lasts.tolist())]
