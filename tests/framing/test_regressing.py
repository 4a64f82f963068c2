"""Regressions of what a coder or a model said, corrected by people: which articles count, what the tables say, what goes wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import framing
from framing.main import app
from framing.regressing import Regressed, regress_folder, typeset_table
from schemas.codebook import load_codebook
from schemas.coders import Coder, Coders, write_coders
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Articles, Gold, conform

SIZE, CODED = 300, 120
# Two that nobody coded.
BARE = [number for number in range(30, SIZE) if number * 13 % SIZE >= CODED][:2]
HOSTILE = r"\input{x} & [=1]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "dataset")


def lay_out(folder: Path, **columns: list[Any]) -> Path:
    """300 articles of three outlets and ten months; people coded 120; a coder sees bias everywhere in the third outlet."""
    ids = [f"{number:03}" for number in range(SIZE)]
    outlets = ["Gazette", "Gazette", "Herald", "Crier"]
    own = {
        "outlet": [outlets[number % 4] for number in range(SIZE)],
        "published": [f"2026-{1 + number // 30:02}-{1 + number % 28:02}" for number in range(SIZE)],
        "words": [100 + number % 7 for number in range(SIZE)],
    }
    articles = conform(pl.DataFrame({"article_id": ids, "text": [f"Article {name}." for name in ids], **own, **columns}), Articles, "test")
    truth = [(number * 7 % 10) < (6 if number % 4 == 2 else 3) for number in range(SIZE)]
    said = [yes or number % 4 == 3 or number % 9 == 0 for number, yes in enumerate(truth)]
    values = {True: "Biased", False: "Non-biased"}
    gold = pl.DataFrame({"article_id": ids, "label": "bias", "value": [values[yes] for yes in truth], "support": 1.0, "rule": "test"})
    dataset = Dataset(
        articles, None, conform(gold.filter(pl.Series([n * 13 % SIZE < CODED for n in range(SIZE)])), Gold, "test"), load_codebook("babe")
    )
    write_dataset(folder, dataset)
    rows = pl.DataFrame(
        {"article_id": ids, "annotator": "judge", "label": "bias", "value": [values[yes] for yes in said], "origin": "import", "run": 1}
    )
    write_coders(folder, dataset, Coders(rows, {"judge": Coder(name="judge")}))
    return folder


def regress(folder: Path, *on: str, **settings: Any) -> Regressed:
    return regress_folder(folder, folder, "bias_Biased", on, coder="judge", **settings)


def row_of(found: Regressed, term: str, level: str | None = None) -> dict[str, Any]:
    (row,) = [row for row in found.to_frame().to_dicts() if (row["term"], row["level"]) == (term, level)]
    return row


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["regress", *(str(argument) for argument in arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_coder_that_errs_in_one_outlet_is_corrected_there(folder: Path) -> None:
    found = regress(folder, "outlet")
    crier, herald = row_of(found, "outlet", "Crier"), row_of(found, "outlet", "Herald")
    assert (found.articles, found.coded, found.references) == (SIZE, CODED, {"outlet": "Gazette"})
    assert crier["naive"] > 0.5
    assert crier["corrected_low"] < 0 < crier["corrected_high"]
    assert herald["corrected"] == pytest.approx(0.3, abs=0.12)
    assert herald["corrected_se"] < herald["human_se"]


def test_time_is_in_months_and_month_has_levels_and_a_number_is_a_number(folder: Path) -> None:
    found = regress(folder, "time", "words")
    assert [str(term) for term in found.terms] == ["(intercept)", "time", "words"]
    assert len(regress(folder, "month").terms) == 10
    by_log_odds = regress(folder, "outlet", link="logistic", references={"outlet": "Herald"})
    assert row_of(by_log_odds, "outlet", "Gazette")["corrected"] < 0
    # Of the Crier the coder said yes of everything.
    assert row_of(by_log_odds, "outlet", "Crier")["naive"] is None
    assert any(notice.startswith("predictions alone have no logistic regression") for notice in by_log_odds.notices)


def test_articles_without_a_term_or_without_codes_at_a_level_are_left_out_and_counted(tmp_path: Path) -> None:
    section = [None if number < 30 else "rare" if number in BARE else "news" if number % 2 else "sport" for number in range(SIZE)]
    found = regress(lay_out(tmp_path / "d", section=section), "section")
    assert found.articles == SIZE - 32
    assert "30 of 300 articles are left out: they have no section" in found.notices
    assert "2 articles are left out: none of theirs is coded, by section: rare" in found.notices


def test_recorded_chances_are_its_weights_and_pages_its_clusters(tmp_path: Path) -> None:
    drawn = {"selected_by": ["uncertain-random"] * SIZE, "selection_probability": [0.2 + 0.4 * (n % 2) for n in range(SIZE)]}
    found = regress(lay_out(tmp_path / "d", url=[f"page {n // 3}" for n in range(SIZE)], **drawn), "outlet")
    assert found.design == "drawn with recorded probabilities"
    assert found.clusters == SIZE / 3
    assert "clustered by story and page" in typeset_table(found)


def test_the_table_is_written_as_latex_csv_and_json_and_hostile_names_stay_names(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "d", section=[HOSTILE if n % 3 else "=news" for n in range(SIZE)])
    arguments = (folder, "--coder", "judge", "--gold", folder, "--of", "bias_Biased", "--on", "section", "--reference", "section==news")
    said = run(*arguments, "--out", tmp_path / "t.tex", "--json", tmp_path / "t.json")
    assert "Linear regression of bias_Biased (share of articles) on section: 300 articles, 120 of them coded by people" in said
    table = (tmp_path / "t.tex").read_text(encoding="utf-8")
    assert r"\textbackslash{}input\{x\} \& {[}=1]" in table
    assert r"\input" not in table
    assert r"\toprule" in table
    figures = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert (figures["coded"], figures["references"], len(figures["coefficients"])) == (CODED, {"section": "=news"}, 2)
    run(*arguments, "--out", tmp_path / "t.csv")
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["reference"] for row in rows] == ["", "'=news"]


def test_what_is_wrong_is_said_in_one_line(folder: Path) -> None:
    for on, settings, what in (
        (["section"], {}, r"--on: articles have no column 'section'.*Choose of: .*month, year, time"),
        (["outlet"], {"references": {"words": "1"}}, "'words' is no term"),
        (["outlet"], {"references": {"outlet": "Times"}}, "there is no outlet 'Times'"),
        (["article_id"], {}, "too few for|cannot tell|too many"),
    ):
        with pytest.raises(FramingError, match=what):
            regress(folder, *on, **settings)
    with pytest.raises(FramingError, match=r"no \.csv or \.tex file"):
        run(folder, "--coder", "judge", "--gold", folder, "--on", "outlet", "--out", folder / "table.doc")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_notebook_has_the_same_table(folder: Path) -> None:
    table = framing.regress(folder, folder, ["outlet"], of="bias_Biased", coder="judge")
    assert table.equals(regress(folder, "outlet").to_frame())
