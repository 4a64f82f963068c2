"""Model and articles in, scores out: what the tables say, and that batches and order do not matter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks.offline_textstat import readability
from classifiers.features.answers import other_parts
from classifiers.features.documents import list_texts
from classifiers.features.pages import Pages
from classifiers.model.folder import load_model, model_digest
from classifiers.model.model import Model
from classifiers.scoring import articles as scoring
from classifiers.scoring.answers import answer
from classifiers.scoring.articles import BATCH, Scores, score
from classifiers.scoring.scorer import Scorer
from classifiers.scoring.tables import tabulate
from classifiers.training.targets import Task
from schemas.codebook import READABILITY, Actor
from schemas.tables import ScoredSentences, ScoredSpans
from schemas.text.quotations import VOICES

LOADED = 'The zorgish plan costs 4 coins. Its zorgish friends met.\n"The zorgish plan was never a good one," she said. They saw the "zorgish" plan.'


def articles_of(*texts: str, **columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame({"article_id": [f"n{i}" for i in range(len(texts))], "text": list(texts)} | columns)


@pytest.fixture(scope="module")
def scores(small_model: Model) -> Scores:
    texts = [LOADED, "The careful plan costs 4 coins.", " \n ", "改革 😀!"]
    return score(replace(small_model, digest="f" * 64), articles_of(*texts, outlet=["A", "B", None, "C"], tags=["x", "y", "z", "w"]))


def test_the_articles_table_has_the_columns_of_the_design(scores: Scores) -> None:
    columns = scores.articles.columns
    assert {"article_id", "tokens", "sentences", "words_per_sentence", "model"} <= set(columns)
    assert {"density_Loaded", "density_Loaded_quoted", "density_Scare", "density_Scare_quoted"} <= set(columns)
    assert {"biased_Yes", "biased_No", "topics_Money", "topics_Law", *READABILITY} <= set(columns)
    assert scores.articles["article_id"].to_list() == ["n0", "n1", "n2", "n3"]
    assert set(scores.articles["model"]) == {"f" * 64}


def test_mentions_of_each_actor_are_counted_in_the_text_of_each_article(small_model: Model) -> None:
    actors = [Actor(name="United States", kind="country", aliases=("US", "Trump")), Actor(name="Nobody", kind="person")]
    model = replace(small_model, codebook=small_model.codebook.with_actors(actors))
    texts = ["Trump's US, and the zorgish United\nStates.", "give it to us", "", "Trump. " * 3]
    table = articles_of(*texts, title=["Trump"] * 4, mentions_Nobody=["mine"] * 4)
    scorer = scoring.ArticleScorer(model)
    for _ in range(2):
        found = scorer.score(table, Pages()).articles
        assert found["mentions_United States"].to_list() == [3, 0, 0, 3]
        assert (found["mentions_Nobody"].dtype, found["mentions_Nobody"].to_list()) == (pl.Int64, [0] * 4)
    # Behind the answers and before readability, and a column of the user's own gives way.
    columns = found.columns
    assert columns[columns.index("topics_Law") + 1 : columns.index("flesch_reading_ease")] == ["mentions_United States", "mentions_Nobody"]
    assert found["article_mentions_Nobody"].to_list() == ["mine"] * 4
    same = found.drop("mentions_United States", "mentions_Nobody").rename({"article_mentions_Nobody": "mentions_Nobody"})
    assert_frame_equal(same, score(small_model, table).articles, check_exact=True)


def test_scores_by_a_model_that_is_in_no_folder_name_none(small_model: Model) -> None:
    models = score(small_model, articles_of("A plan.")).articles["model"]
    assert (models.dtype, models.to_list()) == (pl.String, [None])


def test_the_columns_that_articles_came_with_are_kept_but_for_the_text(scores: Scores) -> None:
    assert scores.articles["outlet"].to_list() == ["A", "B", None, "C"]
    assert scores.articles["tags"].to_list() == ["x", "y", "z", "w"]
    assert "text" not in scores.articles.columns


def test_spans_and_sentences_have_the_columns_of_the_design(scores: Scores) -> None:
    assert scores.spans.columns == ["article_id", "label", "part", "start", "end", "text", "probability", "voice", "speaker"]
    assert scores.sentences.columns == ["article_id", "part", "start", "end", "probability"]
    assert scores.spans.schema == ScoredSpans.create_empty().schema
    assert scores.sentences.schema == ScoredSentences.create_empty().schema


def test_a_headline_is_scored_as_a_text_of_its_own_and_changes_nothing_that_is_said_of_the_text(small_model: Model) -> None:
    texts = [LOADED, "The careful plan costs 4 coins.", LOADED, "The plan.", "A plan.", "No plan."]
    titles = ["😀 Its zorgish plan", None, "A careful plan", "", " \n ", "😀"]
    plain = articles_of(*texts, url=["x", "y", "x", None, None, None])
    without, found = score(small_model, plain), score(small_model, plain.with_columns(title=pl.Series(titles)))
    columns = found.articles.columns
    assert [columns[columns.index(name) + 1] for name in ("words", "density_Loaded_quoted")] == ["title_words", "title_density_Loaded"]
    assert found.articles["title_words"].to_list() == [3, None, 3, None, None, 0]
    # A headline without words has no density of its own, and one without spans has none at all.
    assert found.articles["title_density_Loaded"].to_list() == [1000 / 3, None, 0, None, None, 0]
    own = ["title_words", "title_density_Loaded", "title_density_Scare"]
    assert without.articles.select(own).null_count().row(0) == (6, 6, 6)
    assert_frame_equal(found.articles.drop("title", *own), without.articles.drop(own), check_exact=True)
    for name in ("spans", "sentences"):
        table, text = getattr(found, name), getattr(without, name)
        assert_frame_equal(table.filter(part="text"), text, check_exact=True)
        # Behind the text of its article.
        assert_frame_equal(table, table.sort("article_id", "part", "start"), check_exact=True)
    assert found.spans.filter(part="title").select("article_id", "start", "text").rows() == [("n0", 6, "zorgish")]
    assert found.sentences.filter(part="title")["article_id"].to_list() == ["n0", "n2", "n5"]
    alone = score(small_model, articles_of("😀 Its zorgish plan")).spans.with_columns(part=pl.lit("title"))
    assert_frame_equal(found.spans.filter(part="title"), alone, check_exact=True)


@pytest.mark.parametrize(("titles", "words"), [([84, None], [1, None]), ([["zorgish"], []], [None, None]), ([None, None], [None, None])])
def test_a_headline_of_another_kind_is_its_words_or_none(small_model: Model, titles: list[object], words: list[int | None]) -> None:
    assert score(small_model, articles_of("A plan.", "A plan.", title=titles)).articles["title_words"].to_list() == words


def test_words_and_sentences_are_counted(scores: Scores) -> None:
    row = scores.articles.row(0, named=True)
    assert (row["tokens"], row["words"], row["sentences"], row["unpaired_marks"]) == (34, 25, 4, 0)
    assert row["words_per_sentence"] == 25 / 4
    assert scores.articles.row(2, named=True)["words_per_sentence"] == 0


def test_densities_are_spans_per_thousand_words_with_quoted_apart(scores: Scores) -> None:
    spans = scores.spans.filter(article_id="n0")
    assert {"narrator", "quoted", "scare"} == set(spans["voice"])
    row = scores.articles.row(0, named=True)
    for label in ("Loaded", "Scare"):
        own = spans.filter(pl.col("label") == label, pl.col("voice") != "quoted").height
        quoted = spans.filter(pl.col("label") == label, pl.col("voice") == "quoted").height
        assert row[f"density_{label}"] == pytest.approx(1000 * own / 25)
        assert row[f"density_{label}_quoted"] == pytest.approx(1000 * quoted / 25)
    assert row["density_Loaded"] > 0
    assert row["density_Loaded_quoted"] > 0
    assert row["density"] == pytest.approx(row["density_Loaded"] + row["density_Scare"])


def test_a_span_in_a_quotation_has_its_speaker_and_others_have_none(scores: Scores) -> None:
    spans = scores.spans.filter(article_id="n0")
    assert spans.filter(voice="quoted")["speaker"].to_list() == ["she"]
    assert spans.filter(pl.col("voice") != "quoted")["speaker"].null_count() == spans.height - 1


def test_a_span_whose_voice_is_unclear_counts_in_no_density(small_model: Model) -> None:
    found = Scorer(small_model).find([LOADED])
    told = {VOICES[voice] for voice in found.spans.voices}
    unclear = np.full_like(found.spans.voices, VOICES.index("unclear"))
    for kept in sorted(told):
        voices = np.where(found.spans.voices == VOICES.index(kept), found.spans.voices, unclear)
        nobody = replace(found, spans=found.spans._replace(voices=voices))
        answers = answer(small_model, found.alone, other_parts([None], found.alone))
        table = tabulate(small_model, list_texts(articles_of(LOADED)), nobody, answers, {})
        counted = {name: table.articles[name].sum() for name in ("density_Loaded", "density_Loaded_quoted", "density_Scare", "density_Scare_quoted")}
        quoted, own = (sum(value for name, value in counted.items() if name.endswith("_quoted") is which) for which in (True, False))
        spans = 1000 * int((table.spans["voice"] == kept).sum()) / 25
        assert (quoted, own) == pytest.approx((spans, 0) if kept == "quoted" else (0, spans))
        assert set(table.spans["voice"]) == {kept, "unclear"}
        assert table.spans.filter(voice="unclear")["speaker"].null_count() == table.spans.filter(voice="unclear").height


def test_marks_without_a_partner_are_counted(small_model: Model) -> None:
    table = score(small_model, articles_of('She said "never.', 'She said "never".', '😀 A "b')).articles
    assert table["unpaired_marks"].to_list() == [1, 0, 1]


def test_an_article_without_words_has_no_density(scores: Scores) -> None:
    row = scores.articles.row(2, named=True)
    assert {row[name] for name in scores.articles.columns if name.startswith("density_")} == {0.0}


def test_the_text_of_a_span_is_what_stands_at_its_offsets(scores: Scores) -> None:
    rows = scores.spans.filter(article_id="n0").to_dicts()
    assert sum("zorgish" in row["text"] for row in rows) == 4
    assert all(LOADED[row["start"] : row["end"]] == row["text"] for row in rows)


def test_scores_are_what_the_scorer_finds(scores: Scores, small_model: Model) -> None:
    found = Scorer(small_model).find([LOADED])
    assert scores.spans.filter(article_id="n0")["probability"].to_list() == found.spans.probabilities.tolist()
    assert scores.sentences.filter(article_id="n0")["probability"].to_list() == found.sentences.tolist()
    answers, row = answer(small_model, found.alone, other_parts([None], found.alone)), scores.articles.row(0, named=True)
    assert [row["topics_Money"], row["topics_Law"]] == answers["topics"][0].tolist()
    assert [row["biased_Yes"], row["biased_No"]] == answers["biased"][0].tolist()


def test_where_no_label_was_learned_a_span_has_the_first_of_the_codebook(small_model: Model) -> None:
    spans = score(replace(small_model, labels=None), articles_of("The zorgish plan.")).spans
    assert spans.select("label", "text").rows() == [("Loaded", "zorgish")]


def test_every_label_is_one_of_the_codebook(model: Model, whole_task: Task) -> None:
    spans = score(model, articles_of(*whole_task.batch.texts)).spans
    assert spans.height > 50
    assert spans["label"].n_unique() > 1
    assert set(spans["label"]) <= set(model.codebook.label_names)


def test_readability_is_that_of_the_text(scores: Scores) -> None:
    row = scores.articles.row(0, named=True)
    assert {name: row[name] for name in READABILITY} == readability(LOADED)


def test_articles_beyond_one_batch_are_scored_in_order(small_model: Model) -> None:
    texts = [f"The {'zorgish' if i % 7 == 0 else 'careful'} plan of day {i}." for i in range(BATCH + 9)]
    told: list[tuple[int, int]] = []
    found = score(small_model, articles_of(*texts), lambda done, total: told.append((done, total)))
    assert found.articles["article_id"].to_list() == [f"n{i}" for i in range(BATCH + 9)]
    marked = found.spans.filter(pl.col("text").str.contains("zorgish"))["article_id"].to_list()
    assert marked == [f"n{i}" for i in range(0, BATCH + 9, 7)]
    assert told[-1] == (BATCH + 9, BATCH + 9)


CALM, LOUD = "On day 9 the careful plan of the council cost 4 coins. It is due.", "On day 8 the zorgish plan of the council cost 3 coins. It is due."


def share_of(scores: Scores, article: str) -> float:
    share: float = scores.articles.filter(article_id=article)["biased_Yes"].item()
    return share


def test_parts_of_one_page_answer_together_and_other_pages_do_not_matter(page_model: Model) -> None:
    def share(*urls: str | None) -> float:
        found = score(page_model, articles_of(CALM, LOUD, LOUD, url=["p", *urls]))
        return share_of(found, "n0")

    alone = share("q", None)
    assert share("p", "p") > alone + 0.1
    assert share("q", "q") == share(None, None) == pytest.approx(alone, abs=1e-12)


def test_spans_and_sentences_do_not_look_at_other_parts_of_a_page(page_model: Model) -> None:
    alone, both = score(page_model, articles_of(LOUD, url=["p"])), score(page_model, articles_of(LOUD, LOUD, url=["p", "p"]))
    assert alone.spans.height > 0
    assert both.spans.filter(article_id="n0").equals(alone.spans)
    assert both.sentences.filter(article_id="n0").equals(alone.sentences)
    assert share_of(both, "n0") != share_of(alone, "n0")


def test_answers_do_not_depend_on_the_order_of_articles_or_on_the_batches(page_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = articles_of(CALM, LOUD, "", LOUD, CALM, "😀", LOUD, url=["p", "q", "p", "p", None, "q", "p"])
    expected = score(page_model, articles)
    orders = [articles, articles.reverse(), articles.sample(fraction=1, shuffle=True, seed=3)]
    for size in (1, 2, 3):
        monkeypatch.setattr(scoring, "BATCH", size)
        for order in orders:
            found = score(page_model, order)
            assert found.articles["article_id"].to_list() == order["article_id"].to_list()
            for name in ("articles", "spans", "sentences"):
                table, other = (getattr(scores, name).sort("article_id", maintain_order=True) for scores in (expected, found))
                assert_frame_equal(table, other, check_exact=True)


def test_articles_without_a_column_of_addresses_are_scored_one_by_one(page_model: Model) -> None:
    together, alone = score(page_model, articles_of(CALM, LOUD)), score(page_model, articles_of(CALM))
    assert share_of(together, "n0") == pytest.approx(share_of(alone, "n0"), abs=1e-12)


def test_answers_stand_before_readability(scores: Scores) -> None:
    columns = scores.articles.columns
    assert columns.index("density_Scare_quoted") < columns.index("biased_Yes") < columns.index(READABILITY[0])


def test_what_is_decided_stands_last_before_the_model_and_follows_from_the_probabilities(scores: Scores, small_model: Model) -> None:
    table = scores.articles
    assert table.columns[table.columns.index("model") - 2 : table.columns.index("model")] == ["biased", "topics"]
    thresholds = small_model.thresholds["topics"]
    for row in table.iter_rows(named=True):
        assert row["biased"] == ("Yes" if row["biased_Yes"] > row["biased_No"] else "No")
        values = [value for value, threshold in zip(("Money", "Law"), thresholds, strict=True) if row[f"topics_{value}"] > threshold]
        assert row["topics"] == "; ".join(values)


def test_thresholds_decide_and_none_is_a_half(small_model: Model) -> None:
    def decided(*thresholds: float) -> list[str]:
        model = replace(small_model, thresholds={"topics": thresholds} if thresholds else {})
        return score(model, articles_of(LOADED)).articles["topics"].to_list()

    assert (decided(0.0, 0.0), decided(1.0, 0.0), decided(1.0, 1.0)) == (["Money; Law"], ["Law"], [""])
    assert decided() == decided(0.5, 0.5)


def test_a_column_of_the_user_does_not_hide_one_of_ours(small_model: Model) -> None:
    found = score(replace(small_model, digest="d"), articles_of("A careful plan.", tokens=[99], model=["mine"], topics=["t"])).articles
    assert (found["tokens"].item(), found["model"].item()) == (4, "d")
    assert found.select("article_tokens", "article_model", "article_topics").row(0) == (99, "mine", "t")


def test_a_table_without_articles_gives_tables_without_rows(small_model: Model) -> None:
    found = score(small_model, pl.DataFrame(schema={"article_id": pl.String, "text": pl.String}))
    assert (found.articles.height, found.spans.height, found.sentences.height) == (0, 0, 0)
    assert found.articles.schema["topics"] == pl.String


def test_a_model_scores_the_same_from_its_folder_and_then_has_a_name(model: Model, model_folder: Path) -> None:
    texts = articles_of('The cronies boasted of the "reform", a shameful and reckless sham.', "Rain fell on Monday.")
    first, second = score(model, texts), score(load_model(model_folder), texts)
    assert first.spans.height > 0
    assert set(second.articles["model"]) == {model_digest(model_folder)}
    assert first.articles.drop("model").equals(second.articles.drop("model"))
    assert first.spans.equals(second.spans)
    assert first.sentences.equals(second.sentences)
