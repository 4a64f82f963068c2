"""What was deleted on a running server comes back out of a backup, with its numbers, authors and times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from annotate.labelstudio import Access
from annotate.server.backups.digests import digest_tables
from annotate.server.backups.folder import find_folder, remember_folder
from annotate.server.backups.opening import open_store
from annotate.server.backups.taking import take_backup
from annotate.server.backups.undeleting import undelete
from annotate.server.database import read_database
from schemas.errors import FramingError


def content(data: Path) -> object:
    with open_store(read_database(data)) as store:
        return digest_tables(store)


def change(data: Path, *statements: str) -> None:
    with open_store(read_database(data), write=True) as store:
        for statement in statements:
            store.change(statement)


def count(data: Path, table: str) -> int:
    with open_store(read_database(data)) as store:
        return len(list(store.read(store.tables()[table])))


# The second project, and all that hangs on it.
GONE = (
    "DELETE FROM member WHERE project_id = 2",
    "DELETE FROM task_completion WHERE task_id IN (2, 4, 6)",
    "DELETE FROM prediction WHERE task_id IN (2, 4, 6)",
    "DELETE FROM task WHERE project_id = 2",
    "DELETE FROM project WHERE id = 2",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("data" if request.param == "sqlite" else "moved")
    take_backup(folder, find_folder(folder))
    return folder


def test_a_project_comes_back_with_all_that_belonged_to_it_and_a_task_that_was_there_counts_what_it_has_again(server: Path) -> None:
    before = content(server)
    change(server, *GONE)
    done = undelete(server, "project", "Autumn")
    assert content(server) == before
    assert done.back == {"project": 1, "member": 1, "task": 3, "prediction": 3, "task_completion": 9}
    assert not done.there
    again = undelete(server, "project", "2")
    assert not again.back.total()
    assert again.there == done.back
    assert content(server) == before
    # And a reading with what it belongs to.
    change(server, *GONE)
    done = undelete(server, "annotation", "7")
    # Its task, its project and who is in that, too, and what it was made from; no other task or reading of theirs.
    assert done.back == {"task_completion": 2, "task": 1, "project": 1, "member": 1, "prediction": 1}
    with open_store(read_database(server)) as store:
        times = store.tables()["task"].only(["id", "updated_at", "total_annotations", "is_labeled"])
        assert [row[0] for row in store.read(times, "project_id", [2])] == [2]
    change(server, "DELETE FROM task_completion WHERE task_id = 3", "UPDATE task SET total_annotations = 0, is_labeled = false WHERE id = 3")
    assert undelete(server, "annotation", "9").back == {"task_completion": 3}
    with open_store(read_database(server)) as store:
        ((_, changed, labeled, total),) = store.read(times, "id", [3])
    assert (total, labeled) == (2, True)
    assert isinstance(changed, str)
    assert changed > "2026-11-30T08:00:01"


def test_uploaded_files_come_back_and_what_is_there_is_left_alone(data: Path) -> None:
    take_backup(data, find_folder(data))
    (data / "media/upload/1/a.csv").unlink()
    change(data, "DELETE FROM upload", "UPDATE task SET file_upload_id = NULL, overlap = 7")
    done = undelete(data, "project", "Spring")
    assert (done.back, done.files) == ({"upload": 1}, 1)
    assert (data / "media/upload/1/a.csv").read_text() == "what stands in media/upload/1/a.csv"
    with open_store(read_database(data)) as store:
        assert set(store.read(store.tables()["task"].only(["overlap", "file_upload_id"]))) == {(7, None)}


def test_of_a_damaged_backup_nothing_comes_back_that_is_damaged(data: Path) -> None:
    made = take_backup(data, find_folder(data))
    (made / "media/upload/1/a.csv").write_text("another")
    change(data, *GONE)
    # What belongs to it is whole.
    assert undelete(data, "project", "Autumn").back["task"] == 3
    (data / "media/upload/1/a.csv").unlink()
    change(data, "UPDATE task SET file_upload_id = NULL", "DELETE FROM upload")
    before = content(data)
    with pytest.raises(FramingError, match="this file of the backup is not as it was written"):
        undelete(data, "project", "Spring")
    assert content(data) == before
    (made / "database.sqlite3").write_bytes((made / "database.sqlite3").read_bytes()[:-1])
    with pytest.raises(FramingError, match="this file of the backup is not as it was written"):
        undelete(data, "task", "2")


def test_the_latest_backup_that_has_it_is_taken(data: Path) -> None:
    first = take_backup(data, find_folder(data))
    change(data, *GONE)
    take_backup(data, find_folder(data))
    assert undelete(data, "task", "4").backup == first
    for thing, name, said in (("task", "77", "no backup has this task"), ("project", "Winter", "no backup has this project")):
        with pytest.raises(FramingError, match=said):
            undelete(data, thing, name)
    change(data, "UPDATE project SET title = 'Spring'")
    take_backup(data, find_folder(data))
    with pytest.raises(FramingError, match=r"is the title of 2 projects\. Name one by its number: 1, 2"):
        undelete(data, "project", "Spring")


def test_a_number_that_is_another_ones_now_changes_nothing(data: Path) -> None:
    take_backup(data, find_folder(data))
    change(data, *GONE, "INSERT INTO project (id, title, created_at) VALUES (2, 'Winter', '2026-12-01 00:00:00')")
    before = content(data)
    with pytest.raises(FramingError, match="is another one's number on the server now"):
        undelete(data, "project", "2")
    assert content(data) == before
    change(data, "DELETE FROM project WHERE id = 2", "ALTER TABLE task ADD COLUMN must integer NOT NULL DEFAULT 1", "DROP TABLE task_completion")
    with pytest.raises(FramingError, match="no backup has this annotation"):
        undelete(data, "annotation", "99")
    assert undelete(data, "task", "2").back == {"task": 1, "prediction": 1, "project": 1, "member": 1}


@pytest.mark.server
def test_on_a_real_server_project_task_and_annotation_come_back(
    server_data: Path, access: Access, make_person: Callable[[str], Access], title: str, tmp_path: Path
) -> None:
    def ask(method: str, path: str, who: Access = access, **body: Any) -> Any:
        headers = {"Authorization": f"Token {who.token}"}
        answer = httpx.request(method, f"{access.address}/api/{path}", headers=headers, json=body.get("json"), timeout=60, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    config = '<View><Text name="text" value="$text"/><Labels name="label" toName="text"><Label value="Loaded"/></Labels></View>'
    project = ask("POST", "projects", json={"title": title, "label_config": config})["id"]
    ask("POST", f"projects/{project}/import", json=[{"text": f"A reckless plan, {i}", "article_id": f"a{i}"} for i in range(3)])
    tasks = [task["id"] for task in ask("GET", f"tasks?project={project}&fields=all")["tasks"]]
    result = [{"from_name": "label", "to_name": "text", "type": "labels", "value": {"start": 2, "end": 10, "text": "reckless", "labels": ["Loaded"]}}]
    made = [ask("POST", f"tasks/{task}/annotations", make_person("ada"), json={"result": result, "lead_time": 2.5})["id"] for task in tasks]
    ask("POST", f"tasks/{tasks[0]}/drafts", json={"result": result})

    def seen() -> Any:
        # As `framing trace` is led home: who, when, what.
        found = ask("GET", f"projects/{project}/export?exportType=JSON&download_all_tasks=true")
        # PostgreSQL lists them in no order.
        found.sort(key=lambda task: task["id"])
        keys = ("id", "completed_by", "created_at", "updated_at", "result", "unique_id", "lead_time")
        return [(task["id"], task["data"], task["drafts"], [[one[key] for key in keys] for one in task["annotations"]]) for task in found]

    before = seen()
    kept = find_folder(server_data)
    backup = take_backup(server_data, tmp_path / "kept")
    remember_folder(server_data, kept)
    ask("DELETE", f"annotations/{made[1]}")
    assert undelete(server_data, "annotation", str(made[1]), backup).back == {"task_completion": 1}
    assert seen() == before
    assert ask("GET", f"tasks/{tasks[1]}")["is_labeled"]
    ask("DELETE", f"tasks/{tasks[0]}")
    assert undelete(server_data, "task", str(tasks[0]), backup).back["tasks_annotationdraft"] == 1
    assert seen() == before
    ask("DELETE", f"projects/{project}")
    done = undelete(server_data, "project", title, backup)
    assert seen() == before
    assert {"project": 1, "task": 3, "task_completion": 3, "tasks_annotationdraft": 1, "projects_projectsummary": 1}.items() <= done.back.items()
    assert ask("GET", f"projects/{project}")["num_tasks_with_annotations"] == 3
