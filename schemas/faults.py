"""What is wrong with a file that a schema refuses, in words, and at which place, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from schemas.errors import printable

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

__all__ = ["say_fault", "say_faults"]

# So many are said at once.
MOST = 5
# What an entry of such a list is called.
ENTRIES = {"labels": "label", "questions": "question", "attributes": "attribute", "actors": "actor", "values": "answer"}
# What text has to be, by its key; any other is prose.
PATTERNS = {
    "colour": "# and six of 0-9 and a-f, such as #D55E00",
    "hotkey": "one of a-z and 0-9, or one with shift+ before it, such as shift+a",
    "version": "three numbers, such as 1.0.0",
}
DIGEST = "a digest, 64 of 0-9 and a-f"
PROSE, NAMES = "text without control characters", "text without line ends, quotation marks, < and > and characters that nobody sees"
# What a value has to be, by the kind of fault; in braces what the schema says of it.
WANTED = {
    "bool": "true or false",
    "date": "a date",
    "dict": "a table",
    "finite": "a number",
    "float": "a number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "int": "a whole number",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "list": "a list in square brackets",
    "literal_error": "{expected}",
    "mapping": "a table",
    "model": "a table",
    "string_too_long": "at most {max_length} characters long",
    "string": "text in quotation marks",
    "too_long": "at most {max_length} long",
    "too_short": "at least {min_length} long",
    "tuple": "a list in square brackets",
}


def say_fault(error: ValidationError) -> str:
    """The first fault of JSON that a program wrote: where it is, and what is wrong with it."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(map(str, fault["loc"]))
    said = _say(fault, place)
    return printable(f"{place}: {said}" if place and fault["type"] == "value_error" else said, 200)


def say_faults(error: ValidationError, data: Mapping[str, Any], keys: Mapping[str, Sequence[str]]) -> str:
    """The faults of what somebody wrote by hand: each with its entry by name ("label Blame: colour ...").

    `keys`: those that the file itself ("") and the entries of its lists have, to see what a misspelt one was meant to be.
    """
    faults = [(fault, *_find_entry(fault, data)) for fault in error.errors(include_url=False) if not _is_consequence(fault)]
    meant = {(entry, _guess(fault, key, keys)) for fault, entry, key in faults if fault["type"] == "extra_forbidden"}
    said = []
    for fault, entry, key in faults:
        if fault["type"] == "missing" and (entry, key) in meant:
            continue
        words = _say_unknown(fault, key, keys) if fault["type"] == "extra_forbidden" else _say(fault, key)
        said.append(f"{entry}: {words}" if entry and fault["type"] != "value_error" else words)
    return "; ".join(said[:MOST]) + (f"; and {len(said) - MOST} more" if said[MOST:] else "")


def _is_consequence(fault: ErrorDetails) -> bool:
    """Whether a list is too short only because entries of it have faults of their own."""
    return fault["type"] == "too_short" and len(fault["input"]) >= fault["ctx"]["min_length"]


def _find_entry(fault: ErrorDetails, data: Any) -> tuple[str, str]:
    """The entry that a fault is in, by name, or by number if it has none ("question bias, answer number 2"); and the key."""
    entries, key, node = list[str](), "", data
    for number, part in enumerate(fault["loc"]):
        node = _descend(node, part)
        if not isinstance(part, int):
            key = str(part)
        elif key in ENTRIES:
            named = isinstance(node, Mapping) and isinstance(node.get("name"), str) and node["name"].strip()
            # A name that is wrong tells nobody where.
            named = named and fault["loc"][number + 1 :] != ("name",)
            entries.append(f"{ENTRIES[key]} {printable(node['name'].strip(), 60) if named else f'number {part + 1}'}")
            key = ""
        else:
            key = f"number {part + 1} of {key}"
    return ", ".join(entries), key


def _descend(node: Any, part: int | str) -> Any:
    if isinstance(node, Mapping):
        return node.get(part)
    return node[part] if isinstance(node, list) and isinstance(part, int) and part < len(node) else None


def _section(fault: ErrorDetails) -> str:
    """The list whose entry has the fault; "" for the file itself."""
    return next((part for part in reversed(fault["loc"][:-1]) if isinstance(part, str) and part in ENTRIES), "")


def _guess(fault: ErrorDetails, key: str, keys: Mapping[str, Sequence[str]]) -> str | None:
    """What a key that nobody knows was meant to be."""
    close = get_close_matches(key, keys[_section(fault)], 1)
    return close[0] if close else None


def _say_unknown(fault: ErrorDetails, key: str, keys: Mapping[str, Sequence[str]]) -> str:
    section, guess = _section(fault), _guess(fault, key, keys)
    said = f"{printable(key, 40)!r} is no key {f'of {_a(ENTRIES[section])}' if section else 'that is known here'}"
    if guess:
        return f"{said}; perhaps {guess!r} is meant"
    if section and key in keys[""]:
        return f"{said}: write it above the first [[ ]]"
    return f"{said}, which may have {', '.join(keys[section])}" if section else said


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'ae' else 'a'} {noun}"


def _say(fault: ErrorDetails, key: str) -> str:
    """A fault in words."""
    kind, found, context = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "missing":
        return f"{key} is missing"
    if kind == "extra_forbidden":
        return f"{key} is no key that is known here"
    if found == "" or kind == "string_too_short":
        return f"{key} is empty"
    last = key.rsplit(".", 1)[-1]
    if kind == "string_pattern_mismatch":
        # A digest is told by its pattern: keys that have one are called by many names.
        wanted = DIGEST if "{64}" in context["pattern"] else PATTERNS.get(last, NAMES if last == "name" else PROSE)
    elif key in ENTRIES and kind in ("tuple_type", "list_type"):
        wanted = f"entries, each of which begins with [[{key}]]"
    else:
        # What cannot be read as a kind and what is of another are one fault to the reader: bool_type, bool_parsing.
        found_kind = kind if kind in WANTED else kind.split("_", 1)[0]
        wanted = WANTED.get(found_kind, "something else").format(**context)
    return f"{key or 'it'} has to be {wanted}, and is {_show(found)}"


def _show(value: Any) -> str:
    """A value as a message can hold it."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    return printable(repr(value), 80)
