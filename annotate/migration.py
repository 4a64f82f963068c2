"""A change of the codebook, carried through everything that was made with the old one: rename, merge, split, drop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl
from pydantic import BaseModel, ConfigDict

from schemas.codebook import Codebook
from schemas.errors import FramingError

__all__ = ["Move", "Plan", "describe_plan", "make_plan", "migrate_rows", "refuse_orphans"]

Name = tuple[str, str | None]


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
    """Raise FramingError if rows have a label or answer that the new codebook lacks and no move takes somewhere."""
    known = _every_name(plan.new)
    for label, value, count in rows.drop_nulls("label").group_by("label", "value").len().sort("label", "value").iter_rows():
        if plan.move_of(label, value) is None and (label, value) not in known:
            raise FramingError(
                f"{count} rows have {_show((label, value))}, which {plan.new.stamp} does not have: they would be orphaned",
                where,
                f"Say what becomes of it: --rename, --merge, --split or --drop {_show((label, value))}",
            )


def describe_plan(plan: Plan, rows: pl.DataFrame) -> list[str]:
    """A line for each move, with how many rows it moves, and one for each name that is new or leaves unused."""
    counts = {(label, value): count for label, value, count in rows.drop_nulls("label").group_by("label", "value").len().iter_rows()}
    lines = [f"{move}: {counts.get(move.source, 0)} rows" for move in plan.moves]
    moved = {move.source for move in plan.moves}
    entered = {name for move in plan.moves for name in move.destinations}
    lines += [f"{_show(name)} leaves the codebook unused" for name in sorted(_every_name(plan.old) - _every_name(plan.new) - moved, key=str)]
    return lines + [f"{_show(name)} is new" for name in sorted(_every_name(plan.new) - _every_name(plan.old) - entered, key=str)]


def migrate_rows(rows: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    """Annotations or gold with every move made, and what was done to each row that moved: before, after, and whether it is to
    be reviewed. Who loses the last span by a drop has read the article and marked nothing."""
    kept: list[dict[str, object]] = []
    audit: list[dict[str, object]] = []
    who = [name for name in ("article_id", "annotator") if name in rows.columns]
    for row in rows.iter_rows(named=True):
        move = plan.move_of(row["label"], row["value"])
        after = row if move is None else _moved(row, move)
        if after is not None and after not in kept[-50:]:
            kept.append(after)
        elif after is None and row["start"] is not None:
            kept.append(row | dict.fromkeys(("label", "start", "end", "quote", "value")))
        if move is not None:
            audit.append(audit_row(row, move))
    table = pl.DataFrame(kept, schema=rows.schema)
    if "codebook_version" in table.columns:
        table = table.with_columns(codebook_version=pl.lit(plan.new.stamp))
    empty = pl.col("label").is_null()
    spans = table.filter(pl.col("start").is_not_null()).select(who).unique()
    needed = table.filter(empty).join(spans, on=who, how="anti").unique(who, keep="first", maintain_order=True)
    return pl.concat([table.filter(~empty), needed]), audit


def audit_row(row: dict[str, object], move: Move) -> dict[str, object]:
    """What a move does to a row, for the record."""
    after = _moved(row, move)
    facts = {name: row.get(name) for name in ("article_id", "annotator", "annotation_id", "start", "end", "quote")}
    return facts | {
        "label": row["label"],
        "value": row["value"],
        "label_after": after["label"] if after else None,
        "value_after": after["value"] if after else None,
        "review": [_show(name) for name in move.destinations] if len(move.targets) > 1 else None,
    }


def _moved(row: dict[str, object], move: Move) -> dict[str, object] | None:
    if not move.targets:
        return None
    label, value = move.destinations[0]
    return row | {"label": label, "value": value}


def _halves(text: str, option: str, form: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (left.strip() and sign and right.strip()):
        raise FramingError(f"{text!r} is not {form}", option)
    return left.strip(), right.strip()


def _names(text: str, codebook: Codebook) -> list[str]:
    # A name may hold a comma itself.
    return [text] if text in codebook.label_names else [part.strip() for part in text.split(",") if part.strip()]


def _moves(old: Codebook, new: Codebook, source: str, targets: tuple[str, ...], option: str) -> Iterator[Move]:
    if source in old.label_names:
        _refuse_unknown(set(targets) - set(new.label_names), new, option)
        yield Move(label=source, targets=targets)
    elif (question := old.question(source)) is not None:
        # The question itself: each answer goes along under its own name.
        successor = new.question(targets[0]) if targets else None
        _refuse_unknown(set(targets) - {known.name for known in new.questions}, new, option)
        for value in question.value_names:
            if successor is None or value in successor.value_names:
                yield Move(label=source, value=value, question=targets[0] if targets else None, targets=(value,) if targets else ())
    else:
        question_name, _, value = source.partition(".")
        question = old.question(question_name)
        if question is None or value not in question.value_names:
            raise FramingError(f"codebook {old.stamp} has no {source!r}", option, "Name a label, a question, or question.answer")
        plain = tuple(target.removeprefix(f"{question_name}.") for target in targets)
        known = new.question(question_name)
        _refuse_unknown(set(plain) - set(known.value_names if known else ()), new, option)
        yield Move(label=question_name, value=value, targets=plain)


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
            # Else a migration that was interrupted could not be told from one that was not: the name would mean both.
            if name in sources:
                raise FramingError(f"{_show(name)} is left by one move and entered by another", "migrate", "Do it in two migrations")


def _every_name(codebook: Codebook) -> set[Name]:
    labels: set[Name] = {(name, None) for name in codebook.label_names}
    return labels | {(question.name, value) for question in codebook.questions for value in question.value_names}


def _show(name: Name) -> str:
    label, value = name
    return label if value is None else f"{label}.{value}"
