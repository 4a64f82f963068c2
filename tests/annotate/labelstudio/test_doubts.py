"""An annotator of bad will, on a real server: what was changed is named, is not taken, and what the folder had before stays whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Access, adopt, export_key, import_key, pull, pull_into, push, submit_annotations, suggest
from annotate.labelstudio.client import call, connect
from annotate.labelstudio.interface import build_interface
from annotate.labelstudio.projects import list_tasks, require_project
from annotate.labelstudio.record import Record
from annotate.labelstudio.suggestions import Suggestions
from schemas.codebook import load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError

pytestmark = pytest.mark.server
Make = Callable[..., pl.DataFrame]
Person = Callable[[str], Access]
Json = dict[str, Any]
TEXT = "A reckless plan, said the mayor 🚢, is the disease of the port."


def span(article: str, quote: str = "reckless") -> Json:
    start = TEXT.index(quote)
    return {"article_id": article, "label": "Loaded_Language", "start": start, "end": start + len(quote), "quote": quote, "value": None}


@pytest.fixture
def eve(make_person: Person) -> Access:
    return make_person("eve")


@pytest.fixture
def project(access: Access, title: str, make_articles: Make, make_person: Person, tmp_path: Path) -> Dataset:
    """Three articles, of which bob has read two; pulled into `tmp_path / "dataset"`."""
    push(make_articles(one=TEXT, two=TEXT, three=TEXT), load_codebook(), title, access)
    submit_annotations(title, pl.DataFrame([span("one"), span("two", "disease")]), make_person("bob"))
    return pull_into(tmp_path / "dataset", title, access).dataset


def tasks_of(client: Any, title: str) -> dict[str, Any]:
    return {task.data["article_id"]: task for task in list_tasks(client, require_project(client, title).id, "id,data,meta")}


def bob_and_the_owner(access: Access) -> tuple[int, int]:
    with connect(access) as client:
        people = {user.email: user.id for user in client.users.list()}
        return people["bob@example.com"], client.users.whoami().id


def no_suggestions(project: Dataset) -> Suggestions:
    """Of a model that finds nothing."""
    names = ("label", "start", "end", "quote", "value", "probability")
    rows = project.articles.select("article_id").clear().with_columns(pl.lit(None).alias(name) for name in names)
    return Suggestions("m", rows, project.articles.select("article_id", score=pl.lit(0.5)))


def is_whole(before: Dataset, now: Dataset) -> bool:
    return before.articles.equals(now.articles) and before.require_annotations("test").equals(now.require_annotations("test"))


def test_a_changed_text_is_named_and_not_taken_and_push_puts_it_back(
    access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path
) -> None:
    folder = tmp_path / "dataset"
    with connect(eve) as client:
        tasks = tasks_of(client, title)
        call(client, "PATCH", f"api/tasks/{tasks['one'].id}/", json={"data": tasks["one"].data | {"text": "A sound plan."}})
        # With the seal of another article, whose text it is, too.
        call(client, "PATCH", f"api/tasks/{tasks['two'].id}/", json={"data": tasks["three"].data, "meta": tasks["three"].meta})
    done = pull_into(folder, title, access)
    assert is_whole(project, done.dataset)
    assert [(doubt.article_id, doubt.annotator) for doubt in done.doubts] == [("one", None), ("two", None)]
    assert ("was changed" in str(done.doubts[0]), "was replaced on the server by article 'three'" in str(done.doubts[1])) == (True, True)
    assert is_whole(project, pull_into(folder, title, access, full=True).dataset)
    # Who has never seen the project takes nothing of them, but for the untouched one.
    assert pull(title, access).articles["article_id"].to_list() == ["three"]

    pushed = push(project.articles, load_codebook(), title, access)
    assert (pushed.sent, pushed.present) == (0, 3)
    assert pushed.changed == ("2 tasks had been changed on the server, and were put back as sent",)
    assert is_whole(project, pull(title, access))
    assert pull_into(folder, title, access).doubts == []


def test_a_forged_codebook_and_record_are_said_and_not_used(access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path) -> None:
    suggest(title, no_suggestions(project), access, blind=0.0)
    folder = tmp_path / "dataset"
    before = pull_into(folder, title, access).dataset
    with connect(eve) as client:
        number, config = (found := require_project(client, title)).id, found.label_config
        forged = config.replace('"blind": 0.0', '"blind": 0.97')
        assert forged != config
        client.projects.update(number, label_config=forged)
    done = pull_into(folder, title, access)
    assert (done.forged, is_whole(before, done.dataset)) == (True, True)
    # What stood there before the suggestions was sealed, too: an older screen is none.
    older = load_codebook().model_copy(update={"title": "Another"})
    with connect(eve) as client:
        client.projects.update(number, label_config=build_interface(older, Record()))
    done = pull_into(folder, title, access)
    assert (done.forged, done.dataset.codebook) == (True, load_codebook())
    assert "was put back as it was sent" in push(project.articles, load_codebook(), title, access).changed[0]
    assert not pull_into(folder, title, access).forged


def test_an_older_screen_put_back_is_a_forgery(access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path) -> None:
    with connect(access) as client:
        found = require_project(client, title)
    suggest(title, no_suggestions(project), access, blind=0.5)
    with connect(eve) as client:
        client.projects.update(found.id, label_config=found.label_config)
    assert pull_into(tmp_path / "dataset", title, access).forged


def test_work_in_anothers_name_is_named_and_not_taken(access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path) -> None:
    bob, _ = bob_and_the_owner(access)
    forged: Json = {"completed_by": bob, "result": [], "lead_time": 9.0}
    with connect(eve) as client:
        number, tasks = require_project(client, title).id, tasks_of(client, title)
        copies = [{"data": tasks[name].data, "meta": tasks[name].meta, "annotations": [forged]} for name in ("one", "three")]
        call(client, "POST", f"api/projects/{number}/import", json=copies)
        call(client, "POST", f"api/projects/{number}/import", json=[{"data": {"article_id": "new", "text": "Planted."}, "annotations": [forged]}])
        call(client, "POST", f"api/tasks/{tasks['three'].id}/annotations/", json=forged)
    done = pull_into(tmp_path / "dataset", title, access)
    assert is_whole(project, done.dataset)
    said = "\n".join(str(doubt) for doubt in done.doubts)
    assert said.count("was entered by an import, not by that person") == 2
    assert "the annotation of article 'three' by bob@example.com was changed by eve@example.com" in said
    assert "article 'new' was not sent by the owner" in said


def test_work_that_others_changed_stays_as_its_annotator_made_it_also_in_the_owners_name(
    access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path
) -> None:
    ids = dict(project.require_annotations("test").select("article_id", "annotation_id").iter_rows())
    # The second with the owner's token, as somebody may who has got hold of it.
    for who, article in ((eve, "one"), (access, "two")):
        with connect(who) as client:
            client.annotations.update(int(ids[article]), result=[], lead_time=-5)
    done = pull_into(tmp_path / "dataset", title, access)
    assert is_whole(project, done.dataset)
    assert sorted(str(doubt).partition("was changed by ")[2] for doubt in done.doubts) == [
        "admin@example.com, and is not taken",
        "eve@example.com, and is not taken",
    ]


def ids_of(project: Dataset) -> dict[str, int]:
    """The annotation of each article."""
    return {article: int(number) for article, number in project.require_annotations("test").select("article_id", "annotation_id").iter_rows()}


def test_work_that_somebody_deleted_or_skipped_stays_also_where_its_annotator_seems_to_have_done_it(
    access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path
) -> None:
    bob, _ = bob_and_the_owner(access)
    with connect(eve) as client:
        tasks = tasks_of(client, title)
        client.annotations.delete(ids_of(project)["one"])
        call(client, "PATCH", f"api/annotations/{ids_of(project)['two']}/", json={"was_cancelled": True})
        for name in ("one", "two"):
            # Who was the last to touch a task is a field that anybody can write.
            call(client, "PATCH", f"api/tasks/{tasks[name].id}/", json={"updated_by": bob})
    done = pull_into(tmp_path / "dataset", title, access)
    assert is_whole(project, done.dataset)
    assert (done.vanished, done.left) == ([("one", "bob@example.com")], [])
    assert [str(doubt) for doubt in done.doubts] == [
        "the annotation of article 'two' by bob@example.com was changed by eve@example.com, and is not taken"
    ]


def test_a_text_that_was_emptied_is_no_deletion(access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path) -> None:
    with connect(eve) as client:
        tasks = tasks_of(client, title)
        call(client, "PATCH", f"api/tasks/{tasks['one'].id}/", json={"data": tasks["one"].data | {"text": " "}})
        call(client, "PATCH", f"api/tasks/{tasks['two'].id}/", json={"data": {"title": "no article"}})
    done = pull_into(tmp_path / "dataset", title, access, take_deletions=True)
    assert is_whole(project, done.dataset)
    assert ([doubt.article_id for doubt in done.doubts], done.gone, done.vanished) == (["one", "two"], [], [])


def test_work_that_was_moved_to_another_article_is_not_taken_there(access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path) -> None:
    with connect(eve) as client:
        number, tasks = require_project(client, title).id, tasks_of(client, title)
        client.annotations.create(tasks["one"].id, result=[], lead_time=3.0)
        # Two tasks that look alike for a moment are joined by the server, with the work in them.
        one, two = tasks["one"], tasks["two"]
        call(client, "PATCH", f"api/tasks/{one.id}/", json={"data": two.data, "meta": two.meta})
        everything = {"selectedItems": {"all": True, "excluded": []}}
        call(client, "POST", "api/dm/actions", params={"id": "remove_duplicates", "project": number}, json=everything)
        call(client, "PATCH", f"api/tasks/{one.id}/", json={"data": one.data, "meta": one.meta})
    done = pull_into(tmp_path / "dataset", title, access)
    bobs = done.dataset.require_annotations("test").filter(annotator="bob@example.com")
    assert bobs.equals(project.require_annotations("test"))
    assert [str(doubt) for doubt in done.doubts] == [
        "the annotation of article 'two' by bob@example.com was moved to article 'one', and is not taken there"
    ]


def test_work_that_somebody_made_theirs_stays_its_annotators(access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path) -> None:
    with connect(eve) as client:
        her = client.users.whoami().id
        call(client, "PATCH", f"api/annotations/{ids_of(project)['one']}/", json={"completed_by": her})
    for _ in range(2):
        done = pull_into(tmp_path / "dataset", title, access, full=True)
        assert is_whole(project, done.dataset)
        assert [str(doubt) for doubt in done.doubts] == [
            "the annotation of article 'one' by bob@example.com was given to eve@example.com, and is not taken there"
        ]


def test_suggestions_that_somebody_planted_are_named(
    access: Access, title: str, eve: Access, project: Dataset, make_person: Person, tmp_path: Path
) -> None:
    suggest(title, no_suggestions(project), access, blind=0.99)
    with connect(eve) as client:
        number, tasks = require_project(client, title).id, tasks_of(client, title)
        for name, version in (("one", "m"), ("two", "forged")):
            call(client, "POST", "api/predictions/", json={"task": tasks[name].id, "result": [], "model_version": version})
            client.projects.update(number, model_version=version)
            with connect(make_person("late")) as late:
                late.annotations.create(tasks[name].id, result=[], lead_time=3.0)
    done = pull_into(tmp_path / "dataset", title, access)
    assert [str(doubt).partition("late@example.com ")[2] for doubt in done.doubts] == [
        "was made beside suggestions of 'm', which were withheld from this article",
        "was made beside suggestions of 'forged', which the owner of this project did not send",
    ]


def test_what_is_set_aside_can_be_read_again_however_large_and_deep_it_is(
    access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path
) -> None:
    deep: Any = "deep"
    for _ in range(200):
        deep = [deep]
    result = {"type": "labels", "value": {"start": 0, "end": 1, "labels": ["Loaded_Language"]}, "origin": "nowhere"}
    with connect(eve) as client:
        task = tasks_of(client, title)["three"].id
        # With more than 32 MB, or more than fifty levels, the folder would not open again.
        client.annotations.create(task, result=[{"junk": 33_000_000 * "x"}, *200 * [result]], lead_time=3.0)
        call(client, "POST", f"api/tasks/{task}/annotations/", json={"result": [result | {"value": deep}], "lead_time": 3.0})
        call(client, "POST", f"api/tasks/{task}/annotations/", json={"result": [result | {"value": {"start": deep}}], "lead_time": 3.0})
    for _ in range(2):
        assert is_whole(project, pull_into(tmp_path / "dataset", title, access).dataset)
    assert (tmp_path / "dataset" / "rejected.jsonl").stat().st_size < 200_000


def test_people_who_were_taken_out_of_the_organisation_stay_apart_and_keep_their_work(
    access: Access, title: str, project: Dataset, make_person: Person, tmp_path: Path
) -> None:
    gone = []
    for name in ("gone1", "gone2"):
        submit_annotations(title, pl.DataFrame([span("three")]), who := make_person(name))
        with connect(who) as client:
            gone.append(client.users.whoami().id)
    before = pull_into(tmp_path / "dataset", title, access).dataset
    with connect(access) as client:
        for number in gone:
            call(client, "DELETE", f"api/organizations/1/memberships/{number}/")
    assert is_whole(before, pull_into(tmp_path / "dataset", title, access, full=True).dataset)
    rows = pull(title, access).require_annotations("test").filter(article_id="three")
    assert sorted(rows["annotator"]) == sorted(f"user {number}" for number in gone)


def test_a_planted_task_of_a_known_name_does_not_stop_push(access: Access, title: str, eve: Access, project: Dataset, make_articles: Make) -> None:
    with connect(eve) as client:
        planted = [{"data": {"article_id": name, "text": "Planted."}, "meta": {"framing": 32 * "0"}} for name in ("one", "four")]
        call(client, "POST", f"api/projects/{require_project(client, title).id}/import", json=planted)
    pushed = push(make_articles(one=TEXT, two=TEXT, three=TEXT, four=TEXT), load_codebook(), title, access)
    assert (pushed.sent, pushed.present) == (1, 3)
    assert pushed.changed == ("2 tasks of the project are not what was sent; `framing pull` leaves that out",)
    assert pull(title, access).articles["text"].unique().to_list() == [TEXT]


def test_a_task_that_is_given_the_number_of_a_deleted_one_is_what_was_sent_now(
    access: Access, title: str, project: Dataset, make_articles: Make, tmp_path: Path
) -> None:
    with connect(access) as client:
        client.tasks.delete(str(tasks_of(client, title)["three"].id))
    push(make_articles(four=TEXT), load_codebook(), title, access)
    done = pull_into(tmp_path / "dataset", title, access)
    assert (done.doubts, done.gone, done.dataset.articles["article_id"].sort().to_list()) == ([], ["three"], ["four", "one", "three", "two"])


def test_one_bad_time_costs_that_time_alone(access: Access, title: str, project: Dataset, make_person: Person, tmp_path: Path) -> None:
    with connect(make_person("hasty")) as client:
        client.annotations.create(tasks_of(client, title)["three"].id, result=[], lead_time=-5)
    done = pull_into(tmp_path / "dataset", title, access)
    assert done.dataset.require_annotations("test").filter(annotator="hasty@example.com").select("article_id", "seconds").rows() == [("three", None)]
    assert [entry["reason"] for entry in done.dataset.rejected] == ["its lead_time -5.0 is no number of seconds, and is left out"]


def test_a_project_without_a_known_seal_is_taken_only_if_the_owner_says_so_and_is_adopted_by_one_command(
    access: Access, title: str, eve: Access, project: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_key(tmp_path / "owner.key")
    assert (tmp_path / "owner.key").stat().st_mode & 0o777 == 0o600
    # Another machine, of somebody who has access to the server.
    monkeypatch.setenv("FRAMING_LABELSTUDIO_DATA", str(tmp_path / "elsewhere"))
    for act in (lambda: pull(title, access), lambda: push(project.articles, load_codebook(), title, access)):
        with pytest.raises(FramingError, match="no seal of a key that is known here"):
            act()
    assert is_whole(project, pull(title, access, accept=True))
    # What was taken once is believed as it was then.
    with connect(eve) as client:
        task = tasks_of(client, title)["one"]
        call(client, "PATCH", f"api/tasks/{task.id}/", json={"data": task.data | {"text": "A sound plan."}})
    assert pull(title, access).articles["article_id"].to_list() == ["two", "three"]

    monkeypatch.setenv("FRAMING_LABELSTUDIO_DATA", str(tmp_path / "third"))
    import_key(tmp_path / "owner.key")
    assert pull(title, access).articles["article_id"].to_list() == ["two", "three"]
    push(project.articles, load_codebook(), title, access)
    assert is_whole(project, pull(title, access))

    monkeypatch.setenv("FRAMING_LABELSTUDIO_DATA", str(tmp_path / "fourth"))
    assert adopt(title, access) == 3
    assert is_whole(project, pull(title, access))


def test_a_project_of_an_earlier_version_is_adopted_with_all_its_work(
    access: Access, title: str, make_person: Person, project: Dataset, tmp_path: Path
) -> None:
    bob, _ = bob_and_the_owner(access)
    old = f"{title} old"
    with connect(access) as client:
        number = client.projects.create(title=old, label_config=build_interface(load_codebook())).id
        moved = {"completed_by": bob, "result": [], "lead_time": 2.0}
        tasks = [{"data": {"article_id": name, "text": TEXT}, "annotations": [moved]} for name in ("a", "b")]
        call(client, "POST", f"api/projects/{number}/import", json=tasks)
    with pytest.raises(FramingError, match="framing labelstudio adopt"):
        pull(old, access)
    assert adopt(old, access) == 2
    done = pull_into(tmp_path / "old", old, access)
    assert (done.dataset.require_annotations("test")["annotator"].to_list(), done.doubts) == (2 * ["bob@example.com"], [])
