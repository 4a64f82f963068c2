"""A real server goes from SQLite to another machine and there to PostgreSQL, every row of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from annotate.labelstudio import Access, find_number, pull, push, start_server, stop_server
from annotate.server.backups.folder import find_folder, remember_folder
from annotate.server.backups.manifest import read_manifest
from annotate.server.backups.moving import move
from annotate.server.backups.opening import open_store, reachable
from annotate.server.backups.restoring import restore
from annotate.server.backups.rows import Store
from annotate.server.backups.taking import take_backup
from annotate.server.database import SQLITE, Database, read_database
from schemas.codebook import load_codebook

pytestmark = pytest.mark.server
# What annotating writes to, and what it is found by.
TABLES = (
    "task_completion",
    "prediction",
    "tasks_annotationdraft",
    "task",
    "data_import_fileupload",
    "data_manager_view",
    "htx_user",
    "organization",
    "organizations_organizationmember",
    "project",
    "projects_projectsummary",
    "authtoken_token",
)


@pytest.fixture
def elsewhere(postgres: None) -> Iterator[Path]:
    """A place on another machine, where PostgreSQL's own user comes through."""
    folder = Path(tempfile.mkdtemp(prefix="framing-elsewhere-"))
    folder.chmod(0o711)
    yield folder
    stop_server(folder / "lab")
    shutil.rmtree(folder)


def ask(access: Access, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Token {access.token}"}
    answer = httpx.request(method, f"{access.address}/api/{path}", headers=headers, timeout=60, trust_env=False, **more)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def work(access: Access, make_person: Callable[[str], Access], project: int) -> None:
    """Two people annotate, skip and draft; a model suggests, somebody uploads a file and keeps a tab."""
    value = {"start": 4, "end": 12, "text": "reckless", "labels": ["Loaded_Language"]}
    result = [{"id": "a", "from_name": "spans", "to_name": "text", "type": "labels", "value": value}]
    first, second, third = sorted(task["id"] for task in ask(access, "GET", f"tasks?project={project}&fields=task_only")["tasks"])
    suggested = ask(access, "POST", "predictions/", json={"task": first, "result": result, "score": 0.25, "model_version": "m1"})["id"]
    for name, more in (("ada", {"parent_prediction": suggested}), ("ben", {"was_cancelled": True})):
        ask(make_person(name), "POST", f"tasks/{first}/annotations/", json={"result": result, "lead_time": 2.5} | more)
    mine = ask(make_person("ada"), "POST", f"tasks/{second}/annotations/", json={"result": [], "lead_time": 0.1})["id"]
    ask(make_person("ada"), "POST", f"tasks/{second}/annotations/{mine}/drafts", json={"result": result})
    ask(make_person("ben"), "POST", f"tasks/{third}/drafts", json={"result": result, "lead_time": 1.0})
    ask(access, "POST", f"projects/{project}/import?commit_to_project=false", files={"file": ("a.txt", "Caf\u00e9.".encode())})
    ask(access, "POST", "dm/views", json={"project": project, "data": {"title": "Mine", "filters": {"conjunction": "and", "items": []}}})


def see(access: Access, project: int) -> list[Any]:
    """Of each task who annotated what and when, in the order of numbers: PostgreSQL lists them in none."""
    found = ask(access, "GET", f"projects/{project}/export?exportType=JSON&download_all_tasks=true")
    keys = ("id", "completed_by", "created_at", "updated_at", "result", "lead_time", "was_cancelled", "unique_id", "parent_prediction")
    return sorted([task["id"], task["data"], sorted([one[key] for key in keys] for one in task["annotations"])] for task in found)


def rows_of(store: Store, name: str, columns: Iterable[str]) -> list[dict[str, Any]]:
    """Every row of the table, by its columns; of JSON what it says."""
    table = store.tables()[name].only(columns)
    rows = [
        {
            column.name: json.loads(value) if column.kind == "json" and isinstance(value, str) else value
            for column, value in zip(table.columns, row, strict=True)
        }
        for row in store.read(table)
    ]
    return sorted(rows, key=lambda row: str(row.get("id", row)))


def test_it_is_backed_up_here_restored_there_moved_and_goes_on(
    access: Access,
    server_data: Path,
    title: str,
    make_person: Callable[[str], Access],
    make_articles: Callable[..., pl.DataFrame],
    elsewhere: Path,
) -> None:
    if read_database(server_data).url is not None:
        pytest.skip("this server is on PostgreSQL already")
    push(
        make_articles(**{f"a{number}": f"The reckless \u00e9lan, number {number}. \U0001f600\t\\" for number in range(3)}),
        load_codebook(),
        title,
        access,
    )
    project = find_number(title, access)
    work(access, make_person, project)
    before, seen, kept = pull(title, access).annotations, see(access, project), find_folder(server_data)
    made = take_backup(server_data, elsewhere / "carried")
    remember_folder(server_data, kept)
    data, manifest = elsewhere / "lab", read_manifest(made)
    assert [name for name in TABLES if not manifest.tables[name].rows] == []

    restore(made, data)
    contents = move(data)
    assert {name: content.rows for name, content in contents.items()} == {
        name: content.rows for name, content in manifest.tables.items() if name != "django_migrations"
    }
    (left,) = data.glob(f"{SQLITE}.moved-*")
    (elsewhere / "old").mkdir()
    left.rename(elsewhere / "old" / SQLITE)
    with reachable(data) as moved, open_store(moved) as new, open_store(Database(elsewhere / "old")) as old:
        for name in TABLES:
            # But for what PostgreSQL computes of the others.
            columns = [column.name for column in new.tables()[name].columns]
            assert rows_of(new, name, columns) == rows_of(old, name, columns), name
    assert {path.name for path in elsewhere.iterdir()} == {"carried", "lab", "old"}

    there = Access(start_server(data).address, access.token)
    assert there.address != access.address
    assert see(there, project) == seen
    after = pull(title, there).annotations
    assert before is not None
    assert after is not None
    assert after.sort("annotation_id").equals(before.sort("annotation_id"))
    # A number that was given once is not given again.
    fresh = ask(there, "POST", f"tasks/{seen[0][0]}/annotations/", json={"result": [], "lead_time": 1.0})["id"]
    assert fresh > max(one[0] for task in seen for one in task[2])
