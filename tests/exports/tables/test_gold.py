"""The figures themselves are tested as what estimates use: tests/exports/estimates/test_measures.py."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from annotate.gold.adjudication import adjudicate
from classifiers.scoring.tables import QUOTED
from exports.tables.gold import tabulate_gold
from framing.sample import read_sample
from schemas.codebook import Actor, Attribute
from schemas.dataset import Dataset
from schemas.tables import SPAN, Articles, Gold, ScoredSpans, conform


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    sample = read_sample(128)
    return replace(sample, gold=adjudicate(sample))


def test_what_people_coded_stands_in_the_columns_of_scores(dataset: Dataset) -> None:
    articles, spans = tabulate_gold(dataset)
    assert dataset.codebook is not None
    expected = {f"density_{label}{suffix}" for label in dataset.codebook.label_names for suffix in ("", QUOTED)}
    expected |= {f"{question.name}_{value}" for question in dataset.codebook.questions for value in question.value_names}
    assert expected | {"article_id", "words", "outlet", "topic"} <= set(articles.columns)
    assert "text" not in articles.columns
    assert conform(spans, ScoredSpans, "test").equals(spans)


def test_every_span_of_gold_is_counted_in_its_own_voice_or_as_quoted(dataset: Dataset) -> None:
    articles, spans = tabulate_gold(dataset)
    counts = articles.select(pl.sum_horizontal(pl.col(r"^density_.*$")) * pl.col("words") / 1000).to_series()
    assert dataset.gold is not None
    assert round(float(counts.sum()), 6) == spans.height == dataset.gold.filter(SPAN).height
    quoted = articles.select(pl.sum_horizontal(pl.col(r"^density_.*_quoted$")) * pl.col("words") / 1000).to_series()
    assert quoted.sum() > 0
    assert (articles["density"] * articles["words"] / 1000 + quoted).to_list() == pytest.approx(counts.to_list())


def test_a_users_own_column_called_density_makes_room(dataset: Dataset) -> None:
    articles, _ = tabulate_gold(replace(dataset, articles=dataset.articles.with_columns(density=pl.lit("dense"))))
    assert set(articles["article_density"]) == {"dense"}
    assert articles["density"].dtype == pl.Float64


def test_a_span_of_gold_has_its_speaker_where_it_is_quoted_and_only_there(dataset: Dataset) -> None:
    text = '🚢 "A reckless plan of theirs," Doe said. The reckless "reform" failed.'
    rows = [(start, start + 8) for start in (text.index("reckless"), text.rindex("reckless"))] + [(text.index("reform"), text.index("reform") + 6)]
    gold = pl.DataFrame(
        [
            {"article_id": "a", "label": "Loaded_Language", "start": s, "end": e, "quote": text[s:e], "support": 1.0, "rule": "majority"}
            for s, e in rows
        ]
    )
    articles = conform(pl.DataFrame({"article_id": ["a"], "text": [text]}), Articles, "test")
    _, spans = tabulate_gold(Dataset(articles, None, conform(gold, Gold, "test"), dataset.codebook))
    assert spans.select("voice", "speaker").rows() == [("quoted", "Doe"), ("narrator", None), ("scare", None)]


def test_spans_about_an_actor_are_counted_where_somebody_said_whom_spans_are_about(dataset: Dataset) -> None:
    actor = Attribute(name="target", kind="actor", definition="Whom it is about.")
    codebook = dataset.require_codebook("test").model_copy(update={"attributes": (actor,), "actors": (Actor(name="Board", kind="group"),)})
    text = "A reckless plan and a shameful lie."
    span = {"label": "Loaded_Language", "start": 2, "end": 10, "quote": "reckless"}
    other = span | {"start": 22, "end": 30, "quote": "shameful"}
    said = {"attribute": "target", "value": "Board"}
    decided = [("coded", span), ("coded", span | said), ("coded", other), ("silent", span), ("elsewhere", span), ("nothing", {})]
    decided.append(("elsewhere", span | said | {"value": "the Mill"}))
    rows = [{"article_id": name, **row, "support": 1.0, "rule": "majority"} for name, row in decided]
    articles = conform(pl.DataFrame({"article_id": list(dict.fromkeys(name for name, _ in decided)), "text": text}), Articles, "test")
    found, spans = tabulate_gold(Dataset(articles, None, conform(pl.DataFrame(rows), Gold, "test"), codebook))
    assert dict(found.select("article_id", "about_Board").iter_rows()) == {"coded": 1000 / 7, "silent": None, "elsewhere": 0.0, "nothing": 0.0}
    assert set(found["mentions_Board"]) == {0}
    assert spans.filter(article_id="coded").select("start", "target").rows() == [(2, "Board"), (22, None)]


def test_articles_without_gold_are_left_out(dataset: Dataset) -> None:
    assert dataset.gold is not None
    some = dataset.gold.filter(pl.col("article_id") == dataset.articles["article_id"][3])
    articles, _ = tabulate_gold(Dataset(dataset.articles, None, some, dataset.codebook))
    assert articles["article_id"].to_list() == [dataset.articles["article_id"][3]]


def test_a_headline_is_counted_apart_where_there_is_one_that_somebody_read(dataset: Dataset) -> None:
    text = "A reckless plan."
    titles = {"marked": 'Reckless "reform", a reckless plan', "nothing": "A plan", "unread": "A reckless plan", "none": None, "only": "A lie"}
    articles = conform(pl.DataFrame({"article_id": list(titles), "text": text, "title": list(titles.values())}), Articles, "test")
    loaded = {"label": "Loaded_Language", "start": 2, "end": 10, "quote": "reckless"}
    in_title = [("title", {"label": "Loaded_Language", "start": s, "end": s + 8, "quote": titles["marked"][s : s + 8]}) for s in (0, 21)]
    found = [("marked", part, row) for part, row in [("text", loaded), *in_title]]
    found += [("nothing", "text", loaded), ("nothing", "title", {}), ("unread", "text", loaded), ("none", "text", loaded), ("only", "title", {})]
    gold = conform(pl.DataFrame([{"article_id": one, "part": part, **row, "support": 1.0, "rule": "r"} for one, part, row in found]), Gold, "test")
    table, spans = tabulate_gold(Dataset(articles, None, gold, dataset.codebook))
    assert table.select("article_id", "title_words", "title_density_Loaded_Language", "density_Loaded_Language").rows() == [
        ("marked", 5, 400.0, 1000 / 3),
        ("nothing", 2, 0.0, 1000 / 3),
        ("unread", 3, None, 1000 / 3),
        ("none", None, None, 1000 / 3),
        ("only", 2, 0.0, None),
    ]
    assert spans.filter(article_id="marked").select("part", "start", "voice").rows() == [
        ("text", 2, "narrator"),
        ("title", 0, "narrator"),
        ("title", 21, "narrator"),
    ]
