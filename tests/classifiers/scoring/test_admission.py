"""Articles in languages that a model has not learned from are set aside, and every article is counted once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import polars as pl
import pytest

from classifiers.model.model import Model
from classifiers.scoring.admission import Languages, admit, describe_foreign, fill_languages, nothing_left, say_foreign
from schemas.tables import Articles, conform

ENGLISH = "The council met on Monday and voted for the budget, which the mayor had defended as a matter of survival for the town."
GERMAN = "Der Stadtrat hat am Montag über den Haushalt abgestimmt, den die Bürgermeisterin als eine Frage des Überlebens verteidigt hatte."
FRENCH = "Le conseil municipal s'est réuni lundi et a voté le budget que la maire avait défendu comme une question de survie pour la ville."
UKRAINIAN = "Міська рада зібралася в понеділок і проголосувала за бюджет, який мер захищав як питання виживання нашого міста."
ROWS = {
    "en": (ENGLISH, None),
    "de": (GERMAN, None),
    "blank": (FRENCH, " "),
    "uk": (UKRAINIAN, None),
    "short": ("Ok 1.", None),
    "said de": ("Hm, hm.", "German"),
    "said en": ("Hm, hm.", "en-US"),
    "said fr of English": (ENGLISH, "fr_CA"),
    "said en of German": (GERMAN, "eng"),
    "said und": (GERMAN, "und"),
}
SCORED, ASIDE = ["en", "short", "said en", "said en of German"], ["de", "blank", "uk", "said de", "said fr of English", "said und"]


def table(names: list[str] | None = None) -> pl.DataFrame:
    rows = [{"article_id": name, "text": ROWS[name][0], "language": ROWS[name][1]} for name in names or ROWS]
    return conform(pl.DataFrame(rows, schema_overrides={"language": pl.String}), Articles, "test")


@pytest.fixture(scope="module")
def english(small_model: Model) -> Model:
    return replace(small_model, languages=("en",))


def test_articles_in_other_languages_are_set_aside_by_their_column_else_by_their_words(english: Model) -> None:
    admitted = admit(english, table())
    assert admitted.articles["article_id"].to_list() == SCORED
    assert [row["row"] for row in admitted.rejected] == [
        {"article_id": name, "language": code} for name, code in zip(ASIDE, ["de", "fr", "uk", "de", "fr", "de"], strict=True)
    ]
    assert admitted.rejected[0]["reason"] == "is in German, and the model is for English"


def test_every_article_is_counted_once_by_its_language_and_by_what_told_it(english: Model) -> None:
    languages = admit(english, table()).languages.to_dict()
    assert languages == {
        "scored": {"en": 3, "unknown": 1},
        "set_aside": {"de": 3, "fr": 2, "uk": 1},
        "told_by": {"found": 5, "column": 4, "unknown": 1},
    }
    assert sum(languages["scored"].values()) + sum(languages["set_aside"].values()) == sum(languages["told_by"].values()) == len(ROWS)


def test_any_language_sets_nothing_aside_and_counts_the_same_articles(english: Model) -> None:
    admitted = admit(english, table(), any_language=True)
    assert admitted.articles["article_id"].to_list() == list(ROWS)
    assert admitted.rejected == []
    assert admitted.languages.to_dict()["scored"] == {"de": 3, "en": 3, "fr": 2, "uk": 1, "unknown": 1}


def test_a_model_that_does_not_say_what_it_learned_from_is_for_all_languages(small_model: Model) -> None:
    older = replace(small_model, languages=())
    assert admit(older, table()).articles.height == len(ROWS)


def test_a_model_of_two_languages_is_for_both(small_model: Model) -> None:
    both = replace(small_model, languages=("de", "fr"))
    admitted = admit(both, table())
    assert set(admitted.languages.scored) == {"de", "fr", "unknown"}
    assert admitted.rejected[0]["reason"] == "is in English, and the model is for German and French"


def test_what_the_user_said_of_a_language_stays_and_what_was_found_is_filled_in(english: Model) -> None:
    told = dict(admit(english, table(), any_language=True).articles.select("article_id", "language").iter_rows())
    assert told == {
        "en": "en",
        "de": "de",
        "blank": "fr",
        "uk": "uk",
        "short": None,
        "said de": "German",
        "said en": "en-US",
        "said fr of English": "fr_CA",
        "said en of German": "eng",
        "said und": "und",
    }


def test_a_table_without_the_column_gets_it() -> None:
    assert fill_languages(pl.DataFrame({"text": ["a", "b"]}), ["de", ""])["language"].to_list() == ["de", None]


def test_an_article_has_the_same_language_alone_and_among_others(english: Model) -> None:
    together = admit(english, table()).articles["article_id"].to_list()
    assert [name for name in ROWS if admit(english, table([name])).articles.height] == together


def test_a_table_without_articles_is_admitted_as_it_is(english: Model) -> None:
    admitted = admit(english, table()[:0])
    assert (admitted.articles.height, admitted.rejected, admitted.languages) == (0, [], Languages())


@pytest.mark.parametrize(
    ("aside", "said"),
    [
        ({"de": 12, "fr": 3}, "12 articles are in German, 3 in French: the model is for English"),
        ({"uk": 1}, "1 article is in Ukrainian: the model is for English"),
        ({"xx": 2}, "2 articles are in xx: the model is for English"),
    ],
)
def test_how_many_were_set_aside_is_one_line(english: Model, aside: dict[str, int], said: str) -> None:
    assert describe_foreign(aside, english) == said


def test_a_line_of_very_many_languages_ends(english: Model) -> None:
    said = describe_foreign({f"q{chr(97 + i)}": 1 for i in range(20)}, english)
    assert " and 8 more: the model is for English" in said


def test_where_none_is_left_the_error_says_so_and_what_to_do(english: Model) -> None:
    line = str(nothing_left({"de": 2}, english, "news.csv"))
    assert line.startswith("news.csv: no article is left to be scored: 2 articles are in German: the model is for English. --any-language")


def test_the_formulas_are_named_for_each_language_that_was_scored(english: Model) -> None:
    formulas = Languages(Counter({"de": 1, "uk": 2, "unknown": 3})).formulas(english)
    assert formulas["de"] == "Flesch reading ease by Amstad"
    assert formulas["uk"] is None
    # What cannot be told is taken to be in the model's own language.
    assert (formulas["unknown"] or "").startswith("Flesch, Flesch-Kincaid")
    assert say_foreign("de", english) == "is in German, and the model is for English"
