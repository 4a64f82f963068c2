"""Attributes of spans on the labelling screen: their controls and keys, and the actors that each article offers."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any
from xml.etree import ElementTree as ET

from annotate.labelstudio.spelling import spell_names, tag_name
from schemas.codebook import Attribute, Codebook, Question
from schemas.text.actors import count_mentions

__all__ = [
    "LONGEST",
    "OFFERS",
    "add_attributes",
    "assign_keys",
    "find_attribute",
    "find_free_key",
    "is_enforced",
    "list_controls",
    "name_words",
    "offer_actors",
    "read_offers",
]

# Keys that Label Studio hears while a span is selected are those that it hears always: none may be a label's or an answer's, too.
PLAIN, SHIFTED = "zxcvbnmhjkl7890", "qwertyuiopasdfghjklzxcvbnm"
MOST_ACTORS = 9
# Where a task's data has the actors of its article; no column of articles.
OFFERS = "framing_actors"
# Characters of an answer in one's own words.
LONGEST = 200


def name_words(attribute: Attribute) -> str:
    """The control for an answer in one's own words."""
    return attribute.name if attribute.kind == "text" else f"{attribute.name}_words"


def list_controls(codebook: Codebook) -> list[str]:
    """The controls of all attributes."""
    return [name for attribute in codebook.attributes for name in dict.fromkeys((attribute.name, name_words(attribute))) if _has(attribute, name)]


def _has(attribute: Attribute, control: str) -> bool:
    return attribute.kind != "choice" or control == attribute.name


def find_attribute(codebook: Codebook, control: object, kind: object) -> Attribute | None:
    """The attribute that a result of this control and kind (`choices` or `textarea`) is about."""
    for attribute in codebook.attributes:
        if kind == "choices" and attribute.kind != "text" and control == attribute.name:
            return attribute
        if kind == "textarea" and attribute.kind != "choice" and control == name_words(attribute):
            return attribute
    return None


def assign_keys(codebook: Codebook) -> dict[str, list[str | None]]:
    """The keys of each attribute: of its values in their order, or of the actors of an article (shift and a digit; of a second attribute of
    this kind, what is left). Values have those of the codebook, else free ones; None where none is left."""
    taken = _list_keys(codebook)
    free = (key for key in chain(PLAIN, (f"shift+{letter}" for letter in SHIFTED)) if key not in taken)
    digits = (key for key in (f"shift+{digit}" for digit in range(1, MOST_ACTORS + 1)) if key not in taken)

    def keys_of(attribute: Attribute) -> Iterator[str | None]:
        if attribute.kind == "actor" and codebook.actors:
            yield from islice(chain(digits, free), MOST_ACTORS)
        for value in attribute.values:
            yield value.hotkey or next(free, None)

    return {attribute.name: list(keys_of(attribute)) for attribute in codebook.attributes}


def find_free_key(codebook: Codebook) -> str | None:
    """A key that no label, answer or attribute has; None if none is left."""
    taken = _list_keys(codebook).union(*assign_keys(codebook).values())
    return next((key for key in PLAIN if key not in taken), None)


def _list_keys(codebook: Codebook) -> set[str | None]:
    """The keys that the codebook itself gives."""
    asked: tuple[Question | Attribute, ...] = (*codebook.questions, *codebook.attributes)
    return {*(label.hotkey for label in codebook.labels), *(value.hotkey for one in asked for value in one.values)}


def offer_actors(text: str, codebook: Codebook) -> dict[str, Any]:
    """What is added to a task's data: for each attribute that takes an actor those whom the text names, the most frequent first, with their
    keys; nothing where the codebook has no such attribute or no actors."""
    offers = [(name, keys) for name, keys in assign_keys(codebook).items() if _offers(codebook, name)]
    named = count_mentions(text, codebook.actors) if offers else []
    return {_field(codebook, name): [_choice(actor, actor, key) for actor, key in zip(named, keys, strict=False)] for name, keys in offers}


def read_offers(data: Mapping[str, Any], codebook: Codebook) -> dict[str, Any]:
    """A task's data without what `offer_actors` has added."""
    added = {_field(codebook, attribute.name) for attribute in codebook.attributes if _offers(codebook, attribute.name)}
    return {key: value for key, value in data.items() if key not in added}


def _offers(codebook: Codebook, name: str) -> bool:
    attribute = codebook.attribute(name)
    return attribute is not None and attribute.kind == "actor" and bool(codebook.actors)


def _field(codebook: Codebook, name: str) -> str:
    number = [attribute.name for attribute in codebook.attributes if attribute.kind == "actor"].index(name)
    return f"{OFFERS}_{number + 1}" if number else OFFERS


def _choice(name: str, shown: str, key: str | None) -> dict[str, str]:
    """What Label Studio needs to know of an answer. Its own way to show a key takes half of the row where that is a chord."""
    keyed = {"hotkey": key, "html": f"{html.escape(shown)}<sup>{key.replace('shift+', '⇧')}</sup>"} if key else {}
    return tag_name(name, shown) | keyed


def is_enforced(attribute: Attribute, codebook: Codebook) -> bool:
    """Whether Label Studio keeps an annotation without this attribute from being submitted. It cannot where one of two controls is enough, or
    where the attribute is asked of some labels, but of more than one."""
    return attribute.required and len(attribute.labels) <= 1 and not _offers(codebook, attribute.name)


def add_attributes(view: ET.Element, to: str, codebook: Codebook) -> None:
    """A row of controls for each attribute. Rows keep their place while no span is selected (the style makes them pale), so the text never
    moves."""
    keys, names = assign_keys(codebook), spell_names(attribute.name for attribute in codebook.attributes)
    for attribute in codebook.attributes:
        shown_values = spell_names(attribute.value_names)
        # A comma stands between labels here, so labels with one in their names cannot be told apart.
        of = {"whenLabelValue": ",".join(attribute.labels)} if attribute.labels and not any("," in label for label in attribute.labels) else {}
        row = ET.SubElement(view, "View", {"className": "framing-attribute", "visibleWhen": "region-selected"} | of)
        ET.SubElement(row, "Header", value=names[attribute.name] + (" *" if attribute.required else ""), size="6")
        # Of one label, Label Studio asks for what is required of spans of that label only.
        common = {"toName": to, "perRegion": "true"} | (of if len(attribute.labels) == 1 else {})
        if is_enforced(attribute, codebook):
            common |= {"required": "true", "requiredMessage": f"A span has no {names[attribute.name]} yet: it is selected now."}
        if attribute.kind == "choice" or _offers(codebook, attribute.name):
            shown = {"choice": attribute.choice, "showInline": "true"}
            if attribute.kind == "actor":
                shown["value"] = f"${_field(codebook, attribute.name)}"
            choices = ET.SubElement(row, "Choices", {"name": attribute.name} | common | shown)
            for value, key in zip(attribute.values, keys[attribute.name], strict=False):
                ET.SubElement(choices, "Choice", _choice(value.name, shown_values[value.name], key) | {"hint": value.definition})
        if attribute.kind != "choice":
            several = {} if attribute.choice == "multiple" else {"maxSubmissions": "1"}
            hint = {"placeholder": "other: type, then Enter" if attribute.kind == "actor" else "type, then Enter"}
            ET.SubElement(row, "TextArea", {"name": name_words(attribute)} | common | several | hint)
