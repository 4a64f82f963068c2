"""How a model is made, beyond its gold: the choices a user has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from classifiers.features.company import Company
from classifiers.training.aims import F1, Aim
from classifiers.training.targets import Task
from schemas.codebook import Actor
from schemas.text.canonical import fold_words

__all__ = ["Recipe"]


@dataclass(frozen=True)
class Recipe:
    """`unseen_sources`: the model is for outlets that are not in its training data, so what differs from outlet to outlet
    counts less. `unlabelled`: more of the user's texts, from which words' company is learned. `auxiliaries`: other corpora
    by name, whose span heads' scores are evidence for this one, and from whose answers to the same questions its heads learn, too. `vectors`:
    those of words in the articles' language; None for those that ship, which are of English. `aim`: what the answers to questions of several
    are decided for. `actors`: those whom the training articles name, beside the actors of their codebook; the model learns from them how whom a
    span is about is named near it, and does not keep them."""

    unseen_sources: bool = False
    unlabelled: tuple[str, ...] = ()
    auxiliaries: Mapping[str, Task] = field(default_factory=dict)
    vectors: Company | None = None
    aim: Aim = F1
    actors: tuple[Actor, ...] = ()

    def without(self, texts: Sequence[str]) -> Recipe:
        """The same, but that no auxiliary corpus has any of these texts."""
        if not self.auxiliaries:
            return self
        known = {fold_words(text) for text in texts}
        left = {name: [i for i, text in enumerate(task.batch.texts) if fold_words(text) not in known] for name, task in self.auxiliaries.items()}
        kept = {name: task if len(left[name]) == len(task) else task.take(left[name]) for name, task in self.auxiliaries.items() if left[name]}
        return replace(self, auxiliaries=kept)
