from __future__ import annotations

import polars as pl
import pytest

from exports.estimates.measures import code_articles, list_measures
from schemas.codebook import Codebook, parse_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import Annotations, Articles, Gold, conform

CODEBOOK = parse_codebook(
    """
name = "harbour"
version = "1.0.0"
title = "Harbour"
description = "For tests."
instructions = "Tag what judges."
[[labels]]
name = "Loaded"
definition = "A word that judges."
colour = "#112233"
[[labels]]
name = "Name"
definition = "A name that judges."
colour = "#112234"
[[questions]]
name = "bias"
prompt = "Is it biased?"
choice = "single"
values = [{name = "yes", definition = "It is."}, {name = "no", definition = "It is not."}]
[[questions]]
name = "frames"
prompt = "Which?"
choice = "multiple"
values = [{name = "money", definition = "Money."}, {name = "law", definition = "Law."}]
""",
    "test",
)
QUOTED = 'The mayor said: "This reckless plan is a reckless plan for all of us." It is reckless.'
TEXTS = {"spans": QUOTED, "nothing": "One two three four.", "answers": "One two three four.", "unread": "One two three four.", "marks": "!?"}
Row = tuple[str, str | None, str | None, str | None]


def gold_of(*rows: Row) -> pl.DataFrame:
    """(article, label, quote, value); a quote stands where it is first or, behind an @, last."""
    table = []
    for article, label, quote, value in rows:
        place = None if quote is None else TEXTS[article].rindex(quote[1:]) if quote.startswith("@") else TEXTS[article].index(quote)
        plain = quote.lstrip("@") if quote else None
        end = None if place is None else place + len(plain or "")
        table.append(
            {"article_id": article, "label": label, "start": place, "end": end, "quote": plain, "value": value, "support": 1.0, "rule": "majority"}
        )
    return conform(pl.DataFrame(table, schema=dict(Gold.create_empty().schema)), Gold, "test")


def figures(name: str, *rows: Row, annotations: pl.DataFrame | None = None, codebook: Codebook = CODEBOOK) -> dict[str, float | None]:
    articles = conform(pl.DataFrame({"article_id": list(TEXTS), "text": list(TEXTS.values())}), Articles, "test")
    dataset = Dataset(articles, annotations, gold_of(*rows), codebook)
    return dict(code_articles(dataset, [list_measures(codebook)[name]]).select("article_id", name).iter_rows())


TITLES = ["title_density", "title_density_Loaded", "title_density_Name"]


def test_measures_have_the_names_of_the_columns_of_scores() -> None:
    measures = list_measures(CODEBOOK)
    assert list(measures) == ["density", "density_Loaded", "density_Name", "bias_yes", "bias_no", "frames_money", "frames_law", *TITLES]
    assert measures["density"].columns == ("density_Loaded", "density_Name")
    assert (measures["density"].kind, measures["bias_yes"].kind) == ("density", "share")


def test_a_codebook_without_labels_has_no_densities() -> None:
    assert "density" not in list_measures(CODEBOOK.model_copy(update={"labels": ()}))


def test_the_classifiers_density_is_the_sum_over_labels() -> None:
    scores = pl.DataFrame({"density_Loaded": [1, None], "density_Name": [2.5, 1.0]})
    assert scores.select(list_measures(CODEBOOK)["density"].predicted())["density"].to_list() == [3.5, None]


def test_spans_count_per_thousand_words_in_the_outlets_own_voice() -> None:
    rows = [("spans", "Loaded", "reckless", None), ("spans", "Loaded", "@reckless", None), ("spans", "Name", "mayor", None)]
    assert figures("density", *rows) == {"spans": pytest.approx(2000 / 17)}  # type: ignore[comparison-overlap]
    assert figures("density_Loaded", *rows) == {"spans": pytest.approx(1000 / 17)}  # type: ignore[comparison-overlap]


def test_read_and_marked_nothing_is_a_density_of_zero() -> None:
    assert figures("density", ("nothing", None, None, None)) == {"nothing": 0}


def test_answers_alone_do_not_say_that_an_article_was_read_for_spans() -> None:
    assert figures("density", ("answers", "bias", None, "yes"), ("nothing", None, None, None)) == {"nothing": 0, "answers": None}


def test_an_article_without_a_word_has_a_density_all_the_same() -> None:
    assert figures("density", ("marks", "Loaded", "!", None)) == {"marks": 1000}


def test_an_answer_is_one_or_zero_where_the_question_was_answered() -> None:
    rows: list[Row] = [("answers", "bias", None, "yes"), ("spans", "bias", None, "no"), ("nothing", None, None, None)]
    assert figures("bias_yes", *rows) == {"answers": 1, "spans": 0, "nothing": None}
    assert figures("bias_no", *rows) == {"answers": 0, "spans": 1, "nothing": None}


def test_a_question_of_several_answers_counts_where_somebody_answered_even_if_none_won() -> None:
    votes = pl.DataFrame(
        {
            "article_id": ["nothing", "nothing", "unread"],
            "annotator": ["ada", "ben", "ben"],
            "label": ["frames", "frames", "frames"],
            "value": ["money", "law", "law"],
            "origin": "manual",
        }
    )
    annotations = conform(votes, Annotations, "test")
    rows: list[Row] = [("nothing", None, None, None), ("answers", "frames", None, "law"), ("spans", "bias", None, "no")]
    assert figures("frames_law", *rows, annotations=annotations) == {"nothing": 0, "answers": 1, "spans": None}
    assert figures("frames_law", *rows) == {"nothing": None, "answers": 1, "spans": None}


def test_a_dataset_without_gold_is_refused() -> None:
    articles = conform(pl.DataFrame({"article_id": ["a"], "text": ["b"]}), Articles, "test")
    with pytest.raises(FramingError, match=r"gold\.parquet"):
        code_articles(Dataset(articles, codebook=CODEBOOK), [])
