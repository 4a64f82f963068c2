"""Bytes to text: UTF-8, or a guess that is said aloud."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from schemas.errors import FramingError

__all__ = ["decode", "guess_encoding", "looks_binary"]

# Difference in charset-normalizer's "chaos" (0 clean, 1 garbage) that says nothing.
CLOSE = 0.12

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def decode(path: Path, notices: Counter[str]) -> str:
    """The file's text. UTF-8 is believed; only where it fails is the encoding guessed, and a notice says so.

    Raises FramingError for files that hold no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FramingError(f"cannot be read ({error.strerror})", path) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        encoding = guess_encoding(path, data, notices)
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            raise FramingError(f"is neither UTF-8 nor {encoding}", path, "Save it as UTF-8") from error
    if looks_binary(text):
        raise FramingError("is a binary file, not text", path, "Convert it to text, or leave it out")
    return text


def guess_encoding(path: Path, data: bytes, notices: Counter[str]) -> str:
    """The likeliest encoding of bytes that are not UTF-8. FramingError if they are no text in any that is known."""
    named = _MARKS.get(data[:2])
    if named is None and b"\0" in data:
        raise FramingError("is a binary file, not text", path, "Convert it to text, or leave it out")
    # A sample may be cut inside a character, of up to four bytes.
    encoding = named or next((found for cut in range(4) if (found := _likeliest(data[: len(data) - cut]))), None)
    if encoding is None:
        raise FramingError("is in no known text encoding", path, "Save it as UTF-8")
    notices[f"{path} is not UTF-8 and was read as {encoding} (a guess): files"] += 1
    return encoding


def looks_binary(text: str) -> bool:
    # A stray NUL is removed and reported later; a file full of control characters is no article.
    sample = text[:4096]
    controls = sum(c < " " and c not in "\t\n\r\f\v" for c in sample)
    return controls > len(sample) / 20 or (bool(sample) and sample.count("\ufffd") > len(sample) / 10)


def _likeliest(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    matches = from_bytes(data)
    best = matches.best()
    if best is None:
        return None
    # In a short text several encodings look about equally clean; then the commonest on the Western web is the likeliest.
    close = [encoding for match in matches if match.chaos <= best.chaos + CLOSE for encoding in match.could_be_from_charset]
    return next((western for western in ("cp1252", "latin_1") if western in close), best.encoding)
