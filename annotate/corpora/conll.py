"""CoNLL: a token and its tag a line, a blank line after each sentence; tags in BIO, IOB1, BIOES or BILOU."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from annotate.corpora.collection import Collection
from annotate.corpora.documents import Document, Documents, Mark
from annotate.corpora.files import find_files, read_text
from schemas.codebook import Codebook
from schemas.errors import FramingError

__all__ = ["read"]

START = "-DOCSTART-"
# Tags without a name ("B", "I", "O") mark spans of one kind.
UNNAMED = "span"
WIDEST = 4
_TAG = re.compile(r"O|([BIESLUM])(?:-(.+))?")
_NEWDOC = re.compile(r"#\s*newdoc(?:\s+id\s*=\s*(.+))?")
Line = tuple[int, list[str]]


@dataclass
class Builder:
    """An article as it grows: its text in pieces, the marks that ended, and the one that goes on (label, start, end)."""

    article_id: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    marks: list[Mark] = field(default_factory=list)
    open: tuple[str, int, int] | None = None

    def put(self, token: str, tag: str, gap: str) -> None:
        gap = gap if self.length else ""
        self.pieces += [gap, token]
        start, self.length = self.length + len(gap), self.length + len(gap) + len(token)
        match = _TAG.fullmatch(tag)
        position, label = (match[1] or "O", match[2] or UNNAMED) if match else ("O", "")
        # "I" after another kind, or after none, begins a span as well: so it is written in IOB1.
        if self.open and position in "IELM" and self.open[0] == label:
            self.open = (label, self.open[1], self.length)
        else:
            self.close()
            self.open = (label, start, self.length) if position != "O" else None
        if position in "ELSU":
            self.close()

    def close(self) -> None:
        if self.open:
            self.marks.append(Mark(*self.open))
        self.open = None


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str]) -> Collection:
    """Articles begin at `-DOCSTART-` or `# newdoc id = ...`; a file without either is one. Their spans are gold.

    Lines have 2 to 4 columns, parted by tabs or spaces: the token first (or second, after a number) and the tag last. The text was not kept
    in this format: it is made of the tokens with a space between them, a line for each sentence.
    """
    documents = Documents(path)
    files = find_files(path, "*.conll", "*.bio", "*.iob", "*.iob2", "*.tsv", "*.txt")
    if not files:
        raise FramingError("holds no .conll, .bio, .iob, .tsv or .txt file", path, "Give the files, or one of them")
    for file in files:
        try:
            documents.found += _read_file(file, documents)
        except FramingError as error:
            if len(files) == 1:
                raise
            documents.refuse("the file cannot be read", file=file.name, why=error.what)
    documents.notices["texts put together of their tokens, with single spaces and a line for each sentence"] += len(documents.found)
    return documents.collect(path.stem, codebook, renames)


def _read_file(file: Path, documents: Documents) -> list[Document]:
    lines = read_text(file).removeprefix("\ufeff").splitlines()
    separator = "\t" if any("\t" in line for line in lines) else None
    counted = _counts(lines, separator)
    articles: list[Builder] = []
    gap, unknown = "", 0
    for number, line in enumerate(lines, start=1):
        newdoc = _NEWDOC.fullmatch(line.strip())
        if newdoc or line.startswith(START):
            articles.append(Builder(_name(file, line, newdoc, len(articles) + 1)))
        elif not line.strip():
            if articles:
                articles[-1].close()
            gap = "\n"
        elif not _is_comment(line, separator):
            cells = line.split(separator)
            if not 2 <= len(cells) - counted <= WIDEST or not _TAG.fullmatch(cells[-1].strip()):
                unknown += 1
                documents.refuse("not a token with a tag", file=file.name, line=number, content=line[:200])
                continue
            if not articles:
                articles.append(Builder(file.stem))
            articles[-1].put(cells[int(counted)].strip() or " ", cells[-1].strip(), gap)
            gap = " "
    tokens = sum(len(article.pieces) // 2 for article in articles)
    if unknown > tokens:
        del documents.refused[-unknown:]
        raise FramingError("most lines are no token with a BIO tag", file, "It needs 2 to 4 columns, the token first and the tag last")
    return [_finish(article) for article in articles]


def _finish(article: Builder) -> Document:
    article.close()
    return Document(article.article_id, "".join(article.pieces), marks=article.marks, readers=[None])


def _name(file: Path, line: str, newdoc: re.Match[str] | None, count: int) -> str:
    """The id that the article's first line gives, else one made of the file's name and its number in it."""
    given = newdoc[1] if newdoc else next((cell.strip() for cell in line.split("\t")[1:]), None)
    usual = not newdoc and given is not None and set(given) <= set("-OX -")
    return unquote(given.strip()) if given and not usual else f"{file.stem}-{count}"


def _is_comment(line: str, separator: str | None) -> bool:
    # "#" may be a token, too.
    return line.startswith("# ") and (separator is None or separator not in line)


def _counts(lines: list[str], separator: str | None) -> bool:
    """Whether the first column counts the tokens of each sentence."""
    firsts: Iterator[list[str]] = (line.split(separator) for line in lines if line.strip() and not line.startswith((START, "#")))
    before = 0
    for cells in firsts:
        if len(cells) < 3 or cells[0] not in (str(before + 1), "1", "0"):
            return False
        before = int(cells[0])
    return before > 0
