"""People are invited, come in, are served in order, and their owner sees how far they are."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from annotate.labelstudio import Access, count_coders, find_codebook, find_number, invite, push, sign_up, submit_annotations
from annotate.labelstudio.client import call, connect
from annotate.labelstudio.projects import find_project
from annotate.server.credentials import write_private
from annotate.server.members import redeem
from schemas.codebook import load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError

pytestmark = pytest.mark.server
Make = Callable[..., pl.DataFrame]


def test_the_invitation_is_a_page_with_a_form_to_sign_up(access: Access, run_command: Callable[..., str]) -> None:
    address = invite(access)
    with urllib.request.urlopen(address) as page:
        assert b'name="password"' in page.read()
    said, note = run_command("labelstudio", "invite").splitlines()
    assert said == address
    assert "this machine alone opens this address" in note
    assert access.token not in address


def test_an_invitation_is_to_a_project_by_its_title_and_is_shown_once(
    access: Access, server_data: Path, title: str, make_articles: Make, run_command: Callable[..., str]
) -> None:
    push(make_articles(one="A text."), load_codebook(), title, access)
    way = {"host": "127.0.0.1", "port": 8443, "name": "127.0.0.1", "certificate": "", "key": ""}
    write_private(server_data / "team.json", json.dumps(way))
    try:
        address, *notes = run_command("labelstudio", "people", "invite", "--project", title, "--role", "expert").splitlines()
    finally:
        (server_data / "team.json").unlink()
    assert f"as expert of {title!r}, for 14 days" in notes[0]
    assert "this machine alone" in notes[1]
    member = redeem(server_data, address.removeprefix("https://127.0.0.1:8443/join/"), "once@example.org")
    assert (member.role, member.projects) == ("expert", (find_number(title, access),))
    assert f"once@example.org  expert  {title!r}" in run_command("labelstudio", "people")
    with pytest.raises(FramingError, match="has been used"):
        redeem(server_data, address.rpartition("/")[2], "twice@example.org")


def test_a_push_that_names_no_codebook_takes_the_projects(
    access: Access, title: str, make_articles: Make, tmp_path: Path, run_command: Callable[..., str]
) -> None:
    assert find_codebook(title, access) is None
    push(make_articles(one="A text."), load_codebook("babe"), title, access)
    write_dataset(tmp_path, Dataset(make_articles(one="A text.", two="Another.")))
    assert run_command("push", tmp_path, "--project", title).startswith("1 article sent, 1 was there")
    assert find_codebook(title, access) == load_codebook("babe")
    write_dataset(tmp_path, Dataset(make_articles(three="A third."), codebook=load_codebook("policy-frames")))
    with pytest.raises(AssertionError, match="this project uses codebook"):
        run_command("push", tmp_path, "--project", title)


def test_a_known_e_mail_with_another_password_is_refused(access: Access) -> None:
    sign_up(access, "known@example.com", "the right password")
    with pytest.raises(FramingError, match="another password"):
        sign_up(access, "known@example.com", "a wrong password")


def test_articles_are_served_in_the_order_in_which_they_were_pushed(
    access: Access, title: str, make_articles: Make, make_person: Callable[[str], Access]
) -> None:
    order = ["third", "first", "second"]
    push(make_articles(**{name: f"Text of {name}." for name in order}), load_codebook(), title, access)
    served = []
    with connect(make_person("reader")) as client:
        project = find_project(client, title)
        assert project is not None
        for _ in order:
            task = call(client, "GET", f"api/projects/{project.id}/next")
            served.append(task["data"]["article_id"])
            call(client, "POST", f"api/tasks/{task['id']}/annotations/", json={"result": [], "lead_time": 30.0})
    assert served == order


def test_status_says_who_has_read_how_much_and_what_is_left(
    access: Access, title: str, make_articles: Make, make_person: Callable[[str], Access], run_command: Callable[..., str]
) -> None:
    push(make_articles(one="A text.", two="Another."), load_codebook(), title, access, coders=3)
    rows = pl.DataFrame([{"article_id": "one", "label": "Loaded_Language", "start": 0, "end": 1, "quote": "A", "value": None}])
    submit_annotations(title, rows, make_person("busy"))
    assert count_coders(title, access) == 3
    said = run_command("status", "--project", title)
    assert "busy@example.com: 1 article, 1 span, 1.0 min each" in said
    assert "2 articles, read 1 by nobody, 1 by 1; 5 readings left until each has 3" in said
