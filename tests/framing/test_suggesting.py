"""What a model suggests is what it scores: its spans, its likely answers, and how sure it is."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from annotate.labelstudio import Suggestions
from annotate.labelstudio.results import find_regions, read_result, write_result
from annotate.labelstudio.shown import show
from classifiers import load_model, model_digest, score
from classifiers.model.model import Model
from classifiers.scoring.articles import Scores
from framing.suggesting import make_suggestions, name_version, suggest_by, suggest_coder
from schemas.checks import partition_quotes
from schemas.codebook import load_codebook
from schemas.coders import Coder, Coders
from schemas.errors import FramingError
from schemas.tables import ANSWER, ATTRIBUTE, SPAN, Annotations

TEXTS = {
    "a": "The reckless zealots in the council wrecked the harbour, a disgraceful betrayal. “Reform”, they call it. Costs rose by a million.",
    "b": "The ferry leaves at nine. It arrives at ten.",
    "c": "Ministers face a furious backlash over the disastrous tax plan 🚢, which economists call a catastrophe for jobs and prices.",
    "d": "…",
}
ARTICLES = pl.DataFrame({"article_id": list(TEXTS), "text": list(TEXTS.values()), "outlet": ["x", "y", None, "x"]})


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture(scope="module")
def scores(model: Model) -> Scores:
    return score(model, ARTICLES)


@pytest.fixture(scope="module")
def suggestions(model: Model) -> Suggestions:
    return suggest_by(model, ARTICLES)


def test_the_spans_are_those_the_model_scores(suggestions: Suggestions, scores: Scores) -> None:
    spans = suggestions.rows.filter(SPAN)
    assert spans.height > 2
    assert_frame_equal(
        spans.select("article_id", "label", "part", "start", "end", text="quote", probability="probability"),
        scores.spans.select("article_id", "label", "part", "start", "end", "text", "probability"),
    )
    assert partition_quotes(spans, ARTICLES)[1].height == 0


def test_what_the_model_tells_of_a_span_is_suggested_with_it_and_is_as_likely_as_the_model_says(scores: Scores, model: Model) -> None:
    place = ["article_id", "label", "part", "start", "end"]
    silent = pl.Series("stance", [None, *scores.spans["stance"][1:]], dtype=pl.String)
    titled = scores.spans.with_columns(silent, part=pl.lit("title"))
    found = make_suggestions(model, "v", ARTICLES, replace(scores, spans=titled)).rows.filter(ATTRIBUTE)
    for name, count in (("stance", titled.height - 1), ("metaphor", titled.height)):
        told = found.filter(attribute=name)
        assert told.height == count
        assert_frame_equal(
            told.select(*place, "value", "probability"), titled.drop_nulls(name).select(*place, value=name, probability=f"{name}_probability")
        )
    assert set(found["attribute"]) == {"stance", "metaphor"}


def test_the_answers_that_the_model_decides_are_suggested(suggestions: Suggestions, scores: Scores, model: Model) -> None:
    found = suggestions.rows.filter(ANSWER)
    expected = {
        (article["article_id"], question.name, value, article[f"{question.name}_{value}"])
        for article in scores.articles.iter_rows(named=True)
        for question in model.codebook.questions
        for value in question.value_names
        if value in article[question.name].split("; ")
    }
    assert set(found.select("article_id", "label", "value", "probability").rows()) == expected
    assert 0 < found.height < ARTICLES.height * sum(len(question.values) for question in model.codebook.questions)
    assert found.select("start", "end", "quote").null_count().row(0) == (found.height,) * 3


def test_the_one_answer_to_a_question_is_suggested_only_where_it_is_likelier_than_not(scores: Scores, model: Model) -> None:
    (question,) = (question for question in model.codebook.questions if question.name == "frames")
    first, second, *others = question.value_names
    one = replace(model, codebook=model.codebook.model_copy(update={"questions": (question.model_copy(update={"choice": "single"}),)}), thresholds={})
    unsure, sure = ({f"frames_{first}": share, f"frames_{second}": 0.3} | {f"frames_{value}": 0.0 for value in others} for share in (0.45, 0.7))
    shares = scores.articles.head(2).with_columns(pl.Series(name, [unsure[name], sure[name]]) for name in unsure)
    found = make_suggestions(one, "v", ARTICLES.head(2), replace(scores, articles=shares)).rows.filter(ANSWER)
    assert found.select("article_id", "value", "probability").rows() == [("b", first, 0.7)]


def test_every_article_has_a_score_in_its_place_also_one_without_a_span(suggestions: Suggestions, scores: Scores) -> None:
    assert suggestions.scores["article_id"].to_list() == list(TEXTS)
    assert suggestions.scores["score"].is_between(0.5, 1).all()
    sure = [max(p, 1 - p) for p in scores.sentences.filter(article_id="a")["probability"]]
    assert len(sure) > 1
    assert suggestions.scores["score"][0] == pytest.approx(sum(sure) / len(sure))


def test_an_article_without_a_sentence_is_a_sure_one(model: Model, scores: Scores) -> None:
    without = Scores(scores.articles, scores.spans, scores.sentences.filter(pl.col("article_id") != "b"))
    assert dict(make_suggestions(model, "v", ARTICLES, without).scores.iter_rows())["b"] == 1.0


def test_the_version_names_the_model_and_the_beginning_of_its_digest(model: Model) -> None:
    assert name_version(model) == f"{model.facts['title']} ({model_digest()[:12]})"
    assert suggest_by(replace(model, digest="f" * 64), ARTICLES.head(1)).version.endswith("(ffffffffffff)")


def test_what_is_suggested_can_be_read_back_as_annotations_of_the_models_codebook(suggestions: Suggestions, model: Model) -> None:
    for (article,), rows in suggestions.rows.group_by("article_id"):
        text = TEXTS[str(article)]
        results = write_result(rows.to_dicts(), model.codebook, show({"text": text}, model.codebook), "prediction")
        regions = find_regions(results, text, model.codebook)
        found = [row for result in results for row in read_result(result, text, model.codebook, regions)]
        names = ("label", "start", "end", "quote", "attribute", "value")
        assert {tuple(row[name] for name in names) for row in found} == set(rows.select(names).rows())


def test_no_articles_are_no_suggestions(model: Model) -> None:
    nothing = suggest_by(model, ARTICLES.clear())
    assert (nothing.rows.height, nothing.scores.height) == (0, 0)


def test_a_coder_suggests_what_it_said_in_its_first_run_and_has_looked_at_what_it_read() -> None:
    rows = [
        {"article_id": "a", "label": "loaded", "start": 4, "end": 12, "quote": "reckless", "run": 1},
        {"article_id": "a", "label": "loaded", "start": 4, "end": 12, "quote": "reckless", "attribute": "stance", "value": "against", "run": 1},
        {"article_id": "a", "label": "frames", "value": "Conflict", "run": 1},
        {"article_id": "b", "run": 1},
        {"article_id": "c", "label": "frames", "value": "Conflict", "run": 2},
    ]
    columns = dict.fromkeys(Annotations.column_names()) | {"annotator": "echo", "origin": "import"}
    coders = Coders(pl.DataFrame([columns | row for row in rows], infer_schema_length=None), {"echo": Coder(name="echo", version="2.1")})
    found = suggest_coder(coders, "echo", "set")
    assert found.scores.rows() == [("a", 1.0), ("b", 1.0)]
    assert found.rows["probability"].to_list() == [1.0, 1.0, 1.0]
    asking = load_codebook()
    span, said, answer = write_result(found.rows.to_dicts(), asking, show({"text": TEXTS["a"]}, asking), "prediction")
    assert (span["value"]["text"], said["value"]["choices"], answer["value"]["choices"]) == ("reckless", ["against"], ["Conflict"])
    assert said["id"] == span["id"]
    assert found.version.startswith("echo 2.1 (")
    assert suggest_coder(replace(coders, rows=coders.rows.tail(3)), "echo", "set").version != found.version
    with pytest.raises(FramingError, match="there is no coder 'delta'"):
        suggest_coder(coders, "delta", "set")
    with pytest.raises(FramingError, match="has no first run of 'echo'"):
        suggest_coder(replace(coders, rows=coders.rows.tail(1)), "echo", "set")
