"""Who is quoted: in each outlet the sources with most quotations, how much they say, and the loaded words in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl

from exports.means import UNKNOWN
from exports.report.figures import Figure, Row, Section, Table
from schemas.text.reading import read_texts
from schemas.wording import count

__all__ = ["PRONOUN", "name_source", "show_sources"]

# Articles that a source must be quoted in to be called the one quoted most.
FEWEST = 3
# Outlets that are shown, those with most quotations; sources of each; loaded words of each source; characters of a source's name.
MOST_OUTLETS, MOST_SOURCES, MOST_WORDS, LONGEST = 12, 10, 5, 60
PRONOUN, NOBODY = "a pronoun", "nobody named"
_PRONOUNS = "i you he she it we they him her them his hers their who whom that which this one someone somebody everyone others"
_TITLES = (
    "mr mrs ms miss mx dr prof sir dame lord lady sen rep gov pres gen col lt sgt capt cpl adm rev hon fr senator representative congressman "
    "congresswoman governor president chancellor premier minister secretary mayor judge justice professor"
)
KINDS = ("by a name or a role", "by a pronoun", "by nobody named", "scare quotes", "names in marks", "unclear")


def show_sources(articles: pl.DataFrame, quotations: pl.DataFrame, spans: pl.DataFrame, readable: pl.Series) -> Section | None:
    """Two tables: what the marks of each outlet hold, and whom it quotes most. None if nobody is quoted.

    `quotations` (ArticleQuotations) are those of the articles whose ids are `readable`; `spans` those of all, of which the
    quoted ones of these articles count.
    """
    outlets = articles.select("article_id", outlet=pl.col("outlet").fill_null(UNKNOWN))
    known = _with_sources(quotations.join(outlets, on="article_id", how="inner", maintain_order="left"))
    quoted = known.filter(voice="quoted")
    if quoted.is_empty():
        return None
    sizes = known.group_by("outlet").len().sort("len", "outlet", descending=[True, False])
    shown = sizes["outlet"].head(MOST_OUTLETS).to_list()
    some = f" The {MOST_OUTLETS} outlets with most quotations of {sizes.height}." if sizes.height > MOST_OUTLETS else ""
    pronouns, nobody = (int((quoted["source"] == source).sum()) for source in (PRONOUN, NOBODY))
    figures = [
        Figure(
            "sources",
            "The sources quoted most, by outlet",
            Table(["outlet", "source", "quotations", "words", "loaded words in them"], _rank(quoted, _loaded_words(spans, outlets, readable), shown)),
            f"Up to {MOST_SOURCES} sources of each outlet, and the words that were found loaded in what they say, with how often.{some}",
        ),
        Figure(
            "marks",
            "What stands between quotation marks, by outlet",
            Table(["outlet", "articles", "in marks", *KINDS], _count_kinds(known, shown)),
            f"Unclear: words at a mark without a partner.{some}",
        ),
    ]
    limits = [
        f"This rests on {count(readable.len(), 'article')} of {articles.height}, those whose text is in this file. A source stands under the words "
        "that its articles use, without titles and what follows a comma: Doe and Jane Doe are two.",
        f"Of {count(quoted.height, 'quotation')} {pronouns:,} {'has' if pronouns == 1 else 'have'} a pronoun for a source (he, she, they, who), and "
        f"for {nobody:,} none was found: these are in no row of the sources.",
    ]
    return Section("sources", "Who is quoted", figures, _tell(quoted), limits=limits)


def _tell(quoted: pl.DataFrame) -> str:
    """Whom most quotations are of, outlets together."""
    named = quoted.filter(~pl.col("source").is_in([PRONOUN, NOBODY]))
    if named.is_empty():
        return ""
    sources = (
        named.group_by("key")
        .agg(pl.col("source").sort().first(), pl.len(), pl.col("article_id").n_unique())
        .sort("len", "key", descending=[True, False])
    )
    _, source, times, articles = sources.row(0)
    # A name that one article alone has may be no name.
    if articles < FEWEST:
        return ""
    return f"The source quoted most is {source}: {times:,} of {count(named.height, 'quotation')} whose source has a name, in {articles:,} articles."


def name_source(words: str | None) -> str:
    """The name under which a source is counted: its words without titles before and without what follows a comma; PRONOUN for he, she and
    the like, NOBODY for None."""
    if words is None:
        return NOBODY
    name = " ".join(words.split(",")[0].split()) or " ".join(words.split())
    name = name.removesuffix("'s").removesuffix("’s")
    if name.casefold() in _PRONOUNS.split():
        return PRONOUN
    first, _, rest = name.partition(" ")
    while first.rstrip(".").casefold() in _TITLES.split() and rest[:1].isupper():
        name = rest
        first, _, rest = name.partition(" ")
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _with_sources(table: pl.DataFrame) -> pl.DataFrame:
    """With `source`, the name of the speaker, and `key`, by which names that differ in case alone are one."""
    names = {words: name_source(words) for words in table["speaker"].unique().to_list()}
    source = pl.Series("source", [names[words] for words in table["speaker"].to_list()], pl.String)
    return table.with_columns(source, source.str.to_lowercase().alias("key"))


def _rank(quoted: pl.DataFrame, loaded: dict[tuple[str, str], str], outlets: Sequence[str]) -> list[Row]:
    """A row for each of the sources quoted most, outlet by outlet."""
    named = quoted.with_columns(words=_count_words(quoted["text"].to_list())).filter(~pl.col("source").is_in([PRONOUN, NOBODY]))
    sources = named.group_by("outlet", "key").agg(pl.col("source").sort().first(), pl.len(), pl.col("words").sum())
    sources = sources.sort("len", "words", "key", descending=[True, True, False])
    return [
        [outlet, source, quotations, words, loaded.get((outlet, key), "")]
        for outlet in outlets
        for key, source, quotations, words in sources.filter(outlet=outlet).head(MOST_SOURCES).drop("outlet").iter_rows()
    ]


def _loaded_words(spans: pl.DataFrame, outlets: pl.DataFrame, readable: pl.Series) -> dict[tuple[str, str], str]:
    """For each outlet and source the wording that was found loaded in its quotations, most often found first."""
    inside = spans.filter(pl.col("voice") == "quoted", pl.col("speaker").is_not_null(), pl.col("article_id").is_in(readable.implode()))
    # Wording of two labels is one.
    distinct = inside.unique(["article_id", "start", "end"], maintain_order=True).join(outlets, on="article_id", how="inner", maintain_order="left")
    found: dict[tuple[str, str], Counter[str]] = {}
    for outlet, key, text in _with_sources(distinct).select("outlet", "key", pl.col("text").str.to_lowercase()).iter_rows():
        found.setdefault((outlet, key), Counter())[text] += 1
    return {
        where: ", ".join(
            f"{text} ({times})" if times > 1 else text for text, times in sorted(words.items(), key=lambda row: (-row[1], row[0]))[:MOST_WORDS]
        )
        for where, words in found.items()
    }


def _count_kinds(known: pl.DataFrame, outlets: Sequence[str]) -> list[Row]:
    """For each outlet how many articles have something in marks, and what: the kinds add up to all."""
    quoted, source = pl.col("voice") == "quoted", pl.col("source")
    kinds = (
        quoted & ~source.is_in([PRONOUN, NOBODY]),
        quoted & (source == PRONOUN),
        quoted & (source == NOBODY),
        *(pl.col("voice") == voice for voice in ("scare", "narrator", "unclear")),
    )
    counts = known.group_by("outlet").agg(pl.col("article_id").n_unique(), pl.len(), *(kind.sum().alias(str(i)) for i, kind in enumerate(kinds)))
    rows = {row[0]: list(row) for row in counts.iter_rows()}
    return [rows[outlet] for outlet in outlets]


def _count_words(texts: Sequence[str]) -> pl.Series:
    """How many words each text has, by the one tokeniser."""
    tokens = read_texts(texts).tokens
    return pl.Series(np.diff(np.concatenate([[0], np.cumsum(tokens.words)])[tokens.firsts]))
