"""The names of facts, dates, languages and authors as Nexis writes them."""

from __future__ import annotations

import pytest

from annotate.ingestion.databases.vocabulary import read_field, read_language, split_date, strip_by


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("LENGTH: 612 words", ("length", "612 words")),
        ("Länge:\u00a0612 Wörter", ("length", "612 Wörter")),
        ("Longueur: 612 mots", ("length", "612 mots")),
        ("Longitud: 612 palabras", ("length", "612 palabras")),
        ("Lengte: 612 woorden", ("length", "612 woorden")),
        ("Comprimento: 612 palavras", ("length", "612 palavras")),
        ("Byline:", ("author", "")),
        ("Load-Date: June 6, 2025", ("loaded", "June 6, 2025")),
        ("Length matters.", None),
        ("The length: 612", None),
        ("Length:612", None),
    ],
)
def test_facts_are_known_by_their_names(line, field):
    assert read_field(line) == field


@pytest.mark.parametrize(
    ("line", "date", "edition"),
    [
        ("June 6, 2025 Friday", "June 6, 2025 Friday", ""),
        ("June 6, 2025 Friday 10:15 PM GMT", "June 6, 2025 Friday 10:15 PM GMT", ""),
        ("June 6, 2025 Friday Edition 1; Scotland", "June 6, 2025 Friday", "Edition 1; Scotland"),
        ("February 3, 2002, Sunday, Late Edition - Final", "February 3, 2002, Sunday", "Late Edition - Final"),
        ("Freitag 6. Juni 2025", "Freitag 6. Juni 2025", ""),
        ("vendredi 6 juin 2025", "vendredi 6 juin 2025", ""),
        ("6 de junio de 2025 viernes", "6 de junio de 2025 viernes", ""),
        ("1er mars 2025", "1er mars 2025", ""),
        ("6 juni 2025 vrijdag", "6 juni 2025 vrijdag", ""),
        ("2025-06-06", "2025-06-06", ""),
        ("June 2025", "June 2025", ""),
    ],
)
def test_dates_are_told_from_editions(line, date, edition):
    assert split_date(line) == (date, edition)


def test_what_is_no_date_is_none():
    assert [split_date(line) for line in ("The Daily Example", "Plan 2025 fails", "June", "6 people")] == [None] * 4


def test_languages_have_codes_where_they_are_known():
    assert [read_language(name) for name in ("ENGLISH", "German; GERMAN", "Français", "English (Original)", "Klingon", "", None)] == [
        "en", "de", "fr", "en", "Klingon", None, None,
    ]  # fmt: skip


def test_authors_are_without_by():
    names = ["By Jane Doe", "BY JANE DOE", "Von Jane Doe", "von der Leyen, Ursula", "Byron, Lord", "By Jane Doe Highlight: A mayor speaks.", None]
    assert [strip_by(name) for name in names] == ["Jane Doe", "JANE DOE", "Jane Doe", "von der Leyen, Ursula", "Byron, Lord", "Jane Doe", None]
