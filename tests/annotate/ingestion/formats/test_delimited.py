"""A table of text is read however it is laid out, and what is damaged in it costs itself."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.ingestion.formats import delimited
from annotate.ingestion.formats.delimited import read_delimited
from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import Row, Source, Unreadable
from schemas.errors import FramingError

Rows = list[Row | Unreadable]


@pytest.fixture(autouse=True)
def _restore_limit() -> Iterator[None]:
    """What csv takes for too long is the same for all the process."""
    limit = csv.field_size_limit()
    yield
    csv.field_size_limit(limit)


def read(folder: Path, content: str | bytes, name: str = "a.csv") -> tuple[Rows, FileRecord]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    record = FileRecord(name, path.suffix)
    return list(read_delimited(Source(path, record))), record


def show(rows: Rows, column: str = "text") -> list[str | None]:
    """The text of each row; of one that is set aside, which line it is."""
    return [" ".join(row.reason.split()[:2]) if isinstance(row, Unreadable) else row[column] for row in rows]


# How it is laid out


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("kind", [".csv", ".tsv"])
def test_any_separator_is_told_from_the_table_itself(tmp_path: Path, separator: str, kind: str) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator)
    writer.writerows([["id", "title, kicker", "text"], ["007", "A; B", "One, two; three | four\tfive."], ["8", "", 'The "port"\nshut.']])
    rows, record = read(tmp_path, file.getvalue(), f"a{kind}")
    assert rows == [
        {"id": "007", "title, kicker": "A; B", "text": "One, two; three | four\tfive."},
        {"id": "8", "title, kicker": None, "text": 'The "port"\nshut.'},
    ]
    assert bool(record.guesses) == (separator != {".csv": ",", ".tsv": "\t"}[kind])


def test_commas_in_a_column_name_do_not_outweigh_the_separator(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "id\ttext\ttitle,a,b,c,d\n1\tOne, two, three.\tX\n")
    assert rows == [{"id": "1", "text": "One, two, three.", "title,a,b,c,d": "X"}]


def test_the_separator_that_excel_names_is_obeyed_and_its_line_left_out(tmp_path: Path) -> None:
    rows, record = read(tmp_path, "\ufeffsep=;\r\nid;text\r\n1;One, two, three\r\n")
    assert rows == [{"id": "1", "text": "One, two, three"}]
    assert not record.guesses


@pytest.mark.parametrize("before", ["\n", "Report of June\n\n", "Report,,\nMade in 2024,,\n", ",,\n"])
def test_what_stands_before_the_header_is_left_out_and_that_is_said(tmp_path: Path, before: str) -> None:
    rows, record = read(tmp_path, f"{before}id,title,text\n1,A,One.\n2,B,Two.\n3,C,Three.\n")
    assert show(rows) == ["One.", "Two.", "Three."]
    assert "before the header" in record.guesses[0]


def test_names_of_columns_are_rid_of_white_space_and_of_the_mark(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, '\ufeffid , "title\n(English)", text\n1, A, "One, two."\n')
    assert rows == [{"id": "1", "title (English)": "A", "text": "One, two."}]


def test_names_that_are_there_twice_are_made_distinct_and_that_is_said(tmp_path: Path) -> None:
    rows, record = read(tmp_path, "id,text,text,text_2\n1,One.,Two.,Three.\n")
    assert rows == [{"id": "1", "text": "One.", "text_3": "Two.", "text_2": "Three."}]
    assert "text_3" in record.guesses[0]


def test_the_index_of_pandas_and_the_row_names_of_r_are_columns_of_their_own(tmp_path: Path) -> None:
    rows, record = read(tmp_path, ",id,text\n0,7,One.\n1,8,Two.\n")
    assert rows[0] == {"index": "0", "id": "7", "text": "One."}
    assert "index" in record.guesses[0]
    rows, record = read(tmp_path, '"id" "text"\n"1" 7 "One, two."\n"2" 8 "Three."\n')
    assert rows[0] == {"row_name": "1", "id": "7", "text": "One, two."}
    assert "R" in record.guesses[0]


def test_row_names_of_r_are_understood_though_a_row_is_damaged(tmp_path: Path) -> None:
    lines = [f'"{number}",{number + 70},"Text {number}."' for number in range(1, 40)]
    rows, _ = read(tmp_path, "\n".join(['"id","text"', *lines[:5], '"x",9', *lines[5:]]) + "\n")
    assert len([row for row in rows if isinstance(row, dict) and row["text"].startswith("Text")]) == 39
    assert len(rows) == 40


def test_names_that_a_comma_parts_in_every_row_are_no_row_names(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "id,author,text\n1,Doe, Jane,One.\n2,Roe, John,Two.\n")
    assert show(rows) == ["line 2", "line 3"]


def test_a_cell_longer_than_any_is_set_aside_and_the_rest_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MOST", 50)
    rows, _ = read(tmp_path, f'id,text\n1,one\n2,{"x" * 51}\n3,{"x" * 50}\n4,"{"x" * 90}"\n5,five\n')
    assert show(rows) == ["one", "line 3", "x" * 50, "line 5", "five"]


def test_separators_at_the_end_of_every_row_are_no_row_names(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "id,text\n1,One.,\n2,Two.,\n")
    assert show(rows, "id") == ["1", "2"]


def test_a_table_all_of_whose_rows_are_short_is_read_and_that_is_said(tmp_path: Path) -> None:
    rows, record = read(tmp_path, "id,text,note,more\n1,One.\n2,Two.\n")
    assert rows[1] == {"id": "2", "text": "Two.", "note": None, "more": None}
    assert "the rows have 2 cells" in record.guesses[0]


def test_one_column_without_a_separator_has_whole_lines_for_texts(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, 'text\nThe port, he said, shut.\nIt did; "really".\n"A\nquote."\n')
    assert show(rows) == ["The port, he said, shut.", 'It did; "really".', "A\nquote."]


def test_quotation_marks_behind_backslashes_and_apostrophes_for_marks_are_understood(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, 'id,text,outlet\n1,"He said \\"no\\", and left.",Post\n2,"B, C.",Post\n')
    assert show(rows) == ['He said "no", and left.', "B, C."]
    rows, _ = read(tmp_path, "id,text,outlet\n1,'It''s, he said, \"no\".','Post'\n2,'B, C.','Post'\n")
    assert show(rows) == ['It\'s, he said, "no".', "B, C."]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_kind_are_read_and_those_inside_of_cells_kept(tmp_path: Path, end: str) -> None:
    rows, _ = read(tmp_path, end.join(["id,text", f'1,"one{end}two, three{end}{end}four"', "", "2,three", ""]))
    assert show(rows) == [f"one{end}two, three{end}{end}four", "three"]


def test_a_text_that_is_as_long_as_excel_lets_cells_be_is_counted(tmp_path: Path) -> None:
    _, record = read(tmp_path, f"id,text\n1,{'x' * 32_767}\n2,{'x' * 32_768}\n3,{'x' * 32_766}\n")
    assert list(record.cleaned.values()) == [1]
    assert "cut off?" in next(iter(record.cleaned))


@pytest.mark.parametrize(("head", "ending"), [(b"PK\x03\x04\x14\0", ".xlsx"), (b"\xd0\xcf\x11\xe0\xa1\xb1", ".xls")])
def test_a_spreadsheet_under_the_name_of_a_table_is_told_how_to_be_named(tmp_path: Path, head: bytes, ending: str) -> None:
    with pytest.raises(FramingError) as caught:
        read(tmp_path, head + b"\0" * 100)
    assert ending in str(caught.value)


@pytest.mark.parametrize("content", ["id,text\n", "\n\n", "text", " "])
def test_a_table_without_rows_has_none(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content)[0] == []


# What is damaged


def numbered(*damaged: str, rows: int = 60) -> str:
    """A table of good rows, and in the middle of it damaged ones."""
    lines = [f"{number},T{number},Body {number} of the story.,Post" for number in range(rows)]
    return "\n".join(["id,title,text,outlet", *lines[: rows // 2], *damaged, *lines[rows // 2 :]]) + "\n"


@pytest.mark.parametrize(
    "damaged",
    [
        '900,T,"Body that opens and does not close,Post',
        '900,T,"Body, that opens, they say,Post',
        '900,"T,Body,Post',
        "900,T,Body, with a comma,Post",
        "900,T,Body",
        '900,T,"One paragraph.\n\nTwo, and more.\nThree, four, and five.,Post',
        "900,T,A text\nover three, or\nmore lines.,Post",
        '900,T,"A text with a closing mark"\nin it, too early.",Post',
    ],
)
def test_a_damaged_row_costs_itself_and_is_counted_once(tmp_path: Path, damaged: str) -> None:
    rows, _ = read(tmp_path, numbered(damaged))
    aside = [row for row in rows if isinstance(row, Unreadable)]
    assert [row["id"] for row in rows if isinstance(row, dict)] == [str(number) for number in range(60)]
    assert len(aside) == 1
    assert aside[0].reason.startswith("line 32 ")


@pytest.mark.parametrize("place", range(len("id,title,text,outlet") + 1))
def test_a_quotation_mark_too_many_in_the_header_costs_nothing(tmp_path: Path, place: int) -> None:
    content = numbered('900,T,"Body, good.",Post')
    rows, _ = read(tmp_path, f'{content[:place]}"{content[place:]}')
    assert len(rows) == 61
    assert show(rows)[29:32] == ["Body 29 of the story.", "Body, good.", "Body 30 of the story."]


def test_damaged_rows_that_follow_each_other_are_counted_each(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, numbered("900,T,Body", '901,T,"Body,Post', "902,T,Body,Post,x", '903,T,"Body,Post'))
    assert show(rows)[30:34] == ["line 32", "line 33", "line 34", "line 35"]
    assert len(rows) == 64


def test_two_rows_on_one_line_are_counted_as_two(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, numbered("900,T,Body,Post901,T5,Body,Post", '902,T,"Body903,T6,"Body",Post'))
    assert len([row for row in rows if isinstance(row, Unreadable)]) == 4
    assert len(rows) == 64


def test_marks_inside_of_cells_that_were_not_doubled_are_read_and_counted(tmp_path: Path) -> None:
    content = numbered('900,The 6" gun,"He said "no" to it.",Post', '901,T,"Rotten" he said.,Post', '902,T,"He said "no".\nShe said "yes"",Post')
    rows, record = read(tmp_path, content)
    assert show(rows)[30:33] == ['He said "no" to it.', '"Rotten" he said.', 'He said "no".\nShe said "yes"']
    assert dict(record.cleaned) == {"quotation marks inside cells that were not doubled": 8}
    assert not any(isinstance(row, Unreadable) for row in rows)


def test_marks_that_may_belong_to_the_next_row_are_not_read_over_it(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, numbered('900,T,"He said "no" to it.,Post', '901,T,"Body, good.",Post'))
    assert show(rows)[30:32] == ["line 32", "Body, good."]


def test_rows_between_two_single_marks_are_rows(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, numbered('900,T,"No way,Post', *(f"{number},T7,Body.,Post" for number in range(901, 940)), '940,T8,She said no",Post'))
    assert show(rows)[30:32] == ["line 32", "Body."]
    assert len(rows) == 101


def test_a_table_inside_of_a_quoted_cell_without_ids_stays_in_it(tmp_path: Path) -> None:
    text = "Results:\n" + "\n".join(["one, two, three"] * 5) + "\nSo, it, ends."
    rows, _ = read(tmp_path, f'id,title,text\n1,A,"{text}"\n2,B,Two.\n')
    assert show(rows) == [text, "Two."]


def test_a_quoted_text_of_many_lines_is_one_text(tmp_path: Path) -> None:
    text = "\n".join(f"Line {number}, of a long, long text." for number in range(5_000))
    rows, _ = read(tmp_path, f'id,title,text\n1,A,"{text}"\n2,B,Two.\n')
    assert show(rows) == [text, "Two."]


def test_rows_that_look_different_later_are_believed_after_a_while(tmp_path: Path) -> None:
    later = "\n".join(f"web,T,Body {number}.,Post" for number in range(50))
    rows, _ = read(tmp_path, numbered(rows=400) + f'900,T,"Body,Post\n{later}\n')
    assert len([row for row in rows if isinstance(row, dict)]) >= 400 + 50 - 2


def test_a_table_that_is_damaged_in_every_row_takes_no_longer_than_others(tmp_path: Path) -> None:
    begin = time.perf_counter()
    rows, _ = read(tmp_path, numbered(*(f'{number},T,"Body,Post' for number in range(3_000))))
    assert len(rows) == 3_060
    rows, _ = read(tmp_path, "title,text\n" + "T,x\n" * 50 + 'T,"open\n' * 3_000 + "a line\n" * 50_000)
    assert time.perf_counter() - begin < 20


def test_a_stray_byte_costs_one_character(tmp_path: Path) -> None:
    good = numbered().replace("Body", "“Café” body").encode()
    rows, record = read(tmp_path, good.replace("“Café” body 7 ".encode(), "“Café” body 7 ".encode()[:-3] + b"\xe9 "))
    assert len(rows) == 60
    assert [row["text"] for row in rows if isinstance(row, dict) and row["id"] == "7"] == ["“Café” bodyé of the story."]
    assert record.guesses == ["UTF-8 but for some bytes, the first in line 9: those are read as cp1252"]
