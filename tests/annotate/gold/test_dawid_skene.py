"""Whom to believe, from the votes alone: known cases, simulated annotators, and what the algorithm promises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.gold.adjudication import adjudicate
from annotate.gold.dawid_skene import MISSING, DawidSkene, Floats, Votes, believe
from annotate.readings import collect_readings
from schemas.codebook import load_codebook
from schemas.dataset import Dataset

Make = Callable[..., Dataset]
TEXTS = dict.fromkeys("abcdef", "The reckless zealots sank the old port.")


def simulate(seed: int, rates: list[float], items: int = 120, classes: int = 2) -> tuple[Votes, Votes]:
    """True classes, and votes of annotators of whom each errs at a rate of their own, to any other class alike."""
    random = np.random.default_rng(seed)
    true = random.integers(classes, size=items)
    wrong = (true[:, None] + random.integers(1, classes, size=(items, len(rates)))) % classes
    return true, np.where(random.random((items, len(rates))) < rates, wrong, true[:, None])


def likelihood(votes: Votes, belief: Floats) -> float:
    """Of the votes, under the error rates and class shares that are the most likely given this belief."""
    chosen = (votes[:, :, None] == np.arange(belief.shape[1])).astype(float)
    errors = np.einsum("it,iav->atv", belief, chosen)
    errors /= np.maximum(errors.sum(axis=2, keepdims=True), 1e-12)
    cast = np.einsum("iav,atv->iat", chosen, errors) + (votes == MISSING)[:, :, None]
    return float(np.log((belief.mean(axis=0) * cast.prod(axis=1)).sum(axis=1)).sum())


def test_where_all_agree_their_answer_is_certain() -> None:
    votes = np.array([[0, 0, 0], [1, 1, 1], [2, 2, 2], [1, 1, 1]])
    assert believe(votes, 3) == pytest.approx(np.eye(3)[[0, 1, 2, 1]], abs=1e-3)


def test_of_two_against_two_the_side_without_the_careless_one_wins() -> None:
    """Three agree wherever all is clear, and the fourth is right half the time; then one of the three sides with the fourth."""
    clear = [[i % 2, i % 2, i % 2, i // 2 % 2] for i in range(40)]
    belief = believe(np.array([*clear, [0, 0, 1, 1], [1, 0, 1, 0]]), 2)
    assert belief[-2, 0] > 0.9
    assert belief[-1, 1] > 0.9


def test_the_careless_one_is_outvoted_even_when_right() -> None:
    clear = [[i % 2, i % 2, i % 2, i // 2 % 2] for i in range(40)]
    assert believe(np.array([*clear, [1, 1, 1, 0]]), 2)[-1, 1] > 0.99


def test_who_is_always_wrong_is_as_good_a_witness_as_who_is_always_right() -> None:
    clear = [[i % 2, i % 2, i % 2, 1 - i % 2] for i in range(40)]
    assert believe(np.array([*clear, [MISSING, MISSING, MISSING, 0]]), 2)[-1, 1] > 0.99


def compare_with_majority(rates: list[float]) -> tuple[float, float]:
    """The share that was believed rightly, and that which a majority would have had right, over twenty draws."""
    shares = []
    for seed in range(20):
        true, votes = simulate(seed, rates)
        majority = votes.mean(axis=1) > 0.5
        shares.append([(believe(votes, 2).argmax(axis=1) == true).mean(), (majority == true).mean()])
    believed, counted = np.mean(shares, axis=0)
    return believed, counted


def test_where_annotators_differ_in_care_more_is_believed_rightly_than_a_majority_gets_right() -> None:
    believed, counted = compare_with_majority([0.05, 0.1, 0.4, 0.45, 0.45])
    assert believed > counted + 0.03


def test_where_all_are_as_careful_a_majority_is_the_best_there_is_and_next_to_nothing_is_lost() -> None:
    believed, counted = compare_with_majority([0.2] * 5)
    assert believed > counted - 0.02


def test_missing_votes_are_no_votes() -> None:
    true, votes = simulate(1, [0.05, 0.1, 0.1, 0.1], items=400)
    random = np.random.default_rng(2)
    votes[random.random(votes.shape) < 0.5] = MISSING
    voted = (votes != MISSING).any(axis=1)
    assert (believe(votes, 2).argmax(axis=1) == true)[voted].mean() > 0.9


def test_an_annotator_who_never_voted_changes_nothing() -> None:
    _, votes = simulate(3, [0.1, 0.3, 0.3])
    absent = np.full((len(votes), 1), MISSING)
    assert believe(np.hstack([votes, absent]), 2) == pytest.approx(believe(votes, 2))


def test_an_item_without_votes_has_the_share_of_the_others_and_moves_none_of_them() -> None:
    _, votes = simulate(4, [0.1, 0.2, 0.3])
    votes[: len(votes) // 2, :] = 1
    belief = believe(votes, 2)
    longer = believe(np.vstack([votes, np.full((5 * len(votes), 3), MISSING)]), 2)
    assert longer[: len(votes)] == pytest.approx(belief)
    assert longer[len(votes) :] == pytest.approx(np.tile(belief.mean(axis=0), (5 * len(votes), 1)), abs=1e-4)


def test_one_annotator_is_believed() -> None:
    assert believe(np.array([[0], [1], [1], [2]]), 3).argmax(axis=1).tolist() == [0, 1, 1, 2]


def test_two_who_always_differ_leave_it_open() -> None:
    assert believe(np.array([[0, 1]] * 6), 2) == pytest.approx(np.full((6, 2), 0.5))


def test_without_any_vote_every_class_is_as_likely() -> None:
    assert believe(np.full((2, 3), MISSING), 4) == pytest.approx(np.full((2, 4), 0.25))
    assert believe(np.zeros((0, 3), dtype=np.int64), 2).shape == (0, 2)


VOTES = st.lists(st.lists(st.integers(-1, 2), min_size=3, max_size=3), min_size=1, max_size=12)


@given(listed=VOTES)
def test_beliefs_are_shares_and_no_round_makes_the_votes_less_likely(listed: list[list[int]]) -> None:
    votes = np.array(listed)
    votes = votes[(votes != MISSING).any(axis=1)]
    if not len(votes):
        return
    steps = [believe(votes, 3, rounds) for rounds in range(12)]
    for belief in steps:
        assert belief.sum(axis=1) == pytest.approx(1)
        assert (belief >= 0).all()
    likely = [likelihood(votes, belief) for belief in steps]
    # What keeps an unseen error possible costs a little.
    assert all(after >= before - 1e-3 for before, after in zip(likely, likely[1:], strict=False)), likely


@given(listed=VOTES, order=st.permutations(range(3)))
def test_the_same_votes_have_the_same_beliefs_whoever_is_named_first(listed: list[list[int]], order: list[int]) -> None:
    votes = np.array(listed)
    assert np.array_equal(believe(votes, 3), believe(votes, 3))
    assert believe(votes, 3) == pytest.approx(believe(votes[:, order], 3), abs=1e-6)
    assert believe(votes, 3)[::-1] == pytest.approx(believe(votes[::-1], 3), abs=1e-6)


def test_in_gold_the_careful_outweigh_the_careless(make_dataset: Make) -> None:
    """Ada and Ben mark the same words everywhere; Cyd and Dan mark others each time, and the same ones once."""
    marks = [(article, name, "Loaded", "reckless") for article in "abcde" for name in ("ada", "ben")]
    marks += [("a", "cyd", "Loaded", "port"), ("b", "cyd", "Loaded", "The"), ("c", "cyd", "Loaded", "sank"), ("d", "cyd", "Loaded", "old")]
    marks += [("a", "dan", "Loaded", "old"), ("b", "dan", "Loaded", "zealots"), ("c", "dan", "Loaded", "The"), ("d", "dan", "Loaded", "port")]
    marks += [("e", "cyd", "Loaded", "port"), ("e", "dan", "Loaded", "port")]
    gold = adjudicate(make_dataset(TEXTS, marks), "dawid-skene")
    assert gold.select("article_id", "quote").rows() == [(article, "reckless") for article in "abcde"]
    assert set(adjudicate(make_dataset(TEXTS, marks))["quote"]) == {None}


def test_an_answer_that_the_careful_gave_wins_also_in_a_tie(make_dataset: Make) -> None:
    marks = [(article, name, "bias", "yes" if article in "abc" else "no") for article in "abcde" for name in ("ada", "ben", "eve")]
    marks += [(article, "cyd", "bias", "yes" if article in "bd" else "no") for article in "abcde"]
    marks += [("f", "ada", "bias", "no"), ("f", "ben", "bias", "no"), ("f", "eve", "bias", "yes"), ("f", "cyd", "bias", "yes")]
    gold = adjudicate(make_dataset(TEXTS, marks), "dawid-skene")
    assert dict(gold.select("article_id", "value").iter_rows()) == {"a": "yes", "b": "yes", "c": "yes", "d": "no", "e": "no", "f": "no"}


@given(marks=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.just("frames"), st.sampled_from(["Law", "Health"])), unique=True))
def test_what_nobody_said_is_never_gold(make_dataset_once: Make, marks: list[tuple[str, str, str, str]]) -> None:
    spans = [("a", "x", "Loaded", "reckless"), ("a", "y"), ("b", "x"), ("b", "z", "Loaded", "old port")]
    dataset = make_dataset_once(TEXTS, [*spans, *marks])
    articles = collect_readings(dataset.articles, dataset.require_annotations("test"))
    judge = DawidSkene(articles, dataset.require_codebook("test"))
    for article in articles:
        for label in ("Loaded", "Name", None):
            assert not (judge.tokens(article, label) & ~article.marks(label).any(axis=0)).any()
        question = dataset.require_codebook("test").question("frames")
        assert question is not None
        assert set(judge.values(article, question)) <= {mark[3] for mark in marks if mark[0] == article.article_id}


@pytest.mark.parametrize("name", ["loaded-language", "policy-frames"])
def test_where_nobody_has_read_anything_there_is_nothing_to_decide(name: str) -> None:
    DawidSkene([], load_codebook(name))
