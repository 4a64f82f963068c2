"""Bytes to text: UTF-8 wherever it can be, or a guess that is said aloud. What cannot be decoded costs no more than itself."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from annotate.ingestion.record import FileRecord
from schemas.errors import FramingError

__all__ = ["STRAYS", "Encoding", "decode", "find_encoding", "looks_binary"]

# The error handler that reads each byte it is given by cp1252.
STRAYS = "framing-cp1252"
_STRAY_BYTES = "bytes that are not UTF-8, read as cp1252"
# Bytes that are read at a time; of each such portion that is not UTF-8 so many are kept to guess from, and so many in all.
_PORTION, _SAMPLED, _SAMPLE = 1 << 20, 1 << 14, 1 << 18
# A file that is ASCII otherwise may have so many other bytes, or so many if it is large, and is still not worth a guess.
_FEW, _SOME, _ONE_IN = 2, 8, 1_000
# One in so many characters may be none in an encoding that was guessed.
_BAD = 100
_NOT_WESTERN = b"\x81\x8d\x8f\x90\x9d"
_MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DECLARED = re.compile(rb"""<(?:\?xml\b[^>]*?\bencoding|meta\b[^>]*?\bcharset)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
# What the names of encodings in web pages mean in practice.
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
}
# Encodings that files of articles are found in: more would only make the guess worse.
_GUESSED = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "mac_roman", "koi8_r"]
_GUESSED += ["cp932", "euc_jp", "gb18030", "big5", "cp949"]
# Difference in charset-normalizer's "chaos" (0 clean, 1 garbage) that says nothing.
_CLOSE = 0.025
# Letters that stand together in no language of cp1252 unless they are others, in the encoding named first: one of each group, none of the last.
_TELLTALES = (("cp1254", "ðþýÐÞÝ", "üçÜÇ", "áæÁÆ"), ("cp1250", "õÕ", "öüÖÜ", "äÄ"), ("cp1250", "þÞ", "ãÃ", "ð"))


class Encoding(NamedTuple):
    """How a file's bytes are read: `name` of the codec and `errors`, what becomes of those it cannot decode."""

    name: str
    errors: str


def decode(path: Path, record: FileRecord) -> str:
    """The text of a file that is small enough to be held. Raises FramingError for files that hold no text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FramingError(f"cannot be read ({error.strerror})", path) from error
    return data.decode(*find_encoding(lambda: io.BytesIO(data), path, record))


def find_encoding(opened: Callable[[], io.BufferedIOBase], name: object, record: FileRecord) -> Encoding:
    """The encoding of a file, from all of it; `opened()` are its bytes, `name` what the user calls it.

    UTF-8 is believed, also where a few bytes are none: those are read by cp1252, counted, and the first is named. Only where most of what
    is not ASCII is not UTF-8 is the encoding guessed, and `record` says so. Raises FramingError for files that hold no text.
    """
    with opened() as file:
        head = file.read(_PORTION)
    why, encoding = "", _find_wide(head)
    if encoding is None:
        if looks_binary(head[:8192].decode("utf-8", STRAYS)):
            raise FramingError("is a binary file, not text", name, "Convert it to text, or leave it out")
        look = _Look()
        with opened() as file:
            for portion in chain(_portions(file), [b""]):
                look.take(portion)
        if look.is_utf_8:
            return look.tell(record)
        declared = _find_declared(head, bytes(look.sample))
        if declared is None and look.has_few:
            return look.tell(record)
        why, encoding = (", which it declares", declared) if declared else ("", _guess(bytes(look.sample), name))
    found = Encoding(encoding, STRAYS if encoding == "cp1252" else "replace")
    _check(opened, found, name, record)
    record.guess(f"not UTF-8: read as {encoding}{why}")
    return found


def looks_binary(text: str) -> bool:
    # A stray NUL is removed and reported later; a file full of control characters is no article.
    sample = text[:4096]
    controls = sum(c < " " and c not in "\t\n\r\f\v" for c in sample)
    return controls > len(sample) / 20 or (bool(sample) and sample.count("\ufffd") > len(sample) / 10)


class _Look:
    """What is found when a file is taken for UTF-8, portion by portion."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.size = self.valid = self.strays = self._feeds = self._returns = self._line = 0
        self.sample = bytearray()

    def take(self, data: bytes) -> None:
        """The next portion; an empty one is the end."""
        final, before = not data, len(self._decoder.buffer)
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError:
            # What is none stays apart from what is, as lone surrogates, which UTF-8 has not.
            self._decoder.errors = "surrogateescape"
            text = self._decoder.decode(data, final)
            self._decoder.errors = "strict"
            self._note(text, data)
        if not self.strays:
            self._feeds, self._returns = self._feeds + data.count(b"\n"), self._returns + data.count(b"\r")
        self.size += len(data)
        # A character of n bytes counts n - 1.
        self.valid += before + len(data) - len(self._decoder.buffer) - len(text)

    def _note(self, text: str, data: bytes) -> None:
        found = re.findall("[\udc80-\udcff]", text)
        if found and not self.strays:
            start = text[: text.index(found[0])]
            # Whichever of the two ends the lines.
            self._line = self._feeds + start.count("\n") or self._returns + start.count("\r")
        self.strays += len(found)
        kept = 0
        for line in data.splitlines(keepends=True) if len(self.sample) < _SAMPLE else ():
            if not line.isascii() and kept < _SAMPLED:
                self.sample += line[: _SAMPLED - kept]
                kept += len(line)

    @property
    def is_utf_8(self) -> bool:
        return self.strays <= self.valid

    @property
    def has_few(self) -> bool:
        return self.strays <= max(_FEW, min(_SOME, self.size // _ONE_IN))

    def tell(self, record: FileRecord) -> Encoding:
        if self.strays:
            record.clean(_STRAY_BYTES, self.strays)
            record.guess(f"UTF-8 but for some bytes, the first in line {self._line + 1:,}: those are read as cp1252")
        return Encoding("utf-8", STRAYS)


def _find_wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32, by its mark or, without one, by where its NULs are; None if it is neither."""
    if marked := next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None):
        return marked
    even, odd, pairs = head[::2].count(0), head[1::2].count(0), len(head) // 2
    if max(even, odd) * 4 < pairs or min(even, odd) * 20 > pairs or not pairs:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    return None if looks_binary(head.decode(encoding, "replace")) else encoding


def _find_declared(head: bytes, sample: bytes) -> str | None:
    """The encoding that a web page or XML says it is in, if what is not ASCII in it can be."""
    found = _DECLARED.search(head[:4096]) if head.lstrip().startswith(b"<") else None
    if found is None:
        return None
    try:
        encoding = codecs.lookup(found[1].decode("ascii")).name
        encoding = _MEANT.get(encoding, encoding)
        # A name may be of no encoding of text, or of one in which it could not have been read.
        text = sample.decode(encoding, "replace") if b"<meta".decode(encoding) == "<meta" else ""
    except (LookupError, ValueError):
        return None
    return encoding if encoding != "utf-8" and text and text.count("\ufffd") * _BAD <= len(text) else None


def _guess(sample: bytes, name: object) -> str:
    """The likeliest encoding of bytes that are not UTF-8."""
    # A byte that no Western text has rules Western encodings out, unless it is one in a hundred.
    western = sample.translate(None, _NOT_WESTERN)
    if (len(sample) - len(western)) * _BAD <= len(sample) - len(sample.translate(None, bytes(range(128, 256)))):
        sample = western
    # A sample may be cut inside a character, of up to four bytes.
    encoding = next((found for cut in range(4) if (found := _likeliest(sample[: len(sample) - cut]))), None)
    if encoding is None:
        raise FramingError("is in no known text encoding", name, "Save it as UTF-8")
    return encoding


def _likeliest(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    matches = list(from_bytes(data, cp_isolation=_GUESSED, enable_fallback=False))
    if not matches:
        return None
    least = min(match.chaos for match in matches)
    # One odd word weighs much where there are few.
    close_to = least + _CLOSE + 1 / max(len(data) - len(data.translate(None, bytes(range(128, 256)))), 8)
    close = {encoding for match in matches if match.chaos <= close_to for encoding in match.could_be_from_charset}
    if "cp1252" in close:
        # In a short text several encodings look equally clean; then the commonest on the Western web is the likeliest.
        letters = set(data.decode("cp1252", "replace"))
        telling = (other for other, *some, none in _TELLTALES if all(letters & set(group) for group in some) and not letters & set(none))
        return next((other for other in telling if other in close), "cp1252")
    return next(match.encoding for match in matches if match.chaos == least)


def _check(opened: Callable[[], io.BufferedIOBase], encoding: Encoding, name: object, record: FileRecord) -> None:
    """Whether all of a file is in the encoding that its sample is in. FramingError if more is not than damage explains."""
    decoder, size, bad, first = codecs.getincrementaldecoder(encoding.name)("replace"), 0, 0, True
    with opened() as file:
        for portion in chain(_portions(file), [b""]):
            text = decoder.decode(portion, final=not portion)
            size, bad = size + len(text), bad + text.count("\ufffd")
            if first and looks_binary(text):
                raise FramingError("is a binary file, not text", name, "Convert it to text, or leave it out")
            first = False
    if bad * _BAD > size + _BAD:
        raise FramingError(f"is neither UTF-8 nor {encoding.name}, the encoding it seemed to have", name, "Save it as UTF-8")
    record.clean(f"characters that are none in {encoding.name}", bad)


def _portions(file: io.BufferedIOBase) -> Iterator[bytes]:
    while portion := file.read(_PORTION):
        yield portion


def _read_strays(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    strays = error.object[error.start : error.end]
    return "".join(_CP1252[byte] for byte in strays), error.end


# latin-1 where cp1252 has no character.
_CP1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
codecs.register_error(STRAYS, _read_strays)
