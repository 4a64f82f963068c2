"""`python -m benchmarks.attributes NEWSMTSC/train.jsonl`: how well a model tells the stance towards a named target, beside the floors, and what that
costs in scoring.

Each sentence is an article, each mention a span; sentences of one event (AllSides) or article (POLUSA), as far as their ids tell, share a page and
so a fold.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from classifiers import cross_validate, make_task, score, train
from classifiers.model.card import evaluation_rows
from classifiers.model.model import Model
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.tables import Articles, Gold, conform

STANCES = {2: "against", 4: "neither", 6: "for"}
ROUNDS = 7


def read_newsmtsc(path: Path) -> Dataset:
    """The file as a dataset of one label and one attribute."""
    values = [{"name": name, "definition": f"The wording is {name}."} for name in STANCES.values()]
    stance = {"name": "stance", "kind": "choice", "definition": "What the wording is to the target.", "values": values}
    target = {"name": "target", "definition": "Somebody who is named.", "colour": "#D55E00"}
    about = {"name": "newsmtsc", "version": "1.0.0", "title": "NewsMTSC", "description": "Stance.", "instructions": "Mark targets."}
    codebook = Codebook.model_validate({**about, "labels": [target], "attributes": [stance]})
    articles, gold = [], []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        source, first, second = row["primary_gid"].split("_")[:3]
        page = f"https://{source}.example/{second if source == 'allsides' else f'{first}/{second}'}"
        articles.append({"article_id": row["primary_gid"], "text": row["sentence_normalized"], "url": page})
        for one in row["targets"]:
            span = {"article_id": row["primary_gid"], "label": "target", "start": one["from"], "end": one["to"], "quote": one["mention"]}
            span |= {"support": 1.0, "rule": "import"}
            gold += [span, span | {"attribute": "stance", "value": STANCES[int(one["polarity"])]}]
    marked = pl.from_dicts(gold, schema=dict(Gold.create_empty().schema)).unique(maintain_order=True)
    return Dataset(conform(pl.DataFrame(articles), Articles, path), None, conform(marked, Gold, path), codebook)


def time_pairs(model: Model, articles: pl.DataFrame) -> float:
    """How many times longer scoring takes with the heads of attributes than without: the median of pairs that were timed side by side."""
    ratios = []
    for _ in range(ROUNDS + 1):
        seconds = []
        for one in (replace(model, attributes={}), model):
            begin = time.perf_counter()
            score(one, articles)
            seconds.append(time.perf_counter() - begin)
        ratios.append(seconds[1] / seconds[0])
    # In the first, functions are compiled.
    return sorted(ratios[1:])[ROUNDS // 2]


def main(path: Annotated[Path, typer.Argument(help="NewsMTSC's train.jsonl.")], folds: int = 5) -> None:
    dataset = read_newsmtsc(path)
    task, begin = make_task(dataset), time.perf_counter()
    figures = cross_validate(task, dataset.articles, folds=folds, group="url").figures
    print(f"{len(task)} sentences, {figures['attributes']['stance']['spans']} targets, {folds} folds: {time.perf_counter() - begin:.0f} s")
    for name, *cells in evaluation_rows(figures):
        if name.startswith("stance"):
            print(name, *cells, sep=" | ")
    print(f"scoring with the head against without: {time_pairs(train(task), dataset.articles):.3f}")


if __name__ == "__main__":
    typer.run(main)
