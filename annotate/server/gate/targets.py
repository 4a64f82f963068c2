"""What is asked for, in one spelling: what the rules judge is what the server is sent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode

from annotate.server.gate.refusals import Refused

__all__ = ["Target", "read_target"]

# Signs of a request's target; a person's screen asks with some hundred. An owner's program may filter by a list of article ids.
LONGEST = 64_000
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%(?:2f|5c|25|00)", re.IGNORECASE)
# What other programs read as the end of a segment, a parameter of one, or an escape of their own.
_ODD = frozenset("\\;%")
# What is no dot or slash, and may become one where text is made canonical.
_SEPARATORS = frozenset("./\\")


@dataclass(frozen=True)
class Target:
    """A path, with its escapes resolved, and the names and values of the query, in their order."""

    path: str
    query: tuple[tuple[str, str], ...] = ()

    def write(self) -> str:
        """The same as it stands in a request."""
        path = quote(self.path, safe="/~@:+,=!$&'()*")
        return f"{path}?{urlencode(self.query)}" if self.query else path


def read_target(path: bytes, query: bytes) -> Target:
    """The target of a request; Refused if there is more than one way to read it."""
    if len(path) + len(query) > LONGEST:
        raise Refused(414, "this address is too long")
    try:
        text = path.decode("ascii")
        decoded = unquote(text, errors="strict")
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10_000)
    except ValueError:
        raise _odd() from None
    segments = decoded[1:].split("/")
    if not decoded.startswith("/") or _ESCAPE.search(text) or "" in segments[:-1] or not {".", ".."}.isdisjoint(segments):
        raise _odd()
    if any(sign in _ODD or not sign.isprintable() or _hides_separator(sign) for sign in decoded):
        raise _odd()
    if any(not sign.isprintable() and sign not in "\r\n\t" for name, value in pairs for sign in name + value):
        raise _odd()
    return Target(decoded, tuple(pairs))


def _hides_separator(sign: str) -> bool:
    return not sign.isascii() and not _SEPARATORS.isdisjoint(unicodedata.normalize("NFKC", sign))


def _odd() -> Refused:
    return Refused(400, "this address can be read in more than one way")
