"""Coders of a dataset, corrected as a classifier is: alone, side by side, and beside scores."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import framing
from framing.estimating import Estimated, estimate_sources
from framing.main import app
from schemas.codebook import load_codebook
from schemas.coders import Coder, Coders, write_coders
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Articles, Gold, conform

CODEBOOK = load_codebook("babe")
OUTLETS = ("Gazette", "Herald")
SIZE = 100


def is_biased(number: int) -> bool:
    """Of the Gazette three of ten, of the Herald six."""
    return number % 10 < (3 if number < SIZE else 6)


def lay_out(folder: Path, coders: dict[str, Sequence[str | None]], coded: int = 40, **columns: Any) -> Path:
    """A dataset of two outlets with 100 articles each, of which so many are coded, and what coders answered, article by article."""
    ids = [f"{number:03}" for number in range(2 * SIZE)]
    own = {"outlet": [OUTLETS[number // SIZE] for number in range(2 * SIZE)], **columns}
    articles = conform(pl.DataFrame({"article_id": ids, "text": [f"Article {name}." for name in ids], **own}), Articles, "test")
    gold = [
        {"article_id": ids[number], "label": "bias", "value": "Biased" if is_biased(number) else "Non-biased", "support": 1.0, "rule": "test"}
        for number in range(2 * SIZE)
        if number % SIZE < coded
    ]
    dataset = Dataset(articles, None, conform(pl.DataFrame(gold), Gold, "test"), CODEBOOK)
    write_dataset(folder, dataset)
    rows = [
        {"article_id": article, "annotator": name, "label": "bias", "value": answer, "origin": "import", "run": run}
        for name, answers in coders.items()
        for run in (1, 2)
        for article, answer in zip(ids, answers if run == 1 else ["Biased"], strict=run == 1)
        if answer is not None
    ]
    if rows:
        write_coders(folder, dataset, Coders(pl.DataFrame(rows), {name: Coder(name=name, runs=2) for name in coders}))
    return folder


def answers(wrong: int, unanswered: range = range(0)) -> list[str | None]:
    """The truth, but Biased of every so-manieth article."""
    said = [is_biased(number) or number % wrong == 0 for number in range(2 * SIZE)]
    return [None if number in unanswered else "Biased" if yes else "Non-biased" for number, yes in enumerate(said)]


def estimate(folder: Path, *coders: str, **settings: Any) -> Estimated:
    (found,) = estimate_sources(folder, folder, coders, **{"measures": ["bias_Biased"], **settings}).values()
    return found


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["estimate", *(str(argument) for argument in arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    coders = {"careful": answers(20), "eager": answers(2), "shy": answers(20, range(30, 60))}
    return lay_out(tmp_path_factory.mktemp("study") / "dataset", coders)


def test_a_coders_answers_are_corrected_by_gold_of_the_same_folder(study: Path) -> None:
    found = estimate(study, "careful")
    gazette = found.estimates["bias_Biased"]["Gazette"]
    assert (gazette.coded, gazette.uncoded) == (40, 60)
    # Every twentieth is wrong, but half of these are biased anyway; the second run, which calls one more biased, is not its work.
    assert gazette.naive.value == pytest.approx(0.3)
    assert gazette.bought > 5


def test_without_a_name_the_question_that_a_coder_answered_is_measured(study: Path) -> None:
    assert [measure.name for measure in estimate(study, "careful", measures=()).measures] == ["bias_Biased", "bias_Non-biased"]
    with pytest.raises(FramingError, match=r"no such measure 'density'.*Choose of: bias_Biased, bias_Non-biased"):
        estimate(study, "careful", measures=["density"])


def test_what_a_coder_left_unanswered_is_counted_and_costs_no_code(study: Path) -> None:
    found = estimate(study, "shy")
    gazette = found.estimates["bias_Biased"]["Gazette"]
    assert (gazette.coded, gazette.uncoded) == (40, 40)
    assert found.notices[0] == (
        "the coder said nothing on bias in 30 of 200 articles: left out, but for 10 coded ones, counted with its mean of the group"
    )


def test_of_a_coder_nothing_is_said_that_is_true_of_classifiers_alone(study: Path) -> None:
    (line,) = estimate(study, "careful").notices
    assert line.startswith("whether the coder had seen what is coded here")
    assert "classifier" not in run(study, "--coder", "careful", "--gold", study).lower()


def test_groups_may_be_named_like_a_figure(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "dataset", {"careful": answers(20)}, bias_Biased=["x", "y"] * SIZE)
    assert set(estimate(folder, "careful", by="bias_Biased").estimates["bias_Biased"]) == {"x", "y"}


def test_gold_may_stand_in_another_folder_and_what_a_coder_has_not_is_said(study: Path, tmp_path: Path) -> None:
    gold = lay_out(tmp_path / "gold", {})
    (found,) = estimate_sources(study, gold, ["careful"], measures=["bias_Biased"]).values()
    assert found.estimates == estimate(study, "careful").estimates
    articles, rows = (pl.read_parquet(gold / f"{name}.parquet").with_columns(pl.col("article_id") + "z") for name in ("articles", "gold"))
    write_dataset(tmp_path / "other", Dataset(articles, None, rows, CODEBOOK))
    with pytest.raises(FramingError, match="none of 80 coded articles is among the articles of"):
        estimate_sources(study, tmp_path / "other", ["careful"])


def test_a_coder_or_a_folder_that_is_not_there_is_refused(study: Path, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="there is no coder 'nobody'"):
        estimate(study, "nobody")
    with pytest.raises(FramingError, match=r"is not a score folder.*--coder"):
        estimate(study)
    with pytest.raises(FramingError, match="has no coders"):
        estimate(lay_out(tmp_path / "alone", {}), "careful")
    with pytest.raises(FramingError, match="names the model of a score folder"):
        estimate(study, "careful", model=tmp_path)


def test_coders_stand_side_by_side_and_the_codes_alone_beside_them(study: Path, tmp_path: Path) -> None:
    files = ("--out", tmp_path / "table.csv", "--json", tmp_path / "table.json")
    said = run(study, "--coder", "careful", "--coder", "eager", "--coder", "shy", "--coder", "eager", "--gold", study, *files)
    lines = said.splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("coded articles alone", "careful ", "eager ", "shy "))][:4] == [
        "coded",
        "careful",
        "eager",
        "shy",
    ]
    assert "shy: the coder said nothing on bias in 30 of 200 articles" in said
    assert said.count("whether the coder had seen") == 1
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["source"], row["measure"], row["group"]) for row in rows[:2]] == [
        ("careful", "bias_Biased", "Herald"),
        ("careful", "bias_Biased", "Gazette"),
    ]
    data = json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))
    assert list(data["sources"]) == ["careful", "eager", "shy"]
    assert data["sources"]["eager"]["measures"]["bias_Biased"]["groups"][0]["coded"] == 40
    worth = {row["source"]: row for row in data["comparison"] if row["measure"] == "bias_Biased"}
    assert worth[None]["width"] > worth["eager"]["width"] > worth["careful"]["width"]
    assert worth["careful"]["bought"] > worth["eager"]["bought"] >= worth[None]["bought"] == 0


def test_one_coder_has_the_keys_and_columns_of_one_classifier(study: Path, tmp_path: Path) -> None:
    run(study, "--coder", "careful", "--gold", study, "--out", tmp_path / "table.csv", "--json", tmp_path / "table.json")
    assert set(json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))) == {"by", "width", "measures", "notices"}
    assert (tmp_path / "table.csv").read_text(encoding="utf-8-sig").startswith("group,measure,articles")


def test_coders_of_the_gold_stand_beside_scores(study: Path, tmp_path: Path) -> None:
    scores = tmp_path / "careful"
    scores.mkdir()
    articles = pl.read_parquet(study / "articles.parquet").select("article_id", "outlet")
    figures = pl.DataFrame({"article_id": articles["article_id"], "words": 2, "bias_Biased": 0.5, "bias_Non-biased": 0.5, "model": "m"})
    figures.join(articles, on="article_id").write_parquet(scores / "articles.parquet")
    from classifiers import model_digest

    (scores / "run.json").write_text(json.dumps({"model": model_digest(None), "model_folder": None, "inputs": {}}))
    found = estimate_sources(scores, study, ["careful"])
    assert list(found) == ["careful (scores)", "careful"]
    naive = {name: each.estimates["bias_Biased"]["Gazette"].naive.value for name, each in found.items()}
    assert naive == {"careful (scores)": 0.5, "careful": pytest.approx(0.3)}


def test_a_hostile_name_is_text_on_the_terminal_and_in_csv(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "dataset", {"=1+1": answers(20), "b": answers(5)})
    said = run(folder, "--coder", "=1+1", "--coder", "b", "--gold", folder, "--out", tmp_path / "table.csv", "--difference", "Gazette", "Herald")
    assert said.count("Gazette - Herald: ") == 4
    assert (tmp_path / "table.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("'=1+1,")


def test_a_notebook_takes_coders_too(study: Path) -> None:
    with pytest.warns(UserWarning, match="whether the coder had seen"):
        one = framing.estimate(study, study, coders="careful", measures=["bias_Biased"])
    assert one["group"].to_list() == ["Herald", "Gazette"]
    with pytest.warns(UserWarning, match="shy: the coder said nothing"), pytest.warns(UserWarning, match="^whether the coder"):
        two = framing.estimate(str(study), study, coders=["careful", "shy"], measures=["bias_Biased"])
    assert two.columns[0] == "source"
    assert two["source"].unique(maintain_order=True).to_list() == ["careful", "shy"]
    assert two.filter(pl.col("source") == "careful").drop("source").equals(one)
