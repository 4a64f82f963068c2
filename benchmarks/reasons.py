"""`python -m benchmarks.reasons`: whether reasons convince. A reader sees why two spans of one article were flagged, but not their words, and guesses
which of them people marked.

`draw FOLDER` trains on three quarters of the sample (or takes `--model`), explains the quarter that no choice was judged by, and writes two sheets of
pairs, none of which is in both: `features.txt` with the single features that `explain --all` shows, `groups.txt` with what `explain` shows. The keys
stand in a file of their own. Write a line for each pair of a sheet, `a` or `b`; `score FOLDER SHEET GUESSES` counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer
from scipy.stats import binomtest

from annotate.gold.adjudication import adjudicate
from classifiers import load_model
from classifiers.explanation.evidence import Example
from classifiers.explanation.spans import Explainer, Explanation
from classifiers.features.words import word_term
from framing.explaining import add_examples, say_examples, say_groups, say_singly
from framing.sample import is_held_out, read_sample
from framing.training import train_dataset
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.text.tokens import tokenise

PAIRS, REASONS, BLANK = 40, 5, "____"
SHEETS = ("features", "groups")

app = typer.Typer()


@dataclass(frozen=True)
class Shown:
    """A span that a model flagged, and whether people marked some of it."""

    found: Explanation
    examples: list[Example]
    gold: bool


@app.command()
def draw(folder: Path, model: Annotated[Path | None, typer.Option(help="Made by an earlier draw.")] = None, seed: int = 1) -> None:
    """Write both sheets, and their keys."""
    sample = read_sample()
    whole = replace(sample, gold=adjudicate(sample))
    known, unseen = (_take(whole, held_out=held_out) for held_out in (False, True))
    if model is None:
        model = folder / "model"
        train_dataset(known, model, where=folder, origin={}, folds=0)
    chance, pairs = np.random.default_rng(seed), list[tuple[Shown, Shown]]()
    for shown in _explain(model, known, unseen):
        marked, others = ([each for each in shown if each.gold == gold] for gold in (True, False))
        # As many as there are of the fewer.
        both = zip(chance.permutation(len(marked)).tolist(), chance.permutation(len(others)).tolist(), strict=False)
        pairs += [(marked[i], others[j]) for i, j in both]
    pairs = [pairs[i] for i in chance.permutation(len(pairs)).tolist()]
    if len(pairs) < 2 * PAIRS:
        raise FramingError(f"there are {len(pairs)} pairs, and two sheets take {2 * PAIRS}", folder, "Draw with another model")
    typer.echo(f"{len(pairs)} pairs, {PAIRS} on each sheet")
    folder.mkdir(parents=True, exist_ok=True)
    keys = {}
    for sheet, some in zip(SHEETS, (pairs[:PAIRS], pairs[PAIRS : 2 * PAIRS]), strict=True):
        keys[sheet] = ["ab"[side] for side in chance.integers(2, size=PAIRS).tolist()]
        lines = [line for number, (pair, key) in enumerate(zip(some, keys[sheet], strict=True), 1) for line in _print(number, pair, key, sheet)]
        (folder / f"{sheet}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "keys.json").write_text(json.dumps(keys), encoding="utf-8")


@app.command()
def score(folder: Path, sheet: str, guesses: Path) -> None:
    """Print how many guesses are right, with the exact binomial interval (Clopper and Pearson 1934)."""
    key, said = json.loads((folder / "keys.json").read_text())[sheet], guesses.read_text().split()
    if len(said) != len(key) or set(said) - {"a", "b"}:
        raise FramingError(f"holds {len(said)} guesses, and there are {len(key)} pairs", guesses, "Write a or b for each pair")
    right = sum(map(str.__eq__, said, key))
    between = binomtest(right, len(key)).proportion_ci()
    typer.echo(f"{sheet}: {right} of {len(key)} right, {right / len(key):.2f} (95 % interval {between.low:.2f} to {between.high:.2f})")


def _take(dataset: Dataset, *, held_out: bool) -> Dataset:
    ids = [name for name in dataset.articles["article_id"] if is_held_out(name) == held_out]

    def of(table: pl.DataFrame | None) -> pl.DataFrame | None:
        return table.filter(pl.col("article_id").is_in(ids)) if table is not None else None

    return replace(
        dataset, articles=dataset.articles.filter(pl.col("article_id").is_in(ids)), annotations=of(dataset.annotations), gold=of(dataset.gold)
    )


def _explain(folder: Path, known: Dataset, unseen: Dataset) -> Iterator[list[Shown]]:
    """Of each article that the model has not seen what it flags in the text."""
    model, marked = load_model(folder), unseen.require_gold(folder).filter(pl.col("start").is_not_null())
    names, texts = unseen.articles["article_id"].to_list(), unseen.articles["text"].to_list()
    explained = list(Explainer(model).explain(texts, REASONS))
    spans, examples = add_examples(model, [found for some in explained for found in some], known.require_annotations(folder))
    beside = zip(spans, examples, strict=True)
    for name, some in zip(names, explained, strict=True):
        ranges = marked.filter(article_id=name, part="text") if "part" in marked.columns else marked.filter(article_id=name)
        gold = ranges.select("start", "end").rows()
        shown = [next(beside) for _ in some]
        yield [Shown(found, near, any(start < found.span.end and found.span.start < end for start, end in gold)) for found, near in shown]


def _print(number: int, pair: Sequence[Shown], key: str, sheet: str) -> Iterator[str]:
    yield f"pair {number}"
    for name, shown in zip("ab", pair if key == "a" else pair[::-1], strict=True):
        yield f" {name}"
        yield from (f"   {_blank(line, shown.found.text)}" for line in _list(shown, sheet))


def _list(shown: Shown, sheet: str) -> Iterator[str]:
    found, grouped = shown.found, sheet == "groups"
    for title, singly, groups in (("loaded", found.loaded, found.loaded_groups), (found.span.label, found.label, found.label_groups)):
        yield f"{title} because of"
        lines = say_groups(groups, found.text, REASONS, against=title == "loaded") if grouped else map(say_singly, singly)
        yield from (f"  {line}" for line in lines)
    if grouped:
        yield say_examples(shown.examples)


def _blank(line: str, text: str) -> str:
    """The line without the words of the span."""
    words = {word_term(text[token.start : token.end]) for token in tokenise(text)}
    inside = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word[:1].isalnum())
    return re.sub(rf"(?<![\w-])(?:{inside})(?![\w-])", BLANK, line, flags=re.IGNORECASE) if inside else line


if __name__ == "__main__":
    app()
