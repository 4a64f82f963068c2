"""A dataset's articles asked of a model, as often interrupted as need be: answers are kept one by one, and read in as a coder's work at the end."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from annotate.coders.endpoint import Endpoint, ask_all, name_address
from annotate.coders.kept import find_answered, hold_answers, keep_answers, read_answers
from annotate.coders.responses import Responses, read_responses
from exports.formats.filenames import name_files
from exports.formats.material import Losses
from exports.requests import Manner, Requests, make_requests
from framing.coding import refuse_people
from schemas.coders import Coder, Coders, read_coders, replace_run, write_coders
from schemas.dataset import read_dataset
from schemas.errors import FramingError
from schemas.faults import say_fault
from schemas.requests import name_request
from schemas.wording import count

__all__ = ["ANSWERS", "KEYS", "Done", "Forecast", "Prices", "ask_dataset", "read_key"]

ANSWERS = "answers"
# Where a key is looked for, the first of them first.
KEYS = ("FRAMING_ASK_KEY", "OPENAI_API_KEY")
SAMPLE = 5
Update = Callable[[int, int], None]


@dataclass(frozen=True)
class Prices:
    """Of a million tokens, of what is asked and of what is answered; None where nobody said."""

    asked: float | None = None
    answered: float | None = None

    @property
    def known(self) -> bool:
        return self.asked is not None or self.answered is not None

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        return (tokens_in * (self.asked or 0) + tokens_out * (self.answered or 0)) / 1e6 if self.known else None


@dataclass(frozen=True)
class Forecast:
    """What is left to ask, in requests and, if the server counts them, in tokens, as the first answers have it."""

    requests: int
    sample: int
    tokens_in: int
    tokens_out: int
    cost: float | None


@dataclass(frozen=True)
class Done:
    """`asked`: requests that were sent now; `before`: those that were answered before; `dropped`: what the server was asked without; `shown`:
    articles that served as examples; `path`: the answers."""

    responses: Responses
    coder: Coder
    asked: int
    before: int
    dropped: tuple[str, ...]
    shown: tuple[str, ...]
    path: Path


def read_key(path: Path | None) -> str | None:
    """The key of a server: of a file that nobody else may read, else of the environment; None if there is none."""
    if path is None:
        return next((value for name in KEYS if (value := os.environ.get(name, "").strip())), None)
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise FramingError("can be read by others, and holds a key", path, f"Run `chmod 600 {path}` first")
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise FramingError("cannot be read as a key", path, "Name a file with the key in it, and nothing else") from error


def ask_dataset(
    folder: Path,
    endpoint: Endpoint,
    manner: Manner,
    name: str,
    run: int = 1,
    *,
    concurrency: int = 4,
    prices: Prices | None = None,
    agree: Callable[[Forecast], bool] = lambda forecast: True,
    update: Update = lambda done, total: None,
) -> Done:
    """Ask what has no answer yet, and write all answers there are as the work of the coder `name` into the dataset.

    The answers stand in the folder ANSWERS of the dataset, a line each, as the output of a batch. `agree` is asked after the first few whether to go
    on. FramingError if it says no, if another run asks the same now, if the answers that are there were given to something else, and as for
    `make_requests` and `ask_all`.
    """
    prices = prices or Prices()
    dataset = read_dataset(folder)
    requests = make_requests(dataset.articles, dataset.require_codebook(folder), dataset.gold, manner, folder)
    coder = _describe(name, requests, endpoint)
    refuse_people(coder.name, dataset)
    _refuse_other_coder(read_coders(folder, dataset), coder, run, folder)
    path = folder / ANSWERS / f"{name_files([name], Losses())[name]}-{run}.jsonl"
    with hold_answers(path):
        before = find_answered(path, coder, (name_request(*place) for place in requests.places()))
        asked = _ask_rest(path, endpoint, requests, before, concurrency, prices, agree, update)
        found = read_responses(path, dataset, name, run)
        complete = _complete(coder, found, prices, endpoint.dropped)
        written = write_coders(folder, dataset, replace_run(read_coders(folder, dataset), complete, run, found.rows, found.aside))
    return Done(found, written.described[coder.name], asked, len(before), tuple(sorted(endpoint.dropped)), requests.shown, path)


def _ask_rest(
    path: Path,
    endpoint: Endpoint,
    requests: Requests,
    before: set[str],
    concurrency: int,
    prices: Prices,
    agree: Callable[[Forecast], bool],
    update: Update,
) -> int:
    """Ask what was not answered before; returns how many requests that were."""
    left = [place for place in requests.places() if name_request(*place) not in before]
    if not left:
        return 0
    sample = left[:: max(1, len(left) // SAMPLE)][:SAMPLE] if len(before) < SAMPLE else []
    chosen = set(sample)
    rest = [place for place in left if place not in chosen]
    with keep_answers(path) as keep:
        for done, _ in enumerate(ask_all(endpoint, map(requests.make, sample), keep, concurrency), 1):
            update(done, len(left))
        if rest and not agree(_forecast(path, len(rest), prices)):
            raise FramingError(
                f"{count(len(sample), 'request', 'was', 'were')} sent, and the others are not wanted",
                path,
                "Run this again to go on",
            )
        for done, _ in enumerate(ask_all(endpoint, map(requests.make, rest), keep, concurrency), len(sample) + 1):
            update(done, len(left))
    return len(left)


def _forecast(path: Path, left: int, prices: Prices) -> Forecast:
    replies = read_answers(path)
    each = left / max(1, len(replies))
    tokens_in, tokens_out = (round(each * sum(counts)) for counts in ((one.tokens_in for one in replies), (one.tokens_out for one in replies)))
    return Forecast(left, len(replies), tokens_in, tokens_out, prices.cost(tokens_in, tokens_out))


def _refuse_other_coder(coders: Coders | None, coder: Coder, run: int, folder: Path) -> None:
    """A run more is the same coder, asked the same once more."""
    known = coders.described.get(coder.name) if coders else None
    if known and (known.runs > 1 or run > 1) and (known.model, known.prompt_digest) != (coder.model, coder.prompt_digest):
        raise FramingError(f"coder {coder.name!r} has another model or prompt in its other runs", folder, "Ask as another --coder")


def _describe(name: str, requests: Requests, endpoint: Endpoint) -> Coder:
    try:
        return Coder(
            name=name,
            model=requests.manner.model,
            prompt=requests.prompt.text,
            prompt_digest=requests.prompt.digest,
            temperature=requests.manner.temperature,
            where=name_address(endpoint.address),
        )
    except ValidationError as error:
        raise FramingError(say_fault(error), "--coder, --model", "Give it otherwise") from error


def _complete(coder: Coder, found: Responses, prices: Prices, dropped: set[str]) -> Coder:
    """With what is known when all was asked, and what became of it."""
    version = found.model if found.model != coder.model else None
    date = (found.date or datetime.now(UTC).isoformat())[:10]
    said = {"version": version, "date": date, "cost": prices.cost(found.tokens_in, found.tokens_out), "counts": found.facts}
    return coder.model_copy(update=said | ({"temperature": None} if "temperature" in dropped else {}))
