"""brat: a folder for each annotator, in it each text they read and its standoff annotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from exports.formats.filenames import name_files
from exports.formats.material import Losses, Material, say, unheld
from exports.formats.readings import Reading, read_articles
from schemas.codebook import Codebook

__all__ = ["name_types", "write_brat"]

GOLD, UNREAD = "gold", "unread"
MARKS = ("article_id", "label", "start", "end", "quote", "value")
ANSWERED = "readings left out, whose questions were answered and whose spans are not known"
RENAMED = "labels written with _ for what brat does not take, and shown as they are by visual.conf"
# The words of a span stand in one line.
_BREAKS = re.compile("[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def write_brat(material: Material, folder: Path) -> list[str]:
    """`<annotator>/<article>.txt` and `.ann`, `gold/...`, and `unread/<article>.txt` of what nobody has read; and how the labels are called.

    Offsets are code points; a line end in a span is a space in the words behind them, and in them alone. A reading in which nothing was
    marked has an empty `.ann`.
    """
    work = material.collect_work()
    losses = work.losses
    folders: dict[str | None, str] = {None: GOLD}
    folders.update(name_files(work.annotators, losses, (GOLD, UNREAD)))
    names = name_files(work.articles["article_id"], losses)
    types = name_types(material.codebook.label_names if material.codebook else [], losses)
    for article, readings in read_articles(work):
        losses["answers left out"] += sum(len(reading.answers) for reading in readings)
        losses[ANSWERED] += sum(not reading.marked for reading in readings)
        contents = {folders[reading.annotator]: _list_spans(reading, types) for reading in readings if reading.marked}
        for name in contents or [UNREAD]:
            place = folder / name / names[article["article_id"]]
            place.parent.mkdir(exist_ok=True)
            _write(place, ".txt", article["text"])
            if name in contents:
                _write(place, ".ann", contents[name])
    if material.codebook:
        _write(folder / "annotation", ".conf", _configure(material.codebook, types))
        _write(folder / "visual", ".conf", "[labels]\n" + "".join(f"{tag} | {label}\n" for label, tag in types.items()) + "\n[drawing]\n")
    columns = unheld(work.articles, ["article_id", "text"], "articles") + unheld(work.annotations, ["annotator", *MARKS], "annotations")
    return say(losses) + columns + unheld(work.gold, MARKS, "gold")


def name_types(labels: Sequence[str], losses: Losses) -> dict[str, str]:
    """A type for each label: letters, digits, hyphens and underscores are all that brat takes."""
    types: dict[str, str] = {}
    for label in labels:
        tag = re.sub(r"[^\w-]", "_", label, flags=re.ASCII)
        while tag in types.values():
            tag += "_"
        types[label] = tag
        losses[RENAMED] += tag != label
    return types


def _list_spans(reading: Reading, types: dict[str, str]) -> str:
    rows = sorted(reading.spans, key=lambda row: (row["start"], row["end"]))
    return "".join(
        f"T{i}\t{types[row['label']]} {row['start']} {row['end']}\t{_BREAKS.sub(' ', row['quote'])}\n" for i, row in enumerate(rows, start=1)
    )


def _configure(codebook: Codebook, types: dict[str, str]) -> str:
    sections = {"entities": "".join(f"{tag}\n" for tag in types.values()), "relations": "", "events": "", "attributes": ""}
    return "\n".join(f"[{name}]\n{content}" for name, content in sections.items())


def _write(place: Path, ending: str, content: str) -> None:
    # To the letter: offsets count every character. Not with_suffix: a name may have dots.
    place.with_name(place.name + ending).write_bytes(content.encode())
