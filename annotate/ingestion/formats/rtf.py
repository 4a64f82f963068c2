"""Rich text, .rtf: what Factiva and old word processors write."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from annotate.ingestion.formats.metadata import count_once, make_document
from annotate.ingestion.formats.opening import describe_damage, read_bytes
from annotate.ingestion.formats.text import MARK
from annotate.ingestion.formats.word import NOTES
from annotate.ingestion.source import Row, Source
from schemas.extras import needing

__all__ = ["looks_like_rtf", "read_rtf", "text_of"]

_CODEPAGE = re.compile(rb"\\ansicpg(\d{3,5})")
# Digits of pictures: longer than any number, and tedious to read one by one.
_PICTURES = re.compile(r"(?<![0-9a-fA-F\s])[0-9a-fA-F\s]{400,}")
# What striprtf is to take for what: the code page is found already; addresses of links and deleted words are not shown; cells are parted by tabs.
_REWORDED = (
    (re.compile(r"\\ansicpg\d+"), ""),
    (re.compile(r"\\fldinst(?![a-z])"), r"\\datafield"),
    (re.compile(r"\\deleted(?![a-z0-9])"), r"\\comment"),
    (re.compile(r"\\(?:nest)?cell(?![a-z])"), r"\\tab"),
    (re.compile(r"\\tab\s*\\row(?![a-z])"), r"\\row"),
)
# Signs that what a file says of itself takes up at most.
_INFO = 20_000
_NOTE = re.compile(r"\\footnote(?![a-z])")
_SAID = re.compile(r"\{\\(title|author) ?((?:[^{}\\]|\\[^{}]|\\[{}])*)\}")
_MADE = re.compile(r"\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def looks_like_rtf(head: str) -> bool:
    """Whether a text that begins so is RTF, whatever its file is called."""
    return head[:200].removeprefix(MARK).lstrip().startswith("{\\rtf")


def read_rtf(source: Source) -> Iterator[Row]:
    codepage, rtf = _read(source)
    begin = rtf.find("{\\info")
    info = rtf[begin : begin + _INFO] if begin >= 0 else ""
    said: dict[str, str | None] = {name: _strip(f"{{\\rtf1\\ansi {value}}}", codepage, source) for name, value in _SAID.findall(info)}
    if made := _MADE.search(info):
        said["made"] = f"{int(made[1]):04}-{int(made[2]):02}-{int(made[3]):02}"
    yield make_document(source, _text_of(source, codepage, rtf), said)


def text_of(source: Source) -> str:
    """All text of an .rtf, one paragraph a line."""
    return _text_of(source, *_read(source))


def _read(source: Source) -> tuple[str, str]:
    """The code page, and the file's signs in it."""
    data = read_bytes(source)
    codepage = f"cp{said[1].decode()}" if (said := _CODEPAGE.search(data[:4096])) else "cp1252"
    if codepage == "cp65001":
        codepage = "utf-8"
    try:
        codecs.lookup(codepage)
    except LookupError:
        source.record.guess(f"its code page, {codepage}, is not known: read as cp1252")
        codepage = "cp1252"
    try:
        rtf = data.decode("utf-8")
    except UnicodeDecodeError:
        rtf = data.decode(codepage, errors="replace")
    if not looks_like_rtf(rtf):
        raise describe_damage(source)
    if not rtf.rstrip(" \r\n\t\0").endswith("}"):
        raise describe_damage(source, "its end is missing")
    return codepage, rtf


def _text_of(source: Source, codepage: str, rtf: str) -> str:
    count_once(source, NOTES, len(_NOTE.findall(rtf)))
    text = _strip(rtf, codepage, source)
    count_once(source, "characters that its code page does not have", text.count("\ufffd"))
    return text


def _strip(rtf: str, codepage: str, source: Source) -> str:
    with needing(f"reading {source.kind}", source.name):
        from striprtf.striprtf import rtf_to_text
    for pattern, replacement in _REWORDED:
        rtf = pattern.sub(replacement, rtf)
    try:
        text = str(rtf_to_text(_PICTURES.sub("", rtf), encoding=codepage, errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, OverflowError, IndexError, LookupError) as error:
        raise describe_damage(source, error) from error
    # A sign beyond the first plane is written as two halves.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "\n".join(line.strip(" ") for line in whole.split("\n")).strip("\n")
