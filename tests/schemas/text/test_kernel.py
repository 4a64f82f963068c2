"""A kernel says the same in machine code and as the Python it is written in, to the bit."""

from __future__ import annotations

import errno
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.errors import TypingError
from polars.testing import assert_frame_equal

from annotate.gold.adjudication import adjudicate
from classifiers.features.pages import Pages
from classifiers.model.folder import load_model
from classifiers.model.model import Model
from classifiers.scoring.articles import ArticleScorer
from classifiers.training.recipe import Recipe
from classifiers.training.targets import make_task
from classifiers.training.training import train
from framing.sample import ARTICLES, read_sample
from schemas import files
from schemas.arrays import Floats
from schemas.codebook import Codebook
from schemas.tables import ATTRIBUTE
from schemas.text import kernel as kernel_module
from schemas.text.kernel import ENOUGH, Kernel, expect, kernel
from schemas.text.reading import read_texts
from schemas.text.sentences import split_sentences
from schemas.text.tokens import count_words, tokenise

AWKWARD = [
    "",
    " \n\u2028 ",
    "改革 😀! 🚢🏴\U000e0067\U000e0062\U000e007f 👩‍👩‍👧",
    "“The mayor’s ‘slammed’ plan,” she said, «a power grab» — and „dreadful“ so-called \"reform'…",
    '"never closed. The slammed mayor',
    "“The slammed plan.\n\n“It railed,” said &quot;Doe&quot; â€œof the so-called mob.\n> We slammed it.\nROE: Slammed.\nDOE: It's 6'4\".",
    "— Non, dit le maire. — Le plan est « un vol », et c'est tout.",
    "'x " * 40,
    "slammed " * 300,
    "The slammed plan, " * 120 + "and so on.",
    "İSTANBUL ſtraße ǅ ﬁ ͅ ᾳ e\u0301 \u200b\u00ad\ufeff don\u2019t O'Neill’s rock’n’roll",
    "\r\n\t\x00\x1f\x7f\x85 a\n\n\nb. c! d? e… F.",
    "1,000.50 % of $3bn in 2026–27; 12:30 a.m. U.S. e.g. etc.",
    "ا لمدينة القديمة. Город — «старый»! 東京は「古い」。",
    "\U0010ffff\u0378 \ue000 slammed\U0010ffff",
]
PIECES = st.sampled_from(["slammed", "railed", "The mayor", '"reform"', "“the mob,” she said", "so-called", "!", ". ", "\n", "😀", "don’t", " plan"])
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
# Says how often it compiled, and how often it read what another had, once it is told to go.
ONE_OF_TWO = """
import numpy as np
from schemas.text.kernel import ENOUGH, Kernel, find_sorted
Kernel.met = ENOUGH
statistics = find_sorted._compiled.stats
print("ready", flush=True)
input()
assert find_sorted(np.arange(9), 0, 9, 4) == 4
print(sum(statistics.cache_misses.values()), sum(statistics.cache_hits.values()))
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


@contextmanager
def interpreted() -> Iterator[None]:
    """However much text there is, nothing runs as machine code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel_module, "ENOUGH", math.inf)
        yield


@contextmanager
def compiled() -> Iterator[None]:
    """All runs as machine code from the first character on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kernel, "met", ENOUGH)
        yield


def check_equal(fast: ArticleScorer, plain: ArticleScorer, texts: list[str]) -> int:
    """How many spans both found."""
    articles = pl.DataFrame(
        {"article_id": [str(i) for i in range(len(texts))], "text": texts, "url": ["p" if i % 2 else None for i in range(len(texts))]}
    )
    with compiled():
        first = fast.score(articles, fast.know(articles))
    with interpreted():
        second = plain.score(articles, plain.know(articles))
    for name in ("articles", "spans", "sentences"):
        assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)
    return first.spans.height


@pytest.fixture(scope="module")
def model() -> Model:
    """A model with everything that a model can have, made of some of the sample: labels, both kinds of questions, parts of pages and an
    auxiliary corpus."""
    sample = read_sample(128)
    assert sample.annotations is not None
    assert sample.codebook is not None
    values = [{"name": "Yes", "definition": "It is."}, {"name": "No", "definition": "It is not."}]
    question = {"name": "biased", "prompt": "Biased?", "choice": "single", "values": values}
    described = sample.codebook.model_dump()
    book = Codebook.model_validate(described | {"questions": [*described["questions"], question]})
    readings = (
        sample.annotations.filter(~ATTRIBUTE)
        .group_by("article_id", "annotator", maintain_order=True)
        .agg(pl.col("start").count(), pl.col("origin").first())
    )
    answers = readings.with_columns(label=pl.lit("biased"), value=pl.when(pl.col("start") > 4).then(pl.lit("Yes")).otherwise(pl.lit("No")))
    annotations = pl.concat([sample.annotations, answers.drop("start")], how="diagonal")
    articles = sample.articles.with_columns(url=pl.format("https://gull.example/{}", pl.int_range(pl.len()) // 3))
    dataset = replace(sample, articles=articles, annotations=annotations, codebook=book)
    task = make_task(replace(dataset, gold=adjudicate(dataset)))
    # Whole pages, every eighth.
    mine, others = (task.take(i for i in range(len(task)) if i // 3 % 8 == turn) for turn in (0, 1))
    return train(mine, Recipe(auxiliaries={"others": others}))


@pytest.fixture(scope="module")
def scorers(model: Model) -> tuple[ArticleScorer, ArticleScorer]:
    return ArticleScorer(model), ArticleScorer(model)


def test_the_model_that_scores_has_all_that_a_model_can_have(model: Model) -> None:
    assert list(model.heads) == [
        "spans",
        "labels",
        "sentences",
        "question frames",
        "question biased",
        "attribute stance",
        "attribute metaphor",
        "auxiliary others",
    ]
    assert model.looks_at_pages
    assert model.bag.pairs


def test_awkward_texts_and_the_sample_have_equal_scores_interpreted_and_compiled(model: Model) -> None:
    texts = [*AWKWARD, *read_sample(128).articles["text"].gather_every(8), *AWKWARD]
    assert check_equal(ArticleScorer(model), ArticleScorer(model), AWKWARD) >= 10
    for one in (model, load_model()):
        assert check_equal(ArticleScorer(one), ArticleScorer(one), texts) >= 40


@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=60)
def test_any_texts_have_equal_scores_interpreted_and_compiled(scorers: tuple[ArticleScorer, ArticleScorer], texts: list[str]) -> None:
    check_equal(*scorers, texts)


def test_a_table_without_articles_has_equal_scores(scorers: tuple[ArticleScorer, ArticleScorer]) -> None:
    empty = pl.DataFrame(schema={"article_id": pl.String, "text": pl.String, "url": pl.String})
    with compiled():
        first = scorers[0].score(empty, Pages())
    with interpreted():
        second = scorers[1].score(empty, Pages())
    assert_frame_equal(first.articles, second.articles)


def test_a_kernel_calls_another_both_ways() -> None:
    rows = np.random.default_rng(3).normal(size=(7, 300))
    with compiled():
        fast = add_all(rows)
    with interpreted():
        assert add_all(rows) == fast
    assert add_all.__doc__ == "A kernel that calls another."


def test_a_kernel_is_plain_python_until_there_was_enough_text_and_machine_code_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    @kernel
    def keep(value: str) -> None:
        # A closure over a list of ours is nothing that numba could compile.
        seen.append(value)

    monkeypatch.setattr(Kernel, "met", 0)
    keep("one")
    expect(ENOUGH - 1)
    keep("two")
    assert seen == ["one", "two"]
    expect(1)
    with pytest.raises(TypingError):
        keep("three")
    assert seen == ["one", "two"]


def test_of_two_processes_that_begin_at_once_one_compiles_and_the_other_reads_it(tmp_path: Path) -> None:
    here = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    starting = partial(subprocess.Popen, [sys.executable, "-c", ONE_OF_TWO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=here)
    with starting() as one, starting() as other:
        both = [(process, process.stdin, process.stdout) for process in (one, other)]
        for _, _, out in both:
            assert out is not None
            assert out.readline() == "ready\n"
        for _, into, _ in both:
            assert into is not None
            into.write("\n")
            into.flush()
        said = [process.communicate()[0] for process, _, _ in both]
    assert sorted(said) == ["0 1\n", "1 0\n"]


def test_where_the_disk_knows_no_locks_each_compiles_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def refuse(path: Path) -> Iterator[None]:
        raise OSError(errno.ENOLCK, "No locks available", str(path))
        yield

    @kernel
    def double(value: int) -> int:
        return value * 2

    monkeypatch.setattr(files, "lock_file", refuse)
    with compiled():
        assert double(21) == 42


def test_whoever_reads_a_text_says_how_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for read in (tokenise, count_words, split_sentences, lambda text: read_texts([text[:7], text[7:]])):
        monkeypatch.setattr(Kernel, "met", 0)
        read("The 🚢 left.")
        assert Kernel.met == len("The 🚢 left.")


def test_a_short_text_is_scored_by_the_command_without_machine_code(tmp_path: Path) -> None:
    lines = ARTICLES.read_text(encoding="utf-8").splitlines()[:3]
    (tmp_path / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    arguments = ["score", str(tmp_path / "news.jsonl"), "--out", str(tmp_path / "scores")]
    done = subprocess.run([sys.executable, "-c", COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "[]\n"
    assert pl.read_parquet(tmp_path / "scores" / "articles.parquet")["article_id"].to_list() == [json.loads(line)["article_id"] for line in lines]
