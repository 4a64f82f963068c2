"""NewsMTSC: sentences are articles, their targets spans with a stance, and a sentence that is there again is the same article."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.newsmtsc import read
from schemas.errors import FramingError

TEXT = "Mayor Rat sold the pier to Gloria, and he laughed."
Put = Callable[[str, object], Path]
Table = Callable[..., list[Any]]
GID = "allsides_12_345_6_Mayor Rat_0_9"


def target(words: str, polarity: object, *further: str, **more: object) -> dict[str, Any]:
    found = [{"from": TEXT.index(f" {one} ") + 1, "to": TEXT.index(f" {one} ") + 1 + len(one), "mention": one} for one in further]
    place = {"from": TEXT.index(words), "to": TEXT.index(words) + len(words), "mention": words, "polarity": polarity}
    return place | ({"further_mentions": found} if found else {}) | more


def lines(*rows: tuple[str, str, list[Any]]) -> str:
    return "".join(json.dumps({"primary_gid": gid, "sentence_normalized": text, "targets": targets}) + "\n" for gid, text, targets in rows)


def test_a_sentence_is_an_article_and_its_targets_are_spans_with_their_stance(put: Put, corpus: Path, spans: Table, said: Table) -> None:
    put("train.jsonl", lines((GID, TEXT, [target("Mayor Rat", 2.0, "he"), target("Gloria", 6)])))
    dataset = read(corpus).dataset()
    article = dataset.articles.row(0, named=True)
    assert {name: article[name] for name in ("article_id", "text", "split", "source", "source_article", "topic", "language")} == {
        "article_id": "allsides_12_345_6",
        "text": TEXT,
        "split": "train",
        "source": "allsides",
        "source_article": "allsides_12",
        "topic": "allsides_345",
        "language": "en",
    }
    assert [row[1:] for row in spans(dataset.gold)] == [("mention", "Mayor Rat"), ("further_mention", "he"), ("mention", "Gloria")]
    assert said(dataset.gold) == [("Mayor Rat", "stance", "negative"), ("he", "target", "Mayor Rat"), ("Gloria", "stance", "positive")]
    assert dataset.rejected == []


def test_the_same_sentence_with_other_targets_is_one_article_and_says_one_thing_of_each(put: Put, corpus: Path, said: Table, reasons: Table) -> None:
    again = ("polusa_v1_9_-1_6_Gloria_27_33", TEXT, [target("Gloria", 4), target("Mayor Rat", 6)])
    put("train.jsonl", lines((GID, TEXT, [target("Mayor Rat", 2)]), again))
    collection = read(corpus)
    dataset = collection.dataset()
    assert dataset.articles["article_id"].to_list() == ["allsides_12_345_6"]
    assert said(dataset.gold) == [("Mayor Rat", "stance", "negative"), ("Gloria", "stance", "neutral")]
    assert reasons(dataset) == ["a second value of an attribute that takes one"]
    assert list(collection.notices.values()) == [1]


@pytest.mark.parametrize(
    ("polarities", "stances"),
    [
        (("negative", "Positive"), ["negative", "positive"]),
        ((-1, "1"), ["negative", "positive"]),
        (("2.0", 4), ["negative", "neutral"]),
        # On a scale that is not known 2 may be good or bad.
        ((2, 1), []),
        ((True, None), []),
        (("nan", 1e400), []),
    ],
)
def test_polarity_is_a_word_or_on_one_scale_in_the_whole_file(put: Put, corpus: Path, said: Table, polarities: Any, stances: list[str]) -> None:
    put("test.jsonl", lines(("x", TEXT, [target("Mayor Rat", polarities[0]), target("Gloria", polarities[1])])))
    dataset = read(corpus).dataset()
    assert [value for _, _, value in said(dataset.gold)] == stances
    assert len(dataset.rejected) == 2 - len(stances)


def test_targets_and_rows_that_do_not_fit_are_set_aside_with_reasons(put: Put, corpus: Path, reasons: Table, spans: Table) -> None:
    bad = [target("Gloria", 2, to=99), target("Gloria", 2, mention="Glori"), 7, target("Gloria", 2, further_mentions=[7])]
    put("train.jsonl", lines((GID, TEXT, bad), ("y", "A gull.", [])) + "[]\n{}\n")
    dataset = read(corpus).dataset()
    assert [row[1:] for row in spans(dataset.gold)] == [("mention", "Gloria")]
    assert sorted(reasons(dataset))[1:] == [
        "not a mention",
        "not a sentence of NewsMTSC with targets",
        "not a sentence of NewsMTSC with targets",
        "not a target",
        "the offsets leave the text",
        "the text at the offsets is not what the corpus says it is",
    ]
    assert len(dataset.rejected) == 7


def test_a_folder_without_a_file_of_it_is_refused(put: Put, corpus: Path) -> None:
    put("notes.txt", "x")
    with pytest.raises(FramingError, match=r"holds no \.jsonl file"):
        read(corpus)
