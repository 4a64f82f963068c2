"""The sample is what it says it is, and the starter model comes from it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from annotate.gold.adjudication import adjudicate
from classifiers import load_model, make_task, score, train
from classifiers.features import vectors
from classifiers.model.folder import STARTER
from classifiers.model.model import Model
from classifiers.training.recipe import Recipe
from framing.sample import ANNOTATORS, read_sample
from schemas.checks import partition_quotes
from schemas.codebook import Actor
from schemas.spans import SpanCounts, compare_spans
from schemas.tables import ATTRIBUTE, SPAN
from tests.samples import plain_sample

SEED = Path(__file__).parents[3] / "shared" / "seed-article.txt"


def test_every_article_says_that_it_is_synthetic() -> None:
    articles = read_sample().articles
    assert articles.height >= 60
    assert articles["outlet"].str.ends_with("(synthetic)").all()
    assert articles["article_id"].str.starts_with("synthetic-").all()


def test_articles_are_of_the_promised_length_and_a_third_of_them_is_sober() -> None:
    sample = read_sample()
    words = sample.articles["text"].str.split(" ").list.len()
    assert words.min() >= 110  # type: ignore[operator]
    assert words.max() <= 310  # type: ignore[operator]
    annotations = sample.require_annotations("sample")
    spans = annotations.filter(SPAN).group_by("article_id").len()
    sober = sample.articles.height - spans.filter(pl.col("len") > 3).height
    assert sober >= sample.articles.height / 3


def test_both_annotators_read_every_article_and_differ() -> None:
    annotations = read_sample().require_annotations("sample")
    read = annotations.group_by("annotator").agg(pl.col("article_id").n_unique(), spans=SPAN.sum()).sort("annotator")
    assert read["annotator"].to_list() == list(ANNOTATORS)
    assert read["article_id"].to_list() == [271, 271]
    assert read["spans"][0] != read["spans"][1]


def test_every_quote_is_its_text_and_every_label_of_the_codebook_is_used() -> None:
    sample = read_sample()
    annotations = sample.require_annotations("sample")
    assert partition_quotes(annotations, sample.articles)[1].is_empty()
    assert sample.codebook is not None
    assert set(sample.codebook.label_names) == set(annotations.filter(SPAN)["label"])


def test_the_starter_model_is_what_training_on_the_sample_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not weight for weight: another processor adds in another order."""
    # Without attributes and questions, whose heads change nothing of what spans are found.
    sample = plain_sample(read_sample().articles.height)
    codebook = sample.require_codebook("sample").model_copy(update={"questions": ()})
    marked = sample.require_annotations("sample").filter(pl.col("value").is_null())
    sample = replace(sample, codebook=codebook, annotations=marked)
    monkeypatch.setattr(vectors, "MOST_WORDS", 80_000)
    task = make_task(replace(sample, gold=adjudicate(sample)))
    fresh = train(task, Recipe(vectors=vectors.read_vectors(vectors.ENGLISH)))
    starter = load_model()
    assert starter.codebook == read_sample().codebook
    assert list(starter.attributes) == ["stance", "metaphor"]
    assert starter.ranker is not None
    assert starter.facts["training"]["articles"] == sample.articles.height
    assert starter.spans is not None
    assert fresh.spans is not None
    assert math.isclose(float(abs(starter.spans.weights).sum()), float(abs(fresh.spans.weights).sum()), rel_tol=0.02)
    # Of two decodings that are as good as each other it may choose either, so what counts is what is found.
    found, expected = (spans_of(model, sample.articles) for model in (fresh, starter))
    counts = SpanCounts()
    for article in sample.articles["article_id"]:
        counts += compare_spans(found.get(article, []), expected.get(article, []))
    assert counts.char_f1 > 0.9


def spans_of(model: Model, articles: pl.DataFrame) -> dict[str, list[tuple[int, int]]]:
    """The spans that the model finds in each article."""
    found: dict[str, list[tuple[int, int]]] = {}
    for article, start, end in score(model, articles).spans.select("article_id", "start", "end").iter_rows():
        found.setdefault(article, []).append((start, end))
    return found


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not here")
def test_the_starter_tells_whom_the_seed_article_is_about_and_by_which_metaphor(tmp_path: Path) -> None:
    states = Actor(name="United States", kind="country", aliases=("U.S.", "US", "American", "Washington", "Trump"))
    starter = load_model()
    model = replace(starter, codebook=starter.codebook.with_actors([Actor(name="China", kind="country", aliases=("Chinese",)), states]))
    spans = score(model, pl.DataFrame({"article_id": ["seed"], "text": [SEED.read_text(encoding="utf-8")]})).spans
    told = {row["text"]: row for row in spans.iter_rows(named=True)}
    assert (told["heart disease"]["target"], told["heart disease"]["metaphor"]) == ("United States", "illness")
    assert (told["culprit"]["target"], told["culprit"]["stance"]) == ("United States", "against")


def test_what_is_said_of_spans_is_said_by_both_annotators_and_they_differ() -> None:
    said = read_sample(actors=True)
    rows = said.require_annotations("sample").filter(ATTRIBUTE)
    assert rows.group_by("annotator", "attribute").len().height == 2 * 3
    spans = ["article_id", "label", "start", "end", "attribute"]
    both = rows.filter(annotator="ada").join(rows.filter(annotator="ben"), on=spans)
    for attribute in ("target", "stance", "metaphor"):
        alike = both.filter(attribute=attribute).select((pl.col("value") == pl.col("value_right")).mean()).item()
        assert 0.75 < alike < 0.95
    named = {actor.name for actor in said.require_codebook("sample").actors}
    assert rows.filter(attribute="target").select(pl.col("value").is_in(named).mean()).item() > 0.5


def test_the_starter_folder_holds_nothing_that_could_be_executed() -> None:
    assert {path.name for path in STARTER.iterdir()} == {"MODEL_CARD.md", "company.parquet", "model.json", "training.parquet", "weights.parquet"}


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not here")
def test_the_starter_finds_the_culprit_and_the_heart_disease_of_the_seed_article_as_scare_quotes() -> None:
    from annotate.ingestion.articles import ingest

    spans = score(load_model(), ingest([SEED]).articles).spans
    found = dict(spans.select("text", "voice").iter_rows())
    assert (found["heart disease"], found["culprit"]) == ("scare", "scare")
    assert spans.height <= 40
