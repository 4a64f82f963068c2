"""Each article reaches the project exactly once, whatever happens on the way."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Access, Suggestions, pull, push, submit_annotations, suggest
from annotate.labelstudio.client import call, connect
from annotate.labelstudio.projects import find_project
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import ATTRIBUTE, SPAN
from tests.commands import run_framing

pytestmark = pytest.mark.server
Make = Callable[..., pl.DataFrame]
Tasks = Callable[[str], list[dict[str, Any]]]
Lose = Callable[..., AbstractContextManager[str]]


def test_pushing_twice_adds_no_task(access: Access, title: str, make_articles: Make, tasks_of: Tasks) -> None:
    articles = make_articles(one="The first text.", two="The second text 😀.")
    first = push(articles, load_codebook(), title, access)
    second = push(articles, load_codebook(), title, access)
    assert (first.created, first.sent, first.present) == (True, 2, 0)
    assert (second.created, second.sent, second.present) == (False, 0, 2)
    assert len(tasks_of(title)) == 2


def test_a_token_that_the_server_does_not_know_is_refused_in_one_line_and_not_printed(
    access: Access, title: str, make_articles: Make, tmp_path: Path
) -> None:
    wrong = "f" * 40
    write_dataset(tmp_path / "dataset", Dataset(make_articles(one="The first text.")))
    done = run_framing("push", tmp_path / "dataset", "--project", title, LABEL_STUDIO_URL=access.address, LABEL_STUDIO_API_KEY=wrong)
    (line,) = done.stderr.strip().splitlines()
    assert (done.returncode, line.startswith("framing: "), "the token was refused" in line) == (1, True, True)
    assert wrong not in done.stdout + done.stderr


def test_only_what_is_missing_is_sent(access: Access, title: str, make_articles: Make) -> None:
    push(make_articles(one="The first text."), load_codebook(), title, access)
    pushed = push(make_articles(one="The first text.", two="The second text."), load_codebook(), title, access)
    assert (pushed.sent, pushed.present) == (1, 1)


def test_a_changed_text_under_a_known_id_is_refused_and_nothing_is_sent(access: Access, title: str, make_articles: Make, tasks_of: Tasks) -> None:
    push(make_articles(one="The first text."), load_codebook(), title, access)
    with pytest.raises(FramingError, match="'one' is there with another text"):
        push(make_articles(two="A new one.", one="The first text, edited."), load_codebook(), title, access)
    assert [task["article_id"] for task in tasks_of(title)] == ["one"]
    with pytest.raises(FramingError, match="has a column 'framing_shown'"):
        push(make_articles(two="A new one.").with_columns(framing_shown=pl.lit("mine")), load_codebook(), title, access)


def test_headlines_that_are_marked_too_go_there_and_back_with_everybodys_marks(
    access: Access, title: str, make_articles: Make, tasks_of: Tasks
) -> None:
    reading = Codebook.model_validate(load_codebook().model_dump() | {"headlines": True})
    articles = make_articles(one="A reckless plan.", two="A plan.").with_columns(title=pl.Series(["A 🚢 plan", None]))
    push(articles, reading, title, access)
    assert [task["framing_shown"] for task in tasks_of(title)] == ["A 🚢 plan\n\nA reckless plan.", "A plan."]
    with pytest.raises(FramingError, match="'one' is there with another headline or text"):
        push(articles.with_columns(title=pl.lit("Another plan")), reading, title, access)

    marks = [("one", "title", 4, "plan"), ("one", "text", 2, "reckless"), ("two", "text", 2, "plan")]
    rows = [
        {"article_id": article, "part": part, "label": "Loaded_Language", "start": start, "end": start + len(quote), "quote": quote}
        for article, part, start, quote in marks
    ]
    said = [row | {"attribute": "stance", "value": "for", "probability": 0.7} for row in rows]
    made = pl.DataFrame([*(row | {"attribute": None, "value": None, "probability": 0.9} for row in rows), *said], infer_schema_length=None)
    suggest(title, Suggestions("model", made, pl.DataFrame({"article_id": ["one", "two"], "score": [0.5, 0.5]})), access)
    assert submit_annotations(title, made.drop("probability"), access) == 2
    pulled = pull(title, access)
    found = pulled.require_annotations(title)
    assert sorted(found.filter(SPAN).select("article_id", "part", "start", "quote").rows()) == sorted(marks)
    assert found.filter(ATTRIBUTE).select("article_id", "part", "quote", "value").rows() == [
        ("one", "text", "reckless", "for"),
        ("one", "title", "plan", "for"),
        ("two", "text", "plan", "for"),
    ]
    assert (pulled.rejected, pulled.articles.columns) == ([], articles.columns)
    with connect(access) as client:
        project = find_project(client, title)
        assert project is not None
        (shown, _) = call(client, "GET", "api/predictions/", params={"project": project.id})
    assert [(result["value"]["start"], result["type"]) for result in shown["result"]] == [
        (4, "labels"),
        (4, "choices"),
        (12, "labels"),
        (12, "choices"),
    ]


def test_another_codebook_than_the_projects_is_refused(access: Access, title: str, make_articles: Make) -> None:
    push(make_articles(one="The first text."), load_codebook(), title, access)
    with pytest.raises(FramingError, match=r"uses codebook loaded-language 1\.2\.0"):
        push(make_articles(one="The first text."), load_codebook("ptc-14"), title, access)


@pytest.mark.parametrize("unfit", ["ab", "   ", "x" * 51])
def test_a_title_that_label_studio_would_not_keep_is_refused_in_one_line(access: Access, make_articles: Make, unfit: str) -> None:
    with pytest.raises(FramingError, match="3 to 50 characters"):
        push(make_articles(one="A text."), load_codebook(), unfit, access)


def test_spaces_around_a_title_make_no_second_project(access: Access, title: str, make_articles: Make) -> None:
    push(make_articles(one="A text."), load_codebook(), f" {title} ", access)
    assert push(make_articles(one="A text."), load_codebook(), title, access).present == 1
    assert pull(f"{title} ", access).articles.height == 1


def test_the_number_of_readers_changes_only_when_it_is_asked_for_and_then_it_is_said(access: Access, title: str, make_articles: Make) -> None:
    def readers() -> int:
        with connect(access) as client:
            return int(find_project(client, title).maximum_annotations)  # type: ignore[union-attr]

    push(make_articles(one="A text."), load_codebook(), title, access, coders=3)
    assert push(make_articles(one="A text."), load_codebook(), title, access).changed == ()
    assert readers() == 3
    assert push(make_articles(one="A text."), load_codebook(), title, access, coders=2).changed == ("readers per article: 3 before, 2 now",)
    assert readers() == 2


def test_numbers_that_json_does_not_have_are_sent_as_missing(access: Access, title: str, make_articles: Make, tasks_of: Tasks) -> None:
    push(make_articles(one="A text.").with_columns(weight=pl.lit(float("nan"))), load_codebook(), title, access)
    assert tasks_of(title)[0]["weight"] is None


@pytest.mark.parametrize("name", ["policy-frames", "ptc-14", "semeval-2023", "babe", "basil", "gvfc"])
def test_the_server_accepts_the_labelling_screen_of_every_codebook_that_ships(access: Access, title: str, make_articles: Make, name: str) -> None:
    assert push(make_articles(one="A text."), load_codebook(name), f"{title} {name}", access).sent == 1
    assert pull(f"{title} {name}", access).codebook == load_codebook(name)


def test_columns_of_the_users_own_and_missing_titles_survive_the_way_there_and_back(access: Access, title: str, make_articles: Make) -> None:
    articles = make_articles(one="A text.").with_columns(title=pl.lit(None, pl.String), section=pl.lit("<b>politics</b>"), page=pl.lit(3))
    push(articles, load_codebook(), title, access)
    assert pull(title, access).articles.row(0, named=True) == articles.row(0, named=True)


def test_a_lost_answer_is_reconciled_and_doubles_nothing(
    access: Access, title: str, make_articles: Make, tasks_of: Tasks, losing_answers: Lose
) -> None:
    with losing_answers(access.address, 1) as address:
        push(make_articles(one="The first text.", two="The second text."), load_codebook(), title, Access(address, access.token))
    assert sorted(task["article_id"] for task in tasks_of(title)) == ["one", "two"]


def test_a_connection_that_keeps_breaking_says_to_run_again_and_the_next_run_finishes(
    access: Access, title: str, make_articles: Make, monkeypatch: pytest.MonkeyPatch, tasks_of: Tasks, losing_answers: Lose
) -> None:
    monkeypatch.setattr("annotate.labelstudio.upload.BATCH", 1)
    articles = make_articles(**{f"article{i}": f"Text number {i}." for i in range(5)})
    with losing_answers(access.address, 3) as address, pytest.raises(FramingError, match="Run the same command again"):
        push(articles, load_codebook(), title, Access(address, access.token))
    assert 0 < len(tasks_of(title)) < 5
    push(articles, load_codebook(), title, access)
    assert sorted(task["article_id"] for task in tasks_of(title)) == [f"article{i}" for i in range(5)]


def test_a_wrong_token_is_named_and_not_repeated(access: Access, title: str, make_articles: Make) -> None:
    wrong = Access(access.address, "0" * 40)
    with pytest.raises(FramingError, match="the token was refused") as caught:
        push(make_articles(one="A text."), load_codebook(), title, wrong)
    assert "0" * 40 not in str(caught.value) + repr(wrong)


def test_no_server_is_named_with_its_address(title: str, make_articles: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    with pytest.raises(FramingError, match=rf"127\.0\.0\.1:{free}: no server answers here"):
        push(make_articles(one="A text."), load_codebook(), title, Access(f"http://127.0.0.1:{free}", "0" * 40))
