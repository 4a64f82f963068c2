"""One figure for a paper: what `framing figure` calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from exports.estimates import Measure, name_group
from exports.plots.drawing import Sheet
from exports.plots.paper import PaperFigure, on_paper, paper_sheet
from exports.tables.scores import ScoreFolder, open_scores
from framing.averages import MONTH, Averages, average, know_measures, require_group
from framing.captions import caption_means, caption_words
from framing.figures import Figures, open_scored
from framing.provenance import find_model
from schemas.codebook import ABOUT, Question
from schemas.errors import FramingError
from schemas.parts import TEXT
from schemas.wording import enumerate_some

if TYPE_CHECKING:
    from classifiers.model.model import Model

__all__ = ["KINDS", "draw_figure"]

# What each kind of figure may be given.
TAKES = {
    "outlets": ("by", "label", "gold"),
    "months": ("by", "label", "gold"),
    "actors": ("by", "actor", "gold"),
    "frames": ("by", "label", "gold"),
    "words": ("by", "label"),
    "learning": (),
}
KINDS = tuple(TAKES)
# What can still be told apart: groups of a panel, panels, and words of one.
MOST_GROUPS, MOST_PANELS, MOST_WORDS = 30, 8, 10


@dataclass(frozen=True)
class _Scored:
    """A score folder, its articles, and the model that made it."""

    folder: ScoreFolder
    source: Figures
    model: Model


def draw_figure(
    source: Path,
    of: str,
    *,
    by: str | None = None,
    label: str | None = None,
    actor: str | None = None,
    gold: Path | None = None,
    width: str = "89mm",
    model: Path | None = None,
    copies: bool = True,
) -> PaperFigure:
    """The figure of one of KINDS, of a score folder; of `learning`, of the JSON that `framing evaluate --curve` wrote with --json.

    `by`: the column that groups articles; `label`: a label of spans, or a question; `actor`: the only one; `gold`: the dataset whose codes correct
    the means; `width`: a journal's. Without `copies` each story counts once. FramingError for what does not go together, or is not there.
    """
    if of not in KINDS:
        raise FramingError(f"there is no figure of {of!r}", "--of", f"Choose of: {', '.join(KINDS)}")
    for name, value in (("by", by), ("label", label), ("actor", actor), ("gold", gold)):
        if value is not None and name not in TAKES[of]:
            raise FramingError(f"says nothing to a figure of {of}", f"--{name}", "Leave it out")
    sheet = paper_sheet(width)
    if of == "learning":
        from exports.plots.curve import make_curve, read_curve

        return make_curve(read_curve(source), width)
    scored = _open(source, model, copies=copies)
    if of == "words":
        return _draw_words(scored, by, label, sheet)
    return _draw_means(scored, of, by or ("outlet" if of in ("outlets", "actors") else None), label, actor, gold, sheet)


def _open(folder: Path, model: Path | None, *, copies: bool) -> _Scored:
    from classifiers import load_model

    opened = open_scores(folder)
    loaded = load_model(find_model(opened.run, folder, model))
    return _Scored(opened.made_with(loaded.codebook), open_scored(folder, model, copies=copies), loaded)


def _draw_means(scored: _Scored, of: str, by: str | None, label: str | None, actor: str | None, gold: Path | None, sheet: Sheet) -> PaperFigure:
    from exports.plots.panels import draw_intervals, draw_months, fit_page

    named = _choose(scored, of, label, actor)
    found = average(scored.source, list(named), by, gold, monthly=of == "months")
    panels = _lay_out(found, named, by, split=of == "actors" or (of == "frames" and by is not None), monthly=of == "months")
    if not panels:
        raise FramingError("there is nothing to draw: no group has a mean", scored.folder.path, "Group --by another column")
    shown = dict(list(panels.items())[:MOST_PANELS]) if of == "months" else fit_page(panels, sheet, MOST_PANELS)
    share = next(iter(named)).kind == "share"
    title = "probability by the model" if share and gold is None else "share of articles" if share else "spans per 1,000 words"
    draw = draw_months if of == "months" else draw_intervals
    svg = on_paper(draw(shown, title, sheet, share=share), sheet)
    caption = caption_means(found, named, of, by, panels, shown, scored.model, MOST_GROUPS)
    return PaperFigure(of, svg, found.table, caption)


def _choose(scored: _Scored, of: str, label: str | None, actor: str | None) -> dict[Measure, str]:
    """The measures that are drawn, each with its name in the figure."""
    known = know_measures(scored.source, scored.model.codebook)
    if of == "actors":
        return _choose_actors(scored.source, known, actor)
    if of == "frames":
        questions = [each.question for each in known.values() if each.question is not None]
        names = list(dict.fromkeys(question.name for question in questions))
        question = _pick(questions, names, label, "question")
        return {each: _plain(each.name.removeprefix(f"{question.name}_")) for each in known.values() if each.question == question}
    labels = [name for name in scored.model.codebook.label_names if f"density_{name}" in known]
    if not labels or (label is not None and label not in labels):
        _pick([], labels, label, "label")
    return {known["density" if label is None else f"density_{label}"]: "spans of any label" if label is None else f"spans of {_plain(label)}"}


def _plain(name: str) -> str:
    """A label or an answer as it is shown."""
    return name.replace("_", " ")


def _pick(questions: Sequence[Question], names: Sequence[str], wanted: str | None, what: str) -> Question:
    if not names:
        raise FramingError(f"the model has no {what}", "--of", "Choose another figure")
    if wanted is not None and wanted not in names:
        raise FramingError(f"there is no {what} {wanted!r}", "--label", f"Choose of: {enumerate_some(names)}")
    return next(question for question in questions if question.name == (wanted or names[0]))


def _choose_actors(source: Figures, known: Mapping[str, Measure], actor: str | None) -> dict[Measure, str]:
    """Those whom most spans are about, or the one that is named."""
    about = {name.removeprefix(f"{ABOUT}_"): measure for name, measure in known.items() if name.startswith(f"{ABOUT}_") and measure.question is None}
    if not about:
        raise FramingError("do not say whom spans are about", source.where, "Score with --actors, by a model that has learned it")
    if actor is not None:
        if actor not in about:
            raise FramingError(f"there is no actor {actor!r}", "--actor", f"Choose of: {enumerate_some(list(about))}")
        return {about[actor]: actor}
    counts = source.rows.select((pl.col(measure.name) * pl.col("words") / 1000).sum().alias(name) for name, measure in about.items()).row(
        0, named=True
    )
    spoken = [name for name in sorted(about, key=lambda name: (-counts[name], name)) if counts[name]]
    if not spoken:
        raise FramingError("have no span about any actor", source.where, "Score with the actors that the articles name")
    return {about[name]: name for name in spoken[:MOST_PANELS]}


def _lay_out(found: Averages, named: Mapping[Measure, str], by: str | None, *, split: bool, monthly: bool) -> dict[str, list[dict[str, Any]]]:
    """The rows of each panel: of months a panel for each group; else one for each measure if they are `split`, and if not one, of groups or, where
    there are none, of measures. Groups are the largest, in the order of their means."""
    names = {measure.name: name for measure, name in named.items()}
    rows = [row | {"group": name_group(row["group"], by or ""), "what": names[row["measure"]]} for row in found.drawn().iter_rows(named=True)]
    rows = [row for row in rows if row["mean"] is not None]
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row["group"]] = sizes.get(row["group"], 0) + row["articles"] if monthly else max(sizes.get(row["group"], 0), row["articles"])
    largest = sorted(sizes, key=lambda group: (-sizes[group], group))
    panels: dict[str, list[dict[str, Any]]] = {}
    if monthly:
        for group in largest:
            panels[group if by else ""] = [row | {"name": row[MONTH]} for row in rows if row["group"] == group]
        return panels
    kept = [row for row in rows if row["group"] in largest[:MOST_GROUPS]]
    if by is None:
        return {"": sorted(({**row, "name": row["what"]} for row in kept), key=lambda row: -row["mean"])[:MOST_GROUPS]} if kept else {}
    order = list(dict.fromkeys(row["group"] for row in kept))
    if split:
        sums = {group: sum(row["mean"] for row in kept if row["group"] == group) for group in order}
        order = sorted(order, key=lambda group: (-sums[group], group))
        levels = {what: sum(row["mean"] * row["articles"] for row in kept if row["what"] == what) for what in names.values()}
        for what in sorted(levels, key=lambda what: -levels[what]):
            panels[what] = [row | {"name": group} for group in order for row in kept if row["what"] == what and row["group"] == group]
        return {what: some for what, some in panels.items() if some}
    return {"": [row | {"name": row["group"]} for row in kept]} if kept else {}


def _draw_words(scored: _Scored, by: str | None, label: str | None, sheet: Sheet) -> PaperFigure:
    from exports.plots.panels import draw_bars, draw_intervals
    from exports.words import contrast_words, rank_words
    from framing.reporting import word_weights

    codebook, source = scored.model.codebook, scored.source
    if not codebook.labels or (label is not None and label not in codebook.label_names):
        _pick([], codebook.label_names, label, "label")
    labels = [label] if label is not None else list(codebook.label_names)
    counted = pl.col("label").is_in(labels) & (pl.col("part") == TEXT)
    spans = scored.folder.select("spans", ["article_id", "label", "text", "voice"], counted)
    if by is None:
        spans = spans.join(source.rows, on="article_id", how="semi", maintain_order="left")
        driving = rank_words(spans, labels, word_weights(scored.model))
        table = pl.DataFrame([row._asdict() for row in driving], infer_schema_length=None)
        panels = {name: [{"name": row.word, "mean": row.score} for row in driving if row.label == name][:MOST_WORDS] for name in labels}
    else:
        group = require_group(source, by).fill_null(name_group(None, by))
        spans = spans.join(source.rows.select("article_id", group), on="article_id", how="inner", maintain_order="left")
        distinct = contrast_words(spans)
        table = pl.DataFrame([row._asdict() for row in distinct], infer_schema_length=None)
        sizes = spans.group_by("group").len().sort("len", "group", descending=[True, False])["group"].to_list()
        panels = {
            name: [{"name": row.word, "mean": row.log_odds, "low": row.low, "high": row.high} for row in distinct if row.group == name][:MOST_WORDS]
            for name in sizes
        }
    panels = {name if by else _plain(name): rows for name, rows in panels.items() if rows}
    if not panels:
        raise FramingError("there is nothing to draw: no word stands out", scored.folder.path, "Group --by another column, or leave out --by")
    shown = dict(list(panels.items())[:MOST_PANELS])
    if by is None:
        drawn = draw_bars(shown, "spans with the word, times its weight in the model", sheet)
    else:
        drawn = draw_intervals(shown, "log-odds of the word here, less those elsewhere", sheet, differences=True)
    caption = caption_words(spans.height, source, by, [_plain(name) for name in labels], panels, shown, scored.model, MOST_WORDS)
    return PaperFigure("words", on_paper(drawn, sheet), table, caption)
