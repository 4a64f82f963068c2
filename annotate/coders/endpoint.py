"""A server that speaks OpenAI's protocol, asked through the official client; nothing is sent again that may have been answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from schemas.errors import FramingError, printable
from schemas.extras import needing
from schemas.parsing import parse_json
from schemas.wording import count

if TYPE_CHECKING:
    from openai import APIConnectionError, APIStatusError, OpenAI

__all__ = ["Endpoint", "ask_all", "name_address", "read_address"]

Json = dict[str, Any]
# A request is sent so often where the server took none of it: it could not be reached, or said that it is too busy. Seconds before each next time.
PAUSES, LONGEST_PAUSE = (1.0, 2.0, 4.0, 8.0, 16.0), 60.0
BUSY, UNFIT, DOOR = (429, 503), (400, 422, 501), (401, 403, 404)
# What a server may not know, in the order in which it is left out where the server does not say what it does not know.
DISPENSABLE = ("response_format", "temperature", "max_completion_tokens")
# So many failures one after the other are no accident.
MOST_FAILURES = 20
LOCAL = ("localhost", "127.0.0.1", "::1")


def read_address(address: str, key: str | None) -> str:
    """The address that requests go to: with the path /v1 where it has none. FramingError for what is none, and where a key would be sent over the
    network for all to read."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise FramingError("is no address of a server", name_address(address), "Give one such as http://localhost:11434/v1")
    if parts.scheme == "http" and key and host not in LOCAL:
        raise FramingError("would be sent the key unencrypted", name_address(address), "Use https, or take the key out of the environment")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") or "/v1", "", ""))


def name_address(address: str) -> str:
    """The address without a user and a password, as it may be said and written down."""
    head, sign, rest = address.partition("://")
    place, slash, path = rest.partition("/")
    return f"{head}{sign}{place.rpartition('@')[2]}{slash}{path.partition('?')[0]}"


@dataclass
class Endpoint:
    """Where requests go. `seconds` is how long it may be silent before a request counts as not answered; `dropped` what the server did not know, and
    what it is asked without from then on; `fit` whether it has answered."""

    address: str
    key: str | None = None
    seconds: float = 600.0
    pauses: tuple[float, ...] = PAUSES
    dropped: set[str] = field(default_factory=set)
    fit: bool = False

    def connect(self) -> OpenAI:
        with needing("asking a model"):
            from openai import OpenAI
        # Servers that want no key are given a word, since the client wants one.
        return OpenAI(base_url=self.address, api_key=self.key or "none", max_retries=0, timeout=self.seconds)

    def ask(self, client: OpenAI, request: Mapping[str, Any]) -> Json:
        """The line of a batch's output file for one request: what was answered, or why nothing was. FramingError where no other request can succeed
        either."""
        from openai import APIConnectionError, APIStatusError

        pauses = iter(self.pauses)
        while True:
            body: Any = {name: value for name, value in request["body"].items() if name not in self.dropped}
            try:
                raw = client.chat.completions.with_raw_response.create(**body)
            except APIStatusError as error:
                if self._drop(error, body):
                    continue
                pause = _pause(error, next(pauses, None)) if error.status_code in BUSY else None
                if pause is None:
                    return self._fail(request, error)
            except APIConnectionError as error:
                # Who has never been there is not waited for.
                pause = next(pauses, None) if self.fit and _unsent(error) else None
                if pause is None:
                    return self._lose(request, error)
            else:
                self.fit = True
                return _line(request, raw.status_code, raw.content, raw.request_id)
            time.sleep(pause)

    def _drop(self, error: APIStatusError, body: Json) -> bool:
        """Whether the server refused the form of the request, which is then another one from now on."""
        said = f"{error.param or ''} {error.message}".lower()
        if error.status_code not in UNFIT or self.fit:
            return False
        named = [name for name in DISPENSABLE if name in said]
        about_text = error.param == "messages" or "context" in said
        unfit = named or ([] if about_text else list(DISPENSABLE[:1]))
        if not (unfit[:1] and unfit[0] in body):
            return False
        self.dropped.add(unfit[0])
        return True

    def _fail(self, request: Mapping[str, Any], error: APIStatusError) -> Json:
        message = self._hide(error.message)
        if error.status_code in DOOR:
            what = f"the server refuses ({error.status_code}: {printable(message)})"
            raise FramingError(what, name_address(self.address), "Look at the endpoint, --model and the key")
        return _fault(
            request, f"status {error.status_code}", message, {"status_code": error.status_code, "request_id": error.request_id, "body": None}
        )

    def _lose(self, request: Mapping[str, Any], error: APIConnectionError) -> Json:
        from openai import APITimeoutError

        if _unsent(error):
            why = self._hide(str(error.__cause__ or error))
            raise FramingError(f"cannot be reached ({printable(why)})", name_address(self.address), "Is the server running?")
        return _fault(
            request, "timeout" if isinstance(error, APITimeoutError) else "connection lost", self._hide(str(error.__cause__ or error)), None
        )

    def _hide(self, text: str) -> str:
        return text.replace(self.key, "(the key)") if self.key else text


def ask_all(endpoint: Endpoint, requests: Iterable[Mapping[str, Any]], keep: Callable[[Json], None], concurrency: int = 4) -> Iterator[Json]:
    """Ask all requests, so many at a time; each line is kept at once, by the thread that got it, and given out then.

    FramingError as for `Endpoint.ask`, and where one request after the other fails; what is on its way then is waited for and kept, unless the
    work is interrupted.
    """
    client = endpoint.connect()

    def ask(request: Mapping[str, Any]) -> Json:
        line = endpoint.ask(client, request)
        keep(line)
        return line

    pool = ThreadPoolExecutor(concurrency)
    running: set[Future[Json]] = set()
    failures = 0
    try:
        for request in requests:
            running.add(pool.submit(ask, request))
            if len(running) >= concurrency:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for line in (future.result() for future in done):
                    failures = failures + 1 if line["error"] else 0
                    yield line
                if failures >= MOST_FAILURES:
                    what = f"{count(failures, 'request')} failed one after the other, the last: {printable(line['error']['message'])}"
                    raise FramingError(what, name_address(endpoint.address), "What was answered is kept: run this again to go on")
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    except FramingError:
        wait(running)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _unsent(error: APIConnectionError) -> bool:
    """Whether there was no connection over which anything could have been sent."""
    return type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout")


def _pause(error: APIStatusError, pause: float | None) -> float | None:
    """How long to wait for a server that is busy: as long as it says, within reason."""
    said = error.response.headers.get("retry-after", "")
    return pause if pause is None or not said.isdigit() else min(max(pause, float(said)), LONGEST_PAUSE)


def _line(request: Mapping[str, Any], status: int, content: bytes, request_id: str | None) -> Json:
    response: Json = {"status_code": status, "request_id": request_id or "", "body": None}
    try:
        body = parse_json(content.decode(), "the server's answer")
    except (FramingError, UnicodeDecodeError) as error:
        return _fault(request, "no JSON", str(error), response)
    return {"id": f"ask-{request['custom_id']}", "custom_id": request["custom_id"], "response": response | {"body": body}, "error": None}


def _fault(request: Mapping[str, Any], code: str, message: str, response: Json | None) -> Json:
    error = {"code": code, "message": printable(message, 500)}
    return {"id": f"ask-{request['custom_id']}", "custom_id": request["custom_id"], "response": response, "error": error}
