"""Files of any common kind become one table of articles with canonical text."""

from __future__ import annotations

import glob
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from annotate.decoding import decode
from schemas.dataset import Rejected, read_parquet
from schemas.errors import FramingError
from schemas.tables import Articles, conform, plain
from schemas.text import canonicalise, identify

__all__ = ["READERS", "Ingested", "find_files", "ingest"]

Row = dict[str, Any]
TEXT_COLUMN = "text"
ID_COLUMNS = ("article_id", "id")
TABLES = (".jsonl", ".csv", ".parquet")


@dataclass
class Ingested:
    """The articles, what was set aside and why, and what the user should know about the rest."""

    articles: pl.DataFrame
    rejected: Rejected = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def ingest(paths: Iterable[str | Path], *, text_column: str = TEXT_COLUMN, outlet: str | None = None) -> Ingested:
    """Read files, folders (recursively) and globs.

    A text file is one article, titled by its name; a table has one article a row. article_id is the user's own
    (`article_id` or `id`), else a hash of url and text. Rows without text are set aside; the same article twice is
    kept once; two texts under one id are refused. `outlet` is given to articles that name none.
    """
    rejected: Rejected = []
    notices: Counter[str] = Counter()
    rows: dict[str, Row] = {}
    for path in find_files(paths):
        for number, raw in enumerate(_read(path, text_column, notices), start=1):
            where = f"{path}, row {number}"
            row = _clean(raw, where, rejected, notices, outlet)
            if row is None:
                continue
            known = rows.setdefault(row["article_id"], row)
            if known["text"] != row["text"]:
                raise FramingError(f"article_id {row['article_id']!r} stands for two different texts", where, "Give each article an id of its own")
            if known is not row:
                notices["articles that were there twice, kept once"] += 1
    if not rows:
        raise FramingError("no article with text was found", ", ".join(str(path) for path in paths), "Check the files, and --text-column for tables")
    table = pl.DataFrame(list(rows.values()), infer_schema_length=None, strict=False)
    return Ingested(conform(table, Articles, "ingest"), rejected, [f"{text}: {count}" for text, count in notices.items()])


def find_files(paths: Iterable[str | Path]) -> list[Path]:
    """The readable files that paths, folders and globs stand for, each once. FramingError for what is not there."""
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in READERS and p.is_file() and not _is_hidden(p.relative_to(path)))
            if not inside:
                raise FramingError("this folder holds no file that can be read", path, f"Readable: {' '.join(READERS)}")
            found += _dataset_or_files(path, inside)
        elif path.exists():
            if path.suffix.lower() not in READERS:
                raise FramingError(f"files of kind {path.suffix or '(none)'!r} cannot be read", path, f"Readable: {' '.join(READERS)}")
            found.append(path)
        else:
            # A link that leads nowhere is matched too, and is no file.
            matches = sorted(match for match in glob.glob(str(name), recursive=True) if Path(match).exists())  # noqa: PTH207 - Path.glob takes no absolute pattern
            if not matches:
                raise FramingError("no such file or folder", name, "Check the spelling; quote a glob")
            found += find_files(matches)
    return list(dict.fromkeys(found))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _dataset_or_files(folder: Path, inside: list[Path]) -> list[Path]:
    # A dataset folder holds other tables and old copies beside its articles.
    articles = folder / "articles.parquet"
    return [articles] if articles in inside else inside


def _read(path: Path, text_column: str, notices: Counter[str]) -> Iterator[Row]:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FramingError(f"cannot be read ({error.strerror})", path) from error
    if size == 0:
        raise FramingError("is empty", path, "Remove it, or put an article in it")
    rows = list(READERS[path.suffix.lower()](path, notices))
    # A file of one article has no columns to choose from.
    column = text_column if path.suffix.lower() in TABLES else TEXT_COLUMN
    if rows and not any(column in row for row in rows):
        columns = ", ".join(dict.fromkeys(str(name) for row in rows for name in row))
        raise FramingError(f"has no column {column!r} (there are: {columns})", path, "Name the text's column with --text-column")
    for row in rows:
        text = row.pop(column, None)
        # The column that gives way keeps its content under another name: it is the user's.
        yield {**{"text_before" if name == TEXT_COLUMN else name: value for name, value in row.items()}, TEXT_COLUMN: text}


def _clean(raw: Row, where: str, rejected: Rejected, notices: Counter[str], outlet: str | None) -> Row | None:
    text = raw[TEXT_COLUMN]
    try:
        # Half a surrogate pair in a title or an address can be stored no more than one in the text.
        for part in (*raw, *raw.values()):
            if isinstance(part, str):
                part.encode()
        canonical = canonicalise(text) if isinstance(text, str) else None
    except UnicodeEncodeError:
        rejected.append({"reason": "half a surrogate pair, which no encoding can hold", "row": {"where": where}})
        return None
    if canonical is None or not canonical.text.strip():
        rejected.append({"reason": "no text", "row": {"where": where}})
        return None
    for change, count in canonical.changes.items():
        notices[f"{change} removed or changed"] += count
    row = {str(key): plain(value) for key, value in raw.items()}
    row[TEXT_COLUMN] = canonical.text
    row["outlet"] = row.get("outlet") or outlet
    own = next((row.pop(name) for name in ID_COLUMNS if row.get(name) not in (None, "")), None)
    row["article_id"] = str(own) if own is not None else identify(canonical.text, row.get("url"))
    return row


def _read_text(path: Path, notices: Counter[str]) -> Iterator[Row]:
    yield {"title": path.stem, "text": decode(path, notices)}


def _read_markdown(path: Path, notices: Counter[str]) -> Iterator[Row]:
    # The text stays as it is, signs and all: offsets must point into what the user has.
    text = decode(path, notices)
    heading = next((line.removeprefix("# ").strip() for line in text.removeprefix("\ufeff").splitlines() if line.startswith("# ")), path.stem)
    yield {"title": heading, "text": text}


def _read_html(path: Path, notices: Counter[str]) -> Iterator[Row]:
    try:
        import trafilatura
    except ImportError as error:
        raise FramingError("reading HTML needs trafilatura", path, "Install framing-toolkit[annotate]") from error
    html = decode(path, notices)
    document = trafilatura.bare_extraction(html, include_comments=False, with_metadata=True)
    found: Row = document if isinstance(document, dict) else document.as_dict() if document is not None else {}
    yield {
        "title": found.get("title") or path.stem,
        "text": found.get("text"),
        "outlet": found.get("sitename"),
        "author": found.get("author"),
        "published": found.get("date"),
        "url": found.get("url"),
        "language": found.get("language"),
    }


def _read_jsonl(path: Path, notices: Counter[str]) -> Iterator[Row]:
    for number, line in enumerate(decode(path, notices).removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FramingError(f"line {number} is not JSON ({error})", path, "One JSON object a line") from error
        if not isinstance(row, dict):
            raise FramingError(f"line {number} is not a JSON object", path, "One JSON object a line")
        yield row


def _read_csv(path: Path, notices: Counter[str]) -> Iterator[Row]:
    text = decode(path, notices).removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    try:
        # Everything as text: an id such as 007 must stay what it is.
        table = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise FramingError(f"is not a table in CSV ({str(error).splitlines()[0]})", path, "Check quotes and separators") from error
    yield from table.iter_rows(named=True)


def _read_parquet(path: Path, notices: Counter[str]) -> Iterator[Row]:
    yield from read_parquet(path).iter_rows(named=True)


READERS: dict[str, Callable[[Path, Counter[str]], Iterator[Row]]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
