"""Models as coders beside people: what `framing agree` measured of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.plots.panels import draw_intervals
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, number, plain, point, spread
from schemas.wording import inflect

__all__ = ["show_coders"]

# What of a coder stands under which heading, of its answers and of its spans.
ANSWERS = ("macro_f1", "macro-F1", "share_error", "share off")
SPANS = ("f1_partial", "partial F1", "rate_error", "per 1,000 words off")
MOST_SHOWN = 30


def show_coders(coders: Mapping[str, Mapping[str, Any]]) -> Section | None:
    """A plot of alpha with people, a table and a sentence for each coder, by question and by label. None if there are no figures."""
    figures, sentences = [], []
    for kind, heads in (("questions", ANSWERS), ("labels", SPANS)):
        for name in dict.fromkeys(name for coder in coders.values() for name in coder[kind]):
            rows = {coder: found[kind][name] for coder, found in coders.items() if name in found[kind]}
            figures.append(_show(name, kind, rows, *heads))
            sentences += [_say(coder, name, row, kind) for coder, row in rows.items()]
    if not figures:
        return None
    limits = [
        "Language models and other classifiers coded the same articles, and are measured as people are. Their work is in no figure above, and in no "
        "gold. Beats: with how many people the others agree less than with the coder. Test: the alternative-annotator test (Calderon, Reichart and "
        "Dror 2025), whether the coder may stand in for one of these people on articles like these; one that fails may do so for want of articles. "
        "Neither says that its shares are right: correct them by people's codes.",
    ]
    return Section("coders", "Models as coders", figures, text=sentences, limits=limits)


def _show(name: str, kind: str, rows: Mapping[str, Mapping[str, Any]], measure: str, title: str, error: str, off: str) -> Figure:
    points = [
        point(
            coder,
            row["alpha"],
            row["low"],
            row["high"],
            f"{coder}: alpha with people {row['alpha']:.2f}, {INTERVAL} {spread(row['low'], row['high'])}",
        )
        for coder, row in rows.items()
        if row["alpha"] is not None
    ][:MOST_SHOWN]
    header = [
        "",
        "articles",
        title,
        INTERVAL,
        "alpha",
        INTERVAL,
        "people's alpha",
        "beats",
        "of",
        "winning rate",
        "test",
        off,
        "runs alike",
    ]
    what = "question" if kind == "questions" else "label"
    return Figure(
        f"coders-{name}",
        f"{plain(name)} ({what})",
        Table(header, [_cells(coder, row, measure, error) for coder, row in rows.items()]),
        f"Krippendorff's alpha of the coder and each person, pairs pooled, with 95 % intervals over articles; people among themselves: "
        f"{number(next((row['human_alpha'] for row in rows.values()), None))}. {off.capitalize()}: mean over outlets with 20 articles or more.",
        (lambda sheet: draw_intervals({"": points}, "alpha with people", sheet)) if points else None,
        "For each coder a point for its alpha with people and the line of its interval; the same figures are in the table below",
    )


def _cells(coder: str, row: Mapping[str, Any], measure: str, error: str) -> Row:
    return [
        coder,
        row["answered"] if "answered" in row else row["read"],
        row[measure],
        spread(row[f"{measure}_low"], row[f"{measure}_high"]),
        row["alpha"],
        spread(row["low"], row["high"]),
        row["human_alpha"],
        row["beats"],
        row["of"],
        row["winning_rate"],
        {None: "no test", True: "passes", False: "fails"}[row["alternative"]["passes"]],
        row[error],
        row["consistency"]["identical"] if row["consistency"] else None,
    ]


def _say(coder: str, name: str, row: Mapping[str, Any], kind: str) -> str:
    """What a coder's figures come to, in a sentence."""
    missing, seen = (row["unanswered"], row["answered"]) if kind == "questions" else (row["unread"], row["read"])
    left = f", {missing:,} more left {'unanswered' if kind == 'questions' else 'unread'}" if missing else ""
    return f"{coder}, {name}: {seen:,} {inflect(seen, 'article', 'articles')}{left}. {_lead(row, kind)} Test: {row['alternative']['verdict']}."


def _lead(row: Mapping[str, Any], kind: str) -> str:
    beats = (
        f"It agrees with the others better than {row['beats']} of {row['of']} people do." if row["of"] else "Nobody can be left out to compare it."
    )
    shares = row["shares"] if kind == "questions" else {"": row["rates"]}
    off = [(value, share) for value, share in shares.items() if share["low"] is not None and not share["low"] <= 0 <= share["high"]]
    if not off:
        return f"{beats} In all it gives no answer more or less often than people, as far as these articles show." if kind == "questions" else beats
    value, share = max(off, key=lambda item: abs(item[1]["difference"]))
    what = value or "Spans per 1,000 words"
    return f"{beats} {what}: {number(share['coder'])} by the coder, {number(share['people'])} by people ({spread(share['low'], share['high'])} off)."
