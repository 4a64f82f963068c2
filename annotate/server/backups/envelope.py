"""The server's secrets in one file of a backup: open to its owner alone, or sealed with a passphrase as well."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from annotate.server.backups.manifest import inside
from schemas.errors import FramingError
from schemas.extras import needing
from schemas.parsing import read_text

__all__ = ["VARIABLE", "pack", "read_passphrase", "unpack"]

# Where a passphrase may stand that is in no file; arguments of a process are public on its machine.
VARIABLE = "FRAMING_BACKUP_PASSPHRASE"
# Of scrypt: a guess takes a tenth of a second and 64 MB. What is opened may have been sealed at another cost, but not at one that fills the memory.
COST = {"n": 1 << 16, "r": 8, "p": 1}
_DEAREST = 1 << 24
_LONGEST = 10_000


def read_passphrase(path: Path | None) -> str | None:
    """The first line of the file, or else what the environment holds; None if neither is there."""
    if path is None:
        return os.environ.get(VARIABLE, "").strip() or None
    try:
        lines = read_text(path, largest=_LONGEST).splitlines()
    except FileNotFoundError as error:
        raise FramingError("no such file", path, "Write the passphrase into it") from error
    if not lines or not lines[0].strip():
        raise FramingError("holds no passphrase", path, "Write one into its first line")
    return lines[0].strip()


def pack(files: dict[str, bytes], passphrase: str | None) -> str:
    """The files by name as one text; without the passphrase it cannot be read, if there is one."""
    inner = json.dumps({name: base64.b64encode(content).decode() for name, content in files.items()})
    if passphrase is None:
        return json.dumps({"sealed": False, "files": json.loads(inner)})
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = _cipher(passphrase, salt, COST).encrypt(nonce, inner.encode(), None)
    parts = {"salt": salt, "nonce": nonce, "data": sealed}
    return json.dumps({"sealed": True, "scrypt": COST} | {name: base64.b64encode(part).decode() for name, part in parts.items()})


def unpack(path: Path, passphrase: str | None) -> dict[str, bytes]:
    """The files that were packed. FramingError if the passphrase is wrong or missing, or the file is damaged."""
    try:
        outer = json.loads(path.read_bytes())
        files = _unseal(outer, passphrase, path) if outer["sealed"] else outer["files"]
        return {inside(name): base64.b64decode(content, validate=True) for name, content in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise FramingError("is damaged: the secrets in it cannot be read", path, "Use another backup") from error


def _unseal(outer: dict[str, Any], passphrase: str | None, path: Path) -> Any:
    if passphrase is None:
        raise FramingError("is sealed with a passphrase", path, f"Give it by --passphrase-file FILE or {VARIABLE}")
    salt, nonce, data = (base64.b64decode(outer[name], validate=True) for name in ("salt", "nonce", "data"))
    cost = {name: int(outer["scrypt"][name]) for name in COST}
    if min(cost.values()) < 1 or prod(cost.values()) > _DEAREST:
        raise ValueError("costs more than anybody would have asked for")
    cipher = _cipher(passphrase, salt, cost)
    from cryptography.exceptions import InvalidTag

    try:
        return json.loads(cipher.decrypt(nonce, data, None))
    except InvalidTag as error:
        raise FramingError("cannot be opened with this passphrase", path, "Give the one that the backup was made with") from error


def _cipher(passphrase: str, salt: bytes, cost: Mapping[str, int]) -> Any:
    with needing("a passphrase"):
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    return AESGCM(Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode()))
