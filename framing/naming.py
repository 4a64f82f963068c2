"""From files to actors that may be counted: what `framing actors` calls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from framing.memory import trim_memory
from framing.proposing import Corpus, Proposal, propose
from framing.quoting import check_place, say_refused
from schemas.arrays import Bytes, Places
from schemas.errors import FramingError
from schemas.files import replace_files
from schemas.text.characters import visible
from schemas.text.languages import DEFAULT, LANGUAGES, read_language
from schemas.text.names import find_names, signs_of_names
from schemas.text.reading import read_texts
from schemas.text.vocabulary import Vocabulary, grown
from schemas.wording import count

if TYPE_CHECKING:
    from annotate.ingestion.options import Options

__all__ = ["NamedFiles", "Part", "name_files", "split_titles"]

# Characters of text that are read at a time.
PORTION = 2_000_000
HEADING = "Take out what is no actor, make one of those that are one, and add what else they are called."
_SAME = str.maketrans({"’": "'", "‑": "-"})
_POSSESSIVE = re.compile(r"'[sS]$")
# What follows a name that its abbreviation stands behind, in brackets.
_BRACKETED = re.compile(r"\s\($")
# What is left of a name is no name.
_REMAINS = frozenset(("jr", "sr", "ii", "iii", "iv"))


@dataclass(frozen=True)
class NamedFiles:
    """How many articles were read, and the actors that are proposed."""

    articles: int
    proposals: tuple[Proposal, ...]
    notices: tuple[str, ...]


class Part(NamedTuple):
    """A name in a run of words, and whether a title stood before it."""

    name: str
    titled: bool


def name_files(
    paths: Sequence[str],
    out: Path,
    *,
    most: int = 100,
    options: Options | None = None,
    replace: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> NamedFiles:
    """Write the actors most often named in the articles of the files to `out`, at most so many, as a file that `load_actors` reads; `progress`
    counts bytes. Texts alone are read, not titles. FramingError if there is no article, or no name in them, and for a file that is there, unless
    `replace`."""
    from annotate.ingestion.articles import nothing_found, read_portions
    from annotate.ingestion.files import find_files
    from annotate.ingestion.options import Options

    if out.suffix.lower() != ".toml":
        raise FramingError("is to be a TOML file", out, "Name a file that ends in .toml")
    files = find_files(paths)
    check_place(out, files)
    if out.exists() and not replace:
        raise FramingError("is there already, and may have been pruned by hand", out, "Choose another --out, or add --replace")
    total, reading, gathered = sum(path.stat().st_size for path in files.paths), files.start_reading(), _Gathered()
    refused, first = 0, None
    for portion in read_portions(files, reading, options or Options(), characters=PORTION):
        if portion.articles.height:
            gathered.add(portion.articles)
        refused, first = refused + len(portion.rejected), first or next(iter(portion.rejected), None)
        progress(portion.position, total)
        trim_memory()
    if not gathered.articles:
        raise nothing_found(files, [first] if first else [])
    proposals = propose(gathered.corpus(), most)
    if not proposals:
        raise FramingError(
            "no name was found that stands in the middle of a sentence", ", ".join(paths), "Write the file by hand: see docs/actors.md"
        )
    said = f"# Names in {count(gathered.articles, 'article')}, most frequent first. {HEADING}\n"
    with replace_files(out.parent) as staging:
        (staging / out.name).write_text("\n".join([said, *(proposal.to_toml() for proposal in proposals)]), encoding="utf-8", newline="\n")
    notices = (*reading.notices(), *([say_refused(refused, first)] if first else []))
    return NamedFiles(gathered.articles, tuple(proposals), notices)


class _Gathered:
    """What is counted of the names in portions of articles."""

    def __init__(self) -> None:
        self.articles = 0
        self._vocabulary = Vocabulary()
        self._signs: Bytes = np.zeros((0, len(LANGUAGES) + 1), np.uint8)
        self._counts: Places = np.zeros(0, np.int64)
        self._parts: list[pl.DataFrame] = []
        self._acronyms: Counter[tuple[str, str]] = Counter()

    def add(self, articles: pl.DataFrame) -> None:
        texts = articles["text"].to_list()
        read, words, known = read_texts(texts, articles["language"].cast(pl.String).to_list()), self._vocabulary, len(self._signs)
        ids = words.number(read.codes, read.tokens.starts, read.tokens.ends)
        self._signs = np.concatenate([self._signs, signs_of_names(words.words_from(known))])
        self._counts = grown(self._counts, words.size)
        self._counts[: words.size] += np.bincount(ids, minlength=words.size)
        names = find_names(read, ids, self._signs)
        begins = read.starts.tolist()
        rows = zip(names.texts.tolist(), names.starts.tolist(), names.ends.tolist(), strict=True)
        surfaces = [texts[d][start - begins[d] : end - begins[d]] for d, start, end in rows]
        self._gather_acronyms("".join(texts), surfaces, names.starts.tolist(), names.ends.tolist())
        languages = pl.Series(read.languages, dtype=pl.String)
        # Articles of one address are parts of one text.
        address = pl.when(pl.col("url").fill_null("") != "").then(pl.concat_str(pl.lit(" "), "url")).otherwise(self.articles + pl.int_range(pl.len()))
        pages = articles.select(address.cast(pl.String).hash()).to_series()
        found = pl.DataFrame(
            {
                "surface": pl.Series(surfaces, dtype=pl.String),
                "article": names.texts + self.articles,
                "page": pages.gather(names.texts),
                "language": languages.gather(names.texts),
                "outlet": articles["outlet"].cast(pl.String).gather(names.texts),
                "inner": ~names.initial,
                "speaking": names.speaking,
            }
        )
        self._parts.append(_split_all(found))
        self.articles += articles.height

    def corpus(self) -> Corpus:
        words = self._vocabulary.words_from(0)
        small = {word: number for word, number in zip(words, self._counts.tolist(), strict=False) if word[:1].islower()}
        return Corpus(pl.concat(self._parts), small, self._acronyms)

    def _gather_acronyms(self, text: str, surfaces: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> None:
        for i in range(len(surfaces) - 1):
            if ends[i] + 2 == starts[i + 1] and text[ends[i + 1] : ends[i + 1] + 1] == ")" and _BRACKETED.fullmatch(text, ends[i], starts[i + 1]):
                self._acronyms[_normalise(surfaces[i]), _normalise(surfaces[i + 1])] += 1


def _split_all(found: pl.DataFrame) -> pl.DataFrame:
    """A row for each name and article: name, article, page, language, outlet, mentions, and how many of them are inner, titled and speaking."""
    surfaces = found.select("surface", "language").unique()
    parts = [split_titles(surface, language or DEFAULT) for surface, language in surfaces.iter_rows()]
    split = surfaces.with_columns(
        name=pl.Series([[part.name for part in some] for some in parts], dtype=pl.List(pl.String)),
        titled=pl.Series([[part.titled for part in some] for some in parts], dtype=pl.List(pl.Boolean)),
    ).explode("name", "titled")
    # What follows a title in a run does not begin its sentence.
    rows = found.join(split.drop_nulls("name"), on=["surface", "language"], nulls_equal=True).with_columns(inner=pl.col("inner") | pl.col("titled"))
    figures = [pl.len().alias("mentions"), *(pl.col(name).cast(pl.Int64).sum() for name in ("inner", "titled", "speaking"))]
    return rows.group_by("name", "article", maintain_order=True).agg(pl.col("page", "language", "outlet").first(), *figures)


@lru_cache(maxsize=100_000)
def split_titles(surface: str, language: str) -> tuple[Part, ...]:
    """The names in a run of words: what stands behind its last title, and what stands before the first one."""
    known = read_language(language if language in LANGUAGES else DEFAULT)
    titles, joints, institutions = _sets(known.code)
    words = _normalise(surface).split(" ")
    are_titles = [word.rstrip(".").lower() in titles for word in words]
    cuts = [i for i, is_title in enumerate(are_titles) if is_title and i + 1 < len(words) and words[i + 1].lower() not in institutions]
    if not cuts or words[cuts[-1] + 1].rstrip(".").lower() in _REMAINS:
        return () if all(are_titles) else (Part(" ".join(words), titled=False),)
    before, behind = words[: cuts[0]], words[cuts[-1] + 1 :]
    if behind[0].lower() in joints:
        # President of France, Emmanuel Macron.
        behind = behind[2:]
    while before and before[-1].lower() in joints:
        before.pop()
    some = [Part(" ".join(before), titled=False), Part(" ".join(behind), titled=True)]
    return tuple(part for part in some if part.name and part.name.rstrip(".").lower() not in titles)


@lru_cache
def _sets(code: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    language = read_language(code)
    return frozenset(language.titles), frozenset(language.joints), frozenset((*language.institutions, *language.parties))


def _normalise(surface: str) -> str:
    return _POSSESSIVE.sub("", " ".join(visible(surface).translate(_SAME).split()))
