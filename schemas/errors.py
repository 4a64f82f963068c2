"""The one error a user is meant to see."""

from __future__ import annotations

__all__ = ["FramingError", "printable"]


def printable(text: str, limit: int = 200) -> str:
    """One safe line: control characters escaped, long text cut.

    Names of files, labels and articles are other people's strings, and a terminal obeys escape sequences.
    """
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


class FramingError(Exception):
    """Something a user can mend. Raised anywhere below, printed once, as one line, by the front door.

    `what` went wrong, `where` (a path, an address, an article) and what `todo` about it.
    """

    def __init__(self, what: str, where: object = None, todo: str | None = None) -> None:
        self.what = what
        self.where = None if where is None else str(where)
        self.todo = todo
        super().__init__(what)

    def __str__(self) -> str:
        line = self.what if self.where is None else f"{self.where}: {self.what}"
        return printable(f"{line}. {self.todo}" if self.todo else line, limit=600)
