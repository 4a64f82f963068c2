"""Names of labels and answers in other tools' files: a codebook made of those found, and the question that a flat category answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from schemas.codebook import Codebook, Label, Question, Value
from schemas.defaults import FIRST_VERSION, colour_of
from schemas.errors import FramingError
from schemas.wording import enumerate_some

__all__ = ["CATEGORIES", "make_codebook", "name_answer"]

# The question that categories answer where nothing says which one they belong to.
CATEGORIES = "categories"
HOTKEYS = "1234567890abcdefghijklmnopqrstuvwxyz"
UNWRITTEN = "Found in an import, and not defined there: write what it is and what it is not."
OTHER = "other"


def make_codebook(name: str, labels: Sequence[str], questions: Mapping[str, Sequence[str]]) -> Codebook:
    """A codebook of the names found, as they stand, in the order given. `questions`: the values met of each.

    Several answers may be given to each question, for nothing says that one must be; a question with one value gets OTHER as its second.
    A name that no codebook can hold (too long, with brackets or quotation marks, or another's but for capitals) is left out, so that its
    rows are set aside. Raises FramingError if nothing is left.
    """
    wanted = [*labels, *questions]
    title = re.sub(r"[^\w .-]+", " ", name).strip()[:80] or "imported"
    whole = _try(title, labels, questions)
    if whole is None:
        kept, asked = list[str](), dict[str, Sequence[str]]()
        for label in labels:
            kept += [label] if _try(title, [*kept, label], asked) else []
        for question, values in questions.items():
            good = list[str]()
            for value in values:
                good += [value] if _try(title, kept, asked | {question: [*good, value]}) else []
            asked |= {question: good} if good else {}
        whole = _try(title, kept, asked)
    if whole is None:
        what = f"no name found can be one in a codebook ({enumerate_some([ascii(one) for one in wanted], 3)})"
        raise FramingError(what, name, "Give OLD=NEW by --map, or a --codebook")
    return whole


def name_answer(category: str, codebook: Codebook | None) -> tuple[str, str]:
    """The question and the value of a category, as tools have them that know no questions: its name is `<question>_<value>`, as in the columns
    of scores, or the value's own if no other question has one of that name; else it is a value of CATEGORIES."""
    questions = codebook.questions if codebook else ()
    joined = [(question.name, value) for question in questions for value in question.value_names if f"{question.name}_{value}" == category]
    alone = [(question.name, category) for question in questions if category in question.value_names]
    for found in (joined, alone):
        if len(found) == 1:
            return found[0]
    return CATEGORIES, category


def _try(name: str, labels: Sequence[str], questions: Mapping[str, Sequence[str]]) -> Codebook | None:
    hotkeys = iter(HOTKEYS)
    try:
        return Codebook(
            name=name,
            version=FIRST_VERSION,
            title=f"Names found in {name}",
            description="Made of the labels and answers that an import found. What they mean is not known: their definitions wait to be written.",
            instructions="Found in an import, and not written there: say how articles are read and what is tagged.",
            labels=tuple(Label(name=label, definition=UNWRITTEN, colour=colour_of(i), hotkey=next(hotkeys, None)) for i, label in enumerate(labels)),
            questions=tuple(
                Question(
                    name=question,
                    prompt=f"{question} (found in an import: write the question)",
                    choice="multiple",
                    values=tuple(Value(name=value, definition=UNWRITTEN, hotkey=next(hotkeys, None)) for value in _two(values)),
                )
                for question, values in questions.items()
            ),
        )
    except ValidationError:
        return None


def _two(values: Sequence[str]) -> list[str]:
    if len(values) != 1:
        return list(values)
    return [*values, OTHER if values[0].lower() != OTHER else f"not {values[0]}"]
