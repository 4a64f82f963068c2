"""The embedded server's secrets: made once, kept in a file that nobody else may read."""

from __future__ import annotations

import json
import os
import secrets
import string
from dataclasses import asdict, dataclass
from pathlib import Path

from platformdirs import user_data_path

from schemas.errors import FramingError

__all__ = ["Credentials", "create_credentials", "default_data_folder", "read_credentials", "write_private"]

ADMIN = "admin@example.com"
FILE = "credentials.json"


@dataclass(frozen=True)
class Credentials:
    """The embedded server's secrets, made once for each data folder."""

    username: str
    password: str
    token: str
    secret_key: str

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r}, …)"


def default_data_folder() -> Path:
    """The embedded server's data folder: FRAMING_LABELSTUDIO_DATA, or the user's data directory."""
    named = os.environ.get("FRAMING_LABELSTUDIO_DATA")
    return Path(named) if named else user_data_path("framing-toolkit", appauthor=False) / "labelstudio"


def create_credentials(data: Path) -> Credentials:
    """Read the data folder's credentials, or make and store new ones in a file with mode 600."""
    if (data / FILE).exists():
        return read_credentials(data)
    credentials = Credentials(
        username=ADMIN,
        password=secrets.token_urlsafe(12),
        token=secrets.token_hex(20),
        # Label Studio's own made key may start with "$", which it then cannot read back: everyone is logged out.
        secret_key="".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(50)),
    )
    write_private(data / FILE, json.dumps(asdict(credentials), indent=2))
    return credentials


def read_credentials(data: Path) -> Credentials:
    path = data / FILE
    try:
        return Credentials(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise FramingError("no embedded Label Studio was ever started here", data, "Run `framing labelstudio start`") from error
    except (ValueError, TypeError) as error:
        raise FramingError("is damaged", path, "Restore it from a copy; without it the server's data cannot be opened") from error


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read; it is never readable to others, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
