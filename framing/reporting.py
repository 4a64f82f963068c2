"""From a score folder or a dataset to the report: what `framing report` and the demo share."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from exports.report import Report, write_report
from exports.tables import collect_tables, is_scores
from framing.runs import find_model, read_run
from schemas.dataset import read_dataset
from schemas.errors import FramingError
from schemas.files import digest_file

__all__ = ["report_folder"]


def report_folder(folder: Path, out: Path, model: Path | None = None, title: str | None = None) -> list[str]:
    """Write the report; returns what the user should know. Scores need the files they were made from, unchanged."""
    if not folder.is_dir():
        raise FramingError("no such folder", folder, "Name a score folder or a dataset")
    report, notices = _of_scores(folder, model, title) if is_scores(folder) else (_of_dataset(folder, title), [])
    write_report(report, out)
    return notices


def _of_scores(folder: Path, model: Path | None, title: str | None) -> tuple[Report, list[str]]:
    from classifiers import load_model
    from classifiers.card import evaluation_rows

    tables, run = collect_tables(folder), read_run(folder)
    loaded, digest = load_model(find_model(folder, run, model)), run["model"]
    texts, notices = _texts(run)
    articles = tables["articles"].join(texts, on="article_id", how="inner", maintain_order="left")
    if articles.height < tables["articles"].height:
        notices.append(f"{tables['articles'].height - articles.height} scored articles are left out: their text was not found")
    answers = {
        row["article_id"]: {value: row[f"{name}_{value}"] for name, head in loaded.questions.items() for value in head.outputs}
        for row in tables["articles"].iter_rows(named=True)
    }
    facts = dict(loaded.facts)
    name = facts.get("title") or loaded.codebook.title
    report = Report(
        title=title or f"Loaded language in {articles.height} articles",
        kind=f"Spans found by a model ({name}, digest {digest[:12]}).",
        codebook=loaded.codebook,
        articles=articles,
        spans=tables["spans"].join(articles.select("article_id"), on="article_id", how="semi"),
        answers=answers,
        evaluation=evaluation_rows(facts["evaluation"]) if "evaluation" in facts else (),
        agreement=facts.get("agreement"),
        measured_on=f"the {facts.get('training', {}).get('articles', '')} articles that the model was trained on ({name}), not on those scored here",
    )
    return report, notices


def _texts(run: dict[str, Any]) -> tuple[pl.DataFrame, list[str]]:
    from annotate.ingestion import read_portions
    from classifiers.archive import LONGEST, PART

    present, notices = [], []
    for name, digest in run["inputs"].items():
        path = Path(name)
        if not path.exists():
            notices.append(f"{path} is gone, so its articles cannot be shown")
        elif digest_file(path) != digest:
            notices.append(f"{path} has changed since it was scored, so its articles are not shown")
        else:
            present.append(path)
    if not present:
        raise FramingError("none of the scored files is still there unchanged", next(iter(run["inputs"]), "run.json"), "Score the articles again")
    portions = read_portions(present, Counter(), text_column=run.get("text_column", "text"), characters=PART, longest=LONGEST)
    return pl.concat([portion.articles.select("article_id", "text") for portion in portions]), notices


def _of_dataset(folder: Path, title: str | None) -> Report:
    from annotate.adjudication import adjudicate
    from annotate.agreement import agree
    from schemas.voice import find_quotations, voice_of

    dataset = read_dataset(folder)
    # Without gold, spans of several readers would be counted once for each.
    gold = dataset.gold if dataset.gold is not None else adjudicate(dataset, where=folder)
    articles = dataset.articles.join(gold, on="article_id", how="semi", maintain_order="left")
    quotations = {article: find_quotations(text) for article, text in articles.select("article_id", "text").iter_rows()}
    answers: dict[str, dict[str, float]] = {}
    rows = []
    for row in gold.join(articles.select("article_id"), on="article_id", how="semi").iter_rows(named=True):
        if row["start"] is not None:
            rows.append({**row, "probability": row["support"], "voice": voice_of(row["start"], row["end"], quotations[row["article_id"]])})
        elif row["value"] is not None:
            answers.setdefault(row["article_id"], {})[row["value"]] = row["support"]
    columns = {"article_id": pl.String, "label": pl.String, "start": pl.Int64, "end": pl.Int64, "probability": pl.Float64, "voice": pl.String}
    people = dataset.annotations["annotator"].n_unique() if dataset.annotations is not None else 0
    return Report(
        title=title or f"Annotations of {articles.height} articles",
        kind=f"Spans and answers that won by {', '.join(sorted(gold['rule'].unique()))}, from the work of {people} annotators.",
        codebook=dataset.require_codebook(folder),
        articles=articles,
        spans=pl.DataFrame([{key: row[key] for key in columns} for row in rows], schema=columns),
        answers=answers,
        measure="support",
        meaning="A span is wording that enough of the annotators marked; support is the share of them who did.",
        agreement=agree(dataset, folder).to_dict() if dataset.annotations is not None else None,
        measured_on="these annotations",
    )
