"""The connection to a server: the SDK's client with retries that are safe, and errors that name their cause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from annotate.labelstudio.access import Access
from schemas.errors import FramingError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.core.request_options import RequestOptions

__all__ = ["READ", "connect", "explain_errors"]

TIMEOUT_SECONDS = 600
# Only reads are repeated: a repeated write doubles what it wrote when just its answer was lost.
READ: RequestOptions = {"max_retries": 3}


@contextmanager
def connect(access: Access) -> Iterator[LabelStudio]:
    """A client whose token was accepted. Errors inside the block become FramingErrors."""
    # The import takes seconds, and most commands never talk to a server.
    try:
        import httpx
        from label_studio_sdk import LabelStudio
    except ImportError as error:
        raise FramingError("label-studio-sdk is not installed", todo="Install framing-toolkit[annotate]") from error

    # The SDK leaves the connection of a client that it makes itself open for good.
    with explain_errors(access), httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=True) as transport:
        client = LabelStudio(base_url=access.address, api_key=access.token, httpx_client=transport, max_retries=0)  # type: ignore[no-untyped-call]
        _refuse_strangers(client, access)
        yield client


def _refuse_strangers(client: LabelStudio, access: Access) -> None:
    try:
        known = client.users.whoami(request_options={"max_retries": 1}).id is not None
    except (AttributeError, TypeError, ValueError):
        known = False
    if not known:
        raise FramingError("this is not a Label Studio server", access.address, "Check LABEL_STUDIO_URL")


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
        legacy = "legacy" in detail.lower()
        todo = "Use a personal access token (Account & Settings)" if legacy else "Copy the token again (Account & Settings) into LABEL_STUDIO_API_KEY"
        return FramingError(f"the token was refused ({detail})", access.address, todo)
    if status == 403:
        return FramingError(f"this user may not do that ({detail})", access.address, "Ask the project's owner")
    if status == 404:
        return FramingError(f"not found ({detail})", access.address, "Check the address, and that the project still exists")
    return FramingError(f"Label Studio refused the request (HTTP {status}: {detail})", access.address, "See the server's log")


def _detail(body: Any) -> str:
    if isinstance(body, dict):
        parts = [body.get("detail"), body.get("validation_errors")]
        return "; ".join(str(part) for part in parts if part) or "no reason given"
    text = getattr(body, "detail", None)
    return str(text) if text else "no reason given"
