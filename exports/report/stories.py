"""Stories that several outlets tell, each in its own words: how loaded the words of each are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from exports.means import UNKNOWN, total_density
from exports.report.figures import Figure, Row, Section, Table, lead, rounded
from exports.report.findings import PER_WORDS
from schemas.codebook import Codebook
from schemas.wording import count

__all__ = ["Telling", "find_stories", "show_stories"]

# Cosine of two articles from which on they tell one story. Chosen by the titles of what it finds: all 7 stories of the sample, and 9 of PolNeAR's 840
# articles of seven outlets, of which two have but a topic in common. Below it such pairs are many; without dates there are some up to .4.
ALIKE, ALIKE_UNDATED = 0.3, 0.4
# Days that articles of one story are apart.
NEAR = 14
# Of fewer texts nobody can say which words are common; words of a larger share of all texts tell no stories apart.
FEWEST, COMMON = 20, 0.3
BATCH, MOST_SHOWN, LONGEST = 500, 20, 80


class Telling(NamedTuple):
    """An article that tells a story, by its place in the table."""

    place: int
    article_id: str
    outlet: str
    title: str
    density: float


def find_stories(articles: pl.DataFrame) -> list[list[Telling]]:
    """The stories that two outlets or more tell, the one whose outlets differ most first, each as the first article and the one most like it of each
    other outlet; an article is in one story at most.

    `articles`: article_id, outlet, title, day, text, density. Articles are alike by the cosine of their words' tf-idf (Salton and Buckley 1988,
    Information Processing and Management 24, pp. 513-523).
    """
    tellings = [Telling(place, *row) for place, row in enumerate(articles.select("article_id", "outlet", "title", "density").iter_rows())]
    alike = _compare(articles["text"].to_list(), articles["day"].to_list(), [one.outlet for one in tellings])
    told, stories = set[int](), []
    for first in articles.with_row_index("place").sort("day", "place", nulls_last=True)["place"]:
        if first in told:
            continue
        story = {tellings[first].outlet: first}
        for other, _ in sorted(alike[first].items(), key=lambda item: (-item[1], item[0])):
            if other not in told:
                story.setdefault(tellings[other].outlet, other)
        if len(story) > 1:
            told |= set(story.values())
            stories.append([tellings[place] for place in story.values()])
    return sorted(stories, key=lambda story: -_differ(story))


def show_stories(articles: pl.DataFrame, texts: pl.DataFrame, codebook: Codebook) -> Section | None:
    """A table of the stories told most differently. None where there are none among the `texts` (article_id, text). Copies of other articles are in
    no story."""
    own = pl.col("copy_of").is_null() if "copy_of" in articles.columns else pl.lit(value=True)
    known = articles.filter(own).select(
        "article_id",
        outlet=pl.col("outlet").fill_null(UNKNOWN),
        title=pl.coalesce("title", "article_id"),
        day=pl.col("published").cast(pl.String).str.extract(r"^\s*(\d{4}-\d{2}-\d{2})").str.to_date(strict=False),
        density=total_density(codebook, articles.columns),
    )
    readable = known.join(texts, on="article_id", how="inner", maintain_order="left").drop_nulls("density")
    stories = find_stories(readable) if readable.height >= FEWEST and readable["outlet"].n_unique() > 1 else []
    if not stories:
        return None
    shown = [(_shorten(story[0].title), one) for story in stories[:MOST_SHOWN] for one in sorted(story, key=lambda one: -one.density)]
    rows: list[Row] = [[story, one.outlet, one.title, one.density] for story, one in shown]
    leads = {(i, 2): lead(id=one.article_id) for i, (_, one) in enumerate(shown)}
    some = f" The {MOST_SHOWN} that differ most of {len(stories)}." if len(stories) > MOST_SHOWN else ""
    figure = Figure(
        "stories",
        "The same story, outlet by outlet",
        Table(["story", "outlet", "its title", "per 1,000 words"], rows, leads=leads),
        f"The title of a story is that of its first article. Last: {PER_WORDS} of each article, in the outlet's own voice.{some}",
    )
    limits = [
        f"This rests on {count(readable.height, 'article')} of {articles.height}, those whose text is in this file and that are no copies. Two "
        f"articles tell one story where the cosine of their words (tf-idf) is {ALIKE} or more and at most {NEAR} days lie between them, or "
        f"{ALIKE_UNDATED} if a date is not known. Now and then they only have a topic in common. A story told in quite other words is not found.",
        "A figure of one article rests on few words, and has no interval: what differs in one story says nothing yet of two outlets.",
    ]
    return Section("stories", "The same story in other words", [figure], _tell(stories), limits=limits)


def _tell(stories: Sequence[Sequence[Telling]]) -> str:
    """How many stories there are, and of the first, who tells it how."""
    most, least = (choose(stories[0], key=lambda one: one.density) for choose in (max, min))
    outlets = f"{rounded(most.density)} in {most.outlet}, {rounded(least.density)} in {least.outlet}"
    if len(stories) == 1:
        return f"One story is told by several outlets, “{stories[0][0].title}”, with {PER_WORDS} of {outlets}."
    return f"{len(stories)} stories are told by several outlets. Most different is “{stories[0][0].title}”: {PER_WORDS} are {outlets}."


def _differ(story: Sequence[Telling]) -> float:
    return max(one.density for one in story) - min(one.density for one in story)


def _shorten(title: str) -> str:
    return title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"


def _compare(texts: Sequence[str], days: Sequence[date | None], outlets: Sequence[str]) -> Mapping[int, dict[int, float]]:
    """For each text those of other outlets that tell the same story, with how like they are."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    found = defaultdict[int, dict[int, float]](dict)
    try:
        words = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=COMMON, dtype=np.float32).fit_transform(texts)
    except ValueError:
        # No word is in two texts.
        return found
    for begin in range(0, len(texts), BATCH):
        cosines = (words[begin : begin + BATCH] @ words.T).tocoo()
        near = cosines.data >= ALIKE
        for row, other, cosine in zip(cosines.row[near].tolist(), cosines.col[near].tolist(), cosines.data[near].tolist(), strict=True):
            one = begin + row
            mine, theirs = days[one], days[other]
            fits = cosine >= ALIKE_UNDATED if mine is None or theirs is None else abs((mine - theirs).days) <= NEAR
            if fits and outlets[one] != outlets[other]:
                found[one][other] = cosine
    return found
