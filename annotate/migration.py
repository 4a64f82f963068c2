"""A change of the codebook, carried through everything that was made with the old one: rename, merge, split, drop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl

from annotate.plans import Move, Moved, Name, Plan, every_name, make_plan, show_name
from schemas.checks import refuse_unknown_labels
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.parts import TITLE, fill_parts
from schemas.tables import ATTRIBUTE, SPAN
from schemas.wording import count

__all__ = ["SAID", "Move", "Plan", "audit_row", "describe_plan", "make_plan", "migrate_rows", "refuse_orphans"]

# What a row says, and the columns that a table has while its rows are moved.
SAID = ("label", "attribute", "value")
_ROW, _MOVED = "_row", "_moved"
_BEFORE, _AFTER = ("_label_before", "_attribute_before", "_value_before"), ("_label_after", "_attribute_after", "_value_after")


def refuse_orphans(plan: Plan, rows: pl.DataFrame, where: object) -> None:
    """Raise FramingError if rows have a label, answer or attribute that the new codebook lacks and no move takes somewhere, or would
    afterwards have several answers to a question, or about an attribute of a span, that takes one; or if they are of headlines, and the new
    codebook leaves those unread."""
    if plan.old.headlines and not plan.new.headlines and (of := fill_parts(rows).filter(part=TITLE).height):
        raise FramingError(
            f"{count(of, 'row', 'is', 'are')} about headlines, which {plan.new.stamp} leaves unread",
            where,
            "Set headlines = true in the new codebook",
        )
    orphans: Counter[str] = Counter()
    for label, name, value, number in _count(rows):
        if plan.move_row(label, name, value) is None and not _knows(plan.new, label, name, value):
            orphans[show_name(plan.name_of(label, name, value))] += number
    if orphans:
        orphan, number = min(orphans.items())
        raise FramingError(
            f"{count(number, 'row', 'has', 'have')} {orphan}, which {plan.new.stamp} does not have and which would be orphaned",
            where,
            f"Say what becomes of it: --rename, --merge, --split or --drop {orphan}",
        )
    after = migrate_rows(rows, plan)[0]
    for label, name in after.filter(ATTRIBUTE).select("label", "attribute").unique().sort("label", "attribute").iter_rows():
        asked = plan.new.attribute(name)
        if asked is not None and not asked.is_of(label):
            raise FramingError(
                f"spans of {label} have {name}, which {plan.new.stamp} does not ask of them", where, f"Ask it of {label}, too, or --drop {name}"
            )
    refuse_unknown_labels(after, plan.new, where)


def describe_plan(plan: Plan, rows: pl.DataFrame) -> list[str]:
    """A line for each move, with how many rows it moves, and one for each name that is new or leaves unused."""
    counts, following = Counter[Name](), Counter[Name]()
    for label, attribute, value, number in _count(rows):
        counts[plan.name_of(label, attribute, value)] += number
        if attribute is not None:
            following[label, None] += number
    lines = [f"{move}: {count(counts[move.source], 'row')}{_say_following(plan, move, following)}" for move in plan.moves]
    moved = {move.source for move in plan.moves}
    entered = {name for move in plan.moves for name in move.destinations}
    lines += [f"{show_name(name)} leaves the codebook unused" for name in sorted(every_name(plan.old) - every_name(plan.new) - moved, key=str)]
    return lines + [f"{show_name(name)} is new" for name in sorted(every_name(plan.new) - every_name(plan.old) - entered, key=str)]


def migrate_rows(rows: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    """Annotations, gold or the rows of coders with every move made, and what was done to each row that moved: before, after, and whether it is to
    be reviewed. What a merge made equal is there once. Who loses the last span by a drop has read the article and marked nothing.

    Attributes go with their span. Where two spans become one, or two attributes, and they say different things of which one is taken, what was there
    before stays, or else the first; the record of the other says what it gave way to.
    """
    table = rows.with_row_index(_ROW).join(_ways(plan, rows), on=list(SAID), how="left", nulls_equal=True, maintain_order="left")
    moved = pl.col(_MOVED).is_not_null()
    dropped = moved & pl.col(_AFTER[0]).is_null()
    leaving = table.filter(moved)
    # A span that is dropped leaves an empty row behind, in case it was the last; an answer or an attribute leaves nothing.
    table = table.filter(~dropped | SPAN).with_columns(
        *(pl.col(name).alias(before) for name, before in zip(SAID, _BEFORE, strict=True)),
        *(pl.when(moved).then(after).otherwise(name).alias(name) for name, after in zip(SAID, _AFTER, strict=True)),
        *(pl.when(dropped).then(None).otherwise(name).alias(name) for name in ("start", "end", "quote")),
    )
    who = [name for name in ("article_id", "annotator", "run") if name in rows.columns]
    part = ["part"] if "part" in rows.columns else []
    place = [*who, *part, "label", "start", "end", "attribute"]
    # Of rows that say the same the one that was there before stays, or else the first; rows that did not move all stay.
    first = pl.col(_ROW).sort_by(moved, _ROW).first().over([*place, "value"])
    needless = pl.col("label").is_null() & pl.col("start").is_not_null().any().over([*who, *part])
    table = table.filter((~moved | (pl.col(_ROW) == first)) & ~needless)
    rivals = _find_rivals(table, place, plan)
    audit = [
        audit_row(row, done, rivals.get(row[_ROW])) for row in leaving.iter_rows(named=True) if (done := plan.move_row(*(row[name] for name in SAID)))
    ]
    facts = {"codebook_version": pl.lit(plan.new.stamp), "support": pl.when(dropped).then(1.0).otherwise(pl.col("support"))}
    table = table.filter(~pl.col(_ROW).is_in(list(rivals))).with_columns(**{name: fact for name, fact in facts.items() if name in rows.columns})
    return table.select(rows.columns), audit


def audit_row(row: dict[str, object], done: Moved, rival: str | None = None) -> dict[str, object]:
    """What a move does to a row, for the record; `rival` is the value that an attribute gave way to."""
    facts = {name: row.get(name) for name in ("article_id", "annotator", "annotation_id", "part", "start", "end", "quote")}
    facts |= {"run": row["run"]} if "run" in row else {}
    facts |= {"label": row["label"], "value": row["value"], "label_after": done.label, "value_after": done.value}
    facts |= {"review": done.move.review if done.move else None}
    if row.get("attribute") is not None:
        facts |= {"attribute": row["attribute"], "attribute_after": done.attribute}
        facts |= {"gave_way_to": rival, "value_after": None} if rival is not None else {}
    return facts


def _ways(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """What becomes of each label, attribute and value that there is, and moves; nulls for a drop."""
    distinct = rows.select(SAID).unique().iter_rows()
    ways = [(*said, *done[:3], True) for said in distinct if (done := plan.move_row(*said)) is not None]
    names = dict.fromkeys((*SAID, *_AFTER), pl.String)
    return pl.DataFrame(ways, schema=names | {_MOVED: pl.Boolean}, orient="row")


def _find_rivals(table: pl.DataFrame, place: list[str], plan: Plan) -> dict[int, str]:
    """The rows about an attribute of which one value is taken that came from another span or attribute than the one that stays, with its value."""
    single = [attribute.name for attribute in plan.new.attributes if attribute.choice == "single"]
    order = [pl.col(_MOVED).is_not_null(), pl.col(_ROW)]

    def stays(name: str) -> pl.Expr:
        return pl.col(name).sort_by(order).first().over(place)

    foreign = pl.any_horizontal(pl.col(name) != stays(name) for name in _BEFORE[:2])
    rivals = table.filter(ATTRIBUTE).select(_ROW, "attribute", stays("value").alias("stays"), foreign.alias("foreign"))
    return dict(rivals.filter("foreign", pl.col("attribute").is_in(single)).select(_ROW, "stays").iter_rows())


def _count(rows: pl.DataFrame) -> Iterator[tuple[str, str | None, str | None, int]]:
    """How many rows say the same."""
    yield from rows.drop_nulls("label").group_by(SAID).len().sort(SAID).iter_rows()


def _knows(codebook: Codebook, label: str, attribute: str | None, value: str | None) -> bool:
    if attribute is None:
        return (label, value) in every_name(codebook)
    asked = codebook.attribute(attribute)
    return asked is not None and asked.takes(value)


def _say_following(plan: Plan, move: Move, following: Counter[Name]) -> str:
    is_label = move.value is None and move.label in plan.old.label_names
    return f", and {count(following[move.source], 'attribute')} with them" if is_label and following[move.source] else ""
