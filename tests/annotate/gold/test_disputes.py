"""What annotators differ on goes to an expert, the worst first; what the expert says is gold, beside what all agreed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.gold.adjudication import adjudicate
from annotate.gold.disputes import find_disputes, gather_marks, gather_remarks, join_decisions, rate_dispute
from annotate.readings import collect_readings
from schemas.checks import partition_quotes, refuse_unknown_labels
from schemas.dataset import Dataset
from schemas.tables import Annotations, Gold, conform

Make = Callable[..., Dataset]
TEXTS = dict.fromkeys("abcd", "The reckless zealots sank the old port.")
# Eight tokens, of which they differ in none, one and three; of d only ada is a reader.
MARKS = [
    ("a", "ada", "Loaded", "reckless"),
    ("a", "ben", "Loaded", "reckless"),
    ("b", "ada", "Loaded", "reckless"),
    ("b", "ben"),
    ("c", "ada", "Loaded", "reckless zealots"),
    ("c", "ben", "Name", "zealots sank"),
    ("d", "ada", "Name", "port"),
]


def decisions(make_dataset: Make, *marks: tuple[str, ...]) -> pl.DataFrame:
    return make_dataset(TEXTS, marks).require_annotations("test") if marks else Annotations.create_empty()


def test_the_articles_on_which_annotators_differ_come_the_worst_first(make_dataset: Make) -> None:
    assert find_disputes(make_dataset(TEXTS, MARKS)) == {"c": pytest.approx(3 / 8), "b": pytest.approx(1 / 8)}


def test_disputes_that_are_as_bad_go_by_name(make_dataset: Make) -> None:
    marks = [(article, name, "Loaded", "port") for article in "dbca" for name in ("ada",)] + [(article, "ben") for article in "cadb"]
    assert list(find_disputes(make_dataset(TEXTS, marks))) == ["a", "b", "c", "d"]


def test_where_all_agree_or_one_has_read_alone_nothing_is_disputed(make_dataset: Make) -> None:
    marks = [*MARKS[:2], MARKS[-1], ("a", "ada", "bias", "yes"), ("a", "ben", "bias", "yes"), ("b", "ada"), ("b", "ben")]
    dataset = make_dataset(TEXTS, marks)
    assert find_disputes(dataset) == {}
    assert gather_marks(dataset, []).height == 0
    assert find_disputes(make_dataset(TEXTS, [("a", "ada", "bias", "yes"), ("a", "ben")])) == {}


def test_the_expert_is_told_how_many_were_unsure_and_every_note_but_nobodys_name(make_dataset: Make) -> None:
    dataset = make_dataset(TEXTS, MARKS)
    assert gather_remarks(dataset, "abcd") == {}
    ada, of_b = pl.col("annotator") == "ada", pl.col("article_id") == "b"
    note = pl.when(of_b).then(pl.concat_str(pl.lit("A <b>doubt</b>, "), pl.col("annotator").str.len_chars()))
    said = dataset.require_annotations("test").with_columns(unsure=ada, note=note)
    remarks = gather_remarks(replace(dataset, annotations=said), "bc")
    assert remarks == {
        "b": ["1 of 2 annotators was unsure", "Note: A <b>doubt</b>, 3", "Note: A <b>doubt</b>, 3"],
        "c": ["1 of 2 annotators was unsure"],
    }


def test_the_same_words_under_two_labels_are_disputed(make_dataset: Make) -> None:
    assert find_disputes(make_dataset(TEXTS, [("a", "ada", "Loaded", "port"), ("a", "ben", "Name", "port")])) == {"a": pytest.approx(1 / 8)}


def test_a_disputed_answer_counts_by_the_share_of_questions(make_dataset: Make) -> None:
    answers = [("a", "ada", "bias", "yes"), ("a", "ben", "bias", "no"), ("a", "ada", "frames", "Law"), ("a", "ben", "frames", "Law")]
    assert find_disputes(make_dataset(TEXTS, answers)) == {"a": 0.5}
    assert find_disputes(make_dataset(TEXTS, [*answers, ("a", "ada", "frames", "Health")])) == {"a": 1.0}


def test_a_text_without_tokens_can_be_rated(make_dataset: Make) -> None:
    dataset = make_dataset({"a": " \n"}, [("a", "ada"), ("a", "ben")])
    texts = collect_readings(dataset.articles, dataset.require_annotations("test"))
    assert rate_dispute(texts, dataset.require_codebook("test")) == 0


def test_the_expert_sees_everybodys_spans_joined_and_their_share_and_nobody_is_named(make_dataset: Make) -> None:
    marks = [("c", "ada", "bias", "yes"), ("c", "ben", "bias", "no"), ("c", "eve", "bias", "yes"), ("c", "dan", "Loaded", "reckless")]
    dataset = make_dataset(TEXTS, [*MARKS, *marks])
    found = gather_marks(dataset, find_disputes(dataset))
    assert set(found["article_id"]) == {"b", "c"}
    # Ada, Ben and Dan marked c; Eve, of whose spans nothing is known, only answered.
    assert found.filter(pl.col("article_id") == "c").select("label", "quote", "value", "note").rows() == [
        ("Loaded", "reckless zealots", None, "50% of 3 annotators"),
        ("Name", "zealots sank", None, "33% of 3 annotators"),
        ("bias", None, "yes", "67% of 3 annotators"),
        ("bias", None, "no", "33% of 3 annotators"),
    ]
    assert found["probability"].to_list() == pytest.approx([1 / 2, 1 / 2, 1 / 3, 2 / 3, 1 / 3])
    written = found.write_json()
    assert not any(name in written for name in ("ada", "ben", "dan", "eve"))


def test_an_answers_share_is_of_those_who_answered(make_dataset: Make) -> None:
    dataset = make_dataset(TEXTS, [*MARKS[4:6], ("c", "dan"), ("c", "ada", "bias", "yes"), ("c", "ben", "bias", "no")])
    assert gather_marks(dataset, ["c"]).filter(pl.col("label") == "bias")["note"].to_list() == ["50% of 2 annotators"] * 2


def test_what_the_expert_decides_is_gold_with_the_share_who_had_said_so_and_the_rest_is_agreed_or_waits(make_dataset: Make) -> None:
    answers = [("c", "ada", "bias", "yes"), ("c", "ben", "bias", "no")]
    expert = decisions(make_dataset, ("c", "eve", "Loaded", "zealots"), ("c", "eve", "Name", "port"), ("c", "eve", "bias", "no"))
    gold, waiting = join_decisions(make_dataset(TEXTS, [*MARKS, *answers]), expert)
    assert waiting == ["b"]
    assert conform(gold, Gold, "test").select("article_id", "label", "quote", "value", "support", "rule").rows() == [
        ("a", "Loaded", "reckless", None, 1.0, "unanimous"),
        ("c", "Loaded", "zealots", None, 0.5, "expert"),
        ("c", "Name", "port", None, 0.0, "expert"),
        ("c", "bias", None, "no", 0.5, "expert"),
        ("d", "Name", "port", None, 1.0, "unanimous"),
    ]


def test_an_expert_who_marked_nothing_has_decided_that_there_is_nothing(make_dataset: Make) -> None:
    gold, waiting = join_decisions(make_dataset(TEXTS, MARKS), decisions(make_dataset, ("b", "eve"), ("c", "eve")))
    assert waiting == []
    found = gold.filter(pl.col("article_id").is_in(["b", "c"])).select("article_id", "label", "start", "quote", "support", "rule").rows()
    assert found == [(article, None, None, None, 1.0, "expert") for article in "bc"]


def test_before_the_expert_begins_all_that_is_disputed_waits_the_worst_first(make_dataset: Make) -> None:
    gold, waiting = join_decisions(make_dataset(TEXTS, MARKS), decisions(make_dataset))
    assert waiting == ["c", "b"]
    assert gold["article_id"].to_list() == ["a", "d"]


def test_what_the_expert_said_stays_although_the_annotators_came_to_agree(make_dataset: Make) -> None:
    gold, waiting = join_decisions(make_dataset(TEXTS, MARKS[:2]), decisions(make_dataset, ("a", "eve", "Name", "port")))
    assert (gold.select("label", "quote", "rule").rows(), waiting) == ([("Name", "port", "expert")], [])


def test_gold_of_articles_that_nobody_annotated_here_is_kept_as_it_is(make_dataset: Make) -> None:
    elsewhere = adjudicate(make_dataset(TEXTS, [("d", "zoe", "Loaded", "sank"), ("a", "zoe", "Loaded", "sank")]))
    dataset = replace(make_dataset(TEXTS, MARKS[:2]), gold=elsewhere)
    gold, _ = join_decisions(dataset, decisions(make_dataset))
    assert gold.select("article_id", "quote", "rule").rows() == [("a", "reckless", "unanimous"), ("d", "sank", "majority")]


WORDS = ["The", "reckless", "zealots sank", "port", "."]
SPANS = st.tuples(st.sampled_from("ab"), st.sampled_from(["ada", "ben", "cyd"]), st.sampled_from(["Loaded", "Name"]), st.sampled_from(WORDS))
ANSWERS = st.tuples(st.sampled_from("ab"), st.sampled_from(["ada", "ben"]), st.just("frames"), st.sampled_from(["Law", "Health"]))


@given(marks=st.lists(SPANS | ANSWERS, unique=True, max_size=8), expert=st.lists(SPANS, max_size=3))
def test_every_article_is_gold_or_waits_and_gold_is_a_valid_table(
    make_dataset_once: Make, marks: list[tuple[str, ...]], expert: list[tuple[str, ...]]
) -> None:
    dataset = make_dataset_once(TEXTS, [*marks, ("a", "ada"), ("a", "ben"), ("b", "ada"), ("c", "cyd")])
    decided = make_dataset_once(TEXTS, [("d", "eve"), *((article, "eve", *rest) for article, _, *rest in expert)]).require_annotations("test")
    gold, waiting = join_decisions(dataset, decided)
    gold = conform(gold, Gold, "test")
    refuse_unknown_labels(gold, dataset.codebook, "test")
    assert partition_quotes(gold, dataset.articles)[1].height == 0
    assert set(gold["article_id"]) | set(waiting) == {"a", "b", "c"}
    assert not set(gold["article_id"]) & set(waiting)
    rated = find_disputes(dataset)
    assert all(0 < rate <= 2 for rate in rated.values())
    assert set(waiting) == set(rated) - {article for article, *_ in expert}
    # Who is shown what is disputed is shown every mark of every annotator.
    found = gather_marks(dataset, rated)
    for article, _, label, words in marks:
        if article in rated and label == "frames":
            assert found.filter(article_id=article, label=label, value=words).height == 1
        elif article in rated:
            start = TEXTS[article].index(words)
            assert found.filter(pl.col("start") <= start, pl.col("end") >= start + len(words), article_id=article, label=label).height == 1


def test_an_article_is_disputed_and_decided_in_both_of_its_texts(make_dataset: Make) -> None:
    texts = {**TEXTS, "a/title": "Zealots sank the port", "b/title": "Port"}
    marks = [*MARKS[:2], ("a/title", "ada", "Name", "Zealots"), ("a/title", "ben"), ("b", "ada"), ("b", "ben"), ("b/title", "ada")]
    dataset = make_dataset(texts, marks)
    # Of eight tokens of the text and four of the headline they differ in one.
    assert find_disputes(dataset) == {"a": pytest.approx(1 / 12)}
    shown = gather_marks(dataset, ["a"])
    assert shown.select("part", "quote", "probability").rows() == [("text", "reckless", 1.0), ("title", "Zealots", 0.5)]
    said = [("a", "eve", "Loaded", "reckless"), ("a/title", "eve", "Name", "Zealots"), ("b/title", "eve", "Name", "Port"), ("c/title", "eve")]
    expert = make_dataset({**texts, "c/title": "Sunk"}, said).require_annotations("test")
    gold, waiting = join_decisions(replace(dataset, gold=None), expert.filter(pl.col("article_id") == "a"))
    assert waiting == []
    assert conform(gold, Gold, "test").select("article_id", "part", "label", "support", "rule").rows() == [
        ("a", "text", "Loaded", 1.0, "expert"),
        ("a", "title", "Name", 0.5, "expert"),
        ("b", "text", None, 1.0, "unanimous"),
        ("b", "title", None, 1.0, "unanimous"),
    ]
    # A headline that only the expert read is gold that nobody had said.
    text_only, _ = join_decisions(make_dataset(texts, MARKS[:2]), expert)
    assert text_only.select("part", "label", "support").rows() == [("text", "Loaded", 1.0), ("title", "Name", 0.0)]
