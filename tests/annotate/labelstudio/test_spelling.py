"""Names are shown without underscores, and each can still be told from the others."""

from __future__ import annotations

from annotate.labelstudio.spelling import spell_names, tag_name


def test_underscores_are_shown_as_spaces() -> None:
    assert spell_names(["Loaded_Language", "a__b_", "Plain"]) == {"Loaded_Language": "Loaded Language", "a__b_": "a b", "Plain": "Plain"}


def test_names_that_would_look_alike_stay_as_they_are() -> None:
    assert spell_names(["A_b", "a b", "c_d"]) == {"A_b": "A_b", "a b": "a b", "c_d": "c d"}


def test_a_name_of_underscores_alone_stays() -> None:
    assert spell_names(["__"]) == {"__": "__"}


def test_only_what_is_shown_otherwise_has_an_alias() -> None:
    assert tag_name("A_b", "A b") == {"value": "A b", "alias": "A_b"}
    assert tag_name("A", "A") == {"value": "A"}
