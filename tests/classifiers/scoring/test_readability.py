"""textstat is the definition: equal to the bit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import textstat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.offline_textstat import readability
from classifiers.scoring.readability import Readability, syllable_source
from schemas.codebook import READABILITY
from schemas.text.reading import read_texts

PTC = Path(__file__).parents[4] / "shared" / "data" / "ptc"
AWKWARD = st.text(st.one_of(st.sampled_from(" \n.!?'\"’-_tsdvelr\u2028\u0301ΣİAb9🚢"), st.characters(exclude_categories=["Cs"])), max_size=60)
TEXTS = [
    "The council voted on Monday. Nobody objected to the extraordinary expenditure.",
    "Unprecedented institutional irresponsibility characterised the administration's so-called reconciliation.",
    "She said: “Don't go.” Who's there? A b c! 3.5 per cent of 1,400 households…",
    "Café owners in São Paulo naïvely hoped. 😀 Zzyzx Qwrt.",
    "One.",
]
HOSTILE = [
    "",
    " ",
    "!!!",
    "😀",
    "word",
    "...!?",
    "'",
    "改革开放。新闻",
    "😀 😀👩\u200d🚀",
    "I'll can't 'tis rock'n'roll we've 'T they'RE",
    "a" * 1_000_000,
    "no full stop " * 80_000,
]
ALONE = """
import json, os, socket, sys
def refuse(*args, **kwargs):
    print("somebody went to the network", file=sys.stderr, flush=True)
    os._exit(3)
class Refused(socket.socket):
    __init__ = refuse
socket.socket, socket.create_connection, socket.getaddrinfo = Refused, refuse, refuse
from classifiers.scoring.readability import Readability, syllable_source
from schemas.text.reading import read_texts
read = read_texts(json.loads(sys.argv[1]))
figures = {name: column.tolist() for name, column in Readability().measure(read.codes, read.starts).items()}
print(json.dumps([syllable_source(), figures, sorted({"textstat", "nltk"} & sys.modules.keys())]))
"""


def measure(texts: list[str]) -> list[dict[str, float]]:
    read = read_texts(texts)
    figures = Readability().measure(read.codes, read.starts)
    return [{name: float(column[i]) for name, column in figures.items()} for i in range(len(texts))]


@given(st.lists(AWKWARD, min_size=1, max_size=3))
@settings(max_examples=300)
@example(["One. Two words. Three words here! 3.5 per cent of U.S. a.b c d", "", "Don't. 'Twas the dog's' bone", "x.'s y z w"])
@example(TEXTS)
def test_awkward_texts_have_textstats_own_figures(texts: list[str]) -> None:
    for text, figures in zip(texts, measure(texts), strict=True):
        assert {name: figures[name] for name in READABILITY} == readability(text)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_texts_have_textstats_own_figures(text: str) -> None:
    (figures,) = measure([text])
    assert {name: figures[name] for name in READABILITY} == readability(text)


@given(AWKWARD)
@example(TEXTS[2])
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
    texts = [*HOSTILE[:10], *TEXTS, "The council met. Nobody objected to the extraordinary expenditure at all."]
    together = measure(texts)
    assert [measure([text])[0] for text in texts] == together
    assert measure(texts[::-1])[::-1] == together
    assert pl.DataFrame(together).height == len(texts)


def test_measuring_needs_no_network_and_does_not_load_textstat() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE, json.dumps(TEXTS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    source, figures, loaded = json.loads(done.stdout)
    assert (source, loaded) == (syllable_source(), [])
    assert [{name: column[i] for name, column in figures.items()} for i in range(len(TEXTS))] == measure(TEXTS)
