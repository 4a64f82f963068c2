"""The labelling screen carries its codebook, and no string of a codebook can break out of it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from annotate.labelstudio.interface import build_instruction, build_interface, read_interface
from annotate.labelstudio.record import Record, Suggested
from annotate.notes import NOTE, UNSURE
from schemas.codebook import Codebook, list_codebooks, load_codebook
from schemas.errors import FramingError


@pytest.mark.parametrize("name", list_codebooks())
def test_the_codebook_is_read_back_from_the_screen_it_made(name: str) -> None:
    codebook = load_codebook(name)
    assert read_interface(build_interface(codebook), name) == codebook


def test_labels_have_their_keys_colours_and_tooltips() -> None:
    codebook = load_codebook()
    found = {label.get("alias") or label.get("value"): label for label in ET.fromstring(build_interface(codebook)).iter("Label")}
    assert list(found) == codebook.label_names
    for label in codebook.labels:
        assert (found[label.name].get("hotkey"), found[label.name].get("background")) == (label.hotkey, label.colour)
        assert label.definition in (found[label.name].get("hint") or "")


def test_names_are_shown_without_underscores_and_come_back_with_them() -> None:
    codebook = load_codebook()
    screen = ET.fromstring(build_interface(codebook))
    shown = [control.get("value") or "" for tag in ("Label", "Choice", "Header") for control in screen.iter(tag)]
    assert "Loaded Language" in shown
    assert not [name for name in shown if "_" in name]
    assert "Loaded Language" in build_instruction(codebook)
    assert "Loaded_Language" not in build_instruction(codebook)
    assert read_interface(build_interface(codebook), "test").label_names == codebook.label_names


def test_labels_behind_spans_are_left_to_everybodys_own_settings_and_the_order_of_a_tag_stands_on_the_screen() -> None:
    screen = ET.fromstring(build_interface(load_codebook()))
    assert [text.get("showLabels") for text in screen.iter("Text")] == [None]
    bar = screen.find("View[@className='framing-labels']")
    assert bar is not None
    assert [header.get("value") for header in bar.iterfind("View[@className='framing-order']//Header")] == [
        "Press the key of a label, then double-click a word or drag over several. If you selected words first: press the key, then click them.",
        "Now double-click a word, or drag over several; or click the words that you selected first.",
        "A span is selected: the key of a label changes it. Press Escape to let it go, before you tag the next one.",
    ]


def test_a_note_and_being_unsure_are_asked_for_where_the_codebook_says_so() -> None:
    plain = load_codebook("babe")
    asking = Codebook.model_validate(plain.model_dump() | {"notes": True})
    for codebook in (plain, asking):
        names = [control.get("name") for control in ET.fromstring(build_interface(codebook)).iter() if control.tag in ("Choices", "TextArea")]
        assert (names[-2:] == [UNSURE, NOTE]) == codebook.notes
        assert ("in doubt" in build_instruction(codebook)) == codebook.notes
    taken = load_codebook().model_dump()
    taken["questions"][0]["name"] = NOTE
    with pytest.raises(FramingError, match="may not be called"):
        build_interface(Codebook.model_validate(taken))


def test_the_key_for_being_unsure_is_no_other_key() -> None:
    screen = ET.fromstring(build_interface(load_codebook()))
    keys = [control.get("hotkey") for tag in ("Label", "Choice") for control in screen.iter(tag) if control.get("hotkey")]
    (unsure,) = [control for control in screen.iter("Choice") if control.get("alias") == "unsure"]
    assert keys.count(unsure.get("hotkey")) == 1


def test_a_hostile_definition_stays_text() -> None:
    data = load_codebook().model_dump(mode="json")
    data["labels"][0]["definition"] = '--> <Label value="injected"/> & "quotes" <script>alert(1)</script>'
    data["instructions"] = "<img src=x onerror=alert(1)>"
    codebook = Codebook.model_validate(data)
    interface = build_interface(codebook)
    assert [label.get("alias") or label.get("value") for label in ET.fromstring(interface).iter("Label")] == codebook.label_names
    assert read_interface(interface, "test") == codebook
    assert "<img" not in build_instruction(codebook)


def test_a_question_with_the_name_of_a_control_is_refused() -> None:
    data = load_codebook("policy-frames").model_dump(mode="json")
    data["questions"][0]["name"] = "spans"
    with pytest.raises(FramingError, match="may not be called 'spans'"):
        build_interface(Codebook.model_validate(data))


def test_a_required_question_has_a_star_and_the_screen_asks_for_it() -> None:
    data = load_codebook("policy-frames").model_dump(mode="json")
    asked = data["questions"][0] | {"required": True}
    codebook = Codebook.model_validate(data | {"questions": [asked, *data["questions"][1:]]})
    interface = ET.fromstring(build_interface(codebook))
    controls = {control.get("name"): control for control in interface.iter("Choices")}
    assert controls[asked["name"]].get("required") == "true"
    assert [name for name, control in controls.items() if control.get("required")] == [asked["name"]]
    assert f"{asked['prompt']} *" in [header.get("value") for header in interface.iter("Header")]
    assert read_interface(build_interface(codebook), "test") == codebook
    assert ("needs an answer" in build_instruction(codebook)) > ("needs an answer" in build_instruction(load_codebook("policy-frames")))


def test_an_interface_of_another_origin_is_refused() -> None:
    with pytest.raises(FramingError, match="not made by `framing push`"):
        read_interface("<View/>", "My project")


def test_a_codebook_comment_that_was_edited_by_hand_is_refused() -> None:
    with pytest.raises(FramingError, match="was damaged"):
        read_interface(build_interface(load_codebook()).replace('"name": "loaded', '"nome": "loaded'), "My project")


def test_annotators_are_told_of_suggestions_where_there_are_some_and_only_there() -> None:
    codebook = load_codebook()
    record = Record(suggestions=(Suggested(model="m", blind=0.0, seed=0, since="2026-03-01T00:00:00.000000Z"),))
    for build in (build_interface, build_instruction):
        assert "are suggestions" in build(codebook, record)
        assert "are suggestions" not in build(codebook)


def test_an_expert_is_told_what_the_numbers_are() -> None:
    codebook = load_codebook()
    record = Record(suggestions=(Suggested(model="m", blind=0.0, seed=0, since="2026-03-01T00:00:00.000000Z", people=True),))
    for build in (build_interface, build_instruction):
        assert "the share of those who read the article and marked it" in build(codebook, record)
        assert "are suggestions" not in build(codebook, record)


def test_the_instructions_say_what_a_newcomer_does_wrong() -> None:
    said = build_instruction(load_codebook())
    for advice in ("the key comes first", "hyphenated", "a key changes its label", "bottom left", "Close this with Escape"):
        assert advice in said


def test_a_headline_that_is_marked_too_is_part_of_the_text_and_annotators_are_told() -> None:
    plain = load_codebook()
    reading = Codebook.model_validate(plain.model_dump() | {"headlines": True})
    for codebook, value in ((plain, "$text"), (reading, "$framing_shown")):
        screen = ET.fromstring(build_interface(codebook))
        assert [text.get("value") for text in screen.iter("Text")] == [value]
        # What nobody sees says whether there is one.
        hidden = [header.get("value") for header in screen.findall("View[@className='framing-title']/Header")]
        assert hidden == (["$title"] if codebook.headlines else [])
        assert ("headline above the text is marked" in build_instruction(codebook)) == codebook.headlines


def test_a_codebook_of_questions_alone_has_its_panel_and_nothing_about_tags() -> None:
    data = load_codebook().model_dump(mode="json") | {"labels": []}
    codebook = Codebook.model_validate(data)
    assert len(list(ET.fromstring(build_interface(codebook)).iter("Panel"))) == 1
    assert "To tag" not in build_instruction(codebook)
