"""The model card: what the model was trained on, how good it is, and what it must not be used for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from classifiers.model.sufficiency import FEW, say_little
from schemas.text.languages import language_name
from schemas.wording import count

__all__ = ["EVALUATION_HEADER", "beats_floor", "beats_nearest", "evaluation_rows", "is_shaky", "write_card"]

INTERVAL = "95 % interval"
EVALUATION_HEADER = ("measure", "model", INTERVAL, "spread", "floor", "outlet", "human")
_PROBABILITIES = (("auroc", "AUROC"), ("brier", "Brier"), ("ece", "ECE"))
_CALLED = {"folders": "dataset"}
# How the name of a row ends whose figures rest on next to nothing.
_SHAKY = ": too few to rely on)"

_USES = """\
## What a score means

- A **span** is a stretch of words that the annotators of the training articles would probably have tagged. Its probability is
  calibrated out of fold: of spans scored .7, about seven in ten tokens were tagged, in articles like those of the training data.
- A **density** counts spans per 1,000 words in the outlet's own voice. Words it quotes from others are counted apart.
- The probability of an **answer** says how likely annotators were to give it: a frame's, say, or that of "biased".
- An answer is **decided** where it is the likeliest; one of several where its probability is above a threshold of its own, which was
  chosen on articles that the model had not seen.
{thresholds}
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
        *_warn(training, codebook),
        f"A linear model of framing-toolkit, checksum `{facts['digest'][:16]}`, for the codebook **{codebook['name']} {codebook['version']}**.",
        "Every weight is a row of `weights.parquet` (head, label, kind of feature, term, position, weight); what words weigh for the company they "
        "keep is in `company.parquet`, a row for each word and a column for each head, label and position. Opening this folder executes nothing.",
        "Its checksums notice damage; who made it only a signature can say (`framing model verify`).",
        "",
        "## Training data",
        "",
        *([f"- languages: {_plain([language_name(code) for code in facts['languages']])}"] if facts.get("languages") else []),
        *(f"- {_CALLED.get(name, name.replace('_', ' '))}: {_plain(value)}" for name, value in training.items()),
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
            ["label or question", "alpha", INTERVAL, "span F1 (partial)"],
            [_agreement_row(name, row) for kind in ("labels", "questions") for name, row in agreement.get(kind, {}).items()],
        )
    if evaluation := facts.get("evaluation"):
        lines += [
            "## How good it is",
            "",
            f"Mean over {evaluation['folds']} folds grouped by {evaluation['group']}, thresholds and features fitted inside each fold"
            f"{', for unseen sources' if evaluation.get('unseen_sources') else ''}.",
            "*Floor* is what the codebook's cue words reach by themselves, or the commonest answer if that is better; *outlet* what its name",
            "alone reaches; *human* one annotator against the majority of the others. ECE is of all folds together. The interval is what other",
            f"articles to test on might have given ({evaluation['group']}s drawn anew); the spread is the standard deviation over folds.",
            *_about_attributes(evaluation),
            "",
            *_table(list(EVALUATION_HEADER), evaluation_rows(evaluation)),
        ]
    if published := facts.get("published"):
        lines += ["## Beside published figures", "", _inert(published["differs"]), ""]
        if rows := [_published_row(row) for row in published["figures"]]:
            lines += _table(["measure", "system", "source", "published", "this model"], rows)
    return "\n".join([*lines, _USES.format(thresholds="\n".join(_thresholds(facts)))])


def beats_floor(figures: Mapping[str, Any]) -> bool:
    """Whether the head of an attribute is better than saying the commonest value of every span, by more than the interval of its macro-F1."""
    return bool(figures["low"] > figures["floor_macro_f1"])


def beats_nearest(figures: Mapping[str, Any]) -> bool:
    """Whether whom spans are about is told better than by always taking the nearest name, or nobody, by more than the interval of its accuracy."""
    return bool(figures["low"] > figures["floor_accuracy"])


def is_shaky(row: Sequence[str]) -> bool:
    """Whether a row of the evaluation rests on fewer than FEW gold spans, or answers, as its name then says."""
    return row[0].endswith(_SHAKY)


def _warn(training: Mapping[str, Any], codebook: Mapping[str, Any]) -> list[str]:
    """What the data are too few for, which is said before all else."""
    said = say_little(training, codebook) if training else []
    return [*(f"> **{line[0].upper()}{line[1:]}.**  " for line in said), ""] if said else []


def _about_attributes(evaluation: Mapping[str, Any]) -> list[str]:
    if not evaluation.get("attributes") and not evaluation.get("targets"):
        return []
    return [
        "What is said of a span is measured on gold spans, all folds together, with a 95 % interval bootstrapped over articles; its floor is the",
        "commonest value; of a target the nearest name, or nobody. Where that is not beaten by the interval, the model scores no column for it.",
    ]


def _thresholds(facts: Mapping[str, Any]) -> list[str]:
    """For each answer to a question of several, above which probability it is decided, and how often gold gives it."""
    values = {question["name"]: [value["name"] for value in question["values"]] for question in facts["codebook"]["questions"]}
    rows = []
    for name, thresholds in facts.get("thresholds", {}).items():
        given = facts.get("given", {}).get(name) or [None] * len(thresholds)
        rows += [[name, value, *map(_figure, figures)] for value, *figures in zip(values[name], thresholds, given, strict=True)]
    return ["", *_table(["question", "answer", "decided above", "of training articles"], rows)] if rows else []


def _published_row(row: Mapping[str, Any]) -> list[str]:
    return [*(_inert(row[name]) for name in ("measure", "system", "source")), _figure(row["figure"]), _figure(row.get("ours"))]


def evaluation_rows(evaluation: Mapping[str, Any]) -> list[list[str]]:
    """The table of an evaluation, as EVALUATION_HEADER has its columns; figures as papers print them."""
    rows: list[list[str]] = []
    if "tokens" in evaluation:
        tokens, spans, sentences = evaluation["tokens"], evaluation["spans"], evaluation["sentences"]
        rows += [
            _row(evaluation, "tokens, F1", ("tokens", "f1"), tokens["floor_f1"], human=tokens["human_f1"]),
            _row(evaluation, "spans, exact F1", ("spans", "exact_f1"), spans["floor_exact_f1"], human=spans["human_exact_f1"]),
            _row(evaluation, "spans, character F1", ("spans", "char_f1"), spans["floor_char_f1"], human=spans["human_char_f1"]),
            _row(
                evaluation,
                "spans, partial F1 (SemEval-2020)",
                ("spans", "readers_partial_f1"),
                spans["floor_partial_f1"],
                human=spans["human_partial_f1"],
            ),
            _row(evaluation, "spans found per gold span", ("spans", "readers_count_ratio")),
            _row(evaluation, "cut for that measure: partial F1", ("spans", "partial_f1"), spans["floor_partial_f1"], human=spans["human_partial_f1"]),
            _row(evaluation, "cut for that measure: spans per gold span", ("spans", "count_ratio")),
            _row(evaluation, "label of a gold span, micro-F1", ("labels", "micro_f1"), evaluation["labels"]["floor_micro_f1"]),
            _row(evaluation, "label of a gold span, macro-F1", ("labels", "macro_f1")),
            _row(evaluation, "sentences, macro-F1", ("sentences", "macro_f1"), sentences["floor_macro_f1"]),
            _row(evaluation, "sentences, macro-F1, surest half", ("sentences", "confident_macro_f1")),
            *(_row(evaluation, f"sentences, {title}", ("sentences", key)) for key, title in _PROBABILITIES),
        ]
        rows = _mark(rows, evaluation.get("gold_spans"), "gold span")
    if headlines := evaluation.get("headlines"):
        counted = (
            f"{headlines['articles']} of them, spans per 1,000 words {headlines['density_predicted']:.1f}, by gold {headlines['density_gold']:.1f}"
        )
        row = _row(evaluation, f"tokens of headlines, F1 ({counted})", ("headlines", "f1"), headlines["floor_f1"], human=headlines["human_f1"])
        row[2] = _interval(headlines.get("low"), headlines.get("high"))
        rows += _mark([row], headlines.get("spans"), "gold span")
    for name, figures in evaluation.get("attributes", {}).items():
        left_out = "" if beats_floor(figures) else ", left out of the model"
        what, path = f"{name} of a gold span", ("attributes", name)
        found = [
            _row(evaluation, f"{what}, macro-F1{left_out}", (*path, "macro_f1"), figures["floor_macro_f1"], human=figures["human_macro_f1"]),
            _row(evaluation, f"{what}, macro-F1 by the words of its sentence alone", (*path, "bag_macro_f1")),
            _row(evaluation, f"{what}, accuracy", (*path, "accuracy")),
            *(_row(evaluation, f"{what}, {title}", (*path, key)) for key, title in _PROBABILITIES[1:]),
        ]
        found[0][2] = _interval(figures["low"], figures["high"])
        rows += _mark(found, figures.get("spans"), "gold span")
    if targets := evaluation.get("targets"):
        left_out = "" if beats_nearest(targets) else ", left out of the model"
        floor, human = targets["floor_accuracy"], targets["human_accuracy"]
        found = [
            _row(evaluation, f"target of a gold span, accuracy{left_out}", ("targets", "accuracy"), floor, human=human),
            _row(evaluation, "target of a gold span, of those named near it", ("targets", "named_accuracy"), targets["nearest_accuracy"]),
        ]
        found[0][2] = _interval(targets["low"], targets["high"])
        rows += _mark(found, targets.get("spans"), "gold span")
    for name, question in evaluation.get("questions", {}).items():
        floor = max(question["commonest_macro_f1"], question["cues_macro_f1"], question.get("always_macro_f1") or 0.0)
        path = ("questions", name)
        found = [
            _row(evaluation, f"{name}, macro-F1", (*path, "macro_f1"), floor, question.get("outlet_macro_f1"), question["human_macro_f1"]),
            _row(evaluation, f"{name}, macro-F1, surest half", (*path, "confident_macro_f1")),
            *(_row(evaluation, f"{name}, {title}", (*path, key)) for key, title in _PROBABILITIES),
        ]
        rows += _mark(found, question.get("articles"), "answer")
    return rows


def _mark(rows: list[list[str]], basis: float | None, noun: str) -> list[list[str]]:
    """The rows, whose names say so if they rest on next to nothing; older evaluations do not know on how much."""
    if basis is None or basis >= FEW:
        return rows
    return [[f"{row[0]} ({count(int(basis), noun)}{_SHAKY}", *row[1:]] for row in rows]


def _row(
    evaluation: Mapping[str, Any],
    name: str,
    path: tuple[str, ...],
    floor: float | None = None,
    outlet: float | None = None,
    human: float | None = None,
) -> list[str]:
    value, (spread, low, high) = evaluation, (evaluation.get(name, {}) for name in ("spread", "low", "high"))
    for key in path:
        value, (spread, low, high) = value[key], (tree.get(key, {}) for tree in (spread, low, high))
    # The calibration error is pooled, so it has no spread.
    shown = spread if path[-1] != "ece" and isinstance(spread, float) else None
    interval = _interval(low, high) if isinstance(low, float) and isinstance(high, float) else "-"
    return [name, _figure(value), interval, *(_figure(figure) for figure in (shown, floor, outlet, human))]  # type: ignore[arg-type]


def _agreement_row(label: str, row: Mapping[str, Any]) -> list[str]:
    return [label, _figure(row["alpha"]), _interval(row["low"], row.get("high")), _figure(row.get("f1_partial"))]


def _interval(low: float | None, high: float | None) -> str:
    return f"{_figure(low)} to {_figure(high)}" if low is not None and high is not None else "-"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(map(_inert, cells)) + " |" for cells in [header, ["---"] * len(header), *rows]] + [""]


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
