"""XML of news: NITF, ProQuest, feeds (RSS, Atom) and TEI, article by article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import escape, unescape
from io import TextIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any

from annotate.ingestion.formats.opening import describe_damage
from annotate.ingestion.formats.shapes import PROQUEST, ROOTS, SHAPES, Paths, Shape
from annotate.ingestion.formats.text import name_of
from annotate.ingestion.source import MOST, Row, Source, Unreadable
from schemas.errors import FramingError
from schemas.extras import needing
from schemas.wording import enumerate_some

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_xml"]

_ROLES = ("title", "text", "outlet", "author", "published", "url", "language", "article_id", "section")
# Within a text: elements that are a line each, and those that are no part of it.
_LINES = re.compile(r"p|br|hl[12]|head|title|div|li|ab|l|lg|block|para|paragraph|h[1-6]|tr|blockquote|bq|sp|u")
_HIDDEN = re.compile(r"note|media|script|style|fw|figure|hedline|byline|dateline|distributor")
# Characters at a file's beginning by which its shape is told, and those that are taken of it at a time.
_TOP, _MARGIN = 1 << 20, 200
_FIRST = re.compile(r"<((?:[\w.-]+:)?(nitf|record|item|entry|tei|tei\.2))(?=[\s>])", re.IGNORECASE)
_ROOT = re.compile(r"<((?:[\w.-]+:)?([A-Za-z_][\w.-]*))")
_NAMESPACE = re.compile(r"(xmlns(?::[\w.-]+)?)\s*=\s*(\"[^\"]*\"|'[^']*')")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)")
# What XML does not allow, and people write: names of signs that HTML has, bare ampersands, and control characters.
_REPAIRED = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?:#\d+;|#x[0-9a-fA-F]+;|(\w+;)|)|[\0-\x08\x0b\x0c\x0e-\x1f]", re.DOTALL)
_OWN_NAMES = frozenset({"lt;", "gt;", "amp;", "quot;", "apos;"})
REPAIRS = "articles of XML with signs that XML does not allow, repaired"
SUMMARIES = "articles of which the feed has a summary alone"


def read_xml(source: Source) -> Iterator[Row | Unreadable]:
    """A row for each article; memory is flat. Each article is parsed by itself, so that damage costs the one that has it.

    Raises FramingError for XML whose shape is not known, and for one that defines entities, by which small files unpack into huge texts.
    """
    with needing(f"reading {source.kind}", source.name):
        import lxml.etree  # noqa: F401 - so that it is missing here
    with _open(source) as file:
        top = file.read(_TOP)
        first = next((found for found in _FIRST.finditer(top) if _stands_right(found[2], top)), None)
        if "<!ENTITY" in top[: first.start() if first else None]:
            raise FramingError("defines entities of its own, which are not read", source.name, "Write it without them")
        if first is None:
            raise _say_unknown(source, top)
        paper = _Paper(source, top[: first.start()], first[1], SHAPES[first[2].lower()])
        for piece in _split(file, top[first.start() :], re.compile(rf"<{re.escape(first[1])}(?=[\s>])")):
            yield from paper.read(piece)


def _open(source: Source) -> TextIOBase:
    """The text, in the encoding that the file says it has."""
    with source.open_bytes() as file:
        declared = _DECLARED.search(file.read(200))
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8"):
        return source.open_text()
    try:
        return TextIOWrapper(source.open_bytes(), encoding=declared[1].decode(), errors="replace")
    except LookupError as error:
        raise FramingError(f"its encoding, {declared[1].decode()}, is not known", source.name, "Save it as UTF-8") from error


def _stands_right(name: str, top: str) -> bool:
    """Whether an element of this name is an article in a file that begins so."""
    root = _ROOT.search(top)
    return root is not None and root[2].lower() in (*ROOTS.get(name.lower(), (root[2].lower(),)), name.lower())


def _say_unknown(source: Source, top: str) -> FramingError:
    names = list(dict.fromkeys(found[1] for found in _ROOT.finditer(top[:10_000])))
    if not names:
        return describe_damage(source)
    elements = enumerate_some(names, 6)
    return FramingError(f"its shape is not known (elements: {elements})", source.name, "Known: NITF, ProQuest, RSS, Atom, TEI; else make it CSV")


def _split(file: TextIOBase, text: str, start: re.Pattern[str]) -> Iterator[str]:
    """Pieces that begin with an article's first tag and go up to the next one."""
    begin, place = 0, 1
    while True:
        if found := start.search(text, place):
            yield text[begin : found.start()]
            begin, place = found.start(), found.end()
            continue
        # Of one that is longer than any article, the end alone is kept: that it is damaged will be seen.
        rest = text[begin:] if len(text) - begin <= MOST else text[-_MARGIN:]
        if not (added := file.read(_TOP)):
            yield rest
            return
        text, begin, place = rest + added, 0, max(1, len(rest) - _MARGIN)


class _Paper:
    """A file of articles: what stands before them, and what their first tag is called."""

    def __init__(self, source: Source, head: str, tag: str, shape: Shape) -> None:
        self._source, self._shape, self._end, self._count = source, shape, re.compile(rf"</{re.escape(tag)}\s*>"), 0
        self._is_alone = _ROOT.search(head) is None
        spaces = dict(_NAMESPACE.findall(head))
        self._begin = f"<framing {' '.join(f'{name}={uri}' for name, uri in spaces.items())}>"
        around = _parse(head.partition("?>")[2] if head.lstrip("\ufeff \r\n\t").startswith("<?xml") else head, is_damaged=True)
        self._around = {} if around is None else {role: _find(around, paths) for role, paths in shape.around.items()}

    def read(self, piece: str) -> Iterator[Row | Unreadable]:
        """The article with which a piece begins, and that there were others that do not begin as they should."""
        ends = [found.end() for found in self._end.finditer(piece)]
        self._count += 1
        element = self._parse(piece[: ends[0]]) if ends else None
        yield self._say_damaged() if element is None else self._make_row(element)
        for _ in ends[1:]:
            self._count += 1
            yield self._say_damaged()

    def _say_damaged(self) -> Unreadable:
        return Unreadable(f"article {self._count} of the XML is damaged", "Mend it, or leave it out")

    def _parse(self, article: str) -> _Element | None:
        held = _parse(f"{self._begin}{article}</framing>")
        if held is None:
            held = _parse(f"{self._begin}{_REPAIRED.sub(_repair, article)}</framing>")
            self._source.record.clean(REPAIRS, held is not None)
        return None if held is None else held[0]

    def _make_row(self, element: _Element) -> Row:
        shape = self._shape
        row: Row = {role: _find(element, getattr(shape, role), every=role == "author") or self._around.get(role) for role in _ROLES}
        row["text"] = _find_text(element, shape.text)
        if shape is PROQUEST and self._count == 1 and row["text"] is None:
            raise _say_unknown(self._source, "".join(f"<{_name(child)}>" for child in element.iter()))
        if row["title"] is None and self._is_alone:
            row["title"] = name_of(self._source)
        if shape.around and row["text"] is not None and _find_text(element, shape.text[:1]) is None:
            self._source.record.clean(SUMMARIES)
        return row


def _parse(text: str, *, is_damaged: bool = False) -> _Element | None:
    from lxml import etree

    parser = etree.XMLParser(
        recover=is_damaged, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _repair(found: re.Match[str]) -> str:
    said, name = found[0], found[1]
    if said.startswith(("<![CDATA[", "&#")) or name in _OWN_NAMES:
        return said
    if name is None:
        return "&amp;" if said == "&" else ""
    return escape(sign) if (sign := unescape(said)) != said else f"&amp;{name}"


def _name(element: _Element) -> str:
    """Without its namespace; "" for an entity and its like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


@cache
def _compile(path: str) -> Callable[[_Element], list[Any]]:
    from lxml import etree

    steps = ["."]
    for step in path.split("/"):
        name, bracket, condition = step.partition("[")
        if step == "**":
            steps.append("")
        elif name.startswith("@"):
            steps.append(f"@*[local-name()='{name[1:]}']")
        else:
            steps.append(f"*[local-name()='{name}']{bracket}{condition}")
    compiled: Callable[[_Element], list[Any]] = etree.XPath("/".join(steps))
    return compiled


def _find(element: _Element, paths: Paths, *, every: bool = False) -> str | None:
    """What the first of the paths that leads to any words leads to, on one line; `every` of them, if there are several."""
    for path in paths:
        found = [" ".join((node if isinstance(node, str) else "".join(_gather(node, ""))).split()) for node in _compile(path)(element)]
        if said := [words for words in dict.fromkeys(found) if words]:
            return "; ".join(said) if every else said[0]
    return None


def _find_text(element: _Element, paths: Paths) -> str | None:
    """The text, a paragraph a line. One without elements stays as it is: it may be HTML, or have line ends of its own."""
    for path in paths:
        texts: list[str] = []
        for node in _compile(path)(element):
            if len(node):
                lines = (" ".join(line.split()) for line in "".join(_gather(node, "\0")).split("\0"))
                texts.append("\n".join(line for line in lines if line))
            else:
                texts.append((node.text or "").strip())
        if text := "\n".join(filter(None, texts)):
            return text
    return None


def _gather(root: _Element, end: str) -> list[str]:
    """Characters in order, with `end` wherever a line ends."""
    parts = [root.text or ""]
    stack = [(child, False) for child in reversed(root)]
    while stack:
        element, is_done = stack.pop()
        is_line = end if _LINES.fullmatch(_name(element).lower()) else ""
        if is_done:
            parts += [is_line, element.tail or ""]
        elif _HIDDEN.fullmatch(_name(element).lower()):
            parts.append(element.tail or "")
        elif not isinstance(element.tag, str):
            parts += [unescape(element.text or ""), element.tail or ""]
        else:
            parts += [is_line, element.text or ""]
            stack.append((element, True))
            stack += [(child, False) for child in reversed(element)]
    return parts
