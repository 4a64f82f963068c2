"""People are invited, come in, are served in order, and their owner sees how far they are."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable

import polars as pl
import pytest

from annotate.labelstudio import Access, count_coders, invite, push, sign_up, submit_annotations
from annotate.labelstudio.client import call, connect
from annotate.labelstudio.projects import find_project
from schemas.codebook import load_codebook
from schemas.errors import FramingError

pytestmark = pytest.mark.server
Make = Callable[..., pl.DataFrame]


def test_the_invitation_is_a_page_with_a_form_to_sign_up(access: Access, run_command: Callable[..., str]) -> None:
    address = invite(access)
    with urllib.request.urlopen(address) as page:
        assert b'name="password"' in page.read()
    assert run_command("labelstudio", "invite").strip() == address
    assert access.token not in address


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
    assert "busy@example.com: 1 articles, 1 spans, 1.0 min each" in said
    assert "2 articles, read 1 by 0, 1 by 1; 5 readings left until each has 3" in said
