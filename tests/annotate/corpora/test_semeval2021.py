"""SemEval-2021 Task 6: memes with technique spans, from one file or a folder of all subtasks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.semeval2021 import read
from schemas.errors import FramingError

MEME = "BREAD BEFORE BANNERS!\n\nSaid no savage café owner 🚢 ever.\n"
MARKED = {
    "BREAD BEFORE BANNERS!": "Slogans",
    "savage": "Loaded Language",
    "savage café owner 🚢": "Name calling/Labeling",
    "ever": "Exaggeration/Minimisation",
}
Table = Callable[..., list[Any]]
Put = Callable[[str, object], Path]
Write = Callable[..., Path]


def test_a_meme_has_its_spans_as_gold_and_one_without_labels_was_read(corpus: Path, put_meme_list: Write, spans: Table, readings: Table) -> None:
    put_meme_list(("12", MEME, MARKED), ("13", "A gull.", {}))
    dataset = read(corpus).dataset()
    assert spans(dataset.gold) == [("12", label, words) for words, label in MARKED.items()]
    assert readings(dataset.gold) == ["13"]
    assert dataset.articles["text"].to_list() == [MEME, "A gull."]
    assert dataset.rejected == []


def test_a_folder_is_read_for_the_files_of_subtask_2_alone(corpus: Path, put: Put, put_meme_list: Write) -> None:
    put_meme_list(("1", MEME, MARKED))
    put_meme_list(("2", "A gull.", {}), name="dev_set_task2.txt")
    put("training_set_task1.txt", [{"id": "3", "text": "A rat.", "labels": ["Smears"]}])
    put("README.txt", "About the corpus.")
    dataset = read(corpus).dataset()
    assert sorted(dataset.articles["article_id"]) == ["1", "2"]
    assert dataset.rejected == []


def test_one_file_of_any_name_is_read(corpus: Path, put_meme_list: Write) -> None:
    path = put_meme_list(("1", MEME, MARKED), name="train.json")
    assert read(path).dataset().articles.height == read(corpus).dataset().articles.height == 1


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text, lambda text: text.replace("é", "e\u0301")])
def test_offsets_are_moved_along_when_the_text_becomes_canonical(
    corpus: Path, put_meme_list: Write, spans: Table, change: Callable[[str], str]
) -> None:
    nfd = {words if words in change(MEME) else words.replace("é", "e\u0301"): label for words, label in MARKED.items()}
    put_meme_list(("12", change(MEME), nfd))
    dataset = read(corpus).dataset()
    assert spans(dataset.gold) == [("12", label, words) for words, label in MARKED.items()]
    assert dataset.articles["text"].to_list() == [MEME]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text_fragment": "gentle"}, "the text at the offsets is not what the corpus says it is"),
        ({"start": 0}, "the text at the offsets is not what the corpus says it is"),
        ({"end": 9000}, "the offsets leave the text"),
        ({"start": "3"}, "the offsets are not whole numbers"),
        ({"start": None}, "the offsets are not whole numbers"),
        ({"technique": "Transfer"}, "codebook semeval-2021 1.0.0 has no such label"),
        ({"technique": None}, "codebook semeval-2021 1.0.0 has no such label"),
    ],
)
def test_a_span_that_does_not_fit_is_set_aside_and_its_meme_is_not_taken_for_clean(
    corpus: Path, put: Put, put_meme_list: Write, reasons: Table, change: dict[str, object], reason: str
) -> None:
    path = put_meme_list(("12", MEME, {"savage": "Loaded Language"}))
    memes = json.loads(path.read_text(encoding="utf-8"))
    memes[0]["labels"][0] |= change
    put(path.name, memes)
    dataset = read(corpus).dataset()
    assert (reasons(dataset), dataset.gold) == ([reason], None)


def test_a_fragment_may_be_missing_or_be_called_text(corpus: Path, put: Put, spans: Table) -> None:
    labels = [
        {"start": 2, "end": 8, "technique": "Loaded Language", "text": "savage"},
        {"start": 9, "end": 12, "technique": "Smears"},
        {"start": 9, "end": 12, "technique": "Doubt", "text": "cat"},
    ]
    put("training_set_task2.txt", [{"id": 1, "text": "A savage rat.", "labels": labels}])
    dataset = read(corpus).dataset()
    assert [quote for _, _, quote in spans(dataset.gold)] == ["savage", "rat"]
    assert len(dataset.rejected) == 1


@pytest.mark.parametrize(
    "meme",
    [
        7,
        {"text": "x", "labels": []},
        {"id": "", "text": "x", "labels": []},
        {"id": "9", "text": "x"},
        {"id": "9", "text": "x", "labels": ["Smears"]},
        {"id": "9", "text": "x", "labels": {"a": 1}},
        {"id": "9", "labels": []},
        {"id": "9", "text": None, "labels": []},
        {"id": "9", "text": "half \ud83d", "labels": []},
        {"id": "1", "text": "other", "labels": []},
    ],
    ids=str,
)
def test_a_row_that_is_no_meme_with_spans_is_set_aside(corpus: Path, put: Put, meme: object) -> None:
    put("training_set_task2.txt", json.dumps([{"id": "1", "text": "A gull.", "labels": []}, meme]))
    dataset = read(corpus).dataset()
    assert dataset.articles["article_id"].to_list() == ["1"]
    assert len(dataset.rejected) == 1


def test_one_damaged_file_of_two_is_set_aside_and_one_alone_is_an_error(corpus: Path, put: Put, put_meme_list: Write, reasons: Table) -> None:
    put_meme_list(("1", MEME, MARKED))
    damaged = put("dev_set_task2.txt", '[{"id": "2", "text": ')
    assert reasons(read(corpus).dataset()) == ["the file cannot be read"]
    with pytest.raises(FramingError, match="is not JSON, or is cut off"):
        read(damaged)
    with pytest.raises(FramingError, match="is not a JSON list"):
        read(put("dev_set_task2.txt", {"id": "2"}))


def test_a_folder_without_a_file_that_fits_is_an_error(corpus: Path, put: Put) -> None:
    put("notes.md", "x")
    with pytest.raises(FramingError, match=r"holds no \.json or \.txt file"):
        read(corpus)
