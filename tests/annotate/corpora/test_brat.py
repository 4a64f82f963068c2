"""brat: folders are annotators, offsets are checked by the words behind them, and what is no span is counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.brat import APART, JOINED, read
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError

TEXT = "A 🚢 savage rat\r\nsold the cafe\u0301.\r\n"
Put = Callable[[str, object], Path]
Table = Callable[..., list[Any]]
Reasons = Callable[[Dataset], list[str]]


def bound(*marks: tuple[str, str], text: str = TEXT, more: str = "") -> str:
    places = [(label, text.index(words), text.index(words) + len(words), words) for label, words in marks]
    lines = [f"T{i}\t{label} {start} {end}\t{' '.join(words.splitlines())}\n" for i, (label, start, end, words) in enumerate(places, start=1)]
    return "".join(lines) + more


def test_spans_beside_their_text_are_gold_and_line_ends_count_as_they_stand(put: Put, corpus: Path, spans: Table, tmp_path: Path) -> None:
    put("doc.txt", TEXT)
    put("doc.ann", bound(("Loaded", "savage rat"), ("Name", "rat"), ("Name", "cafe\u0301"), ("Loaded", "sold")))
    collection = read(corpus, None, {})
    dataset = write_dataset(tmp_path / "out", collection.dataset())
    assert collection.notices["files that do not say who made them, taken as gold"] == 1
    assert spans(dataset.gold) == [("doc", "Loaded", "savage rat"), ("doc", "Name", "rat"), ("doc", "Name", "caf\u00e9"), ("doc", "Loaded", "sold")]
    assert dataset.rejected == []


def test_folders_are_annotators_of_the_same_texts_and_gold_is_gold(put: Put, corpus: Path) -> None:
    for who, words in (("ada", "savage"), ("ben%40x.org", "rat"), ("gold", "sold")):
        put(f"{who}/doc.txt", TEXT)
        put(f"{who}/doc.ann", bound(("Loaded", words)))
    put("cy/doc.txt", TEXT)
    put("cy/doc.ann", "")
    dataset = read(corpus, None, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.gold is not None
    assert dataset.articles["article_id"].to_list() == ["doc"]
    assert set(dataset.annotations.select("annotator", "quote").rows()) == {("ada", "savage"), ("ben@x.org", "rat"), ("cy", None)}
    assert dataset.gold["quote"].to_list() == ["sold"]


def test_annotations_may_stand_apart_from_their_texts_under_the_annotators_name(put: Put, corpus: Path) -> None:
    put("text/doc_1.txt", TEXT)
    put("attributions/doc_1_4e07.ann", bound(("Cue", "savage")))
    put("attributions/doc_1_ef2d.ann", bound(("Cue", "rat")))
    put("ada/doc_1.ann", bound(("Cue", "sold")))
    dataset = read(corpus, None, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations.select("annotator", "quote").rows() == [("ada", "sold"), ("4e07", "savage"), ("ef2d", "rat")]


def test_a_single_file_may_be_given(put: Put, spans: Table) -> None:
    path = put("doc.txt", TEXT)
    put("doc.ann", bound(("Loaded", "rat")))
    put("other.ann", "")
    assert spans(read(path, None, {}).dataset().gold) == [("doc", "Loaded", "rat")]


def test_events_relations_attributes_and_notes_are_counted_and_left_out(put: Put, corpus: Path, spans: Table) -> None:
    more = "E1\tLoaded:T1\nR1\tx Arg1:T1 Arg2:T2\n*\tEquiv T1 T2\nA1\tSure T1\nM2\tSure T1\nN1\tReference T1 W:1\tRat\n#1\tAnnotatorNotes T1\twhy\n"
    put("doc.txt", TEXT)
    put("doc.ann", bound(("Loaded", "savage"), ("Name", "rat"), more=more))
    collection = read(corpus, None, {})
    assert len(spans(collection.dataset().gold)) == 2
    kinds = ("events", "relations", "attributes", "links to other sources", "notes")
    assert [collection.notices[f"{kind} left out"] for kind in kinds] == [1, 2, 2, 1, 1]
    assert collection.dataset().rejected == []


def test_pieces_that_a_line_end_parts_are_one_span_and_others_are_set_aside(put: Put, corpus: Path, spans: Table, reasons: Reasons) -> None:
    first, last = TEXT.index("savage"), TEXT.index("the")
    put("doc.txt", TEXT)
    put(
        "doc.ann",
        f"T1\tLoaded {first} {first + 10};{last - 5} {last - 1}\tsavage rat sold\nT2\tLoaded {first} {first + 6};{last} {last + 3}\tsavage the\n",
    )
    collection = read(corpus, None, {})
    assert spans(collection.dataset().gold) == [("doc", "Loaded", "savage rat\nsold")]
    assert reasons(collection.dataset()) == [APART]
    assert collection.notices[JOINED] == 1


def test_labels_are_read_by_the_names_they_are_shown_under_or_mapped_to(put: Put, corpus: Path, spans: Table, reasons: Reasons) -> None:
    put("doc.txt", TEXT)
    put("doc.ann", bound(("Slogans-", "savage"), ("Doubt", "rat"), ("L", "sold"), ("X", "the")))
    put("visual.conf", "[labels]\n# Doubt | Slogans\nSlogans- | Slogans | S\nDoubt | Slogans\nX | no such\n[drawing]\nL | Doubt\n")
    dataset = read(corpus, load_codebook("ptc-14"), {"L": "Loaded_Language"}).dataset()
    assert [row[1:] for row in spans(dataset.gold)] == [("Slogans", "savage"), ("Doubt", "rat"), ("Loaded_Language", "sold")]
    assert [entry["row"]["label"] for entry in dataset.rejected] == ["X"]


# What goes wrong


def test_offsets_off_by_one_and_other_counts_are_refused_by_the_words(put: Put, corpus: Path, reasons: Reasons) -> None:
    start = TEXT.index("savage")
    put("doc.txt", TEXT)
    put(
        "doc.ann",
        f"T1\tX {start - 1} {start + 5}\tsavage\nT2\tX {start + 1} {start + 7}\tsavage\nT3\tX {start + 3} {start + 9}\tsavage\nT4\tX 0 1\tA\n",
    )
    dataset = read(corpus, None, {}).dataset()
    what = "the text at the offsets is not what the corpus says it is"
    tails = ("", ": these are counted in UTF-16 units, not in code points", ": these are counted in UTF-8 bytes, not in code points")
    assert reasons(dataset) == [what + tail for tail in tails]


def test_a_text_without_annotations_is_unread_and_annotations_without_a_text_are_set_aside(
    put: Put, corpus: Path, reasons: Reasons, readings: Table
) -> None:
    for name in ("doc", "unread"):
        put(f"{name}.txt", TEXT)
    put("doc.ann", bound(("X", "rat")))
    put("lost.ann", bound(("X", "rat")))
    collection = read(corpus, None, {})
    assert collection.dataset().articles["article_id"].to_list() == ["doc", "unread"]
    assert readings(collection.dataset().gold) == []
    assert reasons(collection.dataset()) == ["there is no .txt file to it"]
    assert collection.notices["texts without an .ann file, which nobody has read"] == 1


def test_another_text_of_the_same_name_is_set_aside_with_its_annotations(put: Put, corpus: Path, reasons: Reasons) -> None:
    for who, text in (("ada", TEXT), ("ben", TEXT.replace("\r", ""))):
        put(f"{who}/doc.txt", text)
        put(f"{who}/doc.ann", bound(("X", "rat"), text=text))
    dataset = read(corpus, None, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations["annotator"].to_list() == ["ada"]
    assert reasons(dataset) == ["another text has this name", "its text differs from the one of the same name"]


@pytest.mark.parametrize("line", ["T1\tX 0", "T1\tX 0 1 2\tA", "X 0 1", "T1 X 0 1 A", "T1\tX 0 1;\tA", "\x00", f"T1\tX 0 {'9' * 5000}\tA"])
def test_a_line_that_is_none_of_brats_costs_itself_and_is_no_empty_reading(
    put: Put, corpus: Path, line: str, spans: Table, readings: Table, reasons: Reasons
) -> None:
    put("doc.txt", TEXT)
    put("doc.ann", f"{line}\n")
    put("b.txt", "Port.")
    put("b.ann", "T1\tX 0 4\tPort\r\n")
    dataset = read(corpus, None, {}).dataset()
    assert spans(dataset.gold) == [("b", "X", "Port")]
    assert readings(dataset.gold) == []
    assert len(reasons(dataset)) == 1


def test_a_text_that_is_not_utf_8_is_set_aside_with_its_annotations(put: Put, corpus: Path, reasons: Reasons) -> None:
    put("doc.txt", "The café was shut by a savage rat.".encode("latin-1"))
    put("doc.ann", "T1\tX 0 3\tThe\n")
    put("b.txt", "Port.")
    put("b.ann", "T1\tX 0 4\tPort\n")
    assert reasons(read(corpus, None, {}).dataset()) == ["the file cannot be read", "its text differs from the one of the same name"]


@pytest.mark.parametrize("name", ["doc.txt", "doc.ann"])
def test_half_of_what_is_needed_is_an_error_with_a_remedy(put: Put, corpus: Path, name: str) -> None:
    put(name, "")
    with pytest.raises(FramingError, match=r"holds no \.(ann|txt) file"):
        read(corpus, None, {})


def test_attributes_and_notes_are_kept_where_the_codebook_asks_for_them(put: Put, corpus: Path, who: Codebook, said: Callable[..., Any]) -> None:
    put("a.txt", "A savage café.")
    notes = "#1\tAnnotatorNotes T1\ttarget: the rat: a cat\n#2\tAnnotatorNotes T1\tbeware: of dogs\n#3\tAnnotatorNotes E1\ttarget: x\n"
    lines = "A1\tstance T1 for\nA2\trole T1 old_foe\nA3\tNegation T1\nA4\tmood T1 low\nA5\tstance T7 for\nA6\trole T1 hero\n"
    put("a.ann", f"T1\tLoud 2 8\tsavage\n{lines}{notes}")
    put("visual.conf", "[labels]\nold_foe | old foe\n")
    collection = read(corpus, who, {})
    dataset = collection.dataset()
    assert said(dataset.gold) == [("savage", name, value) for name, value in (("stance", "for"), ("role", "old foe"), ("target", "the rat: a cat"))]
    assert [entry["reason"] for entry in dataset.rejected] == [
        "the span that it is an attribute of is not there",
        "codebook who 1.0.0 has no such value of the attribute",
    ]
    kept = {text: count for text, count in collection.notices.items() if count and "left out" in text}
    assert kept == {"attributes left out": 1, "notes left out": 2, "attributes of spans that the codebook does not ask for, left out": 1}
