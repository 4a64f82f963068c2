"""What tests of the annotation wing share: datasets made from a few words, and commands against the session's server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Access
from schemas.codebook import Codebook, Label, Question, Value
from schemas.coders import Coder, Coders
from schemas.dataset import Dataset
from schemas.tables import Annotations, Articles, conform

# Article, annotator, and either nothing, or a label with the words it marks, or a question with its answer, or a label, its words, an attribute and
# its value. The headline of an article "a" is called "a/title".
Mark = tuple[str, str] | tuple[str, str, str, str] | tuple[str, str, str, str, str, str]

# Small batches, so that there is a middle to be killed in.
_COMMAND = """
import annotate.labelstudio.upload, annotate.labelstudio.download, annotate.labelstudio.suggestions
for module in (annotate.labelstudio.upload, annotate.labelstudio.download, annotate.labelstudio.suggestions):
    module.BATCH = 10
from framing.main import run
run()
"""


def _question(question: str, choice: str, *values: str) -> Question:
    made = tuple(Value(name=name, definition="For tests.") for name in values)
    return Question.model_validate({"name": question, "prompt": "Which?", "choice": choice, "values": made})


def value(name: str) -> dict[str, str]:
    return {"name": name, "definition": "For tests."}


CODEBOOK = Codebook(
    name="harbour",
    version="1.0.0",
    title="Harbour",
    description="For tests.",
    instructions="Tag what judges.",
    labels=tuple(Label(name=name, definition="For tests.", colour="#112233") for name in ("Loaded", "Name")),
    questions=(_question("bias", "single", "yes", "no"), _question("frames", "multiple", "Economy", "Health", "Law")),
)
# The same, asking who is meant, how, in which fields, and why.
ATTRIBUTED = Codebook.model_validate(
    CODEBOOK.model_dump()
    | {
        "attributes": [
            {"name": "target", "kind": "actor", "definition": "For tests."},
            {"name": "stance", "kind": "choice", "definition": "For tests.", "values": [value(name) for name in ("against", "for", "neither")]},
            {
                "name": "field",
                "kind": "choice",
                "definition": "For tests.",
                "choice": "multiple",
                "labels": ["Loaded"],
                "values": [value(name) for name in ("war", "flood", "game")],
            },
            {"name": "note", "kind": "text", "definition": "For tests."},
        ],
        "actors": [
            {"name": "United States", "kind": "country", "aliases": ["U.S.", "Washington", "the Union"]},
            {"name": "European Union", "kind": "institution", "aliases": ["EU", "The Union"]},
        ],
    }
)


def build_dataset(texts: Mapping[str, str], marks: Iterable[Mark], codebook: Codebook = CODEBOOK) -> Dataset:
    rows: list[dict[str, Any]] = []
    for article, annotator, *rest in marks:
        row: dict[str, Any] = dict.fromkeys(("label", "start", "end", "quote", "attribute", "value"))
        if rest and CODEBOOK.question(rest[0]):
            row |= {"label": rest[0], "value": rest[1]}
        elif rest:
            start = texts[article].index(rest[1])
            row |= {"label": rest[0], "start": start, "end": start + len(rest[1]), "quote": rest[1]}
            row |= dict(zip(("attribute", "value"), rest[2:], strict=False))
        name, _, part = article.partition("/")
        rows.append({"article_id": name, "annotator": annotator, "origin": "manual", "part": part or "text"} | row)
    ids = [name for name in texts if "/" not in name]
    columns = {"article_id": ids, "text": [texts[name] for name in ids], "title": [texts.get(f"{name}/title") for name in ids]}
    articles = conform(pl.DataFrame(columns, schema_overrides={"title": pl.String}), Articles, "test")
    return Dataset(articles, conform(pl.DataFrame(rows, infer_schema_length=None), Annotations, "test"), None, codebook)


@pytest.fixture(scope="session")
def attributed() -> Codebook:
    """The codebook of these datasets with attributes of spans and two actors, to be given to `make_dataset`."""
    return ATTRIBUTED


@pytest.fixture
def make_dataset() -> Callable[[Mapping[str, str], Iterable[Mark]], Dataset]:
    """A dataset from texts by id and marks such as ("a", "ada", "Loaded", "reckless"), ("a", "ada", "bias", "yes"), ("a", "ben")."""
    return build_dataset


@pytest.fixture(scope="session")
def make_dataset_once() -> Callable[[Mapping[str, str], Iterable[Mark]], Dataset]:
    """The same, for properties: it keeps nothing between two examples."""
    return build_dataset


@pytest.fixture
def make_coders() -> Callable[[Mapping[str, str], Iterable[Mark]], Coders]:
    """Models as coders of these texts, from marks as `make_dataset` takes them; a name such as "echo/2" is the second run of echo."""

    def make(texts: Mapping[str, str], marks: Iterable[Mark]) -> Coders:
        rows = build_dataset(texts, marks).require_annotations("test")
        name = pl.col("annotator").str.split_exact("/", 1)
        rows = rows.with_columns(name.struct[0].alias("annotator"), name.struct[1].fill_null("1").cast(pl.Int64).alias("run"))
        return Coders(rows, {name: Coder(name=name) for name in rows["annotator"].unique()})

    return make


@pytest.fixture
def start_command(access: Access, server_data: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `framing` with these arguments as a process of its own, in batches of ten; the server it finds is the session's."""
    begun: list[subprocess.Popen[str]] = []

    def start(*arguments: object, **environment: str) -> subprocess.Popen[str]:
        env = os.environ | {"LABEL_STUDIO_URL": access.address, "LABEL_STUDIO_API_KEY": access.token}
        env |= {"FRAMING_LABELSTUDIO_DATA": str(server_data)} | environment
        command = [sys.executable, "-c", _COMMAND, *map(str, arguments)]
        begun.append(subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield start
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def run_command(start_command: Callable[..., subprocess.Popen[str]]) -> Callable[..., str]:
    """Run `framing` to its end, which must be good; its output, with what it noted."""

    def run(*arguments: object, **environment: str) -> str:
        process = start_command(*arguments, **environment)
        out, err = process.communicate(timeout=200)
        assert process.returncode == 0, err
        return out + err

    return run
