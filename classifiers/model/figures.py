"""What model.json says of a model beside what makes its scores: data, agreement and figures, as the card, the report and notebooks show them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, StringConstraints, model_validator

from classifiers.model.card import evaluation_rows

__all__ = ["LARGEST", "Agreement", "Digest", "Evaluation", "Line", "Number", "Published", "Training"]

# Far beyond what training makes: a label that nobody has used has an intercept of minus a million. Sums of such numbers are finite.
LARGEST = 1e7
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# Without signs that end a line or a file's name.
Line = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$")]
Number = Annotated[float, Field(strict=True, ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=0, le=10**12)]
Figure = Number | None
Flag = Annotated[bool, Field(strict=True)]
Figures = dict[Line, Figure]


class Training(BaseModel):
    """Where a model comes from. Whatever else is said of it is text, a number, or a list of them."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Flag | Number | Line | list[Number | Line] | None] = Field(init=False)

    articles: Count = 0
    annotators: Count = 0
    gold_spans: Count = 0
    adjudication: list[Line] = []
    outlets: list[Line] = []
    folders: list[Line] = []
    data_digest: Digest = ""


class Agreed(BaseModel):
    """How far annotators agreed on a label or a question, and on each of a question's values."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Figure] = Field(init=False)

    alpha: Figure
    low: Figure
    high: Figure
    values: dict[Line, Any] = {}


class Agreement(BaseModel):
    """By label and by question."""

    labels: dict[Line, Agreed] = {}
    questions: dict[Line, Agreed] = {}


class PublishedFigure(BaseModel):
    """What somebody has reported of the training data, and what was measured of this model instead."""

    measure: Line
    figure: Number
    system: Line
    source: Line
    ours: Figure = None


class Published(BaseModel):
    """Figures of others, and in what they differ from ours; or why there are none."""

    differs: Line
    figures: list[PublishedFigure] = []


class Evaluation(BaseModel):
    """The figures of a cross-validation (`classifiers.evaluation`), with all that the card shows of them."""

    folds: Count
    group: Line
    unseen_sources: Flag = False
    tokens: Figures = {}
    spans: Figures = {}
    labels: Figures = {}
    sentences: Figures = {}
    questions: dict[Line, Figures] = {}
    attributes: dict[Line, Figures] = {}
    targets: Figures = {}
    headlines: Figures = {}
    gold_spans: Count | None = None
    spread: dict[Line, Figures | dict[Line, Figures]] = {}
    low: dict[Line, Figures | dict[Line, Figures]] = {}
    high: dict[Line, Figures | dict[Line, Figures]] = {}

    @model_validator(mode="wrap")
    @classmethod
    def _can_be_shown(cls, content: Any, handler: ModelWrapValidatorHandler[Evaluation]) -> Evaluation:
        checked = handler(content)
        try:
            # The card knows best what it looks at.
            evaluation_rows(content)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ValueError(f"the card cannot be made of it ({type(error).__name__}: {error})") from error
        return checked
