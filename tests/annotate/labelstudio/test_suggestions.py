"""Suggestions are those of one model, are kept back from whom they should be, and what was seen is pulled with the work."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from annotate.agreement.suggestions import measure_suggestions
from annotate.labelstudio import Access, Suggestions, pull, push, submit_annotations, suggest
from annotate.labelstudio.client import call, connect
from annotate.labelstudio.projects import find_project
from annotate.labelstudio.record import is_withheld
from annotate.readings import collect_readings
from classifiers import load_model
from framing.coding import import_coder
from framing.main import app
from framing.sample import ANNOTATORS, read_sample
from schemas.codebook import load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import WITHHELD

pytestmark = pytest.mark.server
Make = Callable[..., pl.DataFrame]
Lose = Callable[..., AbstractContextManager[str]]

IDS = [f"article{i:02}" for i in range(30)]
BLIND = 0.3
HELD = {name for name in IDS if is_withheld(name, BLIND, 0)}
TEXT = "A reckless plan."


@pytest.fixture
def pushed(access: Access, title: str, make_articles: Make) -> str:
    push(make_articles(**dict.fromkeys(IDS, TEXT)), load_codebook(), title, access)
    return title


def suggestions(version: str = "model 1", word: str = "reckless", label: str = "Loaded_Language") -> Suggestions:
    start = TEXT.index(word)
    row = {"label": label, "start": start, "end": start + len(word), "quote": word, "value": None, "probability": 0.8}
    # In the last article nothing was found, and that is a suggestion, too.
    rows = pl.DataFrame([{"article_id": name} | row for name in IDS[:-1]], schema_overrides={"value": pl.String})
    return Suggestions(version, rows, pl.DataFrame({"article_id": IDS, "score": [0.5 + i / 100 for i in range(len(IDS))]}))


def shown(title: str, access: Access) -> dict[str, list[dict[str, Any]]]:
    """What each article's page would show."""
    with connect(access) as client:
        project = find_project(client, title)
        assert project is not None
        tasks = call(client, "GET", "api/tasks", params={"project": project.id, "fields": "all", "page_size": 1000})["tasks"]
    return {task["data"]["article_id"]: task["predictions"] for task in tasks}


def test_each_article_has_one_prediction_with_version_and_score_and_the_project_shows_that_version(access: Access, pushed: str) -> None:
    done = suggest(pushed, suggestions(), access)
    assert (done.sent, done.present, done.withheld, done.replaced) == (30, 0, 0, ())
    found = shown(pushed, access)
    assert {len(predictions) for predictions in found.values()} == {1}
    first = found[IDS[3]][0]
    assert (first["model_version"], first["score"]) == ("model 1", pytest.approx(0.53))
    assert [(result["value"]["labels"], result["score"]) for result in first["result"]] == [(["Loaded_Language"], 0.8)]
    assert found[IDS[-1]][0]["result"] == []
    with connect(access) as client:
        assert find_project(client, pushed).model_version == "model 1"  # type: ignore[union-attr]


def test_again_sends_nothing_and_a_newer_model_replaces_the_older(access: Access, pushed: str) -> None:
    suggest(pushed, suggestions(), access)
    again = suggest(pushed, suggestions(), access)
    assert (again.sent, again.present, again.replaced, again.uncovered) == (0, 30, (), 0)
    newer = suggest(pushed, suggestions("model 2", "plan"), access)
    assert (newer.sent, newer.replaced) == (30, ("model 1",))
    assert {prediction["model_version"] for predictions in shown(pushed, access).values() for prediction in predictions} == {"model 2"}


def test_they_are_withheld_from_the_same_share_each_time_also_from_articles_of_a_later_push(access: Access, pushed: str, make_articles: Make) -> None:
    assert 3 < len(HELD) < 15
    done = suggest(pushed, suggestions(), access, blind=BLIND)
    assert (done.sent, done.withheld) == (30 - len(HELD), len(HELD))
    assert {name for name, predictions in shown(pushed, access).items() if not predictions} == HELD
    # A newer model keeps back from the same articles without being told.
    assert suggest(pushed, suggestions("model 2"), access).withheld == len(HELD)
    assert {name for name, predictions in shown(pushed, access).items() if not predictions} == HELD


def test_articles_that_have_no_suggestions_beside_others_that_do_are_counted(access: Access, pushed: str, make_articles: Make) -> None:
    suggest(pushed, suggestions(), access)
    later = push(make_articles(later=TEXT), load_codebook(), pushed, access)
    assert (later.sent, later.suggesting) == (1, "model 1")
    assert suggest(pushed, suggestions("model 2"), access).uncovered == 1


def test_an_answer_that_is_lost_doubles_no_prediction(access: Access, pushed: str, losing_answers: Lose, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.labelstudio.suggestions.BATCH", 10)
    with losing_answers(access.address, 2, to="/import/predictions") as address:
        suggest(pushed, suggestions(), Access(address, access.token))
    assert {len(predictions) for predictions in shown(pushed, access).values()} == {1}


def test_predictions_that_were_doubled_all_the_same_are_made_anew(access: Access, pushed: str) -> None:
    suggest(pushed, suggestions(), access)
    with connect(access) as client:
        project = find_project(client, pushed)
        assert project is not None
        task = call(client, "GET", "api/tasks", params={"project": project.id, "page_size": 1})["tasks"][0]["id"]
        double = [{"task": task, "result": [], "score": 0.1, "model_version": "model 1"}]
        call(client, "POST", f"api/projects/{project.id}/import/predictions", json=double)
    assert suggest(pushed, suggestions(), access).sent == 30
    assert {len(predictions) for predictions in shown(pushed, access).values()} == {1}


def test_what_was_seen_is_pulled_with_each_annotation(access: Access, pushed: str, make_person: Callable[[str], Access]) -> None:
    early, late = make_person("early"), make_person("late")
    held, open_to = min(HELD), min(set(IDS) - HELD)
    rows = pl.DataFrame([{"article_id": name, "label": None, "start": None, "end": None, "quote": None, "value": None} for name in (held, open_to)])
    submit_annotations(pushed, rows, early)
    # The server tells its time in whole seconds.
    time.sleep(1.1)
    suggest(pushed, suggestions(), access, blind=BLIND)
    submit_annotations(pushed, rows, late)
    annotations = pull(pushed, access).require_annotations(pushed)
    seen = {(row["annotator"].split("@")[0], row["article_id"]): row["suggested"] for row in annotations.iter_rows(named=True)}
    assert seen == {("early", held): None, ("early", open_to): None, ("late", held): WITHHELD, ("late", open_to): "model 1"}
    assert annotations["seconds"].to_list() == [60.0] * 4


def test_the_work_of_a_coder_is_suggested_withheld_and_measured_as_a_models_is(
    access: Access, title: str, make_articles: Make, make_person: Callable[[str], Access], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", access.address)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", access.token)
    folder, said = tmp_path / "dataset", tmp_path / "said.jsonl"
    write_dataset(folder, Dataset(make_articles(**dict.fromkeys(IDS, TEXT)), codebook=load_codebook()))
    rows = [{"article_id": name, "label": "Loaded_Language", "quote": "Reckless!"} for name in IDS[:-1]]
    said.write_text("\n".join(json.dumps(row) for row in [*rows, {"article_id": IDS[-1]}]), encoding="utf-8")
    import_coder(said, folder, "echo")
    options = ["--project", title, "--coder", "echo", "--blind", str(BLIND)]
    done = CliRunner().invoke(app, ["push", str(folder), *options], catch_exceptions=False)
    assert f"withheld from {len(HELD)}; project" in done.stdout
    versions = {name: [(one["model_version"], one["score"], len(one["result"])) for one in found] for name, found in shown(title, access).items()}
    ((version, _, _),) = versions[min(set(IDS) - HELD)]
    assert re.fullmatch(r"echo \([0-9a-f]{12}\)", version)
    assert versions == {name: [] if name in HELD else [(version, 1.0, int(name != IDS[-1]))] for name in IDS}
    nothing = {"label": None, "start": None, "end": None, "quote": None, "value": None}
    read = [min(HELD), min(set(IDS) - HELD)]
    submit_annotations(title, pl.DataFrame([{"article_id": name} | nothing for name in read]), make_person("reader"))
    pulled = pull(title, access)
    assert set(pulled.require_annotations(title)["suggested"]) == {version, WITHHELD}
    measured = measure_suggestions(collect_readings(pulled.articles, pulled.require_annotations(title)))
    assert measured is not None
    assert (measured["shown"]["readings"], measured["withheld"]["readings"]) == (1, 1)


def test_a_label_that_the_project_does_not_have_is_refused_before_anything_changes(access: Access, pushed: str) -> None:
    with pytest.raises(FramingError, match="suggests 'Nonsense'"):
        suggest(pushed, suggestions(label="Nonsense"), access)
    assert not any(shown(pushed, access).values())


def test_predictions_of_somebody_else_are_not_taken_away(access: Access, pushed: str) -> None:
    with connect(access) as client:
        project = find_project(client, pushed)
        assert project is not None
        task = call(client, "GET", "api/tasks", params={"project": project.id, "page_size": 1})["tasks"][0]["id"]
        call(client, "POST", f"api/projects/{project.id}/import/predictions", json=[{"task": task, "result": [], "model_version": "theirs"}])
    with pytest.raises(FramingError, match="'theirs', which this toolkit did not make"):
        suggest(pushed, suggestions(), access)
    assert sum(map(len, shown(pushed, access).values())) == 1


def serve(start_command: Callable[..., Any], port: int, *options: object) -> tuple[Any, str]:
    """`framing serve`, once it listens, and what lets in."""
    served = start_command("serve", "starter", "--port", port, *options)
    secret = re.search(r"http://(framing:[\w-]{32})@127.0.0.1", served.stdout.readline())
    assert secret
    return served, "Basic " + base64.b64encode(secret[1].encode()).decode()


def ask(port: int, path: str, secret: str, content: Any = None) -> Any:
    """What the backend answers."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(
            "GET" if content is None else "POST", path, json.dumps(content), {"Content-Type": "application/json", "Authorization": secret}
        )
        return json.loads(connection.getresponse().read())


def test_the_backend_answers_label_studios_questions_and_says_nothing_of_the_token_it_is_sent(
    access: Access, pushed: str, start_command: Callable[..., Any]
) -> None:
    served, secret = serve(start_command, 9376)
    with connect(access) as client:
        project = find_project(client, pushed)
        assert project is not None
        config = project.label_config

    (version,) = ask(9376, "/versions", secret)["versions"]
    assert ask(9376, "/setup", secret, {"project": "1.2", "schema": config, "access_token": "secret-token-of-the-owner"}) == {
        "model_version": version
    }
    loaded = {"data": {"article_id": "a", "text": "The reckless zealots of the council sank the old port."}}
    results = ask(
        9376,
        "/predict",
        secret,
        {"tasks": [loaded, {"data": {"no": "text"}}], "label_config": config, "params": {"login": "secret-token-of-the-owner"}},
    )["results"]
    assert [result["model_version"] for result in results] == [version] * 2
    assert any(entry["type"] == "labels" for entry in results[0]["result"])
    assert results[1]["result"] == []
    assert ask(9376, "/predict", secret, {"tasks": [loaded], "label_config": "<View/>"})["results"][0]["result"] == []
    assert "--retrain" in ask(9376, "/webhook", secret, {"action": "START_TRAINING", "project": {"title": pushed}})["job"]
    assert ask(9376, "/webhook", secret, {"action": "ANNOTATION_CREATED", "annotation": {}}) == {}
    served.kill()
    out, err = served.communicate()
    assert "secret-token" not in out + err


def test_the_model_that_is_served_is_trained_again_on_request_and_the_new_one_takes_its_place(
    access: Access, title: str, start_command: Callable[..., Any], make_person: Callable[[str], Access], tmp_path: Path
) -> None:
    sample = read_sample(128)
    chosen = sample.articles.gather_every(10)
    push(chosen, load_codebook(), title, access)
    for name in ANNOTATORS:
        rows = sample.require_annotations("sample").filter(annotator=name).join(chosen.select("article_id"), on="article_id", how="semi")
        submit_annotations(title, rows, make_person(f"teacher.{name}"))
    served, secret = serve(start_command, 9378, "--retrain", tmp_path / "workshop")
    before = ask(9378, "/versions", secret)
    request = {"action": "START_TRAINING", "project": {"id": 1, "title": title}}
    assert "has begun" in ask(9378, "/webhook", secret, request)["job"]
    assert "under way already" in ask(9378, "/webhook", secret, request)["job"]
    end = time.monotonic() + 150
    while (after := ask(9378, "/versions", secret)) == before and time.monotonic() < end:
        time.sleep(0.5)
    served.kill()
    said = "".join(served.communicate())
    assert after != before, said
    assert title in after["versions"][0]
    (model,) = (tmp_path / "workshop").glob("model-*")
    assert load_model(model).facts["training"]["articles"] == chosen.height
