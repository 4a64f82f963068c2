"""What a codebook need not say, because it follows from what it says."""

from __future__ import annotations

import colorsys
from typing import Any

__all__ = ["FIRST_VERSION", "colour_of", "fill_in"]

FIRST_VERSION = "1.0.0"
# A step round the colour circle after which many colours lie far apart from each other.
GOLDEN = 0.618
# Whose entries may leave something out.
LISTS = ("labels", "questions", "attributes")


def colour_of(number: int) -> str:
    """The colour of a label that has none of its own, by its place among all: 0 for the first."""
    parts = colorsys.hls_to_rgb(number * GOLDEN % 1, 0.45, 0.7)
    return "#" + "".join(f"{round(255 * part):02X}" for part in parts)


def fill_in(data: Any) -> Any:
    """A codebook's data, as TOML has it, with what was left out: version, title, description, colours of labels, that a question has one answer,
    and definitions of answers whose names say all (which may stand there as bare names). What is no codebook's data is left to be refused."""
    if not isinstance(data, dict):
        return data
    # Without a name it is refused, and for that alone.
    name = data.get("name", "?")
    whole = {"version": FIRST_VERSION, "title": name, "description": data.get("title", name)}
    lists = {key: [_complete(key, number, entry) for number, entry in enumerate(data[key])] for key in LISTS if isinstance(data.get(key), list)}
    return {**whole, **data, **lists}


def _complete(key: str, number: int, entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    if key == "labels":
        return {"colour": colour_of(number), **entry}
    usual = {"choice": "single"} if key == "questions" else {}
    values = entry.get("values")
    return {**usual, **entry, **({"values": [_define(value) for value in values]} if isinstance(values, list) else {})}


def _define(value: Any) -> Any:
    if isinstance(value, str):
        return {"name": value, "definition": value}
    return {"definition": value["name"], **value} if isinstance(value, dict) and "name" in value else value
