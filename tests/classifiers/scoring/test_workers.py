"""Whoever does the work, and whoever is lost on the way: each job is done, and what comes of it is the same."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from classifiers.features.pages import Pages
from classifiers.model.model import Model
from classifiers.scoring.archive import score_archive
from classifiers.scoring.articles import score
from classifiers.scoring.workers import WAITING, open_workers, score_articles
from framing.sample import read_sample
from schemas.checks import Rejected
from schemas.errors import FramingError
from schemas.tables import Articles, conform

WRONG = """
import sys
from classifiers import load_model
from classifiers.scoring.workers import open_workers
from schemas.errors import FramingError
try:
    with open_workers(load_model(), cluster=sys.argv[1]):
        pass
except FramingError as error:
    print(f"framing: {error}", file=sys.stderr)
    sys.exit(1)
"""


@dataclass
class Portion:
    articles: pl.DataFrame
    rejected: Rejected
    rows: int
    position: int


@pytest.fixture(scope="module")
def portions() -> list[Portion]:
    """120 articles of the sample, in twos, and of six pages."""
    table = read_sample(128).articles.head(120).with_columns(url=pl.format("https://gull.example/{}", pl.int_range(pl.len()) % 6))
    table = conform(table, Articles, "test")
    return [Portion(table[i : i + 2], [], 2, i) for i in range(0, table.height, 2)]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# This process, and others of this machine


def test_this_process_does_one_job_after_the_other_as_they_are_given(small_model: Model, portions: list[Portion]) -> None:
    given: list[int] = []

    def jobs() -> Iterator[tuple[int, tuple[pl.DataFrame, Pages]]]:
        for number in (5, 3, 8):
            given.append(number)
            yield number, (portions[number].articles, Pages())

    with open_workers(small_model) as crew:
        for number, scores in crew.run(score_articles, jobs()):
            assert given[-1] == number
            assert scores.articles["article_id"].to_list() == portions[number].articles["article_id"].to_list()
    assert given == [5, 3, 8]


def test_a_process_does_not_go_on_with_another_model_that_is_in_no_folder_either(small_model: Model) -> None:
    articles = pl.DataFrame({"article_id": ["a"], "text": ["On day 9 the zorgish plan cost 4 coins."]})
    strict = replace(small_model, decoding=replace(small_model.decoding, threshold=60.0))
    found = []
    for model in (small_model, strict, small_model):
        with open_workers(model) as crew:
            ((_, scores),) = crew.run(score_articles, [(0, (articles, Pages()))])
        assert scores.spans.equals(score(model, articles).spans)
        found.append(scores.spans.height)
    assert found[0] == found[2] > found[1]


def test_others_do_each_job_once_and_few_wait_and_one_that_is_killed_is_one_line(small_model: Model, portions: list[Portion]) -> None:
    given = done = most = 0
    strangers = multiprocessing.active_children()

    def jobs() -> Iterator[tuple[int, tuple[pl.DataFrame, Pages]]]:
        nonlocal given, most
        for number in range(30):
            given, most = given + 1, max(most, given + 1 - done)
            yield number, (portions[number].articles, Pages())

    def jobs_and_a_kill() -> Iterator[tuple[int, tuple[pl.DataFrame, Pages]]]:
        for number, job in jobs():
            yield number, job
            if number == 2:
                next(process for process in multiprocessing.active_children() if process not in strangers).kill()

    with open_workers(small_model) as alone:
        expected = {number: scores.spans.rows() for number, scores in alone.run(score_articles, jobs())}
    with open_workers(small_model, 2) as crew:
        found, given, most = {}, 0, 0
        for number, scores in crew.run(score_articles, jobs()):
            assert number not in found
            found[number], done = scores.spans.rows(), done + 1
        assert found == expected
        assert most == WAITING * 2
        with pytest.raises(FramingError, match=r"a worker ended \(killed, or out of memory\?\)") as caught:
            list(crew.run(score_articles, jobs_and_a_kill()))
        assert caught.value.where == "--workers"
    # Strangers may have ended meanwhile.
    assert set(multiprocessing.active_children()) <= set(strangers)


# A Dask cluster


def dask(log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of a cluster, whose files are beside its log."""
    pytest.importorskip("distributed", reason="distributed is not installed")
    environment = os.environ | {"DASK_TEMPORARY_DIRECTORY": str(log.parent)}
    with log.open("wb") as file:
        return subprocess.Popen([sys.executable, "-m", "dask", *arguments], stdout=subprocess.DEVNULL, stderr=file, env=environment)


def wait_for(what: Callable[[], object]) -> None:
    until = time.monotonic() + 90
    while not what():
        assert time.monotonic() < until, "took too long"
        time.sleep(0.02)


def said(log: Path, pattern: str) -> str:
    """What the process says, as soon as it does."""
    wait_for(lambda: re.search(pattern, log.read_text(encoding="utf-8")))
    found = re.search(pattern, log.read_text(encoding="utf-8"))
    assert found
    return found[1]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, int]]]:
    """The address of a scheduler on loopback, and of its three workers, with their process ids."""
    if sys.platform == "win32":
        pytest.skip("kills by signal")
    folder = tmp_path_factory.mktemp("cluster")
    logs = [folder / f"{name}.log" for name in ("scheduler", "first", "second", "third")]
    processes = [dask(logs[0], "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")]
    try:
        scheduler = said(logs[0], r"Scheduler at:\s+(tcp://\S+)")
        # Without a nanny nobody starts it again.
        processes += [dask(log, "worker", scheduler, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--death-timeout", "60") for log in logs[1:]]
        assert all(said(log, r"(Registered to:)") for log in logs[1:])
        yield scheduler, {said(log, r"Start worker at:\s+(tcp://\S+)"): process.pid for log, process in zip(logs[1:], processes[1:], strict=True)}
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def test_a_worker_of_a_cluster_that_is_killed_costs_no_article_and_changes_no_byte(
    page_model: Model, portions: list[Portion], cluster: tuple[str, dict[str, int]], tmp_path: Path
) -> None:
    scheduler, workers = cluster
    # Each job brings a copy of the model, which is known by its digest.
    model = replace(page_model, digest="workers")
    local, far = tmp_path / "local", tmp_path / "far"
    there: list[int] = []

    def kill_one(position: int) -> None:
        parts = far / ".scoring" / "articles"
        if not there and parts.is_dir() and any(parts.glob("part-*")):
            os.kill(workers.popitem()[1], signal.SIGKILL)
            there.append(len(list(parts.iterdir())))

    for folder, where, progress in ((local, None, lambda position: None), (far, scheduler, kill_one)):
        done = score_archive(model, lambda: iter(portions), folder, inputs={}, facts={}, cluster=where, progress=progress)
        assert done.articles == 120
    assert 0 < there[0] < len(portions) - 10
    ids = [name for portion in portions for name in portion.articles["article_id"]]
    assert pl.read_parquet(far / "articles.parquet")["article_id"].to_list() == ids
    assert contents(far) == contents(local)


def test_when_the_only_worker_that_still_held_the_model_is_killed_the_others_are_given_it_anew(
    page_model: Model, portions: list[Portion], cluster: tuple[str, dict[str, int]]
) -> None:
    from distributed import Client

    scheduler, workers = cluster
    with open_workers(replace(page_model, digest="lost"), cluster=scheduler) as crew, Client(scheduler, set_as_default=False) as watcher:  # type: ignore[no-untyped-call]
        key = crew._model.key

        def holders() -> list[str]:
            return list(watcher.who_has().get(key, ()))  # type: ignore[no-untyped-call]

        def jobs_and_a_kill() -> Iterator[tuple[int, tuple[pl.DataFrame, Pages]]]:
            for number, portion in enumerate(portions):
                if number == 8:
                    # Dask makes one of several copies, every other second.
                    wait_for(lambda: len(holders()) == 1)
                    os.kill(workers.pop(holders()[0]), signal.SIGKILL)
                yield number, (portion.articles, Pages())

        done = [number for number, _ in crew.run(score_articles, jobs_and_a_kill())]
    assert sorted(done) == list(range(len(portions)))
    assert crew._model.key != key


@pytest.mark.parametrize("address", ["closed", "nonsense"])
def test_a_wrong_address_is_one_line_after_some_seconds(address: str) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed")
    if address == "closed":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    # Its own patience is ten seconds.
    done = subprocess.run([sys.executable, "-c", WRONG, address], capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 1
    assert done.stderr.startswith(f"framing: {address}: ")
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_cluster_without_dask_says_what_to_install(small_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(FramingError, match=r"a cluster needs the extra cluster \(distributed is not installed\). Install framing-toolkit\[cluster\]"),
        open_workers(small_model, cluster="x"),
    ):
        pass
