"""ArMPro: paragraphs in Arabic, whose spans are checked by their words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.armpro import read
from schemas.dataset import Dataset
from schemas.errors import FramingError

Put = Callable[[str, object], Path]
ARMPRO = Path(__file__).parents[4] / "shared" / "data" / "armpro"
TEXT = "خطة وحشية في المرفأ"


def paragraph(number: int, *labels: dict[str, Any], **more: Any) -> str:
    row = {"paragraph_id": f"p{number}", "paragraph": TEXT, "labels": list(labels), "page_domain": "gull.example"} | more
    return json.dumps(row, ensure_ascii=False)


def label(words: str, technique: str = "Loaded_Language", shift: int = 0) -> dict[str, Any]:
    start = TEXT.index(words) + shift
    return {"technique": technique, "start": start, "end": start + len(words), "text": words}


def test_each_paragraph_is_an_article_and_overlapping_spans_stay(put: Put) -> None:
    path = put("dev.jsonl", "\n".join([paragraph(1, label("وحشية"), label("خطة وحشية", "Doubt")), paragraph(2)]))
    dataset = read(path).dataset()
    assert dataset.gold is not None
    assert dataset.gold.select("article_id", "label", "quote").rows() == [
        ("p1", "Loaded_Language", "وحشية"),
        ("p1", "Doubt", "خطة وحشية"),
        ("p2", None, None),
    ]
    assert dataset.articles.select("outlet", "language").rows() == [("gull.example", "ar")] * 2


def test_what_does_not_fit_is_set_aside(put: Put, reasons: Callable[[Dataset], list[str]]) -> None:
    rows = [
        paragraph(1, label("وحشية", shift=1)),
        paragraph(1),
        paragraph(3, labels=None),
        json.dumps({"id": 1}),
        paragraph(4, label("خطة", "Shout")),
    ]
    dataset = read(put("dev.jsonl", "\n".join(rows))).dataset()
    assert reasons(dataset) == [
        "the text at the offsets is not what the corpus says it is",
        "an article of this id is there already",
        "it has no spans: a test set, or another task?",
        "not a paragraph of ArMPro",
        "codebook semeval-2023 1.0.0 has no such label",
    ]


def test_a_folder_without_its_files_is_refused(put: Put, corpus: Path) -> None:
    put("notes.txt", "x")
    with pytest.raises(FramingError, match=r"holds no \.jsonl file"):
        read(corpus)


@pytest.mark.skipif(not ARMPRO.is_dir(), reason="ArMPro is not here")
def test_the_real_corpus_is_read_without_a_row_set_aside() -> None:
    dataset = read(ARMPRO).dataset()
    assert dataset.gold is not None
    assert (dataset.articles.height, dataset.gold["start"].count(), dataset.rejected) == (672, 1263, [])
