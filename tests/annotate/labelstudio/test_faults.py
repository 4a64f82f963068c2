"""Whatever goes wrong on the way, running the command again leaves every article once and nobody's work lost."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Access, pull, pull_into, push, start_server, stop_server, submit_annotations
from annotate.labelstudio.client import call, connect
from annotate.labelstudio.projects import find_project, list_tasks
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError

pytestmark = pytest.mark.server
Make = Callable[..., pl.DataFrame]
Start = Callable[..., "subprocess.Popen[str]"]
Kill = Callable[["subprocess.Popen[str]", Callable[[], bool]], bool]
Tasks = Callable[[str], list[dict[str, Any]]]
Lose = Callable[..., AbstractContextManager[str]]

# More of them are for whoever wants to be surer: FRAMING_TRIALS=10.
TRIALS = range(int(os.environ.get("FRAMING_TRIALS", "1")))
COUNT = 60
IDS = [f"article{i:02}" for i in range(COUNT)]
TEXT = "A reckless plan, so-called reform, number"


@pytest.fixture
def articles(make_articles: Make) -> pl.DataFrame:
    return make_articles(**{name: f"{TEXT} {name}." for name in IDS})


@pytest.fixture
def folder(articles: pl.DataFrame, tmp_path: Path) -> Path:
    write_dataset(tmp_path / "dataset", Dataset(articles))
    return tmp_path / "dataset"


@pytest.fixture
def annotate(access: Access, make_person: Callable[[str], Access]) -> Callable[..., pl.DataFrame]:
    """Somebody marks "reckless" as loaded in these articles, and "reform" in scare quotes; the rows."""

    def mark(title: str, name: str, ids: list[str] = IDS) -> pl.DataFrame:
        spans = [("Loaded_Language", "reckless"), ("Scare_Quotes", "reform")]
        rows = pl.DataFrame(
            [
                {"article_id": i, "label": label, "start": TEXT.index(word), "end": TEXT.index(word) + len(word), "quote": word, "value": None}
                for i in ids
                for label, word in spans
            ],
            schema_overrides={"value": pl.String},
        )
        submit_annotations(title, rows, make_person(name))
        return rows

    return mark


def each_once(tasks: list[dict[str, Any]]) -> bool:
    return sorted(task["article_id"] for task in tasks) == IDS


@pytest.mark.parametrize("trial", TRIALS)
def test_a_push_that_was_killed_is_finished_by_the_next(
    access: Access, title: str, articles: pl.DataFrame, folder: Path, start_command: Start, kill_when: Kill, tasks_of: Tasks, trial: int
) -> None:
    sent = Random(trial).randint(1, COUNT - 20)
    assert kill_when(start_command("push", folder, "--project", title), lambda: len(tasks_of(title)) >= sent)
    push(articles, load_codebook(), title, access)
    assert each_once(tasks_of(title))


def test_two_pushes_at_once_on_one_machine_send_each_article_once(title: str, folder: Path, start_command: Start, tasks_of: Tasks) -> None:
    both = [start_command("push", folder, "--project", title) for _ in range(2)]
    said = [process.communicate(timeout=200)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(line.split(" articles")[0] for line in said) == ["0", str(COUNT)]
    assert each_once(tasks_of(title))


def test_two_pushes_at_once_from_two_machines_leave_each_article_once_when_one_is_run_again(
    title: str, folder: Path, start_command: Start, run_command: Callable[..., str], tasks_of: Tasks, tmp_path: Path
) -> None:
    # Locks are kept in the cache folder: with another one it is another machine.
    both = [start_command("push", folder, "--project", title, XDG_CACHE_HOME=str(tmp_path / name)) for name in ("here", "there")]
    for process in both:
        process.communicate(timeout=200)
    run_command("push", folder, "--project", title)
    assert each_once(tasks_of(title))


def test_of_tasks_that_are_there_twice_what_was_annotated_stays_and_is_pulled_once(
    access: Access, title: str, articles: pl.DataFrame, annotate: Callable[..., pl.DataFrame], tasks_of: Tasks
) -> None:
    push(articles, load_codebook(), title, access)
    with connect(access) as client:
        project = find_project(client, title)
        assert project is not None
        # As it was sent: with its seal.
        doubled = [{"data": task.data, "meta": task.meta} for task in list_tasks(client, project.id, "id,data,meta")][:3]
        call(client, "POST", f"api/projects/{project.id}/import", json=doubled)
    # The listing's last task of an article is the double: that is where this person's work goes.
    annotate(title, "doubler", IDS[:1])
    assert push(articles, load_codebook(), title, access).doubles == 2
    assert len(tasks_of(title)) == COUNT + 1
    dataset = pull(title, access)
    assert sorted(dataset.articles["article_id"]) == IDS
    assert dataset.require_annotations(title).select("article_id", "quote").rows() == [(IDS[0], "reckless"), (IDS[0], "reform")]


def test_a_server_that_is_started_again_between_batches_is_waited_for(
    access: Access, server_data: Path, title: str, folder: Path, start_command: Start, tasks_of: Tasks
) -> None:
    process = start_command("push", folder, "--project", title)
    while process.poll() is None and len(tasks_of(title)) < 20:
        time.sleep(0.02)
    stop_server(server_data)
    start_server(server_data)
    _, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert each_once(tasks_of(title))


def test_a_token_that_is_revoked_on_the_way_is_named_and_the_next_run_finishes(
    access: Access, title: str, articles: pl.DataFrame, make_person: Callable[[str], Access], tasks_of: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotate.labelstudio.upload.BATCH", 10)
    theirs = make_person("revoked")

    def revoke(done: int, total: int) -> None:
        with connect(theirs) as client:
            call(client, "POST", "api/current-user/reset-token/")

    with pytest.raises(FramingError, match="the token was refused") as caught:
        push(articles, load_codebook(), title, theirs, progress=revoke)
    assert theirs.token not in str(caught.value)
    assert len(tasks_of(title)) == 10
    push(articles, load_codebook(), title, access)
    assert each_once(tasks_of(title))


def test_a_project_whose_making_was_not_answered_is_found_and_not_made_twice(
    access: Access, title: str, articles: pl.DataFrame, losing_answers: Lose, tasks_of: Tasks
) -> None:
    with losing_answers(access.address, 1, to="/api/projects/ ") as address:
        push(articles, load_codebook(), title, Access(address, access.token))
    assert each_once(tasks_of(title))


@pytest.mark.parametrize("trial", TRIALS)
def test_a_pull_that_was_killed_leaves_the_folder_readable_and_the_next_has_everything(
    access: Access,
    title: str,
    articles: pl.DataFrame,
    annotate: Callable[..., pl.DataFrame],
    start_command: Start,
    kill_when: Kill,
    tmp_path: Path,
    trial: int,
) -> None:
    push(articles, load_codebook(), title, access)
    annotate(title, "first", IDS[:5])
    out = tmp_path / "pulled"
    pull_into(out, title, access)
    annotate(title, "second", IDS[:8])
    end = time.monotonic() + Random(trial).uniform(1.5, 4.0)
    kill_when(start_command("pull", "--project", title, "--out", out, "--full"), lambda: time.monotonic() > end)
    read_dataset(out)
    pull_into(out, title, access)
    there = pull(title, access).require_annotations(title)
    assert read_dataset(out).require_annotations(out).sort(pl.all()).equals(there.sort(pl.all()))
    assert there.height == 26


@pytest.mark.parametrize("trial", TRIALS)
def test_a_migration_that_was_killed_is_known_for_what_it_is_and_finished_by_the_same_command(
    access: Access,
    title: str,
    articles: pl.DataFrame,
    annotate: Callable[..., pl.DataFrame],
    start_command: Start,
    kill_when: Kill,
    run_command: Callable[..., str],
    tmp_path: Path,
    trial: int,
) -> None:
    push(articles, load_codebook(), title, access)
    annotate(title, "migrant", IDS[:8])
    out, new = tmp_path / "pulled", tmp_path / "new.toml"
    pull_into(out, title, access)
    new.write_text(changed_codebook().to_toml(), encoding="utf-8")
    command = ("codebook", "migrate", out, "--project", title, "--to", new, "--rename", "Loaded_Language=Loaded", "--apply")

    def labels() -> list[str]:
        with connect(access) as client:
            project = find_project(client, title)
            assert project is not None
            found = call(client, "GET", f"api/projects/{project.id}/export", params={"exportType": "JSON", "download_all_tasks": "true"})
        return [result["value"]["labels"][0] for task in found for entry in task["annotations"] for result in entry["result"]]

    moved = Random(trial).randint(1, 5)
    assert kill_when(start_command(*command), lambda: labels().count("Loaded") >= moved)
    if labels().count("Loaded") < 8:
        with pytest.raises(FramingError, match="was interrupted"):
            pull(title, access)
    run_command(*command)
    assert sorted(labels()) == ["Loaded"] * 8 + ["Scare_Quotes"] * 8
    rows = read_dataset(out).require_annotations(out)
    assert rows.filter(label="Loaded").height == 8
    (audit,) = (out / "history").glob("migration-*/audit.jsonl")
    assert sorted(pl.read_ndjson(audit)["article_id"]) == IDS[:8]


def changed_codebook() -> Codebook:
    data = load_codebook().model_dump(mode="json")
    data["version"] = "2.0.0"
    for label in data["labels"]:
        label["name"] = "Loaded" if label["name"] == "Loaded_Language" else label["name"]
    return Codebook.model_validate(data)


def test_a_server_that_is_too_old_is_named_with_its_version(access: Access, title: str, articles: pl.DataFrame) -> None:
    with SayingItsVersion(access.address, "1.12.1") as address, pytest.raises(FramingError, match=r"Label Studio 1\.12\.1 is too old"):
        push(articles, load_codebook(), title, Access(address, access.token))


class SayingItsVersion(AbstractContextManager[str]):
    """The real server, but for the version it says it is of."""

    def __init__(self, address: str, version: str) -> None:
        import http.server
        import urllib.request

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urllib.request.Request(address + self.path, headers={"Authorization": self.headers["Authorization"]})
                with urllib.request.urlopen(asked) as answer:
                    body = answer.read()
                if self.path.startswith("/api/version"):
                    body = body.replace(b"1.23.2", version.encode())
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *arguments: object) -> None:
        self._server.shutdown()
        self._server.server_close()
