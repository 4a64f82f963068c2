"""PTC: what is written, our own importer reads back."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.corpora.ptc import read
from exports.formats import export
from exports.formats.material import Material
from exports.formats.ptc import number_articles
from exports.tables.folders import collect_material
from schemas.codebook import load_codebook
from schemas.dataset import read_dataset, write_dataset

Write = Callable[..., tuple[Path, list[str]]]
PTC = Path(__file__).parents[4] / "shared" / "data" / "ptc"
ROW = ["article_id", "label", "start", "end", "quote"]
TECHNIQUES = "train-labels-task2-technique-classification"


def read_ids(folder: Path) -> dict[str, str]:
    with (folder / "ids.tsv").open(encoding="utf-8", newline="") as file:
        (head, *rows) = csv.reader(file, delimiter="\t")
    assert head == ["number", "article_id"]
    return dict(rows)


@pytest.fixture
def techniques(hostile: Callable[..., Material]) -> Material:
    """The hostile dataset in the labels that the importer knows."""
    material, codebook = hostile("gold"), load_codebook("ptc-14")
    names = dict(zip(material.require_codebook().label_names, codebook.label_names, strict=False))
    gold = material.tables["gold"].with_columns(pl.col("label").replace(names))
    return Material({"articles": material.tables["articles"], "gold": gold.filter(pl.col("value").is_null())}, codebook)


def test_what_is_written_reads_back_but_for_what_was_said(techniques: Material, tmp_path: Path, count: Callable[..., int]) -> None:
    _, losses = export(techniques, "ptc", tmp_path)
    dataset = read(tmp_path).dataset()
    assert dataset.rejected == []
    assert dataset.gold is not None
    names = {article_id: article_id for article_id in dataset.articles["article_id"]} | read_ids(tmp_path)
    # The apostrophe before what would have been a formula.
    plain = {number: name.removeprefix("'") for number, name in names.items()}
    found = dataset.gold.select(ROW).with_columns(pl.col("article_id").replace(plain))
    wanted = techniques.tables["gold"].select(ROW)
    assert sorted(found.rows(), key=str) == sorted(wanted.unique().rows(), key=str)
    assert count(losses, "rows of gold that say again") == wanted.height - found.height == 1
    texts = dict(techniques.tables["articles"].select("article_id", "text").iter_rows())
    back = {plain[number]: text for number, text in dataset.articles.select("article_id", "text").iter_rows()}
    assert back == {name: text for name, text in texts.items() if name in back}
    # Those that nobody read, and the one of which only a question was answered.
    assert count(losses, "no verdict") == len(texts) - len(back) == 2
    assert count(losses, "have some now, by the table ids.tsv") == len(read_ids(tmp_path)) == 7


def test_a_number_that_is_an_id_stays_one_and_no_cell_of_ids_begins_a_formula(write: Write) -> None:
    folder, _ = write("ptc", "gold")
    ids = read_ids(folder)
    assert (folder / "train-articles" / "article007.txt").exists()
    assert "007" not in ids.values()
    assert "'=cmd|' /C calc'!A0" in ids.values()
    assert not [cell for cell in ids.values() if cell[0] in "=+-@\t\r"]


def test_a_label_that_would_be_a_formula_is_text_in_the_labels_too_and_that_is_said(write: Write, count: Callable[..., int]) -> None:
    folder, losses = write("ptc", "gold")
    cells = {cell for path in folder.rglob("*.labels") for line in path.read_text(encoding="utf-8").splitlines() for cell in line.split("\t")}
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[0] in "=+-@"]
    assert count(losses, "would have been a formula") == 1


def test_an_article_that_was_read_without_a_span_has_empty_label_files(write: Write) -> None:
    folder, _ = write("ptc", "gold")
    number = next(number for number, name in read_ids(folder).items() if name == "..")
    assert (folder / TECHNIQUES / f"article{number}.task2-TC.labels").read_bytes() == b""
    assert (folder / "train-articles" / f"article{number}.txt").read_text(encoding="utf-8") == "Nothing is loaded here."


def test_answers_are_counted(write: Write, count: Callable[..., int]) -> None:
    _, losses = write("ptc", "gold")
    assert (count(losses, "answers left out"), count(losses, "whose spans are not known")) == (5, 1)


def test_a_corpus_without_any_span_is_said_to_look_unlabelled(techniques: Material, tmp_path: Path, count: Callable[..., int]) -> None:
    empty = techniques.tables["gold"].filter(pl.col("label").is_null())
    _, losses = export(Material(dict(techniques.tables) | {"gold": empty}, techniques.codebook), "ptc", tmp_path)
    assert count(losses, "take the labels for missing") == 2


@given(st.lists(st.one_of(st.text(min_size=1, max_size=6), st.integers(0, 30).map(str), st.sampled_from(["07", "٣", "²", "1\n"])), unique=True))
def test_any_ids_get_numbers_of_their_own(ids: list[str]) -> None:
    numbers = number_articles(ids)
    assert list(numbers) == ids
    assert len(set(numbers.values())) == len(ids)
    assert all(number.isascii() and number.isdigit() for number in numbers.values())
    assert all(numbers[name] == name for name in ids if name.isascii() and name.isdigit())


@pytest.mark.skipif(not PTC.exists(), reason="the corpus is not part of the project")
def test_the_corpus_itself_comes_back_equal(tmp_path: Path) -> None:
    write_dataset(tmp_path / "one", read(PTC).dataset())
    _, losses = export(collect_material(tmp_path / "one"), "ptc", tmp_path / "out")
    write_dataset(tmp_path / "two", read(tmp_path / "out").dataset())
    one, two = read_dataset(tmp_path / "one"), read_dataset(tmp_path / "two")
    assert one.gold is not None
    assert two.gold is not None
    assert one.articles.sort("article_id").equals(two.articles.sort("article_id"))
    assert one.gold.sort(pl.all()).equals(two.gold.sort(pl.all()))
    assert [line for line in losses if not line.startswith("columns")] == []
