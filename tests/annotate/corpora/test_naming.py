"""A codebook of the names found is one that the toolkit takes, whatever the names are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.corpora.naming import CATEGORIES, make_codebook, name_answer
from schemas.codebook import load_codebook, parse_codebook
from schemas.errors import FramingError


def test_names_stand_as_they_were_found_and_wait_for_their_definitions() -> None:
    codebook = make_codebook("harbour", ["Loaded_Language", "name calling", "PER"], {"bias": ["yes", "no"], "tone": ["sour"]})
    assert codebook.label_names == ["Loaded_Language", "name calling", "PER"]
    assert [(question.name, question.choice, question.value_names) for question in codebook.questions] == [
        ("bias", "multiple", ["yes", "no"]),
        ("tone", "multiple", ["sour", "other"]),
    ]
    assert all("import" in label.definition for label in codebook.labels)
    assert len({label.colour for label in codebook.labels}) == 3
    assert [label.hotkey for label in codebook.labels] == ["1", "2", "3"]
    assert parse_codebook(codebook.to_toml(), "test") == codebook


def test_names_that_no_codebook_can_hold_are_left_out_and_the_others_stay() -> None:
    labels = ["good", "<b>", "Good", "x" * 81, "fine", "new\nline", "fine_quoted"]
    codebook = make_codebook("c", labels, {"q": ["a", '"', "b"], "good": ["x", "y"], "words": ["per_sentence", "z"], "kinds": ["z"]})
    assert codebook.label_names == ["good", "fine"]
    assert [(question.name, question.value_names) for question in codebook.questions] == [("q", ["a", "b"]), ("kinds", ["z", "other"])]


def test_where_no_name_is_left_that_is_an_error_with_a_remedy() -> None:
    with pytest.raises(FramingError, match="no name found can be one in a codebook") as caught:
        make_codebook("c", ["<b>", "\x1b[2J"], {})
    assert "--map" in str(caught.value)
    assert "\x1b" not in str(caught.value)


@given(
    st.text(max_size=100), st.lists(st.text(max_size=12), max_size=5), st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=5)), max_size=3)
)
def test_any_names_give_a_codebook_or_an_error(name: str, labels: list[str], questions: dict[str, list[str]]) -> None:
    try:
        codebook = make_codebook(name, labels, questions)
    except FramingError:
        return
    assert parse_codebook(codebook.to_toml(), "test") == codebook
    assert set(codebook.label_names) <= {label.strip() for label in labels}


def test_there_may_be_more_labels_than_keys_and_each_has_a_colour_of_its_own() -> None:
    codebook = make_codebook("c", [f"label {i}" for i in range(60)], {})
    assert sum(label.hotkey is not None for label in codebook.labels) == 36
    assert len({label.colour for label in codebook.labels}) == 60


def test_a_category_answers_the_question_that_it_names_or_that_alone_has_it() -> None:
    codebook = load_codebook("babe")
    assert name_answer("bias_Biased", codebook) == ("bias", "Biased")
    assert name_answer("Biased", codebook) == ("bias", "Biased")
    assert name_answer("sour", codebook) == (CATEGORIES, "sour")
    assert name_answer("Biased", None) == (CATEGORIES, "Biased")


def test_a_value_that_two_questions_have_is_no_answer_to_either() -> None:
    codebook = make_codebook("c", [], {"bias": ["yes", "no"], "tone": ["yes", "no"]})
    assert name_answer("yes", codebook) == (CATEGORIES, "yes")
    assert name_answer("tone_yes", codebook) == ("tone", "yes")
