"""Which importer reads what, with which of the command's options, and what its user is told about names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import FramingError

if TYPE_CHECKING:
    from annotate.corpora.collection import Collection
    from schemas.dataset import Dataset

__all__ = ["hint_names", "read_kind", "refuse_others"]

# The kinds that take an option of their own.
TEXT_KEY, ARTICLES, LAYER = "labelstudio", "table", "cas"
MOST_HINTS = 10


def read_kind(
    kind: str,
    path: Path,
    codebook: str | None = None,
    renames: Iterable[str] = (),
    *,
    text_key: str | None = None,
    articles: Path | None = None,
    layer: str | None = None,
) -> Collection:
    """What `path` holds, read as `kind`. FramingError for a kind that there is not, and for options that it does not take."""
    from annotate.corpora import CORPORA, TABLES, TOOLS, cas, labelstudio, table
    from schemas.codebook import load_codebook

    kinds = [*CORPORA, *TOOLS, *TABLES]
    if kind not in kinds:
        near = get_close_matches(kind.lower(), kinds, 3, 0.5)
        raise FramingError("no such kind", kind, f"Did you mean {' or '.join(near)}?" if near else f"Choose one of: {', '.join(kinds)}")
    for option, given, taker in (("--text-key", text_key, TEXT_KEY), ("--articles", articles, ARTICLES), ("--layer", layer, LAYER)):
        if given is not None and kind != taker:
            raise FramingError(f"takes no {option}", kind, f"Leave it out: it is for {taker}")
    if kind in CORPORA:
        if codebook or renames:
            raise FramingError("has a codebook and names of its own", kind, "Leave out --codebook and --map: they are for the files of tools")
        return CORPORA[kind](path)
    book, names = load_codebook(codebook) if codebook else None, dict(_pair(rename) for rename in renames)
    if kind == TEXT_KEY:
        return labelstudio.read(path, book, names, text_key)
    if kind == ARTICLES:
        return table.read(path, book, names, articles)
    if kind == LAYER:
        return cas.read(path, book, names, layer)
    return (TOOLS | TABLES)[kind](path, book, names)


def refuse_others(out: Path, dataset: Dataset) -> None:
    """Annotations and gold belong to their articles and codebook, which are about to be replaced."""
    from schemas.dataset import read_dataset

    if not any((out / name).exists() for name in ("annotations.parquet", "gold.parquet")):
        return
    present = read_dataset(out)
    new = dict(dataset.articles.select("article_id", "text").iter_rows())
    old = dict(present.articles.select("article_id", "text").iter_rows())
    tables = [table for table in (present.annotations, present.gold) if table is not None]
    marked = {article_id for table in tables for article_id in table["article_id"]}
    if present.codebook != dataset.codebook or any(new.get(article_id) != old.get(article_id) for article_id in marked):
        raise FramingError("already holds annotations or gold of other articles or another codebook", out, "Import into another folder")


def hint_names(kind: str, written: Dataset) -> Iterator[str]:
    """For each name of rows that were set aside because the codebook lacks it, the way to map it to the nearest that it has."""
    from annotate.corpora import CORPORA

    codebook = written.codebook
    if codebook is None or kind in CORPORA:
        return
    known = [*codebook.label_names, *(question.name for question in codebook.questions)]
    known += [value for question in codebook.questions for value in question.value_names]
    rows = (entry["row"] for entry in written.rejected if str(entry["reason"]).startswith(f"codebook {codebook.stamp} has no such "))
    unknown = Counter(str(name) for row in rows for name in (row.get("label"), row.get("value")) if name is not None and name not in known)
    plain = {_plain(name): name for name in reversed(known)}
    for name, count in unknown.most_common(MOST_HINTS):
        near = get_close_matches(_plain(name), plain, 1, 0.7)
        if near:
            yield f"{count} rows have {name!r}, which is not in the codebook: with --map '{name}={plain[near[0]]}' they are read"


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _pair(rename: str) -> tuple[str, str]:
    old, sign, new = rename.partition("=")
    if not (old and sign and new):
        raise FramingError(f"{rename!r} is not OLD=NEW", "--map", "Give a name of the files, =, and the codebook's name for it")
    return old, new
