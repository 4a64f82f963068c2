"""Which texts are downloads of databases: those that are, and no others."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.ingestion.databases import DATABASES, find_database
from schemas.errors import FramingError

# Each of these may stand in an article; together, and several times, they are a database's.
LINES = [
    "Length: 612 words", "LENGTH: 612 words", "All Rights Reserved", "Copyright 2025 The Example", "612 words", "6 June 2025", "Body", "Text",
    "Graphic", "End of Document", "1 of 3 DOCUMENTS", "Document 1 of 3", "Document LBA0000020050105e1150001x", "_" * 60, "Full text: see below",
    "Author: Jane Doe", "By Jane Doe", "Section: NEWS", "Abstract: none", "HD", "TD Bank", "WC 612 words", "Publication title: The Example",
    "ProQuest document ID: 101", "news·20250606·LF·12", "Documents (3)", "1. Mayor speaks", "Length matters.", "LOAD-DATE: June 6, 2025",
]  # fmt: skip
PROSE = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
ONCE = st.sampled_from(LINES)


@given(st.lists(PROSE, max_size=20), ONCE, st.integers(0, 20))
def test_an_article_that_has_one_such_line_is_an_article(prose, line, place):
    assert find_database("\n".join([*prose[:place], line, *prose[place:]])) is None


@given(st.lists(PROSE, max_size=30))
def test_an_article_of_any_words_is_an_article(prose):
    assert find_database("\n".join(prose)) is None


@pytest.mark.parametrize(
    "text",
    [
        "The film\n\nLength: 90 minutes\n\nThe second\n\nLength: 110 minutes\n\nThe third\n\nLength: 99 minutes\n\nThe fourth\n\nLength: 101 minutes",
        "An essay must be short.\n\nLength: 612 words\n\nAll Rights Reserved, said the poster.\n\nBody\n\nThe body is the middle part.",
        "_" * 60 + "\n\nOne poem\n\n" + "_" * 60 + "\n\nTwo poems\n\n" + "_" * 60 + "\n\nThree\n\n" + "_" * 60,
        "A report\n\nSection: One\n\nText\n\nAuthor: Jane Doe\n\nIt is over.\n\nEnd of Document",
        "The archive\n\nDocument 1 of 3\n\nA letter.\n\nDocument 2 of 3\n\nA bill.",
        "Six hundred\n\n612 words\n\n6 June 2025\n\nwere read by the mayor from Document 3 of the treaty.",
    ],
)
def test_ordinary_articles_that_come_near_are_articles(text):
    assert find_database(text) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Nexis", "Port shuts\n\nLENGTH: 612 words\n\nIt shut.\n\n" * 3),
        ("Nexis", "Port shuts\n\nIt shut.\n\nLOAD-DATE: June 6, 2025\n\n" * 3),
        ("Factiva", "Port shuts\n\nIt shut.\n\nDocument LBA0000020050105e1150001x\n\n" * 3),
        ("ProQuest", "Port shuts\n\nTexte intégral: Il ferma.\n\nProQuest-Dokument-ID: 1234567\n\n" * 3),
        ("Europresse", "Le port ferme\n\nIl ferma.\n\nnews·20250606·LF·12x34\n\n" * 3),
    ],
)
def test_a_download_whose_shape_is_not_known_is_refused_in_one_line(name, text):
    with pytest.raises(FramingError) as caught:
        find_database(text, "articles.txt")
    assert str(caught.value) == (
        f"articles.txt: looks like a download of {name}, whose shape is not known here. Use --one-article to take the file as one article"
    )


def test_no_shape_is_taken_for_another(downloads):
    articles = downloads.make_articles(3)
    texts = {
        "Nexis": downloads.nexis(articles),
        "Nexis Uni": "\n".join(downloads.nexis_uni(articles)),
        "Factiva": "\n".join(downloads.factiva(articles)),
        "ProQuest": downloads.proquest(articles),
    }
    for name, text in texts.items():
        assert [database.name for database in DATABASES if database.recognises(text)] == [name]


@pytest.mark.parametrize("number", [1, 2, 5])
def test_a_download_of_few_articles_is_one_too(downloads, compare, number):
    articles = downloads.make_articles(number)
    for text in (
        downloads.nexis(articles),
        "\n".join(downloads.nexis_uni(articles)),
        "\n".join(downloads.factiva(articles)),
        downloads.proquest(articles),
    ):
        database = find_database(text)
        assert database is not None
        assert compare(articles, list(database.split(text))) == []


def test_reading_takes_time_by_length_alone(downloads):
    articles = downloads.make_articles(400)
    for write in (
        downloads.nexis,
        lambda given: "\n".join(downloads.nexis_uni(given)),
        lambda given: "\n".join(downloads.factiva(given)),
        downloads.proquest,
    ):
        seconds = []
        for text in (write(articles[:100]), write(articles)):
            database = find_database(text)
            assert database is not None
            start = time.process_time()
            list(database.split(text))
            seconds.append(time.process_time() - start)
        assert seconds[1] < 12 * seconds[0] + 0.5


@pytest.mark.parametrize(
    "hostile", ["." * 200_000, "1 " * 100_000, "_" * 200_000, ": " * 100_000, "A" * 200_000 + ":", "\n" * 100_000, "Copyright " * 20_000]
)
def test_hostile_lines_do_not_stop_the_reading(downloads, hostile):
    articles = downloads.make_articles(2)
    start = time.process_time()
    for text in (
        downloads.nexis(articles),
        "\n".join(downloads.nexis_uni(articles)),
        "\n".join(downloads.factiva(articles)),
        downloads.proquest(articles),
    ):
        spoilt = hostile + "\n" + text.replace(articles[0].paragraphs[1].split(". ")[0][:20], hostile, 1)
        database = find_database(spoilt)
        assert database is None or list(database.split(spoilt))
    assert time.process_time() - start < 10


def _damage(text: str, chance: random.Random) -> str:
    """The text without a line or some characters, with a line twice, or with another character."""
    lines = text.split("\n")
    place, line = chance.randrange(len(text)), chance.randrange(len(lines))
    return chance.choice(
        [
            "\n".join(lines[:line] + lines[line + 1 :]),
            "\n".join([*lines[:line], lines[line], *lines[line:]]),
            text[:place] + text[place + chance.randint(1, 80) :],
            text[:place] + chance.choice("x1:_\u00a0\n") + text[place + 1 :],
        ]
    )


@pytest.mark.parametrize("shape", ["nexis", "nexis_uni", "factiva", "coded", "proquest"])
def test_a_single_damage_costs_two_articles_at_most_and_all_are_counted(downloads, shape):
    made = getattr(downloads, shape)(downloads.make_articles(20))
    text = made if isinstance(made, str) else "\n".join(made)
    database = find_database(text)
    assert database is not None
    whole = [(row["title"], row["text"]) for row in database.split(text) if isinstance(row, dict)]
    chance = random.Random(11)
    for _ in range(60):
        rows = list(database.split(_damage(text, chance)))
        found = [(row.get("title"), row["text"]) for row in rows if isinstance(row, dict)]
        assert len(set(whole) - set(found)) <= 2
        assert len(rows) >= len(whole)
