"""What a file is: by its name, also through its packing."""

from __future__ import annotations

import pytest

from annotate.ingestion.kinds import kind_of, split_packing


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", ".txt"),
        ("A.JSONL", ".jsonl"),
        ("2026.03.02 port.csv", ".csv"),
        ("a.jsonl.gz", ".jsonl"),
        ("a.CSV.ZST", ".csv"),
        ("a.html.zst", ".html"),
        ("a.txt.bz2", ".txt"),
        ("a.warc.gz", ".warc"),
        ("a.json.xz", ".json"),
        ("a.parquet", ".parquet"),
        ("a.docx", ".docx"),
        ("a.zip", ".zip"),
        ("a.parquet.gz", None),
        ("a.docx.gz", None),
        ("a.gz", None),
        ("a.txt.gz.gz", None),
        ("txt", None),
        (".txt", None),
        ("a.png", None),
    ],
)
def test_the_kind_of_a_file_is_read_off_its_name_also_through_its_packing(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


def test_a_name_has_a_kind_and_a_packing() -> None:
    assert split_packing("news/A.CSV.GZ") == (".csv", ".gz")
    assert split_packing("a.csv") == (".csv", "")
