"""The model card: what the model was trained on, how good it is, and what it must not be used for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["evaluation_rows", "write_card"]

_USES = """\
## What a score means

- A **span** is a stretch of words that the annotators of the training articles would probably have tagged. Its probability is
  calibrated out of fold: of spans scored .7, about seven in ten tokens were tagged, in articles like those of the training data.
- A **density** counts spans per 1,000 words in the outlet's own voice. Words it quotes from others are counted apart.
- A **frame** probability says how likely annotators were to choose that frame.

## What it must not be used for

- To call a single article, author or outlet "biased". A score describes wording, not truth, intent or fairness.
- To compare outlets, languages, periods or topics that the training articles do not cover, without human-coded articles from each
  of them: classifier means are biased, and more so on sources never seen in training.
- To take decisions about people.
"""


def write_card(facts: Mapping[str, Any]) -> str:
    """Markdown from the content of model.json."""
    codebook, training = facts["codebook"], facts.get("training", {})
    lines = [
        f"# Model card: {_inert(facts.get('title', codebook['title']))}",
        "",
        f"A linear model of framing-toolkit, digest `{facts['digest'][:16]}`, for the codebook **{codebook['name']} {codebook['version']}**.",
        "Every weight is a row of `weights.parquet` (head, label, kind of feature, term, position, weight). Opening this folder executes nothing.",
        "",
        "## Training data",
        "",
        *(f"- {name.replace('_', ' ')}: {_plain(value)}" for name, value in training.items()),
        "",
    ]
    if agreement := facts.get("agreement"):
        lines += [
            "## How the annotators agreed",
            "",
            "Krippendorff's alpha over tokens (over articles for questions), with 95 % intervals bootstrapped over articles.",
            "",
        ]
        lines += _table(
            ["label or question", "alpha", "95 % interval", "span F1 (partial)"],
            [_agreement_row(name, row) for kind in ("labels", "questions") for name, row in agreement.get(kind, {}).items()],
        )
    if evaluation := facts.get("evaluation"):
        lines += [
            "## How good it is",
            "",
            f"Mean over {evaluation['folds']} folds grouped by {evaluation['group']}, thresholds and features fitted inside each fold.",
            "*Floor* is what the codebook's cue words (spans) or the commonest answers (questions) reach by themselves, *human* is one",
            "annotator against the others.",
            "",
            *_table(["measure", "model", "spread over folds", "floor", "human"], evaluation_rows(evaluation)),
        ]
    return "\n".join([*lines, _USES])


def evaluation_rows(evaluation: Mapping[str, Any]) -> list[list[str]]:
    """The table of an evaluation: measure, model, spread, floor, human; figures as papers print them."""
    spread = evaluation.get("spread", {})

    def row(name: str, group: str, key: str, floor: float | None = None, human: float | None = None) -> list[str]:
        return [name, _figure(evaluation[group][key]), _figure(spread.get(group, {}).get(key)), _figure(floor), _figure(human)]

    rows = []
    if "tokens" in evaluation:
        tokens, spans, sentences = evaluation["tokens"], evaluation["spans"], evaluation["sentences"]
        rows += [
            row("tokens, F1", "tokens", "f1", tokens["floor_f1"], tokens["human_f1"]),
            row("spans, exact F1", "spans", "exact_f1", spans["floor_exact_f1"], spans["human_exact_f1"]),
            row("spans, partial F1 (SemEval-2020)", "spans", "partial_f1", spans["floor_partial_f1"], spans["human_partial_f1"]),
            row("spans, character F1", "spans", "char_f1"),
            row("spans found per gold span", "spans", "count_ratio"),
            row("label of a gold span, micro-F1", "labels", "micro_f1", evaluation["labels"]["floor_micro_f1"]),
            row("label of a gold span, macro-F1", "labels", "macro_f1"),
            row("sentences, macro-F1", "sentences", "macro_f1", sentences["floor_macro_f1"]),
            row("sentences, AUROC", "sentences", "auroc"),
            row("sentences, Brier", "sentences", "brier"),
            row("sentences, ECE", "sentences", "ece"),
        ]
    for name, question in evaluation.get("questions", {}).items():
        spread_of = spread.get("questions", {}).get(name, {})
        for key, title in (("macro_f1", "macro-F1"), ("auroc", "AUROC"), ("brier", "Brier"), ("ece", "ECE")):
            floor, human = (question["floor_macro_f1"], question["human_macro_f1"]) if key == "macro_f1" else (None, None)
            rows.append([f"{name}, {title}", _figure(question[key]), _figure(spread_of.get(key)), _figure(floor), _figure(human)])
    return rows


def _agreement_row(label: str, row: Mapping[str, Any]) -> list[str]:
    interval = f"{_figure(row['low'])} to {_figure(row['high'])}" if row["low"] is not None else "-"
    return [label, _figure(row["alpha"]), interval, _figure(row.get("f1_partial"))]


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in [header, ["---"] * len(header), *rows]] + [""]


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    text = f"{value:.3f}"
    return text.removeprefix("0") if 0 <= value < 1 else text.replace("-0.", "-.")


def _plain(value: Any) -> str:
    text = ", ".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)
    return _inert(text)


def _inert(text: str) -> str:
    """Other people's strings, such as names of outlets, can begin no heading, link or tag of the card."""
    return re.sub(r"([<>\[\]`|])", r"\\\1", " ".join(text.split()))
