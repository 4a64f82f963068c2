"""Articles of Factiva whose facts stand under codes: HD is the title, WC the number of words, LP and TD the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from annotate.ingestion.databases.lines import gather_paragraphs, make_row, missing_body, missing_end, read_count
from annotate.ingestion.databases.vocabulary import read_language, strip_by
from annotate.ingestion.source import Row, Unreadable

__all__ = ["read_coded"]

# In the order in which they stand.
_CODES = "SE|HD|CR|BY|CX|WC|PD|ET|SN|SC|NGC|GC|ED|PG|VOL|LA|CY|LP|TD|ART|CT|RF|CLM|CO|IN|NS|RE|IPC|IPD|PUB|AN"
_ORDER = {code: place for place, code in enumerate(_CODES.split("|"))}
_FIELD = re.compile(rf"({_CODES})(?:(\s*[|\t]\s*|\s{{2,}}|:?\s+)(.*)|[|:]?)")
_TEXT = {"LP", "TD"}
_SUBJECTS = {"CO", "IN", "NS", "RE"}
_AFTER = _ORDER["TD"]


def read_coded(block: Sequence[str], number: str | None) -> Sequence[Row | Unreadable]:
    """The article of these lines, none if they have no codes. They are more than one if there were numbers that are missing, and one that is cut
    off if this one's `number` is."""
    lines = [line.strip("| ") for line in block]
    fields = [(place, match) for place, line in enumerate(lines) if (match := _FIELD.fullmatch(line))]
    codes = {match[1] for _, match in fields}
    if not {"HD", "WC"} <= codes and not {"HD", "SN", "TD"} <= codes:
        return []
    facts = _collect(lines)
    title = " ".join(filter(None, facts.get("HD", []))) or None
    apart = Counter(match[1] for _, match in fields if match[2] and _stands_apart(match[2]))
    counts = sum(match[1] == "WC" and _is_count(lines, place) for place, match in fields)
    if (articles := max(counts, apart["HD"], apart["SN"])) > 1 or number is None:
        return missing_end(title, articles)
    paragraphs = [paragraph for code in ("LP", "TD") for paragraph in gather_paragraphs(facts.get(code, []))]
    if not paragraphs:
        return [missing_body(title)]
    said = {code: " ".join(filter(None, values)) for code, values in facts.items() if code not in _TEXT}
    row = make_row(
        paragraphs,
        title=title,
        outlet=said.get("SN"),
        author=strip_by(said.get("BY")),
        published=said.get("PD"),
        section=said.get("SE"),
        edition=said.get("ED"),
        length_stated=read_count(said.get("WC", "")),
        language=read_language(said.get("LA")),
        database_id=number,
    )
    return [row]


def _is_count(lines: Sequence[str], place: int) -> bool:
    """Whether a number of words stands on this line, or, if it has but its code, on the next."""
    said = _FIELD.fullmatch(lines[place])
    value = (said[3] if said else None) or next(filter(None, lines[place + 1 :]), "")
    return read_count(value) is not None


def _collect(lines: Sequence[str]) -> dict[str, list[str]]:
    """The lines under each code. A code is believed only where its order allows it, and in a text only if more than one blank parts it from
    what it names, or, where that is never so, if it stands among the codes at the end: a sentence may begin with "IN" or "TD"."""
    last = _find_last(lines)
    facts: dict[str, list[str]] = {}
    code, order = "", -1
    for place, line in enumerate(lines):
        found = _FIELD.fullmatch(line)
        if found and _ORDER[found[1]] > order and (code not in _TEXT or _stands_apart(found[2]) or place >= last or (code, found[1]) == ("LP", "TD")):
            code, order = found[1], _ORDER[found[1]]
            facts[code] = [found[3]] if found[3] else []
        elif code:
            facts[code].append(line)
    return facts


def _stands_apart(between: str | None) -> bool:
    return between is None or len(between) > 1 or between in "|\t:"


def _find_last(lines: Sequence[str]) -> int:
    """Where the codes after the text begin, of lines on which one blank parts each code from what it names: from there on all have one, in order,
    and what names a subject has a colon."""
    last = len(lines)
    if any(found and found[1] == "WC" and _stands_apart(found[2]) for found in map(_FIELD.fullmatch, lines)):
        return last
    order = len(_ORDER)
    for place in range(len(lines) - 1, -1, -1):
        found = _FIELD.fullmatch(lines[place])
        if found and _AFTER < _ORDER[found[1]] < order and (found[1] not in _SUBJECTS or " : " in lines[place]):
            last, order = place, _ORDER[found[1]]
        elif lines[place]:
            break
    return last
