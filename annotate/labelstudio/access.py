"""Where the server is and how to be let in: the environment first, else the embedded server."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from annotate.server.credentials import default_data_folder, read_credentials
from annotate.server.embedded import running_address
from schemas.errors import FramingError

__all__ = ["Access", "embedded_access", "resolve_access"]


@dataclass(frozen=True)
class Access:
    """A server's address and a token for it. The token is kept out of every representation."""

    address: str
    token: str

    def __repr__(self) -> str:
        return f"Access(address={self.address!r}, token=…)"


def resolve_access(data: Path | None = None) -> Access:
    """LABEL_STUDIO_URL with LABEL_STUDIO_API_KEY, else the embedded server that is running.

    Raises FramingError when only half of the pair is set, or when there is neither.
    """
    address, token = os.environ.get("LABEL_STUDIO_URL"), os.environ.get("LABEL_STUDIO_API_KEY")
    if address and token:
        return Access(_checked_address(address), _checked_token(token))
    if address or token:
        missing = "LABEL_STUDIO_API_KEY" if address else "LABEL_STUDIO_URL"
        raise FramingError(f"{missing} is not set", "environment", "Set both, or neither to use the embedded server")
    return embedded_access(data or default_data_folder())


def embedded_access(data: Path) -> Access:
    """The server of this data folder, whatever the environment says. FramingError if it does not run."""
    found = running_address(data)
    if found is None:
        raise FramingError(
            "no Label Studio server is running", data, "Run `framing labelstudio start`, or set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY"
        )
    return Access(found, read_credentials(data).token)


def _checked_address(address: str) -> str:
    try:
        parts = urlsplit(address.strip())
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise FramingError("LABEL_STUDIO_URL is not an address", "environment", "It looks like https://labels.example.org")
    if parts.username or parts.password:
        # An address is shown in messages; nothing secret may be in it.
        raise FramingError(
            "LABEL_STUDIO_URL holds a name or password", "environment", "Put only the address there, and the token into LABEL_STUDIO_API_KEY"
        )
    return address.strip().rstrip("/")


def _checked_token(token: str) -> str:
    token = token.strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise FramingError("LABEL_STUDIO_API_KEY is not a token", "environment", "Copy it again (Account & Settings)")
    return token
