"""The connection to a server: the SDK's client with retries that are safe, and errors that name their cause."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from annotate.labelstudio.access import Access
from schemas.errors import FramingError
from schemas.extras import needing

if TYPE_CHECKING:
    import ssl

    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio
    from label_studio_sdk.core.request_options import RequestOptions

__all__ = ["READ", "RESOLUTION", "WRITE", "ask_time", "authorities", "call", "connect", "explain_errors", "persist", "say_time", "wait_for_server"]

TIMEOUT_SECONDS = 600
# Only reads are repeated: a repeated write doubles what it wrote when just its answer was lost.
READ: RequestOptions = {"max_retries": 3}
WRITE: RequestOptions = {"max_retries": 0}
ATTEMPTS = 3
# A server that is started again answers after some ten seconds, on a slow machine after a minute.
PATIENCE_SECONDS = 90.0
# A server tells its time in whole seconds.
RESOLUTION = timedelta(seconds=1)
OLDEST = (1, 20)
T = TypeVar("T")


@contextmanager
def connect(access: Access) -> Iterator[LabelStudio]:
    """A client whose token was accepted. Errors inside the block become FramingErrors."""
    # The import takes a second, and most commands never talk to a server. (The SDK's outer client would take another: it
    # brings pandas for exports as tables.)
    with needing("Label Studio"):
        import httpx
        from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

    # The SDK leaves the connection of a client that it makes itself open for good.
    with explain_errors(access), httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=True, verify=authorities()) as transport:
        client = LabelStudio(base_url=access.address, api_key=access.token, httpx_client=transport, max_retries=0)
        _refuse_strangers(client, access)
        yield client


@cache
def authorities() -> ssl.SSLContext:
    """Whom to trust that a server is who it says. Read once: there are a hundred and more, and each client would read them anew."""
    import httpx

    return httpx.create_ssl_context()


def _refuse_strangers(client: LabelStudio, access: Access) -> None:
    try:
        known = client.users.whoami(request_options={"max_retries": 1}).id is not None
        release = str(client.versions.get(request_options={"max_retries": 1}).release)
    except (AttributeError, TypeError, ValueError):
        known, release = False, ""
    if not known:
        raise FramingError("this is not a Label Studio server", access.address, "Check LABEL_STUDIO_URL")
    if tuple(int(part) for part in re.findall(r"\d+", release)[:2]) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise FramingError(f"Label Studio {release} is too old", access.address, f"Update the server to {wanted} or later (1.23 is what was tested)")


def persist(client: LabelStudio, read: Callable[[], T]) -> T:
    """What `read` returns; where the connection breaks it is read again from its beginning, once the server answers. For reads only."""
    import httpx

    for _ in range(ATTEMPTS - 1):
        try:
            return read()
        except httpx.TransportError:
            wait_for_server(client)
    return read()


def call(client: LabelStudio, method: str, path: str, **content: Any) -> Any:
    """A request that the SDK has no name for, with the SDK's way of being let in. Returns the JSON of the answer, if any."""
    from label_studio_sdk.core.api_error import ApiError

    options = READ if method == "GET" else WRITE
    answer = client._client_wrapper.httpx_client.request(path, method=method, request_options=options, **content)
    found = answer.json() if answer.content else None
    if answer.is_error:
        raise ApiError(status_code=answer.status_code, body=found)
    return found


def ask_time(access: Access) -> datetime | None:
    """What the server's clock says; None if it does not tell. Ours may go wrong by any amount."""
    import httpx

    with explain_errors(access), suppress(KeyError, ValueError):
        answer = httpx.head(f"{access.address}/health", timeout=60, follow_redirects=True, verify=authorities())
        return parsedate_to_datetime(answer.headers["Date"])
    return None


def say_time(access: Access, *, later: timedelta = timedelta()) -> str:
    """The server's time (or `later`) as annotations give theirs."""
    return ((ask_time(access) or datetime.now(UTC)).astimezone(UTC) + later).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def wait_for_server(client: LabelStudio) -> None:
    """Return as soon as the server answers. Raises what the last attempt raised if it does not for PATIENCE_SECONDS."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            client.users.whoami(request_options=WRITE)
            return
        except (httpx.TransportError, ApiError) as error:
            # While it starts it may answer with an error of its own.
            starting = isinstance(error, httpx.TransportError) or (error.status_code or 0) >= 500
            if not starting or time.monotonic() > end:
                raise
        time.sleep(0.5)


@contextmanager
def explain_errors(access: Access) -> Iterator[None]:
    """Turn what the SDK and its transport raise into one line. The SDK's own text holds the session cookie."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise _explain(error.status_code, error.body, access) from None
    except httpx.ConnectError as error:
        raise FramingError(
            "no server answers here", access.address, "Start it with `framing labelstudio start`, or check LABEL_STUDIO_URL"
        ) from error
    except httpx.TransportError as error:
        raise FramingError(
            f"the connection broke ({type(error).__name__})", access.address, "Run the same command again: it goes on from what the server has"
        ) from error
    except (httpx.InvalidURL, ValueError) as error:
        if isinstance(error, (httpx.InvalidURL, UnicodeError)) or "JSON" in type(error).__name__:
            raise FramingError("is not the address of a Label Studio server", access.address, "Check LABEL_STUDIO_URL") from error
        raise


def _explain(status: int | None, body: Any, access: Access) -> FramingError:
    detail = _detail(body)
    if status == 401:
        return FramingError(f"the token was refused ({detail})", access.address, _renew(detail.lower()))
    if status == 403:
        return FramingError(f"this user may not do that ({detail})", access.address, "Ask the project's owner")
    if status == 404:
        return FramingError(f"not found ({detail})", access.address, "Check the address, and that the project still exists")
    return FramingError(f"Label Studio refused the request (HTTP {status}: {detail})", access.address, "See the server's log")


def _renew(detail: str) -> str:
    if "legacy" in detail:
        return "Use a personal access token (Account & Settings)"
    if "expired" in detail or "blacklisted" in detail:
        return "It has expired or was revoked: make a new one (Account & Settings) and put it into LABEL_STUDIO_API_KEY"
    return "Copy the token again (Account & Settings) into LABEL_STUDIO_API_KEY"


def _detail(body: Any) -> str:
    if isinstance(body, dict):
        parts = [body.get("detail"), body.get("validation_errors")]
        return "; ".join(str(part) for part in parts if part) or "no reason given"
    text = getattr(body, "detail", None)
    return str(text) if text else "no reason given"
