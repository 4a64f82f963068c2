from __future__ import annotations

import numpy as np
import pytest

from classifiers.features import company as module
from classifiers.features.company import Company, join_companies, learn_company, make_company
from classifiers.features.documents import Batch, make_batch
from classifiers.features.words import Feature, company_features

NIGHTS = ("loudly", "softly", "twice", "again", "outside")


def kennel_and_kitchen() -> list[str]:
    """Dogs and hounds bark in the same places; bread and toast are eaten in others."""
    animals = [f"Then the {animal} barked {how} at night." for animal in ("dog", "hound") for how in NIGHTS]
    meals = [f"We ate {meal} with butter and {how} drank tea." for meal in ("bread", "toast") for how in NIGHTS]
    return [*animals, *meals]


def company_of(*texts: str) -> Company:
    return learn_company([make_batch(texts)])


def nearness(company: Company, one: str, other: str) -> float:
    return float(company.vectors[company.words.index(one)] @ company.vectors[company.words.index(other)])


def test_words_between_the_same_neighbours_are_nearer_than_others() -> None:
    company = company_of(*kennel_and_kitchen())
    assert nearness(company, "dog", "hound") > nearness(company, "dog", "bread") + 0.3
    assert nearness(company, "bread", "toast") > nearness(company, "hound", "toast") + 0.3


def test_the_same_texts_give_the_same_vectors_in_any_order() -> None:
    first, second, turned = (company_of(*texts) for texts in (kennel_and_kitchen(), kennel_and_kitchen(), kennel_and_kitchen()[::-1]))
    assert first.words == second.words == turned.words
    np.testing.assert_array_equal(first.vectors, second.vectors)
    np.testing.assert_array_equal(first.vectors, turned.vectors)


@pytest.mark.parametrize("cut", [0, 1, 7])
def test_texts_in_several_batches_give_the_vectors_of_all_together(cut: int) -> None:
    texts = kennel_and_kitchen()
    batches: list[Batch] = [make_batch(texts[:cut]), make_batch(texts[cut:])]
    apart, together = learn_company(batches), company_of(*texts)
    assert apart.words == together.words
    np.testing.assert_array_equal(apart.vectors, together.vectors)


def test_no_batches_have_an_empty_company() -> None:
    assert learn_company([]).words == ()


def test_vectors_have_length_one_and_features_that_words_have() -> None:
    company = company_of(*kennel_and_kitchen())
    np.testing.assert_allclose(np.linalg.norm(company.vectors, axis=1), 1)
    assert company.vectors.shape[0] == len(company.words) == len(company.features)
    assert company_features("Dog’s") == [Feature("company", "dog")] == [company.features[company.words.index("dog")]]


def test_a_rare_word_keeps_no_company_and_cases_are_one_word() -> None:
    words = company_of(*kennel_and_kitchen(), "A wolf, a Wolf, and the WOLF’s den.", "A lone fox.").words
    assert "wolf" in words
    assert "fox" not in words
    # The most frequent first, as in others' lists.
    assert words[:2] == (".", "and")


@pytest.mark.parametrize("texts", [(), ("",), ("One plan.",), ("plan " * 9,), ("a b " * 9,)], ids=["no", "empty", "short", "one word", "two words"])
def test_texts_too_small_to_know_words_by_have_an_empty_company(texts: tuple[str, ...]) -> None:
    company = company_of(*texts)
    assert (company.words, company.features) == ((), ())
    assert company.vectors.shape == (0, 1)


def test_words_that_never_stand_beside_another_have_vectors_of_zeros() -> None:
    # The last word of a document is no neighbour of the first of the next.
    company = company_of(*("plan", "sham", "farce", "", "mob") * 3)
    assert company.words == ("farce", "mob", "plan", "sham")
    assert not company.vectors.any()


# From others' lists


def test_of_words_that_features_take_for_one_the_first_counts() -> None:
    company = make_company(["Plan", "plan", "sham", "PLAN’s"], np.array([[2.0, 0.0], [0.0, 1.0], [3.0, 4.0], [0.0, 9.0]]))
    assert company.words == ("plan", "sham")
    np.testing.assert_allclose(company.vectors, [[1, 0], [0.6, 0.8]])


def test_what_is_no_word_here_is_left_out_of_a_list() -> None:
    company = make_company(["", "'s", "’S", "x" * 101, "edge", ",", "sham"], np.eye(7))
    assert company.words == ("edge", ",", "sham")
    np.testing.assert_array_equal(company.vectors, np.eye(7)[4:])


def test_a_vector_of_zeros_stays_one() -> None:
    assert make_company(["plan"], np.zeros((1, 3))).vectors.tolist() == [[0, 0, 0]]


def given(*words: str) -> Company:
    """Each word with a direction of its own."""
    return Company(words, np.eye(len(words)), "a list")


def test_the_company_of_some_words_has_their_vectors_alone_in_the_order_of_the_list() -> None:
    some = given("plan", "sham", "farce").of(["FARCE", "Plan’s", "unheard", ""])
    assert (some.words, some.origin) == (("plan", "farce"), "a list")
    np.testing.assert_array_equal(some.vectors, np.eye(3)[[0, 2]])
    assert given("plan").of([]).vectors.shape == (0, 1)


def test_what_is_neither_met_nor_common_has_no_vector_but_stays_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMON", 1)
    known = given("plan", "sham", "farce", "mob").common(["Farce", "unheard"])
    assert known.words == ("plan", "sham", "farce", "mob")
    np.testing.assert_array_equal(known.vectors, np.diag([1.0, 0.0, 1.0, 0.0]))


def test_two_companies_have_the_words_of_either_and_the_dimensions_of_both() -> None:
    both = join_companies(given("plan", "sham"), Company(("farce", "sham"), np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])))
    assert both.words == ("plan", "sham", "farce")
    np.testing.assert_array_equal(both.vectors, [[1, 0, 0, 0, 0], [0, 1, 0, 0, 1], [0, 0, 0.6, 0.8, 0]])


def test_texts_too_small_to_know_words_by_add_nothing_to_a_list() -> None:
    both = join_companies(given("plan", "sham"), company_of("One plan."))
    assert both.words == ("plan", "sham")
    np.testing.assert_array_equal(both.vectors[:, :2], np.eye(2))
    assert not both.vectors[:, 2:].any()
