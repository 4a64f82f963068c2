"""`python -m benchmarks.project`: a project of many articles on the Label Studio that is running, pushed and pulled by the command.

It leaves the project there, under the title it was given; delete it in Label Studio.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import polars as pl
import typer

from annotate.labelstudio import adopt, resolve_access, sign_up
from annotate.labelstudio.client import call, connect
from annotate.labelstudio.projects import find_project, list_tasks
from annotate.labelstudio.results import write_result
from annotate.labelstudio.shown import show
from benchmarks.process import run_framing
from framing.sample import read_sample
from schemas.codebook import load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.tables import Articles, conform

WORDS, SPANS, BATCH = 600, 3, 250
LABELS = ("Loaded_Language", "Name_Calling", "Scare_Quotes")
ANNOTATORS = ("bench.one@example.com", "bench.two@example.com")
PASSWORD = "password-of-a-benchmark"  # noqa: S105 - of accounts that it makes itself


def main(
    articles: Annotated[int, typer.Option(help="Articles to push.")] = 5000,
    changes: Annotated[int, typer.Option(help="Annotations that change before the last pull.")] = 20,
    title: Annotated[str, typer.Option(help="Title of the project, which must not be there yet.")] = "Benchmark",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Push, push again, annotate (directly, not measured), pull, change a few, pull again."""
    figures: dict[str, Any] = {"articles": articles, "annotations": articles * len(ANNOTATORS)}
    with TemporaryDirectory() as name:
        corpus, pulled = Path(name) / "corpus", Path(name) / "pulled"
        write_dataset(corpus, Dataset(make_corpus(articles), codebook=read_sample().codebook))
        for step, arguments in (
            ("push", ("push", str(corpus), "--project", title)),
            ("second_push", ("push", str(corpus), "--project", title)),
            ("", ()),
            ("pull", ("pull", "--project", title, "--out", str(pulled))),
            ("", ()),
            ("incremental_pull", ("pull", "--project", title, "--out", str(pulled))),
        ):
            if step:
                figures[f"{step}_s"], figures[f"{step}_mb"] = run_framing(arguments)
            elif "pull_s" not in figures:
                annotate(title)
            else:
                change(title, changes)
    for name, figure in figures.items():
        print(f"{name:24} {figure:.4g}")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def make_corpus(count: int) -> pl.DataFrame:
    """Articles of WORDS words each, of the sample's words."""
    chance = random.Random(1)  # noqa: S311
    words = " ".join(read_sample().articles["text"]).split()
    texts = [" ".join(chance.choices(words, k=WORDS)) for _ in range(count)]
    return conform(pl.DataFrame({"article_id": [f"bench-{i}" for i in range(count)], "title": "A benchmark", "text": texts}), Articles, "benchmark")


def annotate(title: str) -> None:
    """An annotation of every article by each of two people, some spans and an answer, entered as fast as can be."""
    access = resolve_access()
    for email in ANNOTATORS:
        sign_up(access, email, PASSWORD)
    chance = random.Random(2)  # noqa: S311
    with connect(access) as client:
        project = find_project(client, title)
        assert project is not None  # noqa: S101
        people = [user.id for user in client.users.list() if user.email in ANNOTATORS]
        tasks = list(list_tasks(client, project.id, "id,data,meta"))
        # Annotations come in with their tasks only: the tasks are made again, each with its annotations.
        call(client, "DELETE", f"api/projects/{project.id}/tasks/")
        for i in range(0, len(tasks), BATCH):
            entries = [
                {
                    "data": task.data,
                    "meta": task.meta,
                    "annotations": [{"completed_by": user, "lead_time": 60.0, "result": mark(chance, task.data["text"])} for user in people],
                }
                for task in tasks[i : i + BATCH]
            ]
            call(client, "POST", f"api/projects/{project.id}/import", json=entries)
    # Entered like this, it would be nobody's work.
    adopt(title, access)


def mark(chance: random.Random, text: str) -> list[dict[str, Any]]:
    codebook = load_codebook()
    rows: list[dict[str, Any]] = [{"label": "frames", "start": None, "end": None, "quote": None, "value": "Economic"}]
    for _ in range(SPANS):
        start = text.index(" ", chance.randrange(len(text) // 2)) + 1
        end = text.index(" ", start)
        rows.append({"label": chance.choice(LABELS), "start": start, "end": end, "quote": text[start:end], "value": None})
    return write_result(rows, codebook, show({"text": text}, codebook))


def change(title: str, count: int) -> None:
    with connect(sign_up(resolve_access(), ANNOTATORS[0], PASSWORD)) as client:
        me, project = client.users.whoami().id, find_project(client, title)
        assert project is not None  # noqa: S101
        for task in [task.id for task in list_tasks(client, project.id, "id")][:count]:
            annotation = next(own for own in call(client, "GET", f"api/tasks/{task}/annotations/") if own["completed_by"] == me)
            call(client, "PATCH", f"api/annotations/{annotation['id']}/", json={"result": annotation["result"][:2]})


if __name__ == "__main__":
    typer.run(main)
