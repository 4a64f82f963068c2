"""BASIL: offsets into sentences become offsets into the text, and the words given must stand there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.basil import read
from schemas.errors import FramingError
from schemas.tables import ATTRIBUTE, SPAN

BODY = [["The gate shut.", "A savage cutter sold it."], ["Her café, once raided, stayed open 🚢.", "Nobody called a savage rat."]]
TEXT = "The gate shut. A savage cutter sold it.\n\nHer café, once raided, stayed open 🚢. Nobody called a savage rat."
Table = Callable[..., list[Any]]
Put = Callable[[str, object], Path]
Write = Callable[..., None]


def test_the_text_is_the_body_and_the_title_a_column(corpus: Path, put_basil: Write) -> None:
    put_basil("1", BODY, [])
    article = read(corpus).dataset().articles.row(0, named=True)
    assert article["text"] == TEXT
    kept = [article[name] for name in ("article_id", "title", "outlet", "url", "published", "topic")]
    assert kept == ["u-1", "Port shuts", "GULL", "https://gull.example/1", datetime(2014, 5, 2), "t-1"]


def test_a_span_in_any_sentence_is_found_in_the_text(corpus: Path, put_basil: Write, spans: Table) -> None:
    put_basil("1", BODY, [("p1", "savage", "lex"), ("p2", "once raided", "inf"), ("p3", "savage", "lex"), ("p3_1", "called a savage rat", "inf")])
    dataset = read(corpus).dataset()
    assert [row[1:] for row in spans(dataset.gold)] == [
        ("lexical", "savage"),
        ("informational", "once raided"),
        ("lexical", "savage"),
        ("informational", "called a savage rat"),
    ]
    assert dataset.gold is not None
    assert dataset.gold.filter(SPAN)["start"].to_list() == [TEXT.index("savage"), TEXT.index("once"), TEXT.rindex("savage"), TEXT.index("called")]
    assert dataset.rejected == []


def test_offsets_are_moved_along_when_the_text_becomes_canonical(corpus: Path, put_basil: Write, spans: Table) -> None:
    body = [["\ufeffThe cafe\u0301 shut.\r\n", "A savage cafe\u0301 owner."]]
    put_basil("1", body, [("p0", "cafe\u0301", "lex"), ("p1", "savage cafe\u0301", "lex")])
    dataset = read(corpus).dataset()
    assert [quote for _, _, quote in spans(dataset.gold)] == ["café", "savage café"]
    assert dataset.articles["text"].to_list() == ["The café shut.\n A savage café owner."]


@pytest.mark.parametrize(
    ("given", "stance"), [("left", "Left"), ("Center", "Center"), ("right", "Right"), ("", None), ("sideways", None), (None, None)]
)
def test_the_stance_is_an_answer_where_it_is_one_of_the_codebook(corpus: Path, put_basil: Write, given: str | None, stance: str | None) -> None:
    put_basil("1", BODY, [], given)
    gold = read(corpus).dataset().gold
    assert gold is not None
    assert [value for value in gold["value"] if value] == ([stance] if stance else [])


def test_a_span_in_the_title_is_set_aside_and_the_body_counts_as_read(corpus: Path, put_basil: Write, reasons: Table, readings: Table) -> None:
    put_basil("1", BODY, [("title", "Port", "lex")])
    dataset = read(corpus).dataset()
    assert reasons(dataset) == ["the span is in the title, which is no part of the text"]
    assert readings(dataset.gold) == ["u-1"]


def test_an_article_without_annotations_is_set_aside_and_one_that_lists_none_was_read(
    corpus: Path, put_basil: Write, reasons: Table, readings: Table
) -> None:
    put_basil("1", BODY, [])
    put_basil("2", BODY, None)
    dataset = read(corpus).dataset()
    assert readings(dataset.gold) == ["u-1"]
    assert reasons(dataset) == ["its annotations are missing: half-downloaded?"]
    assert dataset.articles.height == 1


def test_annotations_without_their_article_are_set_aside(corpus: Path, put_basil: Write, reasons: Table) -> None:
    put_basil("1", BODY, [])
    put_basil("2", BODY, [("p1", "savage", "lex")])
    (corpus / "articles" / "2014" / "2.json").unlink()
    assert reasons(read(corpus).dataset()) == ["there is no article to these annotations: half-downloaded?"]


@pytest.mark.parametrize("which", ["articles/2014/2.json", "annotations/2014/2_ann.json"])
@pytest.mark.parametrize("junk", [b"", b'{"uuid": "u-2"', b"\x89PNG\0\xff", b"[]", b"{}", b'{"body-paragraphs": [7], "phrase-level-annotations": 7}'])
def test_one_damaged_file_among_many_sets_its_article_aside(corpus: Path, put: Put, put_basil: Write, which: str, junk: bytes) -> None:
    put_basil("1", BODY, [])
    put_basil("2", BODY, [("p1", "savage", "lex")])
    put(which, junk)
    dataset = read(corpus).dataset()
    assert dataset.articles["article_id"].to_list() == ["u-1"]
    assert len(dataset.rejected) == 1
    assert dataset.rejected[0]["row"]["file"] == "2.json"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": 0}, "the text at the offsets is not what the corpus says it is"),
        ({"txt": "cutter"}, "the text at the offsets is not what the corpus says it is"),
        ({"txt": None}, "the text at the offsets is not what the corpus says it is"),
        ({"end": 900}, "the offsets leave the sentence"),
        ({"start": -3}, "the offsets leave the sentence"),
        ({"start": "2"}, "the offsets are not whole numbers"),
        ({"end": None}, "the offsets are not whole numbers"),
        ({"id": "p4"}, "there is no sentence of this number"),
        ({"id": "px"}, "there is no sentence of this number"),
        ({"id": None}, "there is no sentence of this number"),
        ({"bias": "pol"}, "codebook basil 1.1.0 has no such label"),
        ({"bias": None}, "codebook basil 1.1.0 has no such label"),
    ],
)
def test_a_span_that_does_not_fit_is_set_aside_and_its_article_is_not_taken_for_clean(
    corpus: Path, put: Put, put_basil: Write, reasons: Table, change: dict[str, object], reason: str
) -> None:
    put_basil("1", BODY, [("p1", "savage", "lex")])
    annotation = json.loads((corpus / "annotations/2014/1_ann.json").read_text())
    annotation["phrase-level-annotations"][0] |= change
    put("annotations/2014/1_ann.json", annotation)
    dataset = read(corpus).dataset()
    assert (reasons(dataset), dataset.gold) == ([reason], None)


SAID = {"target": "Mayor_Rat", "polarity": "neg", "aim": "dir", "quote": "yes", "speaker": "Other (Anti-target)", "notes": "unsure"}


@pytest.mark.parametrize(
    ("said", "attributes"),
    [
        (SAID, {"target": "Mayor Rat", "polarity": "negative", "aim": "direct", "in_quotation": "yes", "quoted_speaker": "Other (Anti-target)"}),
        (
            {"polarity": "pos", "aim": "ind_anti", "indirect-target-name": "the ferry", "indirect-ally-opponent-sentiment": "neu", "quote": False},
            {
                "polarity": "positive",
                "aim": "indirect",
                "indirect_by": "opponent",
                "indirect_target": "the ferry",
                "indirect_polarity": "neutral",
                "in_quotation": "no",
            },
        ),
        ({"polarity": "", "aim": "Indirect (Ally)", "speaker": None}, {"aim": "indirect", "indirect_by": "ally"}),
        ({"polarity": None, "aim": "indir"}, {"aim": "indirect"}),
    ],
)
def test_what_is_said_of_a_span_are_its_attributes(
    corpus: Path, put: Put, put_basil: Write, said: dict[str, object], attributes: dict[str, str]
) -> None:
    put_basil("1", BODY, [("p1", "savage", "lex")])
    annotation = json.loads((corpus / "annotations/2014/1_ann.json").read_text())
    annotation["phrase-level-annotations"][0] |= said
    put("annotations/2014/1_ann.json", annotation)
    collection = read(corpus)
    dataset = collection.dataset()
    assert dataset.gold is not None
    assert dict(dataset.gold.filter(ATTRIBUTE).select("attribute", "value").iter_rows()) == attributes
    assert dataset.gold["quote"].unique().to_list() == ["savage"]
    assert (dataset.rejected, collection.notices.total()) == ([], "notes" in said)


def test_a_value_that_the_codebook_lacks_is_set_aside_and_its_span_is_kept(
    corpus: Path, put: Put, put_basil: Write, reasons: Table, spans: Table
) -> None:
    put_basil("1", BODY, [("p1", "savage", "lex")])
    annotation = json.loads((corpus / "annotations/2014/1_ann.json").read_text())
    annotation["phrase-level-annotations"][0] |= {"polarity": "sideways", "target": ["x"], "aim": 7}
    put("annotations/2014/1_ann.json", annotation)
    dataset = read(corpus).dataset()
    assert reasons(dataset) == ["codebook basil 1.1.0 has no such value of the attribute"] * 3
    assert spans(dataset.gold) == [("u-1", "lexical", "savage")]


def test_annotations_of_another_article_are_set_aside(corpus: Path, put: Put, put_basil: Write, reasons: Table) -> None:
    put_basil("1", BODY, [])
    put_basil("2", BODY, [])
    put("annotations/2014/2_ann.json", {"uuid": "u-1", "phrase-level-annotations": [7]})
    assert reasons(read(corpus).dataset()) == ["the annotations are of another article"]


def test_articles_of_one_name_in_two_years_have_each_their_annotations(corpus: Path, put: Put, put_basil: Write, spans: Table) -> None:
    put_basil("1", BODY, [("p1", "savage", "lex")])
    put("articles/2015/1.json", {"uuid": "other", "body-paragraphs": [["A vulgar gull."]]})
    span = {"id": "p0", "start": 2, "end": 8, "txt": "vulgar", "bias": "lex"}
    put("annotations/2015/1_ann.json", {"uuid": "other", "phrase-level-annotations": [span]})
    assert [(article, quote) for article, _, quote in spans(read(corpus).dataset().gold)] == [("u-1", "savage"), ("other", "vulgar")]


def test_a_folder_with_half_of_the_corpus_says_which_half_is_missing(corpus: Path, put: Put, put_basil: Write) -> None:
    put_basil("1", BODY, [])
    with pytest.raises(FramingError, match="holds no annotations/"):
        read(corpus / "articles")
    with pytest.raises(FramingError, match="holds no articles/"):
        read(corpus / "annotations")
    with pytest.raises(FramingError, match="no such file or folder"):
        read(corpus / "gone")


@pytest.mark.parametrize(
    ("sources", "outlets", "changed"),
    [
        (("nyt", "NYT", "Nyt "), ["New York Times"], 0),
        (("fox", "FOX", "hpo", "HPO"), ["Fox News", "Huffington Post"], 0),
        (("GULL", "gull", "GULL", None, "nyt"), ["GULL", "New York Times"], 1),
    ],
)
def test_an_outlet_has_one_spelling_however_the_corpus_writes_it(
    corpus: Path, put_basil: Write, sources: tuple[str | None, ...], outlets: list[str], changed: int
) -> None:
    for number, source in enumerate(sources):
        put_basil(str(number), BODY, [], source=source)
    collection = read(corpus)
    assert sorted(collection.dataset().articles["outlet"].drop_nulls().unique()) == outlets
    assert collection.notices.total() == changed
