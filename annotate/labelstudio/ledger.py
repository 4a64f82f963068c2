"""The ledger of what was sent: a key that stays with the owner, the seals made with it, and what each project held when it was sealed.

In Label Studio anybody who can annotate can also change a text, the labelling screen, and what others have marked. A seal (an HMAC) rides
with each task and with the screen: it says that whoever has the key has sent just this. The key never leaves the data folder but by
`framing labelstudio key`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from annotate.server.credentials import default_data_folder, write_private
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.parsing import parse_json, read_text

__all__ = ["Entry", "Ledger", "digest_data", "export_key", "identify", "import_key", "open_ledger"]

FOLDER, KEYS = "ledger", "keys.json"
# Half of SHA-256 is beyond guessing, and it stands in every task.
SEAL_LENGTH = 32
KEY_BYTES = 32
MOST_KEYS = 20


class Entry(BaseModel):
    """A project as this machine knows it: the labelling screen (with the codebook and the record in it) that was sealed or accepted
    last, how often it was sealed before, and of each task its article and the digest of its data. `accepted` says that the owner took
    the project as it was, without a seal of a key that is known here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    edition: int = 0
    screen: str | None = None
    accepted: bool = False
    tasks: dict[int, tuple[str, str]] = {}


@dataclass(frozen=True)
class Ledger:
    """The keys, of which the first one seals and all are believed, and a file for each project."""

    folder: Path
    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Ledger({str(self.folder)!r}, {len(self.keys)} keys)"

    def seal(self, *parts: str) -> str:
        """The seal of these parts, in hex."""
        return _seal(self.keys[0], parts)

    def believes(self, seal: object, *parts: str) -> bool:
        """Whether one of the keys made this seal of these parts."""
        return isinstance(seal, str) and seal.isascii() and any(hmac.compare_digest(seal, _seal(key, parts)) for key in self.keys)

    def recall(self, project: str) -> Entry:
        """What is known of the project; an empty entry if nothing is. FramingError if the file is damaged."""
        path = self._path(project)
        try:
            return Entry.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return Entry()
        except (ValidationError, OSError) as error:
            todo = "Restore it from a copy, or move it away: then what stands sealed in the project is believed, however old it is"
            raise FramingError("is damaged, so nothing here says what was sent to the project", path, todo) from error

    def remember(self, project: str, entry: Entry) -> None:
        write_private(self._path(project), entry.model_dump_json())

    def _path(self, project: str) -> Path:
        return self.folder / f"{digest_text(project)[:16]}.json"


def open_ledger(data: Path | None = None) -> Ledger:
    """The ledger of the data folder; a key is made if there is none. FramingError if the keys are damaged."""
    folder = (data or default_data_folder()) / FOLDER
    path = folder / KEYS
    if not path.exists():
        write_private(path, json.dumps([secrets.token_hex(KEY_BYTES)]))
    return Ledger(folder, _read_keys(path))


def export_key(path: Path, data: Path | None = None) -> None:
    """Write the key that seals into a file (mode 600), for another machine. FramingError if there is a file of that name."""
    if path.exists():
        raise FramingError("is there already", path, "Name a new file")
    write_private(path, json.dumps([open_ledger(data).keys[0].hex()]))


def import_key(path: Path, data: Path | None = None) -> None:
    """Seal with the key in the file from now on. Those that were here before are still believed."""
    folder = (data or default_data_folder()) / FOLDER
    known = _read_keys(folder / KEYS) if (folder / KEYS).exists() else ()
    keys = dict.fromkeys([_read_keys(path)[0], *known])
    write_private(folder / KEYS, json.dumps([key.hex() for key in keys][:MOST_KEYS]))


def identify(project: Any) -> str:
    """What tells a project from every other one, on every server: its id, and the moment it was made, which nobody can set."""
    return f"{project.id} {project.created_at.isoformat()}"


def digest_data(data: Mapping[str, Any]) -> str:
    """SHA-256 of a task's data. Numbers are compared by value: a database may write 1e20 as an integer."""
    plain = json.loads(json.dumps(data), parse_int=float, parse_float=float)
    return digest_text(json.dumps(plain, sort_keys=True, ensure_ascii=True))


def _seal(key: bytes, parts: tuple[str, ...]) -> str:
    # As JSON, so that no two lists of parts are the same text.
    return hmac.new(key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()[:SEAL_LENGTH]


def _read_keys(path: Path) -> tuple[bytes, ...]:
    try:
        keys = tuple(bytes.fromhex(key) for key in parse_json(read_text(path), path))
    except FileNotFoundError as error:
        raise FramingError("no such file", path) from error
    except (TypeError, ValueError) as error:
        raise FramingError("is not a key of `framing labelstudio key`", path, "Restore it from a copy") from error
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise FramingError("is not a key of `framing labelstudio key`", path, "Restore it from a copy")
    return keys
