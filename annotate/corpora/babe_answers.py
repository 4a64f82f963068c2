"""Answers of BABE and MBIC, which their files spell in several ways."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from annotate.ingestion.source import Row
from schemas.codebook import load_codebook

__all__ = ["CODEBOOK", "UNDECIDED", "read_answers"]

CODEBOOK = "babe"
UNDECIDED = "No agreement"
QUESTIONS = {"bias": "label_bias", "opinion": "label_opinion"}
# The raw votes on SG1 have these, those on SG2 the first as well. "Not biased" is in none that we know, and can mean nothing else.
MISSPELT = {
    "bias": {"Biased, unfair": "Biased", "Not biased": "Non-biased"},
    "opinion": {
        "Expresses wleter's opinion": "Expresses writer's opinion",
        "Somewhat factional but also opinionated": "Somewhat factual but also opinionated",
    },
}
NONE = ("", "nan")


def read_answers(row: Row, notices: Counter[str]) -> dict[str, str]:
    """The answers in a row by question, as the codebook spells them; those that were spelt otherwise are counted in the notices.

    What the codebook does not know stays as it is. An empty cell is no answer, nor is one that says that there was no agreement.
    """
    answers: dict[str, str] = {}
    for question, column in QUESTIONS.items():
        # A curly apostrophe stands in all files: nobody misspelt it.
        cell = row.get(column)
        written = "" if cell is None else str(cell).replace("’", "'").strip()
        known = _spellings(question).get(_letters(written))
        if known == UNDECIDED or written.lower() in NONE:
            continue
        if known is not None and known != written:
            notices[f"answers spelt otherwise were taken for {known!r}"] += 1
        answers[question] = known or written
    return answers


@cache
def _spellings(question: str) -> dict[str, str]:
    """The answers of the codebook by the letters of what may stand for them."""
    asked = load_codebook(CODEBOOK).question(question)
    values = asked.value_names if asked else ()
    return {_letters(value): value for value in (*values, UNDECIDED)} | {_letters(wrong): value for wrong, value in MISSPELT[question].items()}


def _letters(answer: str) -> str:
    # Capitals, blanks, hyphens and apostrophes differ from file to file, and from one annotator to the next.
    return re.sub(r"[\W_]+", "", answer.casefold())
