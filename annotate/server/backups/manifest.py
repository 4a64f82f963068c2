"""What a backup says of itself, and whether it is so: its files, the tables in it, and which versions made it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from annotate.server.backups.digests import Content
from annotate.server.credentials import write_private
from schemas.errors import FramingError
from schemas.faults import say_fault
from schemas.files import digest_file, measure_file
from schemas.parsing import read_json

__all__ = ["DUMP", "MANIFEST", "MEDIA", "SECRETS", "SQLITE_COPY", "File", "Manifest", "check_files", "describe_files", "inside", "read_manifest"]

MANIFEST, SECRETS, MEDIA, SQLITE_COPY, DUMP = "manifest.json", "secrets.json", "media", "database.sqlite3", "database.dump"
FORMAT = 1
_NONE = "is no backup made by `framing labelstudio backup`"
_OTHER = "Use another backup"


def inside(name: str) -> str:
    """The name of a file, if it stays inside the folder that it is put into; else ValueError."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or str(path) != name:
        raise ValueError("is no name of a file in a folder")
    return name


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class File(_Entry):
    """Bytes of a file, and their SHA-256 in hex."""

    size: int = Field(ge=0)
    sha256: str


class Manifest(_Entry):
    """`format`: FORMAT; `made`: the moment in UTC that the backup is of; `label_studio`: the version that wrote the database."""

    format: Literal[1] = 1
    made: datetime
    toolkit: str
    label_studio: str
    engine: Literal["sqlite", "postgresql"]
    engine_version: str
    tables: dict[str, Content]
    files: dict[Annotated[str, AfterValidator(inside)], File]

    @property
    def rows(self) -> int:
        return sum(content.rows for content in self.tables.values())

    @property
    def database(self) -> str:
        """The name of the file that holds the database."""
        return SQLITE_COPY if self.engine == "sqlite" else DUMP

    def write(self, backup: Path) -> None:
        write_private(backup / MANIFEST, self.model_dump_json(indent=1))


def read_manifest(backup: Path) -> Manifest:
    """FramingError if the folder is no backup, or a damaged one, or of a later version of the toolkit."""
    try:
        found = read_json(backup / MANIFEST)
    except (FileNotFoundError, NotADirectoryError):
        raise FramingError(_NONE, backup, "Name the folder of one, as in 2026-11-30T08-00-00Z") from None
    if isinstance(found, dict) and isinstance(made_by := found.get("format"), int) and made_by > FORMAT:
        raise FramingError("was made by a later version of the toolkit", backup, "Update the toolkit")
    try:
        manifest = Manifest.model_validate(found)
    except ValidationError as error:
        raise FramingError(f"is damaged, or no backup ({say_fault(error)})", backup / MANIFEST, _OTHER) from error
    if not {manifest.database, SECRETS} <= manifest.files.keys():
        raise FramingError("is damaged, or no backup (it names no database)", backup / MANIFEST, _OTHER)
    return manifest


def describe_files(folder: Path, names: Iterable[str]) -> dict[str, File]:
    """Size and digest of each of these files of the folder."""
    return {name: File(size=(folder / name).stat().st_size, sha256=digest_file(folder / name)) for name in sorted(names)}


def check_files(backup: Path, manifest: Manifest, names: Iterable[str] | None = None) -> None:
    """FramingError unless each file that the manifest names (or each of these) is there with the content that was written."""
    for name in manifest.files if names is None else names:
        path, wanted = backup / name, manifest.files[name]
        try:
            if path.is_symlink() or not path.resolve().is_relative_to(backup.resolve()):
                raise FramingError("is damaged: a link stands where a file was written", path, _OTHER)
            size = measure_file(path)
            same = size == wanted.size and digest_file(path) == wanted.sha256
        except FileNotFoundError:
            raise FramingError("is damaged: this file of the backup is missing", path, _OTHER) from None
        except OSError as error:
            raise FramingError(f"cannot be read ({error.strerror or error})", path, _OTHER) from error
        if not same:
            raise FramingError("is damaged: this file of the backup is not as it was written", path, _OTHER)
