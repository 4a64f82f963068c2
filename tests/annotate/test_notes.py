"""What annotators say of an article as a whole is read from results that anybody may have written."""

from __future__ import annotations

from typing import Any

import pytest

from annotate.notes import LONGEST_NOTE, NOTE, UNSURE, YES, read_remark

SPAN = {"type": "labels", "from_name": "spans", "value": {"start": 0, "end": 1, "labels": ["A"]}}


def unsure(*choices: object) -> dict[str, Any]:
    return {"type": "choices", "from_name": UNSURE, "value": {"choices": list(choices)}}


def note(text: object) -> dict[str, Any]:
    return {"type": "textarea", "from_name": NOTE, "value": {"text": text}}


def test_a_remark_is_taken_out_of_the_results_and_the_others_stay_as_they_are() -> None:
    remark = read_remark([SPAN, unsure(YES), note(["  Is the <b>mayor</b>\n quoted? "]), "no result"])
    assert (remark.unsure, remark.note) == (True, "Is the <b>mayor</b> quoted?")
    assert remark.results == [SPAN, "no result"]
    assert remark.refused == []


@pytest.mark.parametrize("results", [[], [SPAN], [unsure()], [note([])], [note(" \n")]], ids=str)
def test_who_says_nothing_is_sure_and_has_no_note(results: list[Any]) -> None:
    remark = read_remark(results)
    assert (remark.unsure, remark.note, remark.refused) == (False, None, [])


def test_several_lines_are_one_note() -> None:
    assert read_remark([note(["One.", "", "Two."]), note("Three.")]).note == "One. Two. Three."


@pytest.mark.parametrize(
    "wrong",
    [
        unsure("maybe"),
        unsure(1),
        note(7),
        note([None]),
        note("a" * (LONGEST_NOTE + 1)),
        note("half \ud83d"),
        {"from_name": NOTE},
        {"from_name": UNSURE},
    ],
    ids=lambda result: str(result)[:40].encode("ascii", "replace").decode(),
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_is_no_other_result(wrong: dict[str, Any]) -> None:
    remark = read_remark([SPAN, wrong])
    assert (remark.unsure, remark.note, remark.results) == (False, None, [SPAN])
    ((reason, refused),) = remark.refused
    assert refused is wrong
    assert "cannot be read" in reason
