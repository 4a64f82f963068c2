"""Model folders of others: whoever opens one has a model, or one line. Checksums are computed anew, as anybody can who changes a model on purpose."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from classifiers import explain, load_model, load_training, model_digest, save_model, score
from classifiers.features.company import learn_company
from classifiers.model.model import Model
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task
from classifiers.training.training import train
from schemas.errors import FramingError
from tests import mutations

Change = Callable[[dict[str, Any]], object]
TRAINING = pl.DataFrame({"article_id": ["a", "b"], "text_digest": ["0" * 16, "f" * 16], "fold": [0, 1], "words": [7, 9], "biased_Yes": [0.5, 1.0]})
TEXT = "The zorgish plan of the court cost 3 coins."


@pytest.fixture(scope="module")
def little_model(page_task: Task, leaflets: Task) -> Model:
    """With everything that a model can have, and few rows: some mutations put a hundred thousand letters into each."""
    return train(page_task, Recipe(auxiliaries={"leaflets": leaflets}, vectors=learn_company([page_task.batch])))


@pytest.fixture
def folder(little_model: Model, evaluation_of_small: dict[str, Any], tmp_path: Path) -> Path:
    row = {"alpha": 0.5, "low": None, "high": None, "f1_partial": 0.25}
    facts = {
        "title": "Small",
        "training": {"articles": 36, "adjudication": ["majority"], "outlets": ["A"], "folders": ["../dataset"]},
        "agreement": {"labels": {"Loaded": row}, "questions": {"biased": {**row, "values": {}}}},
        "evaluation": evaluation_of_small,
    }
    save_model(Model(**{**vars(little_model), "facts": facts}), tmp_path / "model", TRAINING)
    return tmp_path / "model"


@pytest.fixture(scope="session")
def evaluation_of_small() -> dict[str, Any]:
    """What a card is made of, without the minutes that it takes."""
    figures = dict.fromkeys(("macro_f1", "confident_macro_f1", "auroc", "brier", "ece", "floor_macro_f1"), 0.5)
    asked = {**figures, "commonest_macro_f1": 0.4, "cues_macro_f1": 0.3, "human_macro_f1": None}
    return {"folds": 3, "group": "article", "questions": {"biased": asked}, "spread": {"questions": {"biased": {"macro_f1": 0.1}}}}


def edit(folder: Path, change: Change) -> None:
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    change(facts)
    (folder / "model.json").write_text(json.dumps(facts), encoding="utf-8")
    assert mutations.reseal(folder)


def write(folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    change(pl.read_parquet(folder / name)).write_parquet(folder / name)
    assert mutations.reseal(folder)


def refusal(folder: Path, what: Callable[[Path], object] = load_model) -> str:
    with pytest.raises(FramingError) as caught:
        what(folder)
    assert str(folder) in str(caught.value.where)
    assert caught.value.todo
    return str(caught.value)


def test_a_model_with_everything_is_opened(folder: Path) -> None:
    assert load_model(folder).title == "Small"
    found = load_training(folder)
    assert found is not None
    assert found.equals(TRAINING)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda facts: facts["heads"]["labels"].update(outputs=["Loaded", "Unheard"]), "outputs Loaded, Unheard"),
        (lambda facts: facts["heads"]["labels"].update(outputs=["Loaded", "Loaded"]), "not distinct"),
        (lambda facts: facts["heads"]["spans"]["intercepts"].append(1.0), "not as many as its intercepts"),
        (lambda facts: facts["heads"]["question biased"]["outputs"].reverse(), "head question biased"),
        (lambda facts: facts["heads"].update({"question unasked": facts["heads"]["question biased"]}), "head question unasked"),
        (lambda facts: facts["heads"]["spans"].update(intercepts=[1e300]), r"heads\.spans\.intercepts\.0"),
        (lambda facts: facts["heads"]["spans"].update(intercepts=[True]), r"heads\.spans\.intercepts\.0"),
        (lambda facts: facts["decoding"].update(entry_cost=-1.0), r"decoding\.entry_cost"),
        (lambda facts: facts["stages"].pop("overlap"), "no second stage of overlap"),
        (lambda facts: facts["stages"]["spans"]["loaded"]["columns"].reverse(), "looks at figures"),
        (lambda facts: facts.update(bag_heads=["spans"]), "bag_heads"),
        (lambda facts: facts.update(languages=["../en"]), "no code of a language"),
        (lambda facts: facts.update(title={"a": 1}), "title"),
        (lambda facts: facts["training"].update(articles="many"), r"training\.articles"),
        (lambda facts: facts["training"].update(folders=["../\x00"]), r"training\.folders\.0"),
        (lambda facts: facts["agreement"]["labels"]["Loaded"].update(alpha="high"), r"agreement\.labels\.Loaded\.alpha"),
        (lambda facts: facts["evaluation"]["questions"]["biased"].pop("brier"), "the card cannot be made"),
        (lambda facts: facts["evaluation"]["questions"]["biased"].update(brier=10**400), r"evaluation\.questions\.biased\.brier"),
        (lambda facts: facts["evaluation"].update(tokens={"f1": 0.5}), "the card cannot be made"),
        (lambda facts: facts["codebook"].update(labels=[]), "head spans"),
    ],
)
def test_a_description_that_is_sealed_again_is_still_refused_and_the_fault_named(folder: Path, change: Change, said: str) -> None:
    edit(folder, change)
    assert re.search(said, refusal(folder))
    for what in (model_digest, load_training):
        assert refusal(folder, what) == refusal(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda heads: heads["attribute stance"]["outputs"].reverse(), "nothing for such a head"),
        (lambda heads: heads.update({"attribute wishes": heads.pop("attribute stance")}), "nothing for such a head"),
        (lambda heads: heads.update({"attribute taste": heads["attribute stance"]}), "nothing for such a head"),
        (lambda heads: heads.pop("attribute stance"), "its columns are not a word and a weight"),
    ],
    ids=["other values", "an attribute of any words", "no such attribute", "a head gone"],
)
def test_heads_of_attributes_that_fit_no_codebook_or_table_are_refused(stance_folder: Path, change: Change, said: str) -> None:
    edit(stance_folder, lambda facts: change(facts["heads"]))
    assert said in refusal(stance_folder)


def test_a_weight_of_an_attribute_at_a_place_that_there_is_not_is_refused(stance_folder: Path) -> None:
    before = pl.col("kind") == "word before"
    write(stance_folder, "weights.parquet", lambda table: table.with_columns(kind=pl.when(before).then(pl.lit("word beneath")).otherwise("kind")))
    assert "a feature that this toolkit does not know (word beneath" in refusal(stance_folder)


def set_first(**values: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The table with other values in the first of its rows for the words of the span head."""
    first = ((pl.col("head") == "spans") & (pl.col("kind") == "word")).cum_sum() == 1
    return lambda table: table.with_columns(
        pl.when(first & (pl.col("head") == "spans")).then(pl.lit(value)).otherwise(pl.col(name)).cast(table.schema[name]).alias(name)
        for name, value in values.items()
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop("kind"), "'kind' is missing"),
        (lambda table: table.with_columns(weight=pl.lit("heavy")), "wrong kind|'weight"),
        (set_first(weight=float("nan")), "'weight"),
        (set_first(weight=1e30), "'weight"),
        (set_first(position=9), "'position"),
        (set_first(term=""), "'term"),
        (set_first(term="x" * 20_000), "'term"),
        (set_first(kind="company"), "a table of their own"),
        (set_first(kind="soul"), "feature that this toolkit does not know"),
        (set_first(head="nobody"), "head 'nobody'"),
        (set_first(label="Unheard"), "outputs that model.json does not have"),
        (lambda table: pl.concat([table, table.filter(head="spans").head(1)]), "a weight twice"),
        (lambda table: pl.concat([table, table.filter(kind="figure").head(1)]), "second stage has a weight twice"),
        (lambda table: table.with_columns(term=pl.when(kind="pair").then(pl.lit("a b c")).otherwise("term")), "a pair is not two words"),
    ],
)
def test_weights_that_are_sealed_again_are_still_refused(folder: Path, change: Callable[[pl.DataFrame], pl.DataFrame], said: str) -> None:
    write(folder, "weights.parquet", change)
    assert re.search(said, refusal(folder))


def test_a_small_file_of_very_many_equal_weights_is_refused_before_it_is_unpacked(folder: Path) -> None:
    write(folder, "weights.parquet", lambda table: table.head(1).select(pl.all().repeat_by(5_000_000).explode()))
    assert (folder / "weights.parquet").stat().st_size < 1_000_000
    assert "5,000,000" in refusal(folder)


def test_a_small_file_of_very_many_features_is_refused(folder: Path) -> None:
    def swell(table: pl.DataFrame) -> pl.DataFrame:
        word = table.filter(head="spans", kind="word").head(1)
        return pl.concat([table, word.select(pl.all().repeat_by(450_000).explode()).with_columns(term=pl.int_range(450_000).cast(pl.String))])

    write(folder, "weights.parquet", swell)
    assert "features and places of them, and a model has at most" in refusal(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop("spans > loaded > 0"), "its columns are not"),
        (lambda table: table.rename({"word": "term"}), "its columns are not"),
        (lambda table: table.select(*reversed(table.columns)), "its columns are not"),
        (lambda table: table.with_columns(pl.col("spans > loaded > 0").cast(pl.Float64)), "its columns are not"),
        (lambda table: table.with_columns(pl.lit(float("nan"), pl.Float32).alias("spans > loaded > 0")), "no number"),
        (lambda table: table.with_columns(pl.lit(None, pl.Float32).alias("spans > loaded > 0")), "no number"),
        (lambda table: table.with_columns(pl.lit(1e30, pl.Float32).alias("spans > loaded > 0")), "too large"),
        (lambda table: pl.concat([table, table.head(1)]), "stands there twice"),
        (lambda table: table.with_columns(word=pl.lit(None, pl.String)), "stands there twice, or is none"),
        (lambda table: table.with_columns(word=pl.lit("")), "stands there twice, or is none"),
        (lambda table: table.head(1).with_columns(word=pl.lit("x" * 20_000)), "stands there twice, or is none"),
        (lambda table: table.head(1).select(pl.all().repeat_by(450_000).explode()), "450,000 words"),
    ],
)
def test_weights_of_company_that_are_sealed_again_are_still_refused(folder: Path, change: Callable[[pl.DataFrame], pl.DataFrame], said: str) -> None:
    write(folder, "company.parquet", change)
    assert re.search(said, refusal(folder))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop("text_digest"), "'text_digest' is missing"),
        (lambda table: table.with_columns(text_digest=pl.lit("none")), "text_digest"),
        (lambda table: pl.concat([table, table]), "primary_key"),
        (lambda table: table.with_columns(biased_Yes=pl.lit(1.5)), "'biased_Yes' holds numbers that cannot be"),
        (lambda table: table.with_columns(words=pl.lit(float("nan"))), "'words' holds numbers that cannot be"),
        (lambda table: table.with_columns(words=pl.lit("few")), "'words' holds no numbers"),
    ],
)
def test_training_articles_that_are_sealed_again_are_still_refused(folder: Path, change: Callable[[pl.DataFrame], pl.DataFrame], said: str) -> None:
    write(folder, "training.parquet", change)
    assert said in refusal(folder, load_training)
    assert load_model(folder).spans is not None


def test_a_nested_description_is_one_line(folder: Path) -> None:
    (folder / "model.json").write_text('{"heads":' * 5_000 + "1" + "}" * 5_000)
    assert "nested" in refusal(folder)


def test_a_mutated_model_scores_and_explains_or_is_refused(folder: Path, tmp_path: Path) -> None:
    ends: Counter[str] = Counter()
    articles = pl.DataFrame({"article_id": ["n"], "text": [TEXT], "url": ["https://gull.example/0"]})
    for seed in range(60):
        mutated, rng = mutations.copy_folder(folder, tmp_path / "mutated"), random.Random(seed)
        said = mutations.mutate_folder(mutated, rng)
        try:
            load_training(mutated)
            model = load_model(mutated)
            repr(model)
            assert score(model, articles).articles.height == 1, said
            explain(model, TEXT)
            ends["used"] += 1
        except FramingError:
            ends["refused"] += 1
        except BaseException as error:
            raise AssertionError(f"seed {seed}: {said}") from error
    assert ends["refused"] > ends["used"] > 0
