"""As what somebody is framed: the shares of an actor's spans that have each value of an attribute, corrected by human-coded articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from exports.estimates import Estimate, Measure, estimate_shares, list_measures, list_shares, name_group
from exports.estimates.measures import COUNTED
from exports.tables.scores import open_scores
from framing.estimating import Estimated, estimate_sources, prepare
from framing.figures import Figures, open_figures
from framing.grouping import in_time
from framing.provenance import find_model
from schemas.codebook import ABOUT, Codebook, load_codebook
from schemas.dataset import Dataset, read_dataset
from schemas.errors import FramingError
from schemas.wording import enumerate_some

__all__ = ["estimate_asked", "estimate_attributes", "estimate_framed"]


def estimate_asked(
    scores: Path,
    gold: Path,
    coders: Sequence[str],
    by: str,
    measures: Sequence[str],
    about: Sequence[str],
    model: Path | None = None,
    *,
    copies: bool = True,
) -> dict[str, Estimated]:
    """What `framing estimate` was asked for, by source: shares of the spans `about` actors if `measures` are attributes, else means of articles.
    FramingError if some are attributes and some not, and for attributes of coders' spans."""
    path = gold / "codebook.toml"
    codebook = load_codebook(path) if measures and path.is_file() else None
    attributes = [name for name in measures if codebook and _is_choice(codebook, name)]
    if not attributes:
        wanted = [*measures, *(f"{ABOUT}_{actor}" for actor in about)]
        return estimate_sources(scores, gold, coders, by, wanted, model, copies=copies)
    if len(attributes) < len(measures):
        raise FramingError(f"{attributes[0]} is said of spans, and other measures of articles", "--measure", "Estimate them one after the other")
    if coders:
        raise FramingError("is of what a model says of spans; attributes of coders' spans are not estimated", "--measure", "Leave out --coder")
    return {scores.resolve().name: estimate_attributes(scores, gold, attributes, about, by, model, copies=copies)}


def _is_choice(codebook: Codebook, name: str) -> bool:
    attribute = codebook.attribute(name)
    return attribute is not None and attribute.kind == "choice" and name not in list_measures(codebook)


def estimate_framed(
    scores: Path, gold: Path, by: str = "outlet", model: Path | None = None, *, copies: bool = True, most: int = 5
) -> Estimated | None:
    """The same of all attributes that the scores and the codebook have, and of the `most` actors that most spans are about; None if there are
    none."""
    dataset = read_dataset(gold)
    dataset.require_gold(gold)
    codebook = dataset.require_codebook(gold)
    opened, target = open_scores(scores), codebook.target
    columns = opened.columns("spans")
    attributes = [one.name for one in codebook.attributes if one.name in columns and _is_choice(codebook, one.name)]
    if target is None or target.name not in columns or not attributes:
        return None
    sizes = opened.select("spans", [pl.len()], COUNTED & pl.col(target.name).is_in(_list_actors(dataset, codebook)), by=target.name)
    actors = sizes.sort("len", target.name, descending=[True, False])[target.name].head(most).to_list()
    return estimate_attributes(scores, gold, attributes, actors, by, model, copies=copies) if actors else None


def estimate_attributes(
    scores: Path, gold: Path, attributes: Sequence[str], actors: Sequence[str], by: str = "outlet", model: Path | None = None, *, copies: bool = True
) -> Estimated:
    """Of the spans about each of the actors the share that has each value of the attributes, by group of articles, corrected by those that have gold.

    FramingError as for `estimate_scores`; if an attribute or actor is not there; and if the model was trained on coded articles, since what other
    models would say of spans there is not kept.
    """
    dataset = read_dataset(gold)
    dataset.require_gold(gold)
    codebook = dataset.require_codebook(gold)
    if not actors:
        raise FramingError("shares are of the spans about somebody, who is not named", "--measure", "Name an actor with --about")
    shares = [share for name in dict.fromkeys(attributes) for actor in dict.fromkeys(actors) for share in list_shares(codebook, name, actor)]
    known = _list_actors(dataset, codebook)
    if strangers := [actor for actor in actors if actor not in known]:
        raise FramingError(f"there is no actor {strangers[0]!r}", "--about", f"Choose of: {enumerate_some(known)}")
    wholes = {_whole_of(share).name: _whole_of(share) for share in shares}
    parts = [*shares, *wholes.values()]
    (source,) = open_figures(scores, gold, dataset, (), model, copies=copies)
    source = _count_spans(source, scores, parts, model)
    figures, coded, notices = prepare(source, dataset, parts, by, gold)
    estimates = {share.name: _estimate(figures, coded, share) for share in shares}
    if in_time(by):
        estimates = {name: dict(sorted(found.items(), key=lambda item: item[0] or "")) for name, found in estimates.items()}
    said = [*notices, *source.notices, *_tell_silent(figures, wholes, by)]
    return Estimated(by, tuple(shares), estimates, tuple(said))


def _whole_of(share: Measure) -> Measure:
    """The measure of all spans of which the share is one."""
    assert share.about is not None  # noqa: S101 - shares are made with it
    about = replace(share.about, value=None)
    return Measure(about.name, "density", (about.name,), about=about)


def _list_actors(dataset: Dataset, codebook: Codebook) -> list[str]:
    """Those of the codebook, and those that gold names."""
    target = codebook.target
    named = dataset.require_gold("dataset").filter(pl.col("attribute") == target.name)["value"].unique().sort().to_list() if target else []
    return list(dict.fromkeys([*(actor.name for actor in codebook.actors), *named]))


def _count_spans(source: Figures, scores: Path, measures: Sequence[Measure], model: Path | None) -> Figures:
    """The source's figures with how many spans each measure counts in each article, read without holding all spans."""
    from classifiers import model_codebook

    opened = open_scores(scores)
    opened = opened.made_with(model_codebook(find_model(opened.run, scores, model)))
    columns = opened.columns("spans")
    abouts = [measure.about for measure in measures if measure.about]
    if lacking := [name for about in abouts for name in (about.target, about.attribute) if name not in columns]:
        raise FramingError(f"do not say {lacking[0]} of spans", scores, "Score with a model that has learned it, and with --actors")
    counts = opened.select("spans", [about.count() for about in abouts], COUNTED, by="article_id")
    names = counts.columns[1:]
    rows = source.rows.drop(names, strict=False).join(counts, on="article_id", how="left", maintain_order="left")
    figures = [pl.col(name).fill_null(0.0) for name in names]
    at = source.rows.columns.index("model")
    before, behind = ([name for name in some if name not in names] for some in (source.rows.columns[:at], source.rows.columns[at:]))
    return replace(source, rows=rows.select(*before, *figures, *behind))


def _estimate(figures: pl.DataFrame, coded: pl.DataFrame, share: Measure) -> dict[str | None, Estimate]:
    whole = _whole_of(share).name
    # Columns of the design are there where chances are known.
    articles = figures.select("article_id", "group", pl.col("^cluster$"), predicted=share.name, predicted_whole=whole)
    by_hand = coded.select("article_id", pl.col("^(weight|round)$"), coded=share.name, coded_whole=whole)
    return estimate_shares(articles.join(by_hand, on="article_id", how="left", maintain_order="left"))


def _tell_silent(figures: pl.DataFrame, wholes: dict[str, Measure], by: str) -> list[str]:
    """Of which groups nothing can be said."""
    sums = figures.group_by("group", maintain_order=True).agg(pl.col(name).sum() for name in wholes)
    said = []
    for name, whole in wholes.items():
        silent = [name_group(group, by) for group in sums.filter(pl.col(name) == 0)["group"].sort()]
        if silent and whole.about:
            said.append(
                f"the model found no span about {whole.about.actor} with a {whole.about.attribute} in, so left out are: {enumerate_some(silent)}"
            )
    return said
