"""From a score back to people's annotations, also where half of the way is gone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from annotate.gold.adjudication import adjudicate
from classifiers.model.folder import STARTER
from framing.main import app
from framing.scoring import score_files
from framing.tracing import Trace, trace
from framing.training import train_model
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError
from tests.samples import plain_sample

TEXT = 'As the "culprit", the reckless cronies of the minister profited from a shameful betrayal.'
HEADLINE = "A shameful betrayal"
HOSTILE = "a\x1b[2J\n=1+1\u202e"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset as it was pulled, a model of it, and articles that the model scored."""
    work = tmp_path_factory.mktemp("made")
    sample = plain_sample()
    articles = sample.articles.gather_every(3)
    marked = sample.require_annotations("sample").join(articles.select("article_id"), on="article_id", how="semi", maintain_order="left")
    marked = marked.with_columns(annotation_id=pl.int_range(pl.len()).cast(pl.String), annotator=pl.col("annotator") + "\x1b[31m")
    dataset = Dataset(articles, marked, None, sample.codebook)
    write_dataset(work / "dataset", replace(dataset, gold=adjudicate(dataset)))
    train_model([work / "dataset"], work / "model", folds=0)
    rows = [{"article_id": HOSTILE, "title": HOSTILE, "text": TEXT}, {"article_id": "calm", "text": "Rain fell on Monday."}]
    rows.append({"article_id": "learned", "title": HEADLINE, "text": articles["text"][0]})
    (work / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    score_files([str(work / "news.jsonl")], work / "scores", work / "model", part=1)
    return work


@pytest.fixture
def work(made: Path, tmp_path: Path) -> Path:
    """A copy in another place; run.json names what was scored, and by what, in the first."""
    shutil.copytree(made, tmp_path / "work")
    return tmp_path / "work"


def told(trace: Trace, what: str) -> bool:
    return any(what in notice for notice in trace.notices)


def test_every_span_leads_to_its_reasons_and_to_annotations_of_the_dataset(made: Path) -> None:
    found = trace(made / "scores", HOSTILE)
    annotations = read_dataset(made / "dataset").require_annotations("dataset")
    culprit = next(span for span in found.spans if span["text"] == "culprit")
    assert (culprit["label"], culprit["voice"], TEXT[culprit["start"] : culprit["end"]]) == ("Scare_Quotes", "scare", "culprit")
    assert "in scare quotes" in {reason["words"] for reason in culprit["loaded_because"]}
    assert len(found.spans) >= 2
    for span in found.spans:
        assert span["loaded_because"]
        assert len(span["evidence"]) == 3
        for row in span["evidence"]:
            (marked,) = annotations.filter(annotation_id=row["annotation_id"]).to_dicts()
            assert {name: row[name] for name in ("annotator", "article_id", "label", "quote", "start")}.items() <= marked.items()
    assert (found.training["status"], found.input["status"], found.notices) == ("unchanged", "unchanged", ())
    assert (found.training["annotators"], found.training["adjudication"]) == (2, ["majority"])
    assert found.codebook["stamp"] == read_dataset(made / "dataset").require_codebook("").stamp
    assert set(found.scores["because"]) == {"frames"}
    assert {*found.scores["decided"]["frames"].split("; ")} - {""} <= found.scores["answers"]["frames"].keys()


def test_a_span_in_the_headline_is_told_from_those_in_the_text(made: Path) -> None:
    found = trace(made / "scores", "learned")
    *_, span = found.spans
    assert (span["part"], HEADLINE[span["start"] : span["end"]]) == ("title", span["text"])
    assert span["loaded_because"]
    assert span["evidence"]
    assert found.scores["title_words"] == 3
    assert max(found.scores["title_densities"].values()) == pytest.approx(1000 / 3)
    shown = run("trace", made / "scores", "--article", "learned").output
    assert shown.count(" of the headline") == sum(span["part"] == "title" for span in found.spans)


def test_an_article_without_spans_is_traced_to_its_model(made: Path) -> None:
    found = trace(made / "scores", "calm")
    assert (found.spans, found.training["status"]) == ([], "unchanged")
    assert set(found.scores["densities"].values()) == {0.0}


def test_an_article_that_the_model_was_trained_on_is_said_to_be_one(made: Path) -> None:
    assert told(trace(made / "scores", "learned"), "trained on this very article")
    assert not told(trace(made / "scores", "calm"), "trained on this very article")


def test_the_dataset_is_found_from_the_model_when_both_were_moved(work: Path) -> None:
    found = trace(work / "scores", HOSTILE, model=work / "model")
    assert found.training["datasets"] == [str((work / "dataset").resolve())]
    assert found.training["status"] == "unchanged"


def test_a_dataset_that_has_changed_is_said_to_have(work: Path) -> None:
    dataset = read_dataset(work / "dataset")
    gold = adjudicate(dataset, rule="unanimous")
    write_dataset(work / "dataset", replace(dataset, gold=gold))
    found = trace(work / "scores", HOSTILE, model=work / "model")
    assert found.training["status"] == "changed"
    assert told(found, "changed")
    assert all(len(span["evidence"]) == 3 for span in found.spans)


@pytest.mark.parametrize("damage", ["no gold", "no annotations", "damaged"])
def test_a_dataset_that_lacks_something_gives_what_it_has(work: Path, damage: str) -> None:
    dataset = work / "dataset"
    if damage == "no gold":
        (dataset / "gold.parquet").unlink()
    elif damage == "no annotations":
        (dataset / "annotations.parquet").unlink()
    else:
        (dataset / "annotations.parquet").write_bytes(b"PAR1 nothing")
    found = trace(work / "scores", HOSTILE, model=work / "model")
    assert found.training["status"] == "changed"
    assert [bool(span.get("evidence")) for span in found.spans] == [damage == "no gold"] * len(found.spans)
    assert told(found, {"no gold": "have changed", "no annotations": "only gold", "damaged": "cannot be read"}[damage])


def test_a_dataset_that_is_gone_is_asked_for_and_may_be_named(work: Path, made: Path) -> None:
    shutil.move(work / "dataset", work / "moved")
    found = trace(work / "scores", HOSTILE, model=work / "model")
    assert found.training["status"] == "missing"
    assert told(found, "name it with --dataset")
    assert all("evidence" not in span and span["loaded_because"] for span in found.spans)
    named = trace(work / "scores", HOSTILE, model=work / "model", datasets=[work / "moved"])
    assert named.training["status"] == "unchanged"
    assert named.spans == trace(made / "scores", HOSTILE).spans
    with pytest.raises(FramingError, match="no such dataset folder"):
        trace(work / "scores", HOSTILE, model=work / "model", datasets=[work / "nowhere"])


@pytest.mark.parametrize("what", ["gone", "changed", "not found"])
def test_without_the_text_spans_are_shown_as_they_were_found_and_still_lead_to_annotations(work: Path, made: Path, what: str) -> None:
    run = json.loads((work / "scores" / "run.json").read_text(encoding="utf-8"))
    news = work / "news.jsonl"
    run["inputs"] = {str(news): next(iter(run["inputs"].values()))}
    (work / "scores" / "run.json").write_text(json.dumps(run), encoding="utf-8")
    if what == "gone":
        news.unlink()
    elif what == "changed":
        news.write_text(news.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    else:
        news.write_text('{"id": "other", "text": "Other."}\n', encoding="utf-8")
    found = trace(work / "scores", HOSTILE, model=work / "model")
    assert found.input["status"] == what
    assert told(found, "without what made them")
    assert all("loaded_because" not in span for span in found.spans)
    assert [span["evidence"] for span in found.spans] == [span["evidence"] for span in trace(made / "scores", HOSTILE).spans]


def test_an_unknown_id_gets_the_nearest_ones_and_how_many_there_are(made: Path) -> None:
    with pytest.raises(FramingError, match="the nearest: 'calm'"):
        trace(made / "scores", "cal")
    with pytest.raises(FramingError, match="the nearest: 'learned'"):
        trace(made / "scores", "leanred")
    for strange in ("", "0123456789", ".*", "\x1b[2J" * 3):
        with pytest.raises(FramingError, match="there are 3"):
            trace(made / "scores", strange)


def test_an_article_that_the_model_was_trained_on_and_that_was_not_scored_is_said_to_be_one(made: Path, work: Path) -> None:
    learned = read_dataset(made / "dataset").articles["article_id"][0]
    with pytest.raises(FramingError, match=f"'{learned}' is an article that the model was trained on, and it was not scored") as refused:
        trace(made / "scores", learned)
    assert "nearest" not in str(refused.value)
    run = json.loads((work / "scores" / "run.json").read_text(encoding="utf-8"))
    (work / "scores" / "run.json").write_text(json.dumps(run | {"model_folder": str(work / "gone")}), encoding="utf-8")
    with pytest.raises(FramingError, match="has no article"):
        trace(work / "scores", learned)


def test_another_model_than_the_one_that_scored_is_refused(work: Path) -> None:
    with pytest.raises(FramingError, match="was scored by model"):
        trace(work / "scores", HOSTILE, model=STARTER)
    run = json.loads((work / "scores" / "run.json").read_text(encoding="utf-8"))
    (work / "scores" / "run.json").write_text(json.dumps(run | {"model_folder": str(work / "gone")}), encoding="utf-8")
    with pytest.raises(FramingError, match="gone any more"):
        trace(work / "scores", HOSTILE)


def test_scores_of_the_starter_model_lead_to_the_sample_and_say_that_it_has_no_annotation_ids(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    score_files([str(tmp_path / "a.txt")], tmp_path / "scores", None)
    (article,) = pl.read_parquet(tmp_path / "scores" / "articles.parquet")["article_id"]
    found = trace(tmp_path / "scores", article)
    assert (found.training["status"], found.training["datasets"]) == ("unchanged", ["the synthetic sample that ships"])
    assert {row["annotation_id"] for span in found.spans for row in span["evidence"]} == {None}
    assert told(found, "no ids of Label Studio")
    # The answers are what the score folder says, and what they are worth is said.
    assert told(found, "has 14 words, and the shortest that the model was trained on had 147: its answers mean nothing")
    assert found.scores["answers"]["frames"]


# The command


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_shows_hostile_strings_as_text_and_writes_what_it_shows(made: Path, tmp_path: Path) -> None:
    done = run("trace", made / "scores", "--article", HOSTILE, "--json", tmp_path / "trace.json")
    assert done.exit_code == 0, done.output
    assert not {"\x1b", "\u202e"} & set(done.output)
    assert "shares: " in done.output
    assert done.output.count("ADDRESS/api/annotations/ID/ shows one") == 1
    assert "a\\x1b[2J\\n=1+1\\u202e" in done.output
    said = json.loads((tmp_path / "trace.json").read_text(encoding="utf-8"))
    assert said.keys() == {"article", "scores", "spans", "model", "training", "codebook", "input", "notices"}
    assert f"{len(said['spans'])} spans of article" in done.output.splitlines()[-1]
    assert all(f"annotation {row['annotation_id']}" in done.output for span in said["spans"] for row in span["evidence"])


def test_one_is_said_in_the_singular_and_without_annotations_no_ids_are_explained(made: Path) -> None:
    done = run("trace", made / "scores", "--article", "calm")
    assert "4 words in 1 sentence;" in done.output
    assert "api/annotations" not in done.output
    assert done.output.splitlines()[-1] == "0 spans of article calm, 0 annotations that they lead to"


def test_the_card_names_the_dataset_and_the_digest_does_not_depend_on_where_it_is(made: Path, tmp_path: Path) -> None:
    assert "- dataset: ../dataset\n" in (made / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")
    train_model([made / "dataset"], tmp_path / "elsewhere" / "model", folds=0)
    first, second = (json.loads((path / "model.json").read_text(encoding="utf-8")) for path in (made / "model", tmp_path / "elsewhere" / "model"))
    assert first["digest"] == second["digest"]
    assert first["training"]["folders"] == ["../dataset"]
    assert second["training"]["folders"] != ["../dataset"]
