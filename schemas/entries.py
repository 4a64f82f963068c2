"""What a codebook is made of: labels of spans, questions and their values, attributes of spans, and actors.

Unknown keys are refused, because a misspelt key is an instruction nobody reads.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from schemas.parsing import write_toml
from schemas.wording import count

__all__ = ["LONGEST", "MOST", "Actor", "ActorKind", "Attribute", "Label", "Name", "Prose", "Question", "Strict", "Value", "refuse_repeats"]

# Names become column names and attributes of the labelling interface: no line ends, brackets or quotation marks.
Name = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=80, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069<>\"]+$"
    ),
]
# What no codebook that people work with comes near: pages of prose for a label, a thousand labels.
LONGEST, MOST = 20_000, 1_000
# Of one value there is nothing to choose.
LEAST_VALUES = 2
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]+$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
ActorKind = Literal["country", "party", "person", "group", "institution"]
# A key, or shift and a key.
Hotkey = Annotated[str, StringConstraints(pattern=r"^(shift\+)?[a-z0-9]$")]


class Strict(BaseModel):
    """Refuses keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Strict):
    """A kind of span. `cues` are words or phrases that suggest it: the floor every trained model must beat."""

    name: Name
    definition: Prose
    examples: Annotated[tuple[Prose, ...], Field(max_length=MOST)] = ()
    counter_examples: Annotated[tuple[Prose, ...], Field(max_length=MOST)] = ()
    colour: Colour
    hotkey: Hotkey | None = None
    cues: Annotated[tuple[Prose, ...], Field(max_length=10 * MOST)] = ()


class Value(Strict):
    """One answer to a question."""

    name: Name
    definition: Prose
    hotkey: Hotkey | None = None


class Question(Strict):
    """A question about a whole article, answered with one value or with several. `required`: nobody can submit an article without an answer."""

    name: Name
    prompt: Prose
    choice: Literal["single", "multiple"]
    required: StrictBool = False
    values: Annotated[tuple[Value, ...], Field(min_length=2, max_length=MOST)]

    @property
    def value_names(self) -> list[str]:
        return [value.name for value in self.values]


class Attribute(Strict):
    """What is said of a span beside its label, where somebody says it: one of `values` (`choice`), an actor or the words that name one (`actor`),
    or any words (`text`). `labels`: those whose spans it is asked of; all if there are none."""

    name: Name
    kind: Literal["choice", "actor", "text"]
    definition: Prose
    examples: Annotated[tuple[Prose, ...], Field(max_length=MOST)] = ()
    labels: tuple[Name, ...] = ()
    choice: Literal["single", "multiple"] = "single"
    required: StrictBool = False
    values: Annotated[tuple[Value, ...], Field(max_length=MOST)] = ()

    @model_validator(mode="after")
    def _has_values_to_choose_from(self) -> Attribute:
        if self.kind == "choice" and len(self.values) < LEAST_VALUES:
            raise ValueError(f"attribute {self.name!r} is a choice, of at least {LEAST_VALUES} values, and has {count(len(self.values), 'value')}")
        if self.kind != "choice" and self.values:
            raise ValueError(f"attribute {self.name!r} has values, and its kind is {self.kind}: make that choice, or leave them out")
        refuse_repeats(f"value of {self.name}", self.value_names)
        return self

    @property
    def value_names(self) -> list[str]:
        return [value.name for value in self.values]

    def takes(self, value: str | None) -> bool:
        """Whether it may have this value."""
        return not self.values or value in self.value_names

    def is_of(self, label: str) -> bool:
        """Whether it is asked of spans of this label."""
        return not self.labels or label in self.labels


class Actor(Strict):
    """Somebody whom articles name: a name, what else they are called, and what they are. See `schemas.text.actors`."""

    name: Name
    kind: ActorKind
    aliases: Annotated[tuple[Prose, ...], Field(max_length=MOST)] = ()

    def to_toml(self) -> str:
        """The actor as an entry of a file that `load_actors` reads."""
        return "\n".join(["[[actors]]", *write_toml(self.model_dump(mode="json"))])


def refuse_repeats(what: str, names: list[str], fault: str = "is there twice") -> None:
    """Raise ValueError where a name is there twice."""
    seen: set[str] = set()
    for name in names:
        # Names become columns and files, and some file systems ignore case.
        if name.lower() in seen:
            raise ValueError(f"{what} {name!r} {fault}")
        seen.add(name.lower())
