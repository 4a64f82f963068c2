"""SemEval-2025 Task 10: however ends and line ends are counted, a mention is where its words stand, with its roles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.semeval2025 import read
from schemas.codebook import load_codebook
from schemas.errors import FramingError

LINES = ["Гавань", "", "Партия спасла пирс.", "Мэр Крыс продал его.", "Чайки 🚢 голодают."]
ROWS = [("Партия", "Protagonist", "Guardian", "Virtuous"), ("Мэр Крыс", "Antagonist", "Corrupt"), ("Чайки 🚢", "Innocent", "Victim")]
Put = Callable[[str, object], Path]
Table = Callable[..., list[Any]]


def rows_of(name: str, view: str, rows: list[tuple[str, ...]], last: int = 0) -> str:
    places = [(words, view.index(words), view.index(words) + len(words) - last, roles) for words, *roles in rows]
    return "".join("\t".join([name, words, str(start), str(end), *roles]) + "\n" for words, start, end, roles in places)


@pytest.mark.parametrize("last", [0, 1])
@pytest.mark.parametrize(("ends", "counted"), [("\n", "\n"), ("\r\n", "\r\n"), ("\r\n", "\n"), ("\n", "\r\n")])
def test_mentions_are_found_however_ends_and_line_ends_are_counted(
    put: Put, corpus: Path, spans: Table, said: Table, ends: str, counted: str, last: int
) -> None:
    put("RU/raw-documents/RU-URW-1.txt", ends.join(LINES))
    put("RU/subtask-1-annotations.txt", rows_of("RU-URW-1.txt", counted.join(LINES), ROWS, last))
    collection = read(corpus)
    dataset = collection.dataset()
    assert dataset.articles.select("article_id", "text", "title", "language", "topic").rows() == [
        ("RU-URW-1", "\n".join(LINES), "Гавань", "ru", "war in Ukraine")
    ]
    assert [row[1:] for row in spans(dataset.gold)] == [(role, words) for words, role, *_ in ROWS]
    attributes = [(words, f"{role.lower()}_role", one) for words, role, *roles in ROWS for one in roles]
    assert (said(dataset.gold), dataset.rejected) == (attributes, [])
    told = sum(count for text, count in collection.notices.items() if text.startswith("mentions"))
    assert told == (0 if (ends, last) == (counted, 0) else 3)


def test_the_way_that_fits_most_mentions_comes_first_and_single_ones_may_differ(put: Put, corpus: Path, spans: Table) -> None:
    text = "Rat\nRat\nRat\r\nRat met Gloria."
    put("subtask-1-documents/EN_CC_1.txt", text)
    inclusive = rows_of("EN_CC_1.txt", text, [("Gloria", "Innocent"), ("Rat met", "Antagonist")], 1)
    put("subtask-1-annotations.txt", inclusive + rows_of("EN_CC_1.txt", text, [("met", "Innocent", "Victim, Forgotten")]))
    collection = read(corpus)
    dataset = collection.dataset()
    assert [row[1:] for row in spans(dataset.gold)] == [("Innocent", "Gloria"), ("Antagonist", "Rat met"), ("Innocent", "met")]
    assert dataset.articles.row(0, named=True)["language"] == "en"
    assert collection.notices["mentions whose end is their last character"] == 2


def test_what_does_not_fit_is_set_aside_with_its_reason(put: Put, corpus: Path, reasons: Table, spans: Table) -> None:
    text = "\n".join(LINES)
    put("BG/raw-documents/BG_CC_1.txt", text)
    put("BG/raw-documents/BG_CC_2.txt", "Of another subtask.")
    head = rows_of("BG_CC_1.txt", text, [("Партия", "Protagonist", "Tyrant"), ("пирс", "Hero", "Guardian")])
    bad = "BG_CC_1.txt\tЧайки\t1\t5\tInnocent\tVictim\nBG_CC_9.txt\tx\t0\t1\tInnocent\nBG_CC_1.txt\tx\tone\t2\tInnocent\nBG_CC_1.txt\n"
    put("BG/subtask-1-annotations.txt", head + bad)
    dataset = read(corpus).dataset()
    assert [row[1:] for row in spans(dataset.gold)] == [("Protagonist", "Партия")]
    assert reasons(dataset) == [
        "not a row of annotations",
        "not a row of annotations",
        "nothing is said of it: of another subtask, or half-downloaded?",
        "codebook semeval-2025 1.0.0 has no such value of the attribute",
        "codebook semeval-2025 1.0.0 has no such label",
        "the mention does not stand at its offsets, however ends and line ends are counted",
        "there is no text to this mention: half-downloaded, or set aside?",
    ]


def test_test_data_which_have_no_roles_are_refused(put: Put, corpus: Path) -> None:
    put("EN/subtask-1-documents/EN_1.txt", "A gull.")
    put("EN/subtask-1-entity-mentions.txt", "EN_1.txt\tgull\t2\t6\n")
    with pytest.raises(FramingError, match="test data has no roles"):
        read(corpus)


def test_each_main_role_has_its_own_of_the_twenty_two() -> None:
    codebook = load_codebook("semeval-2025")
    assert {one.labels: len(one.values) for one in codebook.attributes} == {("Protagonist",): 6, ("Antagonist",): 12, ("Innocent",): 4}
