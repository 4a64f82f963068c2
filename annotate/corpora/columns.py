"""What the columns of a table of annotations are for, told by their names or by the user, and what is in a cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from annotate.ingestion.source import Row
from schemas.errors import FramingError
from schemas.wording import enumerate_some

__all__ = ["ROLES", "cell_of", "find_columns", "names_of", "number_of"]

# What each column may be called, the likeliest name first.
ROLES = {
    "article_id": "article_id article articleid doc_id document_id document docid doc text_id textid item_id sentence_id paragraph_id id",
    "annotator": "annotator annotator_id annotatorid annotated_by coder coder_id coderid rater user user_id username worker worker_id workerid",
    "label": "label tag category code technique type entity class label_name annotation",
    "start": "start start_offset startoffset offset_start begin begin_offset span_start start_char char_start start_index from",
    "end": "end end_offset endoffset offset_end stop span_end end_char char_end end_index to",
    "quote": "quote span phrase words span_text spantext text_fragment fragment segment excerpt selected_text selection mention",
    "value": "value answer response choice",
    "text": "text content body article_text document_text full_text fulltext sentence paragraph",
}


def names_of(rows: Iterable[Row]) -> list[str]:
    """The columns of all rows, in the order in which they come."""
    return list(dict.fromkeys(str(name) for row in rows for name in row))


def find_columns(
    rows: list[Row], roles: Mapping[str, str], file: Path, notices: Counter[str], chosen: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The column of each role that there is one for: the one that the user chose, else the first of the role's usual names that there is. What
    was told by another name than the role's is said in the notices. FramingError for a chosen role or column that there is not."""
    names, chosen = names_of(rows), chosen or {}
    for role, column in chosen.items():
        if role not in roles:
            raise FramingError(f"{role!r} is nothing that a column could be", "--column", f"Say one of: {', '.join(roles)}")
        if column not in names:
            raise FramingError(f"there is no column {column!r} to be the {role}", file, f"There are: {enumerate_some(names)}")
    plain = {re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"): name for name in reversed(names)}
    found = dict(chosen)
    for role in roles:
        name = next((plain[alias] for alias in roles[role].split() if alias in plain and plain[alias] not in chosen.values()), None)
        if role not in found and name is not None:
            found[role] = name
            if name != role:
                notices[f"column {name!r} of {file.name} is taken for the {role}: rows"] += len(rows)
    return found


def number_of(cell: Any) -> Any:
    """A whole number that a cell holds as a number or in digits; the cell itself if it holds something else."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, str):
        return int(float(cell)) if re.fullmatch(r"\d{1,15}(\.0+)?", cell.strip(), re.ASCII) else cell.strip() or None
    return cell


def cell_of(row: Row, name: str | None) -> str:
    """A cell as text, without white space around it; empty where there is none."""
    value = row.get(name) if name is not None else None
    if isinstance(value, float) and value.is_integer():
        # A number with a gap above it.
        value = int(value)
    return "" if value is None else str(value).strip()
