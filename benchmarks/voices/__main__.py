"""`python -m benchmarks.voices`: fit the weights by which voices are told, measure them on articles they have not seen, and (`--write`) keep them.

Whether words are somebody's is learned from PolNeAR's train compartment, and whether the others are at arm's length or a name from quotations
of PolNeAR and PTC that were read and marked for this (marked.csv: offsets and labels only); short texts of our own (cases.jsonl) count in both.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.voices.polnear import Article, read_polnear
from schemas.arrays import Flags, Floats, Places
from schemas.text.canonical import canonicalise
from schemas.text.pairs import LINE, Pairs
from schemas.text.quotations import DECISIONS, SCARE_WORDS, evidence_columns, evidence_matrix, gather_evidence
from schemas.text.reading import Texts, read_texts
from schemas.text.speakers import find_speakers
from schemas.text.vocabulary import Vocabulary
from schemas.text.words import signs_of_words

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
WEIGHTS = HERE.parents[1] / "schemas" / "text" / "voice-weights.csv"
# How strongly weights are held to zero, for each of DECISIONS; and what a text of our own counts beside an article's quotation.
STRENGTH = {"quoted": 0.2, "scare": 0.03}
OWN_WEIGHT = {"quoted": 8.0, "scare": 2.0}
FOLDS = {"quoted": 5, "scare": 10}


class Described(NamedTuple):
    """The quotations of some texts, and the evidence of each."""

    read: Texts
    pairs: Pairs
    rows: NDArray[np.uint8]
    texts: Places
    words: Places
    speakers: Places


def main(
    data: Annotated[Path, typer.Option(help="The folder with polnear/ and ptc/.")] = DATA,
    write: Annotated[bool, typer.Option("--write", help="Keep the weights, fitted on everything.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Figures of articles left out of fitting, and the weights."""
    articles = list(read_polnear(data / "polnear"))
    polnear = describe([article.text for article in articles])
    kept = np.flatnonzero(polnear.pairs.forms < LINE)
    reported = np.array([is_reported(articles, polnear, i) for i in kept])
    cases = [json.loads(line) for line in (HERE / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    own, own_rows = np.array([case["voice"] for case in cases]), describe_cases(cases)
    figures: dict[str, object] = {}

    rows, groups = polnear.rows[kept], polnear.texts[kept]
    probabilities = predict(rows, reported, groups, own_rows, own == "quoted", "quoted")
    double = np.array([articles[d].text[int(polnear.pairs.opens[i] - polnear.read.starts[d])] in '“"' for i, d in zip(kept, groups, strict=True)])
    for name, chosen in (
        ('up to four words, marks “ and "', (polnear.words[kept] <= SCARE_WORDS) & double),
        ("up to four words", polnear.words[kept] <= SCARE_WORDS),
        ("seven words or more", polnear.words[kept] > 6),
        ("all", np.ones(len(kept), dtype=np.bool_)),
    ):
        figures[name] = show(name, probabilities[chosen] >= 0.5, reported[chosen], "all quoted", reported[chosen].mean())
    figures["human"] = show_people(articles, polnear)

    marks = list(csv.DictReader((HERE / "marked.csv").open(encoding="utf-8")))
    mark_rows, mark_groups = describe_marked(marks, articles, polnear, data / "ptc")
    said = np.array([mark["mark"] for mark in marks])
    apart = said != "quoted"
    scare = predict(mark_rows[apart], said[apart] == "scare", mark_groups[apart], own_rows[own != "quoted"], own[own != "quoted"] == "scare", "scare")
    figures["scare or name"] = show("scare or name", scare >= 0.5, said[apart] == "scare", "all names", (said[apart] == "name").mean())
    figures["speakers"] = show_speakers(articles, polnear)

    models = {
        "quoted": fit(np.vstack([rows, own_rows]), np.append(reported, own == "quoted"), len(own), "quoted"),
        "scare": fit(
            np.vstack([mark_rows[apart], own_rows[own != "quoted"]]),
            np.append(said[apart] == "scare", own[own != "quoted"] == "scare"),
            int((own != "quoted").sum()),
            "scare",
        ),
    }
    if write:
        write_weights(models)
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def describe(texts: Sequence[str]) -> Described:
    read, vocabulary = read_texts(texts), Vocabulary()
    ids = vocabulary.number(read.codes, read.tokens.starts, read.tokens.ends)
    signs, pairs, at, evidence = gather_evidence(read, ids, signs_of_words(vocabulary.words_from(0)))
    rows = evidence_matrix(evidence)
    words = np.concatenate([[0], np.cumsum(read.tokens.words)])
    first, last = (np.searchsorted(read.tokens.starts, places) for places in (pairs.starts, pairs.ends))
    speakers = find_speakers(read.codes, read.tokens, read.sentences, signs, pairs, at, pairs.forms < LINE)
    return Described(read, pairs, rows, np.repeat(np.arange(len(texts)), np.diff(pairs.firsts)), words[last] - words[first], speakers)


def place(described: Described, i: int) -> tuple[int, int]:
    begin = described.read.starts[described.texts[i]]
    return int(described.pairs.starts[i] - begin), int(described.pairs.ends[i] - begin)


def is_reported(articles: Sequence[Article], described: Described, i: int, coder: int = 0) -> bool:
    """Whether a person marked most of a quotation as the content of an attribution."""
    start, end = place(described, i)
    held = np.zeros(end - start, dtype=np.bool_)
    for attribution in articles[described.texts[i]].coders[coder]:
        for first, last in attribution.content:
            held[max(first - start, 0) : max(last - start, 0)] = True
    return bool(held.mean() > 0.5)


def describe_cases(cases: Sequence[dict[str, str]]) -> NDArray[np.uint8]:
    """The evidence of the quotation of each case that its words stand in."""
    described = describe([canonicalise(case["text"]).text for case in cases])
    chosen = []
    for number, case in enumerate(cases):
        at = case["text"].index(case["words"])
        inside = [i for i in np.flatnonzero(described.texts == number) if place(described, i)[0] <= at < place(described, i)[1]]
        chosen.append(inside[0])
    return described.rows[chosen]


def describe_marked(
    marks: Sequence[dict[str, str]], articles: Sequence[Article], polnear: Described, ptc: Path
) -> tuple[NDArray[np.uint8], NDArray[np.str_]]:
    """The evidence of each marked quotation, and its document."""
    names = sorted({mark["document"] for mark in marks if mark["corpus"] == "ptc"})
    others = describe([(ptc / "train-articles" / f"{name}.txt").read_bytes().decode() for name in names])
    by_place = {}
    for documents, described, corpus in (([article.name for article in articles], polnear, "polnear"), (names, others, "ptc")):
        for i, d in enumerate(described.texts):
            by_place[corpus, documents[d], *place(described, i)] = described.rows[i]
    rows = [by_place[mark["corpus"], mark["document"], int(mark["start"]), int(mark["end"])] for mark in marks]
    return np.array(rows), np.array([mark["document"] for mark in marks])


def fit(rows: NDArray[np.uint8], answers: Flags, own: int, decision: str) -> LogisticRegression:
    """The last `own` rows are of our own texts."""
    weights = np.append(np.ones(len(rows) - own), np.full(own, OWN_WEIGHT[decision]))
    return LogisticRegression(C=STRENGTH[decision], max_iter=5000, tol=1e-6).fit(rows, answers, weights)


def predict(
    rows: NDArray[np.uint8], answers: Flags, groups: NDArray[np.generic], own_rows: NDArray[np.uint8], own_answers: Flags, decision: str
) -> Floats:
    """For each row the probability by a model that has not seen its document."""
    found = np.zeros(len(rows))
    for train, test in GroupKFold(FOLDS[decision]).split(rows, answers, groups):
        model = fit(np.vstack([rows[train], own_rows]), np.append(answers[train], own_answers), len(own_rows), decision)
        found[test] = model.predict_proba(rows[test])[:, 1]
    return found


def show(name: str, predicted: Flags, gold: Flags, floor_name: str, floor: float) -> dict[str, float]:
    right, no = float((predicted == gold).mean()), ~gold
    precision, recall = float(no[~predicted].mean()), float((~predicted)[no].mean())
    print(f"{name}: {len(gold)} quotations, accuracy {right:.3f} ({floor_name}: {floor:.3f}), ", end="")
    print(f"of the other kind precision {precision:.3f}, recall {recall:.3f}")
    return {"n": len(gold), "accuracy": right, "floor": float(floor), "precision": precision, "recall": recall}


def show_people(articles: Sequence[Article], described: Described) -> dict[str, float]:
    """How far two people agree on short quotations, in the articles that several have marked."""
    pairs = []
    for i in np.flatnonzero((described.pairs.forms < LINE) & (described.words <= SCARE_WORDS)):
        article = articles[described.texts[i]]
        if len(article.coders) > 1 and article.text[int(described.pairs.opens[i] - described.read.starts[described.texts[i]])] in '“"':
            said = [is_reported(articles, described, i, coder) for coder in range(len(article.coders))]
            pairs += [pair for one, other in combinations(said, 2) for pair in ((one, other), (other, one))]
    one, other = np.array(pairs).T
    return show("two people, up to four words", one, other, "all quoted", float(other.mean()))


def show_speakers(articles: Sequence[Article], described: Described) -> dict[str, float]:
    """How often the source is found, of quotations whose source people have marked."""
    total = touched = exact = 0
    for i in np.flatnonzero(described.pairs.forms < LINE):
        start, end = place(described, i)
        best: tuple[float, list[tuple[int, int]]] = (0.0, [])
        for attribution in articles[described.texts[i]].coders[0]:
            held = sum(max(0, min(end, last) - max(start, first)) for first, last in attribution.content)
            size = sum(last - first for first, last in attribution.content)
            if 2 * held > end - start and held / size > best[0]:
                best = (held / size, attribution.source)
        if best[1]:
            low, high = min(best[1])[0], max(best[1])[1]
            first, last = (int(described.speakers[i, side] - described.read.starts[described.texts[i]]) for side in (0, 1))
            total += 1
            touched += described.speakers[i, 0] >= 0 and first < high and last > low
            exact += (first, last) == (low, high)
    print(f"speakers: {total} quotations, the right words {touched / total:.3f}, exactly {exact / total:.3f}")
    return {"n": total, "touched": touched / total, "exact": exact / total}


def write_weights(models: dict[str, LogisticRegression]) -> None:
    rows = [
        (decision, evidence, f"{weight:.3f}")
        for decision in DECISIONS
        for evidence, weight in [("", models[decision].intercept_[0]), *zip(evidence_columns(), models[decision].coef_[0], strict=True)]
        if abs(weight) >= 0.0005
    ]
    with WEIGHTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("decision", "evidence", "weight"), *rows])


if __name__ == "__main__":
    typer.run(main)
