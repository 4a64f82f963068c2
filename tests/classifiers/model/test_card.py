from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from classifiers.model.card import EVALUATION_HEADER, evaluation_rows, is_shaky, write_card
from classifiers.model.folder import save_model
from classifiers.model.model import Model


@pytest.fixture(scope="module")
def folder(small_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saving takes seconds, so it is done once."""
    path = tmp_path_factory.mktemp("model")
    save_model(small_model, path)
    return path


@pytest.fixture(scope="module")
def facts(folder: Path) -> dict[str, Any]:
    """What model.json says of a model of which nothing more is known."""
    loaded: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return loaded


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_the_card_names_the_model_its_codebook_and_its_data(facts: dict[str, Any]) -> None:
    card = write_card(facts | {"title": "Mine", "training": {"articles": 12, "gold_spans": 6, "outlets": ["A", "B"]}})
    assert card.splitlines()[0] == "# Model card: Mine"
    assert facts["digest"][:16] in card
    assert "small 1.0.0" in card
    assert {"- articles: 12", "- gold spans: 6", "- outlets: A, B"} <= set(card.splitlines())


def test_the_card_in_the_folder_is_that_of_model_json(facts: dict[str, Any], folder: Path) -> None:
    assert (folder / "MODEL_CARD.md").read_text(encoding="utf-8") == write_card(facts)


def test_every_card_says_what_the_model_must_not_be_used_for(facts: dict[str, Any]) -> None:
    card = write_card(facts)
    assert "## What it must not be used for" in card
    assert "## How good it is" not in card


def test_floors_and_human_stand_beside_the_model(evaluation: dict[str, Any]) -> None:
    rows = {row[0]: dict(zip(EVALUATION_HEADER[1:], row[1:], strict=True)) for row in evaluation_rows(evaluation)}
    tokens, frames = evaluation["tokens"], evaluation["questions"]["frames"]
    expected = {"model": tokens["f1"], "spread": evaluation["spread"]["tokens"]["f1"], "floor": tokens["floor_f1"], "human": tokens["human_f1"]}
    interval = " to ".join(f"{evaluation[end]['tokens']['f1']:.3f}".removeprefix("0") for end in ("low", "high"))
    assert rows["tokens, F1"] == {name: f"{value:.3f}".removeprefix("0") for name, value in expected.items()} | {
        "outlet": "-",
        "95 % interval": interval,
    }
    assert rows["frames, macro-F1"]["outlet"] == f"{frames['outlet_macro_f1']:.3f}".removeprefix("0")
    assert {rows["sentences, Brier"][name] for name in ("floor", "outlet", "human")} == {"-"}
    assert {"frames, macro-F1", "frames, AUROC", "frames, Brier", "frames, ECE"} <= rows.keys()


def test_every_row_of_the_evaluation_is_in_the_card(evaluation: dict[str, Any], facts: dict[str, Any]) -> None:
    card = write_card(facts | {"evaluation": evaluation}).splitlines()
    rows = evaluation_rows(evaluation)
    assert [cells(line) for line in card if line.startswith("| ") and "---" not in line][1 : 1 + len(rows)] == rows


def test_an_evaluation_of_questions_alone_has_their_rows_alone(evaluation: dict[str, Any]) -> None:
    rows = evaluation_rows({key: evaluation[key] for key in ("folds", "group", "questions")})
    assert {row[0].split(",")[0] for row in rows} == {"frames"}
    assert {cell for row in rows for cell in row[2:4]} == {"-"}


def test_figures_that_rest_on_next_to_nothing_say_so_and_on_how_much(evaluation: dict[str, Any]) -> None:
    few = evaluation | {"gold_spans": 19, "questions": {"frames": evaluation["questions"]["frames"] | {"articles": 1}}}
    shaky = [row[0] for row in evaluation_rows(few) if is_shaky(row)]
    assert shaky[0] == "tokens, F1 (19 gold spans: too few to rely on)"
    assert shaky[-1] == "frames, ECE (1 answer: too few to rely on)"
    assert not any(is_shaky(row) for row in evaluation_rows(evaluation))


def test_a_card_of_little_data_begins_with_it(facts: dict[str, Any]) -> None:
    lines = write_card(facts | {"training": {"articles": 12, "gold_spans": 6, "annotators": 1}}).splitlines()
    assert lines[2] == "> **Little data: 12 articles, 6 gold spans, 1 annotator.**  "
    assert lines[3].startswith("> **Too few spans ")
    assert "> **" not in write_card(facts | {"training": {"articles": 5_000, "gold_spans": 9_000}})


def test_agreement_stands_in_the_card(facts: dict[str, Any]) -> None:
    agreement = {
        "labels": {"Loaded": {"alpha": 0.5, "low": 0.4, "high": 1.0, "f1_partial": -0.05}, "Scare": dict.fromkeys(("alpha", "low", "f1_partial"))}
    }
    lines = write_card(facts | {"agreement": agreement}).splitlines()
    assert ["Loaded", ".500", ".400 to 1.000", "-.050"] in [cells(line) for line in lines]
    assert ["Scare", "-", "-", "-"] in [cells(line) for line in lines]


def test_the_card_lists_what_each_of_several_answers_is_decided_above_and_how_often_gold_gives_it(facts: dict[str, Any]) -> None:
    decided = facts | {"thresholds": {"topics": [0.25, 0.5]}}
    given: dict[str, Any] = {"given": {"topics": [1.0, 0.5]}}
    for more, shares in ({}, ["-", "-"]), (given, ["1.000", ".500"]):
        rows = [cells(line) for line in write_card(decided | more).splitlines() if line.startswith("| topics")]
        assert rows == [["topics", "Money", ".250", shares[0]], ["topics", "Law", ".500", shares[1]]]
    assert "decided above" not in write_card(facts | {"thresholds": {}})


def test_a_label_with_a_bar_stays_in_its_cell(facts: dict[str, Any]) -> None:
    agreement = {"labels": {"Us|Them": {"alpha": 0.5, "low": 0.4, "high": 0.6, "f1_partial": 0.7}}}
    card = write_card(facts | {"agreement": agreement})
    (row,) = [line for line in card.splitlines() if "Them" in line]
    assert row.replace("\\|", "").count("|") == 5


def test_the_name_of_an_outlet_cannot_begin_a_line_of_the_card(facts: dict[str, Any]) -> None:
    card = write_card(facts | {"training": {"outlets": ["Daily\n\n# This model is certified"]}})
    assert not [line for line in card.splitlines() if line.startswith("# This model")]


def test_headlines_have_a_line_of_their_own_where_gold_has_any(facts: dict[str, Any], evaluation: dict[str, Any]) -> None:
    headlines: dict[str, Any] = {
        "articles": 31,
        "f1": 0.5,
        "floor_f1": 0.25,
        "human_f1": None,
        "partial_f1": 0.5,
        "density_predicted": 40.04,
        "density_gold": 52.0,
    }
    name = "tokens of headlines, F1 (31 of them, spans per 1,000 words 40.0, by gold 52.0)"
    card = write_card(facts | {"evaluation": evaluation | {"headlines": headlines}})
    assert f"| {name} | .500 | - | - | .250 | - | - |" in card.splitlines()
    assert "headline" not in write_card(facts | {"evaluation": evaluation})
