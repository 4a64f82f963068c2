"""A batch's answers as the work of a coder: each in its article, each of its quotes in its place, and all that came to nothing counted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from annotate.coders.attempts import AGAIN, CHANGED, STRANGER, TWICE, Attempt, Tally, find_window, sort_windows
from annotate.coders.content import Content
from annotate.coders.quotes import SEVERAL, Found, find_quote
from annotate.coders.replies import ANSWERED, BROKEN, CUT, DAMAGED, FAILED, REFUSED, is_responses, read_replies
from schemas.checks import Rejected
from schemas.codebook import Codebook, Question
from schemas.coders import CoderRows
from schemas.dataset import Dataset
from schemas.errors import printable
from schemas.requests import Asked, index_articles
from schemas.tables import conform

__all__ = ["Responses", "is_responses", "read_responses"]

PLACED, UNLABELLED, INVENTED, AMBIGUOUS, REPEATED = "spans placed", "no such label", "quote not in the text", "quote found twice", "span said twice"
TAKEN, UNKNOWN, LEFT_OUT = "values taken", "no such value", "questions left out"
READ, PARTLY, UNASKED = "articles read", "articles not read in full", "articles not answered"
LOST = "answered, of articles not read in full"
# What there was, each time followed by the parts that it fell into, but for LOST, which were answered, and LEFT_OUT, where there was nothing.
ORDER = (
    *("answers", ANSWERED, REFUSED, CUT, BROKEN, FAILED, AGAIN, TWICE, STRANGER, CHANGED, DAMAGED, LOST, "articles", READ, PARTLY, UNASKED),
    *("spans", PLACED, REPEATED, UNLABELLED, INVENTED, AMBIGUOUS, "values", TAKEN, UNKNOWN, LEFT_OUT),
)
Row = dict[str, Any]
_COLUMNS = {"article_id": pl.String, "label": pl.String, "start": pl.Int64, "end": pl.Int64, "quote": pl.String, "value": pl.String}


@dataclass(frozen=True)
class Responses:
    """`rows`: CoderRows. `counts`: `answers`, and the parts that they fell into; `articles`, `spans` and `values` likewise. `aside`: what was set
    aside, with its reason. `model` and `date`: as the server said last; `tokens_in`, `tokens_out`: of all answers together."""

    rows: pl.DataFrame
    counts: dict[str, int]
    aside: Rejected
    model: str | None = None
    date: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def facts(self) -> dict[str, int]:
        """What a coder's facts have of them: the counts, and the tokens."""
        return self.counts | {"tokens asked": self.tokens_in, "tokens answered": self.tokens_out}


def read_responses(paths: Path | Sequence[Path], dataset: Dataset, name: str, run: int = 1) -> Responses:
    """The answers in one or several output files of batches, as rows of the coder `name`.

    An article is read if there are answers to windows that make up all of it; else nothing is taken of what was said of it. Its spans are those of
    its windows, of which each is looked for in its window only. A question is answered if it is of every window: one of one choice as in most of
    the text, by characters (the earlier answer where two have as much), others with all that was answered anywhere. Where no span was given,
    nothing was marked; where all that were given had to be set aside, nothing is known of spans. FramingError for files that cannot be read, and
    for a dataset without a codebook.
    """
    codebook = dataset.require_codebook(name)
    index = index_articles(dataset.articles, name)
    tally = Tally()
    replies = [reply for path in ([paths] if isinstance(paths, Path) else paths) for reply in read_replies(path)]
    attempts = []
    for reply in replies:
        tally.counts["answers"] += 1
        found = find_window(reply, index, codebook)
        if isinstance(found, str):
            tally.set_aside(found, custom_id=reply.name)
        else:
            attempts.append(found)
    windows = sort_windows(attempts, tally)
    rows = [row for asked in index.values() for row in _read_article(asked, windows.get(asked.article_id, []), codebook, tally)]
    table = pl.DataFrame(rows, schema=_COLUMNS | {"created_at": pl.String})
    told = table.with_columns(annotator=pl.lit(name), origin=pl.lit("import"), run=run, codebook_version=pl.lit(codebook.stamp))
    return Responses(
        conform(told, CoderRows, name).select(CoderRows.column_names()),
        {what: tally.counts[what] for what in ORDER if tally.counts[what] or what == "answers"},
        tally.aside,
        next((reply.model for reply in reversed(replies) if reply.model), None),
        max((reply.created for reply in replies if reply.created), default=None),
        sum(reply.tokens_in for reply in replies),
        sum(reply.tokens_out for reply in replies),
    )


def _read_article(asked: Asked, windows: list[Attempt], codebook: Codebook, tally: Tally) -> Iterator[Row]:
    """The rows of an article, if all of it was answered."""
    for window in windows:
        if window.content is None:
            tally.set_aside(window.reason, article_id=asked.article_id, custom_id=window.name)
        else:
            tally.counts[window.reason] += 1
    answered = [(window, window.content) for window in windows if window.content is not None]
    whole = len(answered) == len(windows) and _make_up(windows, len(asked.text))
    tally.counts.update(["articles", READ if whole else PARTLY if windows else UNASKED])
    if not whole:
        tally.counts[LOST] += len(answered)
        return
    common: Row = {"article_id": asked.article_id, "created_at": max((window.created for window in windows if window.created), default=None)}
    if codebook.labels:
        spans = _say_once([span for window, content in answered for span in _place_spans(window, content, tally)], tally)
        if not any(content.spans for _, content in answered):
            yield common
        yield from (common | span for span in spans)
    for question in codebook.questions:
        yield from (common | {"label": question.name, "value": value} for value in _answer(question, answered, tally))


def _make_up(windows: list[Attempt], length: int) -> bool:
    """Whether the windows are all of the article."""
    if not windows or windows[0].start or windows[-1].end != length:
        return False
    return all(one.end == other.start for one, other in pairwise(windows))


def _place_spans(window: Attempt, content: Content, tally: Tally) -> Iterator[Row]:
    whole = window.asked.text
    text = whole[window.start : window.end]
    for quote, label in content.spans:
        tally.counts["spans"] += 1
        found = find_quote(text, quote) if label is not None else UNLABELLED
        if isinstance(found, Found):
            start, end = window.start + found.start, window.start + found.end
            yield {"label": label, "start": start, "end": end, "quote": whole[start:end]}
        else:
            reason = found if label is None else AMBIGUOUS if found == SEVERAL else INVENTED
            tally.set_aside(reason, article_id=window.asked.article_id, label=label, quote=printable(quote))


def _say_once(spans: list[Row], tally: Tally) -> list[Row]:
    once = {(span["label"], span["start"], span["end"]): span for span in spans}
    tally.counts[PLACED] += len(once)
    tally.counts[REPEATED] += len(spans) - len(once)
    return list(once.values())


def _answer(question: Question, answered: list[tuple[Attempt, Content]], tally: Tally) -> list[str]:
    """What is answered of the article; nothing if one of its windows did not answer."""
    characters: Counter[str] = Counter()
    complete = True
    for window, content in answered:
        if question.name not in content.values:
            tally.counts[LEFT_OUT] += 1
            complete = False
            continue
        known, unknown = content.values[question.name]
        tally.counts["values"] += len(known) + len(unknown)
        tally.counts[TAKEN] += len(known)
        for value in unknown:
            tally.set_aside(UNKNOWN, article_id=window.asked.article_id, label=question.name, value=value)
        complete = complete and (bool(known) or question.choice == "multiple")
        characters.update(dict.fromkeys(known, window.end - window.start))
    if not complete:
        return []
    # The first of those that are as long is the one of the earliest window.
    return [max(characters, key=lambda value: characters[value])] if question.choice == "single" else list(characters)
