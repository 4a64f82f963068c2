"""What goes wrong on purpose: connections that break after the server has done its work, and commands that are killed."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from annotate.labelstudio import Access
from annotate.labelstudio.client import connect
from annotate.labelstudio.projects import find_project, list_tasks


@pytest.fixture
def losing_answers() -> Callable[..., AbstractContextManager[str]]:
    """A real proxy in front of the server. `losing_answers(address, count, to="/import")` swallows the answers to the first
    `count` requests of that address: the server has done them, and the client only sees its connection break."""
    return _lose_answers


@contextmanager
def _lose_answers(address: str, count: int, to: str = "/import", method: str = "POST") -> Iterator[str]:
    host, port = address.removeprefix("http://").split(":")
    listener = socket.create_server(("127.0.0.1", 0))
    left = [count]

    def serve(client: socket.socket) -> None:
        with client, contextlib.suppress(ConnectionError), socket.create_connection((host, int(port))) as upstream:
            request = client.recv(65536)
            head, _, body = request.partition(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            while len(body) < int(fields.get(b"content-length", 0)):
                body += client.recv(65536)
            # One request a connection keeps the proxy simple.
            kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            upstream.sendall(b"\r\n".join([*kept, b"connection: close", b"", b""]) + body)
            answer = b"".join(iter(lambda: upstream.recv(65536), b""))
            line = head.split(b"\r\n")[0].decode()
            if line.startswith(method) and to in line and left[0]:
                left[0] -= 1
                return
            status, _, rest = answer.partition(b"\r\n")
            client.sendall(status + b"\r\nconnection: close\r\n" + rest)

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def kill_when() -> Callable[[subprocess.Popen[str], Callable[[], bool]], bool]:
    """kill -9 as soon as the condition holds; whether the process was still at work then."""

    def kill(process: subprocess.Popen[str], condition: Callable[[], bool]) -> bool:
        end = time.monotonic() + 100
        while time.monotonic() < end and process.poll() is None:
            if condition():
                process.send_signal(signal.SIGKILL)
                return process.wait() == -signal.SIGKILL
        return False

    return kill


@pytest.fixture
def tasks_of(access: Access) -> Callable[[str], list[dict[str, Any]]]:
    """The data of every task of a project; none while there is no project."""

    def read(title: str) -> list[dict[str, Any]]:
        with connect(access) as client:
            project = find_project(client, title)
            return [] if project is None else [task.data for task in list_tasks(client, project.id)]

    return read
