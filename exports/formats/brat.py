"""brat: a folder for each annotator, in it each text they read and its standoff annotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from exports.formats.filenames import name_files
from exports.formats.material import ATTRIBUTES, Losses, Material, Row, list_attributes, say, unheld
from exports.formats.readings import Reading, read_articles
from schemas.codebook import Attribute, Codebook

__all__ = ["name_types", "write_brat"]

GOLD, UNREAD = "gold", "unread"
MARKS = ("article_id", "label", "start", "end", "quote", "value", ATTRIBUTES)
ANSWERED = "readings left out, whose questions were answered and whose spans are not known"
RENAMED = "names written with _ for what brat does not take, and shown as they are by visual.conf"
BROKEN = "line ends in what is said of a span, which are spaces now"
# The words of a span stand in one line.
_BREAKS = re.compile("[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def write_brat(material: Material, folder: Path) -> list[str]:
    """`<annotator>/<article>.txt` and `.ann`, `gold/...`, and `unread/<article>.txt` of what nobody has read; and how the labels are called.

    Offsets are code points; a line end in a span is a space in the words behind them, and in them alone. A reading in which nothing was
    marked has an empty `.ann`. Attributes with values to choose from are brat's own (`A` lines); what else is said of a span is a note on it
    (`#` lines), as `attribute: words`.
    """
    work = material.collect_work(attributes=True)
    losses = work.losses
    folders: dict[str | None, str] = {None: GOLD}
    folders.update(name_files(work.annotators, losses, (GOLD, UNREAD)))
    names = name_files(work.articles["article_id"], losses)
    codebook = material.codebook
    types = name_types(_list_names(codebook) if codebook else [], losses)
    for article, readings in read_articles(work):
        losses["answers left out"] += sum(len(reading.answers) for reading in readings)
        losses[ANSWERED] += sum(not reading.marked for reading in readings)
        contents = {folders[reading.annotator]: _write_spans(reading, codebook, types, losses) for reading in readings if reading.marked}
        for name in contents or [UNREAD]:
            place = folder / name / names[article["article_id"]]
            place.parent.mkdir(exist_ok=True)
            _write(place, ".txt", article["text"])
            if name in contents:
                _write(place, ".ann", contents[name])
    if codebook:
        _write(folder / "annotation", ".conf", _configure(codebook, types))
        _write(folder / "visual", ".conf", "[labels]\n" + "".join(f"{tag} | {label}\n" for label, tag in types.items()) + "\n[drawing]\n")
    columns = unheld(work.articles, ["article_id", "text"], "articles") + unheld(work.annotations, ["annotator", *MARKS], "annotations")
    return say(losses) + columns + unheld(work.gold, MARKS, "gold")


def name_types(names: Sequence[str], losses: Losses) -> dict[str, str]:
    """A type for each name: letters, digits, hyphens and underscores are all that brat takes."""
    types: dict[str, str] = {}
    for name in names:
        tag = re.sub(r"[^\w-]", "_", name, flags=re.ASCII)
        while tag in types.values():
            tag += "_"
        types[name] = tag
        losses[RENAMED] += tag != name
    return types


def _list_names(codebook: Codebook) -> list[str]:
    """Whatever becomes a type: labels, attributes that brat has, and their values, each once."""
    choices = _list_choices(codebook)
    return list(dict.fromkeys([*codebook.label_names, *(name for one in choices for name in (one.name, *one.value_names))]))


def _list_choices(codebook: Codebook) -> list[Attribute]:
    return [attribute for attribute in codebook.attributes if attribute.values]


def _write_spans(reading: Reading, codebook: Codebook | None, types: dict[str, str], losses: Losses) -> str:
    rows = sorted(reading.spans, key=lambda row: (row["start"], row["end"]))
    native = {attribute.name for attribute in _list_choices(codebook)} if codebook else set()
    lines: list[str] = []
    said: list[tuple[int, Row]] = []
    for i, row in enumerate(rows, start=1):
        lines.append(f"T{i}\t{types[row['label']]} {row['start']} {row['end']}\t{_BREAKS.sub(' ', row['quote'])}\n")
        said += [(i, one) for one in list_attributes(row)]
    for j, (i, one) in enumerate(said, start=1):
        if one["attribute"] in native:
            lines.append(f"A{j}\t{types[one['attribute']]} T{i} {types[one['value']]}\n")
        else:
            words, broken = _BREAKS.subn(" ", one["value"].replace("\r", " "))
            losses[BROKEN] += broken
            lines.append(f"#{j}\tAnnotatorNotes T{i}\t{one['attribute']}: {words}\n")
    return "".join(lines)


def _configure(codebook: Codebook, types: dict[str, str]) -> str:
    sections = {"entities": "".join(f"{types[label]}\n" for label in codebook.label_names), "relations": "", "events": "", "attributes": ""}
    for one in _list_choices(codebook):
        of = "|".join(types[label] for label in one.labels) or "<ENTITY>"
        sections["attributes"] += f"{types[one.name]} Arg:{of}, Value:{'|'.join(types[value] for value in one.value_names)}\n"
    return "\n".join(f"[{name}]\n{content}" for name, content in sections.items())


def _write(place: Path, ending: str, content: str) -> None:
    # To the letter: offsets count every character. Not with_suffix: a name may have dots.
    place.with_name(place.name + ending).write_bytes(content.encode())
