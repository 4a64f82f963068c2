"""What model.json has to hold: the heads and second stages that its codebook calls for, in numbers that scoring can add up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from classifiers.features.answers import answer_columns
from classifiers.features.candidates import columns_of_slots
from classifiers.features.context import sentence_columns, token_columns
from classifiers.model.figures import LARGEST, Agreement, Digest, Evaluation, Line, Number, Published, Training
from classifiers.model.model import ACTOR, ATTRIBUTE, AUXILIARY, LABELS, LOADED, OVERLAP, QUESTION, SENTENCES, SPANS, TARGET, learned_attributes
from schemas.codebook import Codebook
from schemas.text.languages import language_code

__all__ = ["DescribedHead", "DescribedStage", "Description"]

Cost = Annotated[float, Field(strict=True, ge=0, le=LARGEST, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class DescribedHead(BaseModel):
    """Its outputs, and an intercept for each."""

    outputs: tuple[Line, ...]
    intercepts: tuple[Number, ...]


class DescribedStage(BaseModel):
    """The figures that a second stage looks at."""

    columns: tuple[Line, ...]
    intercept: Number


class DescribedDecoding(BaseModel, extra="forbid"):
    """See `Decoding`."""

    threshold: Number
    entry_cost: Cost
    overlap_weight: Cost
    overlap_cost: Cost


class Description(BaseModel):
    """model.json. `heads` and `stages` are by name; a stage is there for each output. What is shown of a model (`training` and so on) is
    only looked at: it is kept as it was written."""

    digest: Digest
    weights_digest: Digest
    company_digest: Digest
    codebook_digest: Digest
    training_digest: Digest | None = None
    codebook: Codebook
    decoding: DescribedDecoding
    heads: dict[Line, DescribedHead]
    stages: dict[Line, dict[Line, DescribedStage]]
    bag_heads: tuple[Line, ...]
    # Older models decide at a half.
    thresholds: dict[Line, tuple[Share, ...]] = {}
    # Older models do not say.
    languages: tuple[Annotated[str, StringConstraints(max_length=20)], ...] = ()
    title: Annotated[str, StringConstraints(max_length=2_000)] = ""
    versions: dict[Line, Line] = {}
    training: Training = Training()
    # Shares of the training articles, for each value of a question.
    given: dict[Line, tuple[Share, ...]] = {}
    agreement: Agreement = Agreement()
    evaluation: Evaluation | None = None
    published: Published | None = None

    @property
    def auxiliaries(self) -> tuple[str, ...]:
        return tuple(name.removeprefix(AUXILIARY) for name in self.heads if name.startswith(AUXILIARY))

    @model_validator(mode="after")
    def _fits_together(self) -> Description:
        if self.codebook.digest != self.codebook_digest:
            raise ValueError("the codebook is not the one that the model was trained with")
        if unknown := [code for code in self.languages if language_code(code) != code]:
            raise ValueError(f"{unknown[0]!r} is no code of a language")
        for name, head in self.heads.items():
            self._check_head(name, head)
        if (SPANS in self.heads) != bool(self.bag_heads) or self.bag_heads not in ((), (SPANS, *self.auxiliaries)):
            raise ValueError("bag_heads are not the heads of spans")
        if self.auxiliaries and SPANS not in self.heads:
            raise ValueError("there are heads of other corpora, and none of spans")
        several = {question.name: len(question.values) for question in self.codebook.questions if question.choice == "multiple"}
        for what, told in (("thresholds", self.thresholds), ("shares of articles", self.given)):
            if wrong := [name for name, figures in told.items() if several.get(name) != len(figures)]:
                raise ValueError(f"the {what} of {wrong[0]!r} are not one for each of its values")
        for name, output, columns in self._needed():
            found = self.stages.get(name, {}).get(output)
            if found is None:
                raise ValueError(f"there is no second stage of {name}, {output}")
            if found.columns != columns:
                raise ValueError(f"the second stage of {name}, {output}, looks at figures that this toolkit does not make")
        if TARGET in self.stages and (self.codebook.target is None or SPANS not in self.heads):
            raise ValueError("it ranks whom spans are about, and the codebook does not ask that")
        return self

    def _check_head(self, name: str, head: DescribedHead) -> None:
        question = self.codebook.question(name.removeprefix(QUESTION)) if name.startswith(QUESTION) else None
        values = {f"{ATTRIBUTE}{attribute.name}": attribute.value_names for attribute in learned_attributes(self.codebook)}
        if len(set(head.outputs)) != len(head.outputs) or len(head.outputs) != len(head.intercepts):
            raise ValueError(f"head {name}: its outputs are not distinct, or not as many as its intercepts")
        if name == LABELS:
            fits = len(head.outputs) > 0 and set(head.outputs) <= set(self.codebook.label_names)
        elif question is not None:
            fits = list(head.outputs) == question.value_names
        elif name in values:
            fits = list(head.outputs) == values[name] and SPANS in self.heads
        else:
            of_spans = name in (SPANS, SENTENCES) or name.startswith(AUXILIARY)
            fits = of_spans and head.outputs == (LOADED,) and bool(self.codebook.labels)
        if not fits:
            raise ValueError(f"head {name}: the codebook has nothing for such a head, or for its outputs {', '.join(head.outputs)}")

    def _needed(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """The second stages that scoring asks for: name, output, columns."""
        questions = {name.removeprefix(QUESTION): head for name, head in self.heads.items() if name.startswith(QUESTION)}
        singles = self.codebook.single_choices(questions)
        if SPANS in self.heads:
            of_tokens = token_columns(self.auxiliaries, [f"{name}: {value}" for name, values in singles.items() for value in values])
            yield from ((name, LOADED, of_tokens) for name in (SPANS, OVERLAP))
            yield SENTENCES, LOADED, sentence_columns()
        if TARGET in self.stages:
            yield TARGET, ACTOR, tuple(columns_of_slots())
        for name, head in questions.items():
            yield from ((f"{QUESTION}{name}", value, answer_columns(name, value, singles)) for value in head.outputs)
