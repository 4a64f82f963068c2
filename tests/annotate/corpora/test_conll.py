"""CoNLL: tags of every usual kind, articles by their marks, and a text that is made of the tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from annotate.corpora.conll import read
from exports.formats import export
from exports.formats.material import Material
from schemas.codebook import load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import Articles, Gold, conform

Put = Callable[[str, object], Path]


def found(dataset: Dataset) -> list[tuple[str, str, str]]:
    assert dataset.gold is not None
    return dataset.gold.filter(pl.col("start").is_not_null()).select("article_id", "label", "quote").rows()


def tagged(*tags: str) -> str:
    return "".join(f"{token}\t{tag}\n" for token, tag in zip(("The", "savage", "old", "plan"), tags, strict=True))


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (("O", "B-Loud", "I-Loud", "O"), ["savage old"]),
        (("O", "I-Loud", "I-Loud", "O"), ["savage old"]),
        (("O", "I-Loud", "B-Loud", "O"), ["savage", "old"]),
        (("B-Loud", "B-Loud", "I-Loud", "I-Loud"), ["The", "savage old plan"]),
        (("S-Loud", "B-Loud", "E-Loud", "S-Loud"), ["The", "savage old", "plan"]),
        (("U-Loud", "B-Loud", "L-Loud", "U-Loud"), ["The", "savage old", "plan"]),
        (("O", "B-Loud", "I-Rude", "I-Rude"), ["savage", "old plan"]),
        (("O", "E-Loud", "I-Loud", "O"), ["savage", "old"]),
    ],
)
def test_tags_of_every_usual_kind_are_understood(put: Put, tags: tuple[str, ...], spans: list[str]) -> None:
    assert [quote for *_, quote in found(read(put("a.conll", tagged(*tags)), None, {}).dataset())] == spans


def test_tags_without_a_name_mark_one_kind(put: Put) -> None:
    assert found(read(put("a.bio", tagged("O", "B", "I", "O")), None, {}).dataset()) == [("a", "span", "savage old")]


def test_the_text_is_made_of_the_tokens_and_that_is_said(put: Put) -> None:
    collection = read(put("a.conll", f"{tagged('O', 'B-Loud', 'I-Loud', 'I-Loud')}\nDone O\n".replace(" ", "\t")), None, {})
    assert collection.dataset().articles["text"].to_list() == ["The savage old plan\nDone"]
    assert list(collection.notices) == ["texts put together of their tokens, with single spaces and a line for each sentence"]


def test_articles_begin_at_their_marks(put: Put) -> None:
    content = "-DOCSTART- -X- O O\n\nThe DT O\nplan NN B-Loud\n\n-DOCSTART- -X- O O\n\nA DT O\n"
    dataset = read(put("a.conll", content), None, {}).dataset()
    assert dataset.articles.select("article_id", "text").rows() == [("a-1", "The plan"), ("a-2", "A")]
    assert found(dataset) == [("a-1", "Loud", "plan")]
    assert dataset.gold is not None
    assert dataset.gold.filter(pl.col("label").is_null())["article_id"].to_list() == ["a-2"]


def test_ids_of_articles_are_taken_and_numbers_of_tokens_are_not(put: Put) -> None:
    content = "# newdoc id = gull/7\n# sent_id = 1\n1\tThe\tO\n2\t#\tB-Loud\n\n1\tA\tO\n"
    dataset = read(put("a.conll", content), None, {}).dataset()
    assert dataset.articles.select("article_id", "text").rows() == [("gull/7", "The #\nA")]


def test_a_line_that_is_none_is_set_aside_and_a_file_of_such_lines_refused(put: Put, reasons: Callable[[Dataset], list[str]]) -> None:
    dataset = read(put("a.conll", tagged("O", "B-Loud", "I-Loud", "O") + "lonely\n"), None, {}).dataset()
    assert reasons(dataset) == ["not a token with a tag"]
    with pytest.raises(FramingError, match="most lines are no token with a BIO tag"):
        read(put("b.txt", "The savage plan.\nIt failed.\n"), None, {})


def test_what_the_toolkit_exports_comes_back(tmp_path: Path) -> None:
    text, codebook = "The savage plan. A gull, a rat!", load_codebook("babe")
    articles = conform(pl.DataFrame({"article_id": ["a b/1"], "text": [text]}), Articles, "test")
    rows = [
        {"article_id": "a b/1", "label": "biased_words", "start": s, "end": e, "quote": text[s:e], "support": 1.0, "rule": "x"}
        for s, e in ((4, 10), (25, 30))
    ]
    gold = conform(pl.DataFrame(rows), Gold, "test")
    export(Material({"articles": articles, "gold": gold}, codebook), "conll", tmp_path / "out")
    assert found(read(tmp_path / "out", codebook, {}).dataset()) == [("a b/1", "biased_words", "savage"), ("a b/1", "biased_words", "a rat")]
