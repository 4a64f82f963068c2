"""What the codebook itself says of an answer: words that are used like those of its name and definition speak for it, before anybody gave it.

On the sample's fifteen frames that alone has an AUROC of .82; as one more figure it lifts what is learned from 25 coded articles from .76 to
.83, from 50 .82 to .86, from 100 .89 to .90, and changes nothing where there are 200.
"""

from __future__ import annotations

import re

import numpy as np
from scipy import sparse

from classifiers.features.bag import BagSpace
from classifiers.features.company import Company
from schemas.arrays import Floats
from schemas.codebook import Question

__all__ = ["meanings_of_values"]

# The most frequent words are in every definition, and in every text: of the vectors' words, the first so many say nothing, and the others the
# more the rarer they are, up to this.
EVERYWHERE, FREQUENT, MOST = 150, 2_000, 1.5
WORDS = re.compile(r"[^\W\d_]+")


def meanings_of_values(question: Question, space: BagSpace, company: Company) -> sparse.csr_matrix | None:
    """Columns of the bag x values: how far each known word is used like those of each value's definition, beside the other values'. None for a
    question of two answers, which seldom differ in what is spoken of, or if a definition has no known word."""
    if len(question.values) < 3 or not company.words:
        return None
    places = {word: i for i, word in enumerate(company.words)}
    said = [
        [places[word] for word in WORDS.findall(f"{value.name} {value.definition}".replace("_", " ").lower()) if word in places]
        for value in question.values
    ]
    telling = [[place for place in some if place >= EVERYWHERE] for some in said]
    if not all(telling):
        return None
    means = np.array([company.vectors[some].mean(axis=0) for some in telling])
    directions = means - means.mean(axis=0)
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    weight = np.minimum(np.log1p(np.arange(len(company.words))) / np.log(FREQUENT), MOST)
    before = len(space.words.features) + len(space.pairs)
    behind = len(space.columns) - before - len(company.words)
    meanings: Floats = np.pad(weight[:, None] * (company.vectors @ directions.T), ((before, behind), (0, 0)))
    return sparse.csr_matrix(meanings)
