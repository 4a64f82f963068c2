"""Why a text's spans were flagged, and its questions answered so: what `framing explain` and notebooks share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from framing.provenance import Marked
from schemas.errors import printable
from schemas.wording import count

if TYPE_CHECKING:
    import polars as pl

    from classifiers.explanation.answers import Answer
    from classifiers.explanation.evidence import Example
    from classifiers.explanation.groups import Group
    from classifiers.explanation.reasons import Reason
    from classifiers.explanation.spans import Explanation
    from classifiers.model.model import Model

__all__ = ["Explained", "add_examples", "explain_text", "say_examples", "say_groups", "say_singly"]


# Smaller shares of what speaks for a span are left to the data; what speaks against it is told from a larger one on.
SMALLEST, AGAINST = 0.05, 0.1
# Annotations beside each span, and the characters of each that are shown.
EXAMPLES, QUOTE = 2, 60


@dataclass(frozen=True, repr=False)
class Explained:
    """The spans of a text and the answers to questions about it, each with its reasons; what people marked that is nearest to each span; and what
    is to be known of them. `reasons`: how many of each are shown."""

    spans: list[Explanation]
    answers: list[Answer]
    notices: tuple[str, ...]
    examples: list[list[Example]] = field(default_factory=list)
    reasons: int = 5

    def __repr__(self) -> str:
        return "\n".join([*self.lines(), *self.notices])

    def lines(self, *, every: bool = False) -> Iterator[str]:
        """For a reader: reasons in groups, or `every` feature by itself."""
        for i, found in enumerate(self.spans):
            span = found.span
            voice = f"{span.voice} ({span.speaker})" if span.speaker else span.voice
            yield f'"{found.text}"  {span.label}  probability {span.probability:.2f}  voice {voice}  characters {span.start} to {span.end}'
            said = [(f"{name}: {given.value} {given.probability:.2f}", given.because, given.groups) for name, given in found.attributes.items()]
            for title, singly, groups in (("loaded", found.loaded, found.loaded_groups), (span.label, found.label, found.label_groups), *said):
                yield f"  {title} because of"
                # Whom a span is about is found by rules that are told one by one; so are words where no group of them speaks for a value.
                lines = (
                    say_groups(groups, found.text, self.reasons, against=title == "loaded")
                    if not every and any(group.weight > 0 for group in groups)
                    else [say_singly(reason) for reason in singly]
                )
                yield from (f"    {line}" for line in lines)
            if self.examples:
                yield f"  {say_examples(self.examples[i])}"
        for answer in self.answers:
            because = f" because of {'; '.join(f'{reason.words} ({reason.weight:+.2f})' for reason in answer.reasons)}" if answer.reasons else ""
            yield f"{answer.question}: {answer.value} {answer.probability:.2f}{because}"
            if answer.threshold is not None:
                decided = [f"{given.value} ({given.probability:.2f}, above {given.threshold:.2f})" for given in answer.decided]
                yield f"  decided: {', '.join(decided) or f'nothing; {answer.value} would have to be above {answer.threshold:.2f}'}"
        meaning = (
            "each weight is what the feature adds to the mean log-odds of the span's tokens"
            if every
            else "each share is of all that speaks for it, beyond an ordinary word of the text; --all shows every feature"
        )
        yield f"{count(len(self.spans), 'span')}{f'; {meaning}' if self.spans else ''}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        examples = [{"examples": [asdict(example) for example in some]} for some in self.examples] or [{} for _ in self.spans]
        spans = [found.to_dict() | beside for found, beside in zip(self.spans, examples, strict=True)]
        return {"spans": spans, "answers": [asdict(answer) for answer in self.answers]}


def say_singly(reason: Reason) -> str:
    return f"{reason.weight:+.2f}  {reason.words}"


def say_groups(groups: Sequence[Group], text: str, most: int, *, against: bool = True) -> list[str]:
    """A line for each of the groups that are worth one, of a span with this text: at most so many for it, and as many `against`."""
    from classifiers.explanation.groups import say_group

    words = len(text.split())
    told = [[group for group in groups if group.share >= SMALLEST], [group for group in reversed(groups) if against and group.share <= -AGAINST]]
    lines = [f"{group.share:4.0%}  {'' if group.share > 0 else 'against it, '}{say_group(group, words)}" for some in told for group in some[:most]]
    return lines or ["nothing that other spans have not"]


def say_examples(examples: Sequence[Example]) -> str:
    """What people marked that is nearest to a span."""
    if not examples:
        return "people marked nothing like it"
    quoted = (f'"{printable(example.quote, QUOTE)}" ({example.label})' for example in examples)
    return f"people marked {' and '.join(quoted)}"


def add_examples(model: Model, spans: Sequence[Explanation], annotations: pl.DataFrame) -> tuple[list[Explanation], list[list[Example]]]:
    """The spans, whose reasons name marked words that are like theirs, and the annotations nearest to each."""
    from classifiers.explanation.evidence import Examples
    from classifiers.explanation.groups import name_alike

    marked = Examples(model, annotations, [found.text for found in spans]) if spans and model.spans is not None else None
    if marked is None:
        return [*spans], [[] for _ in spans]
    # What stands in many articles is looked up once.
    texts = dict.fromkeys(found.text for found in spans)
    alike, near = {text: marked.alike(text) for text in texts}, {text: marked.nearest(text, EXAMPLES) for text in texts}
    return [replace(found, loaded_groups=name_alike(found.loaded_groups, alike[found.text])) for found in spans], [
        near[found.text] for found in spans
    ]


def explain_text(model: Model, text: str, training: pl.DataFrame | None, reasons: int = 5, marked: Marked | None = None) -> Explained:
    """The spans and answers of one text, each with its `reasons` strongest reasons. `training`: the articles that the model has learned
    from, where they are known: about a text far shorter than any of them no question is answered. `marked`: what people marked in them, as
    far as it was found."""
    from classifiers.explanation.answers import explain_answers
    from classifiers.explanation.spans import Explainer
    from classifiers.model.familiarity import shortest_article
    from classifiers.scoring.admission import say_foreign
    from schemas.text.detection import tell_languages
    from schemas.text.tokens import count_words

    words = count_words(text)
    shortest = shortest_article(words, training) if model.questions else None
    notices = []
    (language,) = tell_languages([text], [None])
    if not model.knows(language):
        notices.append(f"the text {say_foreign(language, model)}: what is said of it means little")
    if shortest is not None:
        learned = f"the shortest article that the model was trained on had {shortest}"
        notices.append(f"the text has {count(words, 'word')}, and {learned}: answers to questions are not shown, as they would mean nothing")
    explainer = Explainer(model)
    answers = explain_answers(model, text, reasons, explainer.scorer) if shortest is None else []
    spans = next(explainer.explain([text], reasons))
    marked = marked or Marked(None)
    if marked.said and spans:
        notices.append(marked.said)
    if marked.annotations is None:
        return Explained(spans, answers, tuple(notices), reasons=reasons)
    named, examples = add_examples(model, spans, marked.annotations)
    return Explained(named, answers, tuple(notices), examples, reasons)
