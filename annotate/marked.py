"""Marked words: whether a copy of them that came with offsets is what stands there. Who counts otherwise than we do is told by it."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["NOT_THERE", "doubt_words", "find_words"]

NOT_THERE = "the text at the offsets is not the one that was marked"
_UTF_16 = f"{NOT_THERE}: its offsets count UTF-16 units, in which an emoji is two"
_LINES = f"{NOT_THERE}: its offsets count a line end as one character, and the text has two"


def doubt_words(text: str, start: object, end: object, words: object) -> str | None:
    """Why `words` are not those at the offsets (code points of `text`); None if they are, or if that cannot be known: words or
    offsets of another kind are for others to refuse."""
    if type(start) is not int or type(end) is not int or not isinstance(words, str) or not 0 <= start < end <= len(text):
        return None
    said = _bare(words)
    # A copy without words says nothing.
    if said in ("", _bare(text[start:end])):
        return None
    units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end]
    if _bare(units.decode("utf-16-le", "replace")) == said:
        return _UTF_16
    return _LINES if _bare(text.replace("\r\n", "\n")[start:end]) == said else NOT_THERE


def find_words(text: str, words: str) -> Iterator[int]:
    """Every place where the words begin in the text, also where they overlap themselves."""
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _bare(text: str) -> str:
    # Label Studio writes line ends as a backslash and an n, and HTML loses white space; the rest must be the same to the letter, or
    # a shift by a quotation mark would go unseen.
    return "".join(text.replace("\\n", "").split())
