"""What the pages of the docs speak of, prepared for them: articles of two outlets, a dataset with gold, scores, coders, files of all kinds."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from annotate.gold.adjudication import adjudicate
from classifiers.model.folder import STARTER
from framing.sample import read_sample
from framing.signing import PASSWORD
from schemas.codebook import Actor, load_codebook
from schemas.coders import Coder, Coders, write_coders
from schemas.dataset import Dataset, write_dataset
from schemas.tables import Annotations, Articles, Gold, conform
from tests.commands import run_well

__all__ = ["make_sentences", "prepare_study", "read_archive"]

# Articles of the archive, and those of them that people have coded.
ARCHIVE, CODED = 64, 24
# Outlets of the sample that are the Gazette here; the others are the Herald.
GAZETTE = [f"{name} (synthetic)" for name in ("Daily Clarion", "Patriot Lantern", "Eastern Tide Commentary", "People's Megaphone", "The Picket")]


def prepare_study(folder: Path) -> None:
    """A folder with everything that a page takes for being there: its files are small, and its model is the starter."""
    archive = read_archive()
    coded = archive.articles.head(CODED)
    ids = coded["article_id"].implode()
    dataset = replace(archive, articles=coded, annotations=archive.require_annotations("study").filter(pl.col("article_id").is_in(ids)))
    dataset = replace(dataset, gold=adjudicate(dataset))
    for name in ("dataset", "coded"):
        write_dataset(folder / name, dataset)
    for name in ("archive", "corpus", "first"):
        write_dataset(folder / name, Dataset(archive.articles))
    shutil.copytree(STARTER, folder / "model")
    actors = archive.require_codebook("study").actors
    (folder / "actors.toml").write_text("\n\n".join(actor.to_toml() for actor in actors), encoding="utf-8")
    (folder / "articles").mkdir()
    # Of more outlets, as many as folds.
    outlets = "Outlet " + (pl.int_range(pl.len()) % 6).cast(pl.String)
    coded.with_columns(outlet=outlets).write_csv(folder / "articles" / "spring.csv")
    (folder / "article.txt").write_text(coded["text"][0], encoding="utf-8")
    archive.articles.rename({"text": "body"}).write_csv(folder / "articles.csv")
    archive.articles.write_ndjson(folder / "articles.jsonl")
    run_well("score", folder / "archive" / "articles.parquet", "--actors", folder / "actors.toml", "--out", folder / "scores")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSWORD, "zorgish")
        run_well("model", "key", "--out", folder / "me.key")
        run_well("model", "sign", folder / "model", "--key", folder / "me.key")
    shutil.copy(folder / "me.pub", folder / "colleagues.pub")
    make_sentences(folder / "sentences")
    _write_codebooks(folder)
    _prepare_demo(folder / "demo")


def read_archive() -> Dataset:
    """Half of the demo's articles, as if of two outlets in two months, with both annotators' work."""
    sample = read_sample(2 * ARCHIVE)
    chosen = sample.articles.gather_every(2).with_row_index()
    ids = {old: f"a{number}" for number, old in chosen.select("index", "article_id").iter_rows()}
    renamed = chosen.select(
        pl.exclude("index", "article_id", "text", "outlet", "published"),
        article_id=pl.col("article_id").replace(ids),
        outlet=pl.when(pl.col("outlet").is_in(GAZETTE)).then(pl.lit("Gazette")).otherwise(pl.lit("Herald")),
        # Words that tell one outlet from the other, in however few articles.
        text=pl.when(pl.col("outlet").is_in(GAZETTE)).then(pl.col("text") + "\n\nThe plan is reckless.").otherwise("text"),
        published=pl.when(pl.col("index") % 4 < 2).then(pl.lit("2026-05-04")).otherwise(pl.lit("2026-09-07")),
    )
    marks = sample.require_annotations("study").filter(pl.col("article_id").is_in(list(ids)))
    book = sample.require_codebook("study").with_actors([Actor(name=name, kind="country") for name in ("United States", "Europe")])
    return replace(
        sample, codebook=book, articles=conform(renamed, Articles, "study"), annotations=marks.with_columns(pl.col("article_id").replace(ids))
    )


def _prepare_demo(folder: Path) -> None:
    """What the demo leaves behind, but for its model."""
    sample = read_sample(2 * ARCHIVE)
    left = pl.int_range(pl.len()) % 4 == 3
    coded, ids = sample.articles.filter(~left), sample.articles.filter(~left)["article_id"].implode()
    dataset = replace(sample, articles=coded, annotations=sample.require_annotations("demo").filter(pl.col("article_id").is_in(ids)))
    write_dataset(folder / "dataset", replace(dataset, gold=adjudicate(dataset)))
    sample.articles.filter(left).write_parquet(folder / "held-out.parquet")
    run_well("score", folder / "held-out.parquet", "--out", folder / "scores")


def make_sentences(folder: Path) -> None:
    """Sentences of two outlets: of ten of the Gazette three are biased, of the Herald six, and the first 40 of each 200 are coded. A careful coder
    takes one of ten for its contrary; an eager one calls every second one biased, and leaves one of ten unanswered."""
    articles = [
        (f"{outlet}-{number}", outlet, number % 10 < biased, number) for outlet, biased in (("Gazette", 3), ("Herald", 6)) for number in range(200)
    ]
    table = pl.DataFrame(
        [
            (name, f"This is {name}.", outlet, f"2026-0{1 + number % 6}-01", "Biased" if yes else "Non-biased", number)
            for name, outlet, yes, number in articles
        ],
        schema=["article_id", "text", "outlet", "published", "value", "number"],
        orient="row",
    )
    gold = table.filter(pl.col("number") < 40).select("article_id", "value", label=pl.lit("bias"), support=1.0, rule=pl.lit("by hand"))
    book = load_codebook("babe")
    facts = {"label": pl.lit("bias"), "origin": pl.lit("import")}
    people = pl.concat(
        gold.select("article_id", "value", annotator=pl.lit(name), codebook_version=pl.lit(book.stamp), **facts) for name in ("ada", "ben")
    )
    read = conform(people, Annotations, "study")
    dataset = Dataset(conform(table.drop("value", "number"), Articles, "study"), read, conform(gold, Gold, "study"), book)
    write_dataset(folder, dataset)
    wrong, eager = (pl.col("number") % 20).is_in([2, 13]), pl.col("number") % 2 == 0
    contrary = pl.when(wrong).then(pl.col("value").replace({"Biased": "Non-biased", "Non-biased": "Biased"})).otherwise("value")
    said = {"careful": contrary, "eager": pl.when(pl.col("number") % 20 < 18).then(pl.when(eager).then(pl.lit("Biased")).otherwise("value"))}
    said |= {"judge": contrary, "llama": contrary}
    rows = pl.concat(table.select("article_id", pl.lit(name).alias("annotator"), value=value, run=pl.lit(1), **facts) for name, value in said.items())
    write_coders(folder, dataset, Coders(rows.drop_nulls("value"), {name: Coder(name=name) for name in said}))
    answer = (pl.col("value") == "Biased").cast(pl.Int64)
    answers = table.select("article_id", bias=answer, gpt_4_label=answer)
    answers.write_csv(folder.parent / "answers.csv")


def _write_codebooks(folder: Path) -> None:
    """A codebook of one's own, and a second version of it in which one label is called otherwise."""
    book = load_codebook()
    (folder / "mine.toml").write_text(book.to_toml(), encoding="utf-8")
    newer = book.to_toml().replace('"Loaded_Language"', '"Loaded"').replace(f'version = "{book.version}"', 'version = "2.0.0"')
    (folder / "mine-2.toml").write_text(newer, encoding="utf-8")
    curve = [
        {"selection": selection, "articles": size, "measure": "tokens, F1", "value": size / 200, "spread": 0.02}
        for selection in ("random", "diverse")
        for size in (25, 70, 180)
    ]
    (folder / "curve.json").write_text(json.dumps({"curve": curve}), encoding="utf-8")
