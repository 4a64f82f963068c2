"""Who is named in a text: as a slow and plain reading of the rules finds it, in any script, whatever an alias holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codebook import Actor
from schemas.errors import FramingError
from schemas.text.actors import ActorFinder, Mentions, count_mentions
from schemas.text.aliases import LONGEST, Part, digest_actors, split_alias
from schemas.text.characters import visible
from schemas.text.reading import read_texts
from schemas.text.tokens import tokenise
from schemas.text.vocabulary import Vocabulary


def actor(name: str, *aliases: str) -> Actor:
    return Actor(name=name, kind="group", aliases=aliases)


def find(actors: Sequence[Actor], *texts: str, finder: ActorFinder | None = None, vocabulary: Vocabulary | None = None) -> Mentions:
    read, vocabulary, finder = read_texts(texts), vocabulary or Vocabulary(), finder or ActorFinder(actors)
    ids = vocabulary.number(read.codes, read.tokens.starts, read.tokens.ends)
    return finder.find(ids, read.tokens.firsts, finder.know(vocabulary.words_from(0)))


def named(actors: Sequence[Actor], text: str) -> list[tuple[str, str]]:
    """The name and the words of each mention."""
    found, tokens = find(actors, text), tokenise(text)
    places = zip(found.actors.tolist(), found.firsts.tolist(), found.lasts.tolist(), strict=True)
    return [(actors[number].name, text[tokens[first].start : tokens[last - 1].end]) for number, first, last in places]


# The rules, read slowly: from words to aliases, and not as the lexicon does it from aliases to words.


def cost_as_written(part: Part, word: str) -> int | None:
    same = word.startswith if part.stem else word.__eq__
    if part.word == part.word.lower():
        folded = word.casefold()
        return 1 if (folded.startswith if part.stem else folded.__eq__)(part.word.casefold()) else None
    if same(part.word):
        return 0
    letters = sum(map(str.isalpha, part.word))
    other = part.word.upper() if part.word != part.word.upper() else part.word.capitalize() if letters > 5 else None
    return 1 if other is not None and same(other) else None


def singulars(word: str) -> Iterable[str]:
    small = word.lower()
    if small.endswith("ies") and small[-4:-3] not in "aeiou":
        yield word[:-3] + ("Y" if word[-3] == "I" else "y")
    if small.endswith("es") and small[:-2].endswith(("s", "x", "z", "ch", "sh")):
        yield word[:-2]
    if small.endswith("s") and not small[:-1].endswith(("s", "x", "z", "ch", "sh")):
        yield word[:-1]


def cost(part: Part, word: str, *, last: bool) -> int | None:
    costs = [found + (1_000_000 - len(part.word) if part.stem else 0) for found in (cost_as_written(part, word),) if found is not None]
    if last and not part.stem and part.word[-1:].isalnum():
        anyhow, acronym = part.word == part.word.lower(), part.word == part.word.upper()
        for ending, extra in (("'s", 100), ("'S", 100)):
            base = word.removesuffix(ending)
            if base != word and (found := cost_as_written(part, base)) is not None and (ending == "'s" or anyhow or base == base.upper()):
                costs.append(found + extra + (ending == "'S" and not anyhow))
        for base in singulars(word):
            found = cost_as_written(part, base)
            # A plural's end is small, or all is in capitals; an acronym has none in capitals.
            if found is not None and (anyhow or word[-1] == "s" or (word == word.upper() and not acronym)):
                costs.append(found + 10_000)
    return min(costs, default=None)


def find_plainly(actors: Sequence[Actor], text: str) -> list[tuple[int, int, int]]:
    words = [visible(text[start:end]).replace("’", "'").replace("‑", "-") for start, end in tokenise(text)]
    aliases: dict[tuple[Part, ...], int] = {}
    for number, one in enumerate(actors):
        aliases |= {split_alias(alias, one.name): number for alias in (one.name, *one.aliases)}
    for parts, number in list(aliases.items()):
        apart = [Part(piece, part.stem) for part in parts for piece in ([part.word] if part.stem or part.word == "-" else part.word.split("-"))]
        aliases.setdefault(tuple(apart), number)
    found, t = [], 0
    while t < len(words):
        best: list[tuple[int, int, int]] = []
        for parts, number in aliases.items():
            if t + len(parts) <= len(words):
                costs = [cost(part, words[t + i], last=i == len(parts) - 1) for i, part in enumerate(parts)]
                if all(one is not None for one in costs):
                    best.append((-len(parts), sum(one or 0 for one in costs), number))
        if best:
            length, _, number = min(best)
            found.append((number, t, t - length))
            t -= length
        else:
            t += 1
    return found


PLACES = ("Bay", "bay", "BAY", "Bays", "Gull", "gull", "GULL", "Gulls", "Al-Bay", "al-gull", "Bay-Gull")
WORDS = (*PLACES, "UN", "Un", "Fox", "Новый", "нов", "國", "UNESCO", "'", "of", "U.N.")
ALIASES = st.lists(st.sampled_from((*WORDS, "Ba*", "ba*", "Нов*", "U*", "Gul*")), min_size=1, max_size=3).map(" ".join)
IN_TEXTS = st.sampled_from((*WORDS, "новая", "НОВАЯ", "Bies", "FOXES", "Ba", "Unesco"))
ENDINGS = st.sampled_from(("", "", "'s", "’s", "S", "s", "es", "'S"))
TEXTS = st.lists(st.tuples(IN_TEXTS, ENDINGS).map("".join), max_size=14).map(" ".join)


def compatible(aliases: list[list[str]]) -> bool:
    """Whether no two actors have one alias."""
    spelled = [{split_alias(alias, "") for alias in some} for some in aliases]
    return sum(map(len, spelled)) == len(set[tuple[Part, ...]]().union(*spelled))


@given(
    aliases=st.lists(ALIASES.filter(lambda alias: alias.strip("' ") != ""), min_size=3, max_size=9)
    .map(lambda some: [some[i::3] for i in range(3)])
    .filter(compatible),
    texts=st.lists(TEXTS, max_size=3),
    compiled=st.sampled_from((False, False, True)),
)
def test_it_finds_what_a_plain_reading_of_the_rules_finds(
    aliases: list[list[str]], texts: list[str], *, compiled: bool, running: Callable[..., AbstractContextManager[None]]
) -> None:
    actors = [actor(f"Nobody{i}", *some) for i, some in enumerate(aliases)]
    with running(compiled=compiled):
        found = find(actors, *texts)
    expected = [(number, first, last, d) for d, text in enumerate(texts) for number, first, last in find_plainly(actors, text)]
    begins = np.concatenate([[0], np.cumsum([len(tokenise(text)) for text in texts])])
    assert list(zip(*(column.tolist() for column in found), strict=True)) == [
        (number, first + begins[d], last + begins[d], d) for number, first, last, d in expected
    ]


STATES = actor("United States", "US", "U.S.", "American", "Washington", "Trump", "Donald Trump", "US-*")
CHINA = actor("China", "Chinese", "Beijing", "中国", "Китай*", "الصين")
TURKEY, HEALTH, MAY = actor("Turkey", "turk", "turkish"), actor("World Health Organization", "WHO"), actor("Theresa May", "May")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Trump’s plan, Trump's plan and TRUMP'S plan", ["Trump’s", "Trump's", "TRUMP'S"]),
        ("the United States' plan", ["United States"]),
        ("Americans and AMERICANS like American-made things", ["Americans", "AMERICANS"]),
        ("in the U.S. The U.S.'s own. U.S.-led", ["U.S.", "U.S.", "U.S."]),
        ("US-led, US‑backed, give it to us", ["US-led", "US‑backed"]),
        ("the United\nStates and the UNITED STATES, united states", ["United\nStates", "UNITED STATES"]),
        ("Donald Trump met Donald", ["Donald Trump"]),
        ("Tr\u00adump and \u200bTrump", ["Tr\u00adump", "Trump"]),
    ],
)
def test_names_are_found_as_they_are_written_in_news(text: str, words: list[str]) -> None:
    assert named([STATES], text) == [("United States", word) for word in words]


def test_case_matters_where_an_alias_has_capitals() -> None:
    text = "Who says WHO may meet Turkey in May? A turkey. TURKEY MAY. Turkish, turks."
    assert [words for _, words in named([HEALTH, MAY], text)] == ["WHO", "May", "MAY"]
    assert [words for _, words in named([TURKEY], text)] == ["Turkey", "TURKEY", "Turkish", "turks"]


def test_other_scripts_and_pictures_are_read_as_words_are() -> None:
    text = "😀中国と米国。Китайские 🇨🇳 КИТАЙ، الصين"
    assert [words for _, words in named([CHINA], text)] == ["中国", "Китайские", "КИТАЙ", "الصين"]
    assert named([actor("Flag", "🇨🇳")], text) == [("Flag", "🇨🇳")]


def test_an_alias_of_one_goes_before_a_plural_of_another_and_a_word_before_a_stem() -> None:
    actors = [actor("A", "Brown", "Ros*"), actor("B", "Browns", "Rossi"), actor("C", "Ross*")]
    assert named(actors, "Brown Browns Brown's Rossi Rossia Rosa") == [
        *(("A", "Brown"), ("B", "Browns"), ("A", "Brown's")),
        *(("B", "Rossi"), ("C", "Rossia"), ("A", "Rosa")),
    ]


def test_words_met_later_are_known_too_and_no_actors_are_nowhere() -> None:
    finder, vocabulary = ActorFinder([STATES]), Vocabulary()
    for text, count in (("Nobody here", 0), ("Trump", 1), ("Americans, Trump's and Washington", 3)):
        assert len(find([STATES], text, finder=finder, vocabulary=vocabulary).actors) == count
    assert len(find([], "Trump").actors) == 0
    assert count_mentions("Trump", []) == {}


def test_the_most_often_named_comes_first() -> None:
    named = count_mentions("China met Turkey. Turkey's ally Beijing. Turkey again. Trump.", [STATES, TURKEY, CHINA])
    assert list(named.items()) == [("Turkey", 3), ("China", 2), ("United States", 1)]


@pytest.mark.parametrize(
    ("aliases", "said"),
    [
        (["!!! ..."], "has no word to look for"),
        (["\u200d\ufe0f"], "has no word to look for"),
        (["x " * 9_000], f"more than {LONGEST} words"),
        (["the *"], "a star that stands alone"),
        (["Al‑Bay’s"], "alias \"Al-Bay's\" is also one of 'Other'"),
    ],
)
def test_what_cannot_be_looked_for_is_one_line(aliases: list[str], said: str) -> None:
    with pytest.raises(FramingError) as caught:
        ActorFinder([actor("Other", "Al-Bay's"), actor("Bay", *aliases)])
    assert said in str(caught.value)
    assert "actor 'Bay'" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_thousands_of_actors_and_long_aliases_take_no_time(running: Callable[..., AbstractContextManager[None]]) -> None:
    begin = time.process_time()
    many = [actor(f"Actor {i}", f"Alias{i} of many", f"A{i}*", "zo " * (LONGEST - 1) + f"zo{i}") for i in range(5_000)]
    with running(compiled=True):
        finder = ActorFinder(many)
        found = find(many, "zo " * 20_000 + "Alias4999 of many, Actor 7's", finder=finder)
    assert [many[number].name for number in found.actors.tolist()] == ["Actor 4999", "Actor 7"]
    assert time.process_time() - begin < 30


def test_the_same_actors_have_the_same_digest() -> None:
    assert digest_actors([STATES, CHINA]) == digest_actors([STATES, CHINA]) != digest_actors([CHINA, STATES])
    assert digest_actors([]) is None
