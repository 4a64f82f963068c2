"""What a file is: by its name, and by its first bytes where it has none."""

from __future__ import annotations

import zipfile
from pathlib import Path

__all__ = ["ARCHIVE", "DOCUMENTS", "KINDS", "PACKINGS", "kind_of", "sniff", "split_packing"]

# Files of one article each, or of a news database's many; tables and feeds of one article a row; and folders in one file.
DOCUMENTS = (".txt", ".md", ".html", ".htm", ".docx", ".odt", ".rtf", ".pdf", ".epub", ".eml")
TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".feather", ".ipc", ".xlsx", ".xls", ".ods", ".xml", ".warc")
ARCHIVE = ".zip"
KINDS = (*DOCUMENTS, *TABLES, ARCHIVE)
PACKINGS = (".gz", ".zst", ".bz2", ".xz")
# What is read as a stream may also be packed; others need their end first.
_PACKABLE = (".txt", ".md", ".html", ".htm", ".rtf", ".eml", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".xml", ".warc")
_HEAD = 4096


def split_packing(name: str) -> tuple[str, str]:
    """(kind, packing) by the endings of a name, in lower case; "" for what it has not."""
    path = Path(name.lower())
    packing = path.suffix if path.suffix in PACKINGS else ""
    return (Path(path.stem).suffix if packing else path.suffix), packing


def kind_of(name: str) -> str | None:
    """What a file of this name is, one of KINDS; None if it is nothing that can be read."""
    kind, packing = split_packing(name)
    return kind if kind in (_PACKABLE if packing else KINDS) else None


def sniff(path: Path) -> str:
    """What a file without a name is, by its first bytes; plain text if they do not tell."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
        inside = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "META-INF/container.xml": ".epub", "content.xml": ".odt"}
        return next((kind for name, kind in inside.items() if name in names), ARCHIVE)
    marks = {b"%PDF-": ".pdf", b"PAR1": ".parquet", b"ARROW1": ".arrow", b"{\\rtf": ".rtf", b"WARC/": ".warc", b"<?xml": ".xml"}
    if kind := next((kind for mark, kind in marks.items() if start.startswith(mark)), None):
        return kind
    if start[:1] == b"[" or start[:1] == b"{":
        return ".json"
    if start[:9].lower() == b"<!doctype" or start[:5].lower() == b"<html":
        return ".html"
    first = start.split(b"\n", 1)[0]
    # The head of a table: short names, and separators between them.
    return ".csv" if any(first.count(mark) >= 1 and b" " not in first.replace(mark + b" ", mark) for mark in (b",", b";", b"\t")) else ".txt"
