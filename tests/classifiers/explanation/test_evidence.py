from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from classifiers.explanation.evidence import EVIDENCE, Examples, find_evidence
from classifiers.explanation.reasons import shorten
from classifiers.features.words import character_features, company_features, word_features
from classifiers.model.model import Model
from schemas.dataset import Dataset
from schemas.tables import Annotations, conform

Marks = Callable[..., pl.DataFrame]


def spans_of(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"label": pl.String, "text": pl.String}, orient="row")


@pytest.fixture
def marks() -> Marks:
    """Annotations of quotes, with what else they are said to have."""

    def make(*rows: dict[str, Any]) -> pl.DataFrame:
        blank = {"article_id": "a", "annotator": "ada", "label": "Loaded_Language", "start": 0, "origin": "manual"}
        full = [{**blank, **row, "end": len(row["quote"]), "annotation_id": str(i)} for i, row in enumerate(rows)]
        columns = dict(Annotations.create_empty().schema)
        return conform(pl.DataFrame([{name: row.get(name) for name in columns} for row in full], schema=columns), Annotations, "test")

    return make


def test_the_same_words_are_nearest_and_said_to_be_the_same(model: Model, marks: Marks) -> None:
    annotations = marks({"quote": "boasts"}, {"quote": "The SHAMEFUL ploy’s"}, {"quote": "shameful"}, {"quote": "Shameful"})
    found = find_evidence(model, spans_of(("Loaded_Language", "shameful")), annotations, 10)
    first, *rest = found.to_dicts()
    assert found.schema == EVIDENCE
    assert (first["quote"], first["similarity"], first["shared"], first["annotation_id"]) == ("shameful", 1.0, "same words", "2")
    assert [row["shared"] for row in rest if row["quote"] == "Shameful"] == ["same words"]
    assert all(row["shared"].startswith(("shares: ", "shares parts of words: ")) for row in rest if row["quote"] not in ("shameful", "Shameful"))


def test_the_similarity_is_the_part_of_what_spoke_for_the_span_that_the_marked_words_have(model: Model, marks: Marks) -> None:
    words, quote = ["reckless", "cronies"], "heartless"
    weights = dict(zip(model.window.columns, model.heads["spans"].weights[:, 0].tolist(), strict=True))

    def features_of(word: str) -> list[Any]:
        every = [*word_features(word), *character_features(word), *company_features(word)]
        # Being in lower case, and two letters, say nothing.
        return [each for each in every if each != ("shape", "x") and (each.kind != "characters" or len(each.term.strip("^$")) >= 3)]

    added = [(feature, max(weights.get((feature, 0), 0.0), 0.0)) for word in words for feature in features_of(word)]
    shared = sum(weight for feature, weight in added if feature in features_of(quote))
    found = find_evidence(model, spans_of(("Loaded_Language", " ".join(words))), marks({"quote": quote}))
    assert 0 < found["similarity"][0] < 1
    assert found["similarity"][0] == pytest.approx(shared / sum(weight for _, weight in added), abs=1e-8)


def test_of_equals_the_own_label_comes_first_then_what_more_people_marked_then_what_is_newer(model: Model, marks: Marks) -> None:
    annotations = marks(
        {"quote": "reckless plan", "label": "Name_Calling", "updated_at": "2026-05-01", "annotator": "eve"},
        {"quote": "reckless x", "updated_at": "2026-01-01"},
        {"quote": "reckless x", "updated_at": "2026-01-02"},
        {"quote": "reckless y", "created_at": "2025-01-01"},
        {"quote": "reckless y", "annotator": "ben"},
    )
    found = find_evidence(model, spans_of(("Loaded_Language", "reckless")), annotations, 10)
    assert found["similarity"].to_list() == [1.0] * 5
    assert found["annotation_id"].to_list() == ["3", "4", "2", "1", "0"]


def test_whole_words_are_named_before_parts_of_words(model: Model, marks: Marks) -> None:
    found = find_evidence(model, spans_of(("Loaded_Language", "reckless cronies")), marks({"quote": "the Cronies boasted"}, {"quote": "heartless"}))
    assert {row["quote"]: row["shared"].split(",")[0] for row in found.to_dicts()} == {
        "the Cronies boasted": 'shares: "cronies"',
        "heartless": "shares parts of words: -less",
    }


def test_as_many_as_asked_for_and_those_are_the_nearest(model: Model, sample: Dataset) -> None:
    spans, annotations = spans_of(("Scare_Quotes", "culprit"), ("Loaded_Language", "heartless gutting")), sample.require_annotations("sample")
    every = find_evidence(model, spans, annotations, 10**6)
    for count in (1, 3, 7):
        some = find_evidence(model, spans, annotations, count)
        assert some.equals(pl.concat([every.filter(span=i).head(count) for i in range(2)]))
    for _, rows in every.group_by("span"):
        assert rows["similarity"].is_sorted(descending=True)
        assert rows["similarity"].is_between(0, 1).all()
        assert rows["similarity"].min() > 0


def test_many_spans_are_numbered_as_they_stand(model: Model, sample: Dataset) -> None:
    annotations = sample.require_annotations("sample")
    texts = annotations["quote"].drop_nulls().unique(maintain_order=True)[:70].to_list()
    found = find_evidence(model, spans_of(*[("Loaded_Language", text) for text in texts]), annotations, 1)
    assert {texts[row["span"]] for row in found.to_dicts()} <= set(texts)
    assert found["span"].is_sorted()
    assert found["span"].max() > 60
    assert found.filter(similarity=1.0).height == found.height


def test_readings_that_marked_nothing_and_answers_are_no_evidence(model: Model, sample: Dataset) -> None:
    without = sample.require_annotations("sample").filter(pl.col("start").is_null())
    assert without.height > 100
    assert find_evidence(model, spans_of(("Loaded_Language", "shameful")), without).is_empty()


@pytest.mark.parametrize("text", ["", " ", "…", "\x1b[2J", "日本"])
def test_a_span_whose_words_say_nothing_to_the_model_has_no_evidence_or_less(model: Model, marks: Marks, text: str) -> None:
    found = find_evidence(model, spans_of(("Loaded_Language", text)), marks({"quote": "shameful"}, {"quote": "x"}))
    assert found.schema == EVIDENCE
    assert (found["similarity"] > 0).all()


def test_no_spans_and_a_model_without_a_span_head_have_no_evidence(model: Model, marks: Marks) -> None:
    assert find_evidence(model, spans_of(), marks({"quote": "x"})).schema == EVIDENCE
    assert find_evidence(replace(model, spans=None), spans_of(("Loaded_Language", "x")), marks({"quote": "x"})).is_empty()


def test_examples_are_other_quotes_each_once_the_short_before_the_long(model: Model, marks: Marks) -> None:
    annotations = marks(
        {"quote": "a reckless plan that nobody asked for and nobody wants"},
        {"quote": "Reckless", "updated_at": "2026-01-02"},
        {"quote": "reckless", "updated_at": "2026-01-01"},
        {"quote": "the zebra"},
    )
    found = Examples(model, annotations, ["reckless"]).nearest("reckless", 3)
    assert [example.quote for example in found] == ["Reckless", "a reckless plan that nobody asked for and nobody wants"]
    assert (found[0].similarity, found[0].annotation_id) == (1.0, "1")


def test_words_are_alike_by_the_vectors_that_ship_if_the_model_learned_from_them(model: Model, marks: Marks) -> None:
    annotations = marks({"quote": "shameful"}, {"quote": "the cronies"}, {"quote": "zebras"})
    learned = replace(model, facts={"training": {"word_vectors": ["GloVe 6B (80,000 words, 50 dimensions)"]}})
    assert Examples(model, annotations, ["shameless"]).alike("shameless") == []
    assert "zebras" not in Examples(learned, annotations, ["disgraceful"]).alike("disgraceful")


@pytest.mark.parametrize("text", ["", "\x1b[2J", "日本"])
def test_what_shares_nothing_has_no_example(model: Model, marks: Marks, text: str) -> None:
    found = Examples(model, marks({"quote": "shameful"}), [text])
    assert (found.nearest(text), found.alike(text)) == ([], [])


def test_features_are_jotted_down_as_people_do() -> None:
    jotted = {shorten(feature) for feature in [*word_features("ex-Cronies"), *character_features("crony"), *company_features("crony")]}
    expected = {'"ex-cronies"', "ex--", "-ies", "shape x-Xx", '"cronies"', "cron-", "-rony", "-ron-", "cro-", "-y", 'words like "crony"'}
    assert expected <= jotted
