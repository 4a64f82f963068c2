"""Names of files for annotators and articles, who are called what they like."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Collection, Iterable

from exports.formats.guids import make_guid
from exports.formats.material import Losses

__all__ = ["name_files"]

# Bytes that a name may have on every file system, less those of an ending.
LONGEST = 200
TOO_LONG = "names that are too long for a file, which is called by a GUID"
_PLAIN = frozenset(string.ascii_letters + string.digits + "_-.@+ ")


def name_files(names: Iterable[str], losses: Losses, taken: Collection[str] = ()) -> dict[str, str]:
    """A file's name, without ending, for each of the names: percent-encoded where it must be, so that it can be read back, and such that no
    two are one on a file system that ignores case. `taken` are names that mean something else there."""
    listed = list(dict.fromkeys(names))
    alike = Counter(name.lower() for name in (*listed, *taken))
    found: dict[str, str] = {}
    for name in listed:
        several = alike[name.lower()] > 1
        file = "".join(one if one in _PLAIN and not (several and one.isupper()) else _encode(one) for one in name)
        # Hidden files are not read, some systems cut what ends in a dot or a space, and a name that is taken is written otherwise.
        if file[0] in ". -" or file in taken:
            file = _encode(file[0]) + file[1:]
        if file[-1] in ". ":
            file = file[:-1] + _encode(file[-1])
        if len(file) > LONGEST:
            losses[TOO_LONG] += 1
            file = make_guid("file", name)
        found[name] = file
    return found


def _encode(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
