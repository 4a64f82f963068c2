"""One dataset with everything in it that breaks formats."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from exports.formats import export
from exports.formats.material import Material
from exports.tables.folders import collect_material
from schemas.codebook import Codebook
from schemas.dataset import Dataset, write_dataset
from schemas.tables import Annotations, Articles, Gold, conform

FAMILY = "👩\u200d👩\u200d👧"
TEXTS = {
    # Id: title and text.
    "../../etc/passwd": ("=1+1", f"A {FAMILY} so-called reform.\nThe regime\nboasts 𝒻ast. Prices rose.\n"),
    "a/b\\c.txt": ("A title", "رئيس الوزراء فشل مرة أخرى. خطة كارثية!\u2028And on.\u2029End."),
    "007": ("A title", "  Two  spaces,\ttabs\n\n\nand =SUM(A1) at the end  \n"),
    "..": (None, "Nothing is loaded here."),
    "-rf": ("a title", "Nobody has read this one."),
    "=cmd|' /C calc'!A0": ("\x07bell \x1b[2J \ufffe", "A bell \x07 rings <b>now</b> & \ufffe then."),
    "x" * 300: ("y" * 300, "Short and savage."),
    "A": ("<script>", "Case matters: savage."),
    "a": ("<script>", "case matters: savage."),
    "new\nline\t'=1\"": ("tabs\tand\nlines", "Answers only."),
}


def make_label(name: str, number: int) -> dict[str, Any]:
    return {"name": name, "definition": f"What {name} is: *this* & <that>.", "examples": ["a | b"], "colour": f"#0000{number:02x}"}


CODEBOOK = Codebook.model_validate(
    {
        "name": "hostile",
        "version": "1.0.0",
        "title": "Hostile: [a](http://x) & 'so on'",
        "description": "Labels, with # and <b>.\n---\nconfigs: none",
        "instructions": "Read it.\n\nThen mark it.",
        "labels": [make_label(name, i) for i, name in enumerate(["Loaded_Language", "Name_Calling,Labeling", "a: b", "A  label", "=1+1"])],
        "questions": [
            {"name": "frames", "prompt": "Which?", "choice": "multiple", "values": [{"name": n, "definition": n} for n in ("Law, order", "Economy")]},
            {"name": "bias", "prompt": "Is it?", "choice": "single", "values": [{"name": n, "definition": n} for n in ("yes", "no")]},
        ],
    }
)


def span(article: str, label: str, quote: str, nth: int = 0, **more: Any) -> dict[str, Any]:
    """The span of the nth place where the quote stands."""
    text = TEXTS[article][1]
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    return {"article_id": article, "label": label, "start": start, "end": start + len(quote), "quote": quote} | more


def answer(article: str, question: str, value: str, **more: Any) -> dict[str, Any]:
    return {"article_id": article, "label": question, "value": value} | more


def nothing(article: str, **more: Any) -> dict[str, Any]:
    return {"article_id": article} | more


FIRST, SECOND, THIRD, CLEAN, UNREAD, BELL, LONG, UPPER, LOWER, ANSWERED = TEXTS
VERDICTS = [
    span(FIRST, "Loaded_Language", f"{FAMILY} so-called"),  # an emoji with joiners
    span(FIRST, "Name_Calling,Labeling", "so-called reform"),  # overlaps it
    span(FIRST, "a: b", "so-called"),  # nested in both
    span(FIRST, "Name_Calling,Labeling", "regime\nboasts"),  # a newline inside, and the end of a sentence
    span(FIRST, "=1+1", "\U0001d4bbast"),  # an astral letter
    span(FIRST, "=1+1", "\U0001d4bbast"),  # the same again
    span(FIRST, "Loaded_Language", "rice"),  # inside a word
    answer(FIRST, "frames", "Law, order"),
    answer(FIRST, "frames", "Economy"),
    span(SECOND, "A  label", "كارثية!\u2028And"),
    answer(SECOND, "bias", "yes"),
    span(THIRD, "a: b", "  \n"),  # touches no token
    span(THIRD, "a: b", "=SUM(A1)"),
    nothing(CLEAN),
    answer(CLEAN, "bias", "no"),
    span(BELL, "Loaded_Language", "\x07 rings"),
    span(LONG, "Loaded_Language", "savage"),
    span(UPPER, "Loaded_Language", "savage"),
    nothing(LOWER),
    answer(ANSWERED, "bias", "no"),
]
MANUAL = {"origin": "manual", "codebook_version": CODEBOOK.stamp}
ADA = MANUAL | {
    "annotator": "ada@example.com",
    "annotation_id": "7",
    "created_at": "2026-01-02T03:04:05.678901Z",
    "updated_at": "2026-01-03T00:00:00Z",
}
BEN = MANUAL | {"annotator": "=ben\x1b\u202e", "annotation_id": "b-8", "created_at": "yesterday", "seconds": 12.5, "suggested": "model"}
BEN |= {"unsure": True, "note": '=HYPERLINK("x") <b>\u202edoubt</b>'}
BEN_READ = [
    span(FIRST, "Loaded_Language", "Prices", **BEN),
    nothing(CLEAN, **BEN),
    answer(SECOND, "bias", "no", **BEN),
]


@pytest.fixture
def articles() -> pl.DataFrame:
    rows = [
        {"article_id": name, "title": title, "text": text, "outlet": "@outlet", "published": "2026-01-01"} for name, (title, text) in TEXTS.items()
    ]
    own = {"n": range(len(rows)), "x": [math.nan, 1e-20, *[0.5] * (len(rows) - 2)], "day": [date(2026, 1, 2)] * len(rows), "ok": [True] * len(rows)}
    places = pl.DataFrame(rows).with_columns(
        url=pl.lit("https://gull.example/1"), language=pl.lit("en"), **{key: pl.Series(value) for key, value in own.items()}
    )
    return conform(places.with_columns(tags=pl.Series([["a", "b"]] * len(rows))), Articles, "test")


@pytest.fixture
def make_folder(articles: pl.DataFrame, tmp_path: Path) -> Callable[..., Path]:
    """The hostile dataset with the work of ada, of ben as well, with gold, as wanted."""

    def make(*who: str) -> Path:
        rows = [*([row | ADA for row in VERDICTS] if "ada" in who else []), *(BEN_READ if "ben" in who else [])]
        annotations = conform(pl.DataFrame(rows, infer_schema_length=None), Annotations, "test") if rows else None
        verdicts = [row | {"support": 0.75, "rule": "majority"} for row in VERDICTS]
        gold = conform(pl.DataFrame(verdicts, infer_schema_length=None), Gold, "test") if "gold" in who else None
        folder = tmp_path / "-".join(["dataset", *who])
        write_dataset(folder, Dataset(articles, annotations, gold, CODEBOOK))
        return folder

    return make


@pytest.fixture
def write(make_folder: Callable[..., Path], tmp_path: Path) -> Callable[..., tuple[Path, list[str]]]:
    """Export the hostile dataset; the folder that was written, and what was said."""

    def export_it(to: str, *who: str) -> tuple[Path, list[str]]:
        out = tmp_path / "out"
        _, losses = export(collect_material(make_folder(*who)), to, out)
        return out, losses

    return export_it


@pytest.fixture
def hostile(make_folder: Callable[..., Path]) -> Callable[..., Material]:
    return lambda *who: collect_material(make_folder(*who))


@pytest.fixture
def count() -> Callable[[list[str], str], int]:
    """The number at the end of the one sentence that says this."""

    def find(losses: list[str], part: str) -> int:
        (line,) = [line for line in losses if part in line]
        return int(line.rpartition(": ")[2])

    return find


@pytest.fixture
def validate() -> Callable[[bytes, str], None]:
    """Hold a document to one of the published schemas of REFI-QDA."""
    from lxml import etree

    schemas = Path(__file__).parents[4] / "shared" / "refi-qda"
    if not schemas.exists():
        pytest.skip("the published schemas are not part of the project")
    return lambda content, schema: etree.XMLSchema(etree.parse(schemas / schema)).assertValid(etree.fromstring(content))


@pytest.fixture
def listed() -> Callable[..., set[tuple[Any, ...]]]:
    """The rows of a table of annotations or gold."""

    def list_rows(table: pl.DataFrame | None, *who: str) -> set[tuple[Any, ...]]:
        assert table is not None
        return set(table.select("article_id", *who, "label", "start", "end", "quote", "value").rows())

    return list_rows
