"""The verbs in their order, as an analyst types them, on a few of the sample's articles; their files keep their promises."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from framing.main import app
from framing.sample import read_sample
from schemas.coders import Coder, Coders, write_coders
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError
from tests.samples import plain_sample


def run(*arguments: object) -> str:
    """The command's standard output; it must succeed."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which gold was made, figures were measured, a model was trained and articles were scored."""
    folder = tmp_path_factory.mktemp("work")
    sample = plain_sample()
    chosen = sample.articles.gather_every(3)
    marked = sample.require_annotations("sample").join(chosen.select("article_id"), on="article_id", how="semi")
    write_dataset(folder / "dataset", Dataset(chosen, marked, None, sample.codebook))
    run("agree", folder / "dataset", "--json", folder / "agreement.json")
    run("adjudicate", folder / "dataset")
    run("evaluate", folder / "dataset", "--folds", 2, "--json", folder / "figures.json")
    run("train", folder / "dataset", "--out", folder / "model", "--folds", 0)
    (folder / "new.csv").write_text('id,outlet,body\n007,"=Gazette","As the ""culprit"", the reckless elite 😀 boasts of it."\n', encoding="utf-8")
    run("score", folder / "new.csv", "--text-column", "body", "--model", folder / "model", "--out", folder / "scores")
    return folder


def load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def test_the_json_of_agree_has_the_keys_that_were_promised(work: Path) -> None:
    data = load(work / "agreement.json")
    assert all({"alpha", "low", "high", "alpha_u", "f1_exact", "f1_partial"} <= row.keys() for row in data["labels"].values())
    ends = {f"{name}_{end}" for name in ("alpha_u", "f1_exact", "f1_partial") for end in ("low", "high")}
    assert all(ends <= row.keys() for row in data["labels"].values())
    assert {"alpha", "low", "high"} <= data["questions"]["frames"].keys()
    assert all({"read", "severity", "agreement", "consistency", "flags"} <= row.keys() for row in data["annotators"].values())


def test_agree_prints_a_narrow_table_and_the_worst_disagreements(work: Path) -> None:
    said = run("agree", work / "dataset")
    table, excerpts = said.split("disagreement in ", 1)
    assert "Exaggeration_Minimisation" in table
    assert max(map(len, table.splitlines())) < 90
    assert (excerpts.count("disagreement in ") + 1, excerpts.count("ada marked"), excerpts.count("ben marked")) == (3, 3, 3)
    assert "draw no firm conclusions" in said.splitlines()[-1]


def test_agree_shows_a_hostile_annotator_as_text(tmp_path: Path) -> None:
    sample = read_sample(128)
    named = sample.require_annotations("sample").with_columns(annotator=pl.col("annotator") + "\x1b[2J\n\u202e")
    write_dataset(tmp_path / "dataset", Dataset(sample.articles, named, None, sample.codebook))
    said = run("agree", tmp_path / "dataset")
    assert "ada\\x1b[2J\\n\\u202e" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_agree_and_the_report_have_a_line_for_each_coder(tmp_path: Path) -> None:
    sample = read_sample(128)
    known = Dataset(sample.articles.head(4), sample.require_annotations("sample"), None, sample.codebook)
    rows = known.require_annotations("sample").join(known.articles.select("article_id"), on="article_id", how="semi")
    write_dataset(tmp_path, replace(known, annotations=rows))
    ada = rows.filter(pl.col("annotator") == "ada").with_columns(run=pl.lit(1, dtype=pl.Int64))
    names = ["model-00", "model-01"]
    coders = Coders(pl.concat([ada.with_columns(annotator=pl.lit(name)) for name in names]), {name: Coder(name=name) for name in [*names, "idle"]})
    write_coders(tmp_path, read_dataset(tmp_path), coders)
    said = run("agree", tmp_path, "--json", tmp_path / "agreement.json", "--epsilon", 0.2).splitlines()
    questions = [question.name for question in sample.codebook.questions] if sample.codebook else []
    assert all(sum(line.startswith(name) for line in said) >= len(questions) for name in names)
    assert max(len(line) for line in said if line.startswith("model-")) < 90
    assert any("alternative-annotator test with epsilon 0.2" in line for line in said)
    assert "1 coder read no article that people read: idle" in said
    assert load(tmp_path / "agreement.json")["coders"]["model-01"]["questions"].keys() == set(questions)
    run("report", tmp_path, "--out", tmp_path / "report.html")
    assert "Models as coders" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_json_of_evaluate_has_the_keys_that_were_promised(work: Path) -> None:
    data = load(work / "figures.json")
    assert (data["folds"], data["group"]) == (2, "article")
    assert {"exact_f1", "partial_f1", "char_f1", "count_ratio"} <= data["spans"].keys()
    assert {"f1", "floor_f1", "human_f1"} <= data["tokens"].keys()
    assert {"micro_f1", "macro_f1"} <= data["labels"].keys()
    assert {"macro_f1", "auroc", "brier", "ece"} <= data["sentences"].keys()
    assert {"macro_f1", "auroc", "brier", "ece", "floor_macro_f1", "human_macro_f1"} <= data["questions"]["frames"].keys()


def test_scores_keep_the_users_id_and_columns_and_stamp_the_model(work: Path) -> None:
    row = pl.read_parquet(work / "scores" / "articles.parquet").row(0, named=True)
    assert (row["article_id"], row["outlet"]) == ("007", "=Gazette")
    assert row["model"] == load(work / "model" / "model.json")["digest"] == load(work / "scores" / "run.json")["model"]
    assert "text" not in row


def test_a_model_without_folds_still_knows_whom_it_has_seen(work: Path) -> None:
    seen, articles = pl.read_parquet(work / "model" / "training.parquet"), pl.read_parquet(work / "dataset" / "articles.parquet")
    assert seen.columns == ["article_id", "text_digest", "fold"]
    assert seen["article_id"].to_list() == articles["article_id"].to_list()
    assert seen["fold"].null_count() == seen.height


def test_every_found_span_is_its_text(work: Path) -> None:
    text = 'As the "culprit", the reckless elite 😀 boasts of it.'
    spans = pl.read_parquet(work / "scores" / "spans.parquet")
    assert spans.height > 0
    assert all(text[row["start"] : row["end"]] == row["text"] for row in spans.iter_rows(named=True))


def test_the_report_of_scores_finds_its_model_and_its_texts_again(work: Path) -> None:
    run("report", work / "scores", "--out", work / "report.html")
    html = (work / "report.html").read_text(encoding="utf-8")
    (page,) = re.findall(r'class="page">([^<]+)<', html)
    (article,) = json.loads(gzip.decompress(base64.b64decode(page)))
    assert article["text"] == 'As the "culprit", the reckless elite 😀 boasts of it.'
    spans = pl.read_parquet(work / "scores" / "spans.parquet")
    assert [span[:2] for span in article["spans"]] == [[row["start"], row["end"]] for row in spans.iter_rows(named=True)]
    assert all(span[5] for span in article["spans"])


def test_the_report_of_scores_shows_what_gold_corrects_and_what_that_was_worth(work: Path) -> None:
    run("score", work / "dataset", "--model", work / "model", "--out", work / "again-scores")
    done = CliRunner().invoke(app, ["report", str(work / "again-scores"), "--gold", str(work / "dataset"), "--out", str(work / "corrected.html")])
    # The model of this test was trained on these very articles, without folds.
    assert isinstance(done.exception, FramingError)
    assert "trained" in str(done.exception)
    run("train", work / "dataset", "--out", work / "honest", "--folds", 2, "--decide-for", "accuracy")
    run("score", work / "dataset", "--model", work / "honest", "--out", work / "honest-scores")
    run("report", work / "honest-scores", "--gold", work / "dataset", "--by", "topic", "--out", work / "corrected.html")
    html = (work / "corrected.html").read_text(encoding="utf-8")
    assert "Loaded language, corrected by people" in html
    assert "The classifier bought" in html
    # And for how many articles each frame was decided.
    assert "a threshold of its own, which the model card lists" in html
    card = (work / "honest" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "- answers decided for: accuracy" in card.splitlines()
    assert re.search(r"^\| frames \| Economic \| \.500 \| \.\d{3} \|$", card, re.MULTILINE)


def test_gold_cannot_correct_a_dataset(work: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(work / "dataset"), "--gold", str(work / "dataset"), "--out", str(work / "x.html")])
    assert isinstance(done.exception, FramingError)
    assert "Leave out --gold" in str(done.exception)


def test_the_report_of_a_dataset_shows_gold_and_agreement(work: Path) -> None:
    run("report", work / "dataset", "--out", work / "dataset.html")
    assert "Measured on these annotations." in (work / "dataset.html").read_text(encoding="utf-8")


def test_explain_gives_reasons_for_each_span(work: Path) -> None:
    said = run("explain", 'As the "culprit", he is under pressure.', "--model", work / "model")
    assert "loaded because of" in said
    assert "in scare quotes" in said


def test_explain_answers_no_question_about_a_text_far_shorter_than_the_training_articles(tmp_path: Path) -> None:
    sentence = 'As the "culprit", he is under pressure.'
    done = CliRunner().invoke(app, ["explain", sentence, "--json", str(tmp_path / "short.json")], catch_exceptions=False)
    assert done.stdout.splitlines()[-1].startswith("1 span; ")
    assert "frames" not in done.output
    assert [line for line in done.stderr.splitlines() if "7 words" in line and "had 147" in line and "mean nothing" in line]
    assert load(tmp_path / "short.json")["answers"] == []
    (tmp_path / "long.txt").write_text(f"{sentence}\n" * 11, encoding="utf-8")
    done = CliRunner().invoke(app, ["explain", str(tmp_path / "long.txt")], catch_exceptions=False)
    assert "\nframes: " in done.stdout
    assert not done.stderr


def test_a_model_that_does_not_know_how_long_its_training_articles_were_answers_as_ever(work: Path) -> None:
    assert "\nframes: " in run("explain", 'As the "culprit", he is under pressure.', "--model", work / "model")


def test_an_export_to_csv_says_which_cells_it_had_to_change(work: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(work / "scores"), "--to", "csv", "--out", str(work / "tables")])
    assert "would have been a formula" in done.output
    assert "'=Gazette" in (work / "tables" / "articles.csv").read_text(encoding="utf-8-sig")


def test_ingesting_a_dataset_again_changes_no_text(work: Path) -> None:
    run("ingest", work / "dataset", "--out", work / "again")
    before, after = (pl.read_parquet(work / name / "articles.parquet").sort("article_id") for name in ("dataset", "again"))
    assert after.select(before.columns).equals(before)


def test_a_selection_is_a_dataset_of_articles_that_nobody_read_in_the_order_to_be_pushed(work: Path, tmp_path: Path) -> None:
    sample = read_sample(128)
    marked = sample.require_annotations("sample").filter(pl.col("article_id").is_in(sample.articles["article_id"][:100].to_list()))
    write_dataset(tmp_path / "corpus", Dataset(sample.articles, marked, None, sample.codebook))
    said = run("select", tmp_path / "corpus", "--n", 10, "--model", work / "model", "--out", tmp_path / "first")
    assert said.startswith("10 of 28 articles from ")
    assert "(2 random, 8 uncertain)" in said
    first = read_dataset(tmp_path / "first")
    assert first.articles["article_id"].is_in(sample.articles["article_id"][100:].to_list()).all()
    assert first.articles.columns == [*sample.articles.columns, "selected_by", "selection_score", "selection_probability"]
    assert first.articles["selection_score"].drop_nulls().is_between(0, 1).all()
    assert (first.annotations, first.codebook) == (None, sample.codebook)
    run("select", tmp_path / "corpus", "--without", tmp_path / "first", "--out", tmp_path / "rest")
    rest = read_dataset(tmp_path / "rest").articles
    assert (rest.height, set(rest["selected_by"])) == (18, {"random"})
    assert not set(rest["article_id"]) & set(first.articles["article_id"])


def test_a_selection_is_not_written_over_a_dataset_that_would_be_lost(work: Path) -> None:
    for out in (work / "dataset", work / "again"):
        done = CliRunner().invoke(app, ["select", str(work / "again"), "--out", str(out)])
        assert isinstance(done.exception, FramingError)
        assert "would be lost" in str(done.exception)


def test_the_codebook_that_is_shown_is_one_that_checks(work: Path) -> None:
    text = run("codebook", "show", "ptc-14")
    for said, counted in (("headlines = false", False), ("headlines = true", True)):
        (work / "mine.toml").write_text(text.replace("headlines = false", said), encoding="utf-8")
        checked = run("codebook", "check", work / "mine.toml")
        assert ("valid" in checked, "headlines are marked" in checked) == (True, counted)
    assert "loaded-language" in run("codebook", "list")


def test_answers_of_articles_that_are_far_too_short_are_no_finding(tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("The reckless plan sank.", encoding="utf-8")
    run("score", tmp_path / "short.txt", "--out", tmp_path / "scores")
    run("report", tmp_path / "scores", "--out", tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Not a finding: 1 article is far shorter than the shortest that the model was trained on (147 words)" in html
    assert "The commonest answer" not in html


def test_a_report_has_its_figures_also_where_the_scored_files_are_gone(tmp_path: Path) -> None:
    article = tmp_path / "short.txt"
    article.write_text("The reckless plan sank, said nobody at all.", encoding="utf-8")
    run("score", article, "--out", tmp_path / "scores")
    article.unlink()
    done = CliRunner().invoke(app, ["report", str(tmp_path / "scores"), "--out", str(tmp_path / "report.html")])
    assert done.exception is None, done.exception
    assert "is gone, so its articles cannot be shown" in done.stderr
    assert "the text of 1 article was not found" in done.stderr
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "No text is in this file" in html
    assert "How often each label is used" in html
