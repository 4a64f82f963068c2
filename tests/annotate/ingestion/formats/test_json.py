"""JSON of any layout gives its objects; damage costs the object that has it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from annotate.ingestion.formats import json as reader
from annotate.ingestion.formats.json import read_json
from annotate.ingestion.source import Source, Unreadable
from schemas.errors import FramingError

Make = Callable[..., Source]
ROWS: list[dict[str, Any]] = [
    {
        "id": number,
        "text": f'Text {number} has “marks”, "quotes", {{braces}}\nand [brackets] \\ too.' * 2,
        "spans": [{"start": 1, "end": 2}],
        "n": 1.5,
    }
    for number in range(40)
]
LAYOUTS = {
    "lines": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS),
    "array": json.dumps(ROWS),
    "array of lines": "[\n" + ",\n".join(json.dumps(row) for row in ROWS) + "\n]\n",
    "pretty array": json.dumps(ROWS, indent=2, ensure_ascii=False),
    "pretty objects": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "one after the other": "".join(json.dumps(row) for row in ROWS),
    "sequence": "".join(f"\x1e{json.dumps(row)}\n" for row in ROWS),
    "arrays": json.dumps(ROWS[:20]) + "\n" + json.dumps(ROWS[20:]),
    "spaces": "\ufeff \n\n" + "\n\n  \n".join(json.dumps(row) for row in ROWS),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson"])
def test_objects_are_found_in_any_layout(make_source: Make, layout: str, name: str) -> None:
    source = make_source(name, LAYOUTS[layout])
    assert list(read_json(source)) == ROWS
    assert source.record.is_plain


def test_objects_are_found_where_what_is_read_at_a_time_ends_inside(make_source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 7, 64, 1000):
        monkeypatch.setattr(reader, "_CHUNK", size)
        for layout in ("array", "pretty objects", "one after the other"):
            assert list(read_json(make_source("a.json", LAYOUTS[layout]))) == ROWS


def test_one_object_is_an_article(make_source: Make) -> None:
    article = {"title": "Port", "text": "Shut.", "items": [{"a": 1}]}
    assert list(read_json(make_source("a.json", json.dumps(article, indent=1)))) == [article]
    assert list(read_json(make_source("b.json", json.dumps(article)))) == [article]
    nested = {"id": 1, "article": {"body": "Shut."}, "items": [{"a": 1}]}
    assert list(read_json(make_source("c.json", json.dumps(nested)))) == [nested]


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"status": "ok", "totalResults": 2, "articles": ROWS[:2]}, "articles"),
        ({"response": {"status": "ok", "results": ROWS[:2]}}, "response.results"),
        ({"response": {"meta": {}, "docs": ROWS[:2]}}, "response.docs"),
        ({"count": 2, "next": None, "stories": ROWS[:2]}, "stories"),
        ({"data": ROWS[:2]}, "data"),
    ],
)
def test_the_answer_of_a_service_is_its_list(make_source: Make, answer: dict[str, Any], path: str) -> None:
    for indent in (None, 2):
        source = make_source("a.json", json.dumps(answer, indent=indent))
        assert list(read_json(source)) == ROWS[:2]
        assert source.record.guesses == [f"the rows are those of the list {path}"]
    pages = make_source("a.jsonl", f"{json.dumps(answer)}\n{json.dumps(answer)}\n" + '{"error": "limit"}\n')
    *rows, last = read_json(pages)
    assert rows == ROWS[:2] * 2
    assert isinstance(last, Unreadable)


def test_nested_values_and_half_pairs_stay(make_source: Make) -> None:
    lines = '{"article": {"body": "One"}}\n{"text": ["One", "two"]}\n{"text": "Half \\ud83d"}\n'
    assert list(read_json(make_source("a.jsonl", lines))) == [{"article": {"body": "One"}}, {"text": ["One", "two"]}, {"text": "Half \ud83d"}]


def test_what_json_does_not_have_is_nothing_and_said(make_source: Make) -> None:
    source = make_source("a.json", '[{"a": NaN, "b": -Infinity}, {"a": 1, "a": 2}]')
    assert list(read_json(source)) == [{"a": None, "b": None}, {"a": 2}]
    assert source.record.guesses == ["NaN and Infinity are read as nothing", "a key stands twice in one object: the last one counts"]


def test_a_line_that_is_none_is_set_aside_and_the_next_is_read(make_source: Make) -> None:
    lines = '{"text": "cut\n{"text": "One"}\n[1]\n"words"\n{"text": "Two"}, \n\n{"text": "Three"}\n' + "[" * 100_000 + "\n"
    rows = list(read_json(make_source("a.jsonl", lines)))
    assert [row for row in rows if isinstance(row, dict)] == [{"text": "One"}, {"text": "Three"}]
    reasons = [row.reason for row in rows if isinstance(row, Unreadable)]
    assert [reason.split(" (")[0] for reason in reasons] == [
        "line 1 is not JSON", "line 3 is not a JSON object", "line 4 is not a JSON object", "line 5 is not JSON", "line 8 is not JSON",
    ]  # fmt: skip


def test_what_is_no_object_is_set_aside(make_source: Make) -> None:
    rows = list(read_json(make_source("a.json", '[{"text": "One"}, 17, "words", null, {"text": "Two"}]')))
    assert [isinstance(row, dict) for row in rows] == [True, False, False, False, True]


def test_a_line_longer_than_any_article_is_set_aside(make_source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST", 50)
    rows = list(read_json(make_source("a.jsonl", '{"text": "One"}\n{"text": "' + "x" * 120 + '"}\n{"text": "Two"}\n')))
    assert rows == [{"text": "One"}, Unreadable("line 2 is longer than 50 characters", "One article a line"), {"text": "Two"}]


def test_what_holds_no_json_says_so(make_source: Make) -> None:
    with pytest.raises(FramingError, match="holds no JSON"):
        list(read_json(make_source("a.json", "\ufeff \n ")))
    assert all(isinstance(row, Unreadable) for row in read_json(make_source("b.json", "Some words.\nAnd more.")))


@pytest.mark.parametrize("layout", ["lines", "array", "pretty array", "pretty objects", "one after the other"])
def test_damage_costs_two_objects_at_most_and_is_said(make_source: Make, layout: str) -> None:
    good, chance = LAYOUTS[layout], random.Random(16)
    wanted = {json.dumps(row) for row in ROWS}
    for number in range(150):
        place = chance.randrange(len(good))
        change = chance.choice(["", '"', "{", "}", "[", "]", ",", "\\", "\n", "cut"])
        broken = good[:place] + good[place + chance.randrange(1, 40) :] if change == "cut" else good[:place] + change + good[place + (not change) :]
        rows = list(read_json(make_source("a.json", broken)))
        found = {json.dumps(row) for row in rows if isinstance(row, dict)}
        lost = len(wanted - found)
        assert lost <= 2, f"damage {number}, {change!r} at {place}"
        assert len(rows) >= len(ROWS) - 1, "what is lost is counted"


def test_a_file_that_is_cut_off_loses_its_last_object(make_source: Make) -> None:
    for layout in ("lines", "array", "pretty array", "one after the other"):
        good = LAYOUTS[layout]
        *rows, last = read_json(make_source("a.json", good[: good.rindex("Text 39") + 3]))
        assert rows == ROWS[:-1]
        assert isinstance(last, Unreadable)
