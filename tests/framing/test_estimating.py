"""From a score folder and a dataset with gold to estimates: which articles count, with which figures, and what is said of the others."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from classifiers import load_model, load_training, save_model
from framing.estimating import Estimated, estimate_scores
from framing.main import app
from framing.sample import read_sample
from framing.scoring import score_files
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.tables import Articles, Gold, conform

STARTER = load_model()
CODEBOOK = STARTER.codebook
# Nobody opens its weights here, and without them it is soon saved.
MODEL = replace(STARTER, bag=replace(STARTER.bag, heads=()), spans=None, labels=None, sentences=None, questions={}, attributes={}, stages={})
LayOut = Callable[..., tuple[Path, Path]]
HOSTILE = ["=HYPERLINK(1)", "\x1b[2J\n\u202eoutlet", "<b>", "(no outlet)", "x" * 300]


@dataclass
class Article:
    """One article of a study: its outlet, the classifier's answer, people's, and what training knows of it."""

    id: str
    outlet: str | None = "Gazette"
    predicted: float = 0.5
    coded: bool | None = None
    scored: bool = True
    # Whether the model was trained on it, and what was then said of it out of fold.
    seen: bool = False
    unseen_figure: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.more.get("text", f"Article {self.id} says four words."))


def scores_of(article: Article, figure: float | None) -> dict[str, Any]:
    """A row of a score folder, with spans of one label and one answer."""
    labels = {f"density_{name}{suffix}": 0.0 for name in CODEBOOK.label_names for suffix in ("", "_quoted")}
    answers = {f"frames_{value.name}": 0.1 for value in CODEBOOK.questions[0].values}
    found = labels | answers | {"density_Loaded_Language": None if figure is None else 10 * figure, "frames_Economic": figure}
    return {"article_id": article.id, "words": 5, **found, "model": "m"}


@pytest.fixture
def lay_out(tmp_path: Path) -> LayOut:
    """Write the score folder, the dataset with gold and the model of a study."""

    def write(articles: Sequence[Article], *, training: bool = True, columns: Sequence[str] = ()) -> tuple[Path, Path]:
        seen = [
            {"text_digest": digest_text(a.text)[:16], "fold": None if a.unseen_figure is None else 0} | scores_of(a, a.unseen_figure)
            for a in articles
            if a.seen
        ]
        table = (
            pl.DataFrame(seen, infer_schema_length=None)
            if seen
            else pl.DataFrame(schema={"article_id": pl.String, "text_digest": pl.String, "fold": pl.Int64})
        )
        digest = save_model(MODEL, tmp_path / "model", table if training else None)
        scores = tmp_path / "scores"
        scores.mkdir()
        rows = [scores_of(a, a.predicted) | {"outlet": a.outlet, "published": None} | a.more for a in articles if a.scored]
        pl.DataFrame([{key: value for key, value in row.items() if key != "text"} for row in rows], infer_schema_length=None).write_parquet(
            scores / "articles.parquet"
        )
        (scores / "run.json").write_text(json.dumps({"model": digest, "model_folder": str(tmp_path / "model"), "inputs": {}}))
        own = [
            {"article_id": a.id, "text": a.text, "outlet": a.outlet} | {name: a.more.get(name) for name in columns}
            for a in articles
            if a.coded is not None
        ]
        gold = [
            {
                "article_id": a.id,
                "label": "frames",
                "start": None,
                "end": None,
                "quote": None,
                "value": "Economic" if a.coded else "Other",
                "support": 1.0,
                "rule": "r",
            }
            for a in articles
            if a.coded is not None
        ]
        read = [row | {"label": None, "value": None} for row in gold]
        tables = (
            conform(pl.DataFrame(own, infer_schema_length=None), Articles, "test"),
            conform(pl.DataFrame([*gold, *read], schema=dict(Gold.create_empty().schema)), Gold, "test"),
        )
        write_dataset(tmp_path / "coded", Dataset(tables[0], None, tables[1], CODEBOOK))
        return scores, tmp_path / "coded"

    return write


def many(count: int, prefix: str = "a", **settings: Any) -> list[Article]:
    return [Article(f"{prefix}{i}", **settings) for i in range(count)]


def estimate(folders: tuple[Path, Path], **settings: Any) -> Estimated:
    return estimate_scores(*folders, **{"measures": ["frames_Economic"], **settings})


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["estimate", *(str(argument) for argument in arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


# Which articles count


def test_coded_and_uncoded_articles_of_each_outlet_are_counted(lay_out: LayOut) -> None:
    found = estimate(lay_out([*many(12, coded=True), *many(30, "b", predicted=0.2), *many(3, "c", outlet="Herald"), Article("d", outlet=None)]))
    gazette, herald, none = (found.estimates["frames_Economic"][name] for name in ("Gazette", "Herald", None))
    assert (gazette.coded, gazette.uncoded, gazette.human and gazette.human.value) == (12, 30, 1)
    assert gazette.naive.value == pytest.approx((12 * 0.5 + 30 * 0.2) / 42)
    assert (herald.coded, herald.corrected) == (0, None)
    assert (none.coded, none.uncoded) == (0, 1)
    assert found.notices == ()


def test_without_a_name_all_spans_together_are_measured(lay_out: LayOut) -> None:
    folders = lay_out([*many(2, coded=False), Article("b", predicted=0.8)])
    found = estimate_scores(*folders)
    assert list(found.estimates) == ["density"]
    gazette = found.estimates["density"]["Gazette"]
    assert gazette.naive.value == pytest.approx((5 + 5 + 8) / 3)
    assert gazette.human is not None
    assert gazette.human.value == 0


def test_gold_of_other_articles_is_refused(lay_out: LayOut) -> None:
    with pytest.raises(FramingError, match="none of 5 coded articles is among the scored ones"):
        estimate(lay_out([*many(5, coded=True, scored=False), Article("b")]))


def test_coded_articles_that_were_not_scored_are_left_out_and_said(lay_out: LayOut) -> None:
    found = estimate(lay_out([*many(4, coded=True), *many(3, "b", coded=False, scored=False)]))
    assert found.notices == ("3 coded articles are left out: they were not scored",)
    assert found.estimates["frames_Economic"]["Gazette"].coded == 4


def test_only_coded_articles_that_were_drawn_at_random_are_a_sample(lay_out: LayOut) -> None:
    articles = [Article(f"{way}{i}", coded=way == "random", more={"selected_by": way}) for way in ("random", "uncertain") for i in range(3)]
    found = estimate(lay_out([*articles, Article("old", coded=False, more={"selected_by": None})], columns=["selected_by"]))
    gazette = found.estimates["frames_Economic"]["Gazette"]
    assert (gazette.coded, gazette.uncoded, gazette.human and gazette.human.value) == (3, 4, 1)
    assert found.notices == ("4 coded articles were not drawn at random (selected_by), so they count as uncoded",)


def test_articles_that_were_drawn_with_known_chances_count_by_these_and_equal_chances_change_nothing(lay_out: LayOut) -> None:
    def design(chances: Sequence[float], way: str) -> list[Article]:
        drawn = {"selected_by": way, "url": None}
        return [Article(f"a{i}", coded=i < 12, more=drawn | {"selection_probability": chance}) for i, chance in enumerate(chances)]

    unequal = lay_out([*design([0.5] * 12 + [0.125] * 12, "uncertain-random"), *many(60, "b")], columns=["selected_by", "selection_probability"])
    human = estimate(unequal).estimates["frames_Economic"]["Gazette"].human
    assert human is not None
    assert human.value == pytest.approx(0.2)


def test_if_no_coded_article_was_drawn_at_random_there_is_no_estimate(lay_out: LayOut) -> None:
    with pytest.raises(FramingError, match="no coded article was drawn at random"):
        estimate(lay_out(many(3, coded=True, more={"selected_by": "cue"}), columns=["selected_by"]))


def test_scores_with_an_article_twice_are_refused(lay_out: LayOut) -> None:
    with pytest.raises(FramingError, match=r"1 of 5 rows breaks the rule 'article_id\|there once'"):
        estimate(lay_out([*many(3, coded=True), Article("b"), Article("b", predicted=0.9)]))


def test_copies_count_or_each_story_counts_once_and_that_is_said(lay_out: LayOut) -> None:
    copied = [Article(f"b{i}", predicted=0.2, more={"copy_of": "a0" if i else None}) for i in range(3)]
    folders = lay_out([*many(3, coded=True), *copied])
    each, once = estimate(folders), estimate(folders, copies=False)
    assert [found.estimates["frames_Economic"]["Gazette"].uncoded for found in (each, once)] == [3, 1]
    assert each.notices == ("2 of 6 articles tell the story of another one, as wire copies do; each counts",)
    assert once.notices == ("2 of 6 articles tell the story of another one, as wire copies do; each story counts once",)
    assert "each story counts once" in run(*folders[:1], "--gold", folders[1], "--without-copies")


def test_stories_cannot_be_counted_once_where_nobody_has_looked_for_copies(lay_out: LayOut) -> None:
    with pytest.raises(FramingError, match="no column copy_of"):
        estimate(lay_out(many(3, coded=True)), copies=False)


# Articles that the model was trained on


def naive(found: Estimated, outlet: str = "Gazette") -> float:
    return found.estimates["frames_Economic"][outlet].naive.value


def test_a_training_article_counts_with_what_was_said_of_it_unseen(lay_out: LayOut) -> None:
    seen = many(2, coded=True, seen=True, predicted=1.0, unseen_figure=0.25)
    also = many(2, "b", seen=True, predicted=1.0, unseen_figure=0.75)
    assert naive(estimate(lay_out([*seen, *also]))) == pytest.approx(0.5)


def test_a_coded_article_is_known_by_its_text_and_not_by_its_id(lay_out: LayOut, tmp_path: Path) -> None:
    folders = lay_out([Article("a", coded=True, seen=True, predicted=1.0, unseen_figure=0.0), Article("b", coded=True, predicted=0.5)])
    training = load_training(tmp_path / "model")
    assert training is not None
    # The text of a under another id, and the id b with another text.
    other = pl.concat([training.with_columns(article_id=pl.lit("z")), training.with_columns(article_id=pl.lit("b"), text_digest=pl.lit("0" * 16))])
    save_model(MODEL, tmp_path / "model", other)
    assert naive(estimate(folders)) == pytest.approx((0.0 + 0.5) / 2)


def test_a_coded_training_article_need_not_have_been_scored(lay_out: LayOut) -> None:
    found = estimate(lay_out([Article("a", coded=True, seen=True, scored=False, unseen_figure=0.3, outlet="Herald"), *many(2, "b", coded=True)]))
    assert naive(found, "Herald") == pytest.approx(0.3)
    (line,) = found.notices
    assert line.startswith("1 of 3 articles is a training article of the model (1 of them not among the scores)")


def test_a_model_without_folds_cannot_be_judged_by_its_textbook(lay_out: LayOut) -> None:
    with pytest.raises(FramingError, match=r"trained on 3 of the coded articles.*Train with --folds 5"):
        estimate(lay_out([*many(3, coded=True, seen=True), *many(3, "b", coded=True)]))


def test_scored_training_articles_without_a_fold_are_left_out_and_said(lay_out: LayOut) -> None:
    found = estimate(lay_out([*many(3, coded=True), *many(2, "b", seen=True, predicted=1.0), Article("c", predicted=0.5)]))
    assert naive(found) == pytest.approx(0.5)
    assert found.notices == ("2 scored articles are left out: the model was trained on them, and no fold tested it on them",)


def test_a_model_that_does_not_say_what_it_was_trained_on_is_said(lay_out: LayOut) -> None:
    (line,) = estimate(lay_out(many(3, coded=True), training=False)).notices
    assert "does not say what it was trained on" in line


def test_densities_of_one_groups_own_training_articles_do_not_hear_the_classifier_and_that_is_said(lay_out: LayOut) -> None:
    seen = [Article(f"a{i}", coded=True, seen=True, unseen_figure=i / 20) for i in range(20)]
    found = estimate(lay_out([*seen, *many(50, "b"), *many(5, "c", outlet="Herald")]), measures=["density"])
    assert found.estimates["density"]["Gazette"].weight == 0
    assert ["no other tells at what level" in notice for notice in found.notices] == [False, True]


def test_scores_of_another_model_than_the_folder_has_now_are_refused(lay_out: LayOut) -> None:
    scores, coded = lay_out(many(3, coded=True))
    (scores / "run.json").write_text(json.dumps({"model": "0" * 64, "model_folder": None, "inputs": {}}))
    with pytest.raises(FramingError, match="was scored by model 0000000000000000"):
        estimate((scores, coded))


def test_a_model_folder_that_has_moved_can_be_named(lay_out: LayOut, tmp_path: Path) -> None:
    folders = lay_out(many(3, coded=True))
    shutil.move(tmp_path / "model", tmp_path / "moved")
    with pytest.raises(FramingError, match="by is not at"):
        estimate(folders)
    assert naive(estimate(folders, model=tmp_path / "moved")) == 0.5


def test_the_starter_models_own_sample_is_not_estimated_from_what_it_learned_by_heart(tmp_path: Path) -> None:
    sample = read_sample(128)
    few = sample.articles.head(12)
    training = load_training()
    assert training is not None
    gold = pl.DataFrame({"article_id": few["article_id"], "support": 1.0, "rule": "r"})
    write_dataset(tmp_path / "coded", Dataset(few, None, conform(gold, Gold, "test"), sample.codebook))
    few.write_parquet(tmp_path / "few.parquet")
    score_files([str(tmp_path / "few.parquet")], tmp_path / "scores", None)
    found = estimate_scores(tmp_path / "scores", tmp_path / "coded", "language")
    unseen = (
        training.join(few, on="article_id", how="semi").select(pl.sum_horizontal(f"density_{name}" for name in CODEBOOK.label_names).mean()).item()
    )
    (group,) = found.estimates["density"].values()
    assert group.naive.value == pytest.approx(unseen)
    scores = pl.read_parquet(tmp_path / "scores" / "articles.parquet")
    assert group.naive.value != pytest.approx(scores.select(pl.sum_horizontal(f"density_{name}" for name in CODEBOOK.label_names).mean()).item())


# Groups and measures


def test_articles_can_be_grouped_by_month_and_year(lay_out: LayOut) -> None:
    dates = ["2026-01-31", "2026-01-01T09:00:00Z", "2025-12-24", "yesterday", None]
    folders = lay_out([Article(str(i), coded=True, more={"published": date}) for i, date in enumerate(dates)])
    months = estimate(folders, by="month")
    assert {group: found.coded for group, found in months.estimates["frames_Economic"].items()} == {"2026-01": 2, "2025-12": 1, None: 2}
    assert months.notices == ("2 articles have no month: they have no date",)
    assert set(estimate(folders, by="year").estimates["frames_Economic"]) == {"2026", "2025", None}


def test_a_column_of_the_users_own_groups_even_if_scoring_renamed_it(lay_out: LayOut) -> None:
    articles = [Article(str(i), coded=True, more={"article_words": i % 2, "month": "May"}) for i in range(4)]
    folders = lay_out(articles)
    assert set(estimate(folders, by="words").estimates["frames_Economic"]) == {"0", "1"}
    assert set(estimate(folders, by="month").estimates["frames_Economic"]) == {"May"}


@pytest.mark.parametrize("by", ["ward", "density_Loaded_Language", "tags"])
def test_a_column_that_cannot_group_is_refused_with_those_that_can(lay_out: LayOut, by: str) -> None:
    with pytest.raises(FramingError, match=r"Choose of: outlet, published, tags, month, year"):
        estimate(lay_out(many(3, coded=True, more={"tags": ["a"]})), by=by)


def test_a_measure_that_is_not_there_is_refused_with_those_that_are(lay_out: LayOut) -> None:
    with pytest.raises(FramingError, match=r"no such measure 'tone'.*density, density_Loaded_Language"):
        estimate(lay_out(many(3, coded=True)), measures=["tone"])


def test_scores_without_a_column_of_the_gold_are_refused(lay_out: LayOut) -> None:
    scores, coded = lay_out(many(3, coded=True))
    table = pl.read_parquet(scores / "articles.parquet")
    # Behind the model's columns stand the user's, whose density is another.
    table.select("article_id", "model", pl.exclude("article_id", "model")).write_parquet(scores / "articles.parquet")
    with pytest.raises(FramingError, match="no score for any label or answer"):
        estimate((scores, coded), measures=[])


def test_rows_without_a_figure_are_refused(lay_out: LayOut) -> None:
    with pytest.raises(FramingError, match="1 of 4 rows breaks the rule"):
        estimate(lay_out([*many(3, coded=True), Article("b", predicted=float("nan"))]))


def test_a_dataset_is_not_a_score_folder(lay_out: LayOut) -> None:
    _, coded = lay_out(many(3, coded=True))
    with pytest.raises(FramingError, match="is not a score folder"):
        estimate((coded, coded))


# The command


def test_the_command_says_what_was_bought_and_what_is_uncorrected(lay_out: LayOut) -> None:
    coded = [Article(f"a{i}", coded=i % 2 == 0, predicted=0.9 if i % 2 == 0 else 0.2) for i in range(40)]
    others = [Article(f"b{i}", predicted=0.9 if i % 4 == 0 else 0.2) for i in range(400)]
    said = run(*folders(lay_out([*coded, *others, *many(3, "c", outlet="Herald"), *many(2, "d", outlet="Post", coded=True)])))
    assert max(map(len, said.splitlines())) <= 120
    assert "in 1 of 2 groups" in said
    assert "Uncorrected, since no article of theirs is coded (do not compare them): Herald." in said
    assert "Shaky, with fewer than 10 coded articles: Post." in said


def folders(pair: tuple[Path, Path], *more: object) -> tuple[object, ...]:
    return (pair[0], "--gold", pair[1], "--measure", "frames_Economic", *more)


def test_the_command_says_when_the_classifier_bought_nothing(lay_out: LayOut) -> None:
    said = run(*folders(lay_out([*many(5, coded=True), *many(5, "b", coded=False), *many(9, "c")])))
    assert "The classifier bought nothing" in said


def test_a_difference_and_a_plan_are_plain_sentences(lay_out: LayOut) -> None:
    studied = [*many(30, coded=True), *many(30, "b", coded=False, outlet="Herald"), *many(500, "c", outlet="Herald"), *many(3, "d", outlet="Post")]
    pair = lay_out(studied)
    said = run(*folders(pair, "--difference", "Gazette", "Herald", "--width", "0.05"))
    assert "Gazette - Herald: +1, 95 % interval" in said
    assert "they differ" in said
    assert "Gazette: an interval of 0.05 is out of reach: coding all the others (0) would not do." in said
    assert "more articles to code for an interval of 0.05" in said
    assert "Post: code some 20 articles" in said
    said = run(*folders(pair, "--difference", "Gazette", "Post"))
    assert "one of them is uncorrected" in said


def test_a_group_that_is_not_there_has_no_difference(lay_out: LayOut) -> None:
    with pytest.raises(FramingError, match="there is no outlet 'Times'"):
        run(*folders(lay_out(many(3, coded=True)), "--difference", "Gazette", "Times"))


def test_hostile_outlets_are_text_on_the_terminal_and_in_csv(lay_out: LayOut, tmp_path: Path) -> None:
    articles = [Article(f"{name[:3]}{i}", outlet=name, coded=i < 2) for name in HOSTILE for i in range(3)]
    pair = lay_out([*articles, Article("none", outlet=None, coded=True)])
    said = run(
        *folders(pair, "--width", "0.1", "--difference", HOSTILE[0], HOSTILE[1], "--out", tmp_path / "table.csv", "--json", tmp_path / "table.json")
    )
    assert not {"\x1b", "\u202e"} & set(said)
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["group"] for row in rows} == {"'=HYPERLINK(1)", *HOSTILE[1:], ""}
    assert not any((cell or "")[:1] in {"=", "+", "@"} for row in rows for cell in row.values())
    data = json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))
    groups = data["measures"]["frames_Economic"]["groups"]
    assert {row["group"] for row in groups} == {*HOSTILE, None}
    assert {"naive", "human", "corrected", "corrected_low", "corrected_high", "bought", "remark", "more"} <= groups[0].keys()
    assert data["measures"]["frames_Economic"]["difference"]["corrected"]


def test_a_table_that_is_not_csv_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match=r"is no \.csv file"):
        run(tmp_path / "no scores", "--gold", tmp_path / "no gold", "--out", tmp_path / "table.xlsx")


def test_months_stand_in_their_order(lay_out: LayOut) -> None:
    articles = [Article(f"{month}{i}", coded=True, more={"published": f"2026-{month}-01"}) for month in ("11", "02", "05") for i in range(3)]
    assert list(estimate(lay_out(articles), by="month").estimates["frames_Economic"]) == ["2026-02", "2026-05", "2026-11"]


def test_a_table_is_not_written_over_a_folder(lay_out: LayOut, tmp_path: Path) -> None:
    folders = lay_out(many(3, coded=True))
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(FramingError, match="is a folder"):
        run(folders[0], "--gold", folders[1], "--out", tmp_path / "table.csv")
