"""What a model is asked: the codebook, articles as data, windows without a gap, examples that are not asked."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.formats import export
from exports.formats.material import Material
from exports.requests import Manner, make_requests
from exports.requests.prompt import enclose, make_prompt, make_schema
from exports.requests.windows import cut_windows
from framing.sample import read_sample
from schemas.codebook import load_codebook
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.tables import Articles, Gold, conform

BOOK = load_codebook()
ARTICLES = conform(
    pl.DataFrame({"article_id": list("abcde"), "text": ["A reckless plan.", "A quiet day.", "Zealots rule.", "Prices rose.", "Rain fell. " * 40]}),
    Articles,
    "test",
)
GOLD = conform(
    pl.DataFrame(
        [
            {"article_id": "a", "label": "Loaded_Language", "start": 2, "end": 10, "quote": "reckless", "value": None},
            {"article_id": "a", "label": "frames", "value": BOOK.questions[0].value_names[0]},
            {"article_id": "b"},
            {"article_id": "c", "label": "Name_Calling", "start": 0, "end": 7, "quote": "Zealots"},
            {"article_id": "d", "label": "frames", "value": BOOK.questions[0].value_names[1]},
        ],
        schema={"article_id": pl.String, "label": pl.String, "start": pl.Int64, "end": pl.Int64, "quote": pl.String, "value": pl.String},
    ).with_columns(support=1.0, rule=pl.lit("majority")),
    Gold,
    "test",
)


def test_the_prompt_holds_the_codebook_and_the_articles_do_not_change_it() -> None:
    prompt = make_prompt(BOOK)
    for label in BOOK.labels:
        assert all(json.dumps(one, ensure_ascii=False) in prompt.system for one in (*label.examples, *label.counter_examples))
        assert label.definition in prompt.system
    assert all(value.definition in prompt.system for question in BOOK.questions for value in question.values)
    assert BOOK.instructions in prompt.system
    bodies = [request["body"] for request in make_requests(ARTICLES, BOOK, None, Manner("m"), "test")]
    assert {body["messages"][0]["content"] for body in bodies} == {prompt.system}
    assert prompt.digest == digest_text(prompt.text)


def test_the_schema_asks_for_every_key_and_takes_no_other() -> None:
    schema = make_schema(BOOK)
    assert schema["required"] == ["spans", *(question.name for question in BOOK.questions)]
    assert schema["additionalProperties"] is schema["properties"]["spans"]["items"]["additionalProperties"] is False
    assert schema["properties"]["spans"]["items"]["properties"]["label"]["enum"] == BOOK.label_names
    assert make_schema(load_codebook("babe"))["properties"]["bias"] == {"type": "string", "enum": ["Biased", "Non-biased"]}


@given(st.text(max_size=60))
def test_an_article_stands_between_lines_that_are_not_in_it(text: str) -> None:
    again = enclose(enclose(text))
    for given_text, message in ((text, enclose(text)), (enclose(text), again)):
        mark = message.partition("\n")[0]
        assert mark not in given_text
        assert message.startswith(f"{mark}\n{given_text}\n{mark}\n")


@given(st.text(alphabet="ab .\n😀", max_size=300), st.integers(1, 50))
def test_windows_join_without_a_gap_and_none_is_longer_than_it_may_be(text: str, size: int) -> None:
    windows = cut_windows(text, size)
    assert (windows[0].start, windows[-1].end) == (0, len(text))
    assert all(one.end == other.start for one, other in pairwise(windows))
    assert all(0 < window.end - window.start <= size for window in windows) or not text


def test_windows_end_with_a_paragraph_else_with_a_sentence() -> None:
    paragraphs = "One sentence here. Another one.\n\nA new paragraph. It goes on."
    first, second = (paragraphs[window.start : window.end] for window in cut_windows(paragraphs, 40))
    assert (first, second) == ("One sentence here. Another one.\n\n", "A new paragraph. It goes on.")
    assert cut_windows("It rained all day. The mayor left.", 30)[0].end == 19


def test_examples_are_drawn_from_gold_show_different_things_and_are_not_asked() -> None:
    requests = make_requests(ARTICLES, BOOK, GOLD, Manner("m", examples=3), "test")
    # d has an answer, and nobody said whether anything is marked there.
    assert sorted(requests.shown) == ["a", "b", "c"]
    assert requests.articles["article_id"].to_list() == ["d", "e"]
    assert '{"spans": [{"quote": "Zealots", "label": "Name_Calling"}], "frames": []}' in requests.prompt.system
    assert requests.prompt.digest != make_prompt(BOOK).digest


def test_too_few_examples_are_refused_and_gold_of_headlines_makes_none() -> None:
    headlines = GOLD.with_columns(part=pl.lit("title"))
    with pytest.raises(FramingError, match="has 0 articles"):
        make_requests(ARTICLES, BOOK, headlines, Manner("m", examples=1), "test")
    with pytest.raises(FramingError, match="3 articles of at most"):
        make_requests(ARTICLES, BOOK, GOLD, Manner("m", examples=4), "test")
    with pytest.raises(FramingError, match="no gold"):
        make_requests(ARTICLES, BOOK, None, Manner("m", examples=1), "test")


def test_a_batch_has_a_line_for_each_window_and_says_what_is_not_asked(tmp_path: Path) -> None:
    material = Material({"articles": ARTICLES, "gold": GOLD}, BOOK)
    (file,), said = export(material, "llm-batch", tmp_path / "asked.jsonl", examples=2, window=200)
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len({row["custom_id"] for row in rows}) == len(rows) == 5
    assert {(row["method"], row["url"], row["body"]["temperature"]) for row in rows} == {("POST", "/v1/chat/completions", 0)}
    assert any("2 articles with gold, shown as examples and not asked" in line for line in said)
    assert any("in 5 windows" in line for line in said)
    assert any("no model is named" in line for line in said)
    with pytest.raises(FramingError, match="takes no --examples"):
        export(material, "csv", tmp_path / "out", examples=2)


def test_a_dataset_without_a_codebook_cannot_be_asked() -> None:
    with pytest.raises(FramingError, match=r"codebook\.toml"):
        export(Material({"articles": read_sample(3).articles}), "llm-batch", Path("out"))
