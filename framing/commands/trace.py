"""framing trace: from a score back to the annotations it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import notice, record, result, waiting
from framing.options import epilog
from schemas.errors import printable
from schemas.wording import count

if TYPE_CHECKING:
    from framing.tracing import Trace

__all__ = ["register"]

# Words of others that a line has room for; likeliest answers that are shown; signs of a digest.
QUOTE, ANSWERS, DIGEST = 80, 3, 12


def register(app: typer.Typer) -> None:
    app.command("trace", epilog=epilog("framing trace scores --article a17"))(trace)


def trace(
    scores: Annotated[Path, typer.Argument(metavar="SCORES", help="A score folder.")],
    article: Annotated[str, typer.Option(metavar="ID", help="The article_id of the article.")],
    dataset: Annotated[
        list[Path] | None, typer.Option(metavar="DATASET", help="The dataset that the model was trained on, if it was moved. Repeatable.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="The model that the articles were scored by, if it was moved. Default: the one run.json names."),
    ] = None,
    reasons: Annotated[int, typer.Option(min=1, help="How many features to show for each span.")] = 5,
) -> None:
    """Say where an article's scores came from: words, model, codebook, and the annotations nearest to what made each span."""
    from framing.tracing import trace as follow

    with waiting("tracing"):
        found = follow(scores, article, datasets=dataset or (), model=model, reasons=reasons)
    _show_scores(found)
    for span in found.spans:
        _show_span(span)
    _show_origin(found)
    for line in found.notices:
        notice(line)
    record(asdict(found))
    shown = [row for span in found.spans for row in span.get("evidence", ())]
    if any(row["annotation_id"] is not None for row in shown):
        result("annotation ids are Label Studio's: ADDRESS/api/annotations/ID/ shows one where you are logged in")
    leads = f"{count(len(shown), 'annotation')} that {'it leads' if len(found.spans) == 1 else 'they lead'} to"
    result(f"{count(len(found.spans), 'span')} of article {printable(article)}, {leads}")


def _show_scores(found: Trace) -> None:
    scores, names = found.scores, [found.article[name] for name in ("title", "outlet", "published") if found.article[name] is not None]
    result(f"article {printable(found.article['article_id'])}  {'  '.join(printable(str(name)) for name in names)}")
    result(f"  {_count(scores['words'], 'word')} in {_count(scores['sentences'], 'sentence')}; spans per 1,000 words: {_list(scores['densities'])}")
    if scores["title_words"] is not None:
        result(f"  {count(scores['title_words'], 'word')} in the headline; spans per 1,000 words: {_list(scores['title_densities'])}")
    if any(scores["densities_quoted"].values()):
        result(f"  in quotations: {_list(scores['densities_quoted'])}")
    if scores["unpaired_marks"]:
        result(f"  {count(scores['unpaired_marks'], 'quotation mark')} without a partner: the words there have no voice and count in no density")
    chances = scores["sentence_probabilities"]
    if chances["mean"] is not None:
        highest = f"the highest probability is {chances['highest']:.2f}, the mean {chances['mean']:.2f}"
        above = chances["above_half"]
        result(f"  {count(above, 'sentence', 'is', 'are')} likelier than not to carry a span; {highest}")
    for question, answers in scores["answers"].items():
        best = sorted(((value, chance) for value, chance in answers.items() if chance is not None), key=lambda answer: -answer[1])[:ANSWERS]
        because = scores["because"].get(question)
        # Where other parts of its page were looked at, too, the words of this one may speak for another answer.
        words = _join(because["reasons"]) if because and best and because["value"] == best[0][0] else ""
        result(f"  {question}: {', '.join(f'{value} {chance:.2f}' for value, chance in best)}{f'; the first because of {words}' if words else ''}")
        if question in scores["decided"]:
            result(f"    decided: {scores['decided'][question] or 'nothing'}")


def _show_span(span: Mapping[str, Any]) -> None:
    speaker = f" ({printable(span['speaker'], QUOTE)})" if span.get("speaker") else ""
    from schemas.parts import TITLE

    characters = f"characters {span['start']} to {span['end']}{' of the headline' if span['part'] == TITLE else ''}"
    place = f"probability {span['probability']:.2f}  voice {span['voice']}{speaker}  {characters}"
    result(f'"{printable(span["text"])}"  {span["label"]}  {place}')
    if "loaded_because" in span:
        result(f"  loaded because of {_join(span['loaded_because']) or 'nothing but the intercept'}")
    if span.get("label_because"):
        result(f"  {span['label']} because of {_join(span['label_because'])}")
    if "evidence" in span and not span["evidence"]:
        result("  no annotation shares what spoke for it in its own words")
    for row in span.get("evidence", ()):
        where = f"annotation {printable(row['annotation_id'])}" if row["annotation_id"] is not None else "no annotation id"
        quote, annotator, article = (printable(row[name], QUOTE) for name in ("quote", "annotator", "article_id"))
        result(f'  {row["similarity"]:.2f}  {row["shared"]}: "{quote}"  {row["label"]} by {annotator} in {article}, {where}')


def _show_origin(found: Trace) -> None:
    model, training, source = found.model, found.training, found.input
    result(f"model {printable(str(model['title']))}, digest {model['digest'][:DIGEST]}, {model['folder'] or 'which ships with the toolkit'}")
    counts = f"{_count(training['articles'], 'article')} by {_count(training['annotators'], 'annotator')}"
    gold = ", ".join(map(str, training["adjudication"] or ["-"]))
    result(f"  trained on {counts}, gold by {gold}, data digest {str(training['data_digest'])[:DIGEST]}")
    result(f"  dataset {', '.join(training['datasets']) or '-'}: {training['status']}")
    for kind in ("labels", "questions"):
        for name, row in ((training["agreement"] or {}).get(kind) or {}).items():
            result(f"  annotators agree on {name}: alpha {_figure(row.get('alpha'))} ({_figure(row.get('low'))} to {_figure(row.get('high'))})")
    result(f"codebook {found.codebook['stamp']}, digest {found.codebook['digest'][:DIGEST]}")
    result(f"input {source['path'] or '-'}, digest {(source['digest'] or '-')[:DIGEST]}: {source['status']}")


def _list(densities: Mapping[str, float | None]) -> str:
    return ", ".join(f"{label} {density:.1f}" for label, density in densities.items() if density) or "none"


def _join(reasons: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{reason['words']} ({reason['weight']:+.2f})" for reason in reasons)


def _count(number: int | None, noun: str) -> str:
    return count(number, noun) if number is not None else f"- {noun}s"


def _figure(value: float | None) -> str:
    return f"{value:.3f}" if value is not None else "-"
