from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from classifiers.features.answers import other_parts
from classifiers.features.company import make_company
from classifiers.features.vectors import english_vectors
from classifiers.model.folder import STARTER, load_model, save_model
from classifiers.model.logits import logistic
from classifiers.model.model import Model
from classifiers.scoring.answers import answer
from classifiers.scoring.articles import score
from classifiers.scoring.scorer import Found, Scorer
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task, make_task
from classifiers.training.training import main_languages, train, vectors_from_outside
from schemas.arrays import Floats
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.text.canonical import canonicalise

BABE = Path(__file__).parents[4] / "shared" / "data" / "babe" / "final_labels_SG2.csv"


def find(model: Model, *texts: str) -> Found:
    return Scorer(model).find(texts)


def found_in(model: Model, text: str) -> list[str]:
    found = find(model, text)
    starts, ends = found.texts.tokens.starts[found.spans.firsts], found.texts.tokens.ends[found.spans.lasts - 1]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def answers_to(model: Model, *texts: str) -> dict[str, Floats]:
    alone = find(model, *texts).alone
    return answer(model, alone, other_parts([None] * len(texts), alone))


def test_training_twice_gives_the_same_digest(small_task: Task, small_model: Model, tmp_path: Path) -> None:
    assert save_model(small_model, tmp_path / "one") == save_model(train(small_task), tmp_path / "two")
    assert (tmp_path / "one" / "weights.parquet").read_bytes() == (tmp_path / "two" / "weights.parquet").read_bytes()


def test_training_gives_the_same_digest_on_any_number_of_threads(task: Task, model: Model, tmp_path: Path) -> None:
    with threadpool_limits(2):
        other = train(task)
    assert save_model(model, tmp_path / "one") == save_model(other, tmp_path / "two")


def test_other_annotations_give_another_digest(small_task: Task, small_model: Model, tmp_path: Path) -> None:
    other = train(replace(small_task, votes=[small_task.votes[1], small_task.votes[1], *small_task.votes[2:]]))
    assert save_model(small_model, tmp_path / "one") != save_model(other, tmp_path / "two")


def test_a_word_that_both_annotators_always_mark_is_found_in_a_new_article(small_model: Model) -> None:
    assert found_in(small_model, "On Friday the mayor read a zorgish plan. She left early.") == ["zorgish"]
    assert found_in(small_model, "On Friday the mayor read a careful plan. She left early.") == []


def test_questions_are_learnt(small_model: Model) -> None:
    yes, no = answers_to(small_model, "The zorgish plan costs 9 coins.", "The careful plan costs 9 coins.")["biased"]
    assert yes[0] > 0.5 > no[0]


def test_weights_are_what_single_precision_holds(model: Model) -> None:
    assert set(model.heads) == {"spans", "labels", "sentences", "question frames"}
    for head in model.heads.values():
        assert np.array_equal(head.weights, head.weights.astype(np.float32))
        assert np.isfinite(head.weights).all()
        assert np.abs(head.weights).max() > 0


def test_second_stages_are_there_for_every_output_and_a_score_never_speaks_against_itself(page_model: Model) -> None:
    outputs = {name: set(stages) for name, stages in page_model.stages.items()}
    assert outputs == {
        "spans": {"loaded"},
        "overlap": {"loaded"},
        "sentences": {"loaded"},
        "question biased": {"Yes", "No"},
        "question topics": {"Money", "Law"},
    }
    assert all(page_model.stages[name]["loaded"].weights[0] > 0 for name in ("spans", "sentences"))


def test_second_stages_calibrate(model: Model, task: Task) -> None:
    found = find(model, *task.batch.texts)
    assert logistic(found.tokens).mean() == pytest.approx(task.gold_tokens().mean(), rel=0.5)
    assert found.sentences.mean() == pytest.approx(task.gold_sentences().mean(), rel=0.3)


def test_every_head_has_an_output_for_each_name_of_the_codebook(small_model: Model, codebook: Codebook) -> None:
    outputs = {name: head.outputs for name, head in small_model.heads.items()}
    assert outputs == {
        "spans": ("loaded",),
        "labels": ("Loaded", "Scare"),
        "sentences": ("loaded",),
        "question biased": ("Yes", "No"),
        "question topics": ("Money", "Law"),
    }


# Recipes


@pytest.fixture
def german(dataset_of: Callable[..., Dataset]) -> Task:
    texts = {
        f"g{i}": f"Der Rat der Stadt tagte am Tag {i}. Sein {'sorgsamer' if i % 2 else 'zorgischer'} Plan kostet {i + 3} Taler, und die Wahl folgt."
        for i in range(10)
    }
    return make_task(dataset_of(texts, {name: {"ada": [("Loaded", "zorgischer")] if "zorgischer" in text else []} for name, text in texts.items()}))


def test_other_recipes_give_other_digests_and_the_same_recipe_the_same(small_task: Task, leaflets: Task, tmp_path: Path) -> None:
    recipes = [
        Recipe(),
        Recipe(unseen_sources=True),
        Recipe(unlabelled=tuple(leaflets.batch.texts)),
        Recipe(auxiliaries={"leaflets": leaflets}),
        Recipe(auxiliaries={"flyers": leaflets}),
    ]
    digests = [save_model(train(small_task, recipe), tmp_path / str(i)) for i, recipe in enumerate(recipes)]
    assert len(set(digests)) == len(recipes)
    assert [save_model(train(small_task, recipes[i]), tmp_path / "again") for i in (1, 3)] == [digests[1], digests[3]]


def test_a_model_for_unseen_sources_still_finds_what_everybody_marks(small_task: Task) -> None:
    model = train(small_task, Recipe(unseen_sources=True))
    assert found_in(model, "On Friday the mayor read a zorgish plan. She left early.") == ["zorgish"]
    assert found_in(model, "On Friday the mayor read a careful plan. She left early.") == []


def test_unseen_sources_need_no_outlets(small_task: Task) -> None:
    model = train(replace(small_task, outlets=[""] * 12), Recipe(unseen_sources=True))
    assert found_in(model, "A zorgish plan.") == ["zorgish"]


def test_unlabelled_texts_make_words_known_by_their_company(small_task: Task, small_model: Model) -> None:
    texts = tuple(f"Its {word} plan costs {i} coins." for i in range(6) for word in ("zorgish", "blargish"))
    model = train(small_task, Recipe(unlabelled=texts))

    def logit(model: Model, word: str) -> float:
        return float(find(model, f"Its {word} plan costs 9 coins.").tokens[1])

    assert logit(model, "blargish") - logit(model, "careful") > logit(small_model, "blargish") - logit(small_model, "careful")


def test_vectors_that_are_brought_take_the_place_of_those_that_ship(small_task: Task) -> None:
    mine = make_company(["zorgish", "glib", "careful", "plan"], np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.0, 0.9]]))
    model = train(small_task, Recipe(vectors=mine))
    assert {feature.term for feature in model.window.company.features} == {"zorgish", "glib", "careful", "plan"}
    # Neither word stands in a training article.
    logits = {word: float(find(model, f"Its {word} plan costs 9 coins.").logits[1, 0]) for word in ("glib", "slow")}
    assert logits["glib"] > logits["slow"] + 0.5
    assert vectors_from_outside(small_task, Recipe(vectors=mine)) is mine
    assert vectors_from_outside(small_task, Recipe()) is english_vectors()


def test_words_of_another_language_are_known_by_the_company_of_its_own_texts(german: Task) -> None:
    model = train(german)
    assert model.languages == ("de",)
    assert vectors_from_outside(german, Recipe()) is None
    met = {word.lower() for word in german.batch.words}
    assert {"rat", "kostet"} < {feature.term for feature in model.window.company.features} < met
    assert found_in(model, "Der Rat der Stadt tagte am Tag 50. Sein zorgischer Plan kostet 7 Taler, und die Wahl folgt.") == ["zorgischer"]


def test_an_auxiliary_corpus_brings_a_head_and_evidence_but_no_labels(page_model: Model) -> None:
    assert list(page_model.auxiliaries) == ["leaflets"]
    assert "Praise" not in page_model.codebook.label_names
    assert "auxiliary leaflets" in page_model.stages["spans"]["loaded"].columns
    assert page_model.bag.heads == ("spans", "leaflets")
    assert page_model.labels is not None
    assert page_model.labels.outputs == ("Loaded", "Scare")
    assert found_in(page_model, "On day 9 the zorgish plan cost 4 coins. It is due.")


def test_an_auxiliary_corpus_is_of_no_use_to_a_codebook_without_labels(small_task: Task, leaflets: Task) -> None:
    book = small_task.codebook.model_copy(update={"labels": ()})
    model = train(replace(small_task, codebook=book), Recipe(auxiliaries={"leaflets": leaflets}))
    assert found_in(model, "A zorgish plan.") == []
    assert (model.bag.heads, model.auxiliaries) == ((), {})


# What is biased is said by one word of each article, that no other of the task's articles has.
VERBS = ["glumphs", "snorples", "vexates", "drabbles", "quenks", "moffles", "rests", "settles", "waits", "listens", "drifts", "shines"]


@pytest.fixture(scope="module")
def verbs_of(dataset_of: Callable[..., Dataset]) -> Callable[[int], Task]:
    """So many articles with each verb, the first six of which are said to be biased."""

    def make(times: int) -> Task:
        texts = {f"{verb}{i}": f"In week {i} of quarter {times} the harbour {verb} and the gulls cry." for verb in VERBS for i in range(times)}
        readings = {name: {"ada": [("biased", "Yes" if name.rstrip("0123456789") in VERBS[:6] else "No")]} for name in texts}
        return make_task(dataset_of(texts, readings))

    return make


def test_what_another_corpus_answers_to_the_same_question_is_learned_from(verbs_of: Callable[[int], Task]) -> None:
    def lead(model: Model) -> float:
        texts = [f"This year the harbour {verb} and the gulls cry." for verb in ("glumphs", "rests")]
        articles = pl.DataFrame({"article_id": ["a", "b"], "text": texts, "url": [None] * 2, "language": ["en"] * 2})
        biased, calm = score(model, articles).articles["biased_Yes"].to_list()
        return float(biased - calm)

    model = train(verbs_of(1), Recipe(auxiliaries={"teacher": verbs_of(4)}))
    assert lead(model) > 0.4
    assert abs(lead(train(verbs_of(1)))) < 0.2
    # It marks nothing, so it is no evidence for spans.
    assert model.auxiliaries == {}


def test_a_teacher_who_is_no_help_is_not_heard(small_task: Task, verbs_of: Callable[[int], Task]) -> None:
    """Of the task's own articles one word says all."""
    plain, taught = (train(small_task, recipe).questions["biased"].weights for recipe in (Recipe(), Recipe(auxiliaries={"teacher": verbs_of(4)})))
    assert np.abs(taught).max() == pytest.approx(np.abs(plain).max(), rel=0.05)


def test_articles_of_the_task_are_not_taught_by_their_own_answers(verbs_of: Callable[[int], Task]) -> None:
    taught = Recipe(auxiliaries={"teacher": verbs_of(2)})
    texts = [f"« {text.upper()} »" for text in verbs_of(2).batch.texts]
    assert len(taught.without(texts[:5]).auxiliaries["teacher"]) == 19
    assert taught.without(texts).auxiliaries == {}


def test_a_codebook_with_nothing_in_it_is_refused(small_task: Task) -> None:
    book = small_task.codebook.model_copy(update={"labels": (), "questions": ()})
    with pytest.raises(FramingError, match="nothing to learn"):
        train(replace(small_task, codebook=book))


# Little to learn from


def test_a_codebook_without_labels_gives_answers_and_no_spans(dataset_of: Callable[..., Dataset], codebook: Codebook) -> None:
    book = codebook.model_copy(update={"labels": ()})
    texts = {str(i): f"The {'court' if i % 2 else 'bank'} met on day {i}." for i in range(6)}
    readings = {str(i): {"ada": [("topics", "Law" if i % 2 else "Money")]} for i in range(6)}
    model = train(make_task(dataset_of(texts, readings, book=book)))
    assert found_in(model, "The court rose.") == []
    answers = answers_to(model, "The court rose.")["topics"]
    assert answers.shape == (1, 2)
    assert answers[0, 1] > answers[0, 0]


def test_a_codebook_without_questions_gives_spans_and_no_answers(small_task: Task) -> None:
    book = small_task.codebook.model_copy(update={"questions": ()})
    model = train(replace(small_task, codebook=book))
    assert model.questions == {}
    assert found_in(model, "A zorgish plan.") == ["zorgish"]
    assert answers_to(model, "A zorgish plan.") == {}


def test_a_question_that_nobody_answered_has_no_head(dataset_of: Callable[..., Dataset]) -> None:
    texts = {str(i): f"Day {i} was reckless." for i in range(3)}
    model = train(make_task(dataset_of(texts, {name: {"ada": [("Loaded", "reckless"), ("biased", "Yes")]} for name in texts})))
    assert list(model.questions) == ["biased"]


def test_where_nobody_marked_anything_nothing_is_found(dataset_of: Callable[..., Dataset]) -> None:
    texts = {str(i): f"Day {i} was calm. It was wet." for i in range(4)}
    model = train(make_task(dataset_of(texts, {name: {"ada": [], "ben": []} for name in texts})))
    assert found_in(model, "Day 9 was reckless.") == []
    sentences = find(model, "Day 9 was reckless.").sentences
    assert sentences.shape == (1,)
    assert (sentences < 0.5).all()


def test_one_article_is_enough_to_train(dataset_of: Callable[..., Dataset]) -> None:
    text = "The reckless plan passed. It was late. It was reckless."
    model = train(make_task(dataset_of({"a": text}, {"a": {"ada": [("Loaded", "reckless")], "ben": []}})))
    tokens = find(model, text).tokens
    assert len(tokens) == 13
    assert np.isfinite(tokens).all()


def test_an_article_without_words_does_not_stop_training(dataset_of: Callable[..., Dataset]) -> None:
    texts = {"a": "The reckless plan passed. It was reckless.", "b": " ", "c": "The plan was reckless."}
    model = train(make_task(dataset_of(texts, {"a": {"ada": [("Loaded", "reckless")]}, "b": {"ada": []}, "c": {"ada": [("Loaded", "reckless")]}})))
    assert found_in(model, " ") == []


@pytest.mark.skipif(not BABE.exists(), reason="BABE is not there")
def test_sentences_of_real_news_are_told_apart_by_a_model_of_synthetic_ones(request: pytest.FixtureRequest) -> None:
    model = load_model() if STARTER.exists() else train(request.getfixturevalue("whole_task"))
    with BABE.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["label_bias"] in ("Biased", "Non-biased")]
    found = find(model, *(canonicalise(row["text"]).text for row in rows))
    # What BABE calls a sentence is sometimes two.
    firsts = found.texts.sentences.firsts
    highest = [found.sentences[begin:end].max(initial=0.0) for begin, end in pairwise(firsts)]
    assert roc_auc_score([row["label_bias"] == "Biased" for row in rows], highest) >= 0.62


def test_a_model_knows_the_languages_of_its_articles_by_their_column_else_by_their_words(dataset_of: Callable[..., Dataset]) -> None:
    german = "Der Stadtrat hat am Montag über den zorgish Haushalt abgestimmt, den die Bürgermeisterin verteidigt hatte."
    texts = {f"a{i}": german if i < 6 else f"Its zorgish plan {i}." for i in range(9)}
    dataset = dataset_of(texts, {name: {"ada": [("Loaded", "zorgish")] if i % 2 else []} for i, name in enumerate(texts)})
    said = dataset.articles.with_columns(language=pl.Series([None] * 8 + ["Ukrainian"], dtype=pl.String))
    languages = train(make_task(replace(dataset, articles=said))).languages
    # What cannot be told is no language.
    assert set(languages) - {"en"} == {"de", "uk"}
    assert languages[0] == "de"


def test_a_language_that_hardly_any_article_is_in_is_none_of_the_models() -> None:
    assert main_languages(["fr", *["en"] * 40, "", "fr"]) == ("en", "fr")
    assert main_languages(["fr", *["en"] * 60, ""]) == ("en",)
    assert main_languages(["", ""]) == ()


def test_headlines_are_learned_from_and_teach_no_answers(headed: Dataset, small_task: Task, small_model: Model) -> None:
    model = train(make_task(headed))
    title = "A zorgish plan for the council"
    assert score(model, pl.DataFrame({"article_id": ["a"], "text": [title]})).spans["text"].to_list() == ["zorgish"]
    asked = pl.DataFrame({"article_id": list(small_task.batch.article_ids), "text": list(small_task.batch.texts)})
    with_headlines, without = (score(some, asked).articles for some in (model, small_model))
    for column in ("biased_Yes", "topics_Law", "topics_Money"):
        # Were headlines articles without these answers, half of all would not have them.
        np.testing.assert_allclose(with_headlines[column], without[column], atol=0.05)
