"""From files to a score folder: what `framing score` and the demo share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from framing.memory import trim_memory
from schemas.dataset import write_reading
from schemas.errors import FramingError
from schemas.files import replace_files
from schemas.wording import count, say_unpaired

if TYPE_CHECKING:
    import polars as pl

    from annotate.ingestion.articles import Portion
    from annotate.ingestion.options import Options
    from classifiers.model.model import Model

__all__ = ["Scored", "give_actors", "score_files"]

# Files that run.json names one by one.
MOST_NAMED = 10_000


@dataclass(frozen=True)
class Scored:
    articles: int
    spans: int
    notices: tuple[str, ...]


def score_files(
    paths: Sequence[str],
    out: Path,
    model: Path | None,
    *,
    trusted: Path | None = None,
    options: Options | None = None,
    workers: int = 1,
    cluster: str | None = None,
    any_language: bool = False,
    actors: Path | None = None,
    part: int | None = None,
    replace: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Scored:
    """Score the articles in the files and write the score folder, in parts of `part` characters; `progress` counts bytes. Articles in
    languages that the model has not learned from are set aside, unless `any_language`. `actors`: a file of those whose mentions are counted,
    beside those of the model's codebook. The model must be signed by a key of `trusted`, if that is given. The scores of a run of other inputs,
    another model, other actors or other options are replaced only if `replace`."""
    from annotate.ingestion.articles import read_portions
    from annotate.ingestion.files import find_files
    from annotate.ingestion.options import Options
    from annotate.ingestion.record import Reading
    from classifiers import load_model, load_training, score_archive
    from classifiers.scoring.admission import ANYWAY, describe_foreign
    from classifiers.scoring.archive import LONGEST, PART

    files, options = find_files(paths), options or Options()
    if any(path.parent.resolve() == out.resolve() for path in files.paths):
        raise FramingError("is the folder of the articles themselves", out, "Choose another --out")
    # A wrong model is said before an archive is read, and all of it.
    training = load_training(model, trusted)
    loaded, characters, total = load_model(model, trusted), part or PART, sum(path.stat().st_size for path in files.paths)
    loaded = give_actors(loaded, actors)
    reading = Reading()

    def read() -> Iterator[Portion]:
        nonlocal reading
        reading = files.start_reading()
        for portion in read_portions(files, reading, options, characters=characters, longest=LONGEST):
            yield portion
            trim_memory()

    facts = {"model_folder": str(model.absolute()) if model else None, "reading": options.to_dict(), "part_characters": characters}
    if loaded.signed_by:
        facts["signed_by"] = loaded.signed_by
    done = score_archive(
        loaded,
        read,
        out,
        inputs=_digest(paths, files.paths),
        facts=facts,
        workers=workers,
        cluster=cluster,
        any_language=any_language,
        replace=replace,
        progress=lambda position: progress(position, total),
    )
    if reading.files:
        # A run of which only the last step was left has not read anything; what the one before said of it is there.
        with replace_files(out) as staging:
            write_reading(staging, reading.to_dict())
    said = reading.notices()
    if done.resumed:
        said.append("an earlier run of this command had been stopped; its parts were used")
    if done.afresh:
        said.append("an earlier run had been stopped, but of other inputs, another model, actors or version: started afresh")
    if (warning := _warn_of_strangers(out, training)) is not None:
        said.append(warning)
    if done.unpaired:
        said.append(say_unpaired(done.unpaired, done.articles))
    if done.foreign:
        said.append(f"{describe_foreign(done.foreign, loaded)}. {ANYWAY}")
    if done.rejected:
        said.append(f"{count(done.rejected, 'row')} could not be scored; rejected.jsonl says which and why")
    return Scored(done.articles, done.spans, tuple(said))


def give_actors(model: Model, path: Path | None) -> Model:
    """The model with the actors of a file, if there is one, in its codebook. FramingError if they cannot be looked for, or would have columns that
    there are already."""
    from schemas.codebook import load_actors
    from schemas.text.aliases import compile_lexicon

    if path is not None:
        model = replace(model, codebook=model.codebook.with_actors(load_actors(path), path))
    # What is wrong with aliases is said before an archive is read, and not by its workers.
    compile_lexicon(model.codebook.actors)
    return model


def _warn_of_strangers(out: Path, training: pl.DataFrame | None) -> str | None:
    """Whether the articles have many more words that the model does not know than its training articles had, as models that had not
    seen these say."""
    from exports.drift import count_strangers
    from exports.tables.scores import open_scores

    if training is None or "unseen_words" not in training.columns:
        return None
    strangers = count_strangers(open_scores(out).select("articles", ["unseen_words"])["unseen_words"], training["unseen_words"])
    return strangers.warning() if strangers is not None else None


def _digest(paths: Sequence[str], files: Sequence[Path]) -> dict[str, str]:
    """The digest of each file; of very many, one for all that were given by a name."""
    from annotate.ingestion.files import name_source
    from schemas.files import digest_file, digest_text

    digests = {name_source(path.absolute()): digest_file(path) for path in files}
    if len(digests) <= MOST_NAMED:
        return digests
    return {f"{', '.join(paths)} ({len(digests)} files)": digest_text("\n".join(f"{path} {digest}" for path, digest in digests.items()))}
