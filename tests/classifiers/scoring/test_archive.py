"""An archive part by part is scored as one table would be, by whomever and however often the run was stopped."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from classifiers.model.model import Model
from classifiers.scoring.archive import NAMED, Archived, score_archive
from classifiers.scoring.articles import score
from classifiers.scoring.readability import syllable_source
from framing.sample import read_sample
from schemas.checks import Rejected
from schemas.codebook import Actor
from schemas.errors import FramingError
from schemas.tables import Articles, conform
from schemas.text.aliases import digest_actors

TABLES = ("articles", "spans", "sentences")
OTHER = "e" * 64
INPUTS, FACTS = {"/news.jsonl": "a" * 64}, {"text_column": "text"}


@dataclass
class Portion:
    articles: pl.DataFrame
    rejected: Rejected = field(default_factory=list)
    rows: int = 0
    position: int = 0


@pytest.fixture(scope="module")
def articles() -> pl.DataFrame:
    """Loud and calm parts of a few pages, far from each other, with articles of the sample and awkward ones among them."""
    rows: list[dict[str, object]] = []
    for i, text in enumerate(read_sample(128).articles["text"].head(30)):
        loud = "zorgish" if i % 3 == 0 else "careful"
        rows.append(
            {"article_id": f"part {i}", "text": f"On day {i} the {loud} plan cost {i + 3} coins. It is due.", "url": f"https://gull.example/{i % 7}"}
        )
        rows.append({"article_id": f"whole {i}", "text": text, "url": None if i % 2 else f"https://gull.example/whole/{i}"})
    for i, text in enumerate(["改革 😀!", "\U0001f6a2", "\"A zorgish, 'dreadful' plan,\" she said — “it is so-called”.", "zorgish " * 300]):
        rows.append({"article_id": f"odd {i}", "text": text, "url": "" if i % 2 else "https://gull.example/3"})
    table = pl.DataFrame(rows).with_columns(outlet=pl.lit("Gull (synthetic)"), ward=pl.int_range(pl.len()))
    return conform(table, Articles, "test")


def cut(articles: pl.DataFrame, size: int) -> list[Portion]:
    """Portions of so many articles, and as `read_portions` has it, one without any at the end."""
    starts = [*range(0, articles.height, size), articles.height]
    return [Portion(part := articles[start : start + size], rows=part.height, position=start + part.height) for start in starts]


@pytest.fixture(scope="module")
def small_model(small_model: Model) -> Model:
    return replace(small_model, digest="a" * 64)


@pytest.fixture(scope="module")
def page_model(page_model: Model) -> Model:
    return replace(page_model, digest="b" * 64)


def run(model: Model, portions: list[Portion], folder: Path, **more: Any) -> Archived:
    return score_archive(model, lambda: iter(portions), folder, inputs=INPUTS, facts=FACTS, **more)


def run_of(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return said


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def check_equal(folder: Path, model: Model, articles: pl.DataFrame) -> None:
    """The folder has exactly the scores of the whole table."""
    expected = score(model, articles)
    for name in TABLES:
        table, other = (
            some.sort("article_id", maintain_order=True) for some in (getattr(expected, name), pl.read_parquet(folder / f"{name}.parquet"))
        )
        assert table.height > 0
        assert_frame_equal(table, other, check_exact=True)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_parts_have_the_scores_of_the_whole_table_where_pages_are_split_over_them(
    page_model: Model, articles: pl.DataFrame, tmp_path: Path, size: int
) -> None:
    assert page_model.looks_at_pages
    done = run(page_model, cut(articles, size), tmp_path)
    check_equal(tmp_path, page_model, articles)
    assert (tmp_path / "articles.parquet").is_dir() == (size < articles.height)
    assert (done.articles, done.spans) == (articles.height, pl.read_parquet(tmp_path / "spans.parquet").height)
    # What is tested here depends on the pages.
    alone = score(page_model, articles.with_columns(url=pl.lit(None, pl.String))).articles["biased_Yes"]
    assert (pl.read_parquet(tmp_path / "articles.parquet")["biased_Yes"] - alone).abs().max() > 0.05  # type: ignore[operator]


def test_parts_have_the_scores_of_the_whole_table_where_pages_do_not_matter(small_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    assert not small_model.looks_at_pages
    run(small_model, cut(articles, 7), tmp_path)
    check_equal(tmp_path, small_model, articles)


def test_two_workers_write_the_same_bytes_as_one(page_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    for workers in (1, 2):
        run(page_model, cut(articles, 5), tmp_path / str(workers), workers=workers)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert len(contents(tmp_path / "1")) == 3 * 13 + 1


def test_a_score_folder_says_where_its_rows_came_from(small_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    aside = [{"reason": "no text", "row": {"where": f"news.jsonl, row {i}"}} for i in range(NAMED + 30)]
    portions = [Portion(articles[:1], aside[:90], 91), Portion(articles[:0], aside[90:], 40), Portion(articles[1:3], [], 2)]
    done = run(small_model, portions, tmp_path)
    assert (done.articles, done.rejected) == (3, len(aside))
    said = run_of(tmp_path)
    assert (said["model"], said["inputs"], said["text_column"], said["syllables"]) == ("a" * 64, INPUTS, "text", syllable_source())
    assert (said["rows_in"], said["rows_out"], said["rows_refused"], said["spans"]) == (133, 3, len(aside), done.spans)
    assert said["refused"] == aside[:NAMED]
    assert {"framing-toolkit", "polars", "numpy", "python"} <= said["versions"].keys()
    assert [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text(encoding="utf-8").splitlines()] == aside
    assert pl.read_parquet(tmp_path / "articles.parquet")["article_id"].to_list() == articles["article_id"].head(3).to_list()


def test_progress_is_told_how_far_the_input_is_read(small_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    told: list[int] = []
    run(small_model, cut(articles, 20), tmp_path, progress=told.append)
    assert told == [20, 40, 60, 64, 64]


def stopped_after(portions: list[Portion], count: int) -> Callable[[], Iterator[Portion]]:
    """Reading that ends in an error after so many portions, however often it begins."""

    def read() -> Iterator[Portion]:
        yield from portions[:count]
        raise FramingError("is cut off", "news.jsonl")

    return read


def stop(model: Model, portions: list[Portion], folder: Path, count: int) -> None:
    with pytest.raises(FramingError, match="is cut off"):
        score_archive(model, stopped_after(portions, count), folder, inputs=INPUTS, facts=FACTS)


def test_a_run_that_was_stopped_goes_on_and_ends_in_the_same_bytes(small_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    portions, folder = cut(articles, 10), tmp_path / "scores"
    portions[1].rejected.append({"reason": "no text", "row": {"where": "row 11"}})
    run(small_model, portions, tmp_path / "undisturbed")
    stop(small_model, portions, folder, 3)
    assert [path.name for path in folder.iterdir()] == [".scoring"]
    parts = sorted((folder / ".scoring" / "articles").iterdir())
    assert len(parts) == 3
    before = [path.stat().st_ino for path in parts]
    done = run(small_model, portions, folder)
    assert (done.resumed, done.afresh, done.rejected) == (True, False, 1)
    assert contents(folder) == contents(tmp_path / "undisturbed")
    assert [path.stat().st_ino for path in sorted((folder / "articles.parquet").iterdir())[:3]] == before


def test_other_actors_are_another_run_and_its_scores_are_not_replaced_unasked(small_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    gull, coin = (Actor(name=name, kind="group", aliases=(name.lower(),)) for name in ("Plan", "Coin"))
    one, both = (replace(small_model, codebook=small_model.codebook.with_actors(actors)) for actors in ([gull], [gull, coin]))
    run(one, cut(articles, 40), tmp_path)
    assert run_of(tmp_path)["actors"] == digest_actors([gull])
    for other in (both, small_model):
        with pytest.raises(FramingError, match="differs in actors "):
            run(other, cut(articles, 40), tmp_path)
    # This process holds a scorer for a model of the same digest.
    run(both, cut(articles, 10), tmp_path, replace=True)
    check_equal(tmp_path, both, articles)
    assert pl.read_parquet(tmp_path / "articles.parquet")["mentions_Coin"].sum() > 10


@pytest.mark.parametrize("change", ["model", "inputs", "facts"])
def test_another_model_input_or_setting_starts_afresh(small_model: Model, articles: pl.DataFrame, tmp_path: Path, change: str) -> None:
    portions, folder = cut(articles, 10), tmp_path / "scores"
    stop(small_model, portions, folder, 3)
    model = replace(small_model, digest=OTHER) if change == "model" else small_model
    inputs = {"/news.jsonl": "b" * 64} if change == "inputs" else INPUTS
    facts = {"text_column": "body"} if change == "facts" else FACTS
    done = score_archive(model, lambda: iter(portions), folder, inputs=inputs, facts=facts)
    assert (done.resumed, done.afresh) == (False, True)
    assert set(pl.read_parquet(folder / "articles.parquet")["model"]) == {model.digest}


def test_a_finished_run_that_is_run_again_is_no_resumed_one(small_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    run(small_model, cut(articles, 10), tmp_path)
    before = contents(tmp_path)
    done = run(small_model, cut(articles, 10), tmp_path)
    assert (done.resumed, done.afresh) == (False, False)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("full_at", [1, 5, 9])
def test_a_disk_that_fills_up_on_the_way_is_one_line_and_a_later_run_goes_on(
    small_model: Model, articles: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_at: int
) -> None:
    portions, folder, count = cut(articles, 10), tmp_path / "scores", 0
    run(small_model, portions, tmp_path / "undisturbed")
    run(replace(small_model, digest=OTHER), cut(articles.tail(9), 4), folder)
    before, write = contents(folder), pl.DataFrame.write_parquet

    def fill(table: pl.DataFrame, path: Path) -> None:
        nonlocal count
        count += 1
        if count >= full_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(table, path)

    with monkeypatch.context() as patch:
        patch.setattr(pl.DataFrame, "write_parquet", fill)
        for _ in range(2):
            with pytest.raises(FramingError, match="No space left on device") as caught:
                run(small_model, portions, folder, replace=True)
            assert len(str(caught.value).splitlines()) == 1
            assert {name: content for name, content in contents(folder).items() if ".scoring" not in name} == before
    assert (folder / ".scoring").exists() == (full_at > 1)
    assert run(small_model, portions, folder, replace=True).resumed == (full_at > 1)
    assert contents(folder) == contents(tmp_path / "undisturbed")


def test_input_without_an_article_is_refused_and_leaves_nothing(small_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    portions = [Portion(articles[:0], [{"reason": "no text", "row": {"where": "row 1"}}], 1)]
    with pytest.raises(FramingError, match="no article with text was found"):
        run(small_model, portions, tmp_path / "scores")
    assert list(tmp_path.iterdir()) == []


def test_articles_without_addresses_and_all_of_one_page_are_scored(page_model: Model, articles: pl.DataFrame, tmp_path: Path) -> None:
    for name, url in (("none", None), ("empty", ""), ("one", "https://gull.example/all")):
        table = articles.with_columns(url=pl.lit(url, pl.String))
        run(page_model, cut(table, 9), tmp_path / name)
        check_equal(tmp_path / name, page_model, table)
