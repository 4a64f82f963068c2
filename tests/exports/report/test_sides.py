"""Two coders' marks of one text: cut where marks begin and end, nothing lost, the two who differ most first."""

from __future__ import annotations

from typing import Any

from exports.report.sides import LONGEST, MOST_CODERS, Piece, lay_side_by_side

TEXT = "A reckless 😀 plan."
COLOURS = {"Loaded": "#D55E00", "Name_Calling": "#0072B2"}


def contested(text: str = TEXT, furthest: tuple[str, str] = ("ada", "ben"), **marks: list[tuple[str, int, int]]) -> dict[str, Any]:
    annotators = {name: [{"label": label, "start": start, "end": end} for label, start, end in some] for name, some in marks.items()}
    return {"article_id": "n0", "title": None, "text": text, "furthest": list(furthest), "annotators": annotators, "unsure": [], "notes": {}}


def test_marks_that_overlap_are_cut_where_they_do_and_the_text_stays_whole() -> None:
    (found,) = lay_side_by_side([contested(ada=[("Loaded", 2, 12), ("Name_Calling", 11, 17)], ben=[])], COLOURS)
    ada, ben = found.sides
    assert ada.pieces == [
        Piece("A "),
        Piece("reckless ", "#D55E00", "Loaded"),
        Piece("😀", "#D55E00", "Loaded, Name Calling"),
        Piece(" plan", "#0072B2", "Name Calling"),
        Piece("."),
    ]
    assert ben.pieces == [Piece(TEXT)]
    assert (found.title, ada.coder, ben.coder) == ("n0", "ada", "ben")


def test_the_two_who_are_furthest_apart_are_shown_first_and_never_left_out() -> None:
    names = {f"p{i}": [("Loaded", 2, 10)] for i in range(MOST_CODERS + 3)}
    last, before = f"p{MOST_CODERS + 2}", f"p{MOST_CODERS + 1}"
    (found,) = lay_side_by_side([contested(furthest=(before, last), **names)], COLOURS)
    assert (found.sides[found.left].coder, found.sides[found.right].coder) == (before, last)
    assert (len(found.sides), found.more) == (MOST_CODERS, 3)


def test_of_a_long_text_there_are_the_paragraphs_with_marks_and_a_sign_for_the_others() -> None:
    calm = "calm " * LONGEST
    text = f"{calm}\nA reckless plan.\n{calm}"
    start = text.index("reckless")
    (found,) = lay_side_by_side([contested(text, ada=[("Loaded", start, start + 8)], ben=[])], COLOURS)
    assert [piece.text for piece in found.sides[0].pieces] == ["…\n", "A ", "reckless", " plan.\n", "…"]
    assert [piece.text for piece in found.sides[1].pieces] == ["…\n", "A reckless plan.\n", "…"]


def test_a_mark_over_two_paragraphs_stands_in_both_and_an_unknown_label_is_grey() -> None:
    text = "One\n" + "two\n" + "calm " * LONGEST
    (found,) = lay_side_by_side([contested(text, ada=[("Gone", 1, 6)], ben=[])], COLOURS)
    marked = [piece for piece in found.sides[0].pieces if piece.labels]
    assert [(piece.text, piece.colour) for piece in marked] == [("ne\n", "#888888"), ("tw", "#888888")]


def test_who_was_unsure_and_what_they_noted_stands_with_the_text() -> None:
    said = {"unsure": ["ben"], "notes": {"ada": "n" * 700}}
    (found,) = lay_side_by_side([contested(ada=[("Loaded", 2, 10)], ben=[]) | said], COLOURS)
    assert found.remarks == [("ben", "was unsure."), ("ada", f"noted: {'n' * 600}…")]
