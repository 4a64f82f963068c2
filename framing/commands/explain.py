"""framing explain: why a text's spans were flagged, and its questions answered so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, record, result
from framing.options import ModelFolder, Trusted, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("explain", epilog=epilog("framing explain 'As the \"culprit\", he is under pressure.'", "framing explain - < article.txt"))(explain)


def explain(
    text: Annotated[str, typer.Argument(metavar="TEXT|FILE", help="A text, a file with one article, or - for standard input.")],
    model: ModelFolder = None,
    trusted: Trusted = None,
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Say of each span whom of these it is about: a file that `framing actors` wrote.")
    ] = None,
    reasons: Annotated[int, typer.Option(min=1, help="How many reasons to show for each span.")] = 5,
    every: Annotated[bool, typer.Option("--all", help="Show single features and their exact weights, not groups of them.")] = False,
) -> None:
    """Say why each span was flagged and each question answered so: the strongest reasons first, with the share of each, and what people marked
    that is nearest."""
    from classifiers import load_model, load_training
    from framing.explaining import explain_text
    from framing.provenance import find_marked
    from framing.scoring import give_actors

    loaded = give_actors(load_model(model, trusted), actors)
    explained = explain_text(loaded, _read(text), load_training(model, trusted), reasons, find_marked(loaded, model))
    *said, last = explained.lines(every=every)
    for line in said:
        result(line)
    for line in explained.notices:
        notice(line)
    record({"model": loaded.digest, **explained.to_dict()})
    result(last)


def _read(text: str) -> str:
    from annotate.ingestion.articles import ingest
    from annotate.ingestion.files import STANDARD_INPUT, is_address
    from annotate.ingestion.kinds import kind_of
    from schemas.errors import FramingError
    from schemas.text.canonical import canonicalise

    if text == STANDARD_INPUT or is_address(text) or _exists(text):
        found = ingest([text]).articles
        if found.height > 1:
            raise FramingError(f"holds {found.height} articles", text, "Explain one article at a time")
        return str(found["text"][0])
    # A mistyped file name is not a text to be explained.
    if kind_of(text) and " " not in text:
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
