"""What tests of corpora share: tiny ones in their real layout, of sentences that stand in no corpus."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.tables import ATTRIBUTE, SPAN

Put = Callable[[str, object], Path]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The folder in which the corpus of a test stands."""
    return tmp_path / "corpus"


@pytest.fixture
def put(corpus: Path) -> Put:
    """Write a file of the corpus: bytes and text as they are, a table of rows as an Excel workbook, else JSON."""

    def write(name: str, content: object) -> Path:
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pl.DataFrame):
            content.write_excel(path)
        else:
            text = content if isinstance(content, str | bytes) else json.dumps(content, ensure_ascii=False)
            path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        return path

    return write


@pytest.fixture
def put_final(put: Put) -> Callable[..., Path]:
    """BABE's final labels, from (text, bias, opinion, words) with the words as a list or as the cell."""
    head = ("text", "news_link", "outlet", "topic", "type", "label_bias", "label_opinion", "biased_words")

    def write(*rows: tuple[str, str, str, object], name: str = "final_labels_SG2.csv", links: tuple[str, ...] = ()) -> Path:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
        writer.writerow(head)
        for i, (text, bias, opinion, words) in enumerate(rows):
            link = links[i] if links else f"https://gull.example/{i}"
            writer.writerow([text, link, "The Gull", "harbour", "center", bias, opinion, words if isinstance(words, str) else repr(words)])
        return put(name, "\ufeff" + buffer.getvalue())

    return write


@pytest.fixture
def put_raw(put: Put) -> Callable[..., Path]:
    """BABE's raw votes as a workbook, from (text, annotator, bias, opinion, words)."""

    def write(*rows: tuple[str, Any, str, str, str | None]) -> Path:
        head = ["text", "annotator_id", "label_bias", "label_opinion", "biased_words"]
        return put("raw_labels_SG2.xlsx", pl.DataFrame(rows, schema=head, orient="row", strict=False, infer_schema_length=None))

    return write


@pytest.fixture
def put_meme_list(put: Put) -> Callable[..., Path]:
    """A file of SemEval-2021 Task 6, subtask 2, from (id, text, marked words with their techniques)."""

    def write(*memes: tuple[str, str, dict[str, str]], name: str = "training_set_task2.txt") -> Path:
        rows = [
            {
                "id": number,
                "text": text,
                "labels": [
                    {"start": text.index(words), "end": text.index(words) + len(words), "technique": technique, "text_fragment": words}
                    for words, technique in marked.items()
                ],
            }
            for number, text, marked in memes
        ]
        return put(name, rows)

    return write


@pytest.fixture
def put_basil(put: Put) -> Callable[..., None]:
    """An article of BASIL and its annotations, from paragraphs of sentences and spans (id, words, bias)."""

    def write(name: str, paragraphs: list[list[str]], spans: list[tuple[str, str, str]] | None, stance: str | None = None, **more: object) -> None:
        sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
        article = {"uuid": f"u-{name}", "title": "Port shuts", "source": "GULL", "url": "https://gull.example/1", "date": "2014-05-02"}
        put(f"articles/2014/{name}.json", article | {"triplet-uuid": "t-1", "body-paragraphs": paragraphs} | more)
        if spans is None:
            return
        found = []
        for place, words, bias in spans:
            sentence = sentences[int(place[1:].split("_")[0])] if place.startswith("p") else words
            start = sentence.index(words)
            found.append({"id": place, "start": start, "end": start + len(words), "txt": words, "bias": bias, "polarity": "neg"})
        annotation: dict[str, object] = {"uuid": f"u-{name}", "phrase-level-annotations": found, "article-level-annotations": {}}
        if stance is not None:
            annotation["article-level-annotations"] = {"relative_stance": stance}
        put(f"annotations/2014/{name}_ann.json", annotation)

    return write


@pytest.fixture
def put_ptc(put: Put) -> Callable[..., None]:
    """An article of PTC and its labels of both tasks, from its text and marked words with their techniques."""

    def write(number: int, text: str, marked: dict[str, str]) -> None:
        places = [(text.index(words), text.index(words) + len(words), technique) for words, technique in marked.items()]
        put(f"train-articles/article{number}.txt", text)
        rows = "".join(f"{number}\t{technique}\t{start}\t{end}\n" for start, end, technique in places)
        put(f"train-labels-task2-technique-classification/article{number}.task2-TC.labels", rows)
        spans = "".join(f"{number}\t{start}\t{end}\n" for start, end, _ in places)
        put(f"train-labels-task1-span-identification/article{number}.task1-SI.labels", spans)

    return write


@pytest.fixture
def reasons() -> Callable[[Dataset], list[str]]:
    """Why rows of a dataset were set aside."""
    return lambda dataset: [entry["reason"] for entry in dataset.rejected]


@pytest.fixture
def spans() -> Callable[[pl.DataFrame | None], list[tuple[Any, ...]]]:
    """(article, label, quote) of each span in a table."""

    def list_spans(table: pl.DataFrame | None) -> list[tuple[Any, ...]]:
        return [] if table is None else table.filter(SPAN).select("article_id", "label", "quote").rows()

    return list_spans


@pytest.fixture
def readings() -> Callable[[pl.DataFrame | None], list[str]]:
    """The articles in which somebody read and marked nothing."""
    return lambda table: [] if table is None else table.filter(pl.col("label").is_null())["article_id"].to_list()


@pytest.fixture
def said() -> Callable[[pl.DataFrame | None], list[tuple[Any, ...]]]:
    """(quote, attribute, value) of what is said of each span in a table."""
    return lambda table: [] if table is None else table.filter(ATTRIBUTE).select("quote", "attribute", "value").rows()


@pytest.fixture
def who() -> Codebook:
    """A codebook that asks who a span is about, how, and as what."""
    choices = {"stance": ("single", ["for", "against"]), "role": ("multiple", ["old foe", "fool"])}
    attributes: list[dict[str, Any]] = [{"name": "target", "kind": "actor", "definition": "Who.", "labels": ["Loud"]}]
    attributes += [
        {"name": name, "kind": "choice", "choice": choice, "definition": "Which.", "values": [{"name": one, "definition": one} for one in values]}
        for name, (choice, values) in choices.items()
    ]
    labels = [{"name": name, "definition": name, "colour": "#000000"} for name in ("Loud", "Named")]
    head = {"name": "who", "version": "1.0.0", "title": "Who", "description": "Who is called what.", "instructions": "Read."}
    return Codebook.model_validate(head | {"labels": labels, "attributes": attributes})
