"""Names of a corpus to actors: which runs of words are names, which short forms belong to long ones, and what kind of actor each seems to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl
from pydantic import ValidationError

from schemas.codebook import Actor
from schemas.text.languages import DEFAULT, LANGUAGES, read_language
from schemas.wording import count

__all__ = ["Corpus", "Proposal", "propose"]

# How many times more texts share a short form with its long one than with the next long one that it may be short for; and of all texts with the
# short form, those that have the long one, where the short one is its end (Rehl) or its beginning (Civic).
LEAD, OF_END, OF_BEGINNING = 4, 0.3, 0.5
# Shares of mentions behind a title, and beside a verb of saying, from which on a name is somebody's; and of mentions of a word inside sentences,
# without which it is no name.
TITLED, SPEAKING, INNER = 0.1, 0.1, 0.25
ACRONYM, PERSON = 6, 3
# Languages whose nouns have capitals: a single word says nothing there.
_NOUNS = ("de", "lb")
_FIGURES = ("mentions", "inner", "titled", "speaking")


@dataclass(frozen=True)
class Corpus:
    """`names`: a row for each name and article (name, article, the page it is part of, language, outlet, and how many mentions there are, inner,
    titled and speaking);
    `small`: how often each word stands with a small letter; `acronyms`: how often a name stands before an abbreviation in brackets."""

    names: pl.DataFrame
    small: Mapping[str, int]
    acronyms: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Proposal:
    """An actor, how often it is named, and what its kind was guessed by."""

    actor: Actor
    mentions: int
    articles: int
    outlets: int
    guess: str

    def to_toml(self) -> str:
        outlets = f" of {count(self.outlets, 'outlet')}" if self.outlets else ""
        return f"# {count(self.mentions, 'mention')} in {count(self.articles, 'article')}{outlets}; {self.guess}\n{self.actor.to_toml()}\n"


def propose(corpus: Corpus, most: int) -> list[Proposal]:
    """The actors most often named, at most so many."""
    names = _settle(corpus)
    holders = _Holders(names, corpus.acronyms)
    # A form of a form is one of the first, too.
    roots = {name: holders.root(name) for name in holders.roots}
    weak = set(names.group_by("name").agg(pl.col("inner").sum()).filter(pl.col("inner") == 0)["name"]) - roots.keys()
    held = names.with_columns(root=pl.col("name").replace_strict(roots, default=pl.col("name"))).filter(~pl.col("root").is_in(weak))
    members = held.group_by("root", "name").agg(pl.col("mentions").sum()).sort("mentions", "name", descending=[True, False])
    forms = members.group_by("root", maintain_order=True).agg("name")
    totals = held.group_by("root").agg(
        pl.col(*_FIGURES).sum(),
        articles=pl.col("article").n_unique(),
        outlets=pl.col("outlet").drop_nulls().n_unique(),
        language=pl.col("language").first(),
    )
    # By articles first: one that repeats a name counts once.
    ordered = totals.join(forms, on="root").sort("articles", "mentions", "root", descending=[True, True, False])
    proposals: list[Proposal] = []
    taken: set[str] = set()
    for row in ordered.iter_rows(named=True):
        if len(proposals) == most:
            break
        name, *aliases = _put_first(row["root"], row["name"])
        kind, guess = _guess_kind(row)
        if not aliases and name in holders.unclear:
            guess += f"; may be short for any of {holders.unclear[name]} names"
        # A plural is found anyway.
        free = [alias for alias in aliases if alias.lower() not in taken and not _is_plural(alias, row["name"])]
        try:
            actor = Actor.model_validate({"name": name, "kind": kind, "aliases": free})
        except ValidationError:
            # Longer than a name may be, or with a mark that none has.
            continue
        if name.lower() not in taken:
            proposals.append(Proposal(actor, row["mentions"], row["articles"], row["outlets"], guess))
            taken |= {name.lower(), *map(str.lower, free)}
    return proposals


def _settle(corpus: Corpus) -> pl.DataFrame:
    """The names without what is none: what begins sentences alone, common words, and two names that are joined."""
    names = corpus.names.with_columns(
        inner=pl.when(pl.col("language").is_in(_NOUNS) & ~pl.col("name").str.contains(" ") & (pl.col("titled") == 0)).then(0).otherwise("inner")
    )
    sums = names.group_by("name").agg(pl.col("mentions", "inner").sum(), pl.col("language").first())
    totals = {name: (mentions, inner) for name, mentions, inner in sums.select("name", "mentions", "inner").iter_rows()}
    parts = {name: list(_reduce(name, language or DEFAULT, totals, corpus.small)) for name, language in sums.select("name", "language").iter_rows()}
    variants = _variants(totals)
    settled = pl.DataFrame(
        {"name": list(parts), "to": [[variants.get(part, part) for part in some] for some in parts.values()]},
        schema={"name": pl.String, "to": pl.List(pl.String)},
    ).explode("to")
    rows = names.join(settled.drop_nulls("to"), on="name").select(pl.exclude("name", "to"), name="to")
    return rows.group_by("name", "article", maintain_order=True).agg(pl.col("page", "language", "outlet").first(), pl.col(*_FIGURES).sum())


def _reduce(name: str, language: str, totals: Mapping[str, tuple[int, int]], small: Mapping[str, int]) -> Iterator[str]:
    """What a run of words names: itself, its parts, or nobody."""
    words = name.split(" ")
    joints = _words_of(language, "joints")
    apart = _split(words, joints)
    if len(apart) > 1 and totals[name][0] <= min(totals.get(part, (0, 0))[0] for part in apart):
        for part in apart:
            yield from _reduce(part, language, totals, small)
        return
    mentions, inner = totals[name]
    if len(name) == 1 or (len(words) == 1 and name.lower().removesuffix("s") in _words_of(language, "calendar")):
        return
    if len(words) == 1:
        sides = name.split("-")
        if len(sides) > 1 and all(totals.get(side, (0, 0))[0] > mentions for side in sides):
            # Two names in one word, which no alias counts.
            return
        if _is_acronym(name) or language in _NOUNS or inner > max(INNER * mentions, small.get(name.lower(), 0)):
            yield name
    elif inner or not small.get(words[0].lower(), 0):
        if inner or not all(small.get(word.lower(), 0) for word in words):
            yield name
    elif (rest := " ".join(words[1:])) in totals:
        yield from _reduce(rest, language, totals, small)


def _split(words: Sequence[str], joints: frozenset[str]) -> list[str]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word in joints:
            parts.append([])
        else:
            parts[-1].append(word)
    return [" ".join(part) for part in parts if part]


def _variants(totals: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """For each name in another case, or a plural of one word, the form that is more frequent."""
    best: dict[str, str] = {}
    for name, (mentions, _) in totals.items():
        key = name.casefold()
        if key not in best or (mentions, name) > (totals[best[key]][0], best[key]):
            best[key] = name
    return {name: best[name.casefold()] for name in totals if best[name.casefold()] != name and not _is_acronym(name)}


class _Holders:
    """Which name each name is a form of (`roots`), and how many long forms a name is short for that is a form of none (`unclear`)."""

    def __init__(self, names: pl.DataFrame, acronyms: Mapping[tuple[str, str], int]) -> None:
        self.roots: dict[str, str] = {}
        self.unclear: dict[str, int] = {}
        totals = dict(names.group_by("name").agg(pl.col("mentions").sum()).iter_rows())
        self._pages = {name: set(some) for name, some in names.group_by("name").agg("page").iter_rows()}
        self._join_spelled(totals)
        self._join_bracketed(acronyms)
        candidates: dict[str, dict[str, float]] = defaultdict(dict)
        for name in totals:
            for short, share in _short_forms(name):
                if short in totals and short != name:
                    candidates[short][name] = min(share, candidates[short].get(name, 1))
        # The longest first, so that what is short for it knows what it is.
        for short in sorted(candidates, key=lambda short: (-len(short.split(" ")), short)):
            if short not in self.roots:
                self._join_short(short, candidates[short])

    def root(self, name: str) -> str:
        while name in self.roots:
            name = self.roots[name]
        return name

    def _join(self, name: str, root: str) -> None:
        if (end := self.root(root)) != (begin := self.root(name)):
            self.roots[begin] = end
            self._pages[end] = self._pages[end] | self._pages[begin]

    def _join_spelled(self, totals: Mapping[str, int]) -> None:
        """Initials with and without stops, and a plural with its singular."""
        for name in sorted(totals):
            bare = name.replace(".", "")
            for other in (bare, f"{name}s") if " " not in name and len(bare) > 1 else ():
                if other != name and other in totals and (other == bare or len(name) > ACRONYM - 2):
                    small, large = sorted((name, other), key=lambda one: (totals[one], -len(one)))
                    self._join(small, large)

    def _join_bracketed(self, acronyms: Mapping[tuple[str, str], int]) -> None:
        for long, short in acronyms:
            if long in self._pages and short in self._pages and _initials(long) == short.replace(".", "").upper():
                self._join(short, long)

    def _join_short(self, short: str, shares: Mapping[str, float]) -> None:
        mine, shared, least = self._pages[short], dict[str, set[int]](), dict[str, float]()
        for long, share in shares.items():
            if (root := self.root(long)) != short and (both := mine & self._pages[long]):
                shared[root] = shared.get(root, set()) | both
                least[root] = min(share, least.get(root, 1))
        best, *others = [*sorted(shared, key=lambda root: (-len(shared[root]), root)), None]
        most = len(shared[best]) if best is not None else 0
        if best is not None and most >= least[best] * len(mine) and not (others[0] and most < LEAD * len(shared[others[0]])):
            self._join(short, best)
        elif len(shared) > 1:
            self.unclear[short] = len(shared)


def _short_forms(name: str) -> Iterator[tuple[str, float]]:
    """What a name may be shortened to, and of how many of the articles with that it must stand in."""
    words = name.split(" ")
    if len(words) == 1:
        return
    for i in range(1, len(words)):
        # Behind a joint stands a name of its own: Bank of England.
        if not words[i - 1].islower():
            yield " ".join(words[i:]), OF_END
        yield " ".join(words[:i]), OF_BEGINNING
    if len(words) > 2:
        yield f"{words[0]} {words[-1]}", OF_END
    letters = _initials(name)
    if len(letters) > 1:
        yield letters, OF_END
        yield "".join(f"{letter}." for letter in letters), OF_END


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split(" ") if word[:1].isupper())


def _is_acronym(name: str) -> bool:
    bare = name.replace(".", "")
    return 1 < len(bare) <= ACRONYM and bare.isalpha() and bare == bare.upper() != bare.lower()


def _put_first(root: str, forms: Sequence[str]) -> list[str]:
    """The forms of an actor, its name first: the most frequent one of several words, where there is one."""
    name = next((form for form in forms if " " in form), root)
    return [name, *(form for form in forms if form != name)]


def _is_plural(form: str, forms: Sequence[str]) -> bool:
    return form.endswith("s") and form[:-1] in forms


def _guess_kind(row: Mapping[str, object]) -> tuple[str, str]:
    forms, language = [str(name) for name in row["name"]], str(row["language"] or DEFAULT)  # type: ignore[attr-defined]
    words = {word.lower() for form in forms for word in form.split(" ")}
    mentions, titled, speaking = (int(str(row[name])) for name in ("mentions", "titled", "speaking"))
    if words & _words_of(language, "parties"):
        return "party", "a party by its name"
    if words & _words_of(language, "institutions"):
        return "institution", "an institution by its name"
    if titled > TITLED * mentions:
        return "person", "a person by titles before the name"
    longest = max(len(form.split(" ")) for form in forms)
    if 1 < longest <= PERSON and speaking > SPEAKING * mentions and not any(map(_is_acronym, forms)):
        return "person", "a person, who speaks"
    return "group", "of what kind nothing says"


@cache
def _words_of(language: str, kind: str) -> frozenset[str]:
    return frozenset(getattr(read_language(language if language in LANGUAGES else DEFAULT), kind))
