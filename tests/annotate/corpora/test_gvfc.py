"""GVFC: headlines with one frame each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.gvfc import read
from schemas.codebook import load_codebook
from schemas.errors import FramingError

Table = Callable[..., list[Any]]
Put = Callable[[str, object], Path]


def test_a_headline_is_an_article_and_its_frame_gold(corpus: Path, put: Put) -> None:
    put("train.csv", '\ufeffExample,Category\r\n"Harbour town marches, again",Public Opinion\r\nShares of Gosk Arms fall,Economic Consequences\r\n')
    dataset = read(corpus).dataset()
    assert dataset.gold is not None
    assert dataset.articles["text"].to_list() == ["Harbour town marches, again", "Shares of Gosk Arms fall"]
    assert dataset.gold.select("label", "value").rows() == [("frame", "Public Opinion"), ("frame", "Economic Consequences")]


@pytest.mark.parametrize(
    ("given", "frame"),
    [
        (" public opinion", "Public Opinion"),
        ("GUN CONTROL / REGULATION", "Gun Control/Regulation"),
        ("School/Public Space Safety", "School or Public Space Safety"),
        ("2nd Amendment Rights", None),
        ("", None),
    ],
)
def test_frames_are_matched_whatever_their_case_spaces_and_slashes(corpus: Path, put: Put, reasons: Table, given: str, frame: str | None) -> None:
    put("train.csv", f"example, CATEGORY\nA march,Public Opinion\nA headline,{given}\n")
    dataset = read(corpus).dataset()
    assert dataset.gold is not None
    assert dataset.gold["value"].to_list() == ["Public Opinion", *([frame] if frame else [])]
    assert reasons(dataset) == ([] if frame else ["the codebook has no such frame"])


def test_every_frame_of_the_codebook_is_matched(corpus: Path, put: Put) -> None:
    question = load_codebook("gvfc").question("frame")
    assert question is not None
    put("train.csv", "Example,Category\n" + "".join(f"Headline {i},{value}\n" for i, value in enumerate(question.value_names)))
    gold = read(corpus).dataset().gold
    assert gold is not None
    assert gold["value"].to_list() == question.value_names


def test_a_headline_that_is_there_twice_is_kept_once_unless_its_frames_differ(corpus: Path, put: Put, reasons: Table) -> None:
    put("train.csv", "Example,Category\nA march,Politics\nA march ,politics\nA march,Mental Health\n,Politics\n")
    collection = read(corpus)
    dataset = collection.dataset()
    assert dataset.articles.height == 1
    assert collection.notices == {"headlines that were there twice, kept once": 1}
    assert reasons(dataset) == ["the headline is there already with another frame", "no text"]


def test_the_one_file_with_the_columns_is_found_and_several_are_an_error(corpus: Path, put: Put) -> None:
    put("other.csv", "id,text\n1,x\n")
    put("damaged.csv", b"\x89PNG\0\1\2\xff")
    put("train.csv", "Example,Category\nA march,Politics\n")
    assert read(corpus).dataset().articles.height == 1
    put("test.csv", "Example,Category\nA vote,Politics\n")
    with pytest.raises(FramingError, match="holds 2 csv files with the columns Example and Category"):
        read(corpus)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\0\1\2\xff", b"id,text\n1,x\n", b"Example,Category\n", b"Example,Category\na,b,c\n"])
def test_a_file_that_is_damaged_or_something_else_is_an_error(put: Put, content: bytes) -> None:
    with pytest.raises(FramingError):
        read(put("train.csv", content)).dataset()


def test_a_folder_without_a_table_is_an_error(corpus: Path, put: Put) -> None:
    put("notes.md", "x")
    with pytest.raises(FramingError, match="holds no csv files with the columns"):
        read(corpus)
