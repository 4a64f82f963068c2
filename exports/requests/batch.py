"""Requests for all articles of a dataset, in the format of batches that OpenAI's API and vLLM's `run-batch` read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from exports.requests.examples import choose_examples
from exports.requests.prompt import Prompt, enclose, make_prompt, make_schema
from exports.requests.windows import WINDOW, cut_windows
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.requests import index_articles, name_request, refuse_key

__all__ = ["URL", "Manner", "Requests", "make_requests"]

Json = dict[str, Any]
# The article's id, its text, and the window in it.
Place = tuple[str, str, int, int]
URL = "/v1/chat/completions"


@dataclass(frozen=True)
class Manner:
    """How a model is asked. `window`: characters of an article that it is given at once; `temperature` and `longest` (tokens of an answer): None
    leaves them to the server."""

    model: str | None = None
    examples: int = 0
    window: int = WINDOW
    temperature: float | None = 0.0
    longest: int | None = None


@dataclass(frozen=True)
class Requests:
    """One request for each window of each article of `articles`, made when it is wanted; `shown` are the articles that serve as examples, and are
    not asked."""

    articles: pl.DataFrame
    prompt: Prompt
    schema: Mapping[str, Any]
    manner: Manner
    shown: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Json]:
        """Each as a line of a batch: custom_id, method, url, body."""
        return map(self.make, self.places())

    def make(self, place: Place) -> Json:
        """The request for one place."""
        _, text, start, end = place
        form = {"type": "json_schema", "json_schema": {"name": "coding", "strict": True, "schema": self.schema}}
        given = {"model": self.manner.model, "temperature": self.manner.temperature, "max_completion_tokens": self.manner.longest}
        messages = [{"role": "system", "content": self.prompt.system}, {"role": "user", "content": enclose(text[start:end])}]
        body = {name: value for name, value in given.items() if value is not None} | {"response_format": form, "messages": messages}
        return {"custom_id": name_request(*place), "method": "POST", "url": URL, "body": body}

    def places(self) -> Iterator[Place]:
        """(article_id, text, start, end) of each window."""
        for article_id, text, language in self.articles.select("article_id", "text", "language").iter_rows():
            for window in cut_windows(text, self.manner.window, language):
                yield article_id, text, window.start, window.end


def make_requests(articles: pl.DataFrame, codebook: Codebook, gold: pl.DataFrame | None, manner: Manner, where: object) -> Requests:
    """What a model is to be asked of the articles. FramingError for a codebook that cannot be asked so, where there are too few examples, and where
    no article is left."""
    refuse_key(codebook, where)
    index_articles(articles, where)
    examples = choose_examples(articles, gold, codebook, manner.examples, manner.window, where)
    shown = tuple(example.article_id for example in examples)
    asked = articles.filter(~pl.col("article_id").is_in(shown))
    if not asked.height:
        raise FramingError("has no articles to ask about", where, "Ingest some first, or show fewer of them as --examples")
    return Requests(asked, make_prompt(codebook, examples), make_schema(codebook), manner, shown)
