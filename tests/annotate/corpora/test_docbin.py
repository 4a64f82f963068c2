"""spaCy's DocBin: spans of groups and entities, categories, and nothing else than data."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from annotate.corpora.docbin import read
from exports.formats import export
from exports.formats.material import Material
from schemas.codebook import load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import Articles, Gold, conform

COLUMNS = ("article_id", "label", "quote", "value")


def make(*words: str) -> Doc:
    return Doc(Vocab(), words=list(words), spaces=[True] * (len(words) - 1) + [False])


def save(folder: Path, *docs: Doc, data: bool = True, name: str = "a.spacy") -> Path:
    DocBin(docs=docs, store_user_data=data).to_disk(folder / name)
    return folder / name


def gold_of(dataset: Dataset) -> list[tuple[object, ...]]:
    assert dataset.gold is not None
    return dataset.gold.select(COLUMNS).rows()


def test_spans_of_the_usual_group_are_gold_and_those_of_others_are_annotators(tmp_path: Path) -> None:
    doc = make("A", "savage", "🚢", "plan")
    doc.spans["sc"] = [Span(doc, 1, 4, label="Loud"), Span(doc, 3, 4, label="Loud")]
    doc.spans["ada"] = [Span(doc, 1, 2, label="Loud")]
    doc.spans["ben"] = []
    dataset = read(save(tmp_path, doc), None, {}).dataset()
    assert gold_of(dataset) == [("a-1", "Loud", "savage 🚢 plan", None), ("a-1", "Loud", "plan", None)]
    assert dataset.annotations is not None
    assert dataset.annotations.select("annotator", "label", "quote").rows() == [("ada", "Loud", "savage"), ("ben", None, None)]


def test_entities_are_gold_where_there_are_no_groups(tmp_path: Path) -> None:
    doc = make("A", "savage", "plan")
    doc.ents = [Span(doc, 1, 3, label="Loud")]
    assert gold_of(read(save(tmp_path, doc), None, {}).dataset()) == [("a-1", "Loud", "savage plan", None)]


def test_categories_answer_the_question_whose_name_they_bear(tmp_path: Path) -> None:
    doc = make("A", "savage", "plan")
    doc.cats = {"bias_Biased": 1.0, "bias_Non-biased": 0.0, "opinion_Entirely factual": 0.4}
    path = save(tmp_path, doc)
    assert gold_of(read(path, load_codebook("babe"), {}).dataset()) == [("a-1", "bias", None, "Biased")]
    assert gold_of(read(path, None, {}).dataset()) == [("a-1", "categories", None, "bias_Biased")]


def test_data_of_the_user_become_columns(tmp_path: Path) -> None:
    doc = make("A", "savage", "plan")
    doc.ents = [Span(doc, 1, 2, label="Loud")]
    doc.user_data = {"article_id": "gull/7", "outlet": "The Gull", ("._.", "x", None, None): 1}
    articles = read(save(tmp_path, doc), None, {}).dataset().articles
    assert articles.select("article_id", "outlet").rows() == [("gull/7", "The Gull")]
    assert read(save(tmp_path, doc, data=False), None, {}).dataset().articles["article_id"].to_list() == ["a-1"]


def test_what_the_toolkit_exports_comes_back(tmp_path: Path) -> None:
    text, codebook = "The savage  plan.\n\nA gull 🚢, a rat!", load_codebook("babe")
    articles = conform(pl.DataFrame({"article_id": ["x", "y"], "text": [text, "Quiet."], "outlet": ["The Gull", None]}), Articles, "test")
    marked = [{"article_id": "x", "label": "biased_words", "start": s, "end": e, "quote": text[s:e]} for s, e in ((4, 16), (11, 16), (29, 34))]
    others = [{"article_id": "x", "label": "bias", "value": "Biased"}, {"article_id": "y"}]
    gold = conform(pl.DataFrame(marked + others).with_columns(support=1.0, rule=pl.lit("x")), Gold, "test")
    export(Material({"articles": articles, "gold": gold}, codebook), "spacy", tmp_path / "out")
    dataset = read(tmp_path / "out", codebook, {}).dataset()
    assert dataset.articles.select("article_id", "text", "outlet").rows() == articles.select("article_id", "text", "outlet").rows()
    assert set(gold_of(dataset)) == set(gold.select(COLUMNS).rows())


@pytest.mark.parametrize("content", [b"", b"junk", pickle.dumps({"a": 1})])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.spacy").write_bytes(content)
    with pytest.raises(FramingError, match="is no DocBin of spaCy"):
        read(tmp_path / "a.spacy", None, {})


def test_among_several_the_damaged_file_is_set_aside(tmp_path: Path, reasons: Callable[[Dataset], list[str]]) -> None:
    doc = make("A", "savage", "plan")
    doc.ents = [Span(doc, 1, 2, label="Loud")]
    save(tmp_path, doc)
    (tmp_path / "b.spacy").write_bytes(b"junk")
    dataset = read(tmp_path, None, {}).dataset()
    assert gold_of(dataset) == [("a-1", "Loud", "savage", None)]
    assert reasons(dataset) == ["the file cannot be read"]
