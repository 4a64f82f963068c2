"""A kernel says the same in machine code and as the Python it is written in, to the bit."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.errors import TypingError
from polars.testing import assert_frame_equal

from classifiers.features.pages import Pages
from classifiers.model.folder import load_model
from classifiers.model.model import Model
from classifiers.scoring.articles import ArticleScorer
from framing.sample import ARTICLES, read_sample
from schemas.arrays import Floats
from schemas.text.kernel import interpreted, kernel

AWKWARD = [
    "",
    " \n\u2028 ",
    "改革 😀! 🚢🏴\U000e0067\U000e0062\U000e007f 👩‍👩‍👧",
    "“The mayor’s ‘zorgish’ plan,” she said, «a power grab» — and „dreadful“ so-called \"reform'…",
    '"never closed. The zorgish mayor',
    "'x " * 40,
    "zorgish " * 300,
    "The zorgish plan, " * 120 + "and so on.",
    "İSTANBUL ſtraße ǅ ﬁ ͅ ᾳ e\u0301 \u200b\u00ad\ufeff don\u2019t O'Neill’s rock’n’roll",
    "\r\n\t\x00\x1f\x7f\x85 a\n\n\nb. c! d? e… F.",
    "1,000.50 % of $3bn in 2026–27; 12:30 a.m. U.S. e.g. etc.",
    "ا لمدينة القديمة. Город — «старый»! 東京は「古い」。",
    "\U0010ffff\u0378 \ue000 zorgish\U0010ffff",
]
PIECES = st.sampled_from(
    ["zorgish", "dreadful", "The mayor", '"reform"', "“the mob,” she said", "so-called", "!", ". ", "\n", "😀", "don’t", " plan"]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=20).map(" ".join), st.lists(st.one_of(st.text(max_size=4), PIECES), max_size=20).map("".join)
)
# As a user does, and with nothing but what that takes.
COMMAND = """
import sys
from framing.main import run
try:
    run()
finally:
    print(sorted({"numba", "scipy.sparse", "sklearn", "distributed"} & sys.modules.keys()), file=sys.stderr)
"""


@kernel
def add_up(values: Floats) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


@kernel
def add_all(rows: Floats) -> float:
    """A kernel that calls another."""
    total = 0.0
    for i in range(len(rows)):
        total += add_up(rows[i])
    return total


def check_equal(model: Model, compiled: ArticleScorer, plain: ArticleScorer, texts: list[str]) -> int:
    """How many spans both found."""
    articles = pl.DataFrame(
        {"article_id": [str(i) for i in range(len(texts))], "text": texts, "url": ["p" if i % 2 else None for i in range(len(texts))]}
    )
    first = compiled.score(articles, compiled.know(articles))
    with interpreted():
        second = plain.score(articles, plain.know(articles))
    for name in ("articles", "spans", "sentences"):
        assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)
    return first.spans.height


@pytest.fixture(scope="module")
def scorers(page_model: Model) -> tuple[ArticleScorer, ArticleScorer]:
    return ArticleScorer(page_model, "d"), ArticleScorer(page_model, "d")


def test_awkward_texts_and_the_sample_have_equal_scores_interpreted_and_compiled(page_model: Model) -> None:
    texts = [*AWKWARD, *read_sample().articles["text"].gather_every(8), *AWKWARD]
    for model in (page_model, load_model()):
        assert check_equal(model, ArticleScorer(model, "d"), ArticleScorer(model, "d"), texts) >= 10, model.codebook.name


@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=60)
def test_any_texts_have_equal_scores_interpreted_and_compiled(
    page_model: Model, scorers: tuple[ArticleScorer, ArticleScorer], texts: list[str]
) -> None:
    check_equal(page_model, *scorers, texts)


def test_a_table_without_articles_has_equal_scores(page_model: Model, scorers: tuple[ArticleScorer, ArticleScorer]) -> None:
    empty = pl.DataFrame(schema={"article_id": pl.String, "text": pl.String, "url": pl.String})
    with interpreted():
        second = scorers[1].score(empty, Pages())
    assert_frame_equal(scorers[0].score(empty, Pages()).articles, second.articles)


def test_a_kernel_calls_another_both_ways() -> None:
    rows = np.random.default_rng(3).normal(size=(7, 300))
    compiled = add_all(rows)
    with interpreted():
        assert add_all(rows) == compiled
    assert add_all.__doc__ == "A kernel that calls another."


def test_inside_interpreted_nothing_is_compiled_and_after_it_all_is_as_before() -> None:
    seen: list[object] = []

    @kernel
    def keep(value: object) -> None:
        # A closure over a list of ours is nothing that numba could compile.
        seen.append(value)

    with interpreted():
        keep("one")
        with pytest.raises(ZeroDivisionError), interpreted():
            raise ZeroDivisionError
        keep("two")
        # Another thread has its own way.
        other = threading.Thread(target=lambda: seen.append(add_up(np.ones(3))))
        other.start()
        other.join()
    assert seen == ["one", "two", 3.0]
    with pytest.raises(TypingError):
        keep("three")


def test_a_short_text_is_scored_by_the_command_without_machine_code(tmp_path: Path) -> None:
    lines = ARTICLES.read_text(encoding="utf-8").splitlines()[:3]
    (tmp_path / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    arguments = ["score", str(tmp_path / "news.jsonl"), "--out", str(tmp_path / "scores")]
    done = subprocess.run([sys.executable, "-c", COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "[]\n"
    assert pl.read_parquet(tmp_path / "scores" / "articles.parquet")["article_id"].to_list() == [json.loads(line)["article_id"] for line in lines]
