"""`python -m benchmarks.frames`: the sample's frames, learned from three quarters of it, answered for the quarter that no choice was judged by.

With `--unlp FILE` the techniques of UNLP's Ukrainian posts, too, in five folds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from annotate.corpora import CORPORA
from annotate.gold.adjudication import adjudicate
from classifiers import evaluate, make_task, train
from classifiers.evaluation.ceiling import human_answers
from classifiers.evaluation.metrics import mean_f1
from classifiers.evaluation.questions import measure_question
from classifiers.features.answers import other_parts
from classifiers.scoring.answers import answer
from classifiers.scoring.scorer import Scorer
from framing.sample import is_held_out, read_sample
from schemas.dataset import Dataset

SHOWN = ("macro_f1", "always_macro_f1", "cues_macro_f1", "outlet_macro_f1", "human_macro_f1", "auroc", "ece")


def main(unlp: Annotated[Path | None, typer.Option(help="The corpus as it is distributed.")] = None) -> None:
    """Print a line for each question."""
    sample = read_sample()
    whole = make_task(Dataset(sample.articles, sample.annotations, adjudicate(sample), sample.codebook))
    parts = [[i for i, name in enumerate(whole.batch.article_ids) if is_held_out(name) == held_out] for held_out in (False, True)]
    training, test = (whole.take(part) for part in parts)
    model = train(training)
    found = Scorer(model).find(test.batch.texts)
    answers = answer(model, found.alone, other_parts(test.batch.pages, found.alone))
    for question in whole.codebook.questions:
        figures = measure_question(question, training, test, answers[question.name], model.thresholds.get(question.name, ()))
        _print(f"{question.name}, {len(test)} held-out articles", figures | {"human_macro_f1": human_answers(test, question, mean_f1)})
    if unlp is not None:
        dataset = CORPORA["unlp"](unlp).dataset()
        for name, figures in evaluate(make_task(dataset), dataset.articles)["questions"].items():
            _print(f"{name} of UNLP", figures)


def _print(name: str, figures: dict[str, Any]) -> None:
    typer.echo(name + "".join(f"  {key} {figures[key]:.3f}" for key in SHOWN if figures.get(key) is not None))


if __name__ == "__main__":
    typer.run(main)
