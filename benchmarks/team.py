"""`python -m benchmarks.team`: many people at work at once, through the gate on PostgreSQL and beside it on SQLite without one, as one person has it.

Both servers are made in a folder of their own and stopped at the end. Each person is a session over HTTP: join, ask for the next article, submit,
and think for a moment. Meanwhile the project is pulled again and again.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import ssl
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import httpx
import numpy as np
import typer

from annotate.labelstudio import Access, push, sign_up
from annotate.labelstudio.client import connect
from annotate.labelstudio.download import pull_into
from annotate.labelstudio.projects import require_project
from annotate.server.credentials import read_credentials
from annotate.server.embedded import start_server, stop_server
from annotate.server.members import invite
from annotate.server.team import Way, start_team, stop_team
from benchmarks.project import make_corpus
from schemas.codebook import load_codebook

TITLE, PASSWORD, HOST, PORT = "Benchmark", "password-of-a-benchmark", "127.0.0.1", 9443
PULL_SECONDS = 10.0
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Seen:
    """What people met: seconds of next and submit together, the tasks that they submitted, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    submitted: list[tuple[str, int]] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    pulls: int = 0


def main(
    people: Annotated[int, typer.Option(help="People at work at once.")] = 20,
    seconds: Annotated[float, typer.Option(help="How long each server is at work.")] = 300.0,
    tasks: Annotated[int, typer.Option(help="Articles in the project.")] = 50_000,
    thinking: Annotated[float, typer.Option(help="Seconds that a person looks at an article, on average.")] = 2.0,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Both servers one after the other, and what people met there."""
    figures: dict[str, Any] = {"people": people, "seconds": seconds, "tasks": tasks, "thinking": thinking}
    for name, arm in (("team", at_the_gate), ("one_person", without_a_gate)):
        folder = Path(tempfile.mkdtemp(prefix="framing-team-"))
        folder.chmod(0o711)
        try:
            figures[name] = arm(folder, people, seconds, tasks, thinking)
        finally:
            stop_team(folder)
            shutil.rmtree(folder, ignore_errors=True)
        print(name, json.dumps(figures[name]))
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def at_the_gate(data: Path, people: int, seconds: float, tasks: int, thinking: float) -> dict[str, Any]:
    team = start_team(data, None, Way(HOST, PORT, HOST, "", ""))
    access = Access(team.server.address, read_credentials(data).token)
    project = fill(access, tasks)
    trust = ssl.create_default_context(cafile=str(data / "certificate.pem"))

    def come(name: str) -> httpx.Client:
        visitor = httpx.Client(base_url=team.way.public, verify=trust, timeout=120, trust_env=False, headers={"Origin": team.way.public})
        fields = {"email": name, "password": PASSWORD, "again": PASSWORD, "deed": "new"}
        joined = visitor.post(f"/join/{invite(data, project)}", data=fields)
        assert joined.is_redirect, joined.text  # noqa: S101
        return visitor

    return work(access, data, project, [f"person{n}@example.com" for n in range(people)], come, seconds, thinking)


def without_a_gate(data: Path, people: int, seconds: float, tasks: int, thinking: float) -> dict[str, Any]:
    server = start_server(data)
    access = Access(server.address, read_credentials(data).token)
    project = fill(access, tasks)

    def come(name: str) -> httpx.Client:
        sign_up(access, name, PASSWORD)
        visitor = httpx.Client(base_url=server.address, timeout=120, trust_env=False, headers={"Referer": server.address})
        form = _CSRF.search(visitor.get("/user/login/").text)
        assert form is not None  # noqa: S101
        visitor.post("/user/login/", data={"csrfmiddlewaretoken": form[1], "email": name, "password": PASSWORD})
        return visitor

    figures = work(access, data, project, [f"person{n}@example.com" for n in range(people)], come, seconds, thinking)
    stop_server(data)
    return figures


def fill(access: Access, tasks: int) -> int:
    """A project of so many articles; its number."""
    push(make_corpus(tasks), load_codebook(), TITLE, access)
    with connect(access) as client:
        return int(require_project(client, TITLE).id)


def work(
    access: Access, data: Path, project: int, names: list[str], come: Callable[[str], httpx.Client], seconds: float, thinking: float
) -> dict[str, Any]:
    """Everybody at work for so long, beside a pull every ten seconds; then what is there is held against what was submitted."""
    visitors = {name: come(name) for name in names}
    seen, end = Seen(), time.monotonic() + seconds
    hands = [threading.Thread(target=label, args=(visitor, name, project, end, thinking, seen)) for name, visitor in visitors.items()]
    out = data / "pulled"
    hands.append(threading.Thread(target=pull_again_and_again, args=(access, out, end, seen)))
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    pulled = pull_into(out, TITLE, access)
    assert pulled.dataset.annotations is not None  # noqa: S101
    there = pulled.dataset.annotations.select("annotator", "annotation_id").unique().height
    log = (data / "server.log").read_text(encoding="utf-8", errors="replace")
    doubled = len(seen.submitted) - len(set(seen.submitted))
    figures = {f"{name}_ms": round(float(np.percentile(seen.seconds, at)) * 1000, 1) for name, at in (("median", 50), ("p95", 95))}
    return figures | {
        "submitted": len(seen.submitted),
        "lost": len(seen.submitted) - there,
        "doubled": doubled,
        "locked": log.count("database is locked"),
        "wrong": dict(seen.wrong),
        "pulls": seen.pulls,
    }


def label(visitor: httpx.Client, name: str, project: int, end: float, thinking: float, seen: Seen) -> None:
    """One person at work."""
    rng = random.Random(name)  # noqa: S311 - nothing depends on its being secret
    while time.monotonic() < end:
        begun = time.perf_counter()
        try:
            following = visitor.get(f"/api/projects/{project}/next", params={"project": project})
            between = time.perf_counter() - begun
            if following.is_error:
                seen.wrong[f"next {following.status_code}"] += 1
                continue
            task = following.json()
            value = {"start": 0, "end": 3, "text": task["data"]["text"][:3], "labels": ["Loaded_Language"]}
            result = [{"from_name": "spans", "to_name": "text", "type": "labels", "id": "a", "value": value}]
            time.sleep(rng.expovariate(1 / thinking))
            begun = time.perf_counter()
            done = visitor.post(
                f"/api/tasks/{task['id']}/annotations/",
                params={"project": project},
                json={"result": result, "lead_time": 1.0},
                headers={"X-CSRFToken": visitor.cookies.get("csrftoken") or ""},
            )
            if done.is_error:
                seen.wrong[f"submit {done.status_code}"] += 1
                continue
            seen.seconds.append(between + time.perf_counter() - begun)
            seen.submitted.append((name, task["id"]))
        except httpx.HTTPError as error:
            seen.wrong[type(error).__name__] += 1


def pull_again_and_again(access: Access, out: Path, end: float, seen: Seen) -> None:
    while time.monotonic() < end:
        begun = time.monotonic()
        pull_into(out, TITLE, access)
        seen.pulls += 1
        time.sleep(max(PULL_SECONDS - (time.monotonic() - begun), 0))


if __name__ == "__main__":
    typer.run(main)
