"""Secret keys and their passwords: what `framing train --sign` and `framing model` share."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import FramingError

if TYPE_CHECKING:
    from classifiers.model.signature import Signer

__all__ = ["PASSWORD", "ask_password", "open_key"]

# The variable that a password is taken from, where nobody sits at a terminal.
PASSWORD = "FRAMING_SIGN_PASSWORD"  # noqa: S105 - its name, not a password


def open_key(path: Path) -> Signer:
    """The secret key of a file, with its password from the environment or the terminal. FramingError without either, or if it is wrong."""
    from classifiers.model.signature import Signer

    return Signer(path, lambda: ask_password(path))


def ask_password(path: Path, *, new: bool = False) -> str:
    """The password of a key, which is never shown; of a `new` one it is asked for twice."""
    if given := os.environ.get(PASSWORD):
        return given
    if not sys.stdin.isatty():
        raise FramingError("has a password, and nobody is here to type it", path, f"Put it into the environment variable {PASSWORD}")
    password = getpass(f"Password of {path}: ")
    if new and (not password or getpass("Again: ") != password):
        raise FramingError("the passwords are empty, or differ", path, "Try again")
    return password
