"""From files to a score folder: what `framing score` and the demo share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import FramingError

__all__ = ["Scored", "score_files"]


@dataclass(frozen=True)
class Scored:
    articles: int
    spans: int
    notices: tuple[str, ...]


def score_files(
    paths: Sequence[str], out: Path, model: Path | None, *, text_column: str = "text", progress: Callable[[int, int], None] = lambda done, total: None
) -> Scored:
    """Score every article in the files and write the score folder."""
    from annotate.ingestion import find_files, ingest
    from classifiers import load_model, model_digest, score, write_scores
    from schemas.files import digest_file

    files = find_files(paths)
    if any(path.parent.resolve() == out.resolve() for path in files):
        raise FramingError("is the folder of the articles themselves", out, "Choose another --out")
    # A wrong model is said before an archive is read.
    loaded, digest = load_model(model), model_digest(model)
    # Digests first: they are of the bytes that are read next, not of what a file may have become since.
    inputs = {str(path.absolute()): digest_file(path) for path in files}
    found = ingest(files, text_column=text_column)
    scores = score(loaded, found.articles, digest, progress)
    write_scores(scores, out, digest=digest, model_folder=model, inputs=inputs, text_column=text_column, refused=found.rejected)
    notices = list(found.notices)
    if found.rejected:
        notices.append(f"{len(found.rejected)} rows could not be scored; run.json says which and why")
    return Scored(scores.articles.height, scores.spans.height, tuple(notices))
