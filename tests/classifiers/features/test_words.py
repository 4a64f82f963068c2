from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from classifiers.features.documents import EDGE, SITUATIONS
from classifiers.features.words import Feature, character_features, company_features, situation_features, word_features


def terms(word: str, kind: str) -> list[str]:
    return [feature.term for feature in word_features(word) if feature.kind == kind]


def test_a_word_is_known_by_itself_its_ends_and_its_shape() -> None:
    assert set(word_features("Reckless")) == {
        Feature("word", "reckless"),
        Feature("shape", "Xx"),
        Feature("prefix", "rec"),
        Feature("prefix", "reckl"),
        Feature("suffix", "ss"),
        Feature("suffix", "ess"),
        Feature("suffix", "less"),
    }


def test_an_end_is_shorter_than_the_word() -> None:
    assert terms("elite", "prefix") == ["eli"]
    assert terms("mob", "prefix") == []
    assert terms("mob", "suffix") == ["ob"]


def test_case_counts_in_the_shape_only() -> None:
    loud, calm = set(word_features("CHAOS")), set(word_features("chaos"))
    assert {feature.kind for feature in loud ^ calm} == {"shape"}


def test_a_possessive_and_a_curly_apostrophe_are_the_plain_word() -> None:
    assert terms("minister’s", "word") == terms("minister's", "word") == terms("minister", "word")
    assert terms("don’t", "word") == ["don't"]


def test_parts_of_a_compound_are_features() -> None:
    assert terms("eco-zealots", "part") == ["eco", "zealots"]
    assert terms("zealots", "part") == []


def test_marks_and_numbers_have_only_themselves_and_a_shape() -> None:
    assert word_features("!") == (Feature("word", "!"), Feature("shape", "!"))
    assert word_features("1994") == (Feature("word", "1994"), Feature("shape", "9"))
    assert character_features("1994") == []


def test_the_edge_is_no_word() -> None:
    assert word_features(EDGE) == (Feature("shape", "edge"),)
    assert character_features(EDGE) == []


def test_runs_of_two_to_five_characters_mark_the_ends_of_the_word() -> None:
    terms = [feature.term for feature in character_features("Sham")]
    assert terms == ["^s", "sh", "ha", "am", "m$", "^sh", "sha", "ham", "am$", "^sha", "sham", "ham$", "^sham", "sham$"]
    assert [feature.term for feature in character_features("a")] == ["^a", "a$", "^a$"]


def test_a_word_is_known_for_its_company_in_any_spelling() -> None:
    assert company_features("Minister’s") == company_features("minister") == [Feature("company", "minister")]
    assert company_features("!") == [Feature("company", "!")]
    assert company_features(EDGE) == []


def test_every_situation_is_a_voice_of_its_own_but_for_the_unclear_one_which_speaks_for_nothing() -> None:
    features = [feature for situation in SITUATIONS for feature in situation_features(situation)]
    assert len(set(features)) == len(features) == len(SITUATIONS) - 1
    assert situation_features("unclear") == []


@given(st.text(min_size=1, max_size=12))
def test_any_word_has_a_word_feature_first_and_a_short_shape(word: str) -> None:
    features = word_features(word)
    assert features[0].kind == "word"
    assert all(len(feature.term) <= 8 for feature in features if feature.kind == "shape")
