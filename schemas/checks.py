"""Rows of annotations and gold held against the texts and the codebook that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.parts import TITLE, fill_parts, take_apart
from schemas.tables import ANSWER, ATTRIBUTE, SPAN

__all__ = ["Rejected", "partition_quotes", "refuse_unknown_labels", "set_false_rows_aside"]

# Rows that were set aside, each with its reason.
Rejected = list[dict[str, Any]]
SLICE = 2_000
# What a row of an attribute and that of its span have in common.
SPAN_OF = ("article_id", "annotator", "run", "label", "part", "start", "end")


def partition_quotes(rows: pl.DataFrame, articles: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows whose quote is text[start:end], or that have none; rows whose quote is not)."""
    texts = take_apart(articles.select("article_id", "text", *(["title"] if "title" in articles.columns else []))).select(
        "article_id", "part", _text="text"
    )
    length = pl.col("end") - pl.col("start")
    true = pl.col("_text").is_not_null() & (
        pl.col("start").is_null() | (pl.col("_text").str.slice(pl.col("start"), length) == pl.col("quote")).fill_null(False)
    )
    # In slices: a text stands beside each of its rows while they are compared.
    slices = [
        some.join(texts, on=["article_id", "part"], how="left", maintain_order="left").select(true) for some in fill_parts(rows).iter_slices(SLICE)
    ]
    found = pl.concat(slices).to_series() if slices else pl.Series(dtype=pl.Boolean)
    return rows.filter(found), rows.filter(~found)


def refuse_unknown_labels(rows: pl.DataFrame, codebook: Codebook | None, where: object) -> None:
    """Raise FramingError for a label or answer that the codebook lacks: table and codebook do not belong together, so
    no row of the table can be trusted."""
    if codebook is None:
        return
    answers = {(question.name, value) for question in codebook.questions for value in question.value_names}
    for (label,) in rows.filter(SPAN).select("label").unique().sort("label").iter_rows():
        if label not in codebook.label_names:
            raise _unknown(f"label {label!r}", codebook, where)
    for label, value in rows.filter(ANSWER).select("label", "value").unique().sort("label", "value").iter_rows():
        if (label, value) not in answers:
            raise _unknown(f"answer {value!r} to {label!r}", codebook, where)
    for label, name, value in rows.filter(ATTRIBUTE).select("label", "attribute", "value").unique().sort("label", "attribute", "value").iter_rows():
        attribute = codebook.attribute(name)
        if attribute is None or not attribute.is_of(label):
            raise _unknown(f"attribute {name!r} of {label!r}", codebook, where)
        if not attribute.takes(value):
            raise _unknown(f"value {value!r} of attribute {name!r}", codebook, where)
    _refuse_several(rows.filter(ANSWER), [question.name for question in codebook.questions if question.choice == "single"], "label", where)
    _refuse_several(rows.filter(ATTRIBUTE), [one.name for one in codebook.attributes if one.choice == "single"], "attribute", where)


def _unknown(what: str, codebook: Codebook, where: object) -> FramingError:
    return FramingError(f"has the {what}, which codebook {codebook.stamp} does not", where, "Keep rows and codebooks together; use another folder")


def _refuse_several(rows: pl.DataFrame, single: Sequence[str], column: str, where: object) -> None:
    """Raise FramingError for two answers to a question, or about an attribute of a span, that takes one."""
    # Each run of a coder answers for itself.
    who = [name for name in ("article_id", "annotator", "run", "label", "part", "start", "end", "attribute") if name in rows.columns]
    several = rows.filter(pl.col(column).is_in(single)).group_by(who).len().filter(pl.col("len") > 1)
    if several.height:
        first = several.sort(who).row(0, named=True)
        raise FramingError(f"article {first['article_id']!r} has several answers to {first[column]!r}, which takes one", where, "Keep one of them")


def set_false_rows_aside(rows: pl.DataFrame, articles: pl.DataFrame, rejected: Rejected) -> pl.DataFrame:
    """The rows whose quotes are in their articles' texts, and whose spans are there; the others go to `rejected`, each once."""
    good, bad = partition_quotes(rows, articles)
    known = set(articles["article_id"])
    for row in bad.to_dicts():
        reason = _doubt(row) if row["article_id"] in known else "there is no article of this id"
        _set_aside(reason, row, rejected)
    return _without_orphans(good, rejected)


def _doubt(row: dict[str, Any]) -> str:
    return f"the quote is not the {'headline' if row.get('part') == TITLE else 'text'} at these offsets"


def _without_orphans(rows: pl.DataFrame, rejected: Rejected) -> pl.DataFrame:
    """The rows, but for attributes of spans that are not there."""
    span = [name for name in SPAN_OF if name in rows.columns]
    orphans = rows.filter(ATTRIBUTE).join(rows.filter(SPAN), on=span, how="anti")
    for row in orphans.to_dicts():
        _set_aside("the span that it is an attribute of is not there", row, rejected)
    return rows.join(orphans.select(*span, "attribute"), on=[*span, "attribute"], how="anti", maintain_order="left") if orphans.height else rows


def _set_aside(reason: str, row: dict[str, Any], rejected: Rejected) -> None:
    if (entry := {"reason": reason, "row": row}) not in rejected:
        rejected.append(entry)
