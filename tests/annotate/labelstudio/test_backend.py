"""The live backend answers who has its secret, at its own address, and does no more work than it must."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Suggestions
from annotate.labelstudio.backend import make_backend
from annotate.labelstudio.interface import build_interface
from annotate.server import listening
from annotate.server.listening import listen, make_server
from schemas.codebook import Codebook, load_codebook

SECRET, LONGEST = "a-secret-of-the-tests", 1_000
CONFIG = build_interface(load_codebook())
START = b'{"action": "START_TRAINING", "project": {"title": "spring"}}'


@dataclass
class Model:
    """A model that finds one word, and takes its time over an article that says so."""

    version: str = "tests 1"
    trained: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    titles: list[str | None] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    def suggest(self, articles: pl.DataFrame) -> Suggestions:
        self.read += articles["text"].to_list()
        self.titles += articles["title"].to_list()
        if "slow" in articles["text"].to_list():
            self.go_on.wait(10)
        row = {"label": "Loaded_Language", "start": 0, "end": 1, "quote": "R", "value": None, "probability": 0.9}
        rows = pl.DataFrame(
            [{"article_id": a} | row for a in articles["article_id"]],
            schema_overrides={"value": pl.String, "article_id": pl.String, "label": pl.String},
        )
        return Suggestions(self.version, rows, articles.select("article_id", score=pl.lit(0.5)))

    def train(self, title: str) -> str:
        self.trained.append(title)
        return "begun"


@dataclass(frozen=True)
class Backend:
    model: Model
    port: int

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str | None) -> tuple[int, Any]:
        """Status and JSON of the answer, as Label Studio would ask; a header None is left out."""
        own = {"Host": f"127.0.0.1:{self.port}", "Authorization": basic(SECRET), "Content-Type": "application/json"}
        sent = own | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host=True)
            for name, value in (sent | {"Content-Length": str(len(body or b""))}).items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def predict(self, *texts: object) -> tuple[int, Any]:
        return self.predict_all([{"article_id": str(n), "text": text} for n, text in enumerate(texts)])

    def predict_all(self, data: list[dict[str, object]], config: str = CONFIG) -> tuple[int, Any]:
        return self.ask("POST", "/predict", json.dumps({"tasks": [{"data": one} for one in data], "label_config": config}).encode())


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(f"framing:{secret}".encode()).decode()


@contextlib.contextmanager
def serving(**settings: Any) -> Iterator[Backend]:
    model = Model()
    server = make_server(make_backend(model, SECRET, longest=LONGEST, names=["labels.example.org"], **settings))
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Backend(model, listener.getsockname()[1])
        model.go_on.set()
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def backend() -> Iterator[Backend]:
    with serving() as served:
        yield served


@pytest.mark.parametrize("given", [None, basic("another"), basic(""), basic(SECRET)[:-4], basic(SECRET).replace("Basic", "Bearer"), "ключ", "Basic"])
def test_without_the_secret_nothing_is_answered_but_that_it_is_there(backend: Backend, given: str | None) -> None:
    given = given and given.encode().decode("latin-1")
    assert backend.ask("GET", "/health", Authorization=given) == (200, {"status": "UP"})
    for method, path in (("POST", "/setup"), ("POST", "/predict"), ("GET", "/versions"), ("POST", "/webhook"), ("POST", "/train"), ("GET", "/x")):
        status, answer = backend.ask(method, path, START if method == "POST" else None, Authorization=given)
        assert (status, list(answer)) == (401, ["error"])
    assert not backend.model.trained


def test_a_page_of_others_starts_no_training_and_a_foreign_name_leads_nowhere(backend: Backend) -> None:
    def status(**headers: str | None) -> int:
        return backend.ask("POST", "/webhook", START, **headers)[0]

    own = f"http://127.0.0.1:{backend.port}"
    assert [status(Origin=origin) for origin in ("http://evil.example", "null", "http://127.0.0.1:1", f"{own}0")] == [403] * 4
    assert [status(Sec_Fetch_Site=site) for site in ("cross-site", "same-site")] == [403] * 2
    assert [status(Content_Type=kind) for kind in ("text/plain", None, "application/x-www-form-urlencoded", "application/json; charset=utf-16")] == [
        415
    ] * 4
    assert [status(Host=host) for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "2130706433")] == [421] * 5
    assert not backend.model.trained
    assert [status(Host=host) for host in ("localhost:1", "LABELS.example.org.", "[::1]:9090", "192.0.2.7", "labels.example.org:80")] == [201] * 5
    assert status(Origin=own, Sec_Fetch_Site="same-origin", Content_Type="Application/JSON; charset=UTF-8") == 201
    assert backend.model.trained == ["spring"] * 6


def asking(**content: Any) -> bytes:
    return json.dumps({"label_config": CONFIG, "tasks": []} | content).encode()


MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[1]",
    "no list of tasks": asking(tasks="x"),
    "too many tasks": asking(tasks=[{}] * 5_001),
    "a task that is text": asking(tasks=["x"]),
    "a task without data": asking(tasks=[{}]),
    "a text that is a number": asking(tasks=[{"data": {"article_id": "a", "text": 5}}]),
    "an id that is a number": asking(tasks=[{"data": {"article_id": 5, "text": "x"}}]),
    "an interface that is a number": asking(label_config=5),
    "half a character": asking(tasks=[{"data": {"article_id": "a", "text": "x \ud800"}}]),
    "a null byte in a text": asking(tasks=[{"data": {"article_id": "a", "text": "x \0"}}]),
    "a null byte": asking() + b"\0",
    "deep": b'{"tasks": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "NaN": b'{"tasks": [NaN]}',
    "a number of 5,000 digits": b'{"tasks": ' + b"9" * 5_000 + b"}",
    "another encoding": asking().decode().encode("utf-16"),
    "bytes that are no text": b'{"tasks": "\xff"}',
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_malformed_is_one_line_that_says_why(backend: Backend, what: str) -> None:
    status, answer = backend.ask("POST", "/predict", MALFORMED[what])
    assert status == 400
    assert list(answer) == ["error"]
    assert "\n" not in answer["error"]


@pytest.mark.parametrize("path", ["/setup", "/webhook", "/train"])
def test_so_it_is_at_every_address(backend: Backend, path: str) -> None:
    assert {backend.ask("POST", path, MALFORMED[what])[0] for what in ("no JSON", "no object", "deep", "another encoding")} == {400}
    assert backend.ask("GET", "/nothing")[0] == 404
    assert backend.ask("DELETE", path, b"{}")[0] == 405


def test_a_text_that_is_too_long_gets_an_empty_result_beside_others(backend: Backend) -> None:
    status, answer = backend.predict("R" * LONGEST, "R" * (LONGEST + 1), "Reckless")
    assert status == 200
    assert [len(result["result"]) for result in answer["results"]] == [1, 0, 1]


def test_headlines_are_read_where_they_are_marked_and_spans_stand_where_they_are_shown(backend: Backend) -> None:
    reading = build_interface(Codebook.model_validate(load_codebook().model_dump() | {"headlines": True}))
    data: list[dict[str, object]] = [{"article_id": str(n), "text": "Reckless", "title": title} for n, title in enumerate(("Up 🚢", None, " "))]
    for config, titles, starts in ((CONFIG, [None] * 3, [0, 0, 0]), (reading, ["Up 🚢", None, None], [6, 0, 0])):
        status, answer = backend.predict_all(data, config)
        assert (status, backend.model.titles[-3:]) == (200, titles)
        assert [result["value"]["start"] for one in answer["results"] for result in one["result"]] == starts
    assert backend.predict_all([{"article_id": "a", "text": "R", "title": 7}])[0] == 400


def test_a_body_is_read_no_further_than_its_limit_whatever_it_says_of_its_length(backend: Backend) -> None:
    limit = 12 * LONGEST + 1_000_000
    assert backend.ask("POST", "/predict", b" " * (limit + 1))[0] == 413
    head = f"POST /predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic(SECRET)}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", backend.port), timeout=10) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(limit // 0x10000 + 1):
            connection.sendall(piece)
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_the_queue_has_an_end_and_who_has_left_it_is_not_worked_for() -> None:
    with serving(waiting=2) as backend:
        first = threading.Thread(target=backend.predict, args=("slow",))
        first.start()
        wait_until(lambda: backend.model.read == ["slow"])
        leaver = socket.create_connection(("127.0.0.1", backend.port))
        body = asking(tasks=[{"data": {"article_id": "a", "text": "left"}}])
        head = f"POST /predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic(SECRET)}\r\nContent-Type: application/json\r\n"
        leaver.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        wait_until(lambda: backend.predict("third")[0] == 503)
        assert backend.ask("GET", "/health")[0] == 200
        leaver.close()
        time.sleep(0.1)
        backend.model.go_on.set()
        first.join()
        wait_until(lambda: backend.predict("fourth")[0] == 200)
        assert "left" not in backend.model.read


def test_a_prediction_that_takes_too_long_is_given_up() -> None:
    with serving(seconds=0.2) as backend:
        assert backend.predict("slow")[0] == 503


def test_a_model_that_fails_is_one_line(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend.model, "read", None)
    assert backend.predict("Reckless") == (500, {"error": "the model failed (TypeError)"})


def test_slow_connections_keep_nobody_out_and_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "CONNECTIONS", 20)
    monkeypatch.setattr(listening, "REQUEST_SECONDS", 2.0)
    with serving() as backend, contextlib.ExitStack() as opened:
        slow = [opened.enter_context(socket.create_connection(("127.0.0.1", backend.port))) for _ in range(100)]
        head = f"POST /setup HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic(SECRET)}\r\nContent-Type: application/json\r\n"
        for number, connection in enumerate(slow):
            with contextlib.suppress(ConnectionError):
                connection.sendall(f"{head}Content-Length: 9\r\n\r\n{{".encode() if number % 2 else b"GET /hea")
        begin = time.monotonic()
        assert backend.predict("Reckless")[0] == 200
        assert time.monotonic() - begin < 2
        for connection in slow:
            connection.settimeout(10)
            with contextlib.suppress(ConnectionError):
                assert connection.recv(1) == b""


def wait_until(holds: Any) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
