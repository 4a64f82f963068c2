"""Model and articles in, scores out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import compress

import polars as pl

from classifiers.features.documents import list_texts
from classifiers.features.pages import Pages
from classifiers.model.model import Model
from classifiers.scoring.admission import fill_languages
from classifiers.scoring.answers import answer
from classifiers.scoring.readability import Readability
from classifiers.scoring.scorer import Found, Scorer
from classifiers.scoring.tables import Scores, tabulate
from schemas.parts import TEXT, TITLE
from schemas.tables import make_room

__all__ = ["ArticleScorer", "Scores", "cut", "score"]

# Batches are bounded both ways, so that memory is, too.
BATCH, BATCH_CHARACTERS = 2000, 300_000


def score(model: Model, articles: pl.DataFrame, progress: Callable[[int, int], None] = lambda done, total: None) -> Scores:
    """Score a table of articles (article_id, text, ...). A headline (`title`, where there is one) is scored as a text of its own: its spans and
    sentences stand behind those of the text, and the articles table has `title_words` and `title_density_<label>`. All else is about the text.

    All are scored, in whatever language (`admit` says which ones the model is for). The articles table keeps the columns that articles came
    with (outlet, published, ...), but for the text; `language` is told where it was not said. Densities
    are spans per 1,000 words: `density_<label>` in the outlet's own voice, scare quotes included, `density` those of any label,
    and `density_<label>_quoted` in quotations; spans of unclear voice count in neither. Articles of one `url` are parts of one
    text: a model that was trained on such parts (sentences of BABE, say) lets the answers to one look at the others.
    """
    scorer, pages = ArticleScorer(model), Pages()
    shared = _shared_pages(articles) if model.looks_at_pages else None
    if shared is not None:
        pages.add_all(scorer.know(shared))
    return scorer.score(articles, pages, progress)


class ArticleScorer:
    """Scores tables of articles, and remembers the words it meets from one to the next. For one thread."""

    def __init__(self, model: Model) -> None:
        self._model, self._scorer, self._measure = model, Scorer(model), Readability()

    def know(self, articles: pl.DataFrame) -> Pages:
        """What the articles say of the other parts of their pages."""
        pages = Pages()
        for batch in cut(articles):
            texts = list_texts(batch.drop(TITLE, strict=False))
            pages.add(texts["url"].to_list(), self._find(texts).alone)
        return pages

    def score(self, articles: pl.DataFrame, pages: Pages, progress: Callable[[int, int], None] = lambda done, total: None) -> Scores:
        """The scores of the articles; `pages` knows the pages that several of them, or others, are parts of."""
        parts: list[Scores] = []
        done = 0
        for batch in cut(articles):
            parts.append(self._score_batch(batch, pages))
            progress(done := done + batch.height, articles.height)
        return Scores(*(pl.concat(getattr(part, name) for part in parts) for name in ("articles", "spans", "sentences")))

    def _score_batch(self, articles: pl.DataFrame, pages: Pages) -> Scores:
        model, texts = self._model, list_texts(articles)
        found = self._find(texts)
        answers = answer(model, found.alone, pages.others(texts["url"].to_list(), found.alone))
        languages = [code or model.main_language for code in found.texts.languages]
        figures = self._measure.measure(found.texts.codes, found.texts.starts, languages)
        scores = tabulate(model, texts, found, answers, figures)
        told = list(compress(found.texts.languages, texts["part"] == TEXT))
        own = make_room(fill_languages(articles, told).drop("text"), scores.articles.columns).drop("article_id")
        return replace(scores, articles=pl.concat([scores.articles, own], how="horizontal"))

    def _find(self, texts: pl.DataFrame) -> Found:
        return self._scorer.find(texts["text"].to_list(), texts["language"].to_list())


def _shared_pages(articles: pl.DataFrame) -> pl.DataFrame | None:
    """The articles whose page has other parts."""
    if "url" not in articles.columns:
        return None
    return articles.filter(pl.col("url").is_not_null() & (pl.col("url") != "") & pl.col("url").is_duplicated())


def cut(articles: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Batches of at most BATCH articles and some BATCH_CHARACTERS; one without articles if there are none."""
    if not articles.height:
        yield articles
    begin = 0
    lengths = articles.select(_count_characters(articles)).to_series().to_numpy()
    while begin < articles.height:
        end, size = begin + 1, int(lengths[begin])
        while end < min(articles.height, begin + BATCH) and size + lengths[end] <= BATCH_CHARACTERS:
            size += int(lengths[end])
            end += 1
        yield articles[begin:end]
        begin = end


def _count_characters(articles: pl.DataFrame) -> pl.Expr:
    """Of each article's texts."""
    return pl.sum_horizontal(pl.col(name).str.len_chars() for name in ("text", TITLE) if articles.schema.get(name) == pl.String)
