"""framing train --recipe: a published corpus, in the shape in which it is distributed, becomes a model whose card has published figures."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from annotate.corpora import CORPORA
from classifiers import load_model
from classifiers.model.folder import is_card
from framing.main import app
from framing.provenance import find_training
from framing.published import PUBLISHED, find_published
from schemas.dataset import digest_dataset, read_dataset
from schemas.errors import FramingError
from tests.commands import catch_fault, run_well

PLANS = ("harbour", "school", "budget", "museum", "bridge", "market", "library", "station", "garden", "theatre", "airport", "canal")


def train(*arguments: object) -> tuple[str, list[str]]:
    """The result and the notices of a training that succeeds."""
    return run_well("train", *arguments)


def fault(*arguments: object) -> FramingError:
    return catch_fault("train", *arguments)


def write_table(path: Path, head: list[str], rows: list[list[object]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\n").writerows([head, *rows])
    path.parent.mkdir(exist_ok=True)
    path.write_text("\ufeff" + buffer.getvalue(), encoding="utf-8")


@pytest.fixture(scope="module")
def babe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Final labels of a dozen sentences, two of each page."""
    folder = tmp_path_factory.mktemp("corpora") / "babe"
    head = ["text", "news_link", "outlet", "topic", "type", "label_bias", "label_opinion", "biased_words"]
    rows: list[list[object]] = []
    for number, plan in enumerate(PLANS):
        word, bias = ("disgraceful", "Biased") if number % 4 < 2 else ("modest", "Non-biased")
        link, words = f"https://gull.example/{number // 2}", [word] if bias == "Biased" else []
        rows.append([f"The {word} {plan} plan was voted on.", link, "The Gull", "towns", "center", bias, "Entirely factual", repr(words)])
    write_table(folder / "final_labels_SG2.csv", head, rows)
    return folder


@pytest.fixture(scope="module")
def ptc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight articles and their labels of both tasks."""
    folder = tmp_path_factory.mktemp("corpora") / "ptc"
    folder.mkdir()
    for number, plan in enumerate(PLANS[:8]):
        text = f"The {plan}\n\nIt was a disgraceful plan of {plan} rats, they said.\nThe council votes in May.\n"
        spans = [("Loaded_Language", "disgraceful"), ("Name_Calling,Labeling", f"{plan} rats")]
        places = [(technique, text.index(words), text.index(words) + len(words)) for technique, words in spans]
        (folder / f"article{number}.txt").write_text(text, encoding="utf-8", newline="")
        for task, columns in (("task2-TC", 3), ("task1-SI", 2)):
            lines = ["\t".join(map(str, (number, *place[-columns:]))) for place in places]
            (folder / f"article{number}.{task}.labels").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(babe: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the model of `babe` and the dataset that was kept, and what was said."""
    work = tmp_path_factory.mktemp("work")
    return work, train("--recipe", "babe", babe, "--out", work / "model", "--keep", work / "dataset", "--folds", 2)[0]


def facts_of(model: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((model / "model.json").read_text(encoding="utf-8"))
    return facts


def test_there_is_a_recipe_for_every_corpus_that_can_be_imported() -> None:
    assert PUBLISHED.keys() == CORPORA.keys()
    shown = " ".join(CliRunner().invoke(app, ["train", "--help"]).output.split())
    assert f"{', '.join(sorted(PUBLISHED)[:-1])} or {max(PUBLISHED)}" in shown


def test_published_figures_stand_in_the_card_beside_those_of_the_model(trained: tuple[Path, str]) -> None:
    work, said = trained
    facts, card = facts_of(work / "model"), (work / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")
    ours = facts["evaluation"]["questions"]["bias"]["macro_f1"]
    assert [(row["system"], row["figure"], row["ours"]) for row in facts["published"]["figures"]][-1] == (
        "BERT with distant supervision",
        0.804,
        ours,
    )
    (row,) = [line for line in card.splitlines() if "distant" in line]
    assert [cell.strip() for cell in row.strip("|").split("|")][2:] == ["Spinde et al. 2021", ".804", f"{ours:.3f}".removeprefix("0")]
    assert PUBLISHED["babe"].differs in card
    assert said.startswith(f"model {facts['digest'][:16]} from 12 articles -> ")
    assert said.endswith(f"bias of a sentence: weighted F1, ours macro-F1 {ours:.3f} (published 0.804)")
    assert "\n" not in said


def test_the_sentences_of_a_page_are_in_one_fold(trained: tuple[Path, str]) -> None:
    assert facts_of(trained[0] / "model")["evaluation"]["group"] == "url"


def test_the_dataset_that_is_kept_is_the_one_that_the_model_was_trained_on(trained: tuple[Path, str]) -> None:
    model = trained[0] / "model"
    found = find_training(load_model(model), model)
    assert (found.status, found.folders) == ("unchanged", (str(trained[0] / "dataset"),))
    assert is_card(model)


def test_a_dataset_that_is_not_kept_is_not_named_and_is_made_again_by_an_import(ptc: Path, tmp_path: Path) -> None:
    train("--recipe", "ptc", ptc, "--out", tmp_path / "model", "--folds", 0)
    facts = facts_of(tmp_path / "model")
    assert "folders" not in facts["training"]
    assert facts["training"]["corpus"] == facts["title"] == "PTC (Da San Martino et al. 2019)"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    CliRunner().invoke(app, ["import", "ptc", str(ptc), "--out", str(tmp_path / "dataset")], catch_exceptions=False)
    assert digest_dataset(read_dataset(tmp_path / "dataset")) == facts["training"]["data_digest"]


def test_figures_of_the_shared_task_stand_beside_the_official_measures() -> None:
    rows = find_published("ptc").compare({"spans": {"partial_f1": 0.41}, "labels": {"micro_f1": 0.6}})["figures"]
    assert [(row["figure"], row["ours"]) for row in rows] == [(0.516, 0.41), (0.621, 0.6)]


def test_votes_alone_are_adjudicated_and_a_figure_that_was_not_measured_is_none(tmp_path: Path) -> None:
    head = ["text", "news_link", "annotator_id", "label_bias", "label_opinion", "biased_words"]
    rows: list[list[object]] = []
    for number, plan in enumerate(PLANS):
        word, bias = ("disgraceful", "Biased") if number % 2 else ("modest", "Non-biased")
        rows += [[f"The {word} {plan} plan was voted on.", "", who, bias, "Entirely factual", word if number % 2 else ""] for who in (1, 2, 3)]
    write_table(tmp_path / "votes" / "raw_labels_SG2.csv", head, rows)
    said, notices = train("--recipe", "babe", tmp_path / "votes", "--out", tmp_path / "model", "--folds", 0)
    facts = facts_of(tmp_path / "model")
    assert (facts["training"]["adjudication"], facts["training"]["gold_spans"]) == (["majority"], 6)
    assert {row["ours"] for row in facts["published"]["figures"]} == {None}
    assert "published" not in said
    assert "no article here has a url, so folds are grouped by article" in notices


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--recipe", "bape", "here"), "Did you mean babe"),
        (("--recipe", "babe", "here", "there"), "takes one path"),
        (("--recipe", "ptc", "nowhere"), "nowhere"),
        (("here", "--keep", "dataset"), "--keep"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    line = str(fault(*arguments, "--out", tmp_path / "model"))
    assert words in line
    assert "\n" not in line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("corpus", sorted(PUBLISHED))
def test_a_folder_that_is_not_that_corpus_is_refused_and_nothing_is_written(corpus: str, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "notes.md").write_text("Nothing of the kind.", encoding="utf-8")
    error = fault("--recipe", corpus, tmp_path / "else", "--out", tmp_path / "model", "--keep", tmp_path / "kept")
    assert str(tmp_path / "else") in str(error)
    assert [path.name for path in tmp_path.iterdir()] == ["else"]


def test_a_dataset_of_other_articles_is_not_replaced_by_the_one_that_is_kept(trained: tuple[Path, str], ptc: Path, tmp_path: Path) -> None:
    error = fault("--recipe", "ptc", ptc, "--out", tmp_path / "model", "--keep", trained[0] / "dataset")
    assert "already holds annotations or gold" in str(error)
    assert not (tmp_path / "model").exists()


def test_a_corpus_without_a_comparable_figure_says_so() -> None:
    assert find_published("gvfc").compare({"questions": {}}) == {"differs": "No comparable figure is known to this toolkit.", "figures": []}
