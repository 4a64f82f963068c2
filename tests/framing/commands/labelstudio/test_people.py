"""The people of a lab's server, as its owner lists and changes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate.server.credentials import write_private
from annotate.server.members import change_members, invite, read_members, redeem
from tests.commands import catch_fault, run_framing, run_well


def people(data: Path, *words: str) -> str:
    return run_well("labelstudio", "people", *words, "--data", data)[0]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    for role, email in (("annotator", "ada@example.org"), ("expert", "ben@example.org")):
        redeem(tmp_path, invite(tmp_path, 7, role), email)
    return tmp_path


def test_people_are_listed_with_their_roles_and_changed_by_their_address(lab: Path) -> None:
    since = read_members(lab).people[0].since[:10]
    assert people(lab).splitlines() == [
        f"ada@example.org  annotator  project 7  since {since}",
        f"ben@example.org  expert     project 7  since {since}",
    ]
    assert people(lab, "role", "ADA@example.org", "owner") == "ada@example.org is owner now"
    assert people(lab, "remove", "ben@example.org") == "ben@example.org is locked out; their work stays"
    invite(lab, 8)
    invite(lab, 9, days=-1)
    listed = people(lab).splitlines()
    assert listed[0].startswith("ada@example.org  owner   all projects  since")
    assert listed[1].endswith(f"since {since}, locked out since {since}")
    assert len(listed) == 3
    assert listed[2].startswith("an invitation to project 8 as annotator is open until")


def test_what_is_not_there_or_no_role_changes_nothing(lab: Path) -> None:
    before = read_members(lab)
    for words, what in [
        (("remove", "cyd@example.org"), "nobody of this address"),
        # The server's own administrator can neither be locked out nor made less.
        (("role", "admin@example.com", "annotator"), "nobody of this address"),
        (("role", "ada@example.org", "boss"), "boss: is no role"),
        (("invite", "--project", "Corpus"), "this is no lab's server"),
        (("invite", "--project", "Corpus", "--role", "boss"), "boss: is no role"),
    ]:
        assert what in str(catch_fault("labelstudio", "people", *words, "--data", lab))
    write_private(lab / "team.json", json.dumps({"host": "::", "port": 443, "name": "lab.example.org", "certificate": "", "key": ""}))
    assert "no Label Studio server is running" in str(catch_fault("labelstudio", "people", "invite", "--project", "Corpus", "--data", lab))
    assert "stands behind the verb" in str(catch_fault("labelstudio", "people", "--data", lab, "remove", "ada@example.org"))
    assert read_members(lab) == before


def test_a_hostile_name_stays_one_line_on_the_terminal(lab: Path) -> None:
    with change_members(lab) as change:
        change.members = change.members.put(change.members.people[0].model_copy(update={"email": "a\x1b[2j@example.org"}))
    assert "\x1b" not in run_framing("labelstudio", "people", "--data", lab).stdout
