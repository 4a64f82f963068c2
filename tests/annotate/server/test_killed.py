"""Label Studio is killed while people submit: it is started anew where it was, and all that it had said yes to is there, once."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from annotate.labelstudio import Access, find_number, pull, push, server_status, start_server
from annotate.server.backups.digests import Tally
from annotate.server.backups.opening import open_store
from annotate.server.backups.rows import Row
from annotate.server.database import read_database
from annotate.server.members import invite
from annotate.server.team import keep_running
from schemas.codebook import load_codebook
from tests.labs import run_gate

NAMES, ARTICLES, SECONDS = ("ann", "bob", "cyd", "dan"), 10, 240.0


@dataclass
class Work:
    """What people were told: of each annotation that was taken its number, task, author and content; how many were left without an answer, and
    how often there was none to anything. `writing`: whose work is on its way."""

    taken: list[tuple[int, int, int, str]] = field(default_factory=list)
    writing: set[int] = field(default_factory=set)
    unanswered: int = 0
    refused: int = 0


@contextmanager
def watched(data: Path) -> Iterator[None]:
    """Somebody sees to it that the server runs."""
    ended = threading.Event()
    watch = threading.Thread(target=keep_running, args=(data,), kwargs={"team": False, "ended": ended})
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()
        start_server(data)


def label(visitor: httpx.Client, author: int, project: int, work: Work) -> None:
    """Submit one article after the other, until the stream has no more; what nobody answered is asked for again."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        following = visitor.get(f"/api/projects/{project}/next")
        if following.status_code == httpx.codes.NOT_FOUND:
            return
        if following.is_error:
            work.refused += 1
            time.sleep(0.2)
            continue
        task = following.json()
        value = {"start": 4, "end": 12, "text": task["data"]["text"][4:12], "labels": ["Loaded_Language"]}
        result = [{"id": f"{author}-{task['id']}", "from_name": "spans", "to_name": "text", "type": "labels", "value": value}]
        work.writing.add(author)
        said = visitor.post(f"/api/tasks/{task['id']}/annotations/", json={"result": result, "lead_time": 2.5})
        work.writing.discard(author)
        if said.status_code == httpx.codes.CREATED:
            work.taken.append((said.json()["id"], task["id"], author, json.dumps(result)))
        else:
            work.unanswered += 1
    raise AssertionError(f"the stream did not end within {SECONDS} s")


@pytest.mark.server
def test_nothing_that_was_taken_is_lost_or_doubled_and_it_stands_where_it_stood(
    access: Access, server_data: Path, title: str, make_articles: Callable[..., pl.DataFrame]
) -> None:
    texts = {f"a{number}": f"The reckless plan, number {number}." for number in range(ARTICLES)}
    push(make_articles(**texts), load_codebook(), title, access, coders=len(NAMES))
    project, before, work = find_number(title, access), server_status(server_data), Work()
    assert before is not None
    with watched(server_data), run_gate(access.address, server_data, access.token) as address, ThreadPoolExecutor() as pool:
        people = {}
        for name in NAMES:
            visitor = httpx.Client(base_url=address, headers={"origin": address}, timeout=60, trust_env=False)
            own = {"email": f"{name}-{project}@example.com", "password": f"password-of-{name}", "again": f"password-of-{name}", "deed": "new"}
            joined = visitor.post(f"/join/{invite(server_data, project)}", data=own)
            assert joined.is_redirect, joined.text
            people[visitor.get("/api/current-user/whoami").raise_for_status().json()["id"]] = visitor
        hands = [pool.submit(label, visitor, author, project, work) for author, visitor in people.items()]
        while (len(work.taken) < 2 * len(NAMES) or len(work.writing) < 2) and not any(hand.done() for hand in hands):
            time.sleep(0.001)
        os.killpg(before.pid, signal.SIGKILL)
        for hand in hands:
            hand.result()
        for visitor in people.values():
            visitor.close()
    after = server_status(server_data)
    assert after is not None
    assert (after.address, after.pid == before.pid) == (before.address, False)
    assert work.unanswered + work.refused > 0
    check(work, server_data, title, access, texts)


def check(work: Work, data: Path, title: str, access: Access, texts: dict[str, str]) -> None:
    """Each row is as it was submitted, each person has each article once, and the numbers that a pull gives lead to them."""
    with open_store(read_database(data)) as store:
        table = store.tables()["task_completion"].only(["id", "result", "completed_by_id", "task_id"])
        places = [["id", "task_id", "completed_by_id", "result"].index(column.name) for column in table.columns]
        wanted: list[Row] = [tuple(one[place] for place in places) for one in work.taken]
        contents = []
        for rows in (wanted, store.read(table, "id", [one[0] for one in work.taken])):
            tally = Tally(table)
            list(tally.watch(rows))
            contents.append(tally.content)
    assert contents[0] == contents[1]
    assert contents[0].rows == len(work.taken)
    pulled = pull(title, access).annotations
    assert pulled is not None
    # Each person has an article once; what is there beyond what was taken was written, and its answer was lost.
    assert pulled.height == pulled.select("annotator", "article_id").n_unique() <= len(work.taken) + work.unanswered
    assert {str(one[0]) for one in work.taken} <= set(pulled["annotation_id"])
    owner = httpx.Client(base_url=access.address, headers={"Authorization": f"Token {access.token}"}, timeout=60, trust_env=False)
    with owner:
        kept = owner.get(f"/api/projects/{find_number(title, access)}/export?exportType=JSON").raise_for_status().json()
        readings = [(task["id"], one["completed_by"]) for task in kept for one in task["annotations"]]
        assert len(readings) == len(set(readings)) == pulled.height
        for row in pulled.sample(5, seed=1).iter_rows(named=True):
            home: dict[str, Any] = owner.get(f"/api/annotations/{row['annotation_id']}/").raise_for_status().json()
            assert home["created_username"].strip().partition(",")[0].endswith(row["annotator"])
            assert home["result"][0]["value"]["text"] == texts[row["article_id"]][4:12] == "reckless"
