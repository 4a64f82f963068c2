"""Whatever was marked in whatever text, what is written for another annotation tool reads back as it was."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.formats import export
from exports.formats.material import Material
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.tables import ATTRIBUTE, Annotations, Articles, Gold, conform
from schemas.text.tokens import Span

VALUES = ["against", "for them", "a|b"]
ATTRIBUTES = [
    {"name": "target", "kind": "actor", "definition": "Who it is about."},
    {"name": "a stance", "kind": "choice", "definition": "Which.", "values": [{"name": name, "definition": name} for name in VALUES]},
    {"name": "role", "kind": "choice", "choice": "multiple", "definition": "As.", "values": [{"name": n, "definition": n} for n in VALUES]},
    {"name": "so: called", "kind": "text", "definition": "Words."},
]
CODEBOOK = Codebook.model_validate(load_codebook("ptc-14").model_dump() | {"attributes": ATTRIBUTES})
LABELS = CODEBOOK.label_names
WORDS = st.sampled_from(["rat", "🚢", "café", "𝒻ast", "👩\u200d👧", "x̂", "كارثية", "“sold”", "I", "T1", "a|b", "%41"])
GAPS = st.sampled_from([" ", "  ", "\n", "\n\n", "\t", "\u2028", ", ", "\u0085", "\x0b"])
ANNOTATORS = st.sampled_from(["ada", "Ada", "gold", "all", "ben@x.org", "=x", "..", "CURATION_USER"])
SAID = st.fixed_dictionaries(
    {},
    optional={
        "target": WORDS.map(lambda word: [f"{word} {word}"]),
        "a stance": st.sampled_from(VALUES).map(lambda value: [value]),
        "role": st.lists(st.sampled_from(VALUES), min_size=1, unique=True),
        "so: called": WORDS.map(lambda word: [f"{word}: x"]),
    },
)
ROW = ["article_id", "label", "start", "end", "quote", "attribute", "value"]


@st.composite
def readings(draw: st.DrawFn) -> tuple[str, list[tuple[str | None, list[tuple[tuple[Span, str], dict[str, list[str]]]]]]]:
    """A text of words, and who read it (gold if None) with spans from word to word, which may be nested, overlap, or be none, and with what is
    said of each."""
    pieces = [(draw(WORDS), draw(GAPS)) for _ in range(draw(st.integers(1, 8)))]
    places, text = [], ""
    for word, gap in pieces:
        places.append(Span(len(text), len(text) + len(word)))
        text += word + gap
    ranges = st.tuples(st.sampled_from(places), st.sampled_from(places)).map(lambda two: Span(min(two).start, max(two).end))
    marks = st.lists(st.tuples(st.tuples(ranges, st.sampled_from(LABELS)), SAID), max_size=4, unique_by=lambda one: one[0])
    return text, draw(st.lists(st.tuples(st.none() | ANNOTATORS, marks), min_size=1, max_size=3, unique_by=lambda one: one[0]))


@pytest.mark.parametrize("to", ["doccano", "prodigy", "brat", "cas"])
@given(articles=st.lists(readings(), min_size=1, max_size=3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_marks_read_back_to_the_character_in_everybodys_name(tmp_path_factory: pytest.TempPathFactory, to: str, articles: list[Any]) -> None:
    rows = [
        {
            "article_id": f"Á/{i}",
            "annotator": who,
            "label": label,
            "start": start,
            "end": end,
            "quote": None if start is None else text[start:end],
            "attribute": attribute,
            "value": value,
        }
        for i, (text, made) in enumerate(articles)
        for who, marks in made
        for ((start, end), label), said in marks or [(((None, None), None), {})]
        for attribute, value in [(None, None), *((name, value) for name, values in said.items() for value in values)]
    ]
    texts = pl.DataFrame({"article_id": [f"Á/{i}" for i in range(len(articles))], "text": [text for text, _ in articles]})
    table = pl.DataFrame(rows, schema=dict(Annotations.create_empty().schema), infer_schema_length=None)
    votes = table.filter(pl.col("annotator").is_not_null()).with_columns(origin=pl.lit("manual"))
    gold = table.filter(pl.col("annotator").is_null()).select(ROW).with_columns(support=1.0, rule=pl.lit("majority"))
    folder = tmp_path_factory.mktemp("trip")
    whole = Dataset(conform(texts, Articles, "t"), conform(votes, Annotations, "t"), conform(gold, Gold, "t"), CODEBOOK)
    before = write_dataset(folder / "before", whole)
    assert before.rejected == []
    assert before.annotations is not None
    assert before.gold is not None
    tables = {"articles": before.articles, "annotations": before.annotations, "gold": before.gold}
    export(Material(tables, CODEBOOK), to, folder / "out")
    after = import_module(f"annotate.corpora.{to}").read(folder / "out", CODEBOOK, {}).dataset()
    assert after.rejected == []
    assert dict(after.articles.select("article_id", "text").iter_rows()) == dict(texts.iter_rows())
    for old, new, who in ((before.annotations, after.annotations, ["annotator"]), (before.gold, after.gold, [])):
        # doccano has no place for what is said of a span.
        held = old.filter(~ATTRIBUTE) if to == "doccano" else old
        assert set(held.select(*ROW, *who).rows()) == set(() if new is None else new.select(*ROW, *who).rows())


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet"])
def test_tables_come_back_with_what_was_made_of_headlines(tmp_path: Path, to: str) -> None:
    # A headline is kept as it is, also where it is not composed.
    texts = {"article_id": ["a", "b"], "title": ["Cafe\u0301 🚢 rats", "Calm"], "text": ["A savage rat.", "A day."]}
    rats = {"article_id": "a", "label": LABELS[0], "part": "title", "start": 8, "end": 12, "quote": "rats"}
    rows = [
        {"article_id": "a", "label": LABELS[0], "part": "text", "start": 9, "end": 12, "quote": "rat"},
        {"article_id": "a", "label": LABELS[1], "part": "title", "start": 0, "end": 5, "quote": "Cafe\u0301"},
        rats,
        rats | {"attribute": "a stance", "value": VALUES[0]},
        {"article_id": "b", "part": "text"},
        {"article_id": "b", "part": "title"},
    ]
    table = pl.DataFrame(rows, infer_schema_length=None).with_columns(annotator=pl.lit("ada"), origin=pl.lit("manual"))
    before = write_dataset(
        tmp_path / "before", Dataset(conform(pl.DataFrame(texts), Articles, "t"), conform(table, Annotations, "t"), None, CODEBOOK)
    )
    assert before.rejected == []
    assert before.annotations is not None
    export(Material({"articles": before.articles, "annotations": before.annotations}, CODEBOOK), to, tmp_path / "out")
    out = [tmp_path / "out" / f"{name}.{to}" for name in ("annotations", "articles")]
    after = import_module("annotate.corpora.table").read(out[0], CODEBOOK, {}, out[1]).dataset()
    assert after.rejected == []
    columns = [*ROW, "part", "annotator"]
    assert sorted(after.annotations.select(columns).rows(), key=str) == sorted(before.annotations.select(columns).rows(), key=str)
    assert after.articles.select("title", "text").equals(before.articles.select("title", "text"))
