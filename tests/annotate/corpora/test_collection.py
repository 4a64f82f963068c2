"""A collection keeps what fits, moves offsets along with the text, and says of everything else why not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.corpora.collection import Collection
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError
from schemas.text.units import Unit

CODEBOOK = load_codebook("babe")
LABEL = "biased_words"
HALF = "half \ud83d"


@pytest.fixture
def collection() -> Collection:
    return Collection(CODEBOOK, Path("corpus"))


def test_offsets_move_along_with_line_ends_marks_and_composed_letters(collection: Collection, tmp_path: Path) -> None:
    raw = "\ufeffThe cafe\u0301 shut.\r\nA reckless\r\nplan, and a na\u00efve\0 one."
    assert collection.add_article("a", raw)
    for words in ("cafe\u0301", "reckless", "reckless\r\nplan", "na\u00efve\0", "\ufeffThe"):
        assert collection.add_span("a", LABEL, raw.index(words), raw.index(words) + len(words))
    written = write_dataset(tmp_path / "out", collection.dataset())
    assert written.gold is not None
    assert written.gold["quote"].to_list() == ["café", "reckless", "reckless\nplan", "naïve", "The"]
    assert written.rejected == []
    assert dict(collection.notices).keys() == {
        f"{what} removed or changed" for what in ("byte-order mark", "NUL", "carriage return", "composed to NFC")
    }


@given(st.text(st.sampled_from("ab é\u0301\r\n\ufeff\0한\u1112\u1161🚢"), min_size=1, max_size=20), st.data())
def test_a_span_that_is_kept_is_the_canonical_form_of_what_was_marked(raw: str, data: st.DataObject) -> None:
    collection = Collection(CODEBOOK, Path("corpus"))
    if not collection.add_article("a", raw):
        return
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start + 1, len(raw)))
    kept = collection.add_span("a", LABEL, start, end)
    gold = collection.dataset().gold
    assert kept == (gold is not None)
    if gold is not None:
        row = gold.row(0, named=True)
        bare = raw[start:end].replace("\ufeff", "").replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
        assert row["quote"] == unicodedata.normalize("NFC", bare) == collection.text_of("a")[row["start"] : row["end"]]


def test_a_span_that_cuts_a_composed_letter_is_set_aside(collection: Collection) -> None:
    collection.add_article("a", "cafe\u0301 shut")
    assert not collection.add_span("a", LABEL, 0, 4)
    assert not collection.add_span("a", LABEL, 4, 5)


@pytest.mark.parametrize(
    ("article", "label", "start", "end", "reason"),
    [
        ("b", LABEL, 0, 1, "there is no article of this id"),
        ("empty", LABEL, 0, 1, "its article was set aside"),
        ("a", "Loaded", 0, 1, "has no such label"),
        ("a", LABEL, 0, 5, "leave the text"),
        ("a", LABEL, -1, 2, "leave the text"),
        ("a", LABEL, 2, 2, "leave the text"),
        ("a", LABEL, 3, 2, "leave the text"),
        ("a", LABEL, 0, 10**30, "leave the text"),
        ("a", LABEL, "0", "1", "not whole numbers"),
        ("a", LABEL, 0.0, 1.0, "not whole numbers"),
        ("a", LABEL, False, True, "not whole numbers"),
        ("a", LABEL, None, 1, "not whole numbers"),
    ],
)
def test_a_span_that_does_not_fit_is_set_aside_with_its_reason(
    collection: Collection, article: str, label: str, start: object, end: object, reason: str
) -> None:
    collection.add_article("a", "Port")
    collection.add_article("empty", " \n")
    assert not collection.add_span(article, label, start, end)
    last = collection.dataset().rejected[-1]
    assert reason in last["reason"]
    assert last["row"]["article_id"] == article


def test_what_the_corpus_says_stands_there_must_stand_there(collection: Collection) -> None:
    collection.add_article("a", "The cafe\u0301 shut.\r\nAt noon.")
    assert collection.add_span("a", LABEL, 4, 9, quote="cafe\u0301")
    assert collection.add_span("a", LABEL, 10, 24, quote="shut.\r\nAt noon")
    for false in ("caf", "shop", "", 7, HALF):
        assert not collection.add_span("a", LABEL, 4, 9, quote=false)
    assert {entry["row"]["there"] for entry in collection.dataset().rejected} == {"café"}


def test_a_label_in_decomposed_letters_is_the_same_label(tmp_path: Path) -> None:
    collection = Collection(load_codebook("semeval-2021"), tmp_path)
    collection.add_article("a", "Enough.")
    assert collection.add_span("a", " Thought-terminating cliche\u0301", 0, 6)


@pytest.mark.parametrize("text", [None, 7, "", "\ufeff\r\n \0", HALF, ["x"]])
def test_what_is_no_text_is_set_aside(collection: Collection, text: object) -> None:
    assert not collection.add_article("a", text)
    assert "a" not in collection


@pytest.mark.parametrize("columns", [{"title": HALF}, {HALF: "x"}])
def test_half_a_surrogate_pair_in_a_column_is_set_aside(collection: Collection, columns: dict[str, str]) -> None:
    assert not collection.add_article("a", "Port", **columns)
    assert not collection.add_article(HALF, "Port")
    assert not collection.add_article("", "Port")


def test_ids_that_differ_only_in_case_are_two_articles_and_one_id_for_two_texts_is_refused(collection: Collection) -> None:
    assert collection.add_article("a1", "Port")
    assert collection.add_article("A1", "Gate")
    assert collection.add_article("a1", "Port")
    assert not collection.add_article("a1", "Gate")
    # The same words, but offsets into the one would be false in the other.
    assert not collection.add_article("a1", "\ufeffPort")
    assert collection.dataset().articles["text"].to_list() == ["Port", "Gate"]


def test_columns_may_be_called_what_they_like_and_be_of_mixed_kinds(collection: Collection) -> None:
    odd: dict[str, Any] = {"self": "x", "columns": 1, "title": 7, "n": 2**200}
    assert collection.add_article("a", "Port", **odd)
    assert collection.add_article("b", "Gate", n=float("nan"), title="T", columns="one")
    assert collection.dataset().articles.select("title", "self", "columns").rows() == [("7", "x", "1"), ("T", None, "one")]


def test_answers_must_be_in_the_codebook_and_one_where_one_is_taken(collection: Collection) -> None:
    collection.add_article("a", "Port")
    assert collection.add_answer("a", "bias", "Biased")
    assert collection.add_answer("a", "bias", "Biased")
    assert not collection.add_answer("a", "bias", "Non-biased")
    assert collection.add_answer("a", "bias", "Non-biased", annotator="ada")
    assert not collection.add_answer("a", "bias", "biased")
    assert not collection.add_answer("a", "mood", "Biased")
    assert not collection.add_answer("b", "bias", "Biased")
    gold = collection.dataset().gold
    assert gold is not None
    assert gold["value"].to_list() == ["Biased"]


@pytest.mark.parametrize("annotator", ["", HALF])
def test_an_annotator_whose_name_cannot_be_stored_is_set_aside(collection: Collection, annotator: str) -> None:
    collection.add_article("a", "Port")
    assert not collection.add_span("a", LABEL, 0, 4, annotator=annotator)
    assert not collection.add_answer("a", "bias", "Biased", annotator=annotator)
    assert not collection.add_reading("a", annotator=annotator)
    assert not collection.add_reading("a", annotator="ada", annotation_id=HALF)
    assert not collection.add_reading("b", annotator="ada")


def test_what_was_collected_is_a_dataset_that_reads_back(collection: Collection, tmp_path: Path) -> None:
    collection.add_article("a", "A reckless plan 🚢.", outlet="Gull")
    collection.add_article("b", "A plan.")
    collection.add_span("a", LABEL, 2, 10, annotator="ada", annotation_id="7", created_at="2026-01-02")
    collection.add_span("a", LABEL, 2, 10, annotator="ada", annotation_id="7", created_at="2026-01-02")
    collection.add_reading("b", annotator="ada")
    collection.add_span("a", LABEL, 2, 10, support=0.5)
    written = write_dataset(tmp_path / "out", collection.dataset())
    read = read_dataset(tmp_path / "out")
    assert read.annotations is not None
    assert read.gold is not None
    assert read.annotations.select("annotator", "quote", "origin", "annotation_id", "codebook_version").rows() == [
        ("ada", "reckless", "import", "7", "babe 1.0.0"),
        ("ada", None, "import", None, "babe 1.0.0"),
    ]
    assert read.gold.select("quote", "support", "rule").rows() == [("reckless", 0.5, "corpus")]
    assert isinstance(written, Dataset)
    assert isinstance(read.codebook, Codebook)


def test_a_collection_without_an_article_says_the_commonest_reason(collection: Collection) -> None:
    collection.add_span("a", LABEL, 0, 1)
    for name in "bc":
        collection.add_article(name, "")
    with pytest.raises(FramingError) as caught:
        collection.dataset()
    assert caught.value.todo is not None
    assert "most often because: no text" in caught.value.todo


def test_nothing_was_collected_is_an_error_too(collection: Collection, reasons: Callable[[Dataset], list[str]]) -> None:
    with pytest.raises(FramingError, match="no article"):
        collection.dataset()
    collection.add_article("a", "Port")
    assert reasons(collection.dataset()) == []


# Units


TEXT = "Ærlig 🚢: a reckless plan 🚢, a café"


@pytest.mark.parametrize("words", ["reckless", "café"])
@pytest.mark.parametrize(("unit", "encoding", "size"), [("UTF-16 units", "utf-16-le", 2), ("UTF-8 bytes", "utf-8", 1)])
def test_offsets_in_other_units_are_refused_and_told_by_their_quote(collection: Collection, words: str, unit: Unit, encoding: str, size: int) -> None:
    collection.add_article("a", TEXT)
    start = len(TEXT[: TEXT.index(words)].encode(encoding)) // size
    end = start + len(words.encode(encoding)) // size
    assert not collection.add_span("a", LABEL, start, end, quote=words)
    assert collection.dataset().rejected[-1]["reason"].endswith(f"these are counted in {unit}, not in code points")
    # Without its words nothing can be told, and nothing is.
    collection.add_span("a", LABEL, start, end + 100)
    assert collection.dataset().rejected[-1]["reason"] == "the offsets leave the text"


def test_offsets_into_a_text_with_other_line_ends_are_refused_and_told(collection: Collection) -> None:
    raw = "A plan.\r\nA reckless\r\nplan."
    collection.add_article("a", raw)
    start = raw.replace("\r", "").index("reckless")
    assert not collection.add_span("a", LABEL, start, start + 13, quote="reckless\nplan")
    assert collection.dataset().rejected[-1]["reason"].endswith("these count a line end as one character, and the text has two there")


def test_offsets_that_are_off_by_one_are_no_other_unit(collection: Collection) -> None:
    collection.add_article("a", TEXT)
    start = TEXT.index("reckless")
    # One more is what one emoji makes of it in UTF-16.
    for shift in (-1, 2):
        assert not collection.add_span("a", LABEL, start + shift, start + shift + 8, quote="reckless")
    assert {entry["reason"] for entry in collection.dataset().rejected} == {"the text at the offsets is not what the corpus says it is"}


@given(st.text(st.sampled_from("ab é\u0301\r\n\ufeff🚢𝒻"), min_size=1, max_size=20), st.data())
def test_a_collection_of_another_unit_keeps_what_one_of_code_points_keeps(raw: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start + 1, len(raw)))
    ours, theirs = Collection(CODEBOOK, Path("corpus")), Collection(CODEBOOK, Path("corpus"), "UTF-16 units")
    if not (ours.add_article("a", raw) and theirs.add_article("a", raw)):
        return
    units = [len(raw[:place].encode("utf-16-le")) // 2 for place in (start, end)]
    assert ours.add_span("a", LABEL, start, end) == theirs.add_span("a", LABEL, *units)
    first, second = ours.dataset().gold, theirs.dataset().gold
    assert (first is None and second is None) or (first is not None and second is not None and first.equals(second))


def test_an_offset_in_the_middle_of_an_emoji_is_refused() -> None:
    collection = Collection(CODEBOOK, Path("corpus"), "UTF-16 units")
    collection.add_article("a", "A 🚢 sinks")
    assert not collection.add_span("a", LABEL, 2, 3)
    assert not collection.add_span("a", LABEL, 3, 5)
    assert collection.add_span("a", LABEL, 2, 4, quote="🚢")
    assert [entry["reason"] for entry in collection.dataset().rejected] == ["the offsets cut a character"] * 2


def test_what_is_said_of_a_span_must_be_asked_of_its_label_and_single_values_are_one(who: Codebook, tmp_path: Path) -> None:
    collection = Collection(who, Path("corpus"))
    collection.add_article("a", "The re\u0301gime rat.\r\nA rat.")
    said = [("target", " Re\u0301gime\r\n"), ("stance", "for"), ("role", "fool"), ("role", "old foe"), ("stance", "against"), ("role", "hero")]
    said += [("mood", "bad"), ("target", " "), ("target", HALF)]
    assert collection.add_span("a", "Loud", 4, 11, quote="re\u0301gime", attributes=said)
    assert collection.add_span("a", "Named", 12, 15, annotator="ada", attributes=[("target", "Rat"), ("stance", "for")])
    # Said again.
    assert collection.add_span("a", "Named", 12, 15, annotator="ada", attributes=[("stance", "for")])
    written = write_dataset(tmp_path / "out", collection.dataset())
    assert written.gold is not None
    assert written.annotations is not None
    columns = ["label", "quote", "attribute", "value"]
    rows = [("target", "Régime"), ("stance", "for"), ("role", "fool"), ("role", "old foe")]
    assert written.gold.select(columns).rows() == [("Loud", "régime", *pair) for pair in [(None, None), *rows]]
    assert written.annotations.select(columns).rows() == [("Named", "rat", None, None), ("Named", "rat", "stance", "for")]
    reasons = [entry["reason"].removeprefix("codebook who 1.0.0 has ") for entry in written.rejected]
    value, attribute = "no such value of the attribute", "no such attribute of this label"
    assert reasons == ["a second value of an attribute that takes one", value, attribute, value, value, attribute]
    assert written.reading is not None
    assert written.reading["annotations"] | {"set_aside": None} == {"rows": 15, "kept": 7, "twice": 2, "rows_set_aside": 6, "set_aside": None}
