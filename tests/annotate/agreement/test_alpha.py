"""Krippendorff's alpha against the tables that are printed in the literature, and against another implementation."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement import krippendorff_alpha, masi_distance, nominal_distance
from annotate.agreement.alpha import alphas, fleiss_kappa, tally, tally_units
from annotate.corpora.babe import read as read_babe

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), four observers, 12 units; also Gwet 2015, p. 16.
FOUR_OBSERVERS = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
# The same text, two observers, binary data, 10 units.
TWO_OBSERVERS = ("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
# Hayes & Krippendorff 2007, Communication Methods and Measures 1(1), pp. 77-89: five observers, 40 units, one group a unit.
FORTY_UNITS = (
    "112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1 111.1 212.2 1233. 1101. 000.0 "
    "0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2 110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 2222. 111.1"
)
# Fleiss 1971, Psychological Bulletin 76(5), pp. 378-382: ten subjects, 14 raters, counts of five categories.
BABE = Path(__file__).parents[4] / "shared" / "data" / "babe"
FLEISS = "0 0 0 0 14 / 0 2 6 4 2 / 0 0 3 5 6 / 0 3 9 2 0 / 2 2 8 1 1 / 7 7 0 0 0 / 3 2 6 3 0 / 2 5 3 2 2 / 6 5 2 1 0 / 0 2 2 3 7"

Units = list[list[int]]


@pytest.fixture(scope="module")
def nltk() -> ModuleType:
    """The other implementation. It brings so much that only the process that runs these tests imports it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what nltk imports is its own affair
        return import_module("nltk.metrics")


def from_observers(rows: Sequence[str]) -> Units:
    return [[int(value) for value in unit if value != "."] for unit in zip(*(row.split() for row in rows), strict=True)]


def from_units(text: str) -> Units:
    return [[int(value) for value in unit if value != "."] for unit in text.split()]


def interval(a: int, b: int) -> float:
    return (a - b) ** 2


def ratio(a: int, b: int) -> float:
    return ((a - b) / (a + b)) ** 2 if a + b else 0.0


def ordinal(units: Units) -> Callable[[int, int], float]:
    """Krippendorff 2004, p. 233: the ranks between two values are counted by how often they were used."""
    used = Counter(chain.from_iterable(unit for unit in units if len(unit) > 1))

    def distance(a: int, b: int) -> float:
        low, high = min(a, b), max(a, b)
        return (sum(used[value] for value in range(low, high + 1)) - (used[low] + used[high]) / 2) ** 2

    return distance


def test_four_observers_have_the_alphas_that_krippendorff_prints() -> None:
    """Krippendorff, Computing Krippendorff's Alpha-Reliability: nominal .743, ordinal .815, interval .849, ratio .797."""
    units = from_observers(FOUR_OBSERVERS)
    assert krippendorff_alpha(units) == pytest.approx(0.7434, abs=5e-5)
    assert krippendorff_alpha(units, ordinal(units)) == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(units, interval) == pytest.approx(0.849, abs=5e-4)
    assert krippendorff_alpha(units, ratio) == pytest.approx(0.797, abs=5e-4)


def test_two_observers_with_binary_data_have_the_alpha_that_krippendorff_prints() -> None:
    assert krippendorff_alpha(from_observers(TWO_OBSERVERS)) == pytest.approx(0.095, abs=5e-4)


def test_five_observers_have_the_alphas_of_hayes_and_krippendorff() -> None:
    """Hayes & Krippendorff 2007: ordinal .7598; nominal .4765 of the same table."""
    units = from_units(FORTY_UNITS)
    assert len(units) == 40
    assert krippendorff_alpha(units) == pytest.approx(0.4765, abs=5e-5)
    assert krippendorff_alpha(units, ordinal(units)) == pytest.approx(0.7598, abs=5e-5)


def test_fleiss_kappa_is_the_one_that_fleiss_prints() -> None:
    """Fleiss 1971: kappa .210. Unlike alpha it draws its expectation with replacement, so it is a little lower."""
    counts = [[int(count) for count in row.split()] for row in FLEISS.split("/")]
    units = [[value for value, count in enumerate(row) for _ in range(count)] for row in counts]
    kappa, alpha = fleiss_kappa(units), krippendorff_alpha(units)
    assert kappa == pytest.approx(0.210, abs=5e-4)
    assert alpha is not None
    assert kappa is not None
    assert kappa < alpha < kappa + 0.01


def test_fleiss_kappa_is_not_defined_where_alpha_is_not() -> None:
    assert fleiss_kappa([]) is None
    assert fleiss_kappa([["a", "a"], ["b"]]) is None


@pytest.mark.skipif(not BABE.is_dir(), reason="the published corpus is not on this machine")
def test_bias_in_babe_has_the_alpha_that_its_authors_print() -> None:
    """Spinde et al. 2021: Krippendorff's alpha .40 of the question `bias` (SG2); .399 to three places."""
    annotations = read_babe(BABE).dataset().require_annotations("test")
    answers = annotations.filter(label="bias").group_by("article_id", maintain_order=True).agg("value")["value"].to_list()
    assert krippendorff_alpha(answers) == pytest.approx(0.399, abs=1e-3)
    assert fleiss_kappa(answers) == pytest.approx(0.399, abs=1e-3)


def test_the_tally_of_two_observers_is_that_of_the_coincidences_that_krippendorff_prints() -> None:
    """The same text, binary data: o01 + o10 = 8, n0 = 14, n1 = 6."""
    tallies, _ = tally_units(from_observers(TWO_OBSERVERS), nominal_distance)
    assert tallies.sum(axis=0).tolist() == [8, 14, 6]


def triples(units: Sequence[Sequence[Any]]) -> list[tuple[str, str, Any]]:
    return [(f"c{coder}", f"u{number}", value) for number, unit in enumerate(units) for coder, value in enumerate(unit)]


@pytest.mark.parametrize("seed", range(20))
def test_nominal_alpha_is_that_of_nltk(nltk: ModuleType, seed: int) -> None:
    generator = random.Random(seed)
    units = [[generator.choice("abc") for _ in range(generator.randint(1, 4))] for _ in range(12)]
    task = nltk.agreement.AnnotationTask(data=triples([unit for unit in units if len(unit) > 1]))
    assert krippendorff_alpha(units) == pytest.approx(task.alpha())


@pytest.mark.parametrize("seed", range(20))
def test_alpha_of_sets_by_masi_is_that_of_nltk(nltk: ModuleType, seed: int) -> None:
    generator = random.Random(seed)
    units = [[frozenset(generator.sample("abcd", generator.randint(1, 3))) for _ in range(3)] for _ in range(10)]
    task = nltk.agreement.AnnotationTask(data=triples(units), distance=nltk.masi_distance)
    assert krippendorff_alpha(units, masi_distance) == pytest.approx(task.alpha())


SETS = st.frozensets(st.sampled_from("abcd"))


@given(SETS, SETS)
def test_masi_is_a_symmetric_distance_that_agrees_with_nltk(nltk: ModuleType, a: frozenset[str], b: frozenset[str]) -> None:
    assert masi_distance(a, b) == masi_distance(b, a)
    assert (masi_distance(a, b) == 0) == (a == b)
    if a and b:
        assert masi_distance(a, b) == pytest.approx(nltk.masi_distance(a, b))


def test_masi_has_the_steps_of_passonneau() -> None:
    """Passonneau 2006, LREC, section 4: monotonicity 1, 2/3, 1/3 and 0, times Jaccard."""
    ab, bc = frozenset("ab"), frozenset("bc")
    assert [masi_distance(ab, other) for other in (ab, frozenset("a"), bc, frozenset("cd"), frozenset())] == pytest.approx([0, 2 / 3, 8 / 9, 1, 1])


UNITS = st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=8)


@given(UNITS, st.randoms(use_true_random=False))
def test_alpha_does_not_mind_the_order_of_units_or_observers_nor_single_values(units: list[list[str]], generator: random.Random) -> None:
    shuffled = [generator.sample(unit, len(unit)) for unit in units] + [["a"], []]
    generator.shuffle(shuffled)
    expected = krippendorff_alpha(units)
    assert krippendorff_alpha(shuffled) == (None if expected is None else pytest.approx(expected))


@given(UNITS)
def test_alpha_is_never_above_one_and_one_means_that_nobody_differed(units: list[list[str]]) -> None:
    alpha = krippendorff_alpha(units)
    pairable = [unit for unit in units if len(unit) > 1]
    assert (alpha is None) == (len({value for unit in pairable for value in unit}) < 2)
    if alpha is not None:
        assert alpha <= 1
        assert (alpha == 1) == all(len(set(unit)) == 1 for unit in pairable)


def test_alpha_below_chance_is_negative() -> None:
    alpha = krippendorff_alpha([["a", "b"], ["b", "a"], ["a", "b"]])
    assert alpha is not None
    assert alpha < 0


def test_alpha_is_not_defined_without_pairs_nor_where_nothing_varies() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["a"], ["b"]]) is None
    assert np.isnan(alphas(np.zeros(3), np.eye(2)))
    assert tally(np.array([0, 1]), 1 - np.eye(2)).tolist() == [0, 0, 0]
    assert krippendorff_alpha([["a", "a"], ["a", "a", "a"]]) is None


def test_nominal_distance_is_zero_or_one() -> None:
    assert (nominal_distance("a", "a"), nominal_distance("a", "b")) == (0.0, 1.0)
