"""May a coder stand in for one of these people? The alternative-annotator test.

Calderon, Reichart and Dror 2025, "The Alternative Annotator Test for LLM-as-a-Judge: How to Statistically Justify Replacing Human Annotators with
LLMs" (ACL 2025, pp. 16051-16081), section 3. One person after the other is left out, and on each article that this person and the coder both coded it
is asked who is more like the remaining people. Written anew from the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.special import stdtr

from annotate.agreement.alpha import Figures

__all__ = ["EPSILON", "FEWEST_INSTANCES", "FEWEST_PEOPLE", "Trial", "control_discoveries", "run_trials"]

# What the paper advises: .1 for crowd workers, .2 for experts, whose time costs more (section 3, "The cost-benefit hyperparameter").
EPSILON = 0.1
FEWEST_INSTANCES, FEWEST_PEOPLE = 30, 3
RATE = 0.05
# The share of people whom the coder must beat.
HALF = 0.5
# Scores are means of the same figures in different orders: what differs by less is a tie.
DECIMALS = 9


class Trial(NamedTuple):
    """Of each article that one person and the coder both coded: how well each agrees with the remaining people, by any score that rises with
    agreement."""

    coder: Figures
    person: Figures


def run_trials(trials: Mapping[str, Trial], epsilon: float = EPSILON) -> dict[str, Any]:
    """The test over people: `winning_rate` (omega), whether it `passes` (omega of a half or more), the average `advantage` probability (rho),
    and the `verdict` in words; `trials` has each person's figures.

    The coder wins an article (W_f) where it agrees with the rest at least as well as the person does, the person (W_h) likewise, both at
    ties. The null hypothesis is that the person wins more often by `epsilon` or more; a one-sided paired t test of W_h - W_f rejects it, and
    Benjamini and Yekutieli's procedure keeps the rate of false discoveries over people at .05. Omega is the share of people for whom it is
    rejected. Who shares fewer than 30 articles is left out; with fewer than three people left there is no test.
    """
    enough = {name: trial for name, trial in trials.items() if len(trial.coder) >= FEWEST_INSTANCES}
    rows = {name: _try(trial, epsilon) for name, trial in enough.items()}
    won = control_discoveries([row["p"] for row in rows.values()], RATE)
    for row, rejected in zip(rows.values(), won, strict=True):
        row["won"] = rejected
    tested = len(rows) >= FEWEST_PEOPLE
    omega = sum(won) / len(won) if tested else None
    return {
        "epsilon": epsilon,
        "people": len(rows),
        "left_out": len(trials) - len(rows),
        "winning_rate": omega,
        "passes": omega >= HALF if omega is not None else None,
        "advantage": float(np.mean([row["advantage"] for row in rows.values()])) if tested else None,
        "trials": rows,
        "verdict": _say(sum(won), len(rows), len(trials), epsilon),
    }


def control_discoveries(ps: list[float], rate: float) -> list[bool]:
    """Which hypotheses are rejected so that the rate of false ones among them is at most `rate`, however the tests hang together (Benjamini and
    Yekutieli 2001, Annals of Statistics 29, theorem 1.3)."""
    order = np.argsort(ps, kind="stable")
    many = np.arange(1, len(ps) + 1)
    limits = many * rate / (len(ps) * (1 / many).sum())
    below = np.flatnonzero(np.array(ps)[order] <= limits)
    rejected = set(order[: below[-1] + 1].tolist()) if len(below) else set()
    return [i in rejected for i in range(len(ps))]


def _try(trial: Trial, epsilon: float) -> dict[str, Any]:
    gap = np.round(trial.coder - trial.person, DECIMALS)
    coder, person = gap >= 0, gap <= 0
    differences = person.astype(float) - coder
    error = differences.std(ddof=1) / np.sqrt(len(gap))
    mean = float(differences.mean())
    p = float(stdtr(len(gap) - 1, (mean - epsilon) / error)) if error > 0 else float(mean >= epsilon)
    return {"n": len(gap), "advantage": float(coder.mean()), "person": float(person.mean()), "p": p}


def _say(won: int, tested: int, people: int, epsilon: float) -> str:
    if tested < FEWEST_PEOPLE:
        return (
            f"no test: {tested} of {people} people share {FEWEST_INSTANCES} articles or more with the coder and others, and the test wants "
            f"{FEWEST_PEOPLE}"
        )
    found = f"shown to be less than {epsilon:g} behind {won} of {tested} people at agreeing with the others"
    return f"passes: {found}" if won / tested >= HALF else f"fails: {found}, fewer than half"
