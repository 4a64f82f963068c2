"""Web Annotation: JSON-LD as the Recommendation has it, with selectors that are true in the texts beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., tuple[Path, list[str]]]


def items_of(folder: Path) -> list[dict[str, Any]]:
    collection = json.loads((folder / "annotations.jsonld").read_text(encoding="utf-8"))
    assert collection["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert collection["type"] == "AnnotationCollection"
    assert collection["first"]["type"] == "AnnotationPage"
    items: list[dict[str, Any]] = collection["first"]["items"]
    assert collection["total"] == len(items)
    return items


@pytest.fixture
def written(write: Write) -> tuple[Path, list[dict[str, Any]]]:
    folder, _ = write("webannotation", "ada", "ben", "gold")
    return folder, items_of(folder)


def test_both_selectors_are_true_in_the_exported_text(written: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, items = written
    marked = [item["target"] for item in items if "selector" in item["target"]]
    assert len(marked) == 12 * 2 + 1
    for target in marked:
        text = (folder / target["source"]["id"]).read_bytes().decode()
        position, quote = target["selector"]
        assert (position["type"], quote["type"]) == ("TextPositionSelector", "TextQuoteSelector")
        start, end = position["start"], position["end"]
        assert text[start:end] == quote["exact"]
        assert text[:start].endswith(quote["prefix"])
        assert text[end:].startswith(quote["suffix"])
        assert (len(quote["prefix"]), len(quote["suffix"])) == (min(start, 32), min(len(text) - end, 32))


def test_positions_are_code_points_and_not_utf_16(written: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, items = written
    target = next(item["target"] for item in items if item["body"]["value"] == "=1+1")
    text = (folder / target["source"]["id"]).read_bytes().decode()
    start = target["selector"][0]["start"]
    assert text[start] == "\U0001d4bb"
    # Three emoji of the family stand before it, each two units there.
    assert len(text[:start].encode("utf-16-le")) // 2 == start + 3


def test_every_text_is_there_also_of_articles_that_nobody_read(written: tuple[Path, list[dict[str, Any]]], articles: Any) -> None:
    texts = sorted(path.read_bytes().decode() for path in (written[0] / "texts").iterdir())
    assert texts == sorted(articles["text"])


def test_everybodys_work_has_its_creator_and_gold_has_its_rule(written: tuple[Path, list[dict[str, Any]]]) -> None:
    creators = [(item["creator"]["type"], item["creator"]["name"]) for item in written[1]]
    assert {creator: creators.count(creator) for creator in creators} == {
        ("Person", "ada@example.com"): 19,
        ("Person", "=ben\x1b\u202e"): 3,
        ("Software", "gold (majority)"): 19,
    }


def test_a_label_tags_an_answer_classifies_and_nothing_is_an_assessment(written: tuple[Path, list[dict[str, Any]]]) -> None:
    bodies = [item["body"] for item in written[1]]
    assert {body["purpose"] for body in bodies} == {"tagging", "classifying", "assessing"}
    assert all(item["motivation"] == item["body"]["purpose"] for item in written[1])
    answers = {(body["label"], body["value"]) for body in bodies if body["purpose"] == "classifying"}
    assert answers == {("frames", "Law, order"), ("frames", "Economy"), ("bias", "yes"), ("bias", "no")}
    assert {body["value"] for body in bodies if body["purpose"] == "assessing"} == {"read, and marked nothing"}


def test_every_annotation_has_an_id_of_its_own(written: tuple[Path, list[dict[str, Any]]]) -> None:
    ids = [item["id"] for item in written[1]]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("urn:uuid:") for name in ids)


def test_times_are_utc_and_what_is_no_time_is_left_out_and_counted(write: Write, count: Callable[..., int]) -> None:
    folder, losses = write("webannotation", "ada", "ben")
    created = {item["creator"]["name"]: item.get("created") for item in items_of(folder)}
    assert created == {"ada@example.com": "2026-01-02T03:04:05.678901Z", "=ben\x1b\u202e": None}
    assert count(losses, "times that are none") == 3


def test_columns_without_a_place_are_named(write: Write) -> None:
    _, losses = write("webannotation", "gold")
    assert "columns of articles left out, since the format has no field for them: outlet, published, n, x, day, ok, tags" in losses
    assert "columns of gold left out, since the format has no field for them: support (the share of annotators who agree)" in losses
