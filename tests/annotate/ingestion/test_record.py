"""What became of each file adds up, in reading.json and in the notices."""

from __future__ import annotations

from annotate.ingestion import record as records
from annotate.ingestion.record import Reading


def reading_of_three() -> Reading:
    reading = Reading()
    first = reading.open("a.csv", ".csv")
    first.rows, first.articles, first.twice = 10, 7, 1
    first.set_aside["no text"] += 2
    first.guess("not UTF-8: read as cp1252")
    first.guess("not UTF-8: read as cp1252")
    second = reading.open("b.csv", ".csv")
    second.rows = second.articles = 3
    second.guess("not UTF-8: read as cp1252")
    second.clean("HTML entities decoded", 4)
    second.clean("nothing", 0)
    reading.skip("c.png", ".png", "of a kind that cannot be read")
    return reading


def test_the_totals_are_those_of_the_files() -> None:
    told = reading_of_three().to_dict()
    assert (told["files_found"], told["files_read"], told["files_skipped"]) == (3, 2, 1)
    assert (told["rows"], told["articles"], told["twice"], told["rows_set_aside"]) == (13, 10, 1, 2)
    assert told["rows"] == told["articles"] + told["twice"] + told["rows_set_aside"]
    assert [file["name"] for file in told["files"]] == ["a.csv", "b.csv", "c.png"]
    assert told["files"][2]["skipped"] == "of a kind that cannot be read"
    assert told["cleaned"] == {"HTML entities decoded": 4}


def test_a_guess_is_said_once_with_the_files_it_was_made_of() -> None:
    assert reading_of_three().notices() == [
        "1 file not read, of a kind that cannot be read: c.png",
        "a.csv, b.csv: not UTF-8: read as cp1252",
        "HTML entities decoded: 4",
        "articles that were there twice, kept once: 1",
    ]


def test_of_very_many_files_those_of_which_nothing_is_to_be_said_are_counted_together(monkeypatch) -> None:
    monkeypatch.setattr(records, "MOST_NAMED", 3)
    reading = Reading()
    for number in range(10):
        record = reading.open(f"{number}.txt", ".txt")
        record.rows = 1
        if number == 7:
            record.set_aside["no text"] += 1
        else:
            record.articles = 1
    told = reading.to_dict()
    assert (told["files_found"], told["rows"], told["articles"], told["rows_set_aside"]) == (10, 10, 9, 1)
    assert [file["name"] for file in told["files"]] == ["0.txt", "1.txt", "2.txt", "7.txt", "9.txt", "other files"]
