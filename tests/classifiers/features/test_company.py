from __future__ import annotations

import numpy as np
import pytest

from classifiers.features.company import Company, learn_company
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
    assert list(words) == sorted(words)


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
