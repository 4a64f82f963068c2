from __future__ import annotations

import json
import pickle
import pickletools
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from classifiers.evaluation.spans import cut_for_overlap
from classifiers.features.answers import other_parts
from classifiers.model.folder import FORMAT_VERSION, STARTER, load_model, load_training, model_digest, save_model
from classifiers.model.model import Model
from classifiers.model.weights import SCHEMA
from classifiers.scoring.answers import answer
from classifiers.scoring.scorer import Found, Scorer
from classifiers.training.targets import Task
from framing.sample import read_sample
from schemas.errors import FramingError
from schemas.files import digest_text

Facts = dict[str, Any]


def edit(folder: Path, change: Callable[[Facts], object]) -> None:
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    change(facts)
    (folder / "model.json").write_text(json.dumps(facts), encoding="utf-8")


def assert_refused(folder: Path, match: str) -> None:
    """Loading is refused with one line that names the folder, says what is wrong, and what to do."""
    with pytest.raises(FramingError, match=match) as caught:
        load_model(folder)
    assert caught.value.where == str(folder)
    assert caught.value.todo
    assert len(str(caught.value).splitlines()) == 1


def assert_same(found: Found, expected: Found) -> None:
    """Equal to the last bit."""
    for name in ("logits", "figures", "tokens", "labels", "sentences", "unseen"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), name)
    for mine, other in zip(found.spans, expected.spans, strict=True):
        np.testing.assert_array_equal(mine, other)


def assert_same_scores(found: Model, expected: Model, task: Task) -> None:
    """All that two models say of the articles, and what they answer, is equal to the last bit."""
    first, second = (Scorer(model).find(task.batch.texts) for model in (found, expected))
    assert_same(first, second)
    mine, other = (answer(model, one.alone, other_parts(task.batch.pages, one.alone)) for model, one in ((found, first), (expected, second)))
    assert mine.keys() == other.keys() == expected.questions.keys()
    for name, answers in other.items():
        np.testing.assert_array_equal(mine[name], answers)


def test_a_saved_and_loaded_model_scores_identically(model: Model, model_folder: Path, whole_task: Task) -> None:
    # Articles it was trained on, and twice as many that it was not.
    loaded = load_model(model_folder)
    assert_same_scores(loaded, model, whole_task)
    expected, found = (Scorer(one).find(whole_task.batch.texts) for one in (model, loaded))
    assert len(expected.spans.firsts) > 100
    for mine, other in zip(cut_for_overlap(loaded, found), cut_for_overlap(model, expected), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_model_with_pages_and_another_corpus_scores_identically(page_model: Model, page_task: Task, leaflets: Task, tmp_path: Path) -> None:
    digest = save_model(page_model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert list(loaded.auxiliaries) == ["leaflets"]
    assert loaded.bag.pairs
    assert loaded.decoding == page_model.decoding
    for task in (page_task, leaflets):
        assert_same_scores(loaded, page_model, task)
    assert save_model(loaded, tmp_path / "copy") == digest


def test_a_loaded_model_can_be_saved_again_with_the_same_digest(model_folder: Path, tmp_path: Path) -> None:
    assert save_model(load_model(model_folder), tmp_path / "copy") == model_digest(model_folder)


def test_a_model_folder_is_a_table_a_json_file_and_a_card(model_folder: Path) -> None:
    assert sorted(path.name for path in model_folder.iterdir()) == ["MODEL_CARD.md", "company.parquet", "model.json", "weights.parquet"]
    assert (model_folder / "weights.parquet").read_bytes()[:4] == b"PAR1"
    assert json.loads((model_folder / "model.json").read_text(encoding="utf-8"))["digest"] == model_digest(model_folder)
    assert model_digest(model_folder) in (model_folder / "model.json").read_text(encoding="utf-8")


def test_nothing_in_a_model_folder_is_a_pickle(model_folder: Path) -> None:
    def is_pickle(content: bytes) -> bool:
        try:
            with warnings.catch_warnings(action="ignore"):
                return len(list(pickletools.genops(content))) > 0
        except ValueError:
            return False

    assert is_pickle(pickle.dumps({"a": 1}))
    assert not [path.name for path in model_folder.rglob("*") if path.is_file() and is_pickle(path.read_bytes())]
    assert not {pl.Binary, pl.Object} & set(pl.read_parquet_schema(model_folder / "weights.parquet").values())


def test_weights_are_a_table_an_analyst_can_read(model: Model, model_folder: Path) -> None:
    table = pl.read_parquet(model_folder / "weights.parquet")
    assert dict(table.schema) == SCHEMA
    stages = {f"second stage of {name}" for name in model.stages}
    assert set(table["head"]) == {*model.heads, *stages}
    scare = table.filter(head="labels", label="Scare_Quotes", kind="voice", term="scare", position=0)
    assert scare["weight"].item() > 0


def test_facts_go_into_model_json_and_come_back(model: Model, tmp_path: Path) -> None:
    facts = {"title": "Mine ✓", "training": {"articles": 32}}
    save_model(Model(**{**vars(model), "facts": facts}), tmp_path / "model")
    assert load_model(tmp_path / "model").facts == facts


def test_the_languages_of_a_model_come_back_and_are_no_part_of_its_digest(model: Model, tmp_path: Path) -> None:
    digests = {save_model(replace(model, languages=languages), tmp_path / "model") for languages in ((), ("en",), ("de", "uk"))}
    assert len(digests) == 1
    assert load_model(tmp_path / "model").languages == ("de", "uk")
    assert "- languages: German, Ukrainian\n" in (tmp_path / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_an_older_model_does_not_say_its_languages(model_folder: Path) -> None:
    def forget(facts: Facts) -> None:
        del facts["languages"], facts["facts_digest"]
        facts["facts_digest"] = digest_text(json.dumps(facts, sort_keys=True))

    edit(model_folder, forget)
    assert load_model(model_folder).languages == ()
    assert load_model(model_folder).knows("de")


def test_the_starter_model_is_for_english() -> None:
    starter = load_model()
    assert starter.languages == ("en",)
    assert [starter.knows(code) for code in ("en", "de", "")] == [True, False, True]


def test_a_model_knows_its_folder_and_digest_and_one_just_trained_has_neither(model: Model, model_folder: Path) -> None:
    loaded = load_model(model_folder)
    assert (loaded.digest, loaded.folder) == (model_digest(model_folder), model_folder)
    assert (model.digest, model.folder) == ("", None)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path / "nowhere", "no such model folder")


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    assert_refused(tmp_path, "is not a model folder")


@pytest.mark.parametrize("content", ['{"architectures": ["Bert"]}', "[]", "null", '{"format": "framing-toolkit model"}'])
def test_a_model_of_another_toolkit_is_refused(model_folder: Path, content: str) -> None:
    (model_folder / "model.json").write_text(content)
    assert_refused(model_folder, "is not a model of this toolkit")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"\x80\x04K\x01."], ids=["empty", "cut", "not UTF-8", "pickle"])
def test_model_json_that_is_damaged_is_refused(model_folder: Path, content: bytes) -> None:
    (model_folder / "model.json").write_bytes(content)
    assert_refused(model_folder, "is damaged: model.json")


def test_a_model_without_weights_is_refused(model_folder: Path) -> None:
    (model_folder / "weights.parquet").unlink()
    assert_refused(model_folder, "is incomplete: weights.parquet is missing")


def test_weights_with_one_byte_changed_are_refused(model_folder: Path) -> None:
    content = bytearray((model_folder / "weights.parquet").read_bytes())
    content[len(content) // 2] ^= 1
    (model_folder / "weights.parquet").write_bytes(content)
    assert_refused(model_folder, "is damaged: weights.parquet")


def test_weights_of_another_model_are_refused(model_folder: Path, small_model: Model, tmp_path: Path) -> None:
    save_model(small_model, tmp_path / "other")
    (tmp_path / "other" / "weights.parquet").replace(model_folder / "weights.parquet")
    assert_refused(model_folder, "is damaged: weights.parquet")


def test_a_newer_format_is_refused_and_said_to_be_newer(model_folder: Path) -> None:
    edit(model_folder, lambda facts: facts.update(format_version=FORMAT_VERSION + 1))
    assert_refused(model_folder, f"has model format {FORMAT_VERSION + 1}, and this toolkit reads {FORMAT_VERSION}")


def test_a_tampered_codebook_is_refused(model_folder: Path) -> None:
    edit(model_folder, lambda facts: facts["codebook"]["labels"][0].update(definition="Anything I do not like."))
    assert_refused(model_folder, "model.json")


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.pop("heads"),
        lambda facts: facts.update(heads=[]),
        lambda facts: facts["heads"].update(spans=None),
        lambda facts: facts["heads"]["labels"]["outputs"].pop(),
        lambda facts: facts["heads"]["labels"].update(outputs=list("abcdef")),
        lambda facts: facts["heads"]["spans"].update(intercepts=["high"]),
        lambda facts: facts["stages"]["spans"].update(loaded={"intercept": 1.0}),
        lambda facts: facts.pop("stages"),
        lambda facts: facts.update(codebook=[]),
        lambda facts: facts.update(decoding={"treshold": 1.0}),
    ],
    ids=[
        "no heads",
        "heads a list",
        "a head null",
        "an output less",
        "other outputs",
        "words",
        "half a stage",
        "no stages",
        "no codebook",
        "misspelt",
    ],
)
def test_model_json_that_does_not_describe_a_model_is_refused(model_folder: Path, change: Callable[[Facts], object]) -> None:
    edit(model_folder, change)
    assert_refused(model_folder, "model.json")


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts["decoding"].update(threshold=-9.0),
        lambda facts: facts["heads"]["spans"].update(intercepts=[9.0]),
        lambda facts: facts["stages"]["spans"]["loaded"].update(intercept=9.0),
        lambda facts: facts["stages"]["sentences"]["loaded"]["columns"].reverse(),
        lambda facts: facts["heads"].pop("labels"),
        lambda facts: facts.update(digest="0" * 64),
    ],
    ids=["threshold", "intercept", "second stage", "columns", "a head gone", "digest"],
)
def test_a_model_that_is_not_the_one_its_digest_names_is_refused(model_folder: Path, change: Callable[[Facts], object]) -> None:
    # Scores carry the digest: what loads under it must be what was trained.
    edit(model_folder, change)
    assert_refused(model_folder, "model.json")


def test_a_model_that_is_loaded_again_is_read_once_and_anew_where_its_folder_changed(model_folder: Path, small_model: Model) -> None:
    first, again = load_model(model_folder), load_model(model_folder)
    assert again.window is first.window
    assert again.facts is not first.facts
    save_model(small_model, model_folder)
    assert load_model(model_folder).digest != first.digest
    weights = model_folder / "weights.parquet"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    assert_refused(model_folder, "is damaged: weights.parquet")


def test_saving_over_a_model_replaces_it_whole(model_folder: Path, small_model: Model) -> None:
    digest = save_model(small_model, model_folder)
    assert model_digest(model_folder) == digest
    assert load_model(model_folder).codebook == small_model.codebook
    assert len(list(model_folder.iterdir())) == 4


@pytest.mark.skipif(not STARTER.exists(), reason="no starter model is there")
def test_the_starter_model_is_what_loads_without_a_folder() -> None:
    model = load_model()
    assert model.spans is not None
    assert model_digest() == model_digest(STARTER)


TRAINING = pl.DataFrame({"article_id": ["a", "../b"], "text_digest": ["0" * 16, "f" * 16], "fold": [0, None], "words": [7, None]})


def test_a_model_remembers_what_it_was_trained_on(model: Model, tmp_path: Path) -> None:
    digest = save_model(model, tmp_path / "model", TRAINING)
    found = load_training(tmp_path / "model")
    assert found is not None
    assert found.equals(TRAINING)
    # It makes no score, so it is no part of what the model is.
    assert digest == save_model(model, tmp_path / "other") == model_digest(tmp_path / "model")


def test_a_model_without_that_memory_says_so(model_folder: Path) -> None:
    assert load_training(model_folder) is None


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"PAR1"), TRAINING[:1].write_parquet])
def test_a_memory_that_was_changed_is_refused(model: Model, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    save_model(model, tmp_path, TRAINING)
    damage(tmp_path / "training.parquet")
    with pytest.raises(FramingError, match=r"training\.parquet"):
        load_training(tmp_path)
    assert load_model(tmp_path).spans is not None


def test_a_memory_of_an_earlier_model_is_not_taken_for_this_ones(model: Model, tmp_path: Path) -> None:
    save_model(model, tmp_path, TRAINING)
    save_model(model, tmp_path)
    assert load_training(tmp_path) is None


def test_the_starter_model_remembers_the_sample() -> None:
    sample = read_sample()
    found = load_training()
    assert found is not None
    assert found["article_id"].to_list() == sample.articles["article_id"].to_list()
    assert found["text_digest"].to_list() == [digest_text(text)[:16] for text in sample.articles["text"]]
    assert found.select(pl.all().null_count()).sum_horizontal().item() == 0
