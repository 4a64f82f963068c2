"""A ranker learns how whom spans are about is named near them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from classifiers.features.candidates import NOBODY, candidates_of, columns_of, columns_of_slots, share_out
from classifiers.scoring.targets import rank, weigh_candidates
from classifiers.training.attribute_heads import find_said, list_votes
from classifiers.training.ranking import PENALTY, find_targets, fit_ranker, fit_targets
from classifiers.training.targets import Task, make_task
from schemas.codebook import Actor
from schemas.dataset import Dataset
from schemas.tables import ATTRIBUTE, Articles, conform

ACTORS = (Actor(name="Board", kind="institution"), Actor(name="Mill", kind="group"))


def about(stances: Dataset) -> Task:
    """Twenty-four articles with a span each, which is about whoever has the plan, and not about whoever is named next to it; in the last about
    somebody who is no actor."""
    target = {"name": "target", "kind": "actor", "definition": "Whom it is about."}
    book = stances.require_codebook("test")
    book = type(book).model_validate(book.model_dump() | {"attributes": [target]})
    texts, rows = [], []
    for i in range(24):
        owner, other = ("Board", "Mill") if i % 2 else ("Mill", "Board")
        texts.append(f"The {owner}'s reckless plan made the {other} laugh on day {i}.")
        span = {"article_id": f"s{i}", "annotator": "ada", "origin": "manual", "label": "Thing", "quote": "reckless"}
        span |= {"start": texts[-1].index("reckless"), "end": texts[-1].index("reckless") + 8}
        rows += [span, span | {"attribute": "target", "value": owner if i < 23 else "the wind"}]
    articles = conform(pl.DataFrame({"article_id": [f"s{i}" for i in range(24)], "text": texts}), Articles, "test")
    columns = dict(stances.require_annotations("test").schema)
    table = pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns)
    gold = table.select("article_id", "label", "start", "end", "quote", "attribute", "value", support=pl.lit(1.0), rule=pl.lit("test"))
    return make_task(Dataset(articles, table, gold, book))


def test_it_learns_that_a_possessive_names_whose_plan_is_judged(stances: Dataset) -> None:
    task = about(stances)
    ranker = fit_targets(task, ACTORS)
    assert ranker is not None
    assert ranker.columns == tuple(columns_of_slots())
    batch = task.batch
    spans = [batch.touched(number, [(text.index("reckless"), text.index("reckless") + 8)])[0] for number, text in enumerate(batch.texts)]
    candidates = candidates_of(batch, spans, ACTORS)
    told = rank(candidates, weigh_candidates(candidates, ranker.weights)).actors
    assert [ACTORS[actor].name for actor in told.tolist()] == ["Mill", "Board"] * 12


def test_a_target_that_is_no_actor_is_nobody_of_those_named(stances: Dataset) -> None:
    task = about(stances)
    target = task.codebook.target
    assert target is not None
    said = find_said(task, target, list_votes(task, target)).in_order()
    targets = find_targets(candidates_of(task.batch, said.spans, ACTORS), said, ACTORS)
    assert targets.tolist() == [*[1, 0] * 11, 1, NOBODY]


def test_the_fit_is_where_the_slopes_of_the_penalised_likelihood_are_none(stances: Dataset) -> None:
    task = about(stances)
    target = task.codebook.target
    assert target is not None
    said = find_said(task, target, list_votes(task, target)).in_order()
    candidates = candidates_of(task.batch, said.spans, ACTORS)
    targets = find_targets(candidates, said, ACTORS)
    weights = fit_ranker(candidates, targets, np.ones(24))
    columns, used = columns_of(candidates)

    def likelihood(some: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        shares = share_out(np.where(used, some[columns], 0.0).sum(axis=1), candidates.firsts)
        spans = np.repeat(np.arange(24), np.diff(candidates.firsts))
        hits = np.bincount(spans, np.where(candidates.actors == targets[spans], shares, 0.0))
        return float(np.log(hits).sum() - PENALTY * some @ some / 2)

    steps = np.eye(len(weights)) * 1e-4
    slopes = [(likelihood(weights + step) - likelihood(weights - step)) / 2e-4 for step in steps[:40]]
    assert max(map(abs, slopes)) < 0.01


def test_without_actors_or_where_nobody_says_whom_spans_are_about_nothing_is_learned(stances: Dataset) -> None:
    task = about(stances)
    assert fit_targets(task, ()) is None
    assert fit_targets(make_task(replace(stances, annotations=stances.require_annotations("test").filter(~ATTRIBUTE))), ACTORS) is None
