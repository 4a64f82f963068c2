"""`python -m benchmarks.drills`: what takes too long for the tests, on real servers made for it: an upgrade from an earlier Label Studio, which is
backed up first and taken back; and a lab's server that is started twice at once, killed, and stopped while somebody sees to it that it runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from annotate.server import embedded
from annotate.server.backups.digests import Content, digest_tables
from annotate.server.backups.folder import find_folder, list_backups
from annotate.server.backups.manifest import read_manifest
from annotate.server.backups.opening import open_store, reachable
from annotate.server.backups.restoring import restore
from annotate.server.backups.versions import record_version, recorded_version
from annotate.server.credentials import read_credentials
from annotate.server.postgres import is_running, make_cluster
from annotate.server.service import start_server
from annotate.server.team import gate_runs, stop_team

# The day by which the packages of the earlier version are those that it was made for.
EARLIER, THEN = "1.20.0", "2025-09-01T00:00:00Z"
CONFIG = '<View><Labels name="spans" toName="text"><Label value="Loaded"/></Labels><Text name="text" value="$text"/></View>'
RESULT = [
    {"id": "a", "from_name": "spans", "to_name": "text", "type": "labels", "value": {"start": 0, "end": 3, "text": "The", "labels": ["Loaded"]}}
]
TITLE, ARTICLES, PORT, SECONDS = "Drill", 50, 9543, 300.0

app = typer.Typer(rich_markup_mode=None)


@app.command()
def upgrade(
    earlier: Annotated[str, typer.Option(metavar="VERSION", help="The Label Studio that the work is done with.")] = EARLIER,
    packages: Annotated[str, typer.Option(metavar="TIME", help="Its packages are those of this moment.")] = THEN,
    postgresql: Annotated[bool, typer.Option("--postgresql", help="On PostgreSQL, and not on SQLite.")] = False,
) -> None:
    """Work with an earlier version, start ours on it, and take that back out of the backup that was taken before."""
    with place("upgrade") as folder:
        data, back = folder / "lab", folder / "back"
        data.mkdir()
        if postgresql:
            make_cluster(data)
        with another_version(earlier, packages):
            embedded.start_server(data)
            record_version(data, earlier)
            annotate(data)
            work = read_work(data)
            embedded.stop_server(data)
        before, begun = read_content(data), time.monotonic()
        start_server(data)
        figures: dict[str, Any] = {"seconds_of_the_start": round(time.monotonic() - begun), "version": recorded_version(data)}
        (made,) = (backup.path for backup in list_backups(find_folder(data)))
        figures |= {"work_is_the_same": read_work(data) == work, "backup_is_of": read_manifest(made).label_studio}
        embedded.stop_server(data)
        after = read_content(data)
        figures["tables_that_changed"] = sum(after.get(name) != content for name, content in before.items())
        restore(made, back)
        figures |= {"taken_back": read_content(back) == before == read_manifest(made).tables, "back_to": recorded_version(back)}
        with another_version(earlier, packages):
            embedded.start_server(back)
            figures["work_is_the_same_again"] = read_work(back) == work
            embedded.stop_server(back)
        say(figures, figures["work_is_the_same"] and figures["taken_back"] and figures["work_is_the_same_again"])


@app.command()
def together() -> None:
    """Break off the start of a lab's server, start it twice at once, kill all of it, and stop it from elsewhere."""
    with place("together") as folder:
        data = folder / "lab"
        words = ["start", "--team", "--name", "127.0.0.1", "--bind", "127.0.0.1", "--port", str(PORT), "--foreground"]
        broken = command(data, *words)
        wait((data / embedded.PROCESS_FILE).exists)
        broken.send_signal(signal.SIGTERM)
        code, figures = broken.wait(60), dict[str, Any]()
        figures["broken_off"] = {"code": code, "left": left_of(data)}
        starts = [command(data, *words[:-1]) for _ in range(2)]
        figures["two_at_once"] = {"codes": [start.wait(SECONDS) for start in starts], "healthy": is_healthy()}
        watch, begun = command(data, *words), time.monotonic()
        wait((data / "watch-process.json").exists)
        for name in (embedded.PROCESS_FILE, "gate-process.json"):
            os.killpg(json.loads((data / name).read_text(encoding="utf-8"))["pid"], signal.SIGKILL)
        os.kill(int((data / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0]), signal.SIGKILL)
        wait(lambda: not is_healthy())
        wait(is_healthy)
        figures["killed"] = {"seconds_until_it_answers": round(time.monotonic() - begun)}
        stopped = command(data, "stop").wait(120)
        figures["stopped"] = {"code": stopped, "code_of_the_watch": watch.wait(60), "left": left_of(data)}
        sound = not figures["broken_off"]["left"] and figures["two_at_once"]["codes"] == [0, 0] and not figures["stopped"]["left"]
        say(figures, sound and figures["stopped"]["code_of_the_watch"] == 0)


@contextmanager
def place(name: str) -> Iterator[Path]:
    """A folder in which PostgreSQL's own user comes through; nothing that was started in it is left."""
    folder = Path(tempfile.mkdtemp(prefix=f"framing-{name}-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        for data in folder.iterdir():
            stop_team(data)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def another_version(version: str, packages: str) -> Iterator[None]:
    """Within the block that Label Studio is started, with the packages of that moment."""
    before = embedded.VERSION, embedded.EXCLUDE_NEWER
    embedded.VERSION, embedded.EXCLUDE_NEWER = version, packages
    try:
        yield
    finally:
        embedded.VERSION, embedded.EXCLUDE_NEWER = before


def ask(data: Path, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Token {read_credentials(data).token}"}
    answer = httpx.request(method, f"{embedded.running_address(data)}/api/{path}", headers=headers, timeout=120, trust_env=False, **more)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def annotate(data: Path) -> None:
    project = ask(data, "POST", "projects/", json={"title": TITLE, "label_config": CONFIG})["id"]
    texts = [{"text": f"The reckless \u00e9lan of plan {number}"} for number in range(ARTICLES)]
    tasks = ask(data, "POST", f"projects/{project}/import?return_task_ids=true", json=texts)["task_ids"]
    for task in tasks[:-1]:
        ask(data, "POST", f"tasks/{task}/annotations/", json={"result": RESULT, "lead_time": 2.5, "was_cancelled": task % 7 == 0})
    ask(data, "POST", f"tasks/{tasks[-1]}/drafts", json={"result": RESULT})
    ask(data, "POST", "predictions/", json={"task": tasks[-1], "result": RESULT, "score": 0.5, "model_version": "m1"})


def read_work(data: Path) -> list[Any]:
    """Who annotated what and when, by the numbers that a trace leads to."""
    project = ask(data, "GET", "projects/")["results"][0]["id"]
    found = ask(data, "GET", f"projects/{project}/export?exportType=JSON&download_all_tasks=true")
    keys = ("id", "completed_by", "created_at", "updated_at", "result", "lead_time", "was_cancelled", "unique_id")
    return sorted([task["id"], task["data"], task["drafts"] != [], [[one[key] for key in keys] for one in task["annotations"]]] for task in found)


def read_content(data: Path) -> dict[str, Content]:
    with reachable(data) as database, open_store(database) as store:
        return digest_tables(store)


def command(data: Path, *words: str) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-c", "from framing.main import run; run()", "labelstudio", *words, "--data", str(data)]
    return subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def is_healthy() -> bool:
    with suppress(httpx.HTTPError):
        # Who answers is known by the port.
        return httpx.get(f"https://127.0.0.1:{PORT}/gate/health", verify=False, timeout=5, trust_env=False).is_success  # noqa: S501
    return False


def left_of(data: Path) -> Sequence[str]:
    """What of the server still runs."""
    there = {"Label Studio": embedded.running_address(data) is not None, "the gate": gate_runs(data), "PostgreSQL": is_running(data)}
    return [name for name, runs in there.items() if runs]


def wait(holds: Any) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {SECONDS:.0f} s")
        time.sleep(0.1)


def say(figures: dict[str, Any], sound: bool) -> None:  # noqa: FBT001
    print(json.dumps(figures, indent=2))
    if not sound:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
