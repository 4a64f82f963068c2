"""HTML as it stands in a cell, a feed or a small page: what its reader would see, a line for each paragraph, and who is quoted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from typing import NamedTuple

__all__ = ["decode_entities", "has_markup", "mark_quotations", "read_markup"]

# Tags that begin or end a line, those that stand in one, cells in a line, and those whose content no reader sees.
_LINES, _INLINE, _CELLS, _UNSEEN = (
    frozenset(names.split())
    for names in (
        "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
        "h6 head header hr html legend li main menu nav ol p pre section summary table tbody tfoot thead tr ul",
        "a abbr acronym audio b base bdi bdo big button canvas cite code col colgroup data del dfn em embed font i img input ins kbd label link mark "
        "meta param picture q rp rt ruby s samp select small source span strike strong sub sup textarea time track tt u var video wbr",
        "td th option",
        "script style template noscript iframe svg title object",
    )
)
_KNOWN = _LINES | _CELLS | _UNSEEN | _INLINE
# One such tag shows that a text is HTML. A single letter may be anything where nothing ends it.
_SURE = "|".join(
    sorted(_KNOWN - {"a", "b", "i", "s", "u", "data", "label", "object", "source", "time", "track", "var", "link", "select", "title", "main", "menu"})
)
_PROOF = re.compile(rf"<(?=[a-zA-Z/])(?:{_SURE})(?:\s[^<>]*+)?/?>|<a\s[^<>=]*+=[^<>]*+>|</(?:{'|'.join(sorted(_INLINE))})>", re.IGNORECASE)
# Of a tag that is cut off, at the end of a cell, nothing is text.
_ATTRIBUTES = r"""(?:\s(?:[^<>=]++|=\s*"[^"]*"|=\s*'[^']*'|=)*+)?"""
_TOKEN = re.compile(rf"<!--|-->|<!\[CDATA\[|\]\]>|<[!?][^<>]*+>|<(?P<close>/?)(?P<name>[a-zA-Z][\w:-]*+)(?P<attributes>{_ATTRIBUTES})/?(?:>|\Z)")
_QUOTING = re.compile(r"<(?:q|blockquote)[\s>]", re.IGNORECASE)
_Q_TAG = re.compile(r"</?q(?:\s[^<>]*+)?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# &amp;amp;quot; is &quot; to whom it was meant for.
_ESCAPED_AGAIN = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+(?=#?\w{1,32};)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LINE_END, _BLANK_LINE = re.compile("\n"), re.compile(r"\n[ \t\r\f]*\n")
_QUOTERS = frozenset({"q", "blockquote"})
# Quotations in one another; what is deeper is nobody's.
_DEEPEST = 16
_PROGRAMS = frozenset({"script", "style"})
_MARKS = "“”„‟\"«»‹›‘’‚'「『《〈"
_DASHES = "—–―-~"


class _Piece(NamedTuple):
    """Text from `begin` up to `end`, and the tag behind it (empty at the end of all)."""

    begin: int
    end: int
    name: str
    closes: bool


@dataclass
class _Quotation:
    """A <q> or <blockquote> that is open: the lines of its text, as places from and to; whether its own marks are there already."""

    name: str
    lines: list[tuple[int, int]] = field(default_factory=list)
    going_on: bool = False
    marked: bool = False


def has_markup(text: str) -> bool:
    """Whether the text is HTML for certain. `x < y`, `<3` and `<jane@example.org>` are not."""
    return "<" in text and _PROOF.search(text) is not None


def read_markup(source: str) -> str:
    """What a reader of the HTML sees, a line for each paragraph, line of a table and item of a list. What is quoted by its tags stands in
    quotation marks; scripts, styles and comments are left out. What only looks like a tag is text."""
    source = mark_quotations(source)
    pieces = list(_walk(source))
    # Where no tag makes lines, those of the source are meant; elsewhere only its empty ones.
    ends = _BLANK_LINE if any(piece.name in _LINES for piece in pieces) else _LINE_END
    lines: list[list[str]] = [[]]
    for piece in pieces:
        first, *others = ends.split(source[piece.begin : piece.end])
        lines[-1].append(first)
        lines += [[other] for other in others]
        if piece.name in _LINES:
            lines.append([])
        elif piece.name in _CELLS:
            lines[-1].append(" ")
    seen = (decode_entities(_SPACES.sub(" ", "".join(line)))[0].strip() for line in lines)
    return "\n".join(line for line in seen if line)


def mark_quotations(source: str) -> str:
    """The HTML with quotation marks in place of each <q>, and in each <blockquote> a pair for each line, as a quotation of several paragraphs is
    told best; none where there are some. The name of who is quoted, behind a dash or in a <footer> or <cite>, stays outside."""
    if not _QUOTING.search(source):
        return source
    marks: list[tuple[int, str]] = []
    opened: list[_Quotation] = []
    credit = ""
    for begin, end, name, closes in _walk(source):
        if opened and not credit:
            _gather(source, begin, end, opened)
        if credit:
            credit = "" if closes and name in {credit, "blockquote"} else credit
        elif opened and not closes and (name in {"footer", "figcaption"} or (name == "cite" and opened[-1].lines and not opened[-1].going_on)):
            credit = name
        if name in _LINES:
            for quotation in _innermost(opened):
                quotation.going_on = False
        if name in _QUOTERS and not closes:
            # What begins with a quotation of its own needs no marks.
            if opened and name == "q" and not opened[-1].lines:
                opened[-1].marked = True
            if len(opened) < _DEEPEST:
                opened.append(_Quotation(name))
        elif name in _QUOTERS and any(quotation.name == name for quotation in opened):
            while (quotation := opened.pop()).name != name:
                pass
            marks += _mark(source, quotation, sum(not outer.marked for outer in opened))
    return _Q_TAG.sub("", _insert(source, marks))


def _walk(source: str) -> Iterator[_Piece]:
    """Pieces of text that a reader sees, in order, with the tags between them."""
    begin, hidden = 0, ""
    last: dict[str, int] = {}
    for found in _TOKEN.finditer(source):
        sign, name = found.group(), (found["name"] or "").lower()
        if hidden:
            # Only its own end ends what is hidden.
            if sign == hidden or (found["close"] and name == hidden):
                begin, hidden = found.end(), ""
            continue
        if sign == "-->" or (found["name"] and not (name in _KNOWN or found["close"] or "=" in found["attributes"])):
            continue
        yield _Piece(begin, found.start(), name, bool(found["close"]))
        begin = found.end()
        end = "-->" if sign == "<!--" else f"</{name}" if name in _UNSEEN and not found["close"] and not sign.endswith("/>") else ""
        if end:
            if end not in last:
                last[end] = max(source.rfind(end), source.rfind(end.upper()))
            # What nothing ends hides nothing, but a program is none's to read.
            if name in _PROGRAMS or last[end] >= begin:
                hidden = name or end
    if not hidden:
        yield _Piece(begin, len(source), "", False)


def _gather(source: str, begin: int, end: int, opened: list[_Quotation]) -> None:
    """Add a piece of text to the quotations it is in."""
    text = source[begin:end]
    if not html.unescape(text).strip():
        return
    begin, end = end - len(text.lstrip()), begin + len(text.rstrip())
    for quotation in _innermost(opened):
        if quotation.going_on:
            quotation.lines[-1] = (quotation.lines[-1][0], end)
        else:
            quotation.lines.append((begin, end))
            quotation.going_on = True


def _innermost(opened: list[_Quotation]) -> list[_Quotation]:
    """The innermost <blockquote> and what is open in it: lines of that one are none of those around it, but a <q> stands in a line of it."""
    place = max((place for place, quotation in enumerate(opened) if quotation.name == "blockquote"), default=0)
    return opened[place:]


def _mark(source: str, quotation: _Quotation, depth: int) -> list[tuple[int, str]]:
    starts = [html.unescape(source[begin : min(end, begin + 12)])[:1] for begin, end in quotation.lines]
    if quotation.marked or not starts or starts[0] in _MARKS:
        return []
    first, last = "“”" if depth % 2 == 0 else "‘’"
    spoken = (line for line, start in zip(quotation.lines, starts, strict=True) if start not in _DASHES)
    return [mark for begin, end in spoken for mark in ((begin, first), (end, last))]


def _insert(source: str, marks: list[tuple[int, str]]) -> str:
    parts, behind = [], 0
    # Inner quotations were found first: of marks at one place theirs stand inside.
    opening = sorted(((place, -number, mark) for number, (place, mark) in enumerate(marks) if mark in "“‘"))
    closing = sorted(((place, number, mark) for number, (place, mark) in enumerate(marks) if mark in "”’"))
    for place, _, mark in sorted(closing + opening, key=lambda item: item[0]):
        parts += [source[behind:place], mark]
        behind = place
    return "".join([*parts, source[behind:]])


def decode_entities(text: str) -> tuple[str, int]:
    """The text with the characters that &quot; &#8217; and their like stand for, also where they were escaped again (&amp;quot;), and how many
    there were. A bare & stays, and so does what has no meaning, or no semicolon."""
    if "&" not in text or ";" not in text:
        return text, 0
    count = 0

    def decode(found: re.Match[str]) -> str:
        nonlocal count
        entity = found.group()
        if entity[1] != "#" and entity[1:] not in html5:
            return entity
        count += 1
        return html.unescape(entity)

    decoded = _ENTITY.sub(decode, _ESCAPED_AGAIN.sub("&", text))
    return decoded, count or int(decoded != text)
