"""A coder's answers to a question beside people's: how near to them, nearer than whom, and where it errs one way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotate.agreement.alpha import Figures, alphas
from annotate.agreement.alternative import Trial, run_trials
from annotate.agreement.answers import MISSING, Answers, count_votes, decide, tally_values, value_f1
from annotate.agreement.groups import FEW, compare_shares, mean_error, split_lengths
from annotate.agreement.intervals import estimate_several
from annotate.agreement.standing import compare_standing
from schemas.arrays import Flags, Places

__all__ = ["measure_answers"]


def measure_answers(answers: Answers, coder: str, sizes: Places, outlets: Sequence[tuple[str, Flags]], epsilon: float) -> dict[str, Any]:
    """All figures of one coder. `sizes` (in tokens) are those of the articles in `answers`, `outlets` says which are whose.

    Of the articles that people answered (`articles`) the coder `answered` some, which all figures rest on, and left the others
    `unanswered`; of those it answered, `ties` have no truth, since no answer has a majority (of several answers: since some answer has just
    half), and `compared` have one. `share_error` is the mean over `outlets` (those with 20 compared articles or more) of how far the coder's
    shares are from people's, a mean over values; that of all articles together where there is no such outlet.
    """
    votes, voters = count_votes(answers)
    chosen = answers.coders[coder]
    answered = chosen != MISSING
    truth, known = decide(votes, voters, single=answers.single)
    found, known = answers.given[chosen], known & answered[:, np.newaxis]
    tallies = tally_values(truth, found, known)
    standing = compare_standing(_leave_one_out(answers, chosen, votes, voters))
    test = run_trials(_hold_trials(answers, chosen), epsilon)
    shares = compare_shares(truth, found, known, answers.values)
    by_outlet: dict[str, dict[str, Any]] = {
        outlet: {"n": int((part & known.any(axis=1)).sum()), "values": compare_shares(truth[part], found[part], known[part], answers.values)}
        for outlet, part in outlets
        if (part & known.any(axis=1)).any()
    }
    errors = [_error(part["values"]) for part in by_outlet.values() if part["n"] >= FEW]
    return {
        "articles": len(answered),
        "answered": int(answered.sum()),
        "unanswered": int((~answered).sum()),
        "ties": int((answered & ~known.all(axis=1)).sum()),
        "compared": int(known.any(axis=1).sum()),
        **_estimate(answers, chosen, votes, tallies),
        **standing,
        "winning_rate": test["winning_rate"],
        "alternative": test,
        "shares": shares,
        "share_error": mean_error(errors) if errors else _error(shares),
        "outlets": len(errors),
        "by_outlet": by_outlet,
        "by_length": [_describe_part(about, tallies[part & known.any(axis=1)]) for about, part in split_lengths(sizes)],
    }


def _estimate(answers: Answers, chosen: Places, votes: Figures, tallies: Figures) -> dict[str, Any]:
    """Macro-F1 against the majority, the alphas, precision and recall of each value, all from the same draws of articles."""
    answered = chosen != MISSING
    kinds, values = len(answers.given), len(answers.values)
    pairs, people = _tally_pairs(answers, chosen), _tally_people(answers)
    stack = np.concatenate([pairs, people, tallies.reshape(len(tallies), -1)], axis=1)[answered]

    def coefficients(sums: Figures) -> Figures:
        tables = sums[:, 2 * (1 + kinds) :].reshape(-1, 3, values)
        heads = [sums[:, : 1 + kinds], sums[:, 1 + kinds : 2 * (1 + kinds)]]
        with np.errstate(divide="ignore", invalid="ignore"):
            precision, recall = tables[:, 0] / tables[:, 1], tables[:, 0] / tables[:, 2]
        single = [value_f1(tables), *(alphas(head, answers.distances) for head in heads)]
        return np.concatenate([np.stack(single, axis=1), precision, recall], axis=1)

    macro_f1, alpha, human, *others = estimate_several(stack, coefficients)
    counts = tallies.sum(axis=0)
    rows = {
        value: {
            **others[i].named("precision", "precision_"),
            **others[values + i].named("recall", "recall_"),
            "found": int(counts[1, i]),
            "true": int(counts[2, i]),
            "few": bool(min(counts[1:, i]) < FEW),
        }
        for i, value in enumerate(answers.values)
    }
    return {**macro_f1.named("macro_f1", "macro_f1_"), **alpha.named("alpha"), **human.named("human_alpha", "human_"), "values": rows}


def _tally_pairs(answers: Answers, chosen: Places) -> Figures:
    """Of each article the tallies of the coder's pairs with each person, summed: a pair that differs does so in both orders."""
    tallies = np.zeros((len(chosen), 1 + len(answers.given)))
    for column in answers.people.T:
        rows = np.flatnonzero((column != MISSING) & (chosen != MISSING))
        ours, theirs = chosen[rows], column[rows]
        tallies[rows, 0] += 2 * answers.distances[ours, theirs]
        tallies[rows, 1 + ours] += 1
        tallies[rows, 1 + theirs] += 1
    return tallies


def _tally_people(answers: Answers) -> Figures:
    """Of each article that two people or more answered, their tally."""
    counts = np.zeros((len(answers.rows), len(answers.given)))
    for column in answers.people.T:
        rows = np.flatnonzero(column != MISSING)
        counts[rows, column[rows]] += 1
    total = counts.sum(axis=1)
    observed = (counts @ answers.distances * counts).sum(axis=1) / np.maximum(total - 1, 1)
    return np.where((total > 1)[:, np.newaxis], np.concatenate([observed[:, np.newaxis], counts], axis=1), 0.0)


def _leave_one_out(answers: Answers, chosen: Places, votes: Figures, voters: Figures) -> dict[str, tuple[int, float, float]]:
    """Of each person, by name: the articles on which the others have a majority and both this person and the coder answered, and macro-F1
    against it, the coder's and the person's."""
    found = {}
    for name, column in zip(answers.names, answers.people.T, strict=True):
        rows = np.flatnonzero((column != MISSING) & (chosen != MISSING) & (voters > 1))
        mine = answers.given[column[rows]]
        truth, known = decide(votes[rows] - mine, voters[rows] - 1, single=answers.single)
        if known.any():
            coder, person = (
                float(value_f1(tally_values(truth, given, known).sum(axis=0, keepdims=True))[0]) for given in (answers.given[chosen[rows]], mine)
            )
            found[name] = (int(known.any(axis=1).sum()), coder, person)
    return found


def _hold_trials(answers: Answers, chosen: Places) -> dict[str, Trial]:
    """Of each person: on each article that the coder and somebody else answered, too, the mean likeness to the others' answers (1 - distance: whether
    one answer is the same, and of several answers MASI's likeness), the coder's and the person's."""
    trials = {}
    for me, (name, column) in enumerate(zip(answers.names, answers.people.T, strict=True)):
        others = np.delete(answers.people, me, axis=1)
        rows = np.flatnonzero((column != MISSING) & (chosen != MISSING) & (others != MISSING).any(axis=1))
        there = others[rows] != MISSING
        coder, person = (
            ((1 - answers.distances[mine[rows, np.newaxis], others[rows]]) * there).sum(axis=1) / there.sum(axis=1) for mine in (chosen, column)
        )
        trials[name] = Trial(coder, person)
    return trials


def _error(shares: dict[str, dict[str, Any]]) -> float | None:
    return mean_error([share["difference"] for share in shares.values()])


def _describe_part(about: dict[str, Any], tallies: Figures) -> dict[str, Any]:
    figure = float(value_f1(tallies.sum(axis=0, keepdims=True))[0])
    return {**about, "n": len(tallies), "macro_f1": None if np.isnan(figure) else figure, "few": len(tallies) < FEW}
