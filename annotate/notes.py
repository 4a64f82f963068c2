"""What annotators say of an article as a whole, beside spans and answers: whether they are unsure, and a note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.errors import FramingError
from schemas.text.canonical import canonicalise

__all__ = ["LONGEST_NOTE", "NOTE", "UNSURE", "YES", "Remark", "read_remark"]

# The controls on the labelling screen, and the one answer of the first.
UNSURE, NOTE, YES = "framing_unsure", "framing_note", "unsure"
# Characters of a note: a paragraph.
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Remark:
    """What one annotation says of its article, the `results` that say something else, and those that were refused, each with the reason."""

    unsure: bool
    note: str | None
    results: list[Any]
    refused: list[tuple[str, Any]]


def read_remark(results: Iterable[Any]) -> Remark:
    """The remark among the results of an annotation. Line ends of a note become spaces."""
    unsure, notes = False, list[str]()
    others: list[Any] = []
    refused: list[tuple[str, Any]] = []
    for result in results:
        control = result.get("from_name") if isinstance(result, Mapping) else None
        value = result["value"] if control in (UNSURE, NOTE) and isinstance(result.get("value"), Mapping) else {}
        if control == UNSURE and isinstance(value.get("choices"), list) and set(map(str, value["choices"])) <= {YES}:
            unsure |= bool(value["choices"])
        elif control == NOTE and (read := _read_lines(value.get("text"))) is not None:
            notes += read
        elif control in (UNSURE, NOTE):
            what = "being unsure" if control == UNSURE else "a note"
            refused.append((f"it says {what} in a way that cannot be read: text of up to {LONGEST_NOTE} characters, or yes", result))
        else:
            others.append(result)
    return Remark(unsure, " ".join(notes) or None, others, refused)


def _read_lines(text: Any) -> list[str] | None:
    """The lines of a note in canonical text, without white space that nobody sees; None if they are no text, or too much of it."""
    lines = [text] if isinstance(text, str) else text
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines) or sum(map(len, lines)) > LONGEST_NOTE:
        return None
    try:
        read = [" ".join(canonicalise(line).text.split()) for line in lines]
    except FramingError:
        return None
    return [line for line in read if line]
