"""A gate before a real server, with a small lab behind it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from annotate.server.gate.application import make_gate
from annotate.server.listening import listen, make_server
from annotate.server.members import Role, invite

CONFIG = """<View><Labels name="spans" toName="text"><Label value="Loaded_Language" hotkey="1"/></Labels><Text name="text" value="$text"/></View>"""
SPAN = {
    "id": "a",
    "from_name": "spans",
    "to_name": "text",
    "type": "labels",
    "value": {"start": 0, "end": 3, "text": "The", "labels": ["Loaded_Language"]},
}


@contextmanager
def run_gate(upstream: str, data: Path, token: str, certificate: tuple[Path, Path] | None = None) -> Iterator[str]:
    """A gate in a thread of its own, and its address."""
    with listen("127.0.0.1", 0) as listener:
        public = f"{'https' if certificate else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
        server = make_server(make_gate(upstream, data, token, public), certificate)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield public
        finally:
            server.should_exit = True
            thread.join()


@dataclass
class Lab:
    """Two projects behind a gate, `mine` to which everybody here is invited, and `theirs`; and a browser's session for each person by name."""

    address: str
    direct: str
    data: Path
    owner: httpx.Client
    stack: ExitStack
    people: dict[str, httpx.Client] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def visit(self, **headers: str) -> httpx.Client:
        """A browser that nobody is logged in with yet."""
        own = {"origin": self.address} | headers
        return self.stack.enter_context(httpx.Client(base_url=self.address, headers=own, timeout=60, trust_env=False))

    def join(self, name: str, role: Role = "annotator", project: str = "mine", **fields: str) -> tuple[httpx.Client, httpx.Response]:
        """Use a new invitation as a new person would, or as the fields have it."""
        secret, visitor = invite(self.data, self.numbers[project], role), self.visit()
        password = f"password-of-{name}"
        form = {"email": f"{name}@lab.example.com", "password": password, "again": password, "deed": "new"} | fields
        return visitor, visitor.post(f"/join/{secret}", data=form)

    def enter(self, name: str, role: Role = "annotator") -> httpx.Client:
        self.people[name], answer = self.join(name, role)
        assert answer.status_code == 303, answer.text
        self.numbers[f"{name}_id"] = self.people[name].get("/api/current-user/whoami").json()["id"]
        return self.people[name]

    def add_project(self, name: str) -> int:
        project = int(self.owner.post("/api/projects/", json={"title": f"{name} {uuid.uuid4().hex[:6]}", "label_config": CONFIG}).json()["id"])
        texts: list[dict[str, Any]] = [{"data": {"text": f"The reckless plan {number}."}} for number in range(4)]
        made = self.owner.post(f"/api/projects/{project}/import?return_task_ids=true", json=texts).json()
        self.owner.patch(f"/api/projects/{project}/", json={"maximum_annotations": 3})
        self.numbers |= {name: project, f"{name}_task": made["task_ids"][0], f"{name}_last": made["task_ids"][-1]}
        return project
