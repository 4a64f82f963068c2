"""framing ask: a dataset's articles asked of a language model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import DatasetFolder, epilog
from schemas.errors import FramingError

if TYPE_CHECKING:
    from framing.asking import Done, Forecast

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("ask", epilog=epilog("framing ask dataset --endpoint http://localhost:11434/v1 --model llama3.1 --coder llama"))(ask)


def ask(
    folder: DatasetFolder,
    endpoint: Annotated[str, typer.Option(metavar="ADDRESS", help="A server that speaks OpenAI's protocol, as Ollama, vLLM and llama.cpp do.")],
    model: Annotated[str, typer.Option(help="The name by which the server knows the model.")],
    coder: Annotated[str, typer.Option(metavar="NAME", help="How the model is called among the coders of the dataset.")],
    run: Annotated[int, typer.Option(min=1, max=1000, help="Ask the same once more, to see whether it agrees with itself: 2, 3, ...")] = 1,
    examples: Annotated[int, typer.Option(min=0, help="Articles with gold that are shown as examples, and not asked.")] = 0,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="How many requests are on their way at a time.")] = 4,
    window: Annotated[int | None, typer.Option(min=200, help="Characters of a long article in one request. Default: 10000.")] = None,
    temperature: Annotated[float, typer.Option(min=0, max=2, help="0 for the likeliest answer.")] = 0,
    longest: Annotated[int | None, typer.Option(min=16, metavar="TOKENS", help="How long an answer may be. Default: the server's.")] = None,
    timeout: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="How long the server may be silent.")] = 600,
    key_file: Annotated[Path | None, typer.Option(metavar="FILE", help="A file of mode 600 with the server's key.")] = None,
    price_in: Annotated[float | None, typer.Option(min=0, help="Price of a million tokens that are asked.")] = None,
    price_out: Annotated[float | None, typer.Option(min=0, help="Price of a million tokens that are answered.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Go on after the first answers without asking.")] = False,
) -> None:
    """Ask a language model about each article, by the codebook, and take its answers as the work of a coder.

    The first five answers say how many tokens the others will take, and cost. Answers are kept as they come, in the dataset's folder
    `answers`: run the command again to go on where it was stopped. The key is taken from FRAMING_ASK_KEY or OPENAI_API_KEY.
    """
    from annotate.coders.endpoint import Endpoint, read_address
    from exports.requests import WINDOW, Manner
    from framing.asking import Prices, ask_dataset, read_key

    prices = Prices(price_in, price_out)
    asked = not yes and sys.stdin.isatty()
    if prices.known and not yes and not asked:
        raise FramingError("costs money, and nobody is here to agree", "ask", "Add --yes")
    key = read_key(key_file)
    server = Endpoint(read_address(endpoint, key), key, timeout)
    manner = Manner(model, examples, window or WINDOW, temperature, longest)

    with ExitStack() as stack:
        # No bar before that: it would be drawn over the question.
        bars: list[Callable[[int, int], None]] = []

        def agree(forecast: Forecast) -> bool:
            notice(_say_forecast(forecast))
            agreed = not asked or typer.confirm("Go on?", err=True)
            bars.append(stack.enter_context(progress("Asking")))
            return agreed

        def update(number: int, total: int) -> None:
            for bar in bars:
                bar(number, total)

        done = ask_dataset(folder, server, manner, coder, run, concurrency=concurrency, prices=prices, agree=agree, update=update)
    _say_done(done, folder)


def _say_forecast(forecast: Forecast) -> str:
    from schemas.wording import count

    left = f"{count(forecast.requests, 'request')} to go"
    if not forecast.tokens_in and not forecast.tokens_out:
        return f"{left}; the server does not count tokens"
    cost = "" if forecast.cost is None else f", which cost some {forecast.cost:.2f}"
    tokens = f"some {forecast.tokens_in:,} tokens asked and {forecast.tokens_out:,} answered"
    return f"{left}: {tokens}{cost}, if they are like the {forecast.sample} answered so far"


def _say_done(done: Done, folder: Path) -> None:
    from schemas.wording import count, enumerate_some

    if done.shown:
        notice(f"{count(len(done.shown), 'article')} with gold, shown as examples and not asked: {enumerate_some(done.shown)}")
    if done.dropped:
        notice(f"the server does not take {' and '.join(done.dropped)}, and was asked without")
    for what, number in done.responses.counts.items():
        result(f"{what:34}{number:>9,}")
    counts, rows = done.responses.counts, done.responses.rows.height
    record({"coder": done.coder.name, "asked": done.asked, "before": done.before, "rows": rows, "counts": counts})
    sent = f"{count(done.asked, 'request')} sent" + (f", {done.before} answered before" if done.before else "")
    result(f"{sent}; {count(rows, 'row')} of coder {done.coder.name} -> {folder / 'coders.parquet'}")
