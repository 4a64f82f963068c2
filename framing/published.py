"""Published corpora as `framing train --recipe` knows them: how each is evaluated, and what others have reported on it.

What measured best on every one of them is what `train` does anyway, so what is left to say is how folds are grouped. Figures are those of which
source, measure and test set are known; of a corpus that has none here the card says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from schemas.errors import FramingError

__all__ = ["PUBLISHED", "Figure", "Published", "find_published"]


@dataclass(frozen=True)
class Figure:
    """What a paper reports: `measure` as it is theirs and ours, and where `evaluate` has ours (`path`)."""

    measure: str
    value: float
    system: str
    source: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """A corpus, under the name of its importer. `group` must not stand on both sides of a fold. `differs`: why published figures and ours are not
    quite the same thing, or why there is none to set beside ours."""

    title: str
    group: str
    differs: str = "No comparable figure is known to this toolkit."
    figures: tuple[Figure, ...] = ()

    def compare(self, evaluation: Mapping[str, Any] | None) -> dict[str, Any]:
        """Each published figure with ours, as model.json holds them; ours is None where it was not measured."""
        rows = [
            {"measure": known.measure, "figure": known.value, "system": known.system, "source": known.source, "ours": _follow(evaluation, known.path)}
            for known in self.figures
        ]
        return {"differs": self.differs, "figures": rows}


def _follow(evaluation: Any, path: tuple[str, ...]) -> float | None:
    found = evaluation
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, float) else None


def _babe(value: float, system: str) -> Figure:
    return Figure("bias of a sentence: weighted F1, ours macro-F1", value, system, "Spinde et al. 2021", ("questions", "bias", "macro_f1"))


SEMEVAL_2020 = "best of SemEval-2020 Task 11", "Da San Martino et al. 2020"
PUBLISHED: dict[str, Published] = {
    "babe": Published(
        "BABE (Spinde et al. 2021)",
        "url",
        "The published systems stopped their training early by the fold that they were tested on, and their folds are of sentences: ours keep the "
        "sentences of a page together, and choose everything inside the fold. Weighted F1 counts the two answers by how common they are, macro-F1 "
        "alike; nearly half of the sentences are biased, so that matters little.",
        (_babe(0.569, "XGBoost"), _babe(0.777, "DistilBERT"), _babe(0.789, "BERT"), _babe(0.804, "BERT with distant supervision")),
    ),
    "ptc": Published(
        "PTC (Da San Martino et al. 2019)",
        "article",
        "The published figures are of transformers that learned from all 371 training articles, on test articles whose labels were not given out; "
        "ours are means over folds of the training articles that are here. The partial-overlap F1 is a mean over spans, so it rises where sure "
        "stretches are cut to pieces: look at the spans per gold span above.",
        (
            Figure("span identification: partial F1", 0.516, *SEMEVAL_2020, ("spans", "partial_f1")),
            Figure("technique of a gold span: micro-F1", 0.621, *SEMEVAL_2020, ("labels", "micro_f1")),
        ),
    ),
    # Three articles tell one event.
    "basil": Published("BASIL (Fan et al. 2019)", "topic"),
    "gvfc": Published("GVFC (Liu et al. 2019)", "article"),
    "semeval2021": Published(
        "SemEval-2021 Task 6 (Dimitrov et al. 2021)",
        "article",
        "No comparable figure: the task scores spans and their techniques together, on a test set of its own.",
    ),
    "semeval2023": Published(
        "SemEval-2023 Task 3 (Piskorski et al. 2023)",
        "article",
        "No comparable figure: the task scores each language by itself, on test sets whose labels were not given out.",
    ),
    "unlp": Published(
        "UNLP 2025 shared task (Kyslyi et al. 2025)",
        "article",
        "No comparable figure: the task scores systems on a test set whose labels are hidden.",
    ),
    # Sentences of one article.
    "newsmtsc": Published(
        "NewsMTSC (Hamborg and Donnay 2021)",
        "source_article",
        "No comparable figure: published systems tell the stance towards a target that is given, and are measured on test sets of their own; the "
        "spans here are the mentions themselves.",
    ),
    "semeval2025": Published(
        "SemEval-2025 Task 10 (Piskorski et al. 2025)",
        "article",
        "No comparable figure: the task gives the mentions and scores the finer roles, each language by itself, on a test set of its own.",
    ),
    # Paragraphs of one page.
    "armpro": Published("ArMPro (Hasanain et al. 2024)", "url"),
}


def find_published(name: str) -> Published:
    """The corpus of this name. FramingError, with the nearest names, if there is none."""
    if name not in PUBLISHED:
        near = get_close_matches(name.lower(), PUBLISHED, 3, 0.5)
        raise FramingError(
            f"no such recipe {name!r}", "--recipe", f"Did you mean {' or '.join(near)}?" if near else f"Choose one of: {', '.join(sorted(PUBLISHED))}"
        )
    return PUBLISHED[name]
