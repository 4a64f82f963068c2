"""`import framing`: the verbs over tables, texts and folders, as a notebook calls them."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas
import polars as pl
import pyarrow
import pytest
from polars.testing import assert_frame_equal

import framing
from annotate.gold.adjudication import adjudicate
from classifiers.model.model import Model
from framing import notebook
from framing.estimating import estimate_scores
from framing.scoring import score_files
from schemas.dataset import write_dataset
from tests.samples import plain_sample

CULPRIT = 'As the "culprit", he is under pressure from a reckless mob.'
TEXTS = [CULPRIT, "The council met on Monday.", "A shameful plan, the elites cheered 🚢."]
TABLE = pl.DataFrame({"article_id": ["a", "b", "c"], "text": TEXTS, "outlet": ["Gull", "Gull", None], "pages": [1, 2, 3]})


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the sample, with gold."""
    sample, folder = plain_sample(), tmp_path_factory.mktemp("notebook") / "dataset"
    articles = sample.articles.gather_every(8)
    annotations = sample.require_annotations("sample").join(articles, on="article_id", how="semi")
    some = replace(sample, articles=articles, annotations=annotations)
    write_dataset(folder, replace(some, gold=adjudicate(some)))
    return folder


@pytest.fixture(scope="module")
def fitted(dataset: Path) -> Model:
    return framing.train(dataset)


# The face


def test_import_framing_loads_no_library() -> None:
    heavy = "{'numpy', 'polars', 'numba', 'sklearn', 'scipy', 'pydantic', 'typer', 'label_studio_sdk'}"
    code = f"import sys, framing; dir(framing); print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_it_offers_is_sorted_and_listed_and_says_what_it_does() -> None:
    assert framing.__all__ == sorted(framing.__all__) == dir(framing)
    assert set(framing.__all__) == {"FramingError", *notebook.__all__}
    for name in notebook.__all__:
        assert getattr(framing, name) is getattr(notebook, name)
        assert len(inspect.getdoc(getattr(framing, name)) or "") > 50
    with pytest.raises(AttributeError, match="no attribute 'scores'"):
        framing.scores  # type: ignore[attr-defined]  # noqa: B018


def test_a_model_says_in_three_lines_what_it_is(fitted: Model) -> None:
    title, codebook, trained = repr(framing.load_model()).splitlines()
    assert title.startswith("Model 'Starter model, trained on synthetic articles' (digest ")
    assert codebook.startswith("  codebook loaded-language 1.1.0: Loaded_Language, ")
    assert trained.startswith("  trained on 271 articles, token F1 0.4")
    title, _, trained = repr(fitted).splitlines()
    assert title.endswith("(in no folder yet)")
    assert trained == "  just trained, not evaluated"


# Articles


def test_tables_of_polars_pandas_and_arrow_and_files_have_the_same_scores(tmp_path: Path) -> None:
    TABLE.write_parquet(tmp_path / "news.parquet")
    expected = framing.score(TABLE)
    assert expected.spans["text"].to_list()[:2] == ["culprit", "reckless mob"]
    assert expected.articles["pages"].to_list() == [1, 2, 3]
    indexed = TABLE.to_pandas().set_index(pandas.Index(["x", "y", "z"]))
    for same in (TABLE.lazy(), TABLE.to_pandas(), indexed, TABLE.to_arrow(), tmp_path / "news.parquet", str(tmp_path / "news.parquet")):
        found = framing.score(same)
        for name in ("articles", "spans", "sentences"):
            assert_frame_equal(getattr(found, name), getattr(expected, name), check_exact=True)


def test_quotations_of_tables_texts_and_files_are_the_same_table(tmp_path: Path, dataset: Path) -> None:
    table = TABLE.with_columns(text=pl.lit('🚢 "A reckless plan of theirs," Doe said. ') + pl.col("text"))
    table.write_parquet(tmp_path / "news.parquet")
    expected = framing.quotes(table)
    assert expected.columns == ["article_id", "start", "end", "text", "voice", "speaker", "speaker_start", "speaker_end", "probability"]
    assert expected.select("article_id", "start", "voice", "speaker").rows()[:2] == [("a", 3, "quoted", "Doe"), ("a", 49, "scare", None)]
    for same in (table.to_pandas(), table.to_arrow(), tmp_path / "news.parquet"):
        assert_frame_equal(framing.quotes(same), expected, check_exact=True)
    numbered = {"a": "0", "b": "1", "c": "2"}
    assert_frame_equal(framing.quotes(table["text"].to_list()), expected.with_columns(pl.col("article_id").replace(numbered)), check_exact=True)
    assert_frame_equal(framing.quotes(table.rename({"text": "body"}), text_column="body"), expected, check_exact=True)
    assert framing.quotes(dataset).height > 10
    assert framing.quotes(["Nothing here."]).height == 0


def test_pandas_without_pyarrow_is_read_column_by_column() -> None:
    class Bare(pandas.DataFrame):
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise ImportError("pyarrow")

    missing = TABLE.to_pandas().assign(outlet=["Gull", "Gull", float("nan")])
    assert_frame_equal(framing.read(Bare(missing)), framing.read(TABLE))


@pytest.mark.parametrize("texts", [TEXTS, tuple(TEXTS), pl.Series(TEXTS), pandas.Series(TEXTS), (text for text in TEXTS)], ids=range(5))
def test_texts_are_numbered_in_their_order_and_none_is_lost(texts: Any) -> None:
    read = framing.read(texts)
    assert read["article_id"].to_list() == ["0", "1", "2"]
    assert read["text"].to_list() == TEXTS


def test_the_same_text_twice_is_two_articles_where_nothing_else_is_known() -> None:
    assert framing.score(["A plan.", "A plan."]).articles["article_id"].to_list() == ["0", "1"]
    assert framing.read(pl.DataFrame({"text": ["A plan."] * 3}))["article_id"].to_list() == ["0", "1", "2"]


def test_a_table_names_its_column_of_texts_and_keeps_the_others() -> None:
    read = framing.read(TABLE.rename({"text": "body"}), text_column="body")
    assert read["text"].to_list() == TEXTS
    assert read["pages"].to_list() == [1, 2, 3]


def test_a_dataset_is_read_by_its_folder(dataset: Path) -> None:
    assert framing.read(dataset).height == 16


def test_rows_of_a_file_that_cannot_be_read_are_named_in_a_warning(tmp_path: Path) -> None:
    (tmp_path / "news.csv").write_text('text\nA plan.\n""\n', encoding="utf-8")
    with pytest.warns(UserWarning, match="left out: .*news.csv, row 2: no text"):
        assert framing.read(tmp_path / "news.csv").height == 1


FOREIGN = [
    "Der Stadtrat hat am Montag über den Haushalt abgestimmt, den die Bürgermeisterin als eine Frage des Überlebens verteidigt hatte.",
    "Міська рада зібралася в понеділок і проголосувала за бюджет, який мер захищав як питання виживання нашого міста.",
]


def test_articles_in_other_languages_are_left_out_with_a_warning_and_scored_where_they_are_asked_for() -> None:
    with pytest.warns(UserWarning, match="1 article is in German, 1 in Ukrainian: the model is for English. .* any_language=True"):
        scores = framing.score([*TEXTS, *FOREIGN])
    assert scores.articles["article_id"].to_list() == ["0", "1", "2"]
    assert_frame_equal(scores.articles, framing.score(TEXTS).articles, check_exact=True)
    every = framing.score([*TEXTS, *FOREIGN], any_language=True)
    assert every.articles["language"].to_list()[3:] == ["de", "uk"]
    assert every.articles["flesch_reading_ease"].is_null().to_list() == [False, False, False, False, True]
    with pytest.raises(framing.FramingError, match="no article is left to be scored"):
        framing.score(FOREIGN)
    assert "the text is in German" in repr(framing.explain(FOREIGN[0]))


def test_the_notebook_and_the_command_set_the_same_articles_aside(tmp_path: Path) -> None:
    pl.DataFrame({"article_id": list("abcde"), "text": [*TEXTS, *FOREIGN]}).write_parquet(tmp_path / "news.parquet")
    score_files([str(tmp_path / "news.parquet")], tmp_path / "scores", None)
    with pytest.warns(UserWarning, match="the model is for English"):
        scores = framing.score(tmp_path / "news.parquet")
    for name in ("articles", "spans", "sentences"):
        assert_frame_equal(getattr(scores, name), pl.read_parquet(tmp_path / "scores" / f"{name}.parquet"), check_exact=True)


def test_a_model_trained_in_a_notebook_knows_its_languages(fitted: Model) -> None:
    assert fitted.languages == ("en",)
    with pytest.raises(framing.FramingError, match="the model is for English"):
        framing.score(FOREIGN, fitted)


@pytest.mark.parametrize(
    ("articles", "line"),
    [
        ([], "articles: there are no articles. Give a path, a table or a list of texts"),
        ([1], "article 0: is no text but int. Give a path, a table or a list of texts"),
        (7, "articles cannot be read from int. Give a path, a table or a list of texts"),
        (["A plan.", " "], "row 1 of the table: no text. Leave such rows out"),
        ("A plan.\nA sham.", "'A plan.\\nA sham.': is a text, and a path was looked for. Give texts as a list: [text]"),
        ("no-such-file.csv", "no-such-file.csv: no such file or folder. Check the spelling; quote a glob"),
        (TABLE.drop("text"), "table: has no column 'text'. Name the one that holds the text: article_id, outlet, pages"),
        (TABLE.with_columns(text=pl.lit(None)), "row 0 of the table: no text. Leave such rows out"),
        (TABLE.with_columns(article_id=pl.lit("a")), "row 1 of the table: article_id 'a' stood for another text before. Leave such rows out"),
        (pyarrow.table({"text": ["\ud800".encode("utf-8", "surrogatepass")]}), "row 0 of the table: no text. Leave such rows out"),
    ],
    ids=range(10),
)
def test_what_cannot_be_read_is_one_line(articles: Any, line: str) -> None:
    with pytest.raises(framing.FramingError) as refused:
        framing.score(articles)
    assert str(refused.value).startswith(line)


# The verbs


def test_an_explanation_is_printed_as_the_command_does_and_can_be_looked_into() -> None:
    explained = framing.explain(CULPRIT, reasons=2)
    assert [found.text for found in explained.spans] == ["culprit", "reckless mob"]
    assert repr(explained).startswith('"culprit"  Scare_Quotes  probability 0.')
    # A sentence is far shorter than any training article, however the model was given.
    assert explained.answers == framing.explain(CULPRIT, framing.load_model()).answers == []
    assert "answers to questions are not shown" in repr(explained)


# Of so few articles little is learned, and that is said.
@pytest.mark.filterwarnings("ignore:the model finds no more than")
def test_a_model_lives_in_memory_or_in_a_folder_and_scores_alike(dataset: Path, fitted: Model, tmp_path: Path) -> None:
    assert framing.score(TABLE, fitted).articles["model"].to_list() == [None] * 3
    saved = framing.train([dataset], tmp_path / "model", title="Saved")
    assert saved.title == "Saved"
    assert saved.folder == tmp_path / "model"
    for given in (saved, tmp_path / "model", str(tmp_path / "model")):
        found = framing.score(TABLE, given)
        assert_frame_equal(found.spans, framing.score(TABLE, fitted).spans, check_exact=True)
        assert found.articles["model"].to_list() == [saved.digest] * 3


def test_agreement_and_evaluation_are_those_of_the_command(dataset: Path) -> None:
    assert framing.agree(dataset).double_read == 16
    figures = framing.evaluate(str(dataset), folds=2)
    assert (figures["folds"], figures["group"], figures["articles"]) == (2, "article", 16)
    assert 0 < figures["tokens"]["f1"] < 1


def test_estimates_of_scores_at_hand_are_those_of_the_score_folder(dataset: Path, fitted: Model, tmp_path: Path) -> None:
    score_files([str(dataset)], tmp_path / "scores", None)
    expected = estimate_scores(tmp_path / "scores", dataset).to_frame()
    with pytest.warns(UserWarning, match="training articles of the model"):
        assert_frame_equal(framing.estimate(tmp_path / "scores", dataset), expected)
    with pytest.warns(UserWarning, match="training articles of the model"):
        assert_frame_equal(framing.estimate(framing.score(dataset), dataset), expected)
    with pytest.raises(framing.FramingError, match="were not scored by this model"):
        framing.estimate(framing.score(dataset), dataset, model=fitted)


def test_a_report_is_written_and_its_path_returned(dataset: Path, tmp_path: Path) -> None:
    path = framing.report(dataset, tmp_path / "report.html")
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_folder_that_is_none_is_refused_by_each_verb(tmp_path: Path) -> None:
    verbs: list[Callable[[Path], object]] = [framing.agree, framing.evaluate, framing.train, framing.load_model]
    for verb in verbs:
        with pytest.raises(framing.FramingError):
            verb(tmp_path / "nothing")
