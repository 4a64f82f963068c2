"""JSON: an object a line, or values of any layout."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from annotate.ingestion.columns import ROLES
from annotate.ingestion.formats.text import MARK
from annotate.ingestion.source import MOST, Row, Source, Unreadable
from schemas.errors import FramingError

__all__ = ["read_json"]

# Under which keys the services of news give their articles, and with what keys beside it a list is a part of an article.
_LISTS = ("articles", "results", "docs", "items", "data", "stories", "hits", "response.results", "response.docs", "hits.hits", "data.articles")
_OWN = frozenset(name.replace("_", "") for name in ROLES["text"])
# What stands between values: of arrays, of lines, and of sequences (RFC 7464).
_SEQUENCE = "\x1e"
_BETWEEN = re.compile(rf"[\s,\[\]{_SEQUENCE}]*")
_FIRST_KEY = re.compile(r'(?:\n[ \t]*)?\{\s*"(?:[^"\\]|\\.)*"\s*:')
_CHUNK = 1 << 20
# How many signs that damage left may stand behind an object.
_LEFT = 2
_TODO = "One JSON object a line, or an array of them"


def read_json(source: Source) -> Iterator[Row | Unreadable]:
    """The objects of a file: one a line (JSON Lines), in an array, one after the other, or in a list inside of the only one, as news services
    answer. Memory is flat, but for such an answer. Damage costs the line or the object that has it. NaN and Infinity are null.

    Raises FramingError for what is no JSON at all.
    """
    decoder = _make_decoder(source)
    with source.open_text(newline="\n") as file:
        begun = _read_blank(file)
        if not begun:
            raise FramingError("holds no JSON", source.name, _TODO)
        # An array may be one line that is longer than memory; and what begins each text of a sequence is no part of it.
        top = [] if begun.endswith("[") or _SEQUENCE in begun else _read_top(file, begun)
        if top and _has_lines(top, decoder):
            values = _read_lines(chain(top, _lines(file)), decoder)
        else:
            values = _Values(file, "".join(line or "" for line in top) or begun, decoder).read()
        yield from _unwrap(values, source)


def _make_decoder(source: Source) -> json.JSONDecoder:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            source.record.guess("a key stands twice in one object: the last one counts")
        return made

    def drop(_: str) -> None:
        source.record.guess("NaN and Infinity are read as nothing")

    return json.JSONDecoder(object_pairs_hook=build, parse_constant=drop)


def _read_blank(file: io.TextIOBase) -> str:
    """What stands before the first sign that says something, and this sign; "" if there is none."""
    begun = ""
    while sign := file.read(1):
        begun += sign
        if not sign.isspace() and sign != MARK:
            return begun.replace(MARK, "")
        if len(begun) > _CHUNK:
            begun = ""
    return ""


def _read_top(file: io.TextIOBase, begun: str) -> list[str | None]:
    """The line that has begun, and the next that holds something."""
    lines = _lines(file)
    first = next(lines, "")
    top = [None if first is None else begun + first]
    for line in lines:
        top.append(line)
        if line is None or line.strip():
            break
    return top


def _has_lines(top: list[str | None], decoder: json.JSONDecoder) -> bool:
    """Whether each line is an object: the first one is, or where that is damaged, the second."""
    return any(line is None or not isinstance(_parse(line, 1, decoder), Unreadable) for line in top if line is None or line.strip())


def _read_lines(lines: Iterator[str | None], decoder: json.JSONDecoder) -> Iterator[Row | Unreadable]:
    begin = None
    for number, line in enumerate(lines, start=1):
        if line is None:
            yield Unreadable(f"line {number} is longer than {MOST:,} characters", "One article a line")
        elif line.strip():
            row = _parse(line, number, decoder)
            if isinstance(row, dict):
                begin = begin or ((found := _FIRST_KEY.match(line)) and found[0])
                yield row
            elif begin and line.count(begin) > 1:
                yield from _part(line, begin, number, decoder)
            else:
                yield row


def _part(line: str, begin: str, number: int, decoder: json.JSONDecoder) -> Iterator[Row | Unreadable]:
    """The objects in a line that was several, which lost the end between them: each begins as lines do here. Behind one a sign may be left."""
    before, *others = line.split(begin)
    for part in [*([before] if before.strip() else []), *(begin + other for other in others)]:
        try:
            row, end = decoder.raw_decode(part)
        except (ValueError, RecursionError):
            row, end = None, 0
        if isinstance(row, dict) and len(part[end:].strip()) <= _LEFT:
            yield row
        else:
            yield Unreadable(f"line {number} holds {len(others)} objects, of which one is not JSON", _TODO)


def _lines(file: io.TextIOBase) -> Iterator[str | None]:
    """Lines, ended by a line feed alone; None for one that is too long."""
    while line := file.readline(MOST):
        if len(line) < MOST or line.endswith("\n"):
            yield line
            continue
        while line and not line.endswith("\n"):
            line = file.readline(MOST)
        yield None


def _parse(line: str, number: int, decoder: json.JSONDecoder) -> Row | Unreadable:
    try:
        row = decoder.decode(line)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"line {number} is not JSON ({error})", _TODO)
    return row if isinstance(row, dict) else Unreadable(f"line {number} is not a JSON object", _TODO)


class _Values:
    """Values that stand in a file one after the other, whatever parts them; never more than one of them in memory."""

    def __init__(self, file: io.TextIOBase, begun: str, decoder: json.JSONDecoder) -> None:
        self._file, self._text, self._decoder = file, begun, decoder
        self._place, self._ended = 0, False
        self._more()
        # How objects begin here, to go on after a damaged one: more than once, and further to the left than those inside of others.
        starts = Counter(found[0] for found in _FIRST_KEY.finditer(self._text))
        usual = [start for start, count in starts.items() if count > 1] or list(starts)
        self._start = min(usual, key=lambda start: start.index("{"), default="{")

    def read(self) -> Iterator[Row | Unreadable]:
        number = 0
        while self._skip_between():
            number += 1
            try:
                value = self._next()
            except (ValueError, RecursionError) as error:
                reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error) or "nested too deep"
                yield Unreadable(f"object {number} is not JSON ({reason})", _TODO)
                self._skip_damage()
                continue
            yield value if isinstance(value, dict) else Unreadable(f"value {number} is not a JSON object", _TODO)

    def _next(self) -> Any:
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
            except json.JSONDecodeError as error:
                # The value may go on in what is not read yet.
                whole = error.pos < len(self._text) - 16 and not error.msg.startswith("Unterminated string")
                if whole or len(self._text) - self._place > MOST or not self._more():
                    raise
            else:
                # A number may go on, too.
                if end < len(self._text) or not self._more():
                    self._place = end
                    return value

    def _more(self) -> bool:
        """As much again as there is, so that a long value is not tried too often."""
        rest = self._text[self._place :]
        added = "" if self._ended else self._file.read(max(_CHUNK, len(rest)))
        self._text, self._place, self._ended = rest + added, 0, not added
        return bool(added)

    def _skip_between(self) -> bool:
        while True:
            between = _BETWEEN.match(self._text, self._place)
            self._place = between.end() if between else self._place
            if self._place < len(self._text):
                return True
            if not self._more():
                return False

    def _skip_damage(self) -> None:
        """Go to where the next object begins, from the beginning of the damaged one: what it lacks may have swallowed those that follow."""
        place = self._place + 1
        while (found := self._text.find(self._start, place)) < 0:
            self._place = max(place, len(self._text) - len(self._start))
            if not self._more():
                self._place = len(self._text)
                return
            place = 0
        self._place = found


def _unwrap(values: Iterator[Row | Unreadable], source: Source) -> Iterator[Row | Unreadable]:
    """Objects; of the answers of a service, what is in them. The first one tells which they are."""
    first = next(values, None)
    if first is None:
        return
    path = _find_list(first) if isinstance(first, dict) else None
    if path is None:
        yield first
        yield from values
        return
    source.record.guess(f"the rows are those of the list {path}")
    for value in chain([first], values):
        rows = _follow(value, path) if isinstance(value, dict) else None
        if rows is None:
            yield value if isinstance(value, Unreadable) else Unreadable(f"an object without the list {path}", "Put it into a file of its own")
            continue
        for row in rows:
            yield row if isinstance(row, dict) else Unreadable(f"an entry of {path} is not a JSON object", _TODO)


def _find_list(row: Row) -> str | None:
    """Where the articles are in the answer of a service; None if the object is one itself."""
    if any(_has_text(own) for own in (row, *row.values()) if isinstance(own, dict)):
        return None
    for path in _LISTS:
        found = _follow(row, path)
        if found is not None and all(isinstance(entry, dict) for entry in found):
            return path
    return None


def _has_text(row: Row) -> bool:
    return any(isinstance(value, str) and name.lower().replace("_", "") in _OWN for name, value in row.items())


def _follow(row: Row, path: str) -> list[Any] | None:
    value: Any = row
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else None
