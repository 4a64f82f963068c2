"""Any number of articles to a folder of scores, part by part: in bounded memory, by many workers, and never twice."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from classifiers.features.pages import Pages
from classifiers.model.model import Model
from classifiers.scoring.admission import Admitted, Languages, admit, nothing_left
from classifiers.scoring.checkpoints import Parts, open_parts
from classifiers.scoring.readability import syllable_source
from classifiers.scoring.workers import Workers, know_pages, open_workers, score_articles
from schemas.checks import Rejected
from schemas.errors import FramingError
from schemas.text.aliases import digest_actors

__all__ = ["LONGEST", "PART", "Archived", "Portion", "score_archive"]

# Characters of text in a part, less than a second of work; and the longest text that is scored, a thousand pages: memory grows
# with both.
PART, LONGEST = 2_000_000, 2_000_000
# Of the rows that were set aside, run.json names the first; all are in rejected.jsonl.
NAMED = 100


class Portion(Protocol):
    """Some articles of many, what was set aside on the way to them, how many rows there were, and how far the input is read."""

    articles: pl.DataFrame
    rejected: Rejected
    rows: int
    position: int


Sifted = tuple[Portion, Admitted]


@dataclass(frozen=True)
class Archived:
    """What came of a run. `rejected`: rows that could not be scored; `unpaired`: articles with quotation marks that have no partner;
    `foreign`: how many articles of each language were set aside for it; `resumed`: parts of an earlier run were there; `afresh`: those of
    another input or model were not used."""

    articles: int
    spans: int
    rejected: int
    unpaired: int
    foreign: Mapping[str, int]
    resumed: bool
    afresh: bool


def score_archive(
    model: Model,
    read: Callable[[], Iterable[Portion]],
    folder: Path,
    *,
    inputs: Mapping[str, str],
    facts: Mapping[str, Any],
    workers: int = 1,
    cluster: str | None = None,
    any_language: bool = False,
    replace: bool = False,
    progress: Callable[[int], None] = lambda position: None,
) -> Archived:
    """Score what `read` gives, from its beginning each time it is called, and write the score folder. The actors are those of the model's
    codebook.

    Articles in languages that the model has not learned from are set aside, unless `any_language`.
    `inputs` are digests of what is read, and with `facts` go into run.json. A run that was stopped goes on where it was, and
    ends with the same bytes; with other inputs, facts or another model it starts afresh. The scores of
    such another run that was finished are replaced only if `replace` says so. `progress` is told positions.
    """
    plan: dict[str, Any] = {
        "model": model.digest,
        "actors": digest_actors(model.codebook.actors),
        "inputs": dict(inputs),
        **facts,
        "any_language": any_language,
        "syllables": syllable_source(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in ("framing-toolkit", "polars", "numpy", "textstat")},
    }

    def sift() -> Iterator[Sifted]:
        for portion in read():
            yield portion, admit(model, portion.articles, any_language=any_language)

    with open_parts(folder, plan, replace=replace) as parts:
        if not parts.complete:
            with open_workers(model, workers, cluster) as crew:
                pages = _know_shared(crew, sift, progress) if model.looks_at_pages else Pages()
                counts, languages = _score(crew, parts, sift, pages, progress)
            if languages.set_aside and not counts["rows_out"]:
                raise nothing_left(languages.to_dict()["set_aside"], model, ", ".join(inputs))
            if not counts["rows_out"]:
                raise FramingError("no article with text was found", ", ".join(inputs), "Check the files, and --text-column for tables")
            parts.finish(plan | counts | {"languages": languages.to_dict(), "readability": languages.formulas(model)})
        run = parts.publish()
    foreign = run["languages"]["set_aside"]
    rejected = run["rows_refused"] - sum(foreign.values())
    return Archived(run["rows_out"], run["spans"], rejected, run["unpaired_articles"], foreign, parts.resumed, parts.afresh)


def _score(
    crew: Workers, parts: Parts, sift: Callable[[], Iterable[Sifted]], pages: Pages, progress: Callable[[int], None]
) -> tuple[dict[str, Any], Languages]:
    """Write the parts that are missing; what run.json says of the rows, and their languages."""
    rows = refused = 0
    languages = Languages()
    named: Rejected = []

    def missing() -> Iterator[tuple[int, tuple[pl.DataFrame, Pages]]]:
        nonlocal rows, refused
        for number, (portion, admitted) in enumerate(sift()):
            articles, rejected = admitted.articles, [*portion.rejected, *admitted.rejected]
            rows, refused = rows + portion.rows, refused + len(rejected)
            named.extend(rejected[: NAMED - len(named)])
            languages.add(admitted.languages)
            parts.reject(rejected)
            # A portion may hold nothing, and then it is no part.
            if articles.height and not parts.has(number):
                yield number, (articles, pages.only(articles["url"]))
            progress(portion.position)

    for number, scores in crew.run(score_articles, missing()):
        parts.write(number, scores)
    counts = parts.count()
    rows_of = {"rows_in": rows, "rows_out": counts.articles, "rows_refused": refused, "refused": named}
    return rows_of | {"spans": counts.spans, "unpaired_articles": counts.unpaired}, languages


def _know_shared(crew: Workers, sift: Callable[[], Iterable[Sifted]], progress: Callable[[int], None]) -> Pages:
    """What is known of the pages that several articles are parts of: found in one reading of all, looked at in another."""
    hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *(_addresses(admitted.articles) for _, admitted in sift())])
    addresses, counts = np.unique(hashes, return_counts=True)
    shared, pages = addresses[(counts > 1) & (addresses > 0)], Pages()
    if not len(shared):
        return pages

    def jobs() -> Iterator[tuple[int, tuple[pl.DataFrame]]]:
        for number, (portion, admitted) in enumerate(sift()):
            some = admitted.articles.filter(np.isin(_addresses(admitted.articles), shared))
            if some.height:
                yield number, (some,)
            progress(portion.position)

    for _, some in crew.run(know_pages, jobs()):
        pages.add_all(some)
    return pages


def _addresses(articles: pl.DataFrame) -> NDArray[np.uint64]:
    """A hash for each article's address, 0 where there is none."""
    return articles.select(pl.when(pl.col("url").fill_null("") != "").then(pl.col("url").hash()).otherwise(0)).to_series().to_numpy()
