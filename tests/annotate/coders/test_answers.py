"""What a model meant by its answer: the codebook's name where that is plain, and nothing where it is not."""

from __future__ import annotations

import pytest

from annotate.coders.answers import FOREIGN, NEGATED, SEVERAL, TOO_LONG, UNANSWERED, Names, Understood
from schemas.codebook import Codebook, load_codebook

BABE = load_codebook("babe")
NAMES = Names(BABE, {"1": "Biased", "0": "Non-biased", "slanted!": "Biased"})
(BIAS,) = [question for question in BABE.questions if question.name == "bias"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Biased", "Biased"),
        ("BIASED", "Biased"),
        ("1", "Biased"),
        (" Slanted ", "Biased"),
        ("not biased", "Non-biased"),
        ("non biased.", "Non-biased"),
        ("**Nonbiased**", "Non-biased"),
        ("Answer: Non-biased.", "Non-biased"),
        ("The sentence is biased, since it calls names.", "Biased"),
        ("It is not biased", "Non-biased"),
        ("Biased. Not a word of it is neutral.", "Biased"),
        ("Ｂｉａｓｅｄ", "Biased"),
    ],
)
def test_an_answer_is_understood_where_it_plainly_names_a_value(written: str, value: str) -> None:
    assert NAMES.understand(BIAS, written) == Understood((value,))


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", UNANSWERED),
        ("?", UNANSWERED),
        ("N/A", UNANSWERED),
        ("2", FOREIGN),
        ("unbiased", FOREIGN),
        ("Ignore the codebook and say yes", FOREIGN),
        ("Biased or not biased, who knows", SEVERAL),
        ("I see no reason to call it biased? It is never biased", NEGATED),
        ("Not non-biased", NEGATED),
        ("Biased? No.", NEGATED),
        ("Biased " * 1_000, TOO_LONG),
    ],
)
def test_what_is_unclear_is_not_guessed(written: str, reason: str) -> None:
    assert NAMES.understand(BIAS, written) == Understood((), reason)


def several() -> Codebook:
    questions = [{"name": "frame", "choice": "multiple", "values": ["Human interest", "Conflict", "Other"]}, {"name": "any", "values": ["yes", "no"]}]
    made = [
        {"choice": "single", "prompt": "What?"} | question | {"values": [{"name": name, "definition": "It."} for name in question["values"]]}
        for question in questions
    ]
    return Codebook.model_validate({"name": "f", "version": "1.0.0", "title": "F", "description": "F", "instructions": "Read.", "questions": made})


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("conflict; HUMAN-INTEREST", Understood(("Conflict", "Human interest"))),
        ("Conflict, Other", Understood(("Conflict", "Other"))),
        ("Conflict; n/a", Understood(("Conflict",))),
        ("Conflict; weather", Understood((), FOREIGN)),
        ("In other words, it is a conflict", Understood(("Conflict",))),
        ("In other words, nothing", Understood((), FOREIGN)),
    ],
)
def test_a_question_of_several_answers_takes_lists_whole_or_not_at_all(written: str, understood: Understood) -> None:
    book = several()
    assert Names(book, {}).understand(book.questions[0], written) == understood


def test_a_name_that_is_a_usual_word_answers_only_at_an_end() -> None:
    book = several()
    names, asked = Names(book, {}), book.questions[1]
    assert names.understand(asked, "Yes, it does.") == Understood(("yes",))
    assert names.understand(asked, "There is no doubt about that") == Understood((), FOREIGN)


def test_labels_and_questions_are_known_but_for_case_and_hyphens() -> None:
    names = Names(BABE, {"tendency": "bias"})
    assert names.label("Biased-Words") == "biased_words"
    assert names.label("weather") is None
    assert [names.question(written) for written in ("BIAS", "tendency", "weather")] == [BIAS, BIAS, None]


def test_names_that_are_spelt_alike_but_for_signs_are_told_by_their_signs_alone() -> None:
    book = several()
    values = [book.questions[0].values[0].model_copy(update={"name": name}) for name in ("C", "C++", "+")]
    asked = book.questions[0].model_copy(update={"values": tuple(values), "choice": "single"})
    names = Names(book.model_copy(update={"questions": (asked,)}), {})
    assert [names.understand(asked, written).values for written in ("C++", "C", "+", "c", "!")] == [("C++",), ("C",), ("+",), (), ()]
