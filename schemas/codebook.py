"""The codebook: what is tagged, what is asked, and how both are explained to annotators.

A codebook is a TOML file. Unknown keys are refused, because a misspelt key is an instruction nobody reads.
"""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, StrictBool, StringConstraints, ValidationError, model_validator

from schemas.defaults import fill_in
from schemas.entries import LONGEST, MOST, Actor, Attribute, Label, Name, Prose, Question, Strict, Value, refuse_repeats
from schemas.errors import FramingError
from schemas.faults import say_fault, say_faults
from schemas.files import digest_text
from schemas.parsing import parse_toml, read_text, write_toml

__all__ = [
    "ABOUT",
    "BETWEEN",
    "DEFAULT_CODEBOOK",
    "MENTIONS",
    "READABILITY",
    "READABILITY_COUNTS",
    "TOTAL",
    "Actor",
    "Attribute",
    "Codebook",
    "Label",
    "Question",
    "Value",
    "list_codebooks",
    "load_actors",
    "load_codebook",
    "parse_codebook",
]

DEFAULT_CODEBOOK = "loaded-language"
READABILITY = ("flesch_reading_ease", "flesch_kincaid_grade", "gunning_fog", "smog_index")
READABILITY_COUNTS = ("readability_words", "readability_sentences", "syllables", "difficult_words", "polysyllables")
# What articles and scores have columns for, whatever the codebook.
ARTICLE_COLUMNS = ("article_id", "title", "text", "outlet", "author", "published", "url", "language", "copy_of")
COLUMNS = (*ARTICLE_COLUMNS, "tokens", "words", "title_words", "sentences", "model")
# Spans of any label per 1,000 words, in the outlet's own voice.
TOTAL = "density"
FIGURES = ("unpaired_marks", "words_per_sentence", "unseen_words", TOTAL, *READABILITY, *READABILITY_COUNTS)
# What scores say of each actor of an article: how often it is named, and spans per 1,000 words that are about it.
ACTOR_FIGURES = (MENTIONS, ABOUT) = ("mentions", "about")
SPAN_COLUMNS = ("article_id", "label", "part", "start", "end", "text", "probability", "voice", "speaker")
# What stands between the decided answers to a question of several.
BETWEEN = "; "
TWO_COLUMNS = "would be that of two columns of"
SHIPPED = Path(__file__).parent / "codebooks"
# The keys of what is written by hand.
ENTRIES: dict[str, type[Strict]] = {"labels": Label, "questions": Question, "attributes": Attribute, "actors": Actor, "values": Value}
KEYS = {kind: tuple(entry.model_fields) for kind, entry in ENTRIES.items()}
Read = TypeVar("Read", bound=Strict)


class Codebook(Strict):
    """Labels of spans and questions about articles, with a version people cite and a digest machines compare.

    `attributes` are asked of spans, and may also stand in TOML under a label, as `[[labels.attributes]]`; `actors` are those whose mentions count.

    `scare_quotes`: whether words in scare quotes can be a span; if not, no model with this codebook finds one there. `headlines`: whether
    annotators mark spans in the headline, too, which then stands above the text as part of it. Models score headlines either way. `notes`: whether
    they may say of an article that they are unsure, and write a note on it.
    """

    name: Name
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: Prose
    description: Prose
    source: Annotated[str, StringConstraints(max_length=LONGEST)] | None = None
    instructions: Prose
    scare_quotes: StrictBool = True
    headlines: StrictBool = False
    notes: StrictBool = False
    labels: Annotated[tuple[Label, ...], Field(max_length=MOST)] = ()
    questions: Annotated[tuple[Question, ...], Field(max_length=MOST)] = ()
    attributes: Annotated[tuple[Attribute, ...], Field(max_length=MOST)] = ()
    actors: Annotated[tuple[Actor, ...], Field(max_length=10 * MOST)] = ()

    @model_validator(mode="before")
    @classmethod
    def _is_complete(cls, data: Any) -> Any:
        return fill_in(_lift_attributes(data))

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Codebook:
        if not self.labels and not self.questions:
            raise ValueError("a codebook has at least one label or question")
        asked: tuple[Question | Attribute, ...] = (*self.questions, *self.attributes)
        refuse_repeats("name", [*self.label_names, *(one.name for one in asked)])
        refuse_repeats("actor", [actor.name for actor in self.actors])
        for attribute in self.attributes:
            if strange := [label for label in attribute.labels if label not in self.label_names]:
                raise ValueError(f"attribute {attribute.name!r} is asked of a label {strange[0]!r}, which there is not")
        for question in self.questions:
            refuse_repeats(f"value of {question.name}", question.value_names)
            if question.choice == "multiple" and (wrong := [value for value in question.value_names if BETWEEN in value]):
                raise ValueError(f"value {wrong[0]!r} of {question.name} holds {BETWEEN!r}, which stands between several answers")
        columns = [column for name in self.label_names for column in (f"density_{name}", f"density_{name}_quoted", f"title_density_{name}")]
        columns += [f"{question.name}_{value}" for question in self.questions for value in question.value_names]
        columns += [f"{figure}_{actor.name}" for actor in self.actors for figure in ACTOR_FIGURES]
        # Each becomes a column of the scores, and so does what is decided of each question.
        columns += [*(question.name for question in self.questions), *COLUMNS, *FIGURES]
        refuse_repeats("the name", columns, f"{TWO_COLUMNS} scores")
        beside = [f"{one.name}{part}" for one in self.attributes for part in ("", "_probability")]
        refuse_repeats("the name", [*SPAN_COLUMNS, *beside], f"{TWO_COLUMNS} spans")
        items: list[tuple[str, Label | Value]] = [(f"label {label.name}", label) for label in self.labels]
        items += [(f"answer {value.name} to {one.name}", value) for one in asked for value in one.values]
        _refuse_shared_keys(items)
        return self

    @property
    def label_names(self) -> list[str]:
        return [label.name for label in self.labels]

    def question(self, name: str) -> Question | None:
        return next((question for question in self.questions if question.name == name), None)

    def attribute(self, name: str) -> Attribute | None:
        return next((attribute for attribute in self.attributes if attribute.name == name), None)

    @property
    def target(self) -> Attribute | None:
        """The attribute that says whom a span is about: the first that is an actor."""
        return next((attribute for attribute in self.attributes if attribute.kind == "actor"), None)

    def attributes_of(self, label: str) -> list[Attribute]:
        """Those that are asked of spans of this label."""
        return [attribute for attribute in self.attributes if attribute.is_of(label)]

    def single_choices(self, names: Container[str]) -> dict[str, tuple[str, ...]]:
        """Values of each question with one answer, of those named."""
        return {question.name: tuple(question.value_names) for question in self.questions if question.choice == "single" and question.name in names}

    def with_actors(self, actors: Sequence[Actor], where: object = "actors") -> Codebook:
        """The codebook with these actors; those of its own whose names they have give way. FramingError, which names `where` they come from, if one
        would have a column of scores that there is already."""
        if not actors:
            return self
        kept = [actor for actor in self.actors if actor.name.lower() not in {new.name.lower() for new in actors}]
        try:
            return Codebook.model_validate(self.model_dump() | {"actors": [actor.model_dump() for actor in (*kept, *actors)]})
        except ValidationError as error:
            raise FramingError(say_fault(error), where, "Give the actor another name") from error

    @property
    def digest(self) -> str:
        """SHA-256 of the content; formatting and comments of the file do not count."""
        return digest_text(self.to_json())

    @property
    def stamp(self) -> str:
        """What a row of annotations.parquet carries as codebook_version, e.g. `loaded-language 1.0.0`."""
        return f"{self.name} {self.version}"

    def to_json(self) -> str:
        content = self.model_dump(mode="json")
        # As codebooks were before they could say these, so that digests of old ones stay true.
        usual = {"scare_quotes": True, "headlines": False, "notes": False, "attributes": [], "actors": []}
        for name in [name for name, value in usual.items() if content[name] == value]:
            del content[name]
        for question in content["questions"]:
            if not question["required"]:
                del question["required"]
        return json.dumps(content, sort_keys=True, ensure_ascii=False)

    def to_toml(self) -> str:
        """The codebook as a TOML file that reads back equal."""
        top = self.model_dump(mode="json")
        parts = {name: top.pop(name) for name in ("labels", "questions", "attributes", "actors")}
        lines = write_toml(top)
        for name, items in parts.items():
            for item in items:
                values = item.pop("values", [])
                lines += ["", f"[[{name}]]", *write_toml(item)]
                for value in values:
                    lines += ["", f"[[{name}.values]]", *write_toml(value)]
        return "\n".join(lines) + "\n"


def list_codebooks() -> list[str]:
    """Names of the codebooks that ship, the default first."""
    names = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    return [DEFAULT_CODEBOOK, *(name for name in names if name != DEFAULT_CODEBOOK)]


def load_codebook(name_or_path: str | Path = DEFAULT_CODEBOOK) -> Codebook:
    """A codebook that ships, by name, or one of the user's, by path. Raises FramingError with the first fault."""
    text = str(name_or_path)
    path = SHIPPED / f"{text}.toml" if text in list_codebooks() else Path(name_or_path)
    todo = f"Shipped: {', '.join(list_codebooks())}; or give a .toml file"
    if path.is_dir():
        raise FramingError("is a folder, and no codebook", text, todo)
    try:
        return parse_codebook(read_text(path), path)
    except FileNotFoundError as error:
        raise FramingError("no such codebook", text, todo) from error


def parse_codebook(text: str, where: object) -> Codebook:
    """A codebook from TOML text; `where` names it in errors."""
    return _validate(Codebook, text, where, "`framing codebook new FILE` writes one in which every line is explained")


class _Actors(Strict):
    actors: Annotated[tuple[Actor, ...], Field(min_length=1, max_length=10 * MOST)]


def load_actors(path: Path) -> tuple[Actor, ...]:
    """The actors of a TOML file that holds nothing else. Raises FramingError with the first fault."""
    try:
        return _validate(_Actors, read_text(path), path, "`framing actors ARTICLES --out FILE` writes such a file").actors
    except FileNotFoundError as error:
        raise FramingError("no such file of actors", path, "Make one with `framing actors ARTICLES --out FILE`, and prune it") from error


def _validate(kind: type[Read], text: str, where: object, todo: str) -> Read:
    data = parse_toml(text, where)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        with suppress(ValueError):
            # In the order in which the faults count its entries.
            data = _lift_attributes(data)
        said = say_faults(error, data, {"": tuple(kind.model_fields), **KEYS})
        raise FramingError(said, where, todo) from error


def _refuse_shared_keys(items: Sequence[tuple[str, Label | Value]]) -> None:
    """Raise ValueError where one key would choose two things."""
    taken: dict[str, str] = {}
    for name, item in items:
        if item.hotkey and taken.setdefault(item.hotkey, name) != name:
            raise ValueError(f"hotkey {item.hotkey!r} is there twice: {taken[item.hotkey]}, and {name}")


def _lift_attributes(data: Any) -> Any:
    """What a TOML file has, with the attributes that stand under labels among all others; the same one under several labels is one."""
    labels, given = (data.get("labels"), data.get("attributes", [])) if isinstance(data, dict) else (None, None)
    if not isinstance(labels, list) or not isinstance(given, list):
        return data
    lifted: list[Any] = []
    for label in labels:
        for attribute in _own_attributes(label):
            same = next((one for one in lifted if one | {"labels": None} == attribute | {"labels": None}), None)
            if same is None:
                lifted.append(attribute | {"labels": [label.get("name")]})
            else:
                same["labels"].append(label.get("name"))
    bare = [{key: value for key, value in label.items() if key != "attributes"} if isinstance(label, dict) else label for label in labels]
    return {**data, "labels": bare, "attributes": [*given, *lifted]} if lifted else data


def _own_attributes(label: Any) -> list[dict[str, Any]]:
    own = label.get("attributes", []) if isinstance(label, dict) else []
    if not isinstance(own, list) or not all(isinstance(attribute, dict) and "labels" not in attribute for attribute in own):
        raise ValueError("the attributes under a label are tables, each without labels of its own")
    return own
