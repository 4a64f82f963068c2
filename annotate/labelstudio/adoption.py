"""Taking over a project that was made without seals, or by somebody else's key: from now on what it holds is what was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import RESOLUTION, call, connect, persist, say_time
from annotate.labelstudio.doubts import Trust
from annotate.labelstudio.interface import read_interface, read_record
from annotate.labelstudio.ledger import digest_data, open_ledger
from annotate.labelstudio.projects import list_tasks, require_project
from annotate.labelstudio.screens import write_screen
from annotate.server.locks import lock_project

__all__ = ["adopt"]


def adopt(title: str, access: Access, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Seal the project `title` as it stands: its labelling screen, its tasks, and all work up to this moment; returns how many tasks.

    Interrupted, it is finished by running it again: the screen is sealed last.
    """
    with lock_project(access.address, title), connect(access) as client:
        project, ledger = require_project(client, title), open_ledger()
        config = str(project.label_config)
        codebook, record = read_interface(config, title), read_record(config, title)
        trust, sent = Trust.of(project, ledger), {}
        tasks = persist(client, lambda: list(list_tasks(client, project.id, "id,data,meta")))
        for i, task in enumerate(tasks):
            data: dict[str, Any] = task.data if isinstance(task.data, dict) else {}
            meta: dict[str, Any] = task.meta if isinstance(task.meta, dict) else {}
            digest = digest_data(data)
            if not trust.is_sealed(digest, meta):
                call(client, "PATCH", f"api/tasks/{task.id}/", json={"meta": meta | trust.seal_task(digest)})
            sent[task.id] = str(data.get("article_id")), digest
            progress(i + 1, len(tasks))
        now = say_time(access, later=RESOLUTION)
        ledger.remember(trust.name, ledger.recall(trust.name).model_copy(update={"tasks": sent, "accepted": False}))
        write_screen(client, project, codebook, record.model_copy(update={"adopted": now}), ledger)
        return len(tasks)
