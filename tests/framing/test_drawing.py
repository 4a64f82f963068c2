"""One figure for a paper, of a small score folder made by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from pypdfium2 import PdfDocument

import framing
from classifiers import load_model, save_model
from exports.plots.paper import FORMATS
from exports.report.answers import show_answers
from exports.report.months import compare_months
from exports.report.outlets import compare_outlets
from framing.drawing import draw_figure
from framing.estimating import estimate_scores
from schemas.dataset import Dataset, write_dataset
from schemas.tables import Articles, Gold, conform
from tests.commands import catch_fault, run_well

STARTER = load_model()
MODEL = replace(STARTER, bag=replace(STARTER.bag, heads=()), spans=None, labels=None, sentences=None, questions={}, attributes={}, stages={})
BOOK = MODEL.codebook
LABEL, QUESTION = BOOK.label_names[0], BOOK.questions[0]
HOSTILE = [
    "=cmd|'/c calc'!A1",
    "</svg><script>alert(1)</script>",
    r"\input{/etc/passwd} & 5 % $x$",
    "The Long Name of a Regional Newspaper, Northern Edition",
]
KINDS = ("outlets", "months", "actors", "frames", "words")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A score folder, `scores`, a dataset with gold for every second article, `gold`, and a learning curve, `curve.json`."""
    home = tmp_path_factory.mktemp("figures")
    digest = save_model(MODEL, home / "model", pl.DataFrame(schema={"article_id": pl.String, "text_digest": pl.String, "fold": pl.Int64}))
    ids = [f"a{number}" for number in range(96)]
    rows = [
        {"article_id": name, "words": 100, **{f"density_{label}{end}": 0.0 for label in BOOK.label_names for end in ("", "_quoted")}}
        | {f"density_{LABEL}": 10.0 * (number % 4 + number % 3), **{f"{QUESTION.name}_{value}": 0.1 for value in QUESTION.value_names}}
        | {"mentions_Board": 1, "about_Board": 10.0 * (number % 2), "model": "m", "outlet": HOSTILE[number % 4]}
        | {"published": None if number == 5 else f"2026-{1 + number % 3:02}-0{1 + number % 9}"}
        for number, name in enumerate(ids)
    ]
    (home / "scores").mkdir()
    pl.DataFrame(rows).write_parquet(home / "scores" / "articles.parquet")
    spans = [
        {"article_id": name, "label": LABEL, "part": "text", "start": 0, "end": 8, "text": "vile mob" if number % 4 else "sly plan"}
        | {"probability": 0.9, "voice": "narrator", "speaker": None}
        for number, name in enumerate(ids)
    ]
    pl.DataFrame(spans, schema_overrides={"speaker": pl.String}).write_parquet(home / "scores" / "spans.parquet")
    (home / "scores" / "run.json").write_text(json.dumps({"model": digest, "model_folder": str(home / "model"), "inputs": {}}))
    coded = ids[::2] + ids[1:40:2]
    texts = pl.DataFrame([{"article_id": name, "text": f"Text vile of {name}"} for name in coded])
    marked = [
        {"article_id": name, "label": LABEL if int(name[1:]) % 3 else None, "start": 5, "end": 9, "quote": "vile", "support": 1.0, "rule": "r"}
        | ({} if int(name[1:]) % 3 else {"start": None, "end": None, "quote": None})
        for name in coded
    ]
    gold = conform(pl.DataFrame(marked), Gold, "test")
    write_dataset(home / "gold", Dataset(conform(texts, Articles, "test"), None, gold, BOOK))
    curve = [
        {"selection": selection, "articles": size, "measure": measure, "value": size / 200, "spread": 0.02}
        for selection in ("random", "diverse")
        for size in (25, 70, 180)
        for measure in ("tokens, F1", "bias, AUROC")
    ]
    (home / "curve.json").write_text(json.dumps({"curve": curve}))
    return home


def words_of(svg: str) -> str:
    return " ".join(" ".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("width", ["89mm", "183mm"])
@pytest.mark.parametrize("of", ["outlets", "months", "learning"])
def test_a_figure_is_as_wide_as_the_journal_has_it(home: Path, of: str, width: str) -> None:
    svg = ET.fromstring(draw_figure(home / ("curve.json" if of == "learning" else "scores"), of, width=width).svg)
    assert svg.attrib["width"] == width
    assert float(svg.attrib["viewBox"].split()[2]) == pytest.approx(float(width[:-2]) / 25.4 * 72, abs=2)


def test_a_command_writes_every_kind_of_file_and_says_the_caption(home: Path, tmp_path: Path) -> None:
    outs = [tmp_path / f"fig.{kind}" for kind in FORMATS]
    said, _ = run_well("figure", home / "scores", "--of", "outlets", *(word for out in outs for word in ("--out", out)))
    caption = (tmp_path / "fig.caption.txt").read_text().strip()
    assert said.splitlines()[0] == caption
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["fig.caption.txt", *(out.name for out in outs)])
    assert [out.read_bytes()[:4] for out in outs[:3]] == [b"%PDF", b"<svg", b"\x89PNG"]
    assert PdfDocument(outs[0])[0].get_size()[0] == pytest.approx(89 / 25.4 * 72, abs=0.1)
    assert int.from_bytes(outs[2].read_bytes()[16:20]) == pytest.approx(89 / 25.4 * 600, abs=2)
    for part in ("96 articles", "not corrected by human coding", f"“{MODEL.title}” (digest ", "95 % intervals"):
        assert part in caption


@pytest.mark.parametrize("of", KINDS[1:])
def test_each_kind_is_drawn_with_its_numbers(home: Path, of: str) -> None:
    found = draw_figure(home / "scores", of, by="outlet")
    assert found.table.height
    shown = HOSTILE[0] if of == "words" else HOSTILE[3]
    assert "".join(shown.split()) in "".join(words_of(found.svg).split())
    assert of != "words" or set(found.table["word"]) >= {"sly", "plan"}


def test_no_name_is_cut_or_becomes_a_script_a_formula_or_a_command(home: Path, tmp_path: Path) -> None:
    found = draw_figure(home / "scores", "outlets")
    shown = "".join(words_of(found.svg).split())
    assert all("".join(name.split()) in shown for name in HOSTILE)
    assert "<script" not in found.svg
    assert "<script" not in found._repr_mimebundle_()["text/html"]
    assert "\n'=cmd" in found.save(tmp_path / "fig.csv").read_text(encoding="utf-8-sig").replace('"', "")
    assert r"\textbackslash{}input\{/etc/passwd\} \& 5 \% \$x\$" in found.save(tmp_path / "fig.tex").read_text()


def test_the_plain_numbers_are_those_of_the_report(home: Path) -> None:
    articles = pl.read_parquet(home / "scores" / "articles.parquet")
    (plot, *_) = compare_outlets(articles, BOOK).figures
    assert [list(row[:3]) for row in draw_figure(home / "scores", "outlets").table.select("group", "articles", "mean").rows()] == [
        row[:3] for row in plot.table.rows
    ]
    months = compare_months(articles, BOOK)
    assert months is not None
    shown = draw_figure(home / "scores", "months")
    together = [row[1:4] for row in months.figures[0].table.rows if row[0] == "All outlets together"]
    assert [list(row) for row in shown.table.select("month", "articles", "mean").rows()] == together
    assert "1 of 96 articles has no date" in shown.caption
    (answers, *_) = show_answers(articles, BOOK, "probability")
    means = {row[0]: row[2] for row in answers.figures[0].table.rows}
    found = draw_figure(home / "scores", "frames").table
    assert {name.removeprefix(f"{QUESTION.name}_").replace("_", " "): mean for name, mean in found.select("measure", "mean").rows()} == pytest.approx(
        means
    )


def test_with_gold_the_numbers_are_those_of_estimate(home: Path) -> None:
    found = framing.figure(home / "scores", gold=home / "gold")
    assert found.table.equals(estimate_scores(home / "scores", home / "gold").to_frame(), null_equal=True)
    assert "corrected by the 68 articles that people coded" in found.caption
    assert "not corrected" not in found.caption
    month = draw_figure(home / "scores", "months", by="outlet", gold=home / "gold")
    assert month.table.columns[:3] == ["group", "month", "measure"]
    assert set(month.table["group"]) == set(HOSTILE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--of", "pie"], "no figure of 'pie'"),
        (["--of", "outlets", "--width", "1km"], "no width '1km'"),
        (["--of", "outlets", "--by", "colour"], "no column 'colour'"),
        (["--of", "outlets", "--label", "Vile"], "no label 'Vile'"),
        (["--of", "actors", "--actor", "Mill"], "no actor 'Mill'"),
        (["--of", "frames", "--label", "mood"], "no question 'mood'"),
        (["--of", "words", "--gold", "gold"], "says nothing to a figure of words"),
        (["--of", "outlets", "--out", "fig.docx"], "figures are written as .pdf"),
        (["--of", "learning"], "cannot be read|no learning curve|a folder"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(home: Path, tmp_path: Path, words: list[str], said: str) -> None:
    error = catch_fault("figure", home / "scores", "--out", tmp_path / "fig.svg", *words)
    assert re.search(said, str(error))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["{}", '{"curve": []}', '{"curve": [{"selection": "a"}]}', "[", "nothing"])
def test_a_file_that_is_no_curve_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "curve.json").write_text(content)
    error = catch_fault("figure", tmp_path / "curve.json", "--of", "learning", "--out", tmp_path / "fig.svg")
    assert "curve.json" in str(error)
