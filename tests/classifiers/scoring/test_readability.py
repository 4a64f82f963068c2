"""textstat is the definition: equal to the bit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import textstat
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textstat.backend.utils.constants import LANG_CONFIGS

from benchmarks.offline_textstat import readability
from classifiers.scoring.readability import FORMULAS, Readability, syllable_source
from schemas.codebook import READABILITY, READABILITY_COUNTS
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
    "a" * 250_000,
    "no full stop " * 20_000,
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


# Other languages

OTHERS = {
    "de": [
        "Der Bürgermeister verteidigte am Donnerstag den umstrittenen Haushaltsentwurf. Die Opposition sprach von einer Unverschämtheit!",
        "Straßenbahnverspätungen: Niemand weiß, warum. Es regnet. „Das ist's“, sagte die Verkehrsministerin zu den wartenden Fahrgästen.",
    ],
    "fr": [
        "Le conseil municipal a voté la réforme malgré l'opposition des commerçants. Qu'en pensent les habitants aujourd'hui ?",
        "C'est l'été. Les organisations syndicales dénoncent une irresponsabilité manifeste du gouvernement régional.",
    ],
    "es": [
        "El ayuntamiento aprobó anoche el presupuesto extraordinario. ¿Quién pagará las consecuencias de semejante irresponsabilidad?",
        "La casa es grande. El perro come pan todos los días con la niña y su madre en el jardín.",
    ],
    "it": ["Il sindaco ha presentato ieri il nuovo piano dei trasporti. L'opposizione lo definisce un'inaccettabile provocazione!"],
    "nl": ["De wethouder verdedigde gisteren de onbegrijpelijke bezuinigingen op het onderwijs. Volgens de oppositie is dat schandalig."],
    "pl": ["Burmistrz przedstawił wczoraj nieodpowiedzialny projekt budżetu. Opozycja zapowiedziała natychmiastowe przeprowadzenie konsultacji."],
    "ru": ["Мэр представил вчера новый проект бюджета. Оппозиция назвала его безответственным и потребовала объяснений!"],
    "hu": ["A polgármester tegnap bemutatta a felelőtlen költségvetési javaslatot. Az ellenzék megmagyarázhatatlannak nevezte az egészet."],
}
EASE = {"flesch_reading_ease"}
HAVE = {"de": EASE, "es": EASE, "fr": EASE, "hu": EASE | {"gunning_fog"}, "it": EASE, "nl": EASE, "pl": {"gunning_fog"}, "ru": EASE}
DIFFICULT = {"en": 3, "es": 3, "hu": 5, "pl": 4}
NOTHING = {
    "uk": "Мер захистив бюджет. Опозиція назвала його безвідповідальним рішенням.",
    "zh": "市长昨天为预算辩护。反对派称之为不负责任。",
    "": "1 2 3.",
}


def measure_in(texts: list[tuple[str, str]]) -> list[dict[str, float]]:
    """The figures of texts that each come with their language; those it does not have are left out."""
    languages, read = [language for language, _ in texts], read_texts([text for _, text in texts])
    figures = Readability().measure(read.codes, read.starts, languages)
    assert list(figures) == [*READABILITY, *READABILITY_COUNTS]
    return [{name: float(column[i]) for name, column in figures.items() if not np.isnan(column[i])} for i in range(len(texts))]


@pytest.mark.filterwarnings("ignore:There is no easy words vocabulary")
@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in OTHERS.items() for text in texts])
def test_a_text_of_another_language_has_textstats_figures_of_that_language_and_no_others(language: str, text: str) -> None:
    (figures,) = measure_in([(language, text)])
    expected = readability(text, language)
    assert {name: figures[name] for name in READABILITY if name in figures} == {name: expected[name] for name in HAVE[language]}
    counts = {
        "readability_words": textstat.lexicon_count(text),
        "readability_sentences": textstat.sentence_count(text),
        "syllables": textstat.syllable_count(text),
        "polysyllables": textstat.polysyllabcount(text),
    }
    if language in DIFFICULT:
        counts["difficult_words"] = textstat.difficult_words(text, DIFFICULT[language], unique=False)
    assert {name: figures[name] for name in READABILITY_COUNTS if name in figures} == counts


@pytest.mark.filterwarnings("ignore:There is no easy words vocabulary")
@pytest.mark.parametrize("language", ["en", *OTHERS])
@given(AWKWARD)
@example("")
@example("L'été, c'est l'irresponsabilité. Straßenbahn's über-Ärger! Żółć źdźbło? Ёж съел. São 'T")
@settings(max_examples=40)
def test_awkward_texts_have_textstats_figures_in_every_language_it_has_formulas_for(language: str, text: str) -> None:
    (figures,) = measure_in([(language, text)])
    expected = readability(text, "en_US" if language == "en" else language)
    assert {name: figures[name] for name in READABILITY if name in figures} == {name: expected[name] for name in HAVE.get(language, READABILITY)}


@pytest.mark.parametrize("language", NOTHING)
def test_a_language_without_a_formula_has_no_figures_rather_than_zero(language: str) -> None:
    assert measure_in([(language, NOTHING[language])]) == [{}]


@pytest.mark.filterwarnings("ignore:There is no easy words vocabulary")
def test_texts_of_many_languages_in_one_batch_have_the_figures_they_have_alone() -> None:
    texts = [(language, text) for number in range(2) for language, some in {**OTHERS, "en": TEXTS}.items() for text in some[number:]]
    texts += [*NOTHING.items(), ("de", ""), ("de", "Gift"), ("en", "Gift")]
    together = measure_in(texts)
    assert together == [measure_in([text])[0] for text in texts]
    assert together == measure_in(texts[::-1])[::-1]


def test_the_formulas_are_those_of_the_languages_that_textstat_has_constants_for() -> None:
    constants = {language: {"fre_base" if key.startswith("fre") else key for key in own} for language, own in LANG_CONFIGS.items()}
    assert FORMULAS.keys() == constants.keys()
    for language, own in constants.items():
        formulas = FORMULAS[language]
        assert ((formulas.ease is not None), formulas.fog) == ("fre_base" in own, "syllable_threshold" in own)
