"""PolNeAR (Newell et al. 2018) as people marked it: which characters of an article are somebody's words, and who is their source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Article", "Attribution", "read_polnear"]


class Attribution(NamedTuple):
    """Parts of a text, as (start, end), that are the content of an attribution, and those that name its source (none, where nobody is named)."""

    content: list[tuple[int, int]]
    source: list[tuple[int, int]]


class Article(NamedTuple):
    """`coders`: the attributions that each person marked; the first one's are the gold here."""

    name: str
    text: str
    coders: list[list[Attribution]]


def read_polnear(folder: Path) -> Iterator[Article]:
    """The articles that somebody marked, by name."""
    files: dict[str, list[Path]] = defaultdict(list)
    for path in sorted((folder / "attributions").glob("*.ann")):
        files[path.stem.rpartition("_")[0]].append(path)
    for path in sorted((folder / "text").glob("*.txt")):
        if coded := files.get(path.stem):
            yield Article(path.stem, path.read_bytes().decode(), [_read_attributions(file) for file in coded])


def _read_attributions(path: Path) -> list[Attribution]:
    stretches: dict[str, tuple[str, list[tuple[int, int]]]] = {}
    found = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        number, _, rest = line.partition("\t")
        # A note may go over several lines, which then begin like nothing here.
        if not number[1:].isdigit() or not rest:
            continue
        if number.startswith("T"):
            kind, places = rest.partition("\t")[0].split(" ", 1)
            stretches[number] = kind, [(int(start), int(end)) for start, end in (part.split() for part in places.split(";"))]
        elif number.startswith("E"):
            parts: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for role, _, stretch in (part.partition(":") for part in rest.split()):
                if stretch in stretches:
                    parts[role.rstrip("0123456789")] += stretches[stretch][1]
            found.append(Attribution(parts["Content"], parts["Source"]))
    # Contents that no event names are somebody's words, too.
    named = [part for attribution in found for part in attribution.content]
    alone = [Attribution([place], []) for kind, places in stretches.values() if kind == "Content" for place in places if place not in named]
    return found + alone
