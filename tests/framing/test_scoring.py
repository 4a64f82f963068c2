"""From files to a score folder: killed, changed and full of bad rows, it ends as it would have undisturbed."""

from __future__ import annotations

import json
import math
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import framing.scoring
from annotate.ingestion.articles import ingest
from classifiers import load_model, save_model, score
from classifiers.scoring import archive
from exports.tables.folders import collect_tables
from framing.sample import ARTICLES, read_sample
from framing.scoring import Scored, score_files
from schemas.errors import FramingError
from schemas.text import kernel
from tests.commands import run_framing

PART, MEGABYTES = 20_000, 2.2
TABLES = ("articles", "spans", "sentences")
RUN = """
import sys
from pathlib import Path
from framing.scoring import score_files
score_files([sys.argv[1]], Path(sys.argv[2]), None, part=int(sys.argv[3]))
"""


def put(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def sample_rows(count: int) -> Iterator[dict[str, Any]]:
    """Articles of the sample, again and again under new ids, some with a column that is a number in some and words in others."""
    rows = [json.loads(line) for line in ARTICLES.read_text(encoding="utf-8").splitlines()]
    for i in range(count):
        yield {**rows[i % len(rows)], "article_id": f"a{i:05}", "ward": i if i % 400 < 390 else f"ward {i}"}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run_of(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return said


def parts_in(folder: Path) -> int:
    return len(list((folder / ".scoring" / "articles").glob("part-*")))


def kill_after_a_part(process: subprocess.Popen[bytes], folder: Path, before: int, more: float) -> None:
    """Kill it some time after it has written a part, which must be before its end."""
    until = time.monotonic() + 60
    try:
        while parts_in(folder) <= before and process.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(more)
    finally:
        process.kill()
    assert process.wait() == -signal.SIGKILL, "it was through before it could be killed"
    assert parts_in(folder) > before


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The articles of the sample once."""
    return put(tmp_path_factory.mktemp("sample") / "news.jsonl", *sample_rows(128))


# Killed


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some two megabytes of text."""
    mean = read_sample(128).articles["text"].str.len_chars().mean()
    return put(tmp_path_factory.mktemp("big") / "news.jsonl", *sample_rows(int(MEGABYTES * 1e6 / mean)))  # type: ignore[operator]


@pytest.fixture(scope="module")
def undisturbed(big: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed") / "scores"
    score_files([str(big)], folder, None, part=PART)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_run_that_is_killed_twice_ends_in_the_bytes_of_an_undisturbed_one(big: Path, undisturbed: Path, tmp_path: Path) -> None:
    folder, moments, parts = tmp_path / "scores", random.Random(3), 0
    for _ in range(2):
        process = subprocess.Popen([sys.executable, "-c", RUN, str(big), str(folder), str(PART)])
        kill_after_a_part(process, folder, parts, moments.uniform(0, 0.4))
        assert [path.name for path in folder.iterdir()] == [".scoring"]
        parts = parts_in(folder)
    done = score_files([str(big)], folder, None, part=PART)
    assert done.notices == ("an earlier run of this command had been stopped; its parts were used",)
    assert contents(folder) == contents(undisturbed)
    assert len(contents(folder)) > 3 * 50


def test_the_folder_of_many_parts_has_the_scores_of_the_whole_table(big: Path, undisturbed: Path) -> None:
    expected, tables = score(load_model(), ingest([big]).articles), collect_tables(undisturbed)
    for name in TABLES:
        table, found = getattr(expected, name), tables[name].sort("article_id", maintain_order=True)
        assert_frame_equal(table.sort("article_id", maintain_order=True), found, check_exact=True)
    assert tables["articles"]["ward"].to_list()[388:392] == ["388", "389", "ward 390", "ward 391"]


# Run again, on the same and on something else


def stop(paths: list[str], out: Path, model: Path | None = None) -> None:
    """A run of many parts that ends in an error when some of them are there."""

    calls = 0

    def fail(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_files(paths, out, model, part=PART, replace=True, progress=fail)
    assert parts_in(out) > 1


def test_changed_articles_or_another_model_start_afresh_and_that_is_said(sample: Path, tmp_path: Path) -> None:
    news, model, out = tmp_path / "news.jsonl", tmp_path / "model", tmp_path / "scores"
    shutil.copyfile(sample, news)
    save_model(load_model(), model)
    afresh = ("an earlier run had been stopped, but of other inputs, another model, actors or version: started afresh",)
    stop([str(news)], out)
    assert score_files([str(news)], out, model, part=PART).notices == afresh
    stop([str(news)], out)
    put(news, *sample_rows(120))
    assert score_files([str(news)], out, None, part=PART, replace=True) == Scored(120, collect_tables(out)["spans"].height, afresh)
    assert run_of(out)["rows_out"] == collect_tables(out)["articles"].height == 120
    # What had been finished is no earlier run that had been stopped.
    assert score_files([str(news)], out, None, part=PART).notices == ()


def test_actors_of_a_file_are_counted_and_what_is_wrong_with_them_is_said_before_anything_is_read(sample: Path, tmp_path: Path) -> None:
    actors, out = tmp_path / "actors.toml", tmp_path / "scores"
    actors.write_text('[[actors]]\nname = "Council"\nkind = "institution"\naliases = ["council"]\n', encoding="utf-8")
    score_files([str(sample)], out, None, actors=actors)
    counts = collect_tables(out)["articles"]["mentions_Council"]
    assert (counts.dtype, counts.sum() > 20, counts.min()) == (pl.Int64, True, 0)
    for content, said in (
        ('name = "A"\nkind = "group"\naliases = ["b"]\n[[actors]]\nname = "B"\nkind = "group"\naliases = ["b"]', "is also one of 'A'"),
        ('name = "A"\nkind = "group"\n[[actors]]\nname = "a"\nkind = "group"', "actor 'a' is there twice"),
        ('name = "A"', "actor A: kind is missing"),
    ):
        actors.write_text(f"[[actors]]\n{content}\n", encoding="utf-8")
        with pytest.raises(FramingError, match=said):
            score_files([str(sample)], tmp_path / "other", None, actors=actors)
        assert not (tmp_path / "other").exists()
    with pytest.raises(FramingError, match="no such file of actors"):
        score_files([str(sample)], tmp_path / "other", None, actors=tmp_path / "gone.toml")


def test_what_stood_in_the_folder_stays_until_a_run_is_finished(sample: Path, tmp_path: Path) -> None:
    score_files([str(put(tmp_path / "one.jsonl", {"text": "A reckless plan."}))], tmp_path / "scores", None)
    before = contents(tmp_path / "scores")
    stop([str(sample)], tmp_path / "scores")
    assert {name: content for name, content in contents(tmp_path / "scores").items() if ".scoring" not in name} == before


@pytest.mark.parametrize(("enough", "otherwise"), [(0, math.inf), (math.inf, 0)], ids=["files by machine code", "files by plain Python"])
def test_a_text_has_the_same_scores_with_and_without_machine_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enough: float, otherwise: float
) -> None:
    path = put(tmp_path / "news.jsonl", *list(sample_rows(128))[::4])
    monkeypatch.setattr(kernel, "ENOUGH", enough)
    score_files([str(path)], tmp_path / "scores", None)
    monkeypatch.setattr(kernel, "ENOUGH", otherwise)
    expected = score(load_model(), ingest([path]).articles)
    for name in TABLES:
        assert_frame_equal(getattr(expected, name), pl.read_parquet(tmp_path / "scores" / f"{name}.parquet"), check_exact=True)


# Bad rows


def test_bad_rows_are_counted_and_listed_and_stop_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LONGEST", 1000)
    texts: list[object] = ["A reckless plan.", None, "", " \n\u2028", 7, ["a"], {"a": 1}, True, "half \ud83d", "\ufeff", "x " * 501, "x " * 500]
    rows = [{"id": f"b{i}", "text": text} for i, text in enumerate(texts)]
    path = put(tmp_path / "news.jsonl", *rows, {"id": "no text"}, {"id": "b0", "text": "Another."}, {"id": "b0", "text": "A reckless plan."})
    with path.open("a", encoding="utf-8") as file:
        file.write('[1]\n{"text": \nnonsense\n\n{"id": "last", "text": "The end."}')
    for part in (1, 300, None):
        done = score_files([str(path)], tmp_path / "scores", None, part=part)
        assert pl.read_parquet(tmp_path / "scores" / "articles.parquet")["article_id"].to_list() == ["b0", "b5", "b11", "last"]
        said, listed = run_of(tmp_path / "scores"), (tmp_path / "scores" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
        assert (said["rows_in"], said["rows_out"], said["rows_refused"]) == (19, 4, 14)
        assert [json.loads(line) for line in listed] == said["refused"]
        reasons = [row["reason"] for row in said["refused"]]
        assert reasons[:7] == ["no text"] * 6 + ["half a surrogate pair, which no encoding can hold"]
        assert reasons[8:11] == ["longer than 1,000 characters", "no text", "article_id 'b0' stood for another text before"]
        assert all("JSON" in reason for reason in reasons[11:])
        assert said["refused"][0]["row"] == {"where": f"{path}, row 2"}
        assert done.notices[-1] == "14 rows could not be scored; rejected.jsonl says which and why"
        assert any("twice" in notice for notice in done.notices)


def test_of_very_many_bad_rows_run_json_names_the_first(tmp_path: Path) -> None:
    path = put(tmp_path / "news.jsonl", *({"text": None} for _ in range(150)), {"text": "A plan."}, *({"text": ""} for _ in range(150)))
    score_files([str(path)], tmp_path / "scores", None, part=5000)
    said = run_of(tmp_path / "scores")
    assert (said["rows_in"], said["rows_out"], said["rows_refused"], len(said["refused"])) == (301, 1, 300, 100)
    listed = (tmp_path / "scores" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["row"]["where"] for line in listed] == [f"{path}, row {i}" for i in range(1, 302) if i != 151]


def test_nothing_but_bad_rows_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = put(tmp_path / "news.jsonl", {"text": None}, {"text": ""})
    with pytest.raises(FramingError, match="no article with text was found"):
        score_files([str(path)], tmp_path / "scores", None)
    assert [path.name for path in tmp_path.iterdir()] == ["news.jsonl"]


# What is said of the input


def test_run_json_names_the_files_one_by_one_or_very_many_by_what_they_were_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for name in "ab":
        (news / f"{name}.txt").write_text(f"A reckless plan {name}.", encoding="utf-8")
    score_files([str(news)], tmp_path / "scores", None)
    digests = run_of(tmp_path / "scores")["inputs"]
    assert set(digests) == {str(news / "a.txt"), str(news / "b.txt")}
    monkeypatch.setattr(framing.scoring, "MOST_NAMED", 1)
    score_files([str(news)], tmp_path / "scores", None, replace=True)
    (name,) = run_of(tmp_path / "scores")["inputs"]
    assert name == f"{news} (2 files)"
    assert run_of(tmp_path / "scores")["inputs"][name] not in digests.values()


def test_marks_without_a_partner_are_counted_and_said(tmp_path: Path) -> None:
    texts = ['She said "never.', 'The "reform" failed.', 'A "plan." And "more.', "Nothing."]
    done = score_files([str(put(tmp_path / "news.jsonl", *({"text": text} for text in texts)))], tmp_path / "scores", None, part=1)
    said = "2 of 4 articles have quotation marks without a partner; the words there have no voice and count in no density"
    assert said in done.notices
    assert run_of(tmp_path / "scores")["unpaired_articles"] == 2
    assert collect_tables(tmp_path / "scores")["articles"]["unpaired_marks"].to_list() == [1, 0, 1, 0]


def test_progress_counts_bytes(sample: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    score_files([str(sample)], tmp_path / "scores", None, part=PART, progress=lambda done, total: told.append((done, total)))
    size = sample.stat().st_size
    assert {total for _, total in told} == {size}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (size, size)


def test_the_folder_of_the_articles_themselves_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "news.jsonl", {"text": "A plan."})
    with pytest.raises(FramingError, match="is the folder of the articles themselves"):
        score_files([str(path)], tmp_path, None)
    assert [path.name for path in tmp_path.iterdir()] == ["news.jsonl"]


# Other languages

GERMAN = [
    "Der Stadtrat hat am Montag über den Haushalt abgestimmt, den die Bürgermeisterin als eine Frage des Überlebens verteidigt hatte.",
    "Eine rücksichtslose Clique hat den Rat übernommen, und niemand hindert sie daran, den Park am Fluss zu verkaufen.",
]
FRENCH = ["Le conseil municipal s'est réuni lundi et a voté le budget que la maire avait défendu comme une question de survie."]
UKRAINIAN = ["Міська рада зібралася в понеділок і проголосувала за бюджет, який мер захищав як питання виживання нашого міста."]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles of four languages, one whose language cannot be told, one that is said to be Danish, and a bad row."""
    rows: list[dict[str, Any]] = []
    for i, row in enumerate(sample_rows(20)):
        rows.append(row | {"language": "English" if i % 5 == 0 else None})
        if i % 10 == 0:
            foreign = [*GERMAN, *FRENCH, *UKRAINIAN]
            rows += [{"article_id": f"x{i}{j}", "text": f"{text} {i}."} for j, text in enumerate(foreign)]
    rows += [{"article_id": "short", "text": "Ok 1."}, {"article_id": "bad", "text": None}, {"article_id": "da", "text": "Nej.", "language": "da-DK"}]
    return put(tmp_path_factory.mktemp("mixed") / "news.jsonl", *rows)


def test_articles_in_other_languages_are_set_aside_named_and_counted(mixed: Path, tmp_path: Path) -> None:
    done = run_framing("score", mixed, "--out", tmp_path / "scores")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("21 articles, ")
    assert "note: 4 articles are in German, 2 in French, 2 in Ukrainian, 1 in Danish: the model is for English. --any-language" in done.stderr
    assert "note: 1 row could not be scored" in done.stderr
    said = run_of(tmp_path / "scores")
    assert (said["rows_in"], said["rows_out"], said["rows_refused"]) == (31, 21, 10)
    assert said["languages"] == {
        "scored": {"en": 20, "unknown": 1},
        "set_aside": {"de": 4, "fr": 2, "uk": 2, "da": 1},
        "told_by": {"found": 24, "column": 5, "unknown": 1},
    }
    assert said["readability"]["en"] == said["readability"]["unknown"] == "Flesch, Flesch-Kincaid, Gunning fog, SMOG"
    listed = [json.loads(line) for line in (tmp_path / "scores" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(listed) == 10
    assert {"reason": "is in Danish, and the model is for English", "row": {"article_id": "da", "language": "da"}} in listed
    scored = pl.read_parquet(tmp_path / "scores" / "articles.parquet")
    assert not set(scored["article_id"]) & {row["row"].get("article_id") for row in listed}
    assert scored["language"].value_counts().sort("language").rows() == [(None, 1), ("English", 4), ("en", 16)]


def test_any_language_scores_them_too_each_with_the_readability_of_its_language(mixed: Path, tmp_path: Path) -> None:
    done = run_framing("score", mixed, "--out", tmp_path / "scores", "--any-language")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("30 articles, ")
    assert "the model is for" not in done.stderr
    said = run_of(tmp_path / "scores")
    assert (said["rows_in"], said["rows_out"], said["rows_refused"], said["any_language"]) == (31, 30, 1, True)
    assert said["languages"]["set_aside"] == {}
    assert (said["readability"]["de"], said["readability"]["uk"]) == ("Flesch reading ease by Amstad", None)
    scored = pl.read_parquet(tmp_path / "scores" / "articles.parquet")
    told = {code: scored.filter(language=code).select("flesch_reading_ease", "smog_index", "syllables").row(0) for code in ("en", "de", "uk")}
    assert [[value is not None for value in told[code]] for code in told] == [[True] * 3, [True, False, True], [False] * 3]
    # What is scored of an English article does not depend on the others.
    score_files([str(mixed)], tmp_path / "english", None)
    english = pl.read_parquet(tmp_path / "english" / "articles.parquet")
    assert_frame_equal(scored.join(english, on="article_id", how="semi"), english, check_exact=True)


@pytest.mark.parametrize("part", [1, 3000, None])
def test_the_counts_are_the_same_by_several_workers_and_in_any_parts(mixed: Path, tmp_path: Path, part: int | None) -> None:
    score_files([str(mixed)], tmp_path / "one", None, part=part)
    score_files([str(mixed)], tmp_path / "two", None, part=part, workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert run_of(tmp_path / "one")["languages"]["set_aside"] == {"de": 4, "fr": 2, "uk": 2, "da": 1}


def test_a_run_that_was_stopped_among_other_languages_ends_in_the_same_bytes(mixed: Path, tmp_path: Path) -> None:
    def fail(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    score_files([str(mixed)], tmp_path / "undisturbed", None, part=3000)
    with pytest.raises(KeyboardInterrupt):
        score_files([str(mixed)], tmp_path / "scores", None, part=3000, progress=fail)
    done = score_files([str(mixed)], tmp_path / "scores", None, part=3000)
    assert "an earlier run of this command had been stopped; its parts were used" in done.notices
    assert contents(tmp_path / "scores") == contents(tmp_path / "undisturbed")
    # Asked for all languages, it is another run.
    with pytest.raises(KeyboardInterrupt):
        score_files([str(mixed)], tmp_path / "scores", None, part=3000, progress=fail)
    done = score_files([str(mixed)], tmp_path / "scores", None, part=3000, any_language=True, replace=True)
    assert any("started afresh" in notice for notice in done.notices)
    assert done.articles == 30


def test_nothing_but_other_languages_is_refused_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    path = put(tmp_path / "news.jsonl", *({"text": text} for text in [*GERMAN, *FRENCH]), {"text": None})
    done = run_framing("score", path, "--out", tmp_path / "scores")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert f"{path}: no article is left to be scored: 2 articles are in German, 1 in French: the model is for English. --any-language" in line
    assert [path.name for path in tmp_path.iterdir()] == ["news.jsonl"]


def test_explain_says_that_a_text_is_in_another_language_and_goes_on() -> None:
    done = run_framing("explain", GERMAN[0])
    assert done.returncode == 0, done.stderr
    assert "note: the text is in German, and the model is for English: what is said of it means little" in done.stderr.splitlines()
    assert "span" in done.stdout
    assert "the model is for" not in run_framing("explain", "The council met on Monday, and nobody was there to object to the reckless plan.").stderr


def test_which_articles_are_copies_is_carried_to_the_scores_also_where_most_parts_have_none(tmp_path: Path) -> None:
    rows = [{"article_id": f"a{i}", "text": f"The mayor's shameful plan {i}. " * 20, "copy_of": "a0" if i == 39 else None} for i in range(40)]
    pl.DataFrame(rows).write_parquet(tmp_path / "articles.parquet")
    score_files([str(tmp_path)], tmp_path / "scores", None, part=2_000)
    tables = collect_tables(tmp_path / "scores")
    assert tables["articles"]["copy_of"].to_list() == [None] * 39 + ["a0"]
