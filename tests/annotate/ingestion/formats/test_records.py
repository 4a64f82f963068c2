"""Whatever befalls a file of articles in one place, two articles at most are lost or changed, and those that are lost are counted."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotate.ingestion.formats.delimited import read_delimited
from annotate.ingestion.formats.json import read_json
from annotate.ingestion.formats.text import read_text
from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import Row, Source, Unreadable

PHRASE = "the port council reform mayor said, disgrace plan; café “hall” betrayal — ‘vote’ 🚢 naïve it's people, shut cost £400 week"
COLUMNS = ["id", "title", "text", "outlet", "published"]
# Some 500 of each were tried; these many are quick.
DAMAGES = 60


def make_articles(count: int = 300) -> list[dict[str, str]]:
    chance = random.Random(7)

    def make_sentence() -> str:
        words = " ".join(chance.choice(PHRASE.split()) for _ in range(chance.randint(4, 14)))
        return chance.choice([f"{words}.", f"{words}.", f'"{words}," he said.', f'He said "no" to {words}.'])

    def make_text() -> str:
        return "\n\n".join("\n".join(make_sentence() for _ in range(chance.randint(1, 2))) for _ in range(chance.choice([1, 1, 2, 3, 6])))

    outlets = ["Post", "The Herald", "Évening, News"]
    return [
        dict(zip(COLUMNS, [str(number), make_sentence(), make_text(), chance.choice(outlets), f"2024-0{chance.randint(1, 9)}-11"], strict=True))
        for number in range(1, count + 1)
    ]


def as_csv(articles: list[dict[str, str]], quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writeheader()
    writer.writerows(articles)
    return file.getvalue().encode()


def damage(data: bytes, begin: int, chance: random.Random) -> tuple[bytes, bool]:
    """The data with one damage behind `begin`, and whether some of it is not there any more."""
    place = chance.randrange(begin, len(data))
    end = data.find(b"\n", place) + 1 or len(data)
    line = data.rfind(b"\n", 0, place) + 1
    marks = [place for place in range(begin, len(data)) if data[place : place + 1] == b'"']
    mark = chance.choice(marks) if marks else place
    byte = bytes([chance.randrange(256)])
    return chance.choice(
        [
            (data[:place] + byte + data[place + 1 :], False),
            (data[:place] + data[place + 1 :], False),
            (data[:place] + byte + data[place:], False),
            (data[:place] + b'"' + data[place:], False),
            (data[:mark] + data[mark + 1 :], False),
            (data[:place], True),
            (data[:line] + data[end:], True),
            (data[:end] + data[line:], False),
            (data[:place] + data[end - 1 :], False),
        ]
    )


def read(reader: Callable[[Source], Iterator[Row | Unreadable]], path: Path, data: bytes) -> tuple[Counter[tuple[str, ...]], int]:
    """The articles, and how many rows were set aside."""
    path.write_bytes(data)
    rows = list(reader(Source(path, FileRecord(path.name, path.suffix))))
    articles = Counter(tuple(str(row.get(name)) for name in COLUMNS) for row in rows if isinstance(row, dict))
    return articles, sum(isinstance(row, Unreadable) for row in rows)


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_one_damage_costs_a_table_two_articles_at_most_and_they_are_counted(tmp_path: Path, quoting: int) -> None:
    data, chance = as_csv(make_articles(), quoting), random.Random(1)
    good, _ = read(read_delimited, tmp_path / "a.csv", data)
    assert good.total() == 300
    for _ in range(DAMAGES):
        damaged, is_gone = damage(data, data.index(b"\n") + 1, chance)
        found, aside = read(read_delimited, tmp_path / "a.csv", damaged)
        if damaged == data[: len(damaged)]:
            # Of what was cut off nothing can be told but the row that was cut.
            assert (found - good).total() + aside <= 2
            continue
        assert (good - found).total() <= 2, damaged
        assert (found - good).total() <= 2, damaged
        assert is_gone or found.total() + aside >= good.total(), damaged
        assert found.total() + aside <= good.total() + 2, damaged


def test_one_damage_costs_a_file_of_json_lines_two_articles_at_most(tmp_path: Path) -> None:
    data, chance = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in make_articles()).encode(), random.Random(2)
    good, _ = read(read_json, tmp_path / "a.jsonl", data)
    for _ in range(DAMAGES):
        damaged, _ = damage(data, 0, chance)
        found, aside = read(read_json, tmp_path / "a.jsonl", damaged)
        if damaged != data[: len(damaged)]:
            assert (good - found).total() <= 2, damaged
        assert (found - good).total() <= 2, damaged
        assert aside <= 2, damaged


def test_one_damage_changes_a_text_in_its_place_and_nowhere_else(tmp_path: Path) -> None:
    text = "\n\n".join(article["text"] for article in make_articles(100))
    chance, data = random.Random(3), text.encode()
    for _ in range(DAMAGES):
        damaged, _ = damage(data, 0, chance)
        (tmp_path / "a.txt").write_bytes(damaged)
        ((row),) = read_text(Source(tmp_path / "a.txt", FileRecord("a.txt", ".txt")))
        assert isinstance(row, dict)
        known = Counter(text.split("\n"))
        strange = [line for line in row["text"].splitlines() if line not in known]
        assert len(strange) <= 2, strange
