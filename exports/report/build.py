"""Tables to the report's one file. Text of articles and annotators only ever enters it escaped, or packed as data that the
page's script puts into text nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from exports.plots.screens import font_faces
from exports.report.agreement import show_agreement
from exports.report.answers import show_answers
from exports.report.coders import show_coders
from exports.report.figures import Figure, Section, Table, number, plain
from exports.report.headlines import show_headlines
from exports.report.months import compare_months
from exports.report.outlets import compare_outlets
from exports.report.reader import Reasons, pack_index, pack_pages
from exports.report.sides import lay_side_by_side
from exports.report.sources import show_sources
from exports.report.stories import show_stories
from exports.report.targets import show_targets
from exports.report.words import show_words
from schemas.codebook import Codebook
from schemas.files import replace_file
from schemas.parts import TEXT
from schemas.replacing import GENERATOR, refuse_others, say_replaced
from schemas.tables import ArticleQuotations
from schemas.text.quotations import VOICES

__all__ = ["Report", "ask_to_replace", "write_report"]

# The kind of file that a report is: an HTML page with the name of its generator in its head.
REPORT = b"meta"
HERE = Path(__file__).parent
MEANING = (
    "A span is wording that the annotators of the model's training articles would probably have tagged. Uncorrected means of a classifier differ "
    "from human coding, most of all for outlets it was not trained on: code a sample of each outlet by hand before you publish a comparison."
)

UNCORRECTED = "What the model found in the scored articles, as it counts: people's codes correct nothing here."
# Sentences on the first screen.
FINDINGS = 3


@dataclass(frozen=True)
class Report:
    """What a report shows.

    `articles`: article_id, title, outlet, published, words, and as in a score folder `density_<label>`,
    `density_<label>_quoted` and `<question>_<value>`, and where headlines were read `title_density_<label>`. `spans`: article_id, label, part,
    start, end, text, probability (or a share of annotators), voice and speaker; `kind` says what they are. `texts` (article_id, text): those that
    can be read, with `reasons` by article, part, start and end, and with all their `quotations` (ArticleQuotations). `weights` of words, if a model
    found the spans.
    `sections` stand first; `progress` is that of the annotators; `framed`: who is framed as what, corrected by people. `trust`: how far the spans can
    be trusted, in a sentence. `warnings`: what is to be said of a question first; `decided`: the questions of which a column says what was decided.
    """

    title: str
    kind: str
    codebook: Codebook
    articles: pl.DataFrame
    spans: pl.DataFrame
    texts: pl.DataFrame
    quotations: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(ArticleQuotations.create_empty()))
    reasons: Reasons = field(default_factory=dict)
    weights: Mapping[str, float] | None = None
    measure: str = "probability"
    answers: str = "probability by the model"
    meaning: str = MEANING
    measured_on: str = ""
    trust: str = ""
    evaluation: Table | None = None
    warnings: Mapping[str, str] = field(default_factory=dict)
    decided: Sequence[str] = ()
    agreement: Mapping[str, Any] | None = None
    sections: Sequence[Section] = ()
    progress: Section | None = None
    framed: Sequence[Figure] = ()


def ask_to_replace(out: Path, *, replace: bool) -> list[str]:
    """What is to be said if a report is there already; FramingError if another file is, unless `replace`."""
    refuse_others({out: REPORT}, replace=replace)
    return say_replaced([out])


def write_report(report: Report, out: Path) -> Path:
    """Write the report as one HTML file that needs no network, whole or not at all."""
    codebook, articles, spans = report.codebook, report.articles, report.spans
    in_texts = spans.filter(part=TEXT)
    sections = [section for section in _sections(report, in_texts) if section]
    first, sections = _take_first(sections)
    # What people marked can be trusted as far as they agree.
    agreed = next((section.finding for section in sections if section.name == "agreement"), "") if report.weights is None else ""
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "plain": plain, "svg": Markup, "data": Markup}
    page = environment.get_template("template.html").render(
        generator=GENERATOR,
        report=report,
        labels=codebook.labels,
        agreement=report.agreement,
        contested=list(lay_side_by_side((report.agreement or {}).get("contested", []), {label.name: label.colour for label in codebook.labels})),
        words=int(articles["words"].sum()),
        spans=in_texts.height,
        in_headlines=spans.height - in_texts.height,
        outlets=articles["outlet"].n_unique(),
        first=first,
        trust={"model": report.trust, "agreement": agreed},
        sections=sections,
        found=[section for section in sections if section.finding][:FINDINGS],
        index=pack_index(articles, spans, codebook, report.texts["article_id"], report.decided),
        pages=list(pack_pages(articles, report.texts, spans, codebook, report.reasons, report.decided)),
        settings={
            "labels": [_about(label) for label in codebook.labels],
            "questions": {question.name: question.value_names for question in codebook.questions},
            "measure": report.measure,
            "voices": VOICES,
            "target": _target(report),
        },
        style=Markup(font_faces()) + _own("report.css"),  # noqa: S704 - fonts of ours
        script=_own("report.js") + _own("reader.js") + _own("context.js"),
    )
    with replace_file(out) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return out


def _sections(report: Report, spans: pl.DataFrame) -> list[Section | None]:
    """The parts of the report; `spans` are those of texts."""
    articles, codebook = report.articles, report.codebook
    caveat = UNCORRECTED if report.weights is not None else ""
    counted = bool(codebook.labels and articles.height)
    found: list[Section | None] = [*report.sections]
    # What people corrected says more of outlets than the model by itself, and one of the two is enough for the first screen.
    told = any(section.finding for section in report.sections)
    if counted:
        outlets = compare_outlets(articles, codebook, caveat)
        found.append(replace(outlets, finding="", text=[UNCORRECTED]) if told else outlets)
    found += [show_targets(articles, spans, codebook, report.framed)] if articles.height else []
    found += [compare_months(articles, codebook), show_headlines(articles, codebook, caveat)] if counted else []
    found += show_answers(articles, codebook, report.answers, report.warnings, report.decided) if articles.height else []
    found += [show_words(spans, articles, codebook, report.weights)]
    found.append(show_sources(articles, report.quotations, spans, report.texts["article_id"]))
    found += [show_stories(articles, report.texts, codebook)] if counted else []
    found.append(report.progress)
    if report.agreement:
        found += [show_agreement(report.agreement, report.measured_on), show_coders(report.agreement.get("coders", {}))]
    return found


def _take_first(sections: Sequence[Section]) -> tuple[Figure | None, list[Section]]:
    """The plot of the first screen, that of the first part that has found something, and the parts without it."""
    for i, section in enumerate(sections):
        if section.finding and section.figures and section.figures[0].draw:
            rest = replace(section, figures=section.figures[1:])
            return section.figures[0], [*sections[:i], rest, *sections[i + 1 :]]
    return None, list(sections)


def _target(report: Report) -> str | None:
    """The attribute that says whom spans are about, if any says so."""
    target = report.codebook.target
    return target.name if target is not None and target.name in report.spans.columns and report.spans[target.name].count() else None


def _about(label: Any) -> dict[str, str]:
    return {"name": label.name, "colour": label.colour, "definition": label.definition}


def _own(name: str) -> Markup:
    return Markup((HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - a file of ours
