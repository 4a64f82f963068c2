"""The labelling screen, made from the codebook, and the codebook read back from it.

The codebook rides along as a comment, so the project always knows which one it was made with; so does what the toolkit
has done to the project since (`annotate.labelstudio.record`).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as ET

from pydantic import ValidationError

from annotate.labelstudio.attributes import add_attributes, find_free_key, is_enforced, list_controls
from annotate.labelstudio.record import Record
from annotate.labelstudio.shown import SHOWN
from annotate.labelstudio.spelling import spell_names, tag_name
from annotate.notes import NOTE, UNSURE, YES
from schemas.codebook import Attribute, Codebook, Label, Question
from schemas.errors import FramingError

__all__ = ["SPANS", "TEXT", "build_instruction", "build_interface", "read_interface", "read_record"]

# Names of the controls; every result that comes back carries one of them or a question's name.
SPANS, TEXT = "spans", "text"

_STYLE = """
.framing-labels { position: sticky; top: 0; z-index: 5; padding: 4px 0 6px; border-bottom: 1px solid #cccccc;
  background: var(--color-neutral-background, #ffffff); }
.framing-labels .ant-collapse-header { padding: 2px 12px !important; }
.framing-order { margin: -8px 0 4px; }
.framing-order h4 { font-size: 13px !important; font-weight: 400 !important; line-height: 22px !important; margin: 0 !important; }
.framing-order-then, .framing-order-chosen, .framing-labels:has([class*=label_selected]) .framing-order-first { display: none; }
.framing-labels:has([class*=label_selected]) .framing-order-then, .framing:has(.framing-text .__active) .framing-order-chosen { display: block; }
.framing:has(.framing-text .__active) .framing-labels .framing-order-then { display: none !important; }
.framing-hint h4 { font-size: 14px !important; font-weight: 400 !important; margin: 4px 0 !important; }
.framing-attribute { display: flex; align-items: center; gap: 0 10px; min-height: 28px; }
.framing-attribute[style*=none] { display: flex !important; opacity: 0.5; pointer-events: none; }
.framing-attribute[style*=none] .ant-checkbox, .framing-attribute[style*=none] [data-testid=textarea-regions] { visibility: hidden; }
.framing-attribute h4, .framing-attribute span { font-size: 13px !important; line-height: 22px !important; }
.framing-attribute h4 { font-weight: 600 !important; margin: 0 !important; min-width: 8ch; }
.framing-attribute sup { top: -0.4em; margin-left: 2px; }
.framing-attribute [class*=hint] { display: none; }
.framing-attribute [class*=choices] { display: flex !important; flex-wrap: wrap; gap: 0 8px; margin: 0 !important; }
.framing-attribute [class*=choices]:empty { display: none !important; }
.framing-attribute [class*=choice_], .framing-attribute label { margin: 0 !important; line-height: 26px !important; height: 26px; }
.framing-attribute .ant-checkbox + span { padding: 0 4px; font-weight: 400; }
.framing-attribute [class*=text-area] { display: block !important; margin: 0 !important; width: 20ch; height: 26px; flex: none; overflow: hidden; }
.framing-attribute [class*=text-area] * { margin: 0 !important; min-height: 0 !important; max-height: 26px;
  padding-top: 0 !important; padding-bottom: 0 !important; }
.framing-attribute [data-testid=htx-textbox-content] { height: 26px; line-height: 24px !important; }
.framing-attribute [data-testid=htx-textbox-content] p { overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  padding-right: 24px !important; font-size: 13px; line-height: 24px; }
.framing-attribute [data-testid=htx-textbox-actions] { top: 3px !important; transform: none !important; }
.framing-attribute [data-testid=htx-textbox-actions] button { height: 20px !important; }
.framing-attribute input.ant-input { height: 26px; padding: 0 8px; font-size: 13px; }
.framing-text { font-size: 16px; max-width: 76ch; }
.framing-text, .framing-text * { line-height: 1.7 !important; }
.framing-text [class*=htx-highlight] { margin-left: -1px; margin-right: -1px; }
.framing-title { display: none; }
.framing-title:has(:not(:empty)) + .framing-text [class*=richtext__line]:first-child { font-size: 20px; font-weight: 600; }
.framing [class*=collapse] { background: var(--color-neutral-background, #ffffff) !important;
  color: var(--color-neutral-content, inherit) !important; }
.framing-codebook { max-height: 40vh; overflow-y: auto; }
.framing-codebook h4 { font-size: 15px !important; font-weight: 400 !important; line-height: 1.45 !important; max-width: 80ch;
  margin: 0 0 10px !important; color: var(--color-neutral-content, inherit) !important; }
.framing-codebook .framing-name h4 { font-weight: 600 !important; margin: 0 !important; }
.framing-questions { border-top: 1px solid #cccccc; padding-top: 8px; margin-top: 12px; }
.framing-notes [class*=text-area] { max-width: 76ch; }
"""
# Label Studio makes a span of what is selected when the mouse is released over the text while a label is active, and at no other moment.
_FIRST = "Press the key of a label, then double-click a word or drag over several. If you selected words first: press the key, then click them."
_CHOSEN = "A span is selected: the key of a label changes it. Press Escape to let it go, before you tag the next one."
_THEN = "Now double-click a word, or drag over several; or click the words that you selected first."
_HINT = "Colours and ticks that are there before you begin are suggestions: keep, change or delete each, and look for what they missed."
_EXPERT_HINT = (
    "Colours and ticks are what annotators have marked, for you to decide. The number of a span, in the list at the side, is the share of those who "
    "read the article and marked it: 0.50 is every other one. Click a span to read it in words. An answer is ticked if anybody gave it. Keep what "
    "should count, change or delete the rest."
)
_REMARKS = " At the end stand annotators' notes, and how many were unsure."
_COMMENT = re.compile(r"<!-- framing-toolkit codebook (?P<json>\{.*?\}) -->", re.DOTALL)
_RECORD = re.compile(r"<!-- framing-toolkit record (?P<json>\{.*?\}) -->", re.DOTALL)


def build_interface(codebook: Codebook, record: Record | None = None) -> str:
    """Label Studio's configuration: labels stick to the top of the page, with the codebook in a panel that opens there; the
    text is below, and questions follow. Where suggestions are shown, a line says so.

    A headline that is marked, too, is the first line of the text: Label Studio has no control that marks two texts.
    """
    _refuse_taken_names(codebook)
    view = ET.Element("View", className="framing")
    ET.SubElement(view, "Style").text = _STYLE
    bar = ET.SubElement(view, "View", className="framing-labels")
    if codebook.labels:
        labels, shown = ET.SubElement(bar, "Labels", name=SPANS, toName=TEXT, showInline="true"), spell_names(codebook.label_names)
        for label in codebook.labels:
            more = _attributes(hotkey=label.hotkey, background=label.colour, hint=_hint(label))
            ET.SubElement(labels, "Label", tag_name(label.name, shown[label.name]) | more)
        order = ET.SubElement(bar, "View", className="framing-order")
        for name, line in (("first", _FIRST), ("then", _THEN), ("chosen", _CHOSEN)):
            ET.SubElement(ET.SubElement(order, "View", className=f"framing-order-{name}"), "Header", value=line, size="6")
    add_attributes(bar, TEXT, codebook)
    _add_panel(bar, codebook)
    if not codebook.headlines:
        _add_title(view)
    if record and record.suggestions:
        ET.SubElement(ET.SubElement(view, "View", className="framing-hint"), "Header", value=_explain_suggestions(codebook, record), size="6")
    if codebook.headlines:
        # Nobody sees this one: by it the style knows whether the first line is a headline.
        _add_title(ET.SubElement(view, "View", className="framing-title"))
    text = ET.SubElement(view, "View", className="framing-text")
    # Whole words only: a drag that ends inside a word takes the word. Labels behind spans would move the line: they are shown to those who switch
    # them on in their own settings.
    ET.SubElement(text, "Text", name=TEXT, value=f"${SHOWN}" if codebook.headlines else "$text", granularity="word")
    for question in codebook.questions:
        _add_question(view, question)
    if codebook.notes:
        _add_notes(view, codebook)
    ET.indent(view)
    comments = [f"<!-- framing-toolkit codebook {_comment_safe(codebook.model_dump(mode='json'))} -->"]
    if record:
        comments.append(f"<!-- framing-toolkit record {_comment_safe(record.model_dump(mode='json'))} -->")
    return "\n".join([*comments, ET.tostring(view, encoding="unicode")])


def read_interface(config: str, where: object) -> Codebook:
    """The codebook a project was made with. FramingError if the project is not one of ours."""
    match = _COMMENT.search(config)
    if match is None:
        raise FramingError("this project was not made by `framing push`, so its codebook is unknown", where, "Push to a project of another title")
    try:
        return Codebook.model_validate_json(match["json"])
    except ValidationError as error:
        raise FramingError(
            "the codebook in this project's labelling interface was damaged", where, "Restore the interface from the codebook"
        ) from error


def read_record(config: str, where: object) -> Record:
    """What the toolkit has done to the project since it was made; an empty record if nothing."""
    match = _RECORD.search(config)
    try:
        return Record.model_validate_json(match["json"]) if match else Record()
    except ValidationError as error:
        raise FramingError("the record in this project's labelling interface was damaged", where, "Remove that comment from the interface") from error


def build_instruction(codebook: Codebook, record: Record | None = None) -> str:
    """HTML shown to each annotator before the first task. Label Studio strips styles and margins, so lines are broken by hand."""
    paragraphs = codebook.instructions.split("\n\n")
    if codebook.labels:
        paragraphs += [
            "To tag, the key comes first: press the key of a label, then double-click a word or drag over several, and press the key again for the "
            "next span. If you selected words first, press the key, then click them. Drag over a hyphenated word; a double-click takes half of it.",
            "To delete a span, click it, then press Backspace. To correct its label, click it, press the right key, and then Escape: while a span is "
            "selected, a key changes its label. Ctrl+Z undoes, Ctrl+Enter submits.",
        ]
    if codebook.labels and codebook.headlines:
        paragraphs.append("The headline above the text is marked, too, by itself: no span goes from the headline into the text.")
    if codebook.labels and codebook.attributes:
        paragraphs += _explain_attributes(codebook)
    if any(question.required for question in codebook.questions):
        paragraphs.append("A question with a star below the text needs an answer: without one an article cannot be submitted.")
    if codebook.notes:
        paragraphs.append("If you are in doubt about an article as a whole, say so at the end, and why: it helps those who compare readings.")
    if record and record.suggestions:
        paragraphs.append(_explain_suggestions(codebook, record))
    paragraphs.append("To correct an earlier article, press < at the bottom left. Close this with Escape before you press any other key.")
    shown = spell_names(codebook.label_names)
    rows = [f"<li><b>{html.escape(shown[label.name])}</b>: {html.escape(label.definition)}</li>" for label in codebook.labels]
    body = "".join(f"<p>{html.escape(part)}</p><br>" for part in paragraphs)
    return f"<h3>{html.escape(codebook.title)}</h3><br>{body}<ul>{''.join(rows)}</ul>"


def _add_title(view: ET.Element) -> None:
    ET.SubElement(view, "Header", value="$title", size="4")


def _explain_suggestions(codebook: Codebook, record: Record) -> str:
    if not record.suggestions[-1].people:
        return _HINT
    return _EXPERT_HINT + (_REMARKS if codebook.notes else "")


def _explain_attributes(codebook: Codebook) -> list[str]:
    shown = spell_names(attribute.name for attribute in codebook.attributes)
    said = [
        f"To say more of a span ({', '.join(shown.values())}), click it: the rows above the text are of the span that is selected, each answer with "
        "its key (⇧ is shift). Press the keys, then click the next span; press Escape before you tag again. The same key takes an answer back. Where "
        "none of the answers fits and there is a field, type into it and press Enter.",
        'Faster: open the sliders at the bottom left and switch on "Select region after creating it", once. Then each new span is selected, and its '
        "keys follow at once.",
    ]
    required = [attribute for attribute in codebook.attributes if attribute.required]
    if required:
        free = [shown[attribute.name] for attribute in required if not is_enforced(attribute, codebook)]
        unasked = f" Nothing reminds you of {' and '.join(free)}." if free else ""
        said.append(f"Each span needs what has a star: {', '.join(shown[attribute.name] for attribute in required)}.{unasked}")
    return said


def _refuse_taken_names(codebook: Codebook) -> None:
    """Raise FramingError where two controls would have one name."""
    taken = [SPANS, TEXT, *([UNSURE, NOTE] if codebook.notes else [])]
    for kind, names in (("a question", [question.name for question in codebook.questions]), ("an attribute", list_controls(codebook))):
        for name in names:
            if name in taken:
                raise FramingError(f"{kind} may not be called {name!r}", codebook.name, f"Rename the {kind.split()[1]}")
            taken.append(name)


def _add_question(view: ET.Element, question: Question) -> None:
    box = ET.SubElement(view, "View", className="framing-questions")
    ET.SubElement(box, "Header", value=question.prompt + (" *" if question.required else ""), size="5")
    shown = {"showInline": "true", "choice": "multiple" if question.choice == "multiple" else "single-radio"}
    if question.required:
        shown |= {"required": "true", "requiredMessage": f"There is no answer to this yet: {question.prompt}"}
    choices = ET.SubElement(box, "Choices", {"name": question.name, "toName": TEXT} | shown)
    shown_names = spell_names(question.value_names)
    for value in question.values:
        ET.SubElement(choices, "Choice", tag_name(value.name, shown_names[value.name]) | _attributes(hotkey=value.hotkey, hint=value.definition))


def _add_notes(view: ET.Element, codebook: Codebook) -> None:
    box = ET.SubElement(view, "View", className="framing-questions framing-notes")
    asked = ET.SubElement(box, "Choices", name=UNSURE, toName=TEXT, choice="multiple", showInline="true")
    ET.SubElement(asked, "Choice", tag_name(YES, "I am unsure about this article") | _attributes(hotkey=find_free_key(codebook)))
    # More than one line come from annotators, to an expert.
    ET.SubElement(box, "TextArea", name=NOTE, toName=TEXT, maxSubmissions="1", editable="true", placeholder="a note, if you like: type, then Enter")


def _add_panel(view: ET.Element, codebook: Codebook) -> None:
    panel = ET.SubElement(
        ET.SubElement(view, "Collapse", accordion="false", bordered="true"), "Panel", value=f"Codebook: {codebook.title} {codebook.version}"
    )
    inner = ET.SubElement(panel, "View", className="framing-codebook")
    entries = _spell((label.name, _hint(label)) for label in codebook.labels)
    for attribute in codebook.attributes:
        entries += [*_spell([(attribute.name, _hint(attribute))]), *_spell((value.name, value.definition) for value in attribute.values)]
    for question in codebook.questions:
        entries += _spell((value.name, value.definition) for value in question.values)
    for name, definition in entries:
        # Label Studio has no paragraph; the style makes a plain one of the second header.
        ET.SubElement(ET.SubElement(inner, "View", className="framing-name"), "Header", value=name, size="6")
        ET.SubElement(inner, "Header", value=definition, size="6")


def _spell(entries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    listed = list(entries)
    shown = spell_names(name for name, _ in listed)
    return [(shown[name], definition) for name, definition in listed]


def _hint(label: Label | Attribute) -> str:
    parts = [label.definition]
    if label.examples:
        parts.append("Yes: " + "; ".join(label.examples) + ".")
    if isinstance(label, Label) and label.counter_examples:
        parts.append("No: " + "; ".join(label.counter_examples) + ".")
    return " ".join(parts)


def _attributes(**values: str | None) -> dict[str, str]:
    return {key: value for key, value in values.items() if value is not None}


def _comment_safe(content: dict[str, Any]) -> str:
    # XML forbids two hyphens in a comment, and the pattern above must not end early. Both stand in strings only.
    return json.dumps(content, ensure_ascii=True).replace("--", "\\u002d\\u002d").replace(">", "\\u003e")
