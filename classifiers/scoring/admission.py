"""Which articles a model is for: those in a language that it has learned from, and those whose language cannot be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from classifiers.model.model import Model
from classifiers.scoring.readability import FORMULAS
from schemas.checks import Rejected
from schemas.errors import FramingError
from schemas.text.detection import tell_languages
from schemas.text.languages import language_code, language_name
from schemas.wording import count, enumerate_some

__all__ = ["ANYWAY", "Admitted", "Languages", "admit", "describe_foreign", "fill_languages", "languages_of", "nothing_left", "say_foreign"]

UNKNOWN = "unknown"
ANYWAY = "--any-language (in Python any_language=True) scores them, too"


@dataclass(frozen=True)
class Languages:
    """How many articles are scored and how many set aside in each language; and of how many the column told it, of how many the words, and
    of how many nothing."""

    scored: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)
    told_by: Counter[str] = field(default_factory=Counter)

    def add(self, other: Languages) -> None:
        for mine, more in ((self.scored, other.scored), (self.set_aside, other.set_aside), (self.told_by, other.told_by)):
            mine.update(more)

    def to_dict(self) -> dict[str, dict[str, int]]:
        """For run.json: the commonest first."""
        counters = {"scored": self.scored, "set_aside": self.set_aside, "told_by": self.told_by}
        return {name: dict(sorted(counter.items(), key=lambda item: (-item[1], item[0]))) for name, counter in counters.items()}

    def formulas(self, model: Model) -> dict[str, str | None]:
        """For run.json: what measures the readability of each language; None where nothing does."""
        codes = {code: model.main_language if code == UNKNOWN else code for code in sorted(self.scored)}
        return {name: FORMULAS[code].name if code in FORMULAS else None for name, code in codes.items()}


@dataclass(frozen=True)
class Admitted:
    """The articles that are to be scored, and the language of each that could be told; those set aside, with their reasons; counts of both."""

    articles: pl.DataFrame
    rejected: Rejected
    languages: Languages


def admit(model: Model, articles: pl.DataFrame, *, any_language: bool = False) -> Admitted:
    """Set aside the articles in languages that the model has not learned from: none with `any_language`, and none where the model does not
    say what it has learned from."""
    own = languages_of(articles)
    told = tell_languages(articles["text"].to_list(), own)
    foreign = [not any_language and not model.knows(code) for code in told]
    ways = ("column" if language_code(given) else "found" if code else UNKNOWN for given, code in zip(own, told, strict=True))
    aside = [(article, code) for article, code, out in zip(articles["article_id"], told, foreign, strict=True) if out]
    scored = Counter(code or UNKNOWN for code, out in zip(told, foreign, strict=True) if not out)
    languages = Languages(scored, Counter(code for _, code in aside), Counter(ways))
    articles = fill_languages(articles, told)
    if aside:
        articles = articles.filter(~pl.Series(foreign))
    reasons = {code: say_foreign(code, model) for code in languages.set_aside}
    return Admitted(articles, [{"reason": reasons[code], "row": {"article_id": article, "language": code}} for article, code in aside], languages)


def languages_of(articles: pl.DataFrame) -> list[str | None]:
    """What the articles' own column says."""
    return articles["language"].cast(pl.String).to_list() if "language" in articles.columns else [None] * articles.height


def fill_languages(articles: pl.DataFrame, told: Sequence[str]) -> pl.DataFrame:
    """The articles, with the language that was told where their column says none."""
    codes = pl.Series("language", [code or None for code in told], pl.String)
    if "language" not in articles.columns:
        return articles.with_columns(codes)
    own = pl.col("language").cast(pl.String)
    return articles.with_columns(language=pl.when(own.str.strip_chars() != "").then(own).otherwise(codes))


def describe_foreign(set_aside: Mapping[str, int], model: Model) -> str:
    """12 articles are in German, 3 in French: the model is for English."""
    (first, number), *others = set_aside.items()
    said = [f"{count(number, 'article')} {'is' if number == 1 else 'are'} in {language_name(first)}"]
    said += [f"{number} in {language_name(code)}" for code, number in others]
    return f"{enumerate_some(said)}: the model is for {_languages(model)}"


def say_foreign(code: str, model: Model) -> str:
    """is in German, and the model is for English."""
    return f"is in {language_name(code)}, and the model is for {_languages(model)}"


def nothing_left(set_aside: Mapping[str, int], model: Model, where: object) -> FramingError:
    """What is raised where all articles were set aside."""
    return FramingError(f"no article is left to be scored: {describe_foreign(set_aside, model)}", where, ANYWAY)


def _languages(model: Model) -> str:
    return " and ".join(map(language_name, model.languages))
