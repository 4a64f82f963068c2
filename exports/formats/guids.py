"""Identifiers and times as other people's formats want them: the same dataset gives the same ones each time."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

__all__ = ["make_guid", "make_moment"]

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:framing-toolkit")


def make_guid(kind: str, *parts: str | int | None) -> str:
    """The GUID of a thing, from what tells it from others of its kind (RFC 9562, version 5)."""
    # As JSON, two different lists never read alike.
    return str(uuid.uuid5(NAMESPACE, json.dumps([kind, *parts])))


def make_moment(text: str | None) -> str | None:
    """The time in UTC, as xsd:dateTime; None if the text is no time. One without a zone is taken for UTC."""
    try:
        moment = datetime.fromisoformat(text or "")
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat().replace("+00:00", "Z")
