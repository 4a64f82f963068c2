"""textstat is the definition: equal to the bit."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import textstat
from classifiers.readability import readability
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifiers.scoring.readability import Readability
from schemas.codebook import READABILITY
from schemas.text.reading import read_texts

PTC = Path(__file__).parents[4] / "shared" / "data" / "ptc"
AWKWARD = st.text(st.one_of(st.sampled_from(" \n.!?'\"’-_tsdvelr\u2028\u0301ΣİAb9🚢"), st.characters(exclude_categories=["Cs"])), max_size=60)
HOSTILE = [
    "",
    "word",
    "...!?",
    "'",
    "改革开放。新闻",
    "😀 😀👩\u200d🚀",
    "I'll can't 'tis rock'n'roll we've 'T they'RE",
    "a" * 1_000_000,
    "no full stop " * 80_000,
]


def measure(texts: list[str]) -> list[dict[str, float]]:
    read = read_texts(texts)
    figures = Readability().measure(read.codes, read.starts)
    return [{name: float(column[i]) for name, column in figures.items()} for i in range(len(texts))]


@given(st.lists(AWKWARD, min_size=1, max_size=3))
@settings(max_examples=300)
@example(["One. Two words. Three words here! 3.5 per cent of U.S. a.b c d", "", "Don't. 'Twas the dog's' bone", "x.'s y z w"])
def test_awkward_texts_have_textstats_own_figures(texts: list[str]) -> None:
    for text, figures in zip(texts, measure(texts), strict=True):
        assert {name: figures[name] for name in READABILITY} == readability(text)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_texts_have_textstats_own_figures(text: str) -> None:
    (figures,) = measure([text])
    assert {name: figures[name] for name in READABILITY} == readability(text)


@given(AWKWARD)
def test_the_counts_behind_them_are_textstats(text: str) -> None:
    (figures,) = measure([text])
    readability(text)
    assert figures["readability_words"] == textstat.lexicon_count(text)
    assert figures["readability_sentences"] == textstat.sentence_count(text)
    assert figures["syllables"] == textstat.syllable_count(text)
    assert figures["polysyllables"] == textstat.polysyllabcount(text)


@pytest.mark.skipif(not PTC.exists(), reason="the Propaganda Techniques Corpus is not here")
def test_all_articles_of_ptc_have_textstats_own_figures() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(PTC.rglob("article*.txt"))]
    assert len(texts) >= 267
    for text, figures in zip(texts, measure(texts), strict=True):
        assert {name: figures[name] for name in READABILITY} == readability(text)


def test_a_text_has_the_same_figures_alone_and_in_any_batch() -> None:
    texts = [*HOSTILE[:7], "The council met. Nobody objected to the extraordinary expenditure at all."]
    together = measure(texts)
    assert [measure([text])[0] for text in texts] == together
    assert measure(texts[::-1])[::-1] == together
    assert pl.DataFrame(together).height == len(texts)
