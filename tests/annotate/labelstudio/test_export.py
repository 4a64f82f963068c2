"""Label Studio's export as tables: who said what, what they saw, and what is set aside, whether read at once or in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from annotate.labelstudio.export import TASK, Part, Reader, join_parts, name_annotator
from annotate.labelstudio.record import Suggested, is_withheld
from annotate.labelstudio.results import write_remark, write_result
from annotate.labelstudio.shown import show
from annotate.labelstudio.submitted import read_submitted
from schemas.codebook import Codebook
from schemas.tables import WITHHELD, Annotations, Articles, conform

Json = dict[str, Any]
TEXT = "The reckless zealots 🚢 sank the old port."
PEOPLE = {1: "ada@example.com", 2: "ben@example.com"}
CODEBOOK = Codebook.model_validate(
    {
        "name": "harbour",
        "version": "1.0.0",
        "title": "Harbour",
        "description": "For tests.",
        "instructions": "Tag what judges.",
        "labels": [{"name": name, "definition": "For tests.", "colour": "#112233"} for name in ("Loaded", "Name")],
        "questions": [
            {"name": "bias", "prompt": "Is it?", "choice": "single", "values": [{"name": name, "definition": "For tests."} for name in ("yes", "no")]}
        ],
    }
)
SHOWN = show({"text": TEXT}, CODEBOOK)
READER = Reader(PEOPLE, CODEBOOK)


def marked(*quotes: str, label: str = "Loaded", answer: str | None = None) -> list[Json]:
    rows: list[Json] = []
    for quote in quotes:
        start = TEXT.index(quote)
        rows.append({"label": label, "start": start, "end": start + len(quote), "quote": quote, "value": None})
    if answer:
        rows.append({"label": "bias", "start": None, "value": answer})
    return write_result(rows, CODEBOOK, SHOWN)


def annotation(number: int, who: int | None, result: list[Json], day: int = 1, **more: Any) -> Json:
    time = f"2026-03-{day:02}T08:00:00.000000Z"
    made = {"id": number, "completed_by": who, "result": result, "was_cancelled": False, "created_at": time, "updated_at": time, "lead_time": 30.5}
    return made | more


def task(number: int, article: str, *annotations: Json, text: str = TEXT, **data: Any) -> Json:
    return {"id": number, "data": {"article_id": article, "text": text, **data}, "annotations": list(annotations)}


def read(*tasks: Json, reader: Reader = READER) -> Part:
    return join_parts([reader.read(tasks)])


def said(part: Part) -> list[tuple[Any, ...]]:
    return part.annotations.select("article_id", "annotator", "label", pl.coalesce("quote", "value")).rows()


def reasons(part: Part) -> list[str]:
    return [entry["reason"] for entry in part.rejected]


def test_spans_answers_and_empty_readings_become_rows_in_the_order_of_the_text() -> None:
    part = read(
        task(7, "a", annotation(1, 2, marked("port", "zealots 🚢", answer="yes")), annotation(2, 1, [], day=2)), task(3, "b", ward=4, title=None)
    )
    assert said(part) == [
        ("a", "ada@example.com", None, None),
        ("a", "ben@example.com", "Loaded", "zealots 🚢"),
        ("a", "ben@example.com", "Loaded", "port"),
        ("a", "ben@example.com", "bias", "yes"),
    ]
    assert part.articles.select("article_id", "ward", TASK).rows() == [("b", 4, 3), ("a", None, 7)]
    assert part.rejected == []
    conform(part.annotations.drop(TASK), Annotations, "test")
    conform(part.articles, Articles, "test")


def test_each_row_says_when_by_whom_how_long_and_with_which_codebook() -> None:
    row = read(task(7, "a", annotation(12, 1, marked("port"), day=3))).annotations.row(0, named=True)
    expected = {"annotator": "ada@example.com", "annotation_id": "12", "codebook_version": "harbour 1.0.0", "seconds": 30.5, TASK: 7}
    expected |= {"created_at": "2026-03-03T08:00:00.000000Z", "updated_at": "2026-03-03T08:00:00.000000Z", "origin": "manual", "suggested": None}
    assert {name: row[name] for name in expected} == expected
    (unknown,) = read(task(7, "a", annotation(12, 1, [], lead_time=None))).annotations["seconds"]
    assert unknown is None


def test_what_is_said_of_the_article_stands_in_each_row_and_is_no_mark() -> None:
    asking = Reader(PEOPLE, Codebook.model_validate(CODEBOOK.model_dump() | {"notes": True}))
    said = write_remark(["Who is\nmeant?"], asking.codebook, unsure=True)
    part = read(task(7, "a", annotation(1, 1, [*marked("port", answer="yes"), *said]), annotation(2, 2, said)), reader=asking)
    assert part.annotations.select("annotator", "label", "unsure", "note").rows() == [
        *(("ada@example.com", label, True, "Who is meant?") for label in ("Loaded", "bias")),
        ("ben@example.com", None, True, "Who is meant?"),
    ]
    assert part.rejected == []
    conform(part.annotations.drop(TASK), Annotations, "test")
    # Who was asked and said nothing is sure; where nobody was asked nothing is known.
    for reader, unsure in ((asking, False), (READER, None)):
        (row,) = read(task(7, "a", annotation(1, 1, [])), reader=reader).annotations.select("unsure", "note").rows()
        assert row == (unsure, None)


def test_a_note_that_cannot_be_read_is_set_aside_and_the_reading_stays() -> None:
    asking = Reader(PEOPLE, Codebook.model_validate(CODEBOOK.model_dump() | {"notes": True}))
    said = write_remark(["a" * 2000], asking.codebook)
    part = read(task(7, "a", annotation(1, 1, said)), reader=asking)
    assert part.annotations.select("label", "unsure", "note").rows() == [(None, False, None)]
    ((reason,),) = [reasons(part)]
    assert "a note in a way that cannot be read" in reason


def test_skipped_tasks_are_no_readings_and_of_several_annotations_of_a_person_the_last_counts() -> None:
    part = read(
        task(
            7,
            "a",
            annotation(1, 1, marked("port"), day=2),
            annotation(2, 1, marked("reckless"), day=1),
            annotation(3, 2, marked("sank"), was_cancelled=True),
        )
    )
    assert said(part) == [("a", "ada@example.com", "Loaded", "port")]
    assert [(entry["reason"], entry["row"]["id"]) for entry in part.rejected] == [("ada@example.com annotated this article again later", 2)]


def test_what_cannot_be_true_is_set_aside_and_its_annotator_has_not_marked_nothing() -> None:
    wrong = [{"type": "labels", "value": {"start": 0, "end": 999, "labels": ["Loaded"]}}, "no result", {"type": "choices", "from_name": "bias"}]
    part = read(task(7, "a", annotation(1, 1, [*wrong, *marked(answer="no")])))
    assert said(part) == [("a", "ada@example.com", "bias", "no")]
    assert reasons(part) == ["its offsets 0 to 999 are outside the text of 41 characters", "it is not an object", "it has no value"]
    assert all(entry["row"]["annotator"] == "ada@example.com" and entry["row"]["task"] == 7 for entry in part.rejected)


@pytest.mark.parametrize("data", [{}, {"article_id": 7}, {"article_id": ""}, {"article_id": "a"}, {"article_id": "a", "text": " \n"}], ids=str)
def test_a_task_without_an_id_or_a_text_of_ours_is_set_aside(data: Json) -> None:
    part = read({"id": 5, "data": data, "annotations": [annotation(1, 1, [])]}, task(6, "b", annotation(2, 1, [])))
    assert said(part) == [("b", "ada@example.com", None, None)]
    assert part.rejected == [{"reason": "the task has no article_id or no text", "row": {"task": 5}}]


def test_of_people_whose_accounts_are_gone_each_annotation_is_a_reader_of_its_own() -> None:
    part = read(task(7, "a", annotation(1, None, marked("port")), annotation(2, None, marked("sank")), annotation(3, 99, [])))
    assert [row[1] for row in said(part)] == ["deleted user of annotation 1", "deleted user of annotation 2", "user 99"]
    named, _ = read_submitted(annotation(4, None, []) | {"completed_by": {"id": 1, "email": "old@example.com"}})
    assert name_annotator(named, PEOPLE) == "ada@example.com"


def test_an_annotation_says_which_suggestion_was_seen_or_that_it_was_withheld() -> None:
    since = "2026-03-05T00:00:00.000000Z"
    reader = Reader(PEOPLE, CODEBOOK, (Suggested(model="m", blind=0.5, seed=3, since=since),))
    kept = next(name for name in "abcdefgh" if is_withheld(name, 0.5, 3))
    shown = next(name for name in "abcdefgh" if not is_withheld(name, 0.5, 3))
    seen = {"prediction": {"model_version": "m", "result": []}}
    part = read(
        task(1, kept, annotation(1, 1, [], day=4), annotation(2, 2, [], day=6)),
        task(2, shown, annotation(3, 1, [], day=4, prediction={}), annotation(4, 2, [], day=6, **seen)),
        reader=reader,
    )
    assert part.annotations.select("article_id", "annotator", "suggested").rows() == [
        (kept, "ada@example.com", None),
        (kept, "ben@example.com", WITHHELD),
        (shown, "ada@example.com", None),
        (shown, "ben@example.com", "m"),
    ]


def test_two_tasks_of_one_article_and_text_are_one_and_of_each_person_the_last_annotation_counts() -> None:
    first = task(1, "a", annotation(1, 1, marked("port", "old"), day=2), annotation(2, 2, marked("sank"), day=1), title="First")
    second = task(2, "a", annotation(3, 1, marked("The"), day=1), annotation(4, 2, marked("reckless", answer="no"), day=3), title="Second")
    part = read(first, second, task(3, "b", annotation(5, 1, [])))
    assert part.articles.select("article_id", "title", TASK).rows() == [("a", "First", 1), ("b", None, 3)]
    assert said(part) == [
        ("a", "ada@example.com", "Loaded", "old"),
        ("a", "ada@example.com", "Loaded", "port"),
        ("a", "ben@example.com", "Loaded", "reckless"),
        ("a", "ben@example.com", "bias", "no"),
        ("b", "ada@example.com", None, None),
    ]
    assert [(entry["reason"], entry["row"]["annotation_id"], entry["row"]["task"]) for entry in part.rejected] == [
        ("ben@example.com annotated this article again later, in a second task", "2", 1),
        ("ada@example.com annotated this article again later, in a second task", "3", 2),
    ]


def test_another_text_under_the_same_id_is_set_aside_with_its_annotations() -> None:
    part = read(task(1, "a", annotation(1, 1, marked("port"))), task(2, "a", annotation(2, 2, [], day=9), text="Another text."))
    assert said(part) == [("a", "ada@example.com", "Loaded", "port")]
    assert part.articles["text"].to_list() == [TEXT]
    assert part.rejected == [{"reason": "a second task for the same article, with another text", "row": {"article_id": "a", "task": 2}}]


def test_nothing_at_all_is_an_empty_part() -> None:
    for part in (join_parts([]), read(), join_parts([READER.read([]), READER.read([])])):
        assert (part.articles.height, part.annotations.height, part.rejected) == (0, 0, [])
        assert TASK in part.articles.columns


QUOTES = ["reckless", "zealots 🚢", "sank", "port"]
DATA: st.SearchStrategy[Mapping[str, Any]] = st.fixed_dictionaries(
    {}, optional={"ward": st.integers(0, 9) | st.none(), "desk": st.sampled_from(QUOTES)}
)


@st.composite
def exports(draw: st.DrawFn) -> list[Json]:
    """Tasks of three articles, some of them doubled, now and then with another text; annotation ids grow with the tasks."""
    tasks: list[Json] = []
    for number in range(draw(st.integers(0, 6))):
        annotations = [
            annotation(
                10 * number + i + 1,
                draw(st.sampled_from([1, 2, 99, None])),
                marked(*draw(st.lists(st.sampled_from(QUOTES), max_size=2)), answer=draw(st.sampled_from([None, "yes"]))),
                day=draw(st.integers(1, 5)),
            )
            for i in range(draw(st.integers(0, 3)))
        ]
        article, text = draw(st.sampled_from("abc")), draw(st.sampled_from([TEXT, TEXT, TEXT + " So they say."]))
        tasks.append(task(number, article, *annotations, text=text, **draw(DATA)))
    return tasks


@given(tasks=exports(), cuts=st.lists(st.integers(0, 6), max_size=2).map(sorted))
def test_parts_joined_are_what_is_read_at_once(tasks: list[Json], cuts: Sequence[int]) -> None:
    bounds = [0, *cuts, len(tasks)]
    parts = [READER.read(tasks[first:last]) for first, last in zip(bounds, bounds[1:], strict=False)]
    joined, whole = join_parts(parts), read(*tasks)
    assert_frame_equal(joined.annotations, whole.annotations)
    assert_frame_equal(joined.articles, whole.articles, check_column_order=False, check_dtypes=False)
    assert joined.rejected == whole.rejected
    # As of a later pull: what has not changed is one part, and what has, with other tasks, another.
    backwards = join_parts(reversed(parts))
    assert_frame_equal(backwards.annotations, whole.annotations)
    assert backwards.articles["article_id"].to_list() == whole.articles["article_id"].to_list()
    # Each person has one annotation of an article at most, and no reading is lost without a word.
    people = whole.annotations.select("article_id", "annotator", "annotation_id").unique()
    assert people.select("article_id", "annotator").is_duplicated().sum() == 0
    made = sum(len(entry["annotations"]) for entry in tasks)
    strange = {entry["row"]["task"] for entry in whole.rejected if "another text" in entry["reason"]}
    inside = sum(len(entry["annotations"]) for entry in tasks if entry["id"] in strange)
    again = [entry for entry in whole.rejected if "again later" in entry["reason"] and entry["row"]["task"] not in strange]
    assert made == people.height + inside + len(again)
    if not whole.articles["article_id"].is_empty():
        assert whole.articles["article_id"].is_unique().all()


def test_a_span_whose_words_are_not_at_its_offsets_is_set_aside_and_its_reader_has_not_marked_nothing() -> None:
    shifted = marked("sank")
    # As a script of somebody's own counts that takes the ship for two characters.
    shifted[0]["value"]["start"], shifted[0]["value"]["end"] = (TEXT.index("sank") + shift for shift in (1, 5))
    part = read(task(1, "one", annotation(1, 1, shifted), annotation(2, 2, marked("sank"))))
    assert part.annotations.select("annotator", "quote").rows() == [("ben@example.com", "sank")]
    (entry,) = part.rejected
    assert "UTF-16" in entry["reason"]
    assert entry["row"]["result"] == shifted[0]


def test_a_copy_of_the_words_that_lost_its_line_end_is_no_doubt() -> None:
    text = "A reckless\nplan."
    value = {"start": 2, "end": 15, "text": "reckless\\nplan", "labels": ["Loaded"]}
    result = [{"id": "x", "from_name": "spans", "to_name": "text", "type": "labels", "value": value}]
    part = read(task(1, "one", annotation(1, 1, result), text=text))
    assert (part.annotations["quote"].to_list(), part.rejected) == (["reckless\nplan"], [])


ASKING = Codebook.model_validate(
    CODEBOOK.model_dump()
    | {
        "attributes": [
            {"name": "target", "kind": "actor", "definition": "For tests."},
            {
                "name": "stance",
                "kind": "choice",
                "definition": "For tests.",
                "values": [{"name": name, "definition": "For tests."} for name in ("against", "for")],
            },
        ],
        "actors": [{"name": "Peru", "kind": "country"}],
    }
)


def said_of(quote: str, **attributes: str) -> list[Json]:
    start = TEXT.index(quote)
    row = {"label": "Loaded", "start": start, "end": start + len(quote), "quote": quote, "value": None}
    return write_result([row, *(row | {"attribute": name, "value": value} for name, value in attributes.items())], ASKING, SHOWN)


def test_attributes_stand_behind_their_spans_and_the_actors_of_a_task_are_no_column() -> None:
    results = [*said_of("port", stance="for"), *said_of("zealots 🚢", target="Peru", stance="against")]
    part = read(task(1, "one", annotation(1, 1, results), framing_actors=[{"value": "Peru"}], ward=4), reader=Reader(PEOPLE, ASKING))
    assert part.annotations.select("quote", "attribute", "value").rows() == [
        ("zealots 🚢", None, None),
        ("zealots 🚢", "stance", "against"),
        ("zealots 🚢", "target", "Peru"),
        ("port", None, None),
        ("port", "stance", "for"),
    ]
    assert (part.rejected, set(part.articles.columns)) == ([], {"article_id", "text", "ward", TASK})
    conform(part.annotations.drop(TASK), Annotations, "test")


def test_of_two_answers_where_one_is_taken_the_chosen_one_stays_and_the_other_is_set_aside() -> None:
    typed = said_of("port", target="the mayor")
    chosen = said_of("port", target="Peru", stance="for")
    for entry in chosen:
        entry["id"] = typed[0]["id"]
    # The span twice, as a script may leave it: by one id, and by another.
    part = read(task(1, "one", annotation(1, 1, [*typed, *chosen[1:], *said_of("port", stance="against")])), reader=Reader(PEOPLE, ASKING))
    assert part.annotations.select("quote", "attribute", "value").rows() == [
        ("port", None, None),
        ("port", "stance", "for"),
        ("port", "target", "Peru"),
    ]
    assert sorted(reasons(part)) == ["stance of the same span is 'for' already", "target of the same span is 'Peru' already"]


def test_two_answers_to_a_question_that_takes_one_are_not_both_taken() -> None:
    part = read(task(1, "one", annotation(1, 1, [*marked("port", answer="yes"), *marked(answer="no")])))
    assert part.annotations["value"].drop_nulls().to_list() == ["yes"]
    assert reasons(part) == ["bias of the article is 'yes' already"]


READING = Codebook.model_validate(ASKING.model_dump() | {"headlines": True})
HEADLINE = "Zealots 🚢 win"


def read_headlines(*results: Json, title: str | None = HEADLINE) -> Part:
    shown = show({"title": title, "text": TEXT}, READING).text
    return read(task(1, "one", annotation(1, 1, list(results)), title=title, framing_shown=shown, framing_actors=[]), reader=Reader(PEOPLE, READING))


def in_headline(quote: str, begin: int | None = None) -> Json:
    shown = f"{HEADLINE}\n\n{TEXT}"
    start = shown.index(quote) if begin is None else begin
    value = {"start": start, "end": start + len(quote), "labels": ["Loaded"]}
    return {"id": quote, "from_name": "spans", "to_name": "text", "type": "labels", "value": value}


def places(part: Part) -> list[tuple[Any, ...]]:
    return part.annotations.select("part", "start", "quote", "attribute", "value").rows()


def test_what_is_marked_in_the_headline_is_of_the_headline_and_each_part_that_has_no_span_was_read() -> None:
    stance = {"id": "🚢 win", "from_name": "stance", "to_name": "text", "type": "choices", "value": {"choices": ["for"]}}
    part = read_headlines(in_headline("🚢 win"), stance)
    assert places(part) == [("text", None, None, None, None), ("title", 8, "🚢 win", None, None), ("title", 8, "🚢 win", "stance", "for")]
    assert (part.rejected, set(part.articles.columns)) == ([], {"article_id", "text", "title", TASK})
    assert places(read_headlines(in_headline("port"))) == [("text", TEXT.index("port"), "port", None, None), ("title", None, None, None, None)]
    assert places(read_headlines(title=" ")) == [("text", None, None, None, None)]
    conform(part.annotations.drop(TASK), Annotations, "test")


@pytest.mark.parametrize("quote", ["win\n\nThe", "win\n", "\n\n", "\nThe"])
def test_a_span_that_is_not_within_the_headline_or_the_text_is_set_aside_and_its_reader_has_not_marked_nothing(quote: str) -> None:
    part = read_headlines(in_headline(quote))
    assert reasons(part) == ["its span is neither within the headline nor within the text"]
    touched = {name for name, word in (("text", "The"), ("title", "win")) if word in quote}
    assert set(part.annotations["part"]) == {"text", "title"} - (touched or {"text", "title"})


def test_what_was_set_aside_in_the_text_says_nothing_of_the_headline() -> None:
    part = read_headlines(in_headline("sank") | {"origin": "elsewhere"})
    assert (places(part), len(part.rejected)) == ([("title", None, None, None, None)], 1)


def test_a_task_that_shows_another_headline_than_it_has_is_set_aside() -> None:
    data = {"title": HEADLINE, "framing_shown": f"Zealots lose\n\n{TEXT}"}
    part = read(task(1, "one", annotation(1, 1, []), **data), reader=Reader(PEOPLE, READING))
    assert (part.annotations.height, reasons(part)) == (0, ["the task does not show its headline and text"])
