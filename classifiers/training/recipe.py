"""How a model is made, beyond its gold: the choices a user has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from classifiers.features.company import Company
from classifiers.training.aims import F1, Aim
from classifiers.training.targets import Task

__all__ = ["Recipe"]


@dataclass(frozen=True)
class Recipe:
    """`unseen_sources`: the model is for outlets that are not in its training data, so what differs from outlet to outlet
    counts less. `unlabelled`: more of the user's texts, from which words' company is learned. `auxiliaries`: other corpora
    by name, whose span heads' scores are evidence for this one. `vectors`: those of words in the articles' language; None for those that ship,
    which are of English. `aim`: what the answers to questions of several are decided for."""

    unseen_sources: bool = False
    unlabelled: tuple[str, ...] = ()
    auxiliaries: Mapping[str, Task] = field(default_factory=dict)
    vectors: Company | None = None
    aim: Aim = F1
