"""Rows of controls for what is said of spans: each with keys of its own, and the actors of each article."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from annotate.labelstudio.attributes import assign_keys, offer_actors, read_offers
from annotate.labelstudio.interface import build_instruction, build_interface, read_interface
from schemas.codebook import Codebook, load_codebook
from schemas.errors import FramingError

Json = dict[str, Any]
ACTORS = [{"name": name, "kind": "country"} for name in ("China", "Peru")]


def attribute(name: str, kind: str = "choice", **more: Any) -> Json:
    values = [{"name": value, "definition": "For tests."} for value in ("against", "for")] if kind == "choice" else []
    return {"name": name, "kind": kind, "definition": "For tests.", "values": values} | more


def book(*attributes: Json, actors: list[Json] | None = None) -> Codebook:
    return Codebook.model_validate(load_codebook().model_dump() | {"attributes": attributes, "actors": ACTORS if actors is None else actors})


def controls(codebook: Codebook) -> dict[str | None, ET.Element]:
    return {control.get("name"): control for control in ET.fromstring(build_interface(codebook)).iter() if control.get("perRegion")}


def test_a_codebook_without_attributes_has_the_screen_and_the_tasks_that_it_had() -> None:
    plain = load_codebook("babe")
    assert "perRegion" not in build_interface(plain)
    assert "say more" not in build_instruction(plain)
    assert offer_actors("China", book(attribute("stance"))) == offer_actors("China", plain) == {}


def test_each_kind_of_attribute_has_its_controls_and_the_codebook_is_read_back() -> None:
    codebook = book(attribute("target", "actor"), attribute("stance", choice="multiple"), attribute("note", "text"))
    found = controls(codebook)
    assert [(name, control.tag) for name, control in found.items()] == [
        ("target", "Choices"),
        ("target_words", "TextArea"),
        ("stance", "Choices"),
        ("note", "TextArea"),
    ]
    assert found["target"].get("value") == "$framing_actors"
    assert (found["stance"].get("choice"), [value.get("value") for value in found["stance"]]) == ("multiple", ["against", "for"])
    assert read_interface(build_interface(codebook), "test") == codebook
    assert list(controls(book(attribute("target", "actor"), actors=[]))) == ["target_words"]


def test_no_key_is_given_twice_and_those_of_the_codebook_stay() -> None:
    own = [{"name": name, "definition": "For tests.", "hotkey": key} for name, key in (("yes", "z"), ("no", "shift+2"))]
    codebook = book(attribute("stance"), attribute("target", "actor"), attribute("agent", "actor"), attribute("sure", values=own))
    keys = assign_keys(codebook)
    assert (keys["sure"], keys["stance"], keys["target"][:2]) == (["z", "shift+2"], ["x", "c"], ["shift+1", "shift+3"])
    taken = [label.hotkey for label in codebook.labels] + [value.hotkey for value in codebook.questions[0].values]
    given = [key for several in keys.values() for key in several]
    assert None not in given
    assert len({*given, *taken}) == len(given) + len(taken)


def test_names_are_no_html() -> None:
    hostile = [{"name": "Marks & Sons' &lt;b&gt;", "kind": "institution"}]
    (offer,) = offer_actors("Marks & Sons' &lt;b&gt; rose.", book(attribute("target", "actor"), actors=hostile))["framing_actors"]
    assert offer["html"] == "Marks &amp; Sons&#x27; &amp;lt;b&amp;gt;<sup>⇧1</sup>"


def test_more_values_than_keys_are_answered_by_a_click() -> None:
    many = [{"name": f"value {number}", "definition": "For tests."} for number in range(50)]
    keys = assign_keys(book(attribute("metaphor", values=many)))["metaphor"]
    assert (len(keys), keys[-1]) == (50, None)


def test_an_article_offers_the_actors_that_it_names_with_their_keys_and_they_are_no_column_of_it() -> None:
    codebook = book(attribute("target", "actor"), attribute("agent", "actor"))
    text = "Peru and China, then Peru."
    offers = offer_actors(text, codebook)
    assert [(offer["value"], offer["hotkey"]) for offer in offers["framing_actors"]] == [("Peru", "shift+1"), ("China", "shift+2")]
    assert [offer["value"] for offer in offers["framing_actors_2"]] == ["Peru", "China"]
    assert offer_actors("Nobody.", codebook) == {"framing_actors": [], "framing_actors_2": []}
    assert read_offers({"text": text} | offers, codebook) == {"text": text}


def test_what_is_required_is_enforced_where_label_studio_can_and_said_where_it_cannot() -> None:
    some = ("Name_Calling", "Flag_Waving")
    asked = [attribute(name, required=True, labels=labels) for name, labels in (("one", some[:1]), ("two", some), ("all", ()))]
    codebook = book(*asked, attribute("target", "actor", required=True), attribute("free"))
    required = [name for name, control in controls(codebook).items() if control.get("required")]
    assert required == ["one", "all"]
    assert "Nothing reminds you of two and target." in build_instruction(codebook)
    rows = {row[0].get("value"): row.get("whenLabelValue") for row in ET.fromstring(build_interface(codebook)).iter("View") if row.get("visibleWhen")}
    assert rows == {"one *": "Name_Calling", "two *": "Name_Calling,Flag_Waving", "all *": None, "target *": None, "free": None}


@pytest.mark.parametrize("name", ["spans", "target_words"])
def test_an_attribute_with_the_name_of_another_control_is_refused(name: str) -> None:
    with pytest.raises(FramingError, match=f"an attribute may not be called '{name}'"):
        build_interface(book(attribute("target", "actor"), attribute(name)))
