"""What `framing serve` and whoever connects a project to it agree on: its secret, its address, and that it runs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from annotate.server.credentials import write_private
from annotate.server.door import LOCAL, is_serving, serving_file
from schemas.errors import FramingError
from schemas.files import lock_file

__all__ = ["USER", "announce", "prepare_secret", "split_address", "write_address"]

USER = "framing"
_FILE = "serve-secret"
_LOCAL_NAMES = (LOCAL, "localhost", "::1")


def prepare_secret(data: Path, *, new: bool = False) -> str:
    """The secret of this data folder's `framing serve`, made at the first call; `new` makes another, which those connected do not have."""
    path = data / _FILE
    if new or not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FramingError("cannot be read", path, "Make another secret with `framing serve --new-secret`") from error
    if len(secret) < 32 or not secret.replace("-", "").replace("_", "").isalnum():
        raise FramingError("is damaged", path, "Make another secret with `framing serve --new-secret`")
    return secret


@contextmanager
def announce(data: Path, port: int) -> Iterator[None]:
    """Let it be known, while the block runs, that a `framing serve` of this data folder listens at this port of this machine."""
    with lock_file(serving_file(data, port)):
        yield


def write_address(host: str, port: int, secret: str) -> str:
    """The address that holds the secret."""
    return f"http://{USER}:{secret}@{f'[{host}]' if ':' in host else host}:{port}"


def split_address(address: str, data: Path, *, embedded: bool) -> tuple[str, str]:
    """The backend's URL and its secret, which never stands in the URL.

    An address without a secret is completed from the data folder if a `framing serve` of it runs here. The `embedded`
    server can ask no other. FramingError, without the secret, for every other address.
    """
    try:
        parts = urlsplit(address.strip())
        host, port, sound = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80), parts.scheme in ("http", "https")
    except ValueError:
        sound = False
    if not sound or not host:
        raise FramingError("is not the address of a backend", "--live", "Give it as `framing serve` prints it")
    url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    here = host in _LOCAL_NAMES and is_serving(data, port)
    if embedded and not here:
        raise FramingError(
            "no `framing serve` runs here, and the embedded server asks nobody else", url, "Start `framing serve MODEL` on this machine first"
        )
    secret = parts.password or (prepare_secret(data) if here else "")
    if not secret:
        raise FramingError("the address holds no secret", url, "Give it as `framing serve` prints it, http://framing:SECRET@…")
    return (f"http://{LOCAL}:{port}" if embedded else url), secret
