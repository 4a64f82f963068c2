"""The embedded server calls nobody but a `framing serve` that runs beside it, whatever an annotator tells it to call."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from annotate.labelstudio import Access, push
from annotate.labelstudio.client import connect
from annotate.labelstudio.projects import find_project
from annotate.labelstudio.served import announce, prepare_secret, split_address
from annotate.server import door
from annotate.server.door import is_serving, serving_file
from schemas.codebook import load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError

PORT = 9379


@contextmanager
def listening(host: str) -> Iterator[tuple[str, list[bytes]]]:
    """A real listener that answers yes to everything; its address, and what it was told."""
    heard: list[bytes] = []

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    heard.append(connection.recv(65536))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with socket.create_server((host, 0)) as listener:
        threading.Thread(target=answer, daemon=True).start()
        yield f"http://{host}:{listener.getsockname()[1]}", heard
        listener.shutdown(socket.SHUT_RDWR)


def refuses(person: Access, project: int, url: str) -> bool:
    """Whether the server refuses, or never does, what an annotator tells it to call: a model, an import, a webhook, a storage."""
    with httpx.Client(base_url=person.address, headers={"Authorization": f"Token {person.token}"}, timeout=60, trust_env=False) as visitor:
        model = visitor.post("/api/ml", json={"project": project, "url": url, "title": "mine"})
        imported = visitor.post(f"/api/projects/{project}/import", data={"url": f"{url}/tasks.json"})
        storage = {"project": project, "bucket": "b", "aws_access_key_id": "a", "aws_secret_access_key": "a", "s3_endpoint": url}
        stored = visitor.post("/api/storages/s3", json=storage)
        # Of a webhook only the delivery counts.
        visitor.post("/api/webhooks/", json={"project": project, "url": url, "send_payload": True, "send_for_all_actions": True})
        visitor.patch(f"/api/projects/{project}", json={"description": f"told to call {url}"})
        # Of a storage that could not be reached Label Studio says 500.
        return all(answer.is_error for answer in (model, imported, stored))


@pytest.mark.server
def test_an_annotators_own_addresses_are_never_called_also_not_while_the_toolkits_is(
    access: Access,
    title: str,
    make_person: Callable[[str], Access],
    make_articles: Callable[..., pl.DataFrame],
    tmp_path: Path,
    start_command: Callable[..., Any],
    run_command: Callable[..., str],
) -> None:
    articles = make_articles(a="The reckless zealots of the council sank the old port.")
    push(articles, load_codebook(), title, access)
    with connect(access) as client:
        project = find_project(client, title)
    assert project is not None
    curious = make_person("curious")
    write_dataset(tmp_path / "dataset", Dataset(articles))
    with listening("127.0.0.1") as (near, heard_near), listening("127.0.0.2") as (far, heard_far):
        ask = ("push", tmp_path / "dataset", "--project", title, "--live", f"http://localhost:{PORT}")
        assert all(refuses(curious, project.id, url) for url in (near, far))
        closed = start_command(*ask)
        assert "no `framing serve` runs here" in closed.communicate()[1]

        served = start_command("serve", "starter", "--port", PORT)
        secret = re.search(r"framing:([\w-]+)@", served.stdout.readline())
        assert secret
        said = run_command(*ask)
        assert f"suggestions come from http://127.0.0.1:{PORT} as" in said
        assert secret[1] not in said
        assert all(refuses(curious, project.id, url) for url in (near, far))
        with httpx.Client(base_url=curious.address, headers={"Authorization": f"Token {curious.token}"}, timeout=60, trust_env=False) as visitor:
            assert visitor.get(f"/api/projects/{project.id}/next").json()["predictions"][0]["result"]
            assert not [webhook for webhook in visitor.get("/api/webhooks/").json() if str(PORT) in webhook["url"]]
            assert secret[1] not in visitor.get("/api/ml", params={"project": project.id}).text
        assert (heard_near, heard_far) == ([], [])


def test_what_an_answer_consists_of_is_sent_at_once(tmp_path: Path) -> None:
    # Python's own server sends head and body one after the other, and the body would wait for the head to be acknowledged.
    shutil.copyfile(door.__file__, tmp_path / "sitecustomize.py")
    environment = {"PYTHONPATH": str(tmp_path), "FRAMING_DOOR": str(tmp_path), "FRAMING_DOOR_PORT": "9"}
    asked = "from http.server import BaseHTTPRequestHandler; print(BaseHTTPRequestHandler.disable_nagle_algorithm)"
    assert subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True).stdout == "True\n"


def test_a_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    secret = prepare_secret(tmp_path)
    assert prepare_secret(tmp_path) == secret
    assert (tmp_path / "serve-secret").stat().st_mode & 0o777 == 0o600
    assert prepare_secret(tmp_path, new=True) != secret
    (tmp_path / "serve-secret").write_text("short")
    with pytest.raises(FramingError, match="--new-secret"):
        prepare_secret(tmp_path)


def test_that_it_serves_is_known_as_long_as_it_does(tmp_path: Path) -> None:
    assert not is_serving(tmp_path, 9)
    with announce(tmp_path, 9):
        assert is_serving(tmp_path, 9)
        assert not is_serving(tmp_path, 10)
    assert serving_file(tmp_path, 9).exists()
    assert not is_serving(tmp_path, 9)


def test_an_address_is_taken_apart_and_its_secret_is_in_no_message(tmp_path: Path) -> None:
    assert split_address("http://framing:s3@labels:9090/", tmp_path, embedded=False) == ("http://labels:9090", "s3")
    with announce(tmp_path, 9):
        assert split_address("http://localhost:9", tmp_path, embedded=True) == ("http://127.0.0.1:9", prepare_secret(tmp_path))
    for address, said in (
        ("http://labels:9090", "holds no secret"),
        ("ftp://framing:s3@x", "is not the address"),
        ("http://framing:s3@x:y", "is not the"),
    ):
        with pytest.raises(FramingError, match=said) as caught:
            split_address(address, tmp_path, embedded=False)
        assert "s3" not in str(caught.value)
    with pytest.raises(FramingError, match="runs here") as caught:
        split_address("http://framing:s3@127.0.0.1:9", tmp_path, embedded=True)
    assert "s3" not in str(caught.value)
