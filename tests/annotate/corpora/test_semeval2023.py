"""SemEval-2023 Task 3: three subtasks over the same articles, in several languages and splits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.corpora.semeval2023 import read
from schemas.dataset import Dataset
from schemas.errors import FramingError

Put = Callable[[str, object], Path]
TEXT = "Gate shuts\n\nA savage 🚢 café.\nA gull.\n"


def gold_of(dataset: Dataset) -> list[tuple[object, ...]]:
    assert dataset.gold is not None
    return dataset.gold.select("article_id", "label", "quote", "value").rows()


@pytest.fixture
def english(put: Put) -> None:
    """Two English articles with the labels of all subtasks; the second has no span."""
    for number in (81, 82):
        for subtask in (1, 2, 3):
            put(f"data/en/train-articles-subtask-{subtask}/article{number}.txt", TEXT)
    put("data/en/train-labels-subtask-1.txt", "81\topinion\n82\tsatire\n")
    put("data/en/train-labels-subtask-2.txt", "81\tEconomic,Security_and_defense\n82\t\n")
    put("data/en/train-labels-subtask-3.txt", "81\t1\t\n81\t3\tLoaded_Language\n")
    put("data/en/train-labels-subtask-3-spans/article81-labels-subtask-3.txt", "81\tLoaded_Language\t14\t20\n81\tDoubt\t14\t27\n")
    put("data/en/train-labels-subtask-3-spans/article82-labels-subtask-3.txt", "")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("place", ["", "data", "data/en"])
def test_genre_frames_and_spans_are_gold_wherever_the_corpus_is_named(corpus: Path, place: str) -> None:
    dataset = read(corpus / place).dataset()
    assert gold_of(dataset) == [
        ("en-81", "genre", None, "opinion"),
        ("en-82", "genre", None, "satire"),
        ("en-81", "frames", None, "Economic"),
        ("en-81", "frames", None, "Security_and_defense"),
        ("en-81", "Loaded_Language", "savage", None),
        ("en-81", "Doubt", "savage 🚢 café", None),
        ("en-82", None, None, None),
    ]
    assert dataset.articles.select("title", "language", "split").rows() == [("Gate shuts", "en", "train")] * 2
    assert dataset.rejected == []


@pytest.mark.usefixtures("english")
def test_languages_and_splits_stand_side_by_side(corpus: Path, put: Put) -> None:
    put("data/ge/dev-articles-subtask-1/article81.txt", "Das Tor\n\nEin Rattennest.\n")
    put("data/ge/dev-labels-subtask-1.txt", "81\treporting\n")
    articles = read(corpus).dataset().articles
    assert articles["article_id"].to_list() == ["en-81", "en-82", "ge-81"]
    assert articles["language"].to_list() == ["en", "en", "de"]


def test_spans_of_all_articles_may_be_in_one_file(corpus: Path, put: Put) -> None:
    for number in (1, 2):
        put(f"train-articles-subtask-3/article{number}.txt", TEXT)
    put("train-labels-subtask-3-spans.txt", "1\tLoaded_Language\t14\t20\n")
    assert gold_of(read(corpus).dataset()) == [("1", "Loaded_Language", "savage", None), ("2", None, None, None)]


def test_what_does_not_fit_is_set_aside(corpus: Path, put: Put, reasons: Callable[[Dataset], list[str]]) -> None:
    for number in (1, 2):
        put(f"train-articles-subtask-1/article{number}.txt", TEXT)
        put(f"train-articles-subtask-3/article{number}.txt", TEXT)
    put("train-labels-subtask-1.txt", "1\trant\n1\topinion\n1\tsatire\nrow\n")
    rows = "1\tDoubt\t14\t999\n1\tShouting\t14\t20\n1\tDoubt\tx\t20\n3\tDoubt\t1\t2\n"
    put("train-labels-subtask-3-spans/article1-labels-subtask-3.txt", rows)
    assert sorted(reasons(read(corpus).dataset())) == [
        "a second answer to a question that takes one",
        "codebook semeval-2023-task-3 1.0.0 has no such answer",
        "codebook semeval-2023-task-3 1.0.0 has no such label",
        "its labels are missing: a test set, or half-downloaded?",
        "not a row of labels",
        "the offsets are not whole numbers",
        "the offsets leave the text",
        "there is no article of this id",
    ]


def test_paragraphs_with_techniques_are_not_taken_for_spans(corpus: Path, put: Put) -> None:
    put("train-articles-subtask-3/article1.txt", TEXT)
    put("train-articles-subtask-1/article1.txt", TEXT)
    put("train-labels-subtask-1.txt", "1\topinion\n")
    put("train-labels-subtask-3.txt", "1\t3\tLoaded_Language\n")
    collection = read(corpus)
    assert gold_of(collection.dataset()) == [("1", "genre", None, "opinion")]
    assert any("which paragraphs have which techniques" in text for text in collection.notices)


def test_shifted_labels_are_refused(corpus: Path, put: Put) -> None:
    put("train-articles-subtask-3/article1.txt", TEXT)
    put("train-labels-subtask-3-spans.txt", "".join(f"1\tDoubt\t{start}\t{start + 2}\n" for start in (15, 16, 17)) * 10)
    with pytest.raises(FramingError, match="most spans begin or end inside a word"):
        read(corpus)


def test_another_folder_is_refused(put: Put, corpus: Path) -> None:
    path = put("notes.txt", "x")
    with pytest.raises(FramingError, match="holds no folder of articles"):
        read(corpus)
    with pytest.raises(FramingError, match="is a file"):
        read(path)
