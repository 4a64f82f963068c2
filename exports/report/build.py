"""Tables to the report's one file. Text of articles and annotators only ever enters it escaped, or as data that the
page's script puts into text nodes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from exports.report.outlets import OutletRow, compare_outlets
from schemas.codebook import Codebook
from schemas.files import replace_file
from schemas.tokens import count_words, tokenise

__all__ = ["Report", "write_report"]

HERE = Path(__file__).parent
MEANING = (
    "A span is wording that the annotators of the model's training articles would probably have tagged. Uncorrected means of a classifier differ "
    "from human coding, most of all for outlets it was not trained on: code a sample of each outlet by hand before you publish a comparison."
)
TOP_FRAMES, MOST_TICKS = 3, 8


@dataclass(frozen=True)
class Report:
    """What a report shows. `articles` has article_id and text, and title, outlet, published where known; `spans`
    has article_id, label, start, end, probability (or a share of annotators) and voice. `kind` says what the spans are."""

    title: str
    kind: str
    codebook: Codebook
    articles: pl.DataFrame
    spans: pl.DataFrame
    answers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    measure: str = "probability"
    meaning: str = MEANING
    measured_on: str = ""
    evaluation: Sequence[Sequence[str]] = ()
    agreement: Mapping[str, Any] | None = None


def write_report(report: Report, out: Path) -> Path:
    """Write the report as one HTML file that needs no network, whole or not at all."""
    unknown = [pl.lit(None, pl.String).alias(name) for name in ("title", "outlet", "published") if name not in report.articles.columns]
    articles = report.articles.with_columns(
        *unknown, words=pl.Series([count_words(text, tokenise(text)) for text in report.articles["text"]], dtype=pl.Int64)
    )
    labels = report.codebook.label_names
    outlets = compare_outlets(articles, report.spans, labels)
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.get_template("template.html").render(
        report=report,
        labels=report.codebook.labels,
        colours={label.name: label.colour for label in report.codebook.labels},
        agreement=report.agreement,
        articles=articles.height,
        words=int(articles["words"].sum()),
        spans=report.spans.height,
        outlets=outlets,
        chart=_chart(outlets, report.codebook),
        style=Markup((HERE / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - a file of ours
        script=Markup((HERE / "report.js").read_text(encoding="utf-8")),  # noqa: S704 - a file of ours
        data=_embed(_payload(report, articles)),
    )
    with replace_file(out) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return out


def _payload(report: Report, articles: pl.DataFrame) -> dict[str, Any]:
    spans: dict[str, list[list[Any]]] = {}
    for row in report.spans.sort("article_id", "start", "end").iter_rows(named=True):
        spans.setdefault(row["article_id"], []).append([row["start"], row["end"], row["label"], round(row["probability"], 3), row["voice"]])
    rows = []
    for row in articles.iter_rows(named=True):
        answers = sorted(report.answers.get(row["article_id"], {}).items(), key=lambda item: -item[1])[:TOP_FRAMES]
        rows.append(
            {key: row.get(key) for key in ("title", "outlet", "published", "text", "words")}
            | {"id": row["article_id"], "spans": spans.get(row["article_id"], []), "answers": [[name, round(share, 2)] for name, share in answers]}
        )
    labels = {label.name: {"colour": label.colour, "definition": label.definition} for label in report.codebook.labels}
    questions = ", ".join(question.name for question in report.codebook.questions)
    return {"measure": report.measure, "questions": questions, "labels": labels, "articles": rows}


def _embed(data: Any) -> Markup:
    # Inside a script element only "<" could end it early; JSON can say it without the sign.
    text = (
        json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
    return Markup(text)  # noqa: S704 - no sign in it can end the element


def _chart(outlets: Sequence[OutletRow], codebook: Codebook) -> dict[str, Any]:
    """Geometry of the bars, in the units of the drawing: stacked by label, with the interval of the total."""
    width, left, step = 420.0, 250.0, 30.0
    most = max([row.high or row.total for row in outlets] + [row.total for row in outlets] + [1.0])
    tick = next(size * 10**power for power in count() for size in (1, 2, 5) if most / (size * 10**power) <= MOST_TICKS)
    bars = []
    for i, row in enumerate(outlets):
        x, parts = left, []
        for label in codebook.labels:
            size = width * row.by_label[label.name] / most
            if size:
                parts.append({"x": x, "width": size, "colour": label.colour, "title": f"{label.name}: {row.by_label[label.name]:.1f}"})
            x += size
        interval = None if row.low is None or row.high is None else (left + width * row.low / most, left + width * row.high / most)
        bars.append({"y": i * step + 8, "row": row, "parts": parts, "interval": interval})
    ticks = [{"x": left + width * tick * i / most, "text": tick * i} for i in range(int(most / tick) + 1)]
    return {
        "bars": bars,
        "ticks": ticks,
        "height": len(outlets) * step + 44,
        "floor": len(outlets) * step + 10,
        "left": left,
        "width": left + width + 60,
    }
