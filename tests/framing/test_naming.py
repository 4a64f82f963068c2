"""`framing actors`: a corpus to a file of those whom it names, which can be read, and looked for, as it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from framing.main import app
from framing.naming import name_files, split_titles
from framing.proposing import Proposal
from schemas.codebook import load_actors
from schemas.errors import FramingError
from schemas.text.actors import ActorFinder

STORY = (
    "The mayor, Tomas Rehl, spoke. The harbour was closed by the Harbour Workers Union (HWU), and Minister Anna Doe said so. Later the HWU met "
    "Rehl, and Rehl’s friends. Then Doe left for the United States on Monday. Officials of the U.S. saw Doe. However, nobody saw the harbour."
)
CIVIC = (
    "At noon the Civic Forum met the Civic Union. Later Civic won, and people like Civic and the Labour Party. They saw Americans and an American."
)


def propose(folder: Path, *texts: str, **more: object) -> list[Proposal]:
    rows = [{"text": f"{text} This is text {i}.", "outlet": f"Gull {i % 2}", "language": "en"} | more for i, text in enumerate(texts)]
    (folder / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return list(name_files([str(folder / "news.jsonl")], folder / "actors.toml", replace=True).proposals)


def test_short_forms_abbreviations_titles_and_possessives_are_one_actor(tmp_path: Path) -> None:
    found = {one.actor.name: one for one in propose(tmp_path, STORY, STORY, STORY)}
    assert set(found) == {"Tomas Rehl", "Harbour Workers Union", "Anna Doe", "United States"}
    assert {name: set(one.actor.aliases) for name, one in found.items()} == {
        "Tomas Rehl": {"Rehl"},
        "Harbour Workers Union": {"HWU"},
        "Anna Doe": {"Doe"},
        "United States": {"U.S."},
    }
    assert {name: one.actor.kind for name, one in found.items()} == {
        "Tomas Rehl": "group",
        "Harbour Workers Union": "institution",
        "Anna Doe": "person",
        "United States": "group",
    }
    rehl = found["Tomas Rehl"]
    assert (rehl.mentions, rehl.articles, rehl.outlets) == (9, 3, 2)


def test_a_form_of_a_form_is_one_of_the_first(tmp_path: Path) -> None:
    text = "Today the American Federal Reserve met. Later the Federal Reserve (FR) spoke, and the FR left. So the Federal Reserve and the FR saw it."
    assert {one.actor.name: (set(one.actor.aliases), one.mentions) for one in propose(tmp_path, text, text, text)} == {
        "Federal Reserve": ({"American Federal Reserve", "FR"}, 18)
    }


def test_rows_that_cannot_be_read_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    news = tmp_path / "news.jsonl"
    rows: list[dict[str, str | None]] = [{"text": None}, {"text": STORY}, {"text": f"{STORY} So it was."}, {"text": ""}]
    news.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = name_files([str(news)], tmp_path / "actors.toml")
    assert found.articles == 2
    assert found.notices == (f"2 rows could not be read, the first: {news}, row 1: no text",)


def test_a_short_form_that_may_be_of_several_is_of_none_and_says_so(tmp_path: Path) -> None:
    found = {one.actor.name: one for one in propose(tmp_path, CIVIC, CIVIC)}
    assert set(found) == {"Civic", "Civic Forum", "Civic Union", "Labour Party", "American"}
    assert found["Civic"].guess.endswith("may be short for any of 2 names")
    assert found["Labour Party"].actor.kind == "party"
    # The plural is found anyway.
    assert found["American"].actor.aliases == ()


def test_the_file_is_read_and_its_actors_are_found_in_the_texts(tmp_path: Path) -> None:
    proposals = propose(tmp_path, STORY, CIVIC, STORY)
    content = (tmp_path / "actors.toml").read_text(encoding="utf-8")
    assert load_actors(tmp_path / "actors.toml") == tuple(one.actor for one in proposals)
    assert content.startswith("# Names in 3 articles, most frequent first.")
    assert "# 6 mentions in 2 articles of 1 outlet; of what kind nothing says\n[[actors]]" in content
    ActorFinder([one.actor for one in proposals])


def test_hostile_texts_make_a_file_that_can_be_read(tmp_path: Path) -> None:
    texts = [
        'They saw Tom\u200dmy "Quote\nRight" and <Script> in Léa’s Pan🦅. ' * 2,
        "We met " + "Zo" * 90 + " and " + "Zo " * 200,
        "中国 الصين 😀",
        "They saw \u202eDoe.",
    ]
    names = [one.actor.name for one in propose(tmp_path, *texts)]
    assert {"Doe", "Tommy"} <= set(names)
    assert [actor.name for actor in load_actors(tmp_path / "actors.toml")] == names


def test_in_german_a_word_alone_is_no_name_and_a_short_form_is_one(tmp_path: Path) -> None:
    text = "Gestern hat die Regierung mit Angela Merkel gesprochen, und Merkel hat die Regierung mit der Steuer und dem Haus gelobt."
    assert [(one.actor.name, one.actor.aliases) for one in propose(tmp_path, text, text, language="de")] == [("Angela Merkel", ("Merkel",))]


@pytest.mark.parametrize(
    ("surface", "parts"),
    [
        ("President Donald Trump's", [("Donald Trump", True)]),
        ("Treasury Secretary Doe", [("Treasury", False), ("Doe", True)]),
        ("Attorney General Merrick Garland", [("Merrick Garland", True)]),
        ("Justice Department", [("Justice Department", False)]),
        ("President of France Emmanuel Macron", [("Emmanuel Macron", True)]),
        ("President of France", []),
        ("Prime Minister", []),
        ("Martin Luther King Jr", [("Martin Luther King Jr", False)]),
    ],
)
def test_titles_are_no_part_of_a_name(surface: str, parts: list[tuple[str, bool]]) -> None:
    assert [tuple(part) for part in split_titles(surface, "en")] == parts


def test_what_is_wrong_is_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    news, out = tmp_path / "news.txt", tmp_path / "actors.toml"
    news.write_text("nobody is named here.", encoding="utf-8")
    for where, said in ((out, "no name was found"), (tmp_path / "actors.csv", "is to be a TOML file")):
        with pytest.raises(FramingError, match=said):
            name_files([str(news)], where)
        assert not where.exists()
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(FramingError, match="may have been pruned by hand"):
        name_files([str(news)], out)
    (tmp_path / "codebook.toml").touch()
    with pytest.raises(FramingError, match="files have names of their own"):
        name_files([str(news)], tmp_path / "codebook.toml")


def test_the_command_says_how_many_it_found(tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(STORY, encoding="utf-8")
    done = CliRunner().invoke(app, ["actors", str(tmp_path / "news.txt"), "--out", str(tmp_path / "out" / "actors.toml"), "--n", "2"])
    assert done.exit_code == 0, done.output
    assert "2 actors named in 1 article" in done.output
    assert len(load_actors(tmp_path / "out" / "actors.toml")) == 2
