"""A change of the codebook, carried through everything that was made with the old one: rename, merge, split, drop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl
from pydantic import BaseModel, ConfigDict

from schemas.codebook import Codebook
from schemas.dataset import refuse_unknown_labels
from schemas.errors import FramingError

__all__ = ["Move", "Plan", "describe_plan", "make_plan", "migrate_rows", "refuse_orphans"]

Name = tuple[str, str | None]
# Columns that a table has while its rows are moved.
_ROW, _MOVED, _LABEL, _VALUE = "_row", "_moved", "_label_after", "_value_after"


class Move(BaseModel):
    """What becomes of a label, or of an answer (`label` is its question, `value` the answer): one name in `targets` for rename
    and merge, several for a split that somebody has to review (the first is taken until then), none for a drop."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    value: str | None = None
    question: str | None = None
    targets: tuple[str, ...] = ()

    @property
    def source(self) -> Name:
        return self.label, self.value

    @property
    def destinations(self) -> list[Name]:
        return [(target, None) if self.value is None else (self.question or self.label, target) for target in self.targets]

    @property
    def arrival(self) -> tuple[str | None, str | None]:
        """The label and value that a row has afterwards; neither, if it is dropped."""
        return self.destinations[0] if self.targets else (None, None)

    def __str__(self) -> str:
        name = _show(self.source)
        if not self.targets:
            return f"drop {name}"
        if len(self.targets) > 1:
            return f"split {name}, to review: {' or '.join(_show(name) for name in self.destinations)} (the first until then)"
        return f"{name} -> {_show(self.destinations[0])}"


class Plan(BaseModel):
    """The moves from one codebook to the next. Doing it twice changes nothing more: no name is both left and entered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    old: Codebook
    new: Codebook
    moves: tuple[Move, ...]

    def move_of(self, label: str | None, value: str | None) -> Move | None:
        """The move that a row of this label and value makes; None if it stays as it is."""
        return next((move for move in self.moves if move.source == (label, value)), None)


def make_plan(old: Codebook, new: Codebook, renames: Sequence[str], merges: Sequence[str], splits: Sequence[str], drops: Sequence[str]) -> Plan:
    """A plan from what is written on a command line: OLD=NEW, A,B=NEW, OLD=A,B and OLD.

    A name is that of a label, of a question, or question.answer. Raises FramingError for a name that its codebook lacks,
    for two moves of one name, and for a name that would be left and entered at once.
    """
    if old.stamp == new.stamp:
        raise FramingError(f"both codebooks are {old.stamp}", new.name, "Give the new one another version")
    moves: list[Move] = []
    for text in renames:
        source, target = _halves(text, "--rename", "OLD=NEW")
        moves += _moves(old, new, source, (target,), "--rename")
    for text in merges:
        sources, target = _halves(text, "--merge", "A,B=NEW")
        # One of those merged may give its name to all.
        moves += [
            move for source in _names(sources, old) for move in _moves(old, new, source, (target,), "--merge") if move.source != move.destinations[0]
        ]
    for text in splits:
        source, targets = _halves(text, "--split", "OLD=A,B")
        moves += _moves(old, new, source, tuple(_names(targets, new)), "--split")
    for source in drops:
        moves += _moves(old, new, source, (), "--drop")
    _refuse_conflicts(moves)
    return Plan(old=old, new=new, moves=tuple(moves))


def refuse_orphans(plan: Plan, rows: pl.DataFrame, where: object) -> None:
    """Raise FramingError if rows have a label or answer that the new codebook lacks and no move takes somewhere, or would
    afterwards have several answers to a question that takes one."""
    known = _every_name(plan.new)
    for label, value, count in rows.drop_nulls("label").group_by("label", "value").len().sort("label", "value").iter_rows():
        if plan.move_of(label, value) is None and (label, value) not in known:
            raise FramingError(
                f"{count} rows have {_show((label, value))}, which {plan.new.stamp} does not have: they would be orphaned",
                where,
                f"Say what becomes of it: --rename, --merge, --split or --drop {_show((label, value))}",
            )
    refuse_unknown_labels(migrate_rows(rows, plan)[0], plan.new, where)


def describe_plan(plan: Plan, rows: pl.DataFrame) -> list[str]:
    """A line for each move, with how many rows it moves, and one for each name that is new or leaves unused."""
    counts = {(label, value): count for label, value, count in rows.drop_nulls("label").group_by("label", "value").len().iter_rows()}
    lines = [f"{move}: {counts.get(move.source, 0)} rows" for move in plan.moves]
    moved = {move.source for move in plan.moves}
    entered = {name for move in plan.moves for name in move.destinations}
    lines += [f"{_show(name)} leaves the codebook unused" for name in sorted(_every_name(plan.old) - _every_name(plan.new) - moved, key=str)]
    return lines + [f"{_show(name)} is new" for name in sorted(_every_name(plan.new) - _every_name(plan.old) - entered, key=str)]


def migrate_rows(rows: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    """Annotations, gold or the rows of coders with every move made, and what was done to each row that moved: before, after, and whether it is to
    be reviewed. What a merge made equal is there once. Who loses the last span by a drop has read the article and marked nothing."""
    table = rows.with_row_index(_ROW).join(_ways(plan), on=["label", "value"], how="left", nulls_equal=True, maintain_order="left")
    moved = pl.col(_MOVED).is_not_null()
    dropped = moved & pl.col(_LABEL).is_null()
    audit = [audit_row(row, move) for row in table.filter(moved).iter_rows(named=True) if (move := plan.move_of(row["label"], row["value"]))]
    # A span that is dropped leaves an empty row behind, in case it was the last; an answer leaves nothing.
    table = table.filter(~dropped | pl.col("start").is_not_null()).with_columns(
        pl.when(moved).then(_LABEL).otherwise("label").alias("label"),
        pl.when(moved).then(_VALUE).otherwise("value").alias("value"),
        *(pl.when(dropped).then(None).otherwise(name).alias(name) for name in ("start", "end", "quote")),
    )
    who = [name for name in ("article_id", "annotator", "run") if name in rows.columns]
    # Of rows that say the same the one that was there before stays, or else the first; rows that did not move all stay.
    first = pl.col(_ROW).sort_by(moved, _ROW).first().over([*who, "label", "start", "end", "value"])
    needless = pl.col("label").is_null() & pl.col("start").is_not_null().any().over(who)
    table = table.filter((~moved | (pl.col(_ROW) == first)) & ~needless)
    facts = {"codebook_version": pl.lit(plan.new.stamp), "support": pl.when(dropped).then(1.0).otherwise(pl.col("support"))}
    return table.with_columns(**{name: fact for name, fact in facts.items() if name in rows.columns}).select(rows.columns), audit


def audit_row(row: dict[str, object], move: Move) -> dict[str, object]:
    """What a move does to a row, for the record."""
    label, value = move.arrival
    facts = {name: row.get(name) for name in ("article_id", "annotator", "annotation_id", "start", "end", "quote")}
    facts |= {"run": row["run"]} if "run" in row else {}
    return facts | {
        "label": row["label"],
        "value": row["value"],
        "label_after": label,
        "value_after": value,
        "review": [_show(name) for name in move.destinations] if len(move.targets) > 1 else None,
    }


def _ways(plan: Plan) -> pl.DataFrame:
    """What each move makes of a label and value; nulls for a drop."""
    ways = [(*move.source, *move.arrival, True) for move in plan.moves]
    names = dict.fromkeys(("label", "value", _LABEL, _VALUE), pl.String)
    return pl.DataFrame(ways, schema=names | {_MOVED: pl.Boolean}, orient="row")


def _halves(text: str, option: str, form: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (left.strip() and sign and right.strip()):
        raise FramingError(f"{text!r} is not {form}", option)
    return left.strip(), right.strip()


def _names(text: str, codebook: Codebook) -> list[str]:
    """The names in a list with commas. A name may hold commas itself: the longest that the codebook has is taken."""
    known = {_show(name) for name in _every_name(codebook)} | {
        name for question in codebook.questions for name in (question.name, *question.value_names)
    }
    parts, names = text.split(","), []
    while parts:
        length = next((n for n in range(len(parts), 1, -1) if ",".join(parts[:n]).strip() in known), 1)
        names.append(",".join(parts[:length]).strip())
        parts = parts[length:]
    return [name for name in names if name]


def _moves(old: Codebook, new: Codebook, source: str, targets: tuple[str, ...], option: str) -> Iterator[Move]:
    if source in old.label_names:
        _refuse_unknown(set(targets) - set(new.label_names), new, option)
        yield Move(label=source, targets=targets)
    elif (question := old.question(source)) is not None:
        if len(targets) > 1:
            raise FramingError(f"{source!r} is a question, and only labels and answers are split", option, "Split its answers, as question.answer")
        _refuse_unknown(set(targets) - {known.name for known in new.questions}, new, option)
        # The question itself: each answer goes along under its own name.
        successor = new.question(targets[0]) if targets else None
        for value in question.value_names:
            if successor is None or value in successor.value_names:
                yield Move(label=source, value=value, question=targets[0] if targets else None, targets=(value,) if targets else ())
    else:
        answer = _find_answer(old, source)
        if answer is None:
            raise FramingError(f"codebook {old.stamp} has no {source!r}", option, "Name a label, a question, or question.answer")
        found = {target: _find_answer(new, target) or _find_answer(new, f"{answer[0]}.{target}") for target in targets}
        _refuse_unknown({target for target, name in found.items() if name is None}, new, option)
        arrivals = [name for name in found.values() if name is not None]
        if len({name for name, _ in arrivals}) > 1:
            raise FramingError(f"{source!r} cannot be split among questions", option, "Name answers of one question")
        yield Move(label=answer[0], value=answer[1], question=arrivals[0][0] if arrivals else None, targets=tuple(value for _, value in arrivals))


def _find_answer(codebook: Codebook, text: str) -> tuple[str, str] | None:
    """The question and value that are written question.answer; both may hold dots."""
    answers = ((question.name, value) for question in codebook.questions for value in question.value_names)
    return next((name for name in answers if _show(name) == text), None)


def _refuse_unknown(names: Iterable[str], codebook: Codebook, option: str) -> None:
    for name in sorted(names):
        raise FramingError(f"codebook {codebook.stamp} has no {name!r}", option, "The new name is that of the new codebook")


def _refuse_conflicts(moves: Sequence[Move]) -> None:
    sources = [move.source for move in moves]
    for name in sources:
        if sources.count(name) > 1:
            raise FramingError(f"two moves leave {_show(name)}", "migrate", "Say once what becomes of it")
    for move in moves:
        for name in move.destinations:
            # Else a migration that was interrupted could not be told from one that was not: the name would mean both. (A label
            # that is split may stay one of its own parts: whoever reviews sees each of its spans.)
            if name in sources and name != move.source:
                raise FramingError(f"{_show(name)} is left by one move and entered by another", "migrate", "Do it in two migrations")


def _every_name(codebook: Codebook) -> set[Name]:
    labels: set[Name] = {(name, None) for name in codebook.label_names}
    return labels | {(question.name, value) for question in codebook.questions for value in question.value_names}


def _show(name: Name) -> str:
    label, value = name
    return label if value is None else f"{label}.{value}"
