"""A server is asked again only where it took nothing of the request; all else is a line that says what happened."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from annotate.coders.endpoint import Endpoint, ask_all, name_address, read_address
from schemas.errors import FramingError

KEY = "sk-secret-0123456789"


def request(text: str = "a") -> dict[str, Any]:
    form = {"type": "json_schema", "json_schema": {"name": "coding", "strict": True, "schema": {"type": "object"}}}
    body = {"model": "echo", "temperature": 0.0, "response_format": form, "messages": [{"role": "user", "content": f"ARTICLE 1\n{text}\nARTICLE 1"}]}
    return {"custom_id": f"id-{text}", "body": body}


def ask(server: Any, *texts: str, concurrency: int = 1, **more: Any) -> tuple[list[dict[str, Any]], Endpoint]:
    endpoint = Endpoint(server.address, KEY, pauses=(0.01, 0.01), **more)
    kept: list[dict[str, Any]] = []
    given = list(ask_all(endpoint, map(request, texts or ("a",)), kept.append, concurrency))
    assert sorted(map(str, given)) == sorted(map(str, kept))
    return kept, endpoint


def test_an_answer_is_a_line_of_a_batch(answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (200, server.say("{}"), {"x-request-id": "r1"}))
    (line,), _ = ask(server)
    assert line == {
        "id": "ask-id-a",
        "custom_id": "id-a",
        "response": {"status_code": 200, "request_id": "r1", "body": server.say("{}")},
        "error": None,
    }
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_is_asked_again(status: int, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (200, server.say("{}")) if before else (status, {"error": {"message": "busy"}}, {"retry-after": "0"}))
    (line,), _ = ask(server)
    assert (line["error"], server.asked["a"]) == (None, 2)


def test_a_server_that_stays_busy_is_not_asked_for_ever(answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (429, {"error": {"message": f"no quota left for {KEY}"}}))
    (line,), _ = ask(server)
    assert (line["error"]["code"], line["response"]["status_code"], server.asked["a"]) == ("status 429", 429, 3)
    assert KEY not in str(line)


@pytest.mark.parametrize(
    ("planned", "code"),
    [((500, {"error": {"message": "x"}}), "status 500"), (None, "connection lost"), ((200, b"{"), "no JSON"), ((200, b"\xff"), "no JSON")],
)
def test_what_may_have_been_answered_is_asked_once(planned: Any, code: str, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: planned)
    (line,), _ = ask(server)
    assert (line["error"]["code"], server.asked["a"]) == (code, 1)


def test_a_server_that_is_silent_counts_as_one_that_did_not_answer(answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: time.sleep(0.5))
    (line,), _ = ask(server, seconds=0.1)
    assert (line["error"]["code"], server.asked["a"]) == ("timeout", 1)


@pytest.mark.parametrize(
    ("refuses", "said", "dropped"),
    [
        ("response_format", "unknown field", {"response_format"}),
        ("response_format", "response_format of type json_schema is not supported", {"response_format"}),
        ("temperature", "Unsupported value: 'temperature' does not support 0", {"temperature"}),
    ],
)
def test_what_a_server_does_not_know_it_is_asked_without(refuses: str, said: str, dropped: set[str], answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (400, {"error": {"message": said}}) if refuses in server.bodies[-1] else (200, server.say("{}")))
    lines, endpoint = ask(server, "a", "b", "c")
    assert ([line["error"] for line in lines], endpoint.dropped) == ([None] * 3, dropped)
    assert server.asked == {"a": 2, "b": 1, "c": 1}


def test_an_article_that_is_too_long_does_not_change_how_others_are_asked(answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (400, {"error": {"message": "exceeds the context size"}}) if text == "a" else (200, server.say("{}")))
    lines, endpoint = ask(server, "a", "b")
    assert ([line["error"] is None for line in lines], endpoint.dropped) == ([False, True], set())


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_closed_door_ends_the_work_with_one_line_and_without_the_key(status: int, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (status, {"error": {"message": f"Incorrect API key provided: {KEY}"}}))
    with pytest.raises(FramingError, match=str(status)) as caught:
        ask(server, *map(str, range(50)))
    assert KEY not in str(caught.value)
    assert server.asked.total() < 5


def test_failures_without_end_end_the_work(answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (500, {"error": {"message": "out of memory"}}))
    with pytest.raises(FramingError, match=r"2[01] requests failed one after the other"):
        ask(server, *map(str, range(60)), concurrency=2)
    assert server.asked.total() <= 22


def test_nobody_there_is_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = Endpoint(f"http://127.0.0.1:{free.getsockname()[1]}/v1")
    with pytest.raises(FramingError, match="cannot be reached"):
        list(ask_all(endpoint, [request()], lambda line: None))


def test_no_more_requests_are_on_their_way_than_were_allowed(answering: Callable[..., Any]) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def plan(text: str, before: int) -> tuple[int, Any]:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return 200, server.say("{}")

    server = answering(plan)
    lines, _ = ask(server, *map(str, range(12)), concurrency=3)
    assert (len(lines), most[0]) == (12, 3)


def test_addresses_are_said_without_passwords_and_keys_do_not_go_over_the_network_in_the_open() -> None:
    assert read_address("http://localhost:11434", None) == "http://localhost:11434/v1"
    assert read_address("https://host/api/v1/", KEY) == "https://host/api/v1"
    assert name_address("https://user:secret@host/v1?key=x") == "https://host/v1"
    for wrong in ("localhost:1", "ftp://h", "http://[", "http://h:x", "", "https://h/?key=1"):
        with pytest.raises(FramingError, match="no address"):
            read_address(wrong, None)
    with pytest.raises(FramingError, match="unencrypted"):
        read_address("http://example.org/v1", KEY)
