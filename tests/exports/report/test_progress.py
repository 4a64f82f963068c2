from __future__ import annotations

import polars as pl

from exports.report.progress import show_progress
from schemas.tables import Annotations, conform


def test_articles_are_counted_by_their_readers_and_people_by_their_articles() -> None:
    rows = [
        {"article_id": article, "annotator": who, "label": label, "start": 0, "end": 3, "quote": "One", "origin": "manual", "updated_at": day}
        if label
        else {"article_id": article, "annotator": who, "origin": "manual", "updated_at": day}
        for article, who, label, day in [
            ("a", "ada", "Loaded", "2026-01-01"),
            ("a", "ada", "Scare", "2026-01-01"),
            ("a", "ben", None, "2026-01-03"),
            ("b", "ada", None, "2026-01-02"),
            ("c", "ada", None, None),
            ("c", "ben", None, None),
            ("c", "cy", None, None),
            ("c", "dee", None, None),
        ]
    ]
    section = show_progress(pl.DataFrame({"article_id": list("abcde")}), conform(pl.DataFrame(rows, infer_schema_length=None), Annotations, "test"))
    assert section.text == ["3 of 5 articles have been read by somebody."]
    (figure,) = section.figures
    assert [tuple(row) for row in figure.table.rows] == [
        ("ada", 3, 2, "2026-01-02"),
        ("ben", 2, 0, "2026-01-03"),
        ("cy", 1, 0, None),
        ("dee", 1, 0, None),
    ]
    # Nobody has read two, one person one, two people one, and more than two one.
    assert all(f">{count}<" in figure.svg for count in (1, 2))


def test_a_dataset_that_nobody_has_begun_is_shown() -> None:
    section = show_progress(pl.DataFrame({"article_id": ["a"]}), pl.DataFrame(Annotations.create_empty()))
    assert section.text == ["0 of 1 article has been read by somebody."]
