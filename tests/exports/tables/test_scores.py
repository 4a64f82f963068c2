from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from exports.tables.scores import TABLES, ScoreFolder, open_scores
from framing.sample import ARTICLES
from framing.scoring import score_files
from schemas.codebook import Attribute, Value, load_codebook
from schemas.errors import FramingError
from tests.mutations import copy_folder, mutate_folder, run_commands

Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dozen articles of the sample, scored in parts, in a folder whose name is a glob."""
    folder = tmp_path_factory.mktemp("scored")
    (folder / "news.jsonl").write_text("".join(ARTICLES.read_text(encoding="utf-8").splitlines(keepends=True)[5::20][:12]), encoding="utf-8")
    score_files([str(folder / "news.jsonl")], folder / "scores [a]*", None, part=5000)
    return folder / "scores [a]*"


@pytest.fixture
def scores(scored: Path, tmp_path: Path) -> Path:
    return copy_folder(scored, tmp_path / scored.name)


def change(scores: Path, name: str, how: Change) -> None:
    """Write all parts of the table anew."""
    for part in (scores / f"{name}.parquet").iterdir():
        how(pl.read_parquet(part, glob=False)).write_parquet(part)


def edit(scores: Path, **changes: Any) -> None:
    run = json.loads((scores / "run.json").read_text(encoding="utf-8"))
    (scores / "run.json").write_text(json.dumps(run | changes), encoding="utf-8")


def read_all(scores: Path) -> None:
    opened = open_scores(scores).made_with(load_codebook())
    for name in TABLES:
        opened.select(name)


def test_a_table_in_parts_is_one_table_of_which_some_rows_and_columns_are_read(scores: Path) -> None:
    opened = open_scores(scores)
    assert opened.columns("articles")[:2] == ["article_id", "tokens"]
    articles = opened.select("articles")
    assert articles.height == opened.run.rows_out == 12
    one = articles["article_id"][7]
    assert opened.select("articles", ["words"], pl.col("article_id") == one).to_dicts() == [{"words": articles["words"][7]}]
    counts = opened.select("sentences", [pl.len().alias("n")], pl.col("part") == "text", by="article_id").sort("article_id")
    assert counts["n"].to_list() == articles.sort("article_id")["sentences"].to_list()


def test_a_table_in_one_file_is_read_the_same_way(scores: Path) -> None:
    before = open_scores(scores).select("spans")
    for part in (scores / "spans.parquet").iterdir():
        part.unlink()
    (scores / "spans.parquet").rmdir()
    before.write_parquet(scores / "spans.parquet")
    assert open_scores(scores).select("spans").equals(before)


def test_what_was_scored_is_what_is_read(scores: Path) -> None:
    for name in TABLES:
        parts = [pl.read_parquet(part, glob=False) for part in sorted((scores / f"{name}.parquet").iterdir())]
        assert open_scores(scores).select(name).equals(pl.concat(parts))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"model": 7, "inputs": {}}',
        '{"model": "a"}',
        '{"model": "abc", "inputs": {}}',
        '{"model": "", "inputs": []}',
        "[" * 10**5,
    ],
)
def test_a_run_json_that_is_damaged_is_refused(scores: Path, content: str) -> None:
    (scores / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(FramingError, match=r"is damaged|levels deep"):
        open_scores(scores)


@pytest.mark.parametrize(
    "facts", [{"inputs": {"a": 1}}, {"inputs": {"\ud800": "a"}}, {"model_folder": ["a"]}, {"rows_out": -1}, {"versions": {"polars": None}}]
)
def test_a_run_json_whose_facts_are_of_another_kind_is_refused(scores: Path, facts: dict[str, Any]) -> None:
    edit(scores, **facts)
    with pytest.raises(FramingError, match=rf"is damaged \({next(iter(facts))}"):
        open_scores(scores)


def test_a_folder_without_run_json_is_no_score_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path, what in ((tmp_path, "run.json is missing"), (tmp_path / "gone", "no such score folder"), (tmp_path / "file", "no such score folder")):
        with pytest.raises(FramingError, match=what):
            open_scores(path)


@pytest.mark.parametrize("name", ["run.json", "articles.parquet"])
def test_what_is_no_file_is_not_waited_for(scores: Path, name: str) -> None:
    path = scores / name
    path.unlink() if path.is_file() else path.rename(scores / "aside")
    os.mkfifo(path)
    with pytest.raises(FramingError, match="it is a device or a pipe"):
        read_all(scores)


def with_titles(table: pl.DataFrame, figure: float | None, *but: str) -> pl.DataFrame:
    """With this density of each label in the headline, but for some labels."""
    bare = table.select(pl.exclude("^title_density_.*$"))
    labels = [column.removeprefix("density_") for column in bare.columns if column.startswith("density_") and not column.endswith("_quoted")]
    at = bare.columns.index(f"density_{labels[-1]}_quoted") + 1
    figures = [pl.lit(figure, pl.Float64).alias(f"title_density_{label}") for label in labels if label not in but]
    return bare.select(*bare.columns[:at], *figures, *bare.columns[at:])


FAULTS: dict[str, tuple[str, Change, str]] = {
    "a column is missing": ("spans", lambda table: table.drop("end"), "lacks the column 'end'"),
    "words for numbers": ("spans", lambda table: table.with_columns(pl.col("probability").cast(pl.String)), "'probability' is of the wrong kind"),
    "lists for words": ("spans", lambda table: table.with_columns(text=pl.struct("text")), "'text' is of the wrong kind"),
    "a list of outlets": ("articles", lambda table: table.with_columns(outlet=pl.concat_list("outlet")), "'outlet' is of the wrong kind"),
    "a day for an address": ("articles", lambda table: table.with_columns(url=pl.date(2026, 1, 1)), "'url' is of the wrong kind"),
    "a probability of 7": ("spans", lambda table: table.with_columns(probability=7.0), r"probability\|max"),
    "no number": ("sentences", lambda table: table.with_columns(probability=float("nan")), r"probability\|"),
    "no probability": ("sentences", lambda table: table.with_columns(probability=pl.lit(None, pl.Float64)), r"probability\|nullability"),
    "an answer of 2": ("articles", lambda table: table.with_columns(frames_Economic=2.0), r"frames_Economic\|max"),
    "a density below 0": ("articles", lambda table: table.with_columns(density_Flag_Waving=-1.0), r"density_Flag_Waving\|min"),
    "a headline's density below 0": ("articles", lambda table: with_titles(table, -1.0), r"title_density_\w+\|min"),
    "a headline without one of the labels": (
        "articles",
        lambda table: with_titles(table, 1.0, "Flag_Waving"),
        "lacks the column 'title_density_Flag_",
    ),
    "a decision that is no value": (
        "articles",
        lambda table: table.with_columns(frames=pl.lit("Economic; <script>")),
        r"frames\|values of the question",
    ),
    "a number for a decision": ("articles", lambda table: table.with_columns(frames=1.0), "'frames' is of the wrong kind"),
    "no decision": ("articles", lambda table: table.with_columns(frames=pl.lit(None)), r"frames\|nullability"),
    "a decision of no question": ("articles", lambda table: table.rename({"frames": "x"}), "'x' is of no label or answer"),
    "a density behind the answers": (
        "articles",
        lambda table: table.select(pl.exclude("density_Flag_Waving", "model"), "density_Flag_Waving", "model"),
        "'density_Flag_Waving'",
    ),
    "a place before the text": ("sentences", lambda table: table.with_columns(start=pl.lit(-1, pl.Int64)), r"start\|min"),
    "turned round": ("sentences", lambda table: table.with_columns(start="end", end="start"), "ends after its start"),
    "other words": ("spans", lambda table: table.with_columns(text=pl.col("text") + "!"), "as long as its place"),
    "an unknown voice": ("spans", lambda table: table.with_columns(voice=pl.lit("x")), r"voice\|check"),
    "a label of another codebook": ("spans", lambda table: table.with_columns(label=pl.lit("x")), "is in the codebook"),
    "an unknown article": ("spans", lambda table: table.with_columns(article_id=pl.lit("x")), "is in articles.parquet"),
    "an article twice": ("articles", lambda table: table.with_columns(article_id=table["article_id"][0] + pl.lit("")), "there once"),
    "rows that are gone": ("articles", lambda table: table.clear(), "rows, and run.json says 12"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_said_with_its_file_and_its_rule(scores: Path, fault: str) -> None:
    name, how, said = FAULTS[fault]
    change(scores, name, how)
    with pytest.raises(FramingError, match=said) as refused:
        read_all(scores)
    assert refused.value.where == str(scores / f"{name}.parquet")


def test_an_article_without_a_headline_has_no_density_of_it_and_older_scores_have_none_at_all(scores: Path) -> None:
    change(scores, "articles", lambda table: with_titles(table, None))
    read_all(scores)
    change(scores, "articles", lambda table: table.select(pl.exclude("^title_(density_.*|words)$", "^density$")))
    read_all(scores)
    # What the user called so is no total of ours.
    change(scores, "articles", lambda table: table.with_columns(density=pl.lit("dense")))
    read_all(scores)


def test_scores_of_older_versions_have_no_decisions_and_a_column_of_the_users_own_is_none(scores: Path) -> None:
    assert open_scores(scores).decided() == ["frames"]
    change(scores, "articles", lambda table: table.select(pl.exclude("frames"), frames=pl.lit("mine")))
    opened = open_scores(scores).made_with(load_codebook())
    assert opened.decided() == []
    assert set(opened.select("articles")["frames"]) == {"mine"}


def test_mentions_of_actors_are_counts_whoever_the_actors_are(scores: Path) -> None:
    column = "mentions_Sea & <Air>"
    change(scores, "articles", lambda table: table.insert_column(table.columns.index("flesch_reading_ease"), pl.lit(3).alias(column)))
    for opened in (open_scores(scores), open_scores(scores).made_with(load_codebook())):
        assert opened.select("articles", [column])[column].to_list() == [3] * 12
    faults: list[tuple[object, str]] = [(-1, "|min"), (None, "|nullability"), (0.5, "is of no label or answer")]
    for wrong, said in faults:
        # As a kind of its own: what is null is a count that is missing.
        kind = pl.Float64 if isinstance(wrong, float) else pl.Int64
        change(scores, "articles", lambda table, wrong=wrong, kind=kind: table.with_columns(pl.lit(wrong, kind).alias(column)))  # type: ignore[misc]
        with pytest.raises(FramingError) as caught:
            read_all(scores)
        assert said in str(caught.value)


def test_mutated_folders_are_read_or_refused_in_one_line(scored: Path, tmp_path: Path) -> None:
    article = open_scores(scored).select("articles", ["article_id"])["article_id"][0]
    ends = []
    for seed in range(40):
        rng = random.Random(seed)
        scores = copy_folder(scored, tmp_path / "scores")
        said = mutate_folder(scores, rng)
        # What loads the model takes a second.
        command = ["trace", "scores", "--article", article] if seed == 7 else ["export", "scores", "--to", "csv", "--out", "out"]
        ends += [(seed, said, *end) for end in run_commands(tmp_path, [command]) if end.bad]
    assert ends == []


def with_stances(scores: Path, **columns: pl.Expr) -> ScoreFolder:
    """The folder as a model writes it whose codebook asks for a stance."""
    said = {"stance": pl.lit("for"), "stance_probability": pl.lit(0.75)} | columns
    change(scores, "spans", lambda table: table.with_columns(**said))
    values = tuple(Value(name=name, definition="It is.") for name in ("for", "against"))
    stance = Attribute(name="stance", kind="choice", definition="What the wording is to its target.", values=values)
    return open_scores(scores).made_with(load_codebook().model_copy(update={"attributes": (stance,)}))


def test_what_is_said_of_spans_is_read_and_may_be_missing(scores: Path) -> None:
    nothing = pl.when(pl.int_range(pl.len()) > 0).then(pl.lit("against"))
    assert set(with_stances(scores, stance=nothing).select("spans")["stance"].drop_nulls()) == {"against"}
    change(scores, "spans", lambda table: table.drop("stance", "stance_probability"))
    assert "stance" not in with_stances(scores).made_with(load_codebook()).select("spans", ["label"]).columns


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"stance": pl.lit("neither")}, "values of the attribute"),
        ({"stance": pl.lit(1)}, "'stance' is of the wrong kind"),
        ({"stance_probability": pl.lit(1.5)}, "stance_probability"),
        ({"stance_probability": pl.lit("high")}, "'stance_probability' is of the wrong kind"),
    ],
    ids=["another value", "a number", "more than sure", "words"],
)
def test_what_cannot_be_said_of_spans_is_refused(scores: Path, columns: dict[str, pl.Expr], fault: str) -> None:
    with pytest.raises(FramingError, match=fault):
        with_stances(scores, **columns).select("spans")
