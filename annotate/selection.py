"""What to annotate next: a few articles of many, in the order in which they should be read.

Every method is handed the articles in an order drawn by lot, and shares its places out over the outlets. A method says which
article of an outlet comes next; what it does not know, the lot decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from annotate.lots import draw_places, draw_strata, find_equal_chances
from schemas.codebook import Codebook, load_codebook
from schemas.cues import CueFinder
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.tables import story
from schemas.text.tokens import count_words
from schemas.wording import count, inflect

__all__ = ["METHODS", "RANDOM_SHARE", "Selected", "apportion", "find_unread", "interleave", "select"]

RANDOM, UNEQUAL = "random", "uncertain-random"
METHODS = (RANDOM, "uncertain", UNEQUAL, "diverse", "cue")
RANDOM_SHARE = 0.2
# Of a draw with unequal chances, the part of each chance that is alike for all: the articles are then worth half as many random ones at least.
FLOOR = 0.5
# Articles that `diverse` compares at most, and figures that each is compared by.
MOST, DIMENSIONS = 20_000, 50
# A text without words still has marks, or white space, to be known by.
_TERM = r"\w+|\S|^\s+$"

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
# Of these rows, all of one outlet, the one to annotate next, and why: its score.
Chooser = Callable[[Rows], tuple[int, float | None]]


@dataclass(frozen=True)
class Selected:
    """The chosen articles in order, with `selected_by`, `selection_score` and `selection_probability`; of how many; what to know."""

    articles: pl.DataFrame
    left: int
    notices: tuple[str, ...] = ()


def select(
    dataset: Dataset,
    n: int,
    by: str = "random",
    *,
    seed: int = 0,
    stratify: bool = True,
    random_share: float | None = None,
    uncertainty: pl.DataFrame | None = None,
    codebook: Codebook | None = None,
    without: Collection[str] = (),
    where: object = "dataset",
) -> Selected:
    """Choose n of the articles that `find_unread` finds, by one of METHODS.

    `selection_score` is null for random; the uncertainty; the cosine distance to the nearest article that is covered (null
    for the first where nothing is); cues per 1,000 words. `uncertainty` is a table (article_id, uncertainty), in which an
    article that is missing counts as sure. Of all methods that choose, `random_share` of the n (RANDOM_SHARE if None) are
    drawn at random instead, before the method chooses; of uncertain-random, which draws all, it is the part of each article's chance that is
    alike for all (FLOOR if None). `selection_probability` is the chance that an article had to be drawn, null for what was chosen. Raises
    FramingError if nothing is left, or a method lacks what it needs.
    """
    share = (FLOOR if by == UNEQUAL else RANDOM_SHARE) if random_share is None else random_share
    if by not in METHODS:
        raise FramingError(f"no such method {by!r}", "--by", f"Choose one of: {', '.join(METHODS)}")
    if n < 1 or not 0 <= share <= 1:
        raise FramingError("n is at least 1, and a share lies between 0 and 1", "--n, --random-share")
    unread = find_unread(dataset, without, where)
    left, notices = _shuffle(unread, seed), []
    if copies := dataset.articles.height - _taken(dataset, without).height - unread.height:
        notices.append(f"{count(copies, 'article')} left out: copies of others that are here, or of what was annotated")
    if n > left.height:
        notices.append(f"{n} articles were asked for, and {left.height} {inflect(left.height, 'is left: it is', 'are left: all of them are')} taken")
        n = left.height
    if by == UNEQUAL and share == 0:
        raise FramingError("an article of which the model is sure would have no chance", "--random-share 0", "Give it more than 0, such as 0.5")
    strata = _split(left, stratify=stratify)
    sizes = [len(rows) for rows in strata]
    if by == "diverse" and left.height > max(MOST, n):
        notices.append(f"{left.height} articles are too many to compare: chosen from {max(MOST, n)} of them, drawn at random")
        left = left[np.sort(np.concatenate([rows[:few] for rows, few in zip(strata, _seats(strata, max(MOST, n)), strict=True)]))]
        strata = _split(left, stratify=stratify)
    seats = _seats(strata, n)
    by_lot = draw_places(n, 1.0 if by in (RANDOM, UNEQUAL) else share, seed)
    places = list(zip(interleave(seats), by_lot, strict=True))
    if by == UNEQUAL:
        doubt = _find_doubt(left, uncertainty)
        lots, chances = draw_strata(doubt, strata, seats, share, seed)
        choose = _choose_highest(doubt)
    else:
        drawn = Counter(stratum for stratum, lot in places if lot)
        lots = [rows[: drawn[stratum]] for stratum, rows in enumerate(strata)]
        chances = find_equal_chances(strata, seats, sizes, sum(by_lot) / n)
        choose = _make_chooser(by, left, uncertainty, codebook or dataset.codebook, _taken(dataset, without), np.concatenate(lots), seed)
    chosen = list(_choose(strata, places, lots, choose, by))
    rows = [row for row, *_ in chosen]
    found = left[rows].with_columns(
        selected_by=pl.Series([UNEQUAL if by == UNEQUAL else way for _, way, _ in chosen]),
        selection_score=pl.Series(doubt[rows] if by == UNEQUAL else [score for *_, score in chosen], dtype=pl.Float64),
        selection_probability=pl.when(pl.Series(by_lot)).then(pl.Series(chances[rows])),
    )
    return Selected(found, unread.height, tuple(notices))


def find_unread(dataset: Dataset, without: Collection[str] = (), where: object = "dataset") -> pl.DataFrame:
    """The articles that nobody has annotated and whose ids are not in `without`, each text and each story once. FramingError if there are
    none."""
    taken = _taken(dataset, without)
    left = dataset.articles.join(taken, on="article_id", how="anti", maintain_order="left")
    # A copy of what was read under another id would be read a second time.
    for told in (pl.col("text"), story(left)):
        read = taken.select(_story=told)
        left = left.with_columns(_story=told).join(read, on="_story", how="anti", maintain_order="left")
        left = left.unique("_story", keep="first", maintain_order=True).drop("_story")
    if left.is_empty():
        raise FramingError("no article is left to annotate: all have been annotated or left out", where, "Add articles with `framing ingest`")
    return left


def apportion(sizes: Sequence[int], n: int, least: int = 0) -> list[int]:
    """n seats, in proportion to sizes, by largest remainder (Hamilton's method; Balinski and Young 2001, *Fair Representation*).

    With `least` 1 each gets one at least while there are any: from those that have most more than their due. The first of equals wins.
    """
    total = sum(sizes)
    seats = [n * size // total for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda i: -(n * sizes[i] % total))
    for i in by_remainder[: n - sum(seats)]:
        seats[i] += 1
    for i in sorted(range(len(sizes)), key=lambda i: -sizes[i]):
        if seats[i] < least and max(seats) > least:
            seats[max((j for j in range(len(sizes)) if seats[j] > least), key=lambda j: seats[j] * total - n * sizes[j])] -= 1
            seats[i] += 1
    return seats


def interleave(seats: Sequence[int]) -> Iterator[int]:
    """Places in `seats`, each as often as it has seats, so that every beginning is balanced: after k of n each has had k/n of
    its seats, give or take less than one (the chairman assignment problem, Tijdeman 1980, Discrete Mathematics 32, p. 323).

    Next is always the one whose seat is due first, of those whose turn has come.
    """
    total, had = sum(seats), [0] * len(seats)
    for k in range(total):
        due = [(-(-(had[i] + 1) * total // own), i) for i, own in enumerate(seats) if had[i] < own and had[i] * total // own <= k]
        _, first = min(due)
        had[first] += 1
        yield first


def _taken(dataset: Dataset, without: Collection[str]) -> pl.DataFrame:
    """The articles that are annotated, or are as good as that."""
    annotated = dataset.annotations["article_id"].to_list() if dataset.annotations is not None else []
    ids = pl.DataFrame({"article_id": sorted({*annotated, *without})}, schema={"article_id": pl.String})
    return dataset.articles.join(ids, on="article_id", how="semi")


def _shuffle(articles: pl.DataFrame, seed: int) -> pl.DataFrame:
    # By a hash of each id, so that articles that are added later leave the others in their order.
    lot = pl.Series([digest_text(f"{seed} {article}") for article in articles["article_id"]])
    return articles[lot.arg_sort()]


def _split(articles: pl.DataFrame, *, stratify: bool) -> list[Rows]:
    """The rows of each outlet; no outlet is one, too."""
    if not stratify:
        return [np.arange(articles.height)]
    rows = articles.select("outlet").with_row_index("row").group_by("outlet", maintain_order=True).agg("row")["row"]
    return [np.array(group, dtype=np.int64) for group in rows.to_list()]


def _seats(strata: Sequence[Rows], n: int) -> list[int]:
    return apportion([len(rows) for rows in strata], n, least=1)


def _choose(
    strata: Sequence[Rows], places: Sequence[tuple[int, bool]], lots: Sequence[Rows], choose: Chooser, by: str
) -> Iterator[tuple[int, str, float | None]]:
    """(row, selected_by, selection_score) of every place, in order. A place is of a stratum, and may be the lot's, which drew `lots`."""
    free = np.ones(sum(map(len, strata)), dtype=np.bool_)
    free[np.concatenate(lots)] = False
    waiting = [iter(lot.tolist()) for lot in lots]
    for stratum, by_lot in places:
        if by_lot:
            yield next(waiting[stratum]), RANDOM, None
        else:
            row, score = choose(strata[stratum][free[strata[stratum]]])
            free[row] = False
            yield row, by, score


def _make_chooser(
    by: str, left: pl.DataFrame, uncertainty: pl.DataFrame | None, codebook: Codebook | None, taken: pl.DataFrame, drawn: Rows, seed: int
) -> Chooser:
    if by == "uncertain":
        return _choose_highest(_find_doubt(left, uncertainty))
    if by == "cue":
        return _CueSpread(_cue_rates(left["text"], codebook or load_codebook()))
    if by == "diverse":
        vectors = _embed([*left["text"], *taken["text"]], seed)
        # What was drawn at random will be annotated, too.
        return _FarthestFirst(vectors[: left.height], np.concatenate([vectors[left.height :], vectors[drawn]]))
    return _choose_highest(np.zeros(left.height))


def _find_doubt(left: pl.DataFrame, uncertainty: pl.DataFrame | None) -> Floats:
    if uncertainty is None:
        raise FramingError("choosing uncertain articles takes a model's uncertainty", "--by", "Give a table (article_id, uncertainty)")
    found = left.select("article_id").join(uncertainty, on="article_id", how="left", maintain_order="left")
    doubt: Floats = found["uncertainty"].fill_null(0.0).to_numpy()
    return doubt


def _choose_highest(scores: Floats) -> Chooser:
    def choose(rows: Rows) -> tuple[int, float]:
        best = int(rows[scores[rows].argmax()])
        return best, float(scores[best])

    return choose


class _CueSpread:
    """The article richest in cues of the label that was served least so far, of those labels that have any here."""

    def __init__(self, rates: Floats) -> None:
        """`rates`: articles x labels."""
        self._rates, self._served = rates, np.zeros(rates.shape[1])

    def __call__(self, rows: Rows) -> tuple[int, float]:
        there = self._rates[rows].any(axis=0)
        if not there.any():
            return int(rows[0]), 0.0
        label = int(np.where(there, self._served, np.inf).argmin())
        self._served[label] += 1
        best = int(rows[self._rates[rows, label].argmax()])
        return best, float(self._rates[best].sum())


def _cue_rates(texts: pl.Series, codebook: Codebook) -> Floats:
    """articles x labels with cues: how many there are per 1,000 words."""
    labels = [label.name for label in codebook.labels if label.cues]
    if not labels:
        raise FramingError(f"codebook {codebook.stamp} has no cues", "--by cue", "Give its labels `cues`, or choose another --codebook")
    finder = CueFinder(codebook)
    rates = np.zeros((len(texts), len(labels)))
    for number, text in enumerate(texts):
        for label, _ in finder.find(text):
            rates[number, labels.index(label)] += 1
        rates[number] *= 1000 / max(count_words(text), 1)
    return rates


class _FarthestFirst:
    """The article farthest from all that are covered (Gonzalez 1985, Theoretical Computer Science 38, p. 293); where nothing
    is covered yet, the one that is nearest to all."""

    def __init__(self, vectors: Floats, covered: Floats) -> None:
        self._vectors, self._distances = vectors, np.full(len(vectors), np.inf)
        for vector in covered:
            self._cover(vector)

    def __call__(self, rows: Rows) -> tuple[int, float | None]:
        if np.isfinite(self._distances).all():
            best, score = _choose_highest(self._distances)(rows)
        else:
            best, score = int(rows[(self._vectors[rows] @ self._vectors.sum(axis=0)).argmax()]), None
        self._cover(self._vectors[best])
        return best, score

    def _cover(self, vector: Floats) -> None:
        self._distances = np.minimum(self._distances, np.maximum(1 - self._vectors @ vector, 0.0))


def _embed(texts: Sequence[str], seed: int) -> Floats:
    """texts x at most DIMENSIONS: vectors of length one, of texts with like words in like directions (latent semantic analysis)."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    table = TfidfVectorizer(sublinear_tf=True, token_pattern=_TERM, max_features=50_000).fit_transform(texts)
    if table.shape[1] <= DIMENSIONS:
        vectors: Floats = table.toarray()
    else:
        # One article alone has no variance to be explained.
        with np.errstate(invalid="ignore"):
            vectors = TruncatedSVD(DIMENSIONS, random_state=seed).fit_transform(table)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors
