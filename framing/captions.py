"""What stands under a figure: what is shown, of how many articles, what its intervals are, by which model, and what was left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exports.estimates import FEWEST, SHAKY, Measure, name_group
from exports.plots.panels import Panels, is_clipped
from framing.averages import MONTH, Averages
from framing.figures import Figures
from schemas.wording import count, enumerate_some

if TYPE_CHECKING:
    from classifiers.model.model import Model

__all__ = ["caption_means", "caption_words"]

OWN_VOICE = "in the outlets' own voice"
SAMPLING = "how far a mean might move with other articles of the same kind, not how right the classifier is"


def caption_means(
    found: Averages, named: Mapping[Measure, str], of: str, by: str | None, panels: Panels, shown: Panels, model: Model, most: int
) -> str:
    """The caption of outlets, months, actors and frames: of `panels` some are `shown`, with up to `most` groups in each."""
    said = [
        f"{_what(named, of)}{_where(of, by)}: mean over articles{', one panel for each' if len(shown) > 1 else ''}.",
        _bias(found),
        _intervals(found, shown),
        f"{count(found.articles, 'article')}, scored by the model {_name(model)}.",
        *_left_out(found, by, panels, shown, most, monthly=of == "months"),
        *(f"{line[0].upper()}{line[1:]}." for line in found.notices),
    ]
    return " ".join(part for part in said if part)


def caption_words(spans: int, source: Figures, by: str | None, labels: Sequence[str], panels: Panels, shown: Panels, model: Model, most: int) -> str:
    """The caption of words, of which the `most` of each panel are drawn."""
    kind = f"spans of {enumerate_some(labels)}"
    if by is None:
        what = (
            f"The words that did most for {kind}, {OWN_VOICE}: in how many spans a word is, times its own weight in the model. Each panel has a "
            "scale of its own. Words with faint weights are left out."
        )
    else:
        what = (
            f"The words that {kind}, {OWN_VOICE}, have more often in one {by} than in all others: log-odds with an informative Dirichlet prior "
            "(Monroe, Colaresi and Quinn 2008), worth a tenth of all spans. Points: log-odds less those elsewhere. Lines: 95 % intervals that take "
            "each span as one draw; words whose interval reaches zero are left out."
        )
    rest = _rest(panels, shown, by or "label")
    said = [
        f"{what} Up to {most} words of each.",
        "Words of spans that the classifier found, not corrected by human coding.",
        f"{count(spans, 'span')} of {count(source.rows.height, 'article')}, scored by the model {_name(model)}.",
        *([rest] if rest else []),
        *(f"{line[0].upper()}{line[1:]}." for line in source.notices),
    ]
    return " ".join(said)


def _name(model: Model) -> str:
    return f"“{model.title}” (digest {model.digest[:12]})"


def _what(named: Mapping[Measure, str], of: str) -> str:
    first = next(iter(named))
    if first.question is not None:
        return f"How often articles answer “{first.question.prompt}”"
    what = f"spans about {enumerate_some(list(named.values()))}" if of == "actors" else named[first]
    return f"{what[0].upper()}{what[1:]} per 1,000 words, {OWN_VOICE}"


def _where(of: str, by: str | None) -> str:
    if of == "months":
        return f", by month of publication{f' and {by}' if by else ''}"
    return f", by {by}" if by else ""


def _bias(found: Averages) -> str:
    if found.coded is not None:
        return (
            f"Means of the classifier, corrected by the {count(found.coded, 'article')} that people coded (prediction-powered inference; "
            "Angelopoulos, Duchi and Zrnic 2023)."
        )
    kind = "Mean probabilities by the classifier" if found.measures[0].kind == "share" else "Means of the classifier"
    return f"{kind}, not corrected by human coding."


def _intervals(found: Averages, shown: Panels) -> str:
    rows = [row for some in shown.values() for row in some]
    lacking = sum(row["low"] is None for row in rows)
    few = f"fewer than {FEWEST} coded articles, or where all are alike" if found.coded is not None else f"fewer than {SHAKY} articles"
    if lacking == len(rows):
        return f"No interval is given of {few}."
    what = "which hold what sampling and the classifier's errors leave open" if found.coded is not None else f"which say {SAMPLING}"
    return (
        f"Points: means; lines: 95 % intervals, {what}"
        + (f"; none of {few} ({lacking} of {len(rows)} points)" if lacking else "")
        + (". Lines that end at the edge go on beyond it." if is_clipped(shown) else ".")
    )


def _left_out(found: Averages, by: str | None, panels: Panels, shown: Panels, most: int, *, monthly: bool) -> list[str]:
    """Groups that are not drawn, and those of which little can be said."""
    rows = list(found.drawn().iter_rows(named=True))
    groups = list(dict.fromkeys(_place(row, by) for row in rows))
    drawn = {_place(row, by) for row in rows if row["mean"] is not None}
    said = []
    if uncoded := [group for group in groups if group not in drawn]:
        said.append(f"Not drawn, since none of their articles is coded: {enumerate_some(uncoded, 5)}.")
    if found.coded is not None:
        shaky = {_place(row, by): None for row in rows if row["mean"] is not None and row["coded"] < SHAKY}
        said += [f"Little is known of those with fewer than {SHAKY} coded articles: {enumerate_some(list(shaky), 5)}."] if shaky else []
    if not monthly and by is not None and len(drawn) > most:
        said.append(f"Drawn are the {most} with the most articles of {len(drawn)}; the table has all.")
    if rest := _rest(panels, shown, (by or MONTH) if monthly else "answer"):
        said.append(rest)
    return said


def _place(row: Mapping[str, Any], by: str | None) -> str:
    """The group of a row, and its month."""
    parts = [name_group(row["group"], by)] if by else []
    return " ".join([*parts, *([row[MONTH]] if MONTH in row else [])]) or "all articles"


def _rest(panels: Collection[str], shown: Collection[str], what: str) -> str | None:
    """What has no panel of its own."""
    rest = len(panels) - len(shown)
    return f"{count(rest, what)} more without a panel {'is' if rest == 1 else 'are'} in the table." if rest else None
