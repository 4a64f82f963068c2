"""What each annotator made of an article, for formats of other annotation tools."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from exports.formats.material import Losses, Row, Rows, Work, split_by_annotator
from schemas.tables import plain

__all__ = ["Reading", "list_columns", "read_articles"]


@dataclass(frozen=True)
class Reading:
    """One annotator's reading of an article; gold if `annotator` is None. `marked` says whether the spans are known: there are some, or a
    row says that nothing was marked."""

    annotator: str | None
    spans: list[Row]
    answers: list[Row]
    marked: bool

    @property
    def categories(self) -> list[str]:
        """The answers as names without a question, as score columns have them."""
        return [f"{row['label']}_{row['value']}" for row in self.answers]


def read_articles(work: Work) -> Iterator[tuple[Row, list[Reading]]]:
    """Every article with its readings: annotators by name, and gold last."""
    annotations, gold = Rows(work.annotations), Rows(work.gold)
    for article in work.articles.iter_rows(named=True):
        made: list[tuple[str | None, list[Row]]] = [*split_by_annotator(annotations.of(article["article_id"]))]
        if decided := gold.of(article["article_id"]):
            made.append((None, decided))
        yield article, [_read(annotator, rows, work.losses) for annotator, rows in made]


def list_columns(article: Row, taken: Collection[str], losses: Losses) -> dict[str, Any]:
    """The article's cells that hold something, as JSON has them; those under a name that the format has taken are left out."""
    cells = {name: plain(value) for name, value in article.items() if name not in ("article_id", "text")}
    found = {name: value for name, value in cells.items() if value is not None}
    losses["cells of columns whose name the format keeps for itself, left out"] += len(found.keys() & set(taken))
    return {name: value for name, value in found.items() if name not in taken}


def _read(annotator: str | None, rows: list[Row], losses: Losses) -> Reading:
    spans = [row for row in rows if row["start"] is not None]
    answers = [row for row in rows if row["value"] is not None]
    nothing = len(spans) + len(answers) < len(rows)
    losses["readings with spans that also say that nothing was marked, which is left out"] += bool(spans) and nothing
    return Reading(annotator, spans, answers, bool(spans) or nothing)
