"""Formats of files: for each kind how its rows are read, and of a document how its whole text. One format, one file, a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from annotate.ingestion.formats import epub, pdf, rtf, word
from annotate.ingestion.formats.arrow import read_arrow
from annotate.ingestion.formats.delimited import read_delimited
from annotate.ingestion.formats.html import read_html
from annotate.ingestion.formats.json import read_json
from annotate.ingestion.formats.mail import read_mail
from annotate.ingestion.formats.parquet import read_parquet
from annotate.ingestion.formats.spreadsheet import read_spreadsheet
from annotate.ingestion.formats.text import read_markdown, read_text, read_whole
from annotate.ingestion.formats.webarchive import read_warc
from annotate.ingestion.formats.xml import read_xml
from annotate.ingestion.source import Row, Source, Unreadable

__all__ = ["READERS", "TEXTS"]

# By the ending of the file's name, in lower case.
READERS: dict[str, Callable[[Source], Iterator[Row | Unreadable]]] = {
    ".txt": read_text,
    ".md": read_markdown,
    **dict.fromkeys((".html", ".htm"), read_html),
    ".docx": word.read_docx,
    ".odt": word.read_odt,
    ".rtf": rtf.read_rtf,
    ".pdf": pdf.read_pdf,
    ".epub": epub.read_epub,
    ".eml": read_mail,
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), read_json),
    **dict.fromkeys((".csv", ".tsv"), read_delimited),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), read_spreadsheet),
    ".parquet": read_parquet,
    **dict.fromkeys((".arrow", ".feather", ".ipc"), read_arrow),
    ".xml": read_xml,
    ".warc": read_warc,
}
# What may be a download of a news database.
TEXTS: dict[str, Callable[[Source], str]] = {
    **dict.fromkeys((".txt", ".html", ".htm"), read_whole),
    **dict.fromkeys((".docx", ".odt"), word.text_of),
    ".rtf": rtf.text_of,
    ".pdf": pdf.text_of,
}
