"""Reasons are said as a reader would say them, and no two of them alike."""

from __future__ import annotations

import pytest

from classifiers.explanation.reasons import say_bag_feature, say_feature
from classifiers.features.bag import SUMMARY
from classifiers.features.documents import SITUATIONS
from classifiers.features.spans import FIGURE_KIND, FIGURES, make_label_space
from classifiers.features.words import Feature, situation_features
from classifiers.model.model import Model


@pytest.mark.parametrize(
    ("feature", "position", "seen", "said"),
    [
        (Feature("word", "reckless"), 0, "", 'word "reckless"'),
        (Feature("word", "the"), -1, "", '"the", the word before'),
        (Feature("word", "the"), -5, "", '"the", five words before'),
        (Feature("first word", '"'), -1, "", "'\"', the word before the span"),
        (Feature("suffix", "less"), 2, "reckless", 'words that end in "less" ("reckless"), two words after'),
        (Feature("characters", "^re"), 0, "reckless", 'first letters "re" ("reckless")'),
        (Feature("characters", "ss$"), 0, "reckless", 'last letters "ss" ("reckless")'),
        (Feature("characters", "eck"), 0, "reckless", 'letters "eck" ("reckless")'),
        (Feature("characters", "^and$"), 0, "and", 'all letters "and" ("and")'),
        (Feature("shape", "x"), 0, "reckless", 'written in lower case ("reckless")'),
        (Feature("shape", "Xx"), -2, "The", 'with a capital letter ("The"), two words before'),
        (Feature("shape", "X"), 1, "NATO", 'in capitals ("NATO"), the word after'),
        (Feature("shape", "9-9"), 0, "1914-18", 'shape "9-9" ("1914-18")'),
        (Feature("shape", "edge"), -1, "", "the article's edge, the word before"),
        (Feature("voice", "narrator"), 1, "", "in the outlet's own voice, the word after"),
        (Feature("voice", "scare"), 0, "", "in scare quotes"),
        (Feature("first word", "so-called"), 0, "", 'its first word "so-called"'),
        (Feature("last word", "of"), 1, "", '"of", the word after the span'),
        (Feature(FIGURE_KIND, "one word"), 0, "", "being one word"),
    ],
)
def test_a_feature_is_said_in_plain_words(feature: Feature, position: int, seen: str, said: str) -> None:
    assert say_feature(feature, position, seen) == said


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        (Feature("word", "court"), 'word "court"'),
        (Feature("pair", "the court"), 'words "the court"'),
        (Feature("shape", "Xx"), "words with a capital letter"),
        (Feature("spans", "mean logit"), "how loaded its words are on average"),
        (Feature("auxiliary leaflets", "highest logit"), "its most loaded word, by the spans of leaflets"),
    ],
)
def test_a_feature_of_an_article_is_said_in_plain_words(feature: Feature, said: str) -> None:
    assert say_bag_feature(feature) == said


def test_every_figure_and_every_voice_has_words_of_its_own() -> None:
    figures = [say_feature(Feature(FIGURE_KIND, figure)) for figure in FIGURES]
    voices = [say_feature(feature) for situation in SITUATIONS for feature in situation_features(situation)]
    bags = [say_bag_feature(Feature("spans", term)) for term in SUMMARY]
    said = [*figures, *voices, *bags]
    assert len(set(said)) == len(said)
    assert not any(word in phrase for phrase in said for word in ("logit", "log ", "probability", "tokens"))


def test_no_two_features_of_a_model_are_said_alike(page_model: Model, model: Model) -> None:
    for made in (page_model, model):
        for columns in (made.window.columns, make_label_space(made.window).columns):
            assert len({say_feature(*column) for column in columns}) == len(set(columns))
        assert len({say_bag_feature(feature) for feature in made.bag.columns}) == len(made.bag.columns)
