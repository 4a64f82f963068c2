"""The plan of a change of the codebook: what becomes of each name, as somebody writes it on a command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from schemas.codebook import Attribute, Codebook, Question
from schemas.errors import FramingError

__all__ = ["Move", "Moved", "Name", "Plan", "every_name", "make_plan", "refuse_headlines", "show_name"]

# A label, or an attribute whose values are words; or a question or attribute and one of its values.
Name = tuple[str, str | None]


class Move(BaseModel):
    """What becomes of a label, or of an answer (`label` is its question, `value` the answer): one name in `targets` for rename
    and merge, several for a split that somebody has to review (the first is taken until then), none for a drop. An attribute moves as a question
    does if its values are to choose from, else as a label does."""

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

    @property
    def review(self) -> list[str] | None:
        """The names to choose from, if somebody has to."""
        return [show_name(name) for name in self.destinations] if len(self.targets) > 1 else None

    def __str__(self) -> str:
        name = show_name(self.source)
        if not self.targets:
            return f"drop {name}"
        if self.review:
            return f"split {name}, to review: {' or '.join(self.review)} (the first until then)"
        return f"{name} -> {show_name(self.destinations[0])}"


class Moved(NamedTuple):
    """What a row says afterwards (nothing, if it is dropped), and the move that it makes itself: None of an attribute whose span alone moves."""

    label: str | None
    attribute: str | None
    value: str | None
    move: Move | None


class Plan(BaseModel):
    """The moves from one codebook to the next. Doing it twice changes nothing more: no name is both left and entered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    old: Codebook
    new: Codebook
    moves: tuple[Move, ...]

    def move_of(self, label: str | None, value: str | None) -> Move | None:
        """The move of a span of this label, or of an answer; None if it stays as it is."""
        return next((move for move in self.moves if move.source == (label, value)), None)

    def move_row(self, label: str | None, attribute: str | None, value: str | None) -> Moved | None:
        """What becomes of a row; None if it stays as it is. An attribute goes wherever its span goes, and may move by itself."""
        if attribute is None:
            move = self.move_of(label, value)
            return Moved(move.arrival[0], None, move.arrival[1], move) if move else None
        own, span = self._move_attribute(attribute, value), self.move_of(label, None)
        if own is None and span is None:
            return None
        label = span.arrival[0] if span else label
        attribute, chosen = own.arrival if own else (attribute, None)
        if label is None or attribute is None:
            return Moved(None, None, None, own)
        return Moved(label, attribute, value if chosen is None else chosen, own)

    def name_of(self, label: str, attribute: str | None, value: str | None) -> Name:
        """What a row says by itself, as moves and people name it."""
        if attribute is None:
            return label, value
        asked = self.old.attribute(attribute) or self.new.attribute(attribute)
        return attribute, value if asked is None or asked.values else None

    def _move_attribute(self, attribute: str, value: str | None) -> Move | None:
        asked = self.old.attribute(attribute)
        return self.move_of(attribute, value if asked.values else None) if asked else None


def make_plan(old: Codebook, new: Codebook, renames: Sequence[str], merges: Sequence[str], splits: Sequence[str], drops: Sequence[str]) -> Plan:
    """A plan from what is written on a command line: OLD=NEW, A,B=NEW, OLD=A,B and OLD.

    A name is that of a label, of a question or attribute, or of one of their values: question.answer. Raises FramingError for a name that its
    codebook lacks, for two moves of one name, and for a name that would be left and entered at once.
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


def refuse_headlines(plan: Plan, project: str) -> None:
    """Raise FramingError if annotators of one codebook mark headlines, and those of the other do not: in a project the offsets of annotations count
    in what is shown, and nobody can have read there what was not."""
    if plan.old.headlines != plan.new.headlines:
        what = "marks headlines, too" if plan.new.headlines else "does not mark headlines"
        raise FramingError(f"{plan.new.stamp} {what}, and its annotators were shown another text", project, "Push to a project of another title")


def every_name(codebook: Codebook) -> set[Name]:
    """All that moves may name."""
    names: set[Name] = {(name, None) for name in codebook.label_names}
    names |= {(one.name, None) for one in codebook.attributes if not one.values}
    names |= {(one.name, value) for one in codebook.attributes for value in one.value_names}
    return names | {(question.name, value) for question in codebook.questions for value in question.value_names}


def show_name(name: Name) -> str:
    label, value = name
    return label if value is None else f"{label}.{value}"


def _halves(text: str, option: str, form: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (left.strip() and sign and right.strip()):
        raise FramingError(f"{text!r} is not {form}", option)
    return left.strip(), right.strip()


def _names(text: str, codebook: Codebook) -> list[str]:
    """The names in a list with commas. A name may hold commas itself: the longest that the codebook has is taken."""
    known = {show_name(name) for name in every_name(codebook)} | {name for asked in _asked(codebook) for name in (asked.name, *asked.value_names)}
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
    elif (asked := _find_asked(old, source)) is not None:
        yield from _move_asked(asked, new, targets, option)
    else:
        yield _move_answer(old, new, source, targets, option)


def _move_asked(asked: Question | Attribute, new: Codebook, targets: tuple[str, ...], option: str) -> Iterator[Move]:
    """The question or attribute itself: each answer goes along under its own name."""
    if len(targets) > 1:
        what = "a question" if isinstance(asked, Question) else "an attribute"
        raise FramingError(f"{asked.name!r} is {what}, and only labels and answers are split", option, f"Split its answers, as {asked.name}.answer")
    _refuse_unknown(set(targets) - {known.name for known in _asked(new) if type(known) is type(asked)}, new, option)
    successor = _find_asked(new, targets[0]) if targets else None
    if not asked.values:
        # Whatever words there are.
        yield Move(label=asked.name, targets=targets)
    for value in asked.value_names:
        if successor is None or not successor.values or value in successor.value_names:
            yield Move(label=asked.name, value=value, question=targets[0] if targets else None, targets=(value,) if targets else ())


def _move_answer(old: Codebook, new: Codebook, source: str, targets: tuple[str, ...], option: str) -> Move:
    answer = _find_answer(old, source)
    if answer is None:
        todo = "Name a label, a question, an attribute, or question.answer"
        raise FramingError(f"codebook {old.stamp} has no {source!r}", option, todo)
    kind = type(_find_asked(old, answer[0]))
    found = {target: _find_answer(new, target, kind) or _find_answer(new, f"{answer[0]}.{target}", kind) for target in targets}
    _refuse_unknown({target for target, name in found.items() if name is None}, new, option)
    arrivals = [name for name in found.values() if name is not None]
    if len({name for name, _ in arrivals}) > 1:
        raise FramingError(f"{source!r} cannot be split among questions", option, "Name answers of one question")
    return Move(label=answer[0], value=answer[1], question=arrivals[0][0] if arrivals else None, targets=tuple(value for _, value in arrivals))


def _asked(codebook: Codebook) -> tuple[Question | Attribute, ...]:
    return (*codebook.questions, *codebook.attributes)


def _find_asked(codebook: Codebook, name: str) -> Question | Attribute | None:
    return codebook.question(name) or codebook.attribute(name)


def _find_answer(codebook: Codebook, text: str, kind: type | None = None) -> tuple[str, str] | None:
    """The question or attribute (that `kind`, if one is given) and value that are written question.answer; both may hold dots."""
    answers = ((asked.name, value) for asked in _asked(codebook) if type(asked) is (kind or type(asked)) for value in asked.value_names)
    return next((name for name in answers if show_name(name) == text), None)


def _refuse_unknown(names: Iterable[str], codebook: Codebook, option: str) -> None:
    for name in sorted(names):
        raise FramingError(f"codebook {codebook.stamp} has no {name!r}", option, "The new name is that of the new codebook")


def _refuse_conflicts(moves: Sequence[Move]) -> None:
    sources = [move.source for move in moves]
    for name in sources:
        if sources.count(name) > 1:
            raise FramingError(f"two moves leave {show_name(name)}", "migrate", "Say once what becomes of it")
    for move in moves:
        for name in move.destinations:
            # Else a migration that was interrupted could not be told from one that was not: the name would mean both. (A label
            # that is split may stay one of its own parts: whoever reviews sees each of its spans.)
            if name in sources and name != move.source:
                raise FramingError(f"{show_name(name)} is left by one move and entered by another", "migrate", "Do it in two migrations")
