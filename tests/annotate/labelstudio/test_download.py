"""What people did comes back as it was made; what cannot be true is set aside with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Access, pull, pull_into, push, submit_annotations
from annotate.labelstudio.client import connect
from annotate.labelstudio.projects import find_project, list_tasks
from schemas.codebook import load_codebook
from schemas.dataset import read_dataset, write_dataset
from schemas.errors import FramingError

pytestmark = pytest.mark.server
Make = Callable[..., pl.DataFrame]
Person = Callable[[str], Access]

TEXT = 'A 👩‍👩‍👧 reckless plan,\nso-called "reform" of\nthe 𝔸rea.'
COLUMNS = ["article_id", "annotator", "label", "start", "end", "quote", "value", "origin"]


def span(label: str, quote: str, article: str = "one") -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"article_id": article, "label": label, "start": start, "end": start + len(quote), "quote": quote, "value": None}


def answer(value: str, article: str = "one") -> dict[str, Any]:
    return {"article_id": article, "label": "frames", "start": None, "end": None, "quote": None, "value": value}


def nothing(article: str) -> dict[str, Any]:
    return {"article_id": article, "label": None, "start": None, "end": None, "quote": None, "value": None}


def annotate_raw(title: str, access: Access, result: list[dict[str, Any]], **more: Any) -> None:
    """An annotation as somebody's own script might send it: Label Studio accepts anything."""
    with connect(access) as client:
        project = find_project(client, title)
        assert project is not None
        task = next(list_tasks(client, project.id)).id
        client.annotations.create(task, result=result, **more)


def labels(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "x", "from_name": "spans", "to_name": "text", "type": "labels", "value": value, **more}


def test_a_pulled_row_equals_the_one_made(access: Access, title: str, make_articles: Make, make_person: Person) -> None:
    made = [
        span("Loaded_Language", "reckless plan"),
        span("Scare_Quotes", "reform"),
        span("Name_Calling", 'plan,\nso-called "reform" of\nthe 𝔸rea'),
        answer("Economic"),
        answer("Political"),
        nothing("two"),
    ]
    push(make_articles(one=TEXT, two="Plain."), load_codebook(), title, access)
    submit_annotations(title, pl.DataFrame(made, infer_schema_length=None), make_person("maker"))
    dataset = pull(title, access)
    expected = {tuple({**row, "annotator": "maker@example.com", "origin": "manual"}[name] for name in COLUMNS) for row in made}
    assert set(dataset.require_annotations("test").select(COLUMNS).rows()) == expected
    assert dataset.rejected == []


def test_two_people_are_two_annotators_and_nobody_submits_twice(access: Access, title: str, make_articles: Make, make_person: Person) -> None:
    push(make_articles(one=TEXT), load_codebook(), title, access)
    rows = pl.DataFrame([span("Scare_Quotes", "reform")])
    for name in ("first", "second"):
        assert submit_annotations(title, rows, make_person(name)) == 1
        assert submit_annotations(title, rows, make_person(name)) == 0
    annotations = pull(title, access).require_annotations("test")
    assert annotations["annotator"].to_list() == ["first@example.com", "second@example.com"]


def test_an_unknown_label_and_offsets_outside_the_text_are_set_aside_with_reasons(access: Access, title: str, make_articles: Make) -> None:
    push(make_articles(one=TEXT), load_codebook(), title, access)
    annotate_raw(
        title,
        access,
        [
            labels({"start": 0, "end": 1, "text": "A", "labels": ["Nonsense"]}),
            labels({"start": 5, "end": 4000, "text": "", "labels": ["Loaded_Language"]}),
            {"id": "y", "from_name": "frames", "to_name": "text", "type": "choices", "value": {"choices": ["Astrology"]}},
            {"id": "z", "from_name": "stars", "to_name": "text", "type": "rating", "value": {"rating": 5}},
            labels({"start": 0, "end": 1, "text": "A", "labels": ["Loaded_Language"]}),
        ],
    )
    dataset = pull(title, access)
    reasons = [row["reason"] for row in dataset.rejected]
    assert [row["quote"] for row in dataset.require_annotations("test").to_dicts()] == ["A"]
    assert reasons == [
        "the codebook has no label 'Nonsense'",
        f"its offsets 5 to 4000 are outside the text of {len(TEXT)} characters",
        "the codebook has no value of frames 'Astrology'",
        "results of type 'rating' are not part of this labelling interface",
    ]


def test_whoever_marked_something_that_was_set_aside_has_not_marked_nothing(access: Access, title: str, make_articles: Make) -> None:
    push(make_articles(one=TEXT), load_codebook(), title, access)
    annotate_raw(title, access, [labels({"start": 0, "end": 1, "text": "A", "labels": ["Gone"]})])
    dataset = pull(title, access)
    assert dataset.require_annotations("test").is_empty()
    assert len(dataset.rejected) == 1


def test_a_skipped_task_is_no_reading_and_a_second_annotation_replaces_the_first(access: Access, title: str, make_articles: Make) -> None:
    push(make_articles(one=TEXT), load_codebook(), title, access)
    annotate_raw(title, access, [labels({"start": 0, "end": 1, "text": "A", "labels": ["Loaded_Language"]})], was_cancelled=True)
    assert pull(title, access).require_annotations("test").is_empty()
    for end in (12, 17):
        annotate_raw(title, access, [labels({"start": 8, "end": end, "text": "", "labels": ["Loaded_Language"]})])
    dataset = pull(title, access)
    assert dataset.require_annotations("test")["end"].to_list() == [17]
    assert ["annotated this article again later" in row["reason"] for row in dataset.rejected] == [True]


def test_a_pulled_dataset_is_written_and_read_back_and_the_previous_annotations_are_kept(
    access: Access, title: str, make_articles: Make, make_person: Person, tmp_path: Path
) -> None:
    push(make_articles(one=TEXT), load_codebook(), title, access)
    submit_annotations(title, pl.DataFrame([span("Scare_Quotes", "reform")]), make_person("early"))
    first = write_dataset(tmp_path / "dataset", pull(title, access))
    assert not (tmp_path / "dataset" / "history").exists()
    submit_annotations(title, pl.DataFrame([span("Loaded_Language", "reckless")]), make_person("late"))
    second = write_dataset(tmp_path / "dataset", pull(title, access))
    (kept,) = (tmp_path / "dataset" / "history").glob("annotations-*.parquet")
    assert pl.read_parquet(kept).equals(first.require_annotations("test"))
    assert read_dataset(tmp_path / "dataset").require_annotations("test").equals(second.require_annotations("test"))


def test_a_project_that_does_not_exist_is_named(access: Access) -> None:
    with pytest.raises(FramingError, match="no such project 42: no project has this title"):
        pull("no such project 42", access)


def test_a_project_that_was_made_by_hand_is_refused(access: Access, title: str) -> None:
    with connect(access) as client:
        client.projects.create(title=title, label_config='<View><Text name="text" value="$text"/></View>')
    with pytest.raises(FramingError, match="not made by `framing push`"):
        pull(title, access)


def test_a_second_pull_reads_only_what_changed_and_ends_with_what_a_full_one_has(
    access: Access, title: str, make_articles: Make, make_person: Person, tmp_path: Path
) -> None:
    articles = make_articles(**{f"a{i:02}": TEXT for i in range(12)})
    push(articles, load_codebook(), title, access)
    rows = pl.DataFrame([span("Scare_Quotes", "reform", f"a{i:02}") for i in range(6)])
    submit_annotations(title, rows, make_person("steady"))
    annotate_raw(title, access, [labels({"start": 0, "end": 1, "text": "A", "labels": ["Gone"]})])
    folder = tmp_path / "dataset"
    assert pull_into(folder, title, access).read == 12
    assert pull_into(folder, title, access).read == 0
    submit_annotations(title, pl.DataFrame([span("Loaded_Language", "reckless", "a07"), span("Scare_Quotes", "reform", "a02")]), make_person("later"))
    push(make_articles(new=TEXT), load_codebook(), title, access)
    done = pull_into(folder, title, access)
    assert (done.read, done.vanished, done.gone) == (3, [], [])
    full = pull_into(tmp_path / "full", title, access).dataset
    assert done.dataset.articles.equals(full.articles)
    assert done.dataset.require_annotations("test").equals(full.require_annotations("test"))
    assert done.dataset.rejected == full.rejected != []
    assert pull_into(folder, title, access, full=True).read == 13


def test_what_somebody_deleted_is_named_and_kept_until_the_owner_lets_it_go(
    access: Access, title: str, make_articles: Make, make_person: Person, tmp_path: Path
) -> None:
    push(make_articles(one=TEXT, two="Plain."), load_codebook(), title, access)
    for name in ("victim", "bystander"):
        submit_annotations(title, pl.DataFrame([span("Scare_Quotes", "reform")]), make_person(name))
    folder = tmp_path / "dataset"
    before = pull_into(folder, title, access).dataset.require_annotations("test")
    theirs = before.filter(annotator="victim@example.com")["annotation_id"][0]
    # In this edition anybody can.
    with connect(make_person("culprit")) as client:
        client.annotations.delete(int(theirs))
    done = pull_into(folder, title, access)
    assert (done.vanished, done.left, done.read) == ([("one", "victim@example.com")], [], 1)
    assert done.dataset.require_annotations("test").equals(before)

    with connect(access) as client:
        project = find_project(client, title)
        assert project is not None
        task = next(task for task in list_tasks(client, project.id) if task.data["article_id"] == "two")
        client.tasks.delete(str(task.id))
    done = pull_into(folder, title, access)
    assert (done.gone, done.read, done.dataset.articles["article_id"].to_list()) == (["two"], 0, ["one", "two"])
    assert read_dataset(folder).require_annotations("test").equals(before)

    done = pull_into(folder, title, access, take_deletions=True)
    assert done.left == [("one", "victim@example.com")]
    assert done.dataset.require_annotations("test")["annotator"].to_list() == ["bystander@example.com"]
    (kept,) = (folder / "history").glob("annotations-*.parquet")
    assert pl.read_parquet(kept).equals(before)
    (articles,) = (folder / "history").glob("articles-*.parquet")
    assert pl.read_parquet(articles)["article_id"].to_list() == ["one", "two"]


def test_what_annotators_themselves_turned_into_a_skip_goes(
    access: Access, title: str, make_articles: Make, make_person: Person, tmp_path: Path
) -> None:
    push(make_articles(one=TEXT), load_codebook(), title, access)
    who = make_person("doubter")
    submit_annotations(title, pl.DataFrame([span("Scare_Quotes", "reform")]), who)
    (number,) = pull_into(tmp_path / "dataset", title, access).dataset.require_annotations("test")["annotation_id"]
    with connect(who) as client:
        client.annotations.update(int(number), was_cancelled=True)
    done = pull_into(tmp_path / "dataset", title, access)
    assert done.vanished == done.left == [("one", "doubter@example.com")]
    assert done.dataset.require_annotations("test").is_empty()


@pytest.mark.parametrize("damage", ["edited", "forgotten", "damaged"])
def test_a_folder_that_is_not_what_the_last_pull_wrote_is_read_anew(
    access: Access, title: str, make_articles: Make, make_person: Person, tmp_path: Path, damage: str
) -> None:
    push(make_articles(one=TEXT, two="Plain."), load_codebook(), title, access)
    submit_annotations(title, pl.DataFrame([span("Scare_Quotes", "reform")]), make_person("steady2"))
    folder = tmp_path / "dataset"
    first = pull_into(folder, title, access).dataset
    if damage == "edited":
        write_dataset(folder, replace(first, annotations=first.require_annotations("test").clear()))
    elif damage == "forgotten":
        (folder / "synced.json").unlink()
    else:
        (folder / "synced.json").write_text('{"server": 1')
    done = pull_into(folder, title, access)
    assert done.read == 2
    assert done.dataset.require_annotations("test").equals(first.require_annotations("test"))


def test_a_folder_of_one_project_is_not_filled_from_another(access: Access, title: str, make_articles: Make, tmp_path: Path) -> None:
    for name in (title, f"{title} b"):
        push(make_articles(one=TEXT), load_codebook(), name, access)
    pull_into(tmp_path / "dataset", title, access)
    with pytest.raises(FramingError, match="was pulled from another project"):
        pull_into(tmp_path / "dataset", f"{title} b", access)
