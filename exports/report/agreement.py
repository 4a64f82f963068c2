"""How the annotators agreed: alpha of each label, question and attribute with its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from exports.plots.drawing import Sheet
from exports.plots.panels import draw_intervals
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, plain, point, spread
from schemas.wording import enumerate_some

__all__ = ["show_agreement"]

# Krippendorff 2004, Content Analysis, p. 241: rely on variables above the second, draw tentative conclusions above the first.
TENTATIVE, RELIABLE = 0.667, 0.8
# Articles that two people have to have read for a figure that is not shaky; annotators that are shown, those who read most with others.
FEWEST, MOST_SHOWN = 10, 20
MEASURES = ("alpha", "alpha_u", "f1_exact", "f1_partial")
Named = tuple[str, Mapping[str, Any]]


def show_agreement(agreement: Mapping[str, Any], measured_on: str) -> Section | None:
    """A plot of alpha, and the table of all figures; the same of attributes. None if there is nothing that two people have read."""
    rows = [(name, row) for kind in ("labels", "questions") for name, row in agreement.get(kind, {}).items()]
    attributes = list(agreement.get("attributes", {}).items())
    drawn = (_show_labels(rows), _show_attributes(attributes, coders=bool(agreement.get("coders"))), _show_pairs(agreement.get("pairs", [])))
    figures = [figure for figure in drawn if figure]
    if not figures:
        return None
    limits = [
        f"Alpha is 1 where people always agree and 0 where they agree as often as by chance. {TENTATIVE} allows tentative conclusions, "
        f"{RELIABLE:.3f} is reliable, by convention (Krippendorff 2004, p. 241); tagging loaded language is usually below both."
    ]
    return Section("agreement", "How the annotators agreed", figures, _tell(agreement.get("any_label", {})), [f"Measured on {measured_on}."], limits)


def _tell(spans: Mapping[str, Any]) -> str:
    """What agreement on marking anything at all allows to say."""
    alpha = spans.get("alpha")
    if alpha is None:
        return ""
    allows = (
        "reliable by convention"
        if alpha >= RELIABLE
        else "enough for tentative conclusions"
        if alpha >= TENTATIVE
        else "below what is called reliable"
    )
    sure = f", {INTERVAL} {spread(spans['low'], spans['high'])}" if spans.get("low") is not None else ""
    return f"On which words are loaded, whatever the label, people agree with an alpha of {alpha:.2f}{sure}: {allows}."


def _show_labels(rows: list[Named]) -> Figure | None:
    draw = _plot(rows)
    if not draw:
        return None
    table = [[name, *(cell for measure in MEASURES for cell in _cells(row, measure))] for name, row in rows]
    header = [column for title in ("alpha", "over units", "exact F1", "partial F1") for column in (title, INTERVAL)]
    return Figure(
        "agreement",
        "Krippendorff's alpha of each label and question",
        Table(["", *header], table),
        f"Over tokens (labels) and articles (questions), with 95 % intervals over articles. Dashed: {TENTATIVE} and {RELIABLE:.3f}, from where "
        "conclusions are tentative, and reliable.",
        draw,
        "For each label a point and the line of its interval; the same figures are in the table below",
    )


def _show_attributes(rows: list[Named], *, coders: bool) -> Figure | None:
    if not any(row["spans"] for _, row in rows):
        return None
    table = [
        [
            *(name, row["alpha"], spread(row["low"], row["high"]), row["agreement"], row.get("folded", {}).get("agreement")),
            *(row["spans"], row["articles"], row["alone"]),
        ]
        for name, row in rows
    ]
    few = [name for name, row in rows if row["few"]]
    notes = [
        "Of pairs of spans on which two people agree: of one label, and overlapping. Alike: the share of which both said the same; folded: the "
        "same where marks, case and aliases of actors do not count. Alone: pairs of which only one of the two said something, which are in no other "
        "figure.",
        f"Fewer than 20 pairs, too few to judge: {enumerate_some(few)}." if few else "",
        "Attributes of the spans of models as coders are not compared." if coders else "",
    ]
    return Figure(
        "agreement-attributes",
        "Krippendorff's alpha of attributes of spans, given that two people marked them",
        Table(["", "alpha", INTERVAL, "alike", "folded", "pairs of spans", "articles", "alone"], table),
        " ".join(note for note in notes if note),
        _plot(rows),
        "For each attribute a point and the line of its interval; the same figures are in the table below",
    )


def _show_pairs(pairs: Sequence[Mapping[str, Any]]) -> Figure | None:
    """Annotators by annotators. None of two, who are all there is in the other figures."""
    both: dict[tuple[str, str], Mapping[str, Any]] = {}
    read = Counter[str]()
    for pair in pairs:
        first, second = pair["annotators"]
        both[first, second] = both[second, first] = pair
        read += Counter({first: pair["articles"], second: pair["articles"]})
    names = sorted(name for name, _ in read.most_common(MOST_SHOWN))
    if len(names) < 3:
        return None
    rows: list[Row] = [[mine, *(both[mine, theirs]["alpha"] if (mine, theirs) in both else None for theirs in names)] for mine in names]
    known = {(i, j): both[mine, theirs] for i, mine in enumerate(names) for j, theirs in enumerate(names, 1) if (mine, theirs) in both}
    sizes = [pair["articles"] for pair in known.values()]
    among = f"{min(sizes):,} to {max(sizes):,}" if min(sizes) < max(sizes) else f"{max(sizes):,}"
    few = {place for place, pair in known.items() if pair["articles"] < FEWEST}
    notes = [
        f"Krippendorff's alpha over tokens, marked with any label or not. The darker, the more alike. Each two have read {among} articles both, or "
        "none (–)." + (f" Grey: fewer than {FEWEST}, too few to judge." if few else ""),
        _tell_ends([pair for pair in pairs if pair["articles"] >= FEWEST and pair["alpha"] is not None]),
        f"The {MOST_SHOWN} of {len(read)} annotators who read most with others." if len(read) > MOST_SHOWN else "",
    ]
    table = Table(["annotator", *names], rows, few, shaded=range(1, len(names) + 1))
    return Figure("agreement-pairs", "How far each two annotators agree on marking words", table, " ".join(note for note in notes if note))


def _tell_ends(pairs: Sequence[Mapping[str, Any]]) -> str:
    """Which two are most alike, and which least."""
    if len(pairs) < 2:
        return ""
    most, least = (choose(pairs, key=lambda pair: pair["alpha"]) for choose in (max, min))
    (first, second), (third, fourth) = most["annotators"], least["annotators"]
    return f"Most alike are {first} and {second} ({most['alpha']:.2f}), least {third} and {fourth} ({least['alpha']:.2f})."


def _plot(rows: Iterable[Named]) -> Callable[[Sheet], ET.Element] | None:
    """A point and a line for each row whose alpha is defined; None if none is."""
    points = [
        point(
            plain(name),
            row["alpha"],
            row["low"],
            row["high"],
            f"{plain(name)}: alpha {row['alpha']:.2f}, {INTERVAL} {spread(row['low'], row['high'])}",
        )
        for name, row in rows
        if row["alpha"] is not None
    ]
    return (lambda sheet: draw_intervals({"": points}, "alpha", sheet, limits=(TENTATIVE, RELIABLE))) if points else None


def _cells(row: Mapping[str, Any], measure: str) -> tuple[float | None, str]:
    prefix = "" if measure == "alpha" else f"{measure}_"
    return row.get(measure), spread(row.get(f"{prefix}low"), row.get(f"{prefix}high"))
