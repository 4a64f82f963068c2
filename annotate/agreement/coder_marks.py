"""A coder's spans of a label beside people's: how near to them, nearer than whom, and where it marks too much or too little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotate.agreement.alpha import Figures, alphas
from annotate.agreement.alternative import Trial, run_trials
from annotate.agreement.covers import Covers, count_covers, cover, describe_covers
from annotate.agreement.groups import FEW, compare_rates, mean_error, split_lengths
from annotate.agreement.intervals import estimate_several
from annotate.agreement.labels import BINARY, count_pairs, exact_f1, partial_f1
from annotate.agreement.marks import Drawn, Marks
from annotate.agreement.standing import compare_standing
from schemas.arrays import Flags
from schemas.text.quotations import VOICES, Voice
from schemas.text.tokens import Span

__all__ = ["measure_marks"]


def measure_marks(
    people: Marks, coder: Drawn, voices: Sequence[Mapping[Span, Voice]], outlets: Sequence[tuple[str, Flags]], epsilon: float
) -> dict[str, Any]:
    """All figures of one coder on one label, over the articles that it has `read`; of the others that people marked there are `unread`. `voices` are
    those of the spans of each article, `outlets` says which articles are whose. `rate_error` is the mean over `outlets` (those with 20 articles
    or more) of how far the coder's spans per 1,000 words are from people's; that of all together where there is no such outlet."""
    read = coder.read
    found, true = cover([coder], people.shares, voices), cover(people.slots, coder.marks.astype(float), voices).of_articles(read)
    spans = [np.array([len(one) for one in drawn.merged], dtype=float) for drawn in (coder, *people.slots)]
    mean = np.sum(spans[1:], axis=0) / people.readers
    rates = compare_rates(mean[read], spans[0][read], people.axis.words[read])
    by_outlet: dict[str, dict[str, Any]] = {
        name: compare_rates(mean[part & read], spans[0][part & read], people.axis.words[part & read]) for name, part in outlets if (part & read).any()
    }
    errors = [row["difference"] for row in by_outlet.values() if row["n"] >= FEW]
    test = run_trials(_hold_trials(people, coder), epsilon)
    return {
        "read": int(read.sum()),
        "unread": int((~read).sum()),
        **_estimate(people, coder, found, true),
        **compare_standing(_leave_one_out(people, coder)),
        "winning_rate": test["winning_rate"],
        "alternative": test,
        "rates": rates,
        "rate_error": mean_error(errors or [rates["difference"]]),
        "outlets": len(errors),
        "by_outlet": by_outlet,
        "by_length": [
            {**about, "n": int((part & read).sum()), **describe_covers(found.of_articles(part), true.of_articles(part))}
            for about, part in split_lengths(people.sizes)
        ],
        "by_voice": {
            voice: describe_covers(found.of_voice(voice), true.of_voice(voice))
            for voice in VOICES
            if len(found.of_voice(voice).shares) or len(true.of_voice(voice).shares)
        },
    }


def _estimate(people: Marks, coder: Drawn, found: Covers, true: Covers) -> dict[str, Any]:
    """Alpha over tokens and span F1 of the coder with people, pairs pooled, beside those of people among themselves; precision and recall: the mean
    share of the coder's spans that people marked (of each of its tokens, the share of people who did), and of people's that the coder did."""
    articles = len(people.readers)
    pairs = np.array([count_pairs((coder.merged[a], one) for one in people.spans_of(a)) for a in range(articles)]).reshape(articles, 5)
    covers = [np.bincount(side.articles, weights, minlength=articles) for side in (found, true) for weights in (side.shares, None)]
    stack = np.concatenate([_tally_pairs(people, coder), people.tallies, pairs, people.pairs, np.stack(covers, axis=1)], axis=1)

    def coefficients(sums: Figures) -> Figures:
        ours, theirs, our_pairs, their_pairs, shares = np.split(sums, [3, 6, 11, 16], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            precision, recall = shares[:, 0] / shares[:, 1], shares[:, 2] / shares[:, 3]
        f1 = [measure(counts) for measure in (exact_f1, partial_f1) for counts in (our_pairs, their_pairs)]
        return np.stack([alphas(ours, BINARY), alphas(theirs, BINARY), *f1, precision, recall], axis=1)

    alpha, human, *others = estimate_several(stack[coder.read], coefficients)
    names = ("f1_exact", "human_f1_exact", "f1_partial", "human_f1_partial", "precision", "recall")
    figures = {key: figure for name, one in zip(names, others, strict=True) for key, figure in one.named(name, f"{name}_").items()}
    return {**alpha.named("alpha"), **human.named("human_alpha", "human_"), **figures, **count_covers(found, true)}


def _tally_pairs(people: Marks, coder: Drawn) -> Figures:
    """Of each article the tallies of the coder's pairs with each reader, summed over tokens: a pair that differs does so in both orders."""
    readers = people.readers_of_tokens
    differing = np.where(coder.marks, readers - people.count, people.count)
    marked = people.add_up(people.count + readers * coder.marks)
    return np.stack([2 * people.add_up(differing), 2 * people.sizes * people.readers - marked, marked], axis=1)


def _leave_one_out(people: Marks, coder: Drawn) -> dict[str, tuple[int, float, float]]:
    """Of each person, by name: the articles that somebody else and the coder read, too, and F1 over tokens against what more than half of the others
    marked, the coder's and the person's."""
    sums = defaultdict[str, list[Figures]](list)
    for slot, drawn in enumerate(people.slots):
        majority = 2 * (people.count - drawn.marks) > people.readers_of_tokens - 1
        columns = [2 * people.add_up(mine & majority) for mine in (coder.marks, drawn.marks)]
        columns += [people.add_up(mine) + people.add_up(majority) for mine in (coder.marks, drawn.marks)]
        for name, rows in people.held(slot, coder.read):
            sums[name].append(np.concatenate([[len(rows)], np.stack(columns, axis=1)[rows].sum(axis=0)]))
    found = {}
    for name, parts in sorted(sums.items()):
        n, coder_shared, person_shared, coder_all, person_all = np.sum(parts, axis=0)
        if coder_all and person_all:
            found[name] = (int(n), float(coder_shared / coder_all), float(person_shared / person_all))
    return found


def _hold_trials(people: Marks, coder: Drawn) -> dict[str, Trial]:
    """Of each person: on each article that somebody else and the coder read, too, the mean F1 over tokens with the others, the coder's and the
    person's."""
    ours = np.stack([people.compare(coder, drawn) for drawn in people.slots]) if people.slots else np.empty((0, 0))
    rest = np.maximum(people.readers - 1, 1)
    trials = defaultdict[str, list[Figures]](list)
    for slot in range(len(people.slots)):
        scores = np.stack([(ours.sum(axis=0) - ours[slot]) / rest, people.alike[slot] / rest])
        for name, rows in people.held(slot, coder.read):
            trials[name].append(scores[:, rows])
    return {name: Trial(*np.concatenate(parts, axis=1)) for name, parts in sorted(trials.items())}
