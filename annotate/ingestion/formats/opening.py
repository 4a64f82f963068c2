"""Opening files that are no plain text: the bytes, the files in a package, and what is said where it fails."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from annotate.ingestion.kinds import sniff
from annotate.ingestion.source import DAMAGES, MOST, Source
from schemas.errors import FramingError
from schemas.extras import needing

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Package", "describe_damage", "read_bytes"]

# Unpacked, a file of a package may be so many times its packed size and so large; what is larger was made to fill a memory.
_RATIO, _SMALL, _LARGE = 200, 1 << 24, 8 * MOST
# Where files of an older Office, and those that a newer one locks, begin.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def describe_damage(source: Source, why: object = None) -> FramingError:
    """What to say of a file that is not what its name says: what it seems to be instead, if its first bytes tell."""
    with source.path.open("rb") as file:
        head = file.read(1 << 12)
    if head.startswith(_OLD_OFFICE) and source.kind != ".xls":
        return FramingError("is locked by a password, or made by an older Office", source.name, f"Open it there and save it as {source.kind}")
    try:
        found = sniff(source.path)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        found = source.kind
    if found not in (source.kind, ".txt", ".csv", ".zip"):
        return FramingError(f"is not {source.kind}: it seems to be {found}", source.name, f"Name it {found}")
    told = f" ({' '.join(str(why).split())[:120]})" if why else ""
    return FramingError(f"is damaged, or is not {source.kind}{told}", source.name, "Is it cut off? Download or save it again")


def read_bytes(source: Source) -> bytes:
    """All of them. Raises FramingError for more than any article has, and for what is cut off."""
    try:
        with source.open_bytes() as file:
            data = file.read(MOST + 1)
    except DAMAGES as error:
        raise FramingError(f"cannot be read ({error})", source.name, "Is it cut off? Download it again") from error
    if len(data) > MOST:
        raise FramingError(f"is larger than {MOST:,} bytes", source.name, "A file of this kind is one article: split it")
    return data


class Package:
    """A .zip by another name, such as .docx: its files by their names.

    Raises FramingError for what is none, is locked, or would be far larger than it looks.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            self._archive = zipfile.ZipFile(source.path)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError) as error:
            raise describe_damage(source) from error
        self._members = {member.filename: member for member in self._archive.infolist()}
        if any(_is_bomb(member) for member in self._members.values()):
            raise FramingError("would be far larger unpacked than any text is", source.name, "Leave it out")

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """One file of it."""
        member = self._members.get(name)
        if member is None:
            raise describe_damage(self._source, f"it has no {name}")
        if member.file_size > _LARGE:
            raise FramingError(f"is larger than {_LARGE:,} bytes unpacked", self._source.name, "Split it")
        try:
            return self._archive.read(member)
        except RuntimeError as error:
            raise FramingError("is locked by a password", self._source.name, "Open it and save it without one") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise describe_damage(self._source, error) from error

    def parse(self, name: str) -> _Element:
        """One file of it, that is XML; entities are not resolved and nothing is fetched."""
        with needing(f"reading {self._source.kind}", self._source.name):
            from lxml import etree
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(self.read(name), parser)
        except etree.XMLSyntaxError as error:
            raise describe_damage(self._source, f"{name}: {error.msg}") from error

    def close(self) -> None:
        self._archive.close()

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > max(_SMALL, _RATIO * member.compress_size)
