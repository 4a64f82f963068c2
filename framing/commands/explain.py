"""framing explain: why a text's spans were flagged, and its questions answered so."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, result, write_json
from framing.options import JsonFile, ModelFolder, epilog
from schemas.wording import count

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("explain", epilog=epilog("framing explain 'As the \"culprit\", he is under pressure.'"))(explain)


def explain(
    text: Annotated[str, typer.Argument(metavar="TEXT|FILE", help="A text, or a file with one article.")],
    model: ModelFolder = None,
    reasons: Annotated[int, typer.Option(min=1, help="How many features to show for each span.")] = 5,
    json_file: JsonFile = None,
) -> None:
    """Say which words and features made each span and each answer, strongest first."""
    from classifiers import explain as find_reasons
    from classifiers import load_model, load_training, model_digest
    from classifiers.explanation.answers import explain_answers
    from classifiers.model.familiarity import shortest_article
    from schemas.text.tokens import count_words

    loaded, read = load_model(model), _read(text)
    words = count_words(read)
    shortest = shortest_article(words, load_training(model)) if loaded.questions else None
    explanations, answers = find_reasons(loaded, read, reasons), explain_answers(loaded, read, reasons) if shortest is None else []
    for found in explanations:
        span = found.span
        result(f'"{found.text}"  {span.label}  probability {span.probability:.2f}  voice {span.voice}  characters {span.start} to {span.end}')
        for title, reasons_given in (("loaded because of", found.loaded), (f"{span.label} because of", found.label)):
            result(f"  {title}")
            for reason in reasons_given:
                result(f"    {reason.weight:+.2f}  {reason.words}")
    for answer in answers:
        because = f" because of {'; '.join(f'{reason.words} ({reason.weight:+.2f})' for reason in answer.reasons)}" if answer.reasons else ""
        result(f"{answer.question}: {answer.value} {answer.probability:.2f}{because}")
    if shortest is not None:
        learned = f"the shortest article that the model was trained on had {shortest}"
        notice(f"the text has {count(words, 'word')}, and {learned}: answers to questions are not shown, as they would mean nothing")
    if json_file:
        spans = [found.to_dict() for found in explanations]
        write_json(json_file, {"model": model_digest(model), "spans": spans, "answers": [asdict(answer) for answer in answers]})
    result(f"{count(len(explanations), 'span')}; each weight is what the feature adds to the mean log-odds of the span's tokens")


def _read(text: str) -> str:
    from annotate.ingestion.articles import ingest
    from schemas.errors import FramingError
    from schemas.text.canonical import canonicalise

    if _exists(text):
        found = ingest([text]).articles
        if found.height > 1:
            raise FramingError(f"holds {found.height} articles", text, "Explain one article at a time")
        return str(found["text"][0])
    # A mistyped file name is not a text to be explained.
    if Path(text).suffix in (".txt", ".md", ".html") and " " not in text:
        raise FramingError("no such file", text, "Check the spelling")
    if not text.strip():
        raise FramingError("there is no text to explain", "TEXT", "Give a sentence in quotation marks, or a file")
    return canonicalise(text).text


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        # Too long for a name, or with a NUL in it: a text.
        return False
