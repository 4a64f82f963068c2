"""A changed codebook takes every row along, loses nobody's reading, and says of each row what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from annotate.gold.adjudication import adjudicate
from annotate.migration import Move, Plan, describe_plan, make_plan, migrate_rows, refuse_orphans
from annotate.plans import refuse_headlines
from schemas.checks import refuse_unknown_labels
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import ATTRIBUTE, Annotations, Gold, conform

Make = Callable[..., Dataset]
TEXTS = {"a": "The reckless zealots sank the old port.", "b": "A reckless plan."}
BIAS, FRAMES = ("yes", "no"), ("Economy", "Health", "Law")
OLD: Mapping[str, Any] = {"bias": BIAS, "frames": FRAMES}


def codebook(version: str, labels: Sequence[str], questions: Mapping[str, Sequence[str]], single: Sequence[str] = ("bias", "tone")) -> Codebook:
    made = [
        {
            "name": name,
            "prompt": "Which?",
            "choice": "single" if name in single else "multiple",
            "values": [{"name": value, "definition": "For tests."} for value in values],
        }
        for name, values in questions.items()
    ]
    facts = {"name": "harbour", "version": version, "title": "Harbour", "description": "For tests.", "instructions": "Tag."}
    tags = [{"name": name, "definition": "For tests.", "colour": "#112233"} for name in labels]
    return Codebook.model_validate(facts | {"labels": tags, "questions": made})


def plan(labels: Sequence[str], questions: Mapping[str, Sequence[str]] = OLD, old: Codebook | None = None, **moves: Sequence[str]) -> Plan:
    before = old or codebook("1.0.0", ["Loaded", "Name"], OLD)
    moves = {"renames": (), "merges": (), "splits": (), "drops": ()} | moves
    return make_plan(before, codebook("2.0.0", labels, questions), **moves)


def rows_of(dataset: Dataset) -> pl.DataFrame:
    return dataset.require_annotations("test")


def said(rows: pl.DataFrame) -> list[tuple[str, str | None, str | None]]:
    return rows.select("annotator", "label", pl.coalesce("quote", "value")).rows()


def changes(audit: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in ("annotator", "label", "value", "label_after", "value_after", "review")) for row in audit]


def moves(made: Plan) -> list[str]:
    return [str(move) for move in made.moves]


def test_a_rename_takes_spans_and_answers_along_and_leaves_the_rest_as_it_was(make_dataset: Make) -> None:
    made = plan(["Judging", "Name"], {"bias": ("slanted", "no"), "frames": FRAMES}, renames=["Loaded=Judging", "bias.yes=slanted"])
    marks = [
        ("a", "ada", "Loaded", "reckless"),
        ("a", "ada", "Name", "zealots"),
        ("a", "ada", "bias", "yes"),
        ("a", "ben"),
        ("a", "ben", "bias", "no"),
    ]
    after, audit = migrate_rows(rows_of(make_dataset(TEXTS, marks)), made)
    assert said(after) == [
        ("ada", "Judging", "reckless"),
        ("ada", "Name", "zealots"),
        ("ada", "bias", "slanted"),
        ("ben", None, None),
        ("ben", "bias", "no"),
    ]
    assert changes(audit) == [("ada", "Loaded", None, "Judging", None, None), ("ada", "bias", "yes", "bias", "slanted", None)]
    assert set(after["codebook_version"]) == {"harbour 2.0.0"}


def test_what_a_merge_makes_equal_is_one_however_far_apart_and_the_row_that_was_there_stays(make_dataset: Make) -> None:
    made = plan(["Loaded"], merges=["Loaded,Name=Loaded"])
    others = [("b", f"reader {i}", "Loaded", "reckless") for i in range(200)]
    rows = rows_of(
        make_dataset(TEXTS, [("a", "ada", "Name", "zealots"), *others, ("a", "ada", "Loaded", "zealots"), ("a", "ben", "Name", "zealots")])
    )
    rows = rows.with_columns(origin=pl.when(pl.col("label") == "Loaded").then(pl.lit("prediction")).otherwise("origin"))
    after, audit = migrate_rows(rows, made)
    assert after.filter(pl.col("article_id") == "a").select("annotator", "label", "quote", "origin").rows() == [
        ("ada", "Loaded", "zealots", "prediction"),
        ("ben", "Loaded", "zealots", "manual"),
    ]
    assert after.filter(pl.col("article_id") == "b").height == 200
    assert changes(audit) == [(name, "Name", None, "Loaded", None, None) for name in ("ada", "ben")]


def test_two_that_become_a_third_leave_one_row_where_they_were_equal(make_dataset: Make) -> None:
    made = plan(["Judging"], merges=["Loaded,Name=Judging"])
    marks = [("a", "ada", "Loaded", "zealots"), ("a", "ada", "Name", "zealots"), ("a", "ada", "Name", "port")]
    after, audit = migrate_rows(rows_of(make_dataset(TEXTS, marks)), made)
    assert said(after) == [("ada", "Judging", "zealots"), ("ada", "Judging", "port")]
    assert len(audit) == 3


def test_rows_that_do_not_move_stay_even_if_they_are_equal(make_dataset: Make) -> None:
    made = plan(["Loaded", "Name", "Judging"], drops=["bias.no"])
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", "Loaded", "zealots"), ("a", "ada", "Loaded", "zealots")]))
    assert migrate_rows(rows, made)[0].height == 2


def test_a_split_takes_the_first_and_says_that_somebody_has_to_review(make_dataset: Make) -> None:
    made = plan(["Praise", "Blame", "Name"], splits=["Loaded=Blame,Praise"], renames=[])
    after, audit = migrate_rows(rows_of(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless")])), made)
    assert said(after) == [("ada", "Blame", "reckless")]
    assert changes(audit) == [("ada", "Loaded", None, "Blame", None, ["Blame", "Praise"])]
    assert moves(made) == ["split Loaded, to review: Blame or Praise (the first until then)"]


def test_a_label_that_is_split_may_stay_one_of_its_parts_and_each_of_its_spans_is_to_be_reviewed(make_dataset: Make) -> None:
    made = plan(["Loaded", "Blame", "Name"], splits=["Loaded=Loaded,Blame"], renames=[])
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless")]))
    after, audit = migrate_rows(rows, made)
    assert said(after) == [("ada", "Loaded", "reckless")]
    assert changes(audit) == [("ada", "Loaded", None, "Loaded", None, ["Loaded", "Blame"])]
    assert migrate_rows(after, made)[0].equals(after)


def test_who_loses_the_last_span_by_a_drop_has_read_and_marked_nothing(make_dataset: Make) -> None:
    made = plan(["Loaded"], drops=["Name"])
    marks = [("a", "ada", "Name", "zealots"), ("a", "ada", "Name", "port"), ("a", "ben", "Name", "zealots"), ("a", "ben", "Loaded", "reckless")]
    after, audit = migrate_rows(rows_of(make_dataset(TEXTS, [*marks, ("a", "cyd"), ("a", "cyd", "bias", "no"), ("b", "ada", "Name", "plan")])), made)
    assert after.select("article_id", "annotator", "label", "quote").rows() == [
        ("a", "ada", None, None),
        ("a", "ben", "Loaded", "reckless"),
        ("a", "cyd", None, None),
        ("a", "cyd", "bias", None),
        ("b", "ada", None, None),
    ]
    assert [row["quote"] for row in audit] == ["zealots", "port", "zealots", "plan"]
    assert {row["label_after"] for row in audit} == {None}


def test_an_answer_that_is_dropped_leaves_no_claim_that_nothing_was_marked(make_dataset: Make) -> None:
    """Of somebody who only answered the spans are not known."""
    made = plan(["Loaded", "Name"], {"frames": FRAMES}, drops=["bias"])
    marks = [("a", "ada", "bias", "yes"), ("a", "ada", "frames", "Law"), ("a", "ben", "bias", "no"), ("a", "ben", "Name", "port")]
    after, audit = migrate_rows(rows_of(make_dataset(TEXTS, marks)), made)
    assert said(after) == [("ada", "frames", "Law"), ("ben", "Name", "port")]
    assert changes(audit) == [("ada", "bias", "yes", None, None, None), ("ben", "bias", "no", None, None, None)]


def test_a_question_with_another_name_takes_its_answers_along_and_one_of_them_may_change_too(make_dataset: Make) -> None:
    made = plan(["Loaded", "Name"], {"tone": ("slanted", "no"), "frames": FRAMES}, renames=["bias=tone", "bias.yes=tone.slanted"])
    after, _ = migrate_rows(rows_of(make_dataset(TEXTS, [("a", "ada", "bias", "yes"), ("a", "ben", "bias", "no")])), made)
    assert after.select("annotator", "label", "value").rows() == [("ada", "tone", "slanted"), ("ben", "tone", "no")]
    assert sorted(moves(made)) == ["bias.no -> tone.no", "bias.yes -> tone.slanted"]


def test_answers_merge_into_one_of_them_and_are_one_answer(make_dataset: Make) -> None:
    made = plan(["Loaded", "Name"], {"bias": BIAS, "frames": ("Health", "Law")}, merges=["frames.Economy,frames.Law=Law"])
    marks = [("a", "ada", "frames", value) for value in ("Law", "Economy", "Health")]
    after, audit = migrate_rows(rows_of(make_dataset(TEXTS, marks)), made)
    assert after["value"].to_list() == ["Law", "Health"]
    assert [row["value"] for row in audit] == ["Economy"]


def test_names_may_hold_commas_and_dots() -> None:
    old = codebook("1.0.0", ["Love, hate", "Name", "e.g. this"], {"p.m. tone": ("a.b", "Law, order"), "frames": FRAMES})
    new = codebook("2.0.0", ["Hate, love", "Fear, awe", "Fear"], {"p.m. tone": ("c.d", "Peace, quiet"), "frames": FRAMES})
    made = make_plan(
        old,
        new,
        ["p.m. tone.a.b=c.d"],
        ["Love, hate,Name=Hate, love", "p.m. tone.Law, order=p.m. tone.Peace, quiet"],
        ["e.g. this=Fear, awe,Fear,Hate, love"],
        [],
    )
    assert [(move.source, move.destinations) for move in made.moves] == [
        (("p.m. tone", "a.b"), [("p.m. tone", "c.d")]),
        (("Love, hate", None), [("Hate, love", None)]),
        (("Name", None), [("Hate, love", None)]),
        (("p.m. tone", "Law, order"), [("p.m. tone", "Peace, quiet")]),
        (("e.g. this", None), [("Fear, awe", None), ("Fear", None), ("Hate, love", None)]),
    ]


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"renames": ["Loadde=Judging"]}, "1.0.0 has no 'Loadde'"),
        ({"renames": ["Loaded=Judgin"]}, "2.0.0 has no 'Judgin'"),
        ({"renames": ["bias.maybe=no"]}, "1.0.0 has no 'bias.maybe'"),
        ({"renames": ["bias.yes=maybe"]}, "2.0.0 has no 'maybe'"),
        ({"renames": ["bias=mood"]}, "2.0.0 has no 'mood'"),
        ({"renames": ["Loaded"]}, "'Loaded' is not OLD=NEW"),
        ({"merges": ["=Judging"]}, "'=Judging' is not A,B=NEW"),
        ({"renames": ["Loaded=Judging"], "drops": ["Loaded"]}, "two moves leave Loaded"),
        ({"drops": ["bias", "bias.yes"]}, r"two moves leave bias\.yes"),
        ({"renames": ["Loaded=Name", "Name=Judging"]}, "Name is left by one move and entered by another"),
        ({"splits": ["bias=tone,frames"]}, "'bias' is a question"),
        ({"splits": ["bias.yes=frames.Law,tone.yes"]}, "cannot be split among questions"),
    ],
)
def test_a_move_that_cannot_be_meant_so_is_refused(options: dict[str, list[str]], match: str) -> None:
    with pytest.raises(FramingError, match=match):
        plan(["Loaded", "Name", "Judging"], {"bias": BIAS, "frames": FRAMES, "tone": ("yes", "no")}, **options)


def test_a_new_codebook_needs_a_new_version() -> None:
    old = codebook("1.0.0", ["Loaded"], OLD)
    with pytest.raises(FramingError, match=r"both codebooks are harbour 1\.0\.0.*another version"):
        make_plan(old, codebook("1.0.0", ["Judging"], OLD), ["Loaded=Judging"], [], [], [])


def test_rows_that_would_be_orphans_are_counted_and_it_is_said_what_to_do(make_dataset: Make) -> None:
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", "Name", "port"), ("b", "ben", "Name", "plan"), ("a", "ada", "bias", "yes"), ("a", "cyd")]))
    with pytest.raises(FramingError, match=r"^here: 2 rows have Name, which harbour 2\.0\.0 does not have.*--drop Name"):
        refuse_orphans(plan(["Loaded"]), rows, "here")
    with pytest.raises(FramingError, match=r"1 row has bias\.yes.*--drop bias\.yes"):
        refuse_orphans(plan(["Loaded", "Name"], {"frames": FRAMES}), rows, "here")
    refuse_orphans(plan(["Loaded"], drops=["Name"]), rows, "here")


def test_headlines_that_were_read_stay_read_and_a_project_shows_what_it_showed(make_dataset: Make) -> None:
    silent = codebook("1.0.0", ["Loaded", "Name"], OLD)
    reading, later = (silent.model_copy(update={"headlines": True, "version": version}) for version in ("2.0.0", "3.0.0"))
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", "Name", "zealots"), ("a", "ada")]))
    begin, stop = (make_plan(*both, [], [], [], []) for both in ((silent, reading), (reading, later.model_copy(update={"headlines": False}))))
    for change in (begin, stop):
        refuse_orphans(change, rows, "here")
        with pytest.raises(FramingError, match=r"^Spring: .*were shown another text.*another title"):
            refuse_headlines(change, "Spring")
    read = rows.with_columns(part=pl.Series(["text", "title"]))
    refuse_orphans(begin, read, "here")
    with pytest.raises(FramingError, match=r"^here: 1 row is about headlines, which harbour 3\.0\.0 leaves unread"):
        refuse_orphans(stop, read, "here")


def test_the_same_place_in_the_headline_and_in_the_text_is_two_and_each_that_loses_its_last_span_was_read(make_dataset: Make) -> None:
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", label, "zealots") for label in ("Loaded", "Name", "Loaded", "Name")]))
    rows = rows.with_columns(part=pl.Series(["text", "text", "title", "title"]))
    after, audit = migrate_rows(rows, plan(["Loaded"], merges=["Loaded,Name=Loaded"]))
    assert after.select("part", "label").rows() == [("text", "Loaded"), ("title", "Loaded")]
    assert [row["part"] for row in audit] == ["text", "title"]
    dropped = migrate_rows(rows[[0, 3]], plan(["Loaded"], drops=["Name"]))[0]
    assert dropped.select("part", "label", "start").rows() == [("text", "Loaded", 13), ("title", None, None)]


def test_two_questions_become_one_only_if_nobody_gave_it_two_answers_that_exclude_each_other(make_dataset: Make) -> None:
    old = codebook("1.0.0", ["Loaded"], {"bias": BIAS, "tone": BIAS})
    made = plan(["Loaded"], {"tone": BIAS}, old, merges=["bias,tone=tone"])
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", "bias", "yes"), ("a", "ada", "bias", "no")])).with_columns(label=pl.Series(["bias", "tone"]))
    with pytest.raises(FramingError, match="'a' has several answers to 'tone'"):
        refuse_orphans(made, rows, "here")
    agreeing = rows.with_columns(value=pl.lit("yes"))
    refuse_orphans(made, agreeing, "here")
    assert migrate_rows(agreeing, made)[0].select("label", "value").rows() == [("tone", "yes")]


def test_gold_moves_too_and_an_article_that_loses_its_last_gold_span_keeps_an_empty_row(make_dataset: Make) -> None:
    marks = [
        ("a", "ada", "Name", "port"),
        ("a", "ben", "Name", "port"),
        ("a", "cyd"),
        ("b", "ada", "Loaded", "reckless"),
        ("b", "ada", "bias", "yes"),
    ]
    gold = adjudicate(make_dataset(TEXTS, marks))
    after, audit = migrate_rows(gold, plan(["Judging"], drops=["Name"], renames=["Loaded=Judging"]))
    assert conform(after, Gold, "test").select("article_id", "label", "quote", "value", "support").rows() == [
        ("a", None, None, None, 1.0),
        ("b", "Judging", "reckless", None, 1.0),
        ("b", "bias", None, "yes", 1.0),
    ]
    assert [(row["annotator"], row["label"], row["label_after"]) for row in audit] == [(None, "Name", None), (None, "Loaded", "Judging")]


def test_columns_of_the_users_own_survive(make_dataset: Make) -> None:
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("a", "ada", "Name", "port"), ("b", "ben")]))
    rows = rows.with_columns(certainty=pl.Series([0.5, None, 1.0]), remarks=pl.Series([["x", "y"], [], None]))
    after, _ = migrate_rows(rows, plan(["Judging"], renames=["Loaded=Judging"], drops=["Name"]))
    assert after.columns == rows.columns
    assert after.schema == rows.schema
    assert after.select("annotator", "certainty", "remarks").rows() == [("ada", 0.5, ["x", "y"]), ("ben", 1.0, None)]


def test_the_plan_says_how_many_rows_each_move_takes_and_what_is_new_or_left_unused(make_dataset: Make) -> None:
    made = plan(["Judging", "Name"], {"bias": BIAS, "frames": ("Economy", "Crime")}, renames=["Loaded=Judging"], drops=["frames.Law"])
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("b", "ada", "Loaded", "plan"), ("a", "ada", "frames", "Law")]))
    assert describe_plan(made, rows) == [
        "Loaded -> Judging: 2 rows",
        "drop frames.Law: 1 row",
        "frames.Health leaves the codebook unused",
        "frames.Crime is new",
    ]


def test_a_plan_reads_back_as_it_was_written() -> None:
    made = plan(["Judging"], {"tone": BIAS, "frames": FRAMES}, renames=["Loaded=Judging", "bias=tone"], drops=["Name"])
    assert Plan.model_validate_json(made.model_dump_json()) == made
    assert [move.arrival for move in made.moves] == [("Judging", None), ("tone", "yes"), ("tone", "no"), (None, None)]
    assert Move(label="Name").arrival == (None, None)


PLANS = [
    plan(["Judging"], merges=["Loaded,Name=Judging"]),
    plan(["Loaded"], merges=["Loaded,Name=Loaded"], drops=["bias.no"]),
    plan(["Name"], {"tone": BIAS, "frames": FRAMES}, drops=["Loaded"], renames=["bias=tone"]),
    plan(["Blame", "Praise"], {"bias": BIAS, "frames": ("Law", "Other")}, splits=["Loaded=Blame,Praise"], drops=["Name", "frames"]),
]
WORDS = ["reckless", "zealots", "old port"]
SPANS = st.tuples(st.just("a"), st.sampled_from(["ada", "ben"]), st.sampled_from(["Loaded", "Name"]), st.sampled_from(WORDS))
FRAMED = st.tuples(st.just("a"), st.sampled_from(["ada", "ben", "cyd"]), st.just("frames"), st.sampled_from(FRAMES))
ANSWERED = st.tuples(st.just("a"), st.just("ben"), st.just("bias"), st.sampled_from(BIAS))


@given(made=st.sampled_from(PLANS), spans=st.lists(SPANS | FRAMED, unique=True, max_size=10), answers=st.lists(ANSWERED, max_size=1))
def test_no_row_and_no_reader_is_lost_and_doing_it_twice_changes_nothing(
    make_dataset_once: Make, made: Plan, spans: list[Any], answers: list[Any]
) -> None:
    rows = rows_of(make_dataset_once(TEXTS, [*spans, *answers, ("b", "ada")]))
    after, audit = migrate_rows(rows, made)
    conform(after, Annotations, "test")
    refuse_unknown_labels(after, made.new, "test")
    again, nothing = migrate_rows(after, made)
    assert_frame_equal(again, after)
    assert nothing == []

    who = ["article_id", "annotator"]
    markers = rows.filter(pl.col("value").is_null()).select(who).unique().sort(who)
    assert_frame_equal(after.filter(pl.col("value").is_null()).select(who).unique().sort(who), markers)
    for _, reading in after.group_by(who):
        empty_rows = reading["label"].null_count()
        assert empty_rows <= (0 if reading["start"].count() else 1)

    # The audit tells the whole story: the rows that stayed, and what it says each of the others became, are what is there now.
    facts = ["article_id", "annotator", "label", "value", "start", "end"]
    before = Counter(rows.filter(pl.col("label").is_not_null()).select(facts).rows())
    left = Counter(tuple(row[name] for name in facts) for row in audit)
    assert left <= before
    assert max(left.values(), default=1) == 1
    became = {tuple(row[{"label": "label_after", "value": "value_after"}.get(name, name)] for name in facts) for row in audit if row["label_after"]}
    assert set(after.filter(pl.col("label").is_not_null()).select(facts).rows()) == set(before - left) | became
    assert after.filter(pl.col("label").is_not_null()).select(facts).is_duplicated().sum() == 0


STANCES, FIELDS = ("against", "for"), ("war", "game")


def asking(version: str, *attributes: Mapping[str, Any], labels: Sequence[str] = ("Loaded", "Name")) -> Codebook:
    return Codebook.model_validate(
        codebook(version, labels, OLD).model_dump() | {"attributes": [{"definition": "For tests."} | one for one in attributes]}
    )


def choice(name: str, values: Sequence[str], **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "choice", "values": [{"name": value, "definition": "For tests."} for value in values]} | more


TARGET: Mapping[str, Any] = {"name": "target", "kind": "actor"}
ASKING = asking("1.0.0", TARGET, choice("stance", STANCES), choice("field", FIELDS, choice="multiple"))


def move(new: Codebook, **moves: Sequence[str]) -> Plan:
    return make_plan(ASKING, new, **({"renames": (), "merges": (), "splits": (), "drops": ()} | moves))


def attributes_of(rows: pl.DataFrame) -> list[tuple[str, ...]]:
    return rows.filter(ATTRIBUTE).select("label", "quote", "attribute", "value").rows()


def said_of(words: str, label: str = "Loaded", annotator: str = "ada", **values: str) -> list[tuple[str, ...]]:
    span = ("a", annotator, label, words)
    return [span, *((*span, name, value) for name, given in values.items() for value in given.split("+"))]


def test_attributes_and_their_values_move_by_name_and_words_stay_words(make_dataset: Make) -> None:
    new = asking("2.0.0", TARGET | {"name": "aim"}, choice("position", ("negative", "for")), choice("field", FIELDS, choice="multiple"))
    made = move(new, renames=["stance=position", "stance.against=position.negative", "target=aim"])
    rows = rows_of(
        make_dataset(
            TEXTS, [*said_of("reckless", stance="against", target="U.S., it says", field="war+game"), *said_of("port", stance="for")], ASKING
        )
    )
    refuse_orphans(made, rows, "test")
    after, audit = migrate_rows(rows, made)
    assert attributes_of(after) == [
        ("Loaded", "reckless", "position", "negative"),
        ("Loaded", "reckless", "aim", "U.S., it says"),
        ("Loaded", "reckless", "field", "war"),
        ("Loaded", "reckless", "field", "game"),
        ("Loaded", "port", "position", "for"),
    ]
    assert [tuple(row[name] for name in ("attribute", "value", "attribute_after", "value_after", "label_after", "review")) for row in audit] == [
        ("stance", "against", "position", "negative", "Loaded", None),
        ("target", "U.S., it says", "aim", "U.S., it says", "Loaded", None),
        ("stance", "for", "position", "for", "Loaded", None),
    ]
    assert describe_plan(made, rows)[:3] == [
        "stance.for -> position.for: 1 row",
        "stance.against -> position.negative: 1 row",
        "target -> aim: 1 row",
    ]
    assert migrate_rows(after, made)[0].equals(after)


def test_attributes_go_wherever_their_span_goes(make_dataset: Make) -> None:
    new = asking("2.0.0", *ASKING.model_dump()["attributes"], labels=["Praise", "Blame"])
    rows = rows_of(
        make_dataset(TEXTS, [*said_of("reckless", stance="for"), *said_of("port", "Name", stance="against", target="China"), ("b", "ada")], ASKING)
    )
    made = move(new, splits=["Loaded=Blame,Praise"], drops=["Name"])
    after, audit = migrate_rows(rows, made)
    assert attributes_of(after) == [("Blame", "reckless", "stance", "for")]
    assert [(row["label"], row.get("attribute"), row["label_after"], row["review"]) for row in audit] == [
        ("Loaded", None, "Blame", ["Blame", "Praise"]),
        ("Loaded", "stance", "Blame", None),
        ("Name", None, None, None),
        ("Name", "stance", None, None),
        ("Name", "target", None, None),
    ]
    assert describe_plan(made, rows)[-1] == "drop Name: 1 row, and 2 attributes with them"


@pytest.mark.parametrize("stays", ["Loaded", "Judging"])
def test_spans_that_become_one_keep_one_value_where_one_is_taken_and_all_where_several_are(make_dataset: Make, stays: str) -> None:
    new = asking("2.0.0", *ASKING.model_dump()["attributes"], labels=[stays])
    rows = rows_of(
        make_dataset(
            TEXTS, [*said_of("port", "Name", stance="for", field="war", target="China"), *said_of("port", stance="against", field="game+war")], ASKING
        )
    )
    made = move(new, merges=[f"Loaded,Name={stays}"])
    refuse_orphans(made, rows, "test")
    after, audit = migrate_rows(rows, made)
    # What was there before stays, or else the first.
    kept, lost = ("against", "for") if stays == "Loaded" else ("for", "against")
    assert after.filter(~ATTRIBUTE).height == 1
    assert sorted(row[2:] for row in attributes_of(after)) == [("field", "game"), ("field", "war"), ("stance", kept), ("target", "China")]
    assert [(row["value"], row["value_after"], row["gave_way_to"]) for row in audit if "gave_way_to" in row] == [(lost, None, kept)]
    refuse_unknown_labels(after, new, "test")


def test_two_attributes_that_become_one_do_so_on_each_span_by_itself(make_dataset: Make) -> None:
    asked = asking("1.0.0", choice("stance", STANCES), choice("tone", ("for", "sour")))
    marks = [*said_of("port", tone="sour", stance="for"), *said_of("reckless", tone="for"), *said_of("zealots", tone="for", stance="for")]
    rows = rows_of(make_dataset(TEXTS, marks, asked))
    made = make_plan(asked, asking("2.0.0", choice("stance", (*STANCES, "sour"))), (), ["tone,stance=stance"], (), ())
    refuse_orphans(made, rows, "test")
    after, audit = migrate_rows(rows, made)
    assert attributes_of(after) == [("Loaded", words, "stance", "for") for words in ("port", "reckless", "zealots")]
    assert [(row["quote"], row.get("gave_way_to")) for row in audit] == [("port", "for"), ("reckless", None), ("zealots", None)]


def test_a_codebook_that_only_asks_more_needs_no_move(make_dataset: Make) -> None:
    rows = rows_of(make_dataset(TEXTS, [("a", "ada", "Loaded", "port")]))
    made = make_plan(codebook("1.0.0", ["Loaded", "Name"], OLD), asking("2.0.0", TARGET, choice("stance", STANCES)), (), (), (), ())
    refuse_orphans(made, rows, "test")
    after, audit = migrate_rows(rows, made)
    assert (after.drop("codebook_version").equals(rows.drop("codebook_version")), audit) == (True, [])
    assert describe_plan(made, rows) == ["stance.against is new", "stance.for is new", "target is new"]


@pytest.mark.parametrize(
    ("attributes", "moves", "words"),
    [
        ([choice("stance", STANCES)], {}, "1 row has target"),
        ([TARGET], {}, "1 row has stance.for"),
        ([TARGET, choice("stance", ("against", "neither"))], {}, "1 row has stance.for"),
        ([TARGET | {"labels": ["Name"]}, choice("stance", STANCES)], {}, "spans of Loaded have target, which harbour 2.0.0 does not ask of them"),
        ([choice("target", ("China", "Japan")), choice("stance", STANCES)], {}, "1 row has target"),
        ([TARGET, choice("kind", FIELDS)], {"renames": ["field=kind"], "drops": ["stance"]}, "several answers to 'kind'"),
        ([TARGET], {"renames": ["stance.for=bias.yes"]}, "no 'bias.yes'"),
        ([TARGET], {"renames": ["stance=bias"]}, "no 'bias'"),
        ([TARGET], {"splits": ["target=target,stance"]}, "is an attribute"),
        ([TARGET], {"drops": ["mood"]}, "no 'mood'"),
    ],
)  # fmt: skip
def test_what_a_change_of_attributes_would_lose_or_mix_is_refused(
    make_dataset: Make, attributes: Sequence[Mapping[str, Any]], moves: Mapping[str, Sequence[str]], words: str
) -> None:
    rows = rows_of(make_dataset(TEXTS, said_of("reckless", stance="for", target="U.S.", field="war+game"), ASKING))
    asked = [*attributes, *([] if any(one["name"] == "kind" for one in attributes) else [choice("field", FIELDS, choice="multiple")])]
    with pytest.raises(FramingError, match=words):
        refuse_orphans(move(asking("2.0.0", *asked), **moves), rows, "test")


def test_runs_of_a_coder_may_differ_in_what_takes_one_answer(make_dataset: Make) -> None:
    rows = rows_of(make_dataset(TEXTS, [("a", "echo", "bias", "yes"), ("a", "echo", "bias", "no")])).with_columns(run=pl.Series([1, 2]))
    refuse_orphans(plan(["Judging", "Name"], renames=["Loaded=Judging"]), rows, "test")
