"""The spans of a batch: runs of tokens, how likely they are loaded, and who speaks there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from classifiers.features.bag import probability_of
from classifiers.model.decoding import Runs, find_runs
from classifiers.model.model import Model
from schemas.arrays import Floats, Places
from schemas.text.kernel import kernel
from schemas.text.quotations import VOICES, Quotations, Voices
from schemas.text.tokens import Tokens
from schemas.text.voices import find_holders, find_voices

__all__ = ["Spans", "allowed_runs", "find_spans"]

_SCARE = VOICES.index("scare")


class Spans(NamedTuple):
    """The spans of a batch, in order: their first tokens, the ones after the last, the means of their tokens' probabilities, the
    quotations that hold them (-1 where none does), their voices (indices into VOICES), and those of each document: first_spans[d] to
    first_spans[d + 1]."""

    firsts: Places
    lasts: Places
    probabilities: Floats
    holders: Places
    voices: Voices
    first_spans: Places


def find_spans(model: Model, tokens: Tokens, quotations: Quotations, logits: Floats) -> Spans:
    """The spans that readers are shown, from the second-stage logits of all tokens."""
    runs, holders = allowed_runs(model, tokens, quotations, find_runs(tokens, logits, model.decoding.threshold, model.decoding.entry_cost))
    probabilities = _mean_probabilities(logits, runs.firsts, runs.lasts)
    return Spans(runs.firsts, runs.lasts, probabilities, holders, find_voices(holders, quotations), runs.first_runs)


def allowed_runs(model: Model, tokens: Tokens, quotations: Quotations, runs: Runs) -> tuple[Runs, Places]:
    """The runs that the codebook lets be spans, and the quotations that hold them: some codebooks leave scare quotes out."""
    holders = find_holders(tokens.starts[runs.firsts], tokens.ends[runs.lasts - 1], runs.first_runs, quotations)
    if model.codebook.scare_quotes:
        return runs, holders
    kept = find_voices(holders, quotations) != _SCARE
    return Runs(runs.firsts[kept], runs.lasts[kept], np.concatenate([[0], np.cumsum(kept)])[runs.first_runs]), holders[kept]


@kernel
def _mean_probabilities(logits: Floats, firsts: Places, lasts: Places) -> Floats:
    means = np.empty(len(firsts))
    for span in range(len(firsts)):
        total = 0.0
        for token in range(firsts[span], lasts[span]):
            total += probability_of(logits[token])
        means[span] = total / (lasts[span] - firsts[span])
    return means
