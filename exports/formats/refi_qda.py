"""What the two formats of REFI-QDA share: codes, and XML that holds whatever people have written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from xml.etree import ElementTree as ET

from exports.formats.guids import make_guid
from exports.formats.material import Losses
from schemas.codebook import Codebook, Label

__all__ = ["DECLARATION", "ORIGIN", "attribute_guid", "build_codes", "code_guid", "make_element", "serialise"]

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
ORIGIN = "framing-toolkit"
# What no XML 1.0 document may hold, escaped or not (section 2.2 of the Recommendation).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def build_codes(codebook: Codebook, losses: Losses, said: Mapping[str, Collection[str]] | None = None) -> Iterator[ET.Element]:
    """A code for each label; for each question, and for each attribute of spans, one that only holds those of its values.

    `said`: the values of each attribute that are none of the codebook's. Programs list codings by the name of their code alone, so those of
    attributes are called `attribute: value`.
    """
    cues = "cue words (what suggests a label) left out, since a code has a name, a description and a colour only"
    losses[cues] += sum(len(label.cues) for label in codebook.labels)
    for label in codebook.labels:
        yield _code(codebook, _explain(label), label.name, color=label.colour)
    for question in codebook.questions:
        parent = _code(codebook, question.prompt, question.name, codable=False)
        parent.extend(_code(codebook, value.definition, question.name, value.name) for value in question.values)
        yield parent
    for attribute in codebook.attributes:
        parent = _attribute_code(codebook, attribute.name, attribute.definition)
        meanings: dict[str, str | None] = {value.name: value.definition for value in attribute.values}
        meanings |= {value: None for value in sorted((said or {}).get(attribute.name, ())) if value not in meanings}
        parent.extend(_attribute_code(codebook, attribute.name, meaning, value) for value, meaning in meanings.items())
        yield parent


def attribute_guid(codebook: Codebook, attribute: str, value: str | None = None) -> str:
    return make_guid("code", codebook.name, "attribute", attribute, value)


def code_guid(codebook: Codebook, label: str, value: str | None = None) -> str:
    return make_guid("code", codebook.name, label, value)


def make_element(tag: str, text: str | None = None, **attributes: str | None) -> ET.Element:
    element = ET.Element(tag, {name: value for name, value in attributes.items() if value is not None})
    element.text = text
    return element


def serialise(element: ET.Element, losses: Losses) -> str:
    """The element as text, with U+FFFD for each character that XML forbids."""
    text, changed = _FORBIDDEN.subn("\ufffd", ET.tostring(element, encoding="unicode"))
    losses["characters in names and values that XML forbids, and are U+FFFD now"] += changed
    # A carriage return that is not escaped is read as a line feed.
    return text.replace("\r", "&#13;")


def _code(
    codebook: Codebook, description: str, label: str, value: str | None = None, *, codable: bool = True, color: str | None = None
) -> ET.Element:
    name = label if value is None else value
    code = make_element("Code", guid=code_guid(codebook, label, value), name=name, isCodable=str(codable).lower(), color=color)
    code.append(make_element("Description", description))
    return code


def _attribute_code(codebook: Codebook, attribute: str, description: str | None, value: str | None = None) -> ET.Element:
    name = attribute if value is None else f"{attribute}: {value}"
    code = make_element("Code", guid=attribute_guid(codebook, attribute, value), name=name, isCodable=str(value is not None).lower())
    code.extend([make_element("Description", description)] if description else [])
    return code


def _explain(label: Label) -> str:
    yes = [f"Yes: {example}" for example in label.examples]
    return "\n".join([label.definition, *yes, *(f"No: {example}" for example in label.counter_examples)])
