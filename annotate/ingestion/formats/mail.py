"""E-mail, .eml: a newsletter or an alert is an article."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from annotate.ingestion.formats.metadata import count_once
from annotate.ingestion.formats.opening import describe_damage, read_bytes
from annotate.ingestion.formats.text import name_of
from annotate.ingestion.markup import read_markup
from annotate.ingestion.source import Row, Source
from schemas.errors import FramingError

__all__ = ["read_mail"]

# An e-mail has at least one of these.
_HEADS = ("from", "subject", "date", "message-id", "received", "to")


def read_mail(source: Source) -> Iterator[Row]:
    data = read_bytes(source)
    if data.startswith(b"From ") and b"\nFrom " in data:
        raise FramingError("is a box of many e-mails", source.name, "Save each as an .eml of its own")
    message = message_from_bytes(data.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=policy.default)
    if not isinstance(message, EmailMessage) or not any(name in message for name in _HEADS):
        raise describe_damage(source, "it has no head of an e-mail")
    count_once(source, "attachments of e-mails left out", sum(1 for _ in message.iter_attachments()))
    yield {
        "title": _head(message, "subject") or name_of(source),
        "text": _read_body(message),
        "author": _head(message, "from"),
        "published": _head(message, "date"),
    }


def _head(message: EmailMessage, name: str) -> str | None:
    """What a line of the head says, on one line; None if there is none, or it cannot be read."""
    try:
        said = message[name]
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        # The library's parser of heads is strict, and what spam puts there is not.
        return None
    return " ".join(str(said).split()) if said else None


def _read_body(message: EmailMessage) -> str | None:
    """The plain text; where that says nothing, the HTML."""
    plain, html = (message.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    return (_read_part(plain) if plain is not None else None) or (_read_part(html) if html is not None else None)


def _read_part(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else str(payload).encode()
    text = _decode(data, part.get_content_charset())
    if part.get_content_type() == "text/html":
        return read_markup(text)
    text = text.replace("\r\n", "\n")
    if part.get_param("format", failobj="") == "flowed":
        return _unwrap(text)
    return text.strip("\n") if text.strip() else ""


def _decode(data: bytes, charset: str | None) -> str:
    """By what it says it is; else, as most are."""
    for encoding in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except (ValueError, LookupError):
            continue
    return data.decode("latin-1")


def _unwrap(text: str) -> str:
    """Paragraphs of "flowed" text: a line that ends in a space goes on in the next one."""
    joined = "".join(line if line.endswith(" ") and line != "-- " else f"{line}\n" for line in text.split("\n"))
    return joined.strip("\n")
