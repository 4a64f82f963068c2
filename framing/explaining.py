"""Why a text's spans were flagged, and its questions answered so: what `framing explain` and notebooks share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from schemas.wording import count

if TYPE_CHECKING:
    import polars as pl

    from classifiers.explanation.answers import Answer
    from classifiers.explanation.spans import Explanation
    from classifiers.model.model import Model

__all__ = ["Explained", "explain_text"]


@dataclass(frozen=True, repr=False)
class Explained:
    """The spans of a text and the answers to questions about it, each with its reasons; and what is to be known of them."""

    spans: list[Explanation]
    answers: list[Answer]
    notices: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join([*self.lines(), *self.notices])

    def lines(self) -> Iterator[str]:
        for found in self.spans:
            span = found.span
            voice = f"{span.voice} ({span.speaker})" if span.speaker else span.voice
            yield f'"{found.text}"  {span.label}  probability {span.probability:.2f}  voice {voice}  characters {span.start} to {span.end}'
            said = [(f"{name}: {given.value} {given.probability:.2f} because of", given.because) for name, given in found.attributes.items()]
            for title, reasons in (("loaded because of", found.loaded), (f"{span.label} because of", found.label), *said):
                yield f"  {title}"
                yield from (f"    {reason.weight:+.2f}  {reason.words}" for reason in reasons)
        for answer in self.answers:
            because = f" because of {'; '.join(f'{reason.words} ({reason.weight:+.2f})' for reason in answer.reasons)}" if answer.reasons else ""
            yield f"{answer.question}: {answer.value} {answer.probability:.2f}{because}"
            if answer.threshold is not None:
                decided = [f"{given.value} ({given.probability:.2f}, above {given.threshold:.2f})" for given in answer.decided]
                yield f"  decided: {', '.join(decided) or f'nothing; {answer.value} would have to be above {answer.threshold:.2f}'}"
        told = "; each weight is what the feature adds to the mean log-odds of the span's tokens" if self.spans else ""
        yield f"{count(len(self.spans), 'span')}{told}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"spans": [found.to_dict() for found in self.spans], "answers": [asdict(answer) for answer in self.answers]}


def explain_text(model: Model, text: str, training: pl.DataFrame | None, reasons: int = 5) -> Explained:
    """The spans and answers of one text, each with its `reasons` strongest reasons. `training`: the articles that the model has learned
    from, where they are known: about a text far shorter than any of them no question is answered."""
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
    return Explained(next(explainer.explain([text], reasons)), answers, tuple(notices))
