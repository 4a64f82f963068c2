"""What a model wrote, read as an answer: the one JSON object in it, its spans as they are quoted, its values as the codebook has them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from schemas.codebook import Codebook, Question
from schemas.errors import FramingError, printable
from schemas.parsing import parse_json
from schemas.requests import LABEL, QUOTE, SPANS

__all__ = ["Content", "read_content"]

Json = dict[str, Any]
# Characters and spans of an answer; no person marks a tenth of it in a window.
LONGEST, MOST_SPANS = 1_000_000, 2_000


@dataclass(frozen=True)
class Content:
    """`spans`: (quote, label of the codebook or None) as they were given. `values`: of each question that was answered, those that the codebook has,
    and what else was given."""

    spans: list[tuple[str, str | None]]
    values: dict[str, tuple[list[str], list[str]]]


def read_content(text: str, codebook: Codebook) -> Content | None:
    """The answer in what a model wrote; None if there is none.

    The object may stand alone, in a fence or amid prose, but must be the only one. Names of labels and values may differ in case and in white space
    around them. What has no list of spans where spans are asked, or no answer at all where none are, is no answer.
    """
    found = _find_object(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    spans = found.get(SPANS, [])
    if not isinstance(spans, list) or len(spans) > MOST_SPANS or (SPANS not in found and codebook.labels):
        return None
    asked = [question for question in codebook.questions if found.get(question.name) is not None]
    if not codebook.labels and not asked:
        return None
    labels = _fold(codebook.label_names)
    return Content([_read_span(span, labels) for span in spans], {question.name: _read_values(found[question.name], question) for question in asked})


def _read_span(span: Any, labels: dict[str, str]) -> tuple[str, str | None]:
    given: Json = span if isinstance(span, dict) else {}
    quote, label = given.get(QUOTE), given.get(LABEL)
    return quote if isinstance(quote, str) else "", labels.get(_plain(label)) if isinstance(label, str) else None


def _read_values(given: Any, question: Question) -> tuple[list[str], list[str]]:
    """The values that the codebook has, each once and in its order, and what else was given. Several answers where one is asked are none."""
    listed = given if isinstance(given, list) else [given]
    if question.choice == "single" and len(listed) != 1:
        return [], [_show(given)]
    names = _fold(question.value_names)
    known = {names[_plain(value)] for value in listed if isinstance(value, str) and _plain(value) in names}
    unknown = [_show(value) for value in listed if not isinstance(value, str) or _plain(value) not in names]
    return [name for name in question.value_names if name in known], unknown


def _show(value: Any) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value), 80)


def _fold(names: Iterable[str]) -> dict[str, str]:
    return {_plain(name): name for name in names}


def _plain(name: str) -> str:
    # Names of a codebook differ in more than case.
    return name.strip().lower()


def _find_object(text: str) -> Json | None:
    """The one JSON object in a text; None if there is none, or another one."""
    decoder, found, at = json.JSONDecoder(parse_constant=_refuse), None, text.find("{")
    while at >= 0:
        try:
            other, end = decoder.raw_decode(text, at)
            # Once more, with the limits that all JSON of others has.
            parse_json(text[at:end], "an answer")
        except json.JSONDecodeError as error:
            # Behind the fault: what stands inside of an object that is cut or broken is no answer by itself.
            at = text.find("{", max(error.pos, at + 1))
            continue
        except (ValueError, RecursionError, FramingError):
            return None
        if found is not None:
            return None
        found, at = other, text.find("{", end)
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
