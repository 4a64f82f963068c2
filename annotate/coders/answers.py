"""Answers as models word them, and the codebook's name for each: by the user's map, by spelling, or standing alone among other words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from annotate.coders.quotes import TORN
from schemas.codebook import Attribute, Codebook, Question
from schemas.text.canonical import are_storable, canonicalise

__all__ = ["FOREIGN", "NEGATED", "SEVERAL", "TOO_LONG", "UNANSWERED", "Names", "Understood", "fold"]

# Why there is no value.
UNANSWERED = "unanswered"
FOREIGN, NEGATED = "the answer names no value of the codebook", "the answer denies the value that it names"
SEVERAL, TOO_LONG = "the answer names several values", "the answer is too long to be one"
_NOTHING = frozenset({"", "na", "nan", "null", "none", "unanswered", "noanswer"})
# Words that deny what stands beside them; `non` and `not` are one word to the names of values.
_DENYING = """no non never neither nor without hardly cannot isn aren wasn weren doesn don didn ain nicht kein keine nie weder ne pas jamais sans
nunca ni sin nem sem né nessun niet geen nooit ani не нет ни"""
_DENIALS = frozenset(_DENYING.split())
# How far a denial reaches: words before a name and behind it, in one sentence.
_BEFORE, _BEHIND = 3, 2
# Names that are words of any text. They are an answer only where they begin or end it.
_USUAL, _SHORT = frozenset({"other", "others", "none", "all", "some", "mixed"}), 3
# Characters of an answer in words.
_LONGEST = 4_000
_PARTS = re.compile(r"[;|\n]")
_WORDS = re.compile(r"[^\W_]+|[.!;\n]")
_STOPS = frozenset(".!;\n")


class Understood(NamedTuple):
    """The values that were named; or why none (UNANSWERED, FOREIGN, NEGATED, SEVERAL, TOO_LONG)."""

    values: tuple[str, ...]
    reason: str | None = None


class Names:
    """The codebook's names, and what is read as one of them. `renames`: the user's map, of what is written to names."""

    def __init__(self, codebook: Codebook, renames: Mapping[str, str]) -> None:
        self.codebook = codebook
        self.renames = dict(renames) | {fold(old): new for old, new in renames.items() if fold(old)}
        self._labels = _by_spelling(codebook.label_names)
        self._questions = _by_spelling(question.name for question in codebook.questions)
        self._attributes = _by_spelling(attribute.name for attribute in codebook.attributes)
        self._actors = _by_spelling(actor.name for actor in codebook.actors)
        asked: tuple[Question | Attribute, ...] = (*codebook.questions, *codebook.attributes)
        self._values = {one.name: _by_spelling(one.value_names) for one in asked}
        self._understood: dict[tuple[str, tuple[str, ...]], Understood] = {}

    def label(self, written: str) -> str | None:
        """The label that is meant, if that is one."""
        name = self._rename(written)
        return name if name in self.codebook.label_names else self._labels.get(fold(name))

    def question(self, written: str) -> Question | None:
        """The question that is meant, if that is one."""
        name = self._rename(written)
        return self.codebook.question(name) or self.codebook.question(self._questions.get(fold(name), ""))

    def attribute(self, written: str) -> Attribute | None:
        """The attribute of spans that is meant, if that is one."""
        name = self._rename(written)
        return self.codebook.attribute(name) or self.codebook.attribute(self._attributes.get(fold(name), ""))

    def understand(self, question: Question | Attribute, *written: str) -> Understood:
        """What an answer to the question, or about the attribute, in one text or in several, names: one value, or some where several may be given.
        Of actors and words it is what was written, an actor of the codebook by its name there."""
        if (question.name, written) not in self._understood:
            free = isinstance(question, Attribute) and question.kind != "choice"
            found = _join(self._take_words(question.name, one) if free else self._understand(question, one) for one in written)
            if question.choice == "single" and len(found.values) > 1:
                found = Understood((), SEVERAL)
            self._understood[question.name, written] = found
        return self._understood[question.name, written]

    def _take_words(self, attribute: str, written: str) -> Understood:
        if not are_storable([written]):
            return Understood((), TORN)
        words = " ".join(canonicalise(written).text.split())
        if fold(words) in _NOTHING:
            return Understood((), UNANSWERED)
        asked = self.codebook.attribute(attribute)
        name = self._actors.get(fold(self._rename(words))) if asked is not None and asked.kind == "actor" else None
        return Understood((), TOO_LONG) if len(words) > _LONGEST else Understood((name or words,))

    def _understand(self, question: Question | Attribute, written: str) -> Understood:
        if (value := self._spelt(question, written)) is not None:
            return Understood((value,))
        if fold(written) in _NOTHING:
            return Understood((), UNANSWERED)
        if question.choice == "multiple" and (parts := self._split(question, written)):
            return self.understand(question, *parts)
        return Understood((), TOO_LONG) if len(written) > _LONGEST else self._search(question, written)

    def _spelt(self, question: Question | Attribute, written: str) -> str | None:
        """The value whose name this is, but for case, punctuation and hyphens."""
        name = self._rename(written)
        return name if name in question.value_names else self._values[question.name].get(fold(name))

    def _split(self, question: Question | Attribute, written: str) -> list[str]:
        """The parts of a list; at commas only where each part is a value, for prose has commas, too."""
        parts = [part.strip() for part in _PARTS.split(written) if part.strip()]
        if len(parts) > 1:
            return parts
        parts = [part.strip() for part in written.split(",") if part.strip()]
        return parts if len(parts) > 1 and all(self._spelt(question, part) is not None for part in parts) else []

    def _search(self, question: Question | Attribute, written: str) -> Understood:
        """The one value that is named among other words, the longest name first, if nothing beside it denies it."""
        words = list(_split_words(written))
        taken, named, denied = [False] * len(words), set[str](), False
        names = [(list(_split_words(value)), value) for value in self._values[question.name].values()]
        for name, value in sorted(names, key=lambda pair: -len(pair[0])):
            for at in _find_all(words, name):
                if any(taken[at : at + len(name)]) or not _stands_out(words, at, name):
                    continue
                taken[at : at + len(name)] = [True] * len(name)
                named.add(value)
                denied |= _is_denied(words, at, len(name))
        if len(named) == 1:
            return Understood((), NEGATED) if denied else Understood((named.pop(),))
        return Understood((), SEVERAL if named else FOREIGN)

    def _rename(self, written: str) -> str:
        tidy = unicodedata.normalize("NFC", written).strip()
        return self.renames.get(tidy, self.renames.get(fold(tidy), tidy))


def fold(name: str) -> str:
    """What of a name counts: its letters and figures, in small letters; `not` is `non`."""
    return "".join(word for word in _split_words(name) if word not in _STOPS)


def _by_spelling(names: Iterable[str]) -> dict[str, str]:
    """Names by what counts of them; without those of which nothing counts, and those of which it is another's, too."""
    spelt = [(fold(name), name) for name in names]
    counts = Counter(spelling for spelling, _ in spelt)
    return {spelling: name for spelling, name in spelt if spelling and counts[spelling] == 1}


def _split_words(text: str) -> Iterator[str]:
    for word in _WORDS.findall(unicodedata.normalize("NFKC", text).casefold()):
        yield "non" if word == "not" else word


def _find_all(words: list[str], name: list[str]) -> Iterator[int]:
    for at in range(len(words) - len(name) + 1):
        if words[at : at + len(name)] == name:
            yield at


def _stands_out(words: list[str], at: int, name: list[str]) -> bool:
    """Whether a name is one here, and not just a word of the text."""
    usual = len(name) == 1 and (len(name[0]) <= _SHORT or name[0] in _USUAL)
    return not usual or all(word in _STOPS for word in words[:at]) or all(word in _STOPS for word in words[at + 1 :])


def _is_denied(words: list[str], at: int, length: int) -> bool:
    for word in reversed(words[max(at - _BEFORE, 0) : at]):
        if word in _STOPS:
            break
        if word in _DENIALS:
            return True
    for word in words[at + length : at + length + _BEHIND]:
        if word in _STOPS:
            break
        if word in _DENIALS:
            return True
    return False


def _join(parts: Iterable[Understood]) -> Understood:
    """Several answers as one: what is unclear of one is unclear of all."""
    found = list(parts)
    if reason := next((part.reason for part in found if part.reason not in (None, UNANSWERED)), None):
        return Understood((), reason)
    values = tuple(dict.fromkeys(value for part in found for value in part.values))
    return Understood(values) if values else Understood((), UNANSWERED)
