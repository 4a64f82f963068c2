"""What became of each file that was read: numbers that add up, and what was guessed and cleaned on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from schemas.wording import count, enumerate_some

__all__ = ["FileRecord", "Reading"]

TWICE = "articles that were there twice, kept once"
# Files of which each is named in reading.json though nothing is to be said of it; and names in one line that is printed.
MOST_NAMED, MOST_SAID = 10_000, 3


@dataclass(slots=True)
class FileRecord:
    """One file. `rows` are those that were met; each of them is an article, was there before (`twice`), or was set aside with a reason.
    `skipped` says why a file was not read at all."""

    name: str
    kind: str = ""
    rows: int = 0
    articles: int = 0
    twice: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    guesses: list[str] = field(default_factory=list)
    cleaned: Counter[str] = field(default_factory=Counter)
    skipped: str | None = None

    def guess(self, what: str) -> None:
        """Say what was taken for what, in words a reader of the file understands; once."""
        if what not in self.guesses:
            self.guesses.append(what)

    def clean(self, what: str, count: int = 1) -> None:
        """Count what was changed in or taken off a text, in the plural: "HTML entities decoded"."""
        if count:
            self.cleaned[what] += count

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say but how many rows there were."""
        return not (self.set_aside or self.guesses or self.cleaned or self.twice or self.skipped)

    def to_dict(self) -> dict[str, Any]:
        facts = {"name": self.name, "kind": self.kind, "rows": self.rows, "articles": self.articles, "twice": self.twice}
        told = {"set_aside": dict(self.set_aside), "guesses": self.guesses, "cleaned": dict(self.cleaned)}
        return facts | told | ({"skipped": self.skipped} if self.skipped else {})


@dataclass
class Reading:
    """All files of a command."""

    files: list[FileRecord] = field(default_factory=list)
    # What the files that are not named have together, and how many they are.
    others: FileRecord = field(default_factory=lambda: FileRecord("other files"))
    unnamed: int = 0
    # What was changed when all had been read.
    cleaned: Counter[str] = field(default_factory=Counter)

    def open(self, name: str, kind: str) -> FileRecord:
        """The record of the next file."""
        if len(self.files) > MOST_NAMED and self.files[-1].is_plain:
            last, self.unnamed = self.files.pop(), self.unnamed + 1
            self.others.rows, self.others.articles = self.others.rows + last.rows, self.others.articles + last.articles
        self.files.append(FileRecord(name, kind))
        return self.files[-1]

    def skip(self, name: str, kind: str, why: str) -> None:
        self.files.append(FileRecord(name, kind, skipped=why))

    def total(self, name: Literal["rows", "articles", "twice"]) -> int:
        return sum(int(getattr(record, name)) for record in (*self.files, self.others))

    def gather(self, name: Literal["set_aside", "cleaned"]) -> Counter[str]:
        return sum((getattr(record, name) for record in self.files), Counter(self.cleaned if name == "cleaned" else ()))

    def to_dict(self) -> dict[str, Any]:
        """What reading.json holds: rows are articles, rows that were there twice and rows that were set aside."""
        skipped = [record for record in self.files if record.skipped]
        found, aside = len(self.files) + self.unnamed, self.gather("set_aside")
        return {
            "files_found": found,
            "files_read": found - len(skipped),
            "files_skipped": len(skipped),
            "rows": self.total("rows"),
            "articles": self.total("articles"),
            "twice": self.total("twice"),
            "rows_set_aside": sum(aside.values()),
            "set_aside": dict(aside),
            "cleaned": dict(self.gather("cleaned")),
            "files": [record.to_dict() for record in (*self.files, *([self.others] if self.unnamed else []))],
        }

    def notices(self) -> list[str]:
        """The same in short: what a user should know."""
        skipped = _group((record.skipped, record.name) for record in self.files if record.skipped)
        guesses = _group((guess, record.name) for record in self.files for guess in record.guesses)
        return [
            *(f"{count(len(names), 'file')} not read, {why}: {enumerate_some(names, MOST_SAID)}" for why, names in skipped.items()),
            *(f"{enumerate_some(names, MOST_SAID)}: {guess}" for guess, names in guesses.items()),
            *(f"{what}: {number}" for what, number in self.gather("cleaned").items()),
            *([f"{TWICE}: {self.total('twice')}"] if self.total("twice") else []),
        ]


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for key, name in pairs:
        grouped.setdefault(key, []).append(name)
    return grouped
