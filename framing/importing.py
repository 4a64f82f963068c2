"""Which importer reads what, with which of the command's options, and what its user is told about names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import FramingError
from schemas.wording import count

if TYPE_CHECKING:
    from annotate.corpora.collection import Collection
    from schemas.codebook import Attribute, Question
    from schemas.dataset import Dataset

__all__ = ["CODER", "hint_names", "pair", "read_kind", "refuse_others"]

# The kinds that take an option of their own.
TEXT_KEY, ARTICLES, LAYER = "labelstudio", "table", "cas"
# The kind that goes into a dataset, and makes none.
CODER = "coder"
MOST_HINTS = 10
_PAIRS = {
    "--map": "Give a name of the files, =, and the codebook's name for it",
    "--column": "Give what the column is, =, and its name in the file",
}


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

    kinds = [*CORPORA, *TOOLS, *TABLES, CODER]
    if kind not in kinds:
        near = get_close_matches(kind.lower(), kinds, 3)
        raise FramingError("no such kind", kind, f"Did you mean {' or '.join(near)}?" if near else f"Choose one of: {', '.join(kinds)}")
    for option, given, taker in (("--text-key", text_key, TEXT_KEY), ("--articles", articles, ARTICLES), ("--layer", layer, LAYER)):
        if given is not None and kind != taker:
            raise FramingError(f"takes no {option}", kind, f"Leave it out: it is for {taker}")
    if kind in CORPORA:
        if codebook or renames:
            raise FramingError("has a codebook and names of its own", kind, "Leave out --codebook and --map: they are for the files of tools")
        return CORPORA[kind](path)
    book, names = load_codebook(codebook) if codebook else None, dict(pair(rename) for rename in renames)
    if kind == TEXT_KEY:
        return labelstudio.read(path, book, names, text_key)
    if kind == ARTICLES:
        return table.read(path, book, names, articles)
    if kind == LAYER:
        return cas.read(path, book, names, layer)
    return (TOOLS | TABLES)[kind](path, book, names)


def refuse_others(out: Path, dataset: Dataset) -> None:
    """Annotations, gold and the work of coders belong to their articles and codebook, which are about to be replaced."""
    from schemas.coders import read_coders
    from schemas.dataset import CODERS, read_dataset

    if not any((out / name).exists() for name in ("annotations.parquet", "gold.parquet", CODERS)):
        return
    present = read_dataset(out)
    coders = read_coders(out, present)
    new = dict(dataset.articles.select("article_id", "text").iter_rows())
    old = dict(present.articles.select("article_id", "text").iter_rows())
    tables = [table for table in (present.annotations, present.gold, coders.rows if coders else None) if table is not None]
    marked = {article_id for table in tables for article_id in table["article_id"]}
    if present.codebook != dataset.codebook or any(new.get(article_id) != old.get(article_id) for article_id in marked):
        what = "annotations, gold or coders" if coders else "annotations or gold"
        raise FramingError(f"already holds {what} of other articles or another codebook", out, "Import into another folder")


def hint_names(kind: str, written: Dataset) -> Iterator[str]:
    """For each name of rows that were set aside because the codebook lacks it, the way to map it to the nearest that it has."""
    from annotate.corpora import CORPORA

    codebook = written.codebook
    if codebook is None or kind in CORPORA:
        return
    asked: list[Question | Attribute] = [*codebook.questions, *codebook.attributes]
    known = [*codebook.label_names, *(one.name for one in asked), *(value for one in asked for value in one.value_names)]
    rows = (entry["row"] for entry in written.rejected if str(entry["reason"]).startswith(f"codebook {codebook.stamp} has no such "))
    unknown = Counter(
        str(name) for row in rows for name in (row.get("label"), row.get("attribute"), row.get("value")) if name is not None and name not in known
    )
    plain = {_plain(name): name for name in reversed(known)}
    for name, number in unknown.most_common(MOST_HINTS):
        near = get_close_matches(_plain(name), plain, 1, 0.7)
        if near:
            have = count(number, "row", "has", "have")
            yield f"{have} {name!r}, which is not in the codebook: with --map '{name}={plain[near[0]]}' that is read"


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def pair(text: str, option: str = "--map", form: str = "OLD=NEW") -> tuple[str, str]:
    """The two sides of what an option of two sides was given."""
    old, sign, new = text.partition("=")
    if not (old and sign and new):
        raise FramingError(f"{text!r} is not {form}", option, _PAIRS[option])
    return old, new
