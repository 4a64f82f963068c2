"""The way back from a score to the evidence: model, training data, codebook, input, and for each span the annotations nearest to it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from exports.tables.scores import ScoreFolder, open_scores
from framing.provenance import Source, Training, find_model, find_text, find_training
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.parts import TEXT, TITLE
from schemas.wording import count as say_count
from schemas.wording import say_date

if TYPE_CHECKING:
    from classifiers.model.model import Model

__all__ = ["Trace", "trace"]

# What tells a span from the others of its article.
PLACE = ("part", "start", "end", "label")
REASONS = ("loaded_because", "label_because")
# Ids that are compared with a mistyped one; more would take long.
COMPARED = 20_000


@dataclass(frozen=True)
class Trace:
    """An article's scores and where they came from, for JSON; `notices` are what the user should know about the way."""

    article: dict[str, Any]
    scores: dict[str, Any]
    spans: list[dict[str, Any]]
    model: dict[str, Any]
    training: dict[str, Any]
    codebook: dict[str, Any]
    input: dict[str, Any]
    notices: tuple[str, ...]


def trace(scores: Path, article_id: str, *, datasets: Sequence[Path] = (), model: Path | None = None, reasons: int = 5, count: int = 3) -> Trace:
    """Trace the article of a score folder: each span with its `reasons` strongest features and the `count` nearest annotations.

    What is not there any more (the text, the dataset) is said in the notices, and the rest is shown. FramingError without the score
    folder, the model that made it, or the article.
    """
    from classifiers import load_model, load_training
    from classifiers.explanation.evidence import find_evidence

    opened = open_scores(scores)
    run, its = opened.run, pl.col("article_id") == article_id
    if opened.select("articles", [pl.len()], its).item() == 0:
        raise _unknown(opened, article_id, model)
    folder = find_model(run, scores, model)
    loaded, seen = load_model(folder), load_training(folder)
    opened = opened.made_with(loaded.codebook)
    row = opened.select("articles", where=its).row(0, named=True)
    source, training = find_text(run, article_id), find_training(loaded, folder, datasets)
    spans, sentences = (opened.select(name, where=its).sort("part", "start", "end") for name in ("spans", "sentences"))
    why, answers = _explain(loaded, source, row.get("language"), reasons)
    found = [{**span, **why.get(tuple(span[name] for name in PLACE), {})} for span in spans.drop("article_id").to_dicts()]
    if training.annotations is not None:
        evidence = find_evidence(loaded, spans, training.annotations, count)
        for i, span in enumerate(found):
            span["evidence"] = evidence.filter(span=i).drop("span").to_dicts()
    facts = loaded.facts.get("training", {})
    return Trace(
        article={name: row.get(name) for name in ("article_id", "title", "outlet", "author", "url")} | {"published": say_date(row.get("published"))},
        scores=_summarise(loaded, row, sentences) | {"decided": {name: row[name] for name in opened.decided()}, "because": answers},
        spans=found,
        model={"title": loaded.facts.get("title") or loaded.codebook.title, "digest": run.model, "folder": str(folder) if folder else None},
        training={name: facts.get(name) for name in ("articles", "annotators", "adjudication", "data_digest")}
        | {"agreement": loaded.facts.get("agreement"), "datasets": list(training.folders), "status": training.status},
        codebook={"stamp": loaded.codebook.stamp, "digest": loaded.codebook.digest},
        input={"path": source.path, "digest": source.digest, "status": source.status},
        notices=_notice(source, training, _notice_learned(source, row, seen), _notice_short(loaded, row, seen), explained=len(why) >= len(found)),
    )


def _unknown(opened: ScoreFolder, article_id: str, model: Path | None) -> FramingError:
    scores = opened.path
    if _is_learned(opened, article_id, model):
        what = f"{article_id!r} is an article that the model was trained on, and it was not scored here"
        return FramingError(what, scores, "Trace one that was scored: their ids stand in articles.parquet")
    ids = opened.select("articles", ["article_id"])["article_id"]
    near = ids.filter(ids.str.contains(article_id, literal=True))[:3].to_list() if article_id else []
    near = near or difflib.get_close_matches(article_id, ids[:COMPARED].to_list())
    said = f"the nearest: {', '.join(map(repr, near))}" if near else f"there are {len(ids)}, such as {', '.join(map(repr, ids[:2].to_list()))}"
    return FramingError(f"has no article {article_id!r}; {said}", scores, "Give the id as it stands in articles.parquet")


def _is_learned(opened: ScoreFolder, article_id: str, model: Path | None) -> bool:
    from classifiers import load_training

    try:
        seen = load_training(find_model(opened.run, opened.path, model))
    except FramingError:
        # That the article is unknown is to be said first.
        return False
    return seen is not None and article_id in seen["article_id"]


def _explain(model: Model, source: Source, language: str | None, reasons: int) -> tuple[dict[tuple[Any, ...], dict[str, Any]], dict[str, Any]]:
    """The reasons for each span by its PLACE, and for the likeliest answer to each question; none without the text. The `language` is the one that
    the scores say."""
    from classifiers.explanation.answers import explain_answers
    from classifiers.explanation.spans import Explainer

    if source.text is None:
        return {}, {}
    explainer = Explainer(model)
    parts = zip((TEXT, TITLE), explainer.explain([source.text, source.title or ""], reasons, [language, language]), strict=True)
    explained = [(part, found.to_dict()) for part, some in parts for found in some]
    why = {(part, *(found[name] for name in PLACE[1:])): {name: found[name] for name in REASONS} for part, found in explained}
    return why, {answer.question: asdict(answer) for answer in explain_answers(model, source.text, reasons, explainer.scorer, language)}


def _summarise(model: Model, row: Mapping[str, Any], sentences: pl.DataFrame) -> dict[str, Any]:
    labels, chances = model.codebook.label_names, sentences.filter(part=TEXT)["probability"]
    return {
        **{name: row.get(name) for name in ("tokens", "words", "title_words", "sentences", "unseen_words", "unpaired_marks")},
        "densities": {label: row.get(f"density_{label}") for label in labels},
        "densities_quoted": {label: row.get(f"density_{label}_quoted") for label in labels},
        "title_densities": {label: row.get(f"title_density_{label}") for label in labels},
        "answers": {name: {value: row.get(f"{name}_{value}") for value in head.outputs} for name, head in model.questions.items()},
        "sentence_probabilities": {"mean": chances.mean(), "highest": chances.max(), "above_half": int((chances > 0.5).sum())},
    }


def _notice(source: Source, training: Training, *more: str | None, explained: bool) -> tuple[str, ...]:
    reasons = {
        "changed": f"{source.path} has changed since it was scored, so spans are shown as they were found, without what made them",
        "gone": f"{source.path} is gone, so spans are shown as they were found, without what made them",
        "not found": "none of the scored files holds the article any more, so spans are shown as they were found, without what made them",
    }
    said = [reasons.get(source.status), training.said, *more]
    if source.text is not None and not explained:
        said.append("some spans are not found again in the text, so they are shown without what made them")
    return tuple(line for line in said if line)


def _notice_short(model: Model, row: Mapping[str, Any], seen: pl.DataFrame | None) -> str | None:
    """Whether the article is so short that its answers mean nothing."""
    from classifiers.model.familiarity import shortest_article

    words = row.get("words")
    if words is None or not model.questions or (shortest := shortest_article(words, seen)) is None:
        return None
    return f"the article has {say_count(words, 'word')}, and the shortest that the model was trained on had {shortest}: its answers mean nothing"


def _notice_learned(source: Source, row: Mapping[str, Any], seen: pl.DataFrame | None) -> str | None:
    """Whether the model was trained on this very article: then its score is a pupil reading from the textbook."""
    if seen is None:
        return None
    text = source.text
    same = pl.col("text_digest") == digest_text(text)[:16] if text is not None else pl.col("article_id") == row["article_id"]
    return (
        "the model was trained on this very article, so its scores say little about how the model does elsewhere"
        if seen.filter(same).height
        else None
    )
