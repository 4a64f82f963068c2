"""The codebooks that ship, as a page: labels, questions and attributes, with what annotators are told of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from schemas.codebook import Codebook, list_codebooks, load_codebook
from schemas.entries import Attribute, Label, Question, Value
from schemas.wording import count

__all__ = ["MARK", "fill_gallery", "write_gallery"]

# Where the page of codebooks has them.
MARK = "<!-- the codebooks -->"
ANSWERS = {"single": "One answer.", "multiple": "As many answers as apply."}
KINDS = {"actor": "An actor: a name of the list, or words.", "text": "Words."}


def fill_gallery(page: str) -> str:
    """The page with the codebooks in the place of its mark. ValueError where it has none."""
    before, mark, after = page.partition(MARK)
    if not mark:
        raise ValueError(f"the page of codebooks has no {MARK!r}")
    return before + write_gallery(map(load_codebook, list_codebooks())) + after


def write_gallery(codebooks: Iterator[Codebook]) -> str:
    """Markdown of the codebooks, each under a heading of the second level."""
    return "\n".join(line for codebook in codebooks for line in _write_codebook(codebook))


def _write_codebook(codebook: Codebook) -> Iterator[str]:
    has = [(codebook.labels, "label"), (codebook.questions, "question"), (codebook.attributes, "attribute")]
    yield from (f"## {_plain(codebook.title)}", "", _plain(codebook.description), "")
    yield f"`{codebook.name}`, version {codebook.version}: {', '.join(count(len(some), what) for some, what in has if some)}."
    if codebook.source:
        yield from ("", f"*Source:* {_plain(codebook.source)}")
    yield from ("", '??? note "What annotators are told"', "", *_indent(_paragraphs(codebook.instructions)), "")
    if codebook.labels:
        yield from _table(("Label", "Definition", "Examples"), map(_label, codebook.labels))
    for question in codebook.questions:
        yield from _asked(f"Question: {_plain(question.name)}", question, f"{_plain(question.prompt)} {ANSWERS[question.choice]}")
    for attribute in codebook.attributes:
        yield from _asked(f"Of a span: {_plain(attribute.name)}", attribute, _definition(attribute))


def _label(label: Label) -> tuple[str, ...]:
    shown = f'<span class="label" style="--colour: {label.colour}">{_cell(label.name)}</span> {_key(label.hotkey)}'
    examples = [_cell(example) for example in label.examples] + [f"*not* {_cell(example)}" for example in label.counter_examples]
    return shown, _cell(label.definition), "<br>".join(examples)


def _definition(attribute: Attribute) -> str:
    of = f" Asked of {', '.join(map(_plain, attribute.labels))}." if attribute.labels else ""
    kind = KINDS.get(attribute.kind) or ANSWERS[attribute.choice]
    examples = f" Examples: {'; '.join(map(_plain, attribute.examples))}." if attribute.examples else ""
    return f"{_plain(attribute.definition)} {kind}{of}{examples}"


def _asked(heading: str, asked: Question | Attribute, said: str) -> Iterator[str]:
    yield from (f"**{heading}.** {said}", "")
    if asked.values:
        yield from _table(("Answer", "Definition"), map(_value, asked.values))


def _value(value: Value) -> tuple[str, ...]:
    return f"{_cell(value.name)} {_key(value.hotkey)}", _cell(value.definition)


def _table(heads: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "| " + " | ".join("---" for _ in heads) + " |"
    yield from (f"| {' | '.join(cells)} |" for cells in rows)
    yield ""


def _key(hotkey: str | None) -> str:
    return f"<kbd>{hotkey}</kbd>" if hotkey else ""


def _paragraphs(prose: str) -> list[str]:
    return [line for paragraph in re.split(r"\n\s*\n", prose.strip()) for line in (_plain(paragraph), "")]


def _indent(lines: Sequence[str]) -> list[str]:
    return [f"    {line}".rstrip() for line in lines]


def _cell(prose: str) -> str:
    return _plain(prose).replace("|", "\\|")


def _plain(prose: str) -> str:
    """Text as Markdown that shows it as it is, on one line."""
    return re.sub(r"([\\`*_{}\[\]#<>&])", lambda sign: f"&#{ord(sign[1])};", " ".join(prose.split()))
