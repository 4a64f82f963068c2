"""A coder's file into a dataset: what it said, who it is, and what became of each of its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from annotate.coders.intake import ANSWERS, TAKEN, UNANSWERED
from framing.importing import pair
from schemas.coders import REJECTED, Coder, Coders, read_coders, replace_run, write_coders
from schemas.dataset import Dataset, read_dataset
from schemas.errors import FramingError
from schemas.faults import say_fault
from schemas.files import digest_text
from schemas.parsing import parse_json, parse_toml, read_text
from schemas.wording import count

if TYPE_CHECKING:
    from annotate.coders.table import CoderFile

__all__ = ["ImportedCoder", "import_coder", "read_about", "refuse_people"]

# What is not for the user to say: it is known from the work.
_OURS = ("name", "runs", "counts", "prompt_digest")
_PROMPT_FILE = "prompt_file"
# Wordings of answers that are told.
MOST_WORDINGS = 12


@dataclass(frozen=True)
class ImportedCoder:
    """Who the coder is now, what became of the answers of the runs that were read (`answers`, and the parts that they fell into), and what the
    user should be told, a line each."""

    coder: Coder
    counts: Counter[str]
    told: list[str]

    @property
    def aside(self) -> Counter[str]:
        """What became no row and was not unanswered, by reason."""
        return self.counts - Counter({fate: self.counts[fate] for fate in (ANSWERS, TAKEN, UNANSWERED)})


def import_coder(
    path: Path,
    into: Path,
    name: str,
    *,
    run: int | None = None,
    about: Path | None = None,
    renames: Iterable[str] = (),
    columns: Iterable[str] = (),
) -> ImportedCoder:
    """Read a file of the coder `name` and write its runs among the dataset's coders, in place of the same runs of an earlier import. Annotations
    and gold are not touched.

    FramingError for what the reading refuses, for the name of one of the dataset's annotators, and for facts that a coder cannot have.
    """
    from annotate.coders.responses import is_responses
    from annotate.coders.table import read

    dataset = read_dataset(into)
    dataset.require_codebook(into)
    coders = read_coders(into, dataset)
    coder = _describe(name, about, coders.described.get(name) if coders else None)
    refuse_people(coder.name, dataset)
    if path.is_file() and is_responses(path):
        for option, given in (("--map", list(renames)), ("--column", list(columns))):
            if given:
                raise FramingError(f"is the output of a batch, which takes no {option}", path, "Leave it out")
        return _import_responses(path, into, dataset, coders, coder, run or 1)
    file = read(
        path, dataset, coder.name, dict(pair(rename) for rename in renames), dict(pair(one, "--column", "ROLE=COLUMN") for one in columns), run
    )
    for number, intake in sorted(file.runs.items()):
        coders = replace_run(coders, coder.model_copy(update={"counts": intake.counts}), number, intake.rows(), intake.rejected)
    if coders is None:
        raise FramingError("has no rows", path, "Is it the right file?")
    written = write_coders(into, dataset, coders)
    done = ImportedCoder(written.described[coder.name], file.total(lambda intake: Counter(intake.counts)), list(_tell(file)))
    done.told.extend(f"{number:6} {reason}" for reason, number in done.aside.most_common())
    if done.aside:
        done.told.append(f"rows that were set aside are, with reasons, in {into / REJECTED}")
    return done


def _import_responses(path: Path, into: Path, dataset: Dataset, coders: Coders | None, coder: Coder, run: int) -> ImportedCoder:
    """The output file of a batch, whose lines are answers to what `framing export --to llm-batch` asked."""
    from annotate.coders.replies import ANSWERED
    from annotate.coders.responses import read_responses

    found = read_responses(path, dataset, coder.name, run)
    known = {"model": coder.model or found.model, "date": coder.date or (found.date or "")[:10] or None, "counts": found.facts}
    written = write_coders(into, dataset, replace_run(coders, coder.model_copy(update=known), run, found.rows, found.aside))
    taken = found.counts.get(ANSWERED, 0)
    counts = Counter({ANSWERS: found.counts[ANSWERS], TAKEN: taken, UNANSWERED: 0, "came to nothing": found.counts[ANSWERS] - taken})
    return ImportedCoder(written.described[coder.name], counts, [f"{number:6} {what}" for what, number in found.counts.items()])


def _tell(file: CoderFile) -> Iterator[str]:
    for text, number in file.notices.items():
        yield f"{text}: {number}"
    if file.by_text:
        yield f"articles that were found by their text: {len(file.by_text)}"
    loose = [(said, number) for said, number in file.total(lambda intake: intake.wordings).most_common() if said[1] != said[2]]
    for (question, written, value), number in loose[:MOST_WORDINGS]:
        yield f"{question}: {written!r} is read as {value!r}: {number}"
    if len(loose) > MOST_WORDINGS:
        yield f"and {count(len(loose) - MOST_WORDINGS, 'more wording')}, of {count(sum(number for _, number in loose[MOST_WORDINGS:]), 'answer')}"
    if found := file.total(lambda intake: intake.found):
        yield "places of spans: " + ", ".join(f"{number} {how}" for how, number in found.most_common())
    for distance, number in sorted(file.total(lambda intake: intake.distances).items()):
        yield f"quotes that are {distance} {'character' if distance == 1 else 'characters'} from the text: {number}"


def read_about(path: Path) -> dict[str, Any]:
    """What a TOML or JSON file says of a coder, under the keys of Coder; `prompt_file` is read, from where the file is. FramingError for what no
    coder has."""
    try:
        text = read_text(path)
        said = parse_json(text, path) if path.suffix.lower() == ".json" else parse_toml(text, path)
        if isinstance(said, dict) and _PROMPT_FILE in said:
            if "prompt" in said:
                raise FramingError("has both a prompt and a prompt_file", path, "Keep one of them")
            said["prompt"] = read_text(path.parent / str(said.pop(_PROMPT_FILE)))
    except FileNotFoundError as error:
        raise FramingError("no such file", error.filename, "Check the spelling") from None
    known = [key for key in Coder.model_fields if key not in _OURS]
    if not isinstance(said, dict) or (strange := sorted(set(said) - set(known))):
        what = f"has {strange[0]!r}, which is nothing that a coder has" if isinstance(said, dict) else "is no table of facts"
        raise FramingError(what, path, f"A coder has: {', '.join([*known, _PROMPT_FILE])}")
    return {key: _as_text(value) if key in ("model", "version", "date", "where", "currency") else value for key, value in said.items()}


def _describe(name: str, about: Path | None, known: Coder | None) -> Coder:
    """The coder as somebody described it now, else as it is known."""
    said = read_about(about) if about else known.model_dump(exclude={"name", "runs", "counts"}) if known else {}
    digest = {"prompt_digest": digest_text(said["prompt"])} if isinstance(said.get("prompt"), str) else {}
    try:
        return Coder.model_validate(said | digest | {"name": name})
    except ValidationError as error:
        of_name = error.errors()[0]["loc"] == ("name",)
        raise FramingError(say_fault(error), "--coder" if of_name else about, "Mend it") from None


def _as_text(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def refuse_people(name: str, dataset: Dataset) -> None:
    """FramingError for a coder who is called like one of the dataset's annotators."""
    if dataset.annotations is not None and name in dataset.annotations["annotator"]:
        raise FramingError(f"{name!r} is one of the dataset's annotators", "--coder", "Give the coder another name: people's work is kept apart")
