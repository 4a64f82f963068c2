"""Two runs, two months, two outlets, two models: what is said of their difference, and what is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from classifiers.model.folder import STARTER
from framing.comparing import Comparison, compare_groups, compare_runs
from framing.main import app
from framing.sample import ARTICLES
from framing.scoring import score_files
from schemas.errors import FramingError

HOSTILE = "Gull\x1b[2J\u202e"


def put(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def told(found: Comparison, what: str) -> bool:
    return any(what in notice for notice in found.notices)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ARTICLES.read_text(encoding="utf-8").splitlines()][:48]


@pytest.fixture(scope="module")
def made(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles scored in many parts: a calm outlet in May, a loud one in June, and some of neither month."""
    loud = [{**row, "outlet": HOSTILE, "published": "2026-06-03"} for row in rows if "Lantern" in row["outlet"]]
    calm = [{**row, "outlet": "Calm", "published": "2026-05-30T08:00"} for row in rows if "Wire" in row["outlet"]]
    others = [row for row in rows if "Lantern" not in row["outlet"] and "Wire" not in row["outlet"]][:2]
    rest = [{**row, "outlet": None, "published": when} for row, when in zip(others, (None, "last week"), strict=True)]
    folder = tmp_path_factory.mktemp("made")
    assert len(loud) > 3
    assert len(calm) > 3
    score_files([str(put(folder / "news.jsonl", [*loud, *calm, *rest]))], folder / "scores", None, part=5000)
    return folder


@pytest.fixture
def scores(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / "scores", tmp_path / "scores")
    return tmp_path / "scores"


def edit(scores: Path, **changes: Any) -> None:
    run = json.loads((scores / "run.json").read_text(encoding="utf-8"))
    (scores / "run.json").write_text(json.dumps(run | changes), encoding="utf-8")


def test_two_months_differ_in_what_the_loud_outlet_writes(made: Path) -> None:
    found = compare_groups(made / "scores", ("2026-05", "2026-06"))
    total = found.differences[0]
    assert total.measure == "density"
    assert total.low is not None
    assert total.low > 0
    assert (total.superiority, total.p_holm < 0.05) == (1.0, True)
    assert {difference.measure for difference in found.differences} >= {
        *("words_per_sentence", "unseen_words", "density_Loaded_Language", "density_Scare_Quotes_quoted", "frames_Economic", "sentence_probability")
    }
    assert told(found, "2 articles without a date that says their month are on neither side")


def test_two_outlets_and_two_months_of_the_same_articles_are_the_same_comparison(made: Path) -> None:
    months, outlets = compare_groups(made / "scores", ("2026-05", "2026-06")), compare_groups(made / "scores", ("Calm", HOSTILE), "outlet")
    assert months.differences == outlets.differences
    assert [side.articles for side in months.sides] == [side.articles for side in outlets.sides]


def test_groups_of_two_dimensions_are_compared_with_or_without_a_space_behind_the_comma(made: Path) -> None:
    both = compare_groups(made / "scores", ("Calm, 2026-05", f"{HOSTILE},2026-06"), "outlet,month")
    assert both.differences == compare_groups(made / "scores", ("2026-05", "2026-06")).differences
    assert told(both, "2 articles without outlet,month are on neither side")
    with pytest.raises(FramingError, match=r"no article is of the outlet, month 'Calm, 2026-06'. There are: 'Calm, 2026-05', "):
        compare_groups(made / "scores", ("Calm, 2026-05", "Calm, 2026-06"), "outlet, month")
    with pytest.raises(FramingError, match="no column 'party'"):
        compare_groups(made / "scores", ("a", "b"), "outlet,party")


def test_means_are_those_of_the_tables(made: Path) -> None:
    found = {difference.measure: difference for difference in compare_groups(made / "scores", ("Calm", HOSTILE), "outlet").differences}
    articles = pl.scan_parquet(made / "scores" / "articles.parquet").filter(outlet="Calm").collect()
    sentences = pl.scan_parquet(made / "scores" / "sentences.parquet").filter(part="text").collect().join(articles, on="article_id", how="semi")
    own = [column for column in articles.columns if column.startswith("density_") and not column.endswith("_quoted")]
    assert found["density"].means[0] == pytest.approx(articles.select(pl.sum_horizontal(own)).to_series().mean())
    assert found["frames_Economic"].means[0] == pytest.approx(articles["frames_Economic"].mean())
    assert found["sentence_probability"].means[0] == pytest.approx(
        sentences.group_by("article_id").agg(pl.col("probability").mean())["probability"].mean()
    )


def test_without_copies_each_story_counts_once_on_both_sides(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    marked = [{**row, "outlet": "AB"[i % 2], "copy_of": rows[0]["article_id"] if i in (3, 4) else None} for i, row in enumerate(rows[:12])]
    score_files([str(put(tmp_path / "news.jsonl", marked))], tmp_path / "scores", None, part=5000)
    each, once = (compare_groups(tmp_path / "scores", ("A", "B"), "outlet", copies=copies) for copies in (True, False))
    assert [side.articles for side in each.sides] == [6, 6]
    assert [side.articles for side in once.sides] == [5, 5]
    assert told(each, "2 of 12 articles tell the story of another one, as wire copies do; each counts")
    runs = compare_runs(tmp_path / "scores", tmp_path / "scores", copies=False)
    assert runs.shared == 10
    with pytest.raises(FramingError, match=r"no article but copies is of the outlet 'C'.*There are: 'A', 'B'$"):
        compare_groups(tmp_path / "scores", ("A", "C"), "outlet", copies=False)
    shown = CliRunner().invoke(app, ["compare", str(tmp_path / "scores"), "--by", "outlet", "--between", "A", "B", "--without-copies"])
    assert "each story counts once" in shown.output


def test_the_same_run_twice_has_changed_nothing_and_that_is_said(made: Path, scores: Path) -> None:
    found = compare_runs(made / "scores", scores)
    assert (found.unchanged, found.paired, found.same_model) == (True, True, True)
    assert found.shared == found.sides[0].articles
    assert len(found.differences) > 20
    assert CliRunner().invoke(app, ["compare", str(made / "scores"), str(scores)]).output.splitlines()[-1].startswith("nothing changed: all ")


def test_headlines_are_compared_where_there_are_any(tmp_path: Path) -> None:
    rows = [
        {"id": f"n{i}", "text": f"Rain fell on day {i}.", "outlet": "AB"[i % 2], "title": "A shameful betrayal" if i % 2 else "A plan"}
        for i in range(8)
    ]
    for name, some in (("with", rows), ("without", [row | {"title": ""} for row in rows])):
        score_files([str(put(tmp_path / f"{name}.jsonl", some))], tmp_path / name, None)
    titled, plain = (compare_groups(tmp_path / name, ("A", "B"), "outlet").differences for name in ("with", "without"))
    density = next(row for row in titled if row.measure == "title_density_Loaded_Language")
    assert density.means == pytest.approx((0, 1000 / 3))
    assert {row.measure for row in titled if not row.measure.startswith("title_")} == {row.measure for row in plain}


def test_one_article_scored_twice_has_changed_nothing(tmp_path: Path) -> None:
    news = put(tmp_path / "a.jsonl", [{"id": "a", "text": "A reckless plan."}])
    for name in "ab":
        score_files([str(news)], tmp_path / name, None)
    assert compare_runs(tmp_path / "a", tmp_path / "b").unchanged


def test_runs_without_a_shared_article_are_two_groups(made: Path, tmp_path: Path) -> None:
    score_files(
        [str(put(tmp_path / "a.jsonl", [{"id": f"n{i}", "text": f"Rain fell on day {i} of the month."} for i in range(4)]))], tmp_path / "a", None
    )
    found = compare_runs(made / "scores", tmp_path / "a")
    assert (found.shared, found.paired, found.unchanged) == (0, False, False)
    assert found.differences[0].articles[1] == 4


def test_articles_that_were_revised_are_compared_with_themselves_and_others_are_left_out(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    before = [{"id": f"a{i}", "text": row["text"]} for i, row in enumerate(rows[:6])]
    after = [
        *({**row, "text": f"{row['text']}\nThis shameful, reckless betrayal is a disgrace."} for row in before),
        {"id": "new", "text": "Rain fell."},
    ]
    score_files([str(put(tmp_path / "before.jsonl", before))], tmp_path / "before", None)
    score_files([str(put(tmp_path / "after.jsonl", after))], tmp_path / "after", None)
    found = compare_runs(tmp_path / "before", tmp_path / "after")
    assert (found.shared, found.paired) == (6, True)
    assert found.differences[0].articles == (6, 6)
    assert told(found, "left out: 1 other")
    assert told(found, "6 of 6 shared articles have another number of tokens")


def test_where_few_articles_are_shared_all_count_as_others_do(made: Path, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    one = pl.scan_parquet(made / "scores" / "articles.parquet").select("article_id").first().collect().item()
    text = next(row["text"] for row in rows if row["article_id"] == one)
    others = [{"id": f"n{i}", "text": f"Rain fell on day {i}."} for i in range(4)]
    score_files([str(put(tmp_path / "a.jsonl", [{"id": one, "text": text}, *others]))], tmp_path / "a", None)
    found = compare_runs(made / "scores", tmp_path / "a")
    assert (found.shared, found.paired) == (1, False)
    assert told(found, "too few to be compared by themselves")


# Two models


def test_of_two_models_is_said_how_far_they_agree_and_nothing_of_the_world(made: Path, scores: Path) -> None:
    spans = pl.scan_parquet(scores / "spans.parquet").collect()
    edit(scores, model="0" * 64, model_folder=str(made / "gone"), spans=spans.gather_every(2).height)
    shutil.rmtree(scores / "spans.parquet")
    spans.gather_every(2).write_parquet(scores / "spans.parquet")
    found = compare_runs(made / "scores", scores)
    assert (found.same_model, found.differences, found.unchanged) == (False, (), False)
    assert found.agreement is not None
    half = spans.gather_every(2).height
    assert found.agreement["articles"] == found.sides[0].articles
    assert found.agreement["exact_f1"] == pytest.approx(2 * half / (spans.height + half))
    assert told(found, "the models differ")
    assert told(found, "not known")
    assert found.sides[1].codebook is None


def test_two_models_without_a_shared_article_cannot_be_compared(made: Path, tmp_path: Path) -> None:
    score_files([str(put(tmp_path / "a.jsonl", [{"id": "n", "text": "Rain fell."}]))], tmp_path / "a", None)
    edit(tmp_path / "a", model="0" * 64)
    with pytest.raises(FramingError, match="share no article"):
        compare_runs(made / "scores", tmp_path / "a")


def test_other_versions_are_said(made: Path, scores: Path) -> None:
    versions = json.loads((scores / "run.json").read_text(encoding="utf-8"))["versions"]
    edit(scores, versions=versions | {"polars": "0.1\x1b[2J"})
    assert told(compare_runs(made / "scores", scores), "polars was ")
    edit(scores, versions="none")
    with pytest.raises(FramingError, match="versions has to be a table, and is 'none'"):
        compare_runs(made / "scores", scores)


# What goes wrong


def test_a_group_that_is_not_there_is_refused_and_others_are_named(made: Path) -> None:
    with pytest.raises(FramingError, match="no article is of the month '2025-01'") as refused:
        compare_groups(made / "scores", ("2026-05", "2025-01"))
    assert "'2026-05', '2026-06'" in str(refused.value)
    with pytest.raises(FramingError, match=r"a month is written YYYY-MM, as 2026-05. There are: '2026-05', '2026-06'$"):
        compare_groups(made / "scores", ("2026-05", "June"))
    with pytest.raises(FramingError, match=r"no article is of the outlet 'June'. There are: 'Calm', "):
        compare_groups(made / "scores", ("Calm", "June"), "outlet")
    with pytest.raises(FramingError, match="no column 'party'"):
        compare_groups(made / "scores", ("a", "b"), "party")
    with pytest.raises(FramingError, match="compared with itself"):
        compare_groups(made / "scores", ("2026-05", "2026-05"))


def test_of_many_groups_a_dozen_is_named_and_how_many_more_there_are(tmp_path: Path) -> None:
    rows = [{"id": f"n{i}", "text": "Rain fell.", "outlet": f"outlet {i:02}"} for i in range(15)]
    score_files([str(put(tmp_path / "a.jsonl", rows))], tmp_path / "a", None)
    with pytest.raises(FramingError, match=r"There are: 'outlet 00', .*'outlet 11' and 3 more"):
        compare_groups(tmp_path / "a", ("outlet 00", "x"), "outlet")


def test_so_few_articles_that_no_test_could_be_clear_are_said_to_be_so_and_the_verdict_claims_nothing(made: Path, tmp_path: Path) -> None:
    few = [{"id": f"n{i}", "text": f"Rain fell on day {i}.", "outlet": "ab"[i % 2]} for i in range(6)]
    score_files([str(put(tmp_path / "a.jsonl", few))], tmp_path / "a", None)
    done = CliRunner().invoke(app, ["compare", str(tmp_path / "a"), "--by", "outlet", "--between", "a", "b"], catch_exceptions=False)
    assert "note: with 3 and 3 articles no test of" in done.stderr
    assert "look at the intervals" in done.stderr
    assert "which with so few articles none could" in done.stdout.splitlines()[-1]
    # What is the same for all has no interval, and would otherwise have one of no width.
    assert "+0.000 to +0.000" not in done.stdout
    assert not compare_groups(made / "scores", ("2026-05", "2026-06")).undecidable


def test_articles_without_any_date_cannot_be_compared_by_month(tmp_path: Path) -> None:
    score_files([str(put(tmp_path / "a.jsonl", [{"id": f"n{i}", "text": "Rain fell."} for i in range(3)]))], tmp_path / "a", None)
    with pytest.raises(FramingError, match="no article has a date that says its month"):
        compare_groups(tmp_path / "a", ("2026-05", "2026-06"))


def test_one_article_on_a_side_is_compared_and_said_to_say_little(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    articles = [{"id": f"n{i}", "text": row["text"], "published": f"202{min(i, 1)}-01-01"} for i, row in enumerate(rows[:3])]
    score_files([str(put(tmp_path / "a.jsonl", articles))], tmp_path / "a", None)
    found = compare_groups(tmp_path / "a", ("2020", "2021"), "year")
    assert [side.articles for side in found.sides] == [1, 2]
    assert all(difference.low is None for difference in found.differences)
    assert told(found, "one article has no interval")


@pytest.mark.parametrize("damage", ["run.json", "articles.parquet", "sentences.parquet"])
def test_a_damaged_folder_is_refused_in_one_line(made: Path, scores: Path, damage: str) -> None:
    if (scores / damage).is_dir():
        shutil.rmtree(scores / damage)
    (scores / damage).write_bytes(b"PAR1 nothing")
    with pytest.raises(FramingError, match="is damaged"):
        compare_runs(made / "scores", scores)


def test_scores_of_an_older_toolkit_lack_a_figure_and_are_compared_in_the_others(made: Path, scores: Path) -> None:
    articles = pl.scan_parquet(scores / "articles.parquet").drop("unseen_words").collect()
    shutil.rmtree(scores / "articles.parquet")
    articles.write_parquet(scores / "articles.parquet")
    found = compare_runs(made / "scores", scores)
    assert found.sides[1].strangers is None
    assert "unseen_words" not in {difference.measure for difference in found.differences}


# Text unlike the training data


STRANGE = [{"id": f"s{i}", "text": f"Zorgl blipf quux{i} grobnik, vrelsk smorf the florp."} for i in range(4)]


def test_score_and_compare_warn_of_text_unlike_the_training_data(made: Path, tmp_path: Path) -> None:
    scored = score_files([str(put(tmp_path / "a.jsonl", STRANGE))], tmp_path / "a", None)
    (warning,) = scored.notices
    assert "unlike its training: more than " in warning
    assert "in 100 % of the articles, and in 5 % of its training articles" in warning
    found = compare_runs(made / "scores", tmp_path / "a")
    assert told(found, f"{tmp_path / 'a'}: the model is used on text unlike its training")
    assert not told(found, f"{made / 'scores'}: the model")


def test_a_model_that_does_not_know_its_training_articles_warns_of_nothing(tmp_path: Path) -> None:
    from classifiers import load_model, save_model

    save_model(load_model(STARTER), tmp_path / "model")
    assert score_files([str(put(tmp_path / "a.jsonl", STRANGE))], tmp_path / "a", tmp_path / "model").notices == ()


# The command


def test_the_command_shows_hostile_names_as_text_and_writes_the_figures(made: Path, tmp_path: Path) -> None:
    arguments = ["compare", str(made / "scores"), "--by", "outlet", "--between", "Calm", HOSTILE, "--json", str(tmp_path / "c.json")]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert not {"\x1b", "\u202e"} & set(done.output)
    assert "density: a random article of the second side has more than one of the first with probability 1.00" in done.output
    said = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert said["differences"][0]["measure"] == "density"
    assert said["sides"][1]["name"] == HOSTILE
    assert (said["unchanged"], said["undecidable"]) == (False, False)
    assert "       Calm Gull\\x1b[…" in done.output
    assert "of them stranger to the model than usual (5 % is usual)" in done.output


def test_columns_are_headed_by_what_is_compared_unless_the_names_begin_alike(tmp_path: Path) -> None:
    names = "The Daily Clarion", "The Daily Lantern", "Gull"
    rows = [{"id": f"n{i}", "text": f"Rain fell on day {i}.", "outlet": names[i % 3]} for i in range(6)]
    score_files([str(put(tmp_path / "a.jsonl", rows))], tmp_path / "a", None)
    heads = []
    for other in names[1:]:
        done = CliRunner().invoke(app, ["compare", str(tmp_path / "a"), "--by", "outlet", "--between", names[0], other], catch_exceptions=False)
        heads.append(next(line.split("difference")[0].split() for line in done.stdout.splitlines() if "difference" in line))
    assert heads == [["first", "second"], ["The", "Daily…", "Gull"]]


@pytest.mark.parametrize("arguments", [["A"], ["A", "B", "C"], ["A", "B", "--between", "x", "y"]])
def test_one_folder_wants_two_groups_and_two_folders_want_none(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["compare", *arguments])
    assert isinstance(done.exception, FramingError)
    assert "Give two folders, or one with --between" in str(done.exception)


def test_the_figures_are_a_table_with_the_interval_in_two_columns(made: Path, tmp_path: Path) -> None:
    arguments = ["compare", str(made / "scores"), "--between", "2026-05", "2026-06", "--out", str(tmp_path / "c.csv")]
    assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0
    table = pl.read_csv(tmp_path / "c.csv")
    assert table.columns[:7] == ["measure", "first", "first_articles", "first_mean", "second", "second_articles", "second_mean"]
    first = compare_groups(made / "scores", ("2026-05", "2026-06")).differences[0]
    assert table.select("difference", "low", "high").row(0) == pytest.approx((first.difference, first.low, first.high))
    with pytest.raises(FramingError, match=r"is no \.csv file"):
        CliRunner().invoke(app, [*arguments[:-1], str(tmp_path / "c.txt")], catch_exceptions=False)
