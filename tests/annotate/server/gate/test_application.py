"""What an annotator may not do, each tried through the gate on a real server; and what they may, which works as before."""

from __future__ import annotations

import json
import socket
import ssl
import uuid
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from annotate.labelstudio import Access, sign_up
from annotate.server.gate import attempts
from annotate.server.gate.rules import RULES, Rule, find_rule
from annotate.server.gate.targets import read_target
from annotate.server.members import invite, lock_out
from tests.labs import SPAN, Lab, run_gate

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def work(lab: Lab, access: Access) -> Lab:
    """Ann, Bob and an expert have each annotated the first article, Bob has a draft, and Gone was locked out."""
    for name, role in (("ann", "annotator"), ("bob", "annotator"), ("expert", "expert")):
        person = lab.enter(name, role)  # type: ignore[arg-type]
        task = person.get(f"/api/projects/{lab.numbers['mine']}/next").json()["id"]
        assert task == lab.numbers["mine_task"]
        made = person.post(f"/api/tasks/{task}/annotations/", json={"result": [SPAN], "lead_time": 3.5})
        assert made.status_code == 201, made.text
        lab.numbers[f"{name}_annotation"] = made.json()["id"]
    draft = lab.people["bob"].post(f"/api/tasks/{lab.numbers['mine_last']}/drafts", json={"result": [SPAN], "lead_time": 1.0})
    lab.numbers["bob_draft"] = draft.json()["id"]
    lab.enter("gone")
    lock_out(lab.data, "gone@lab.example.com")
    return lab


MINE, THEIRS = "/api/projects/{mine}", "/api/projects/{theirs}"
ATTACKS: tuple[tuple[str, str, Any], ...] = (
    # Deleting.
    *(("DELETE", path, None) for path in (f"{MINE}/", f"{MINE}/tasks/", "/api/tasks/{mine_task}/", "/api/annotations/{bob_annotation}/")),
    *(("DELETE", path, None) for path in ("/api/annotations/{ann_annotation}/", "/api/drafts/{bob_draft}/", "/api/users/{bob_id}/")),
    ("POST", "/api/annotations/{ann_annotation}/convert-to-draft", {}),
    *(("POST", f"/api/dm/actions?id={action}&project={{mine}}", {"selectedItems": {"all": True}}) for action in ("delete_tasks", "cache_labels")),
    ("POST", "/api/dm/actions?id=delete_tasks_annotations&id=next_task&project={mine}", {}),
    # Changing the project, its articles and others' work.
    ("PATCH", f"{MINE}/", {"title": "mine now"}),
    ("PATCH", f"{MINE}/", {"label_config": "<View/>"}),
    ("PATCH", "/api/tasks/{mine_task}/", {"data": {"text": "Another."}}),
    ("PUT", "/api/tasks/{mine_task}/", {"data": {"text": "Another."}}),
    ("PATCH", "/api/annotations/{bob_annotation}/", {"result": []}),
    ("PATCH", "/api/drafts/{bob_draft}/", {"result": []}),
    ("POST", "/api/tasks/{mine_task}/annotations/{bob_annotation}/drafts", {"result": []}),
    ("POST", f"{MINE}/import", [{"text": "Planted."}]),
    ("POST", "/api/projects/", {"title": "a project of my own"}),
    ("POST", f"{MINE}/summary/reset/", {}),
    ("POST", "/api/predictions/", {"task": 1, "result": []}),
    ("POST", "/api/dm/views?project={mine}", {"data": {"filters": {}}, "project": "{mine}"}),
    # Reading others' work, or other projects.
    *(("GET", path, None) for path in ("/api/annotations/{bob_annotation}/", "/api/drafts/{bob_draft}/", "/api/tasks/{theirs_task}/")),
    *(("GET", path, None) for path in (f"{THEIRS}/", f"{THEIRS}/next", "/projects/{theirs}/data?labeling=1", "/api/tasks?project={theirs}")),
    *(("GET", path, None) for path in (f"{MINE}/export?exportType=JSON", f"{MINE}/exports/", f"{MINE}/annotators/", f"{MINE}/summary/")),
    *(("GET", path, None) for path in ("/api/tasks/{mine_task}/agreement/", f"{MINE}/tasks/", "/api/predictions/?project={mine}")),
    *(("GET", path, None) for path in ("/projects/{mine}/data", "/projects/{mine}/settings", "/projects/{mine}/data?labeling=1&task={mine_task}")),
    *(("GET", path, None) for path in ("/data/upload/{theirs}/a.txt", "/data/avatars/a.png", "/tasks/{mine_task}/resolve/?fileuri=eA==")),
    # Asking by a filter what others wrote.
    *(("GET", f"{MINE}/next?{query}", None) for query in ('query={{"filters":{{}}}}', "view=1", "project={theirs}")),
    ("GET", "/api/tasks/{mine_task}?project={theirs}", None),
    *(("GET", path, None) for path in ("/api/dm/project", "/api/dm/project?project=", "/api/dm/columns?project=0", "/api/dm/project?project=00")),
    # Working in another's name, or where one is not.
    ("POST", "/api/tasks/{mine_task}/annotations/", {"result": [], "completed_by": "{bob_id}"}),
    ("POST", "/api/tasks/{theirs_task}/annotations/", {"result": []}),
    ("POST", "/api/tasks/{theirs_task}/drafts", {"result": []}),
    ("POST", "/api/tasks/{mine_last}/annotations/", {"result": [], "draft_id": "{bob_draft}"}),
    ("POST", "/api/tasks/{mine_task}/annotations/", {"result": [], "ground_truth": True}),
    ("POST", "/api/tasks/{mine_task}/annotations/", {"result": [], "created_at": "2020-01-01T00:00:00Z"}),
    *(("PATCH", "/api/annotations/{ann_annotation}/", {name: value}) for name, value in (("task", "{mine_last}"), ("project", "{theirs}"))),
    *(("PATCH", "/api/annotations/{ann_annotation}/", {name: value}) for name, value in (("completed_by", "{bob_id}"), ("ground_truth", True))),
    ("PATCH", "/api/annotations/{ann_annotation}/", {"parent_annotation": "{bob_annotation}"}),
    # The server's settings, and who is who.
    *(("POST", path, {}) for path in ("/api/webhooks/", "/api/ml/", "/api/storages/s3/", "/api/storages/localfiles/", "/api/invite/reset-token")),
    *(("GET", path, None) for path in ("/api/invite", "/api/organizations/1/memberships", "/api/current-user/token", "/user/account/", "/people/")),
    *(("GET", path, None) for path in ("/user/signup/", "/admin/", "/metrics/", "/docs/api/", "/api/anything/new", "/x/health/", "/API/projects")),
    *(("POST", path, {}) for path in ("/api/current-user/reset-token/", "/api/token/", "/api/organizations/", "/user/signup/?token=x")),
    ("PATCH", "/api/users/{ann_id}/", {"email": "admin@example.com"}),
    ("PATCH", "/api/users/{bob_id}/", {"first_name": "Nobody"}),
    ("DELETE", "/api/organizations/1/memberships/{bob_id}/", None),
    # Another method than the one that is seen.
    ("POST", "/api/annotations/{bob_annotation}/?_method=DELETE", {}),
    ("TRACE", "/api/projects", None),
)


def fill(what: Any, numbers: dict[str, int]) -> Any:
    if isinstance(what, dict):
        return {name: fill(value, numbers) for name, value in what.items()}
    if isinstance(what, str) and what.startswith("{") and what.endswith("}"):
        return numbers[what[1:-1]]
    return what.format(**numbers) if isinstance(what, str) else what


def state(lab: Lab) -> str:
    """Everything of the two projects that an attack could change."""
    export = "export?exportType=JSON&download_all_tasks=true"
    tasks = [lab.owner.get(f"/api/projects/{lab.numbers[name]}/{export}").json() for name in ("mine", "theirs")]
    project = lab.owner.get(f"/api/projects/{lab.numbers['mine']}/").json()
    return json.dumps([tasks, project["title"], project["label_config"], len(lab.owner.get("/api/users/").json())])


@pytest.fixture(scope="module")
def before(work: Lab) -> str:
    return state(work)


@pytest.mark.parametrize(("method", "path", "body"), ATTACKS)
def test_an_annotator_is_refused(work: Lab, before: str, method: str, path: str, body: Any) -> None:
    sent = {} if body is None else {"json": fill(body, work.numbers)}
    answer = work.people["ann"].request(method, fill(path, work.numbers), **sent)
    assert answer.status_code == (405 if method == "TRACE" else 403), answer.text
    # One line, which holds nothing of what was asked for.
    assert answer.json().keys() == {"detail", "status_code"}
    assert len(answer.text) < 120


def test_after_all_of_that_nothing_has_changed(work: Lab, before: str) -> None:
    assert state(work) == before


@pytest.mark.parametrize(
    "path", ["/api/tasks/{mine_task}/..%2f..%2fusers", "/api/tasks//1", "/static/..%2fapi/users", "/api/users;/static/x", "/static/%2e%2e/api/users"]
)
def test_no_spelling_of_an_address_leads_past_the_list(work: Lab, path: str) -> None:
    host, port = work.address.removeprefix("http://").split(":")
    cookies = "; ".join(f"{name}={value}" for name, value in work.people["ann"].cookies.items())
    # A client would tidy the address up.
    with socket.create_connection((host, int(port))) as line:
        line.sendall(f"GET {fill(path, work.numbers)} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n".encode())
        assert line.makefile("rb").readline().split()[1] == b"400"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"host": "elsewhere.example"}, 421),
        ({"host": "localhost"}, 421),
        ({"cookie": "sessionid=a; sessionid=b"}, 400),
        ({"authorization": "Basic YTpi"}, 401),
        ({"authorization": "Token " + 40 * "0"}, 401),
        ({"content-type": "text/plain"}, 415),
    ],
    ids=str,
)
def test_a_page_of_others_cannot_write_with_a_persons_session(work: Lab, headers: dict[str, str], status: int) -> None:
    path = f"/api/annotations/{work.numbers['ann_annotation']}/"
    assert work.people["ann"].patch(path, content=b'{"result": []}', headers={"content-type": "application/json"} | headers).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"result": [],}', 400),
        (b"[" * 200, 400),
        (b'{"result": NaN}', 400),
        (b"[]", 400),
        (b'{"result": [1]}', 403),
        (b'{"result": "[]"}', 403),
        (b'{"draft_id": [1]}', 403),
        (b'{"task": true}', 403),
        (b" " * 8_000_001, 413),
        ([b'{"result": []}'], 411),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_body_that_is_no_annotation_goes_no_further(work: Lab, body: Any, status: int) -> None:
    path, headers = f"/api/tasks/{work.numbers['mine_task']}/annotations/", {"content-type": "application/json"}
    assert work.people["ann"].post(path, content=body, headers=headers).status_code == status


def test_headers_of_a_visitor_choose_neither_method_nor_host_nor_person(work: Lab) -> None:
    headers = {"x-http-method-override": "DELETE", "x-forwarded-host": "elsewhere.example", "x-api-key": str(work.owner.headers["authorization"])[6:]}
    said = work.people["ann"].get("/api/current-user/whoami", headers=headers)
    assert (said.json()["email"], said.headers["x-frame-options"], said.headers["cache-control"]) == ("ann@lab.example.com", "DENY", "no-store")
    assert "access-control-allow-origin" not in said.headers
    cookie = said.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    led = work.visit().get("/projects/1/data?labeling=1", headers={"accept": "text/html"})
    assert led.headers["location"] == "/user/login/?next=%2Fprojects%2F1%2Fdata%3Flabeling%3D1"


def test_a_task_comes_with_ones_own_work_and_nothing_of_others(work: Lab) -> None:
    numbers, ann = work.numbers, work.people["ann"]
    task = ann.get(f"/api/tasks/{numbers['mine_task']}?project={numbers['mine']}&interaction=labelstream")
    assert [one["id"] for one in task.json()["annotations"]] == [numbers["ann_annotation"]]
    assert (task.json()["total_annotations"], task.json()["annotators"], task.json()["updated_by"]) == (1, [], [])
    listed = ann.get(f"/api/tasks/{numbers['mine_task']}/annotations/")
    drafts = ann.get(f"/api/tasks/{numbers['mine_last']}/drafts")
    assert ([one["id"] for one in listed.json()], drafts.json()) == ([numbers["ann_annotation"]], [])
    project = ann.get(f"/api/projects/{numbers['mine']}/")
    asked = [task, listed, drafts, project, ann.get(f"/api/users?project={numbers['mine']}"), ann.get("/api/projects"), ann.get("/")]
    asked += [ann.get(f"/api/dm/{what}?project={numbers['mine']}") for what in ("project", "columns", "views", "actions")]
    asked += [ann.get(f"/projects/{numbers['mine']}/data?labeling=1"), ann.get("/api/current-user/whoami")]
    assert {one.status_code for one in asked} == {200}
    told = " ".join(one.text for one in asked)
    assert [word for word in ("bob@", "expert@", "admin@", "theirs ", "total_annotations_number") if word in told] == []
    assert [one["id"] for one in ann.get("/api/projects").json()["results"]] == [numbers["mine"]]


# Each line of the allow list for a person who works, asked for once: by whom, how, what, and the server's own word on it.
ALLOWED: tuple[tuple[str, str, str, Any, int], ...] = (
    *(
        ("ann", "GET", path, None, 200)
        for path in ("/favicon.ico", "/sw.js", "/health", "/heidi-tips", "/api/version", "/user/login/", "/static/js/jquery.min.js")
    ),
    ("ann", "GET", "/react-app/runtime.js?v=df96d7", None, 200),
    ("ann", "GET", "/data/{upload}", None, 200),
    *(("ann", "GET", path, None, 200) for path in ("/projects/{mine}/data?labeling=1", "/api/current-user/whoami", "/api/ml?project={mine}")),
    *(("ann", "GET", path, None, 200) for path in ("/api/label_links?project={mine}&expand=label", "/api/users?project={mine}", "/api/projects")),
    *(("ann", "GET", path, None, 200) for path in ("/api/projects/{mine}", "/api/dm/project?project={mine}", "/api/dm/columns?project={mine}")),
    *(("ann", "GET", path, None, 200) for path in ("/api/dm/views?project={mine}", "/api/tasks?page=1&page_size=30&view=1&project={mine}")),
    *(("ann", "GET", path, None, 200) for path in ("/api/dm/actions?project={mine}", "/api/projects/{mine}/label-stream-history?project={mine}")),
    *(("ann", "GET", path, None, 200) for path in ("/api/projects/{mine}/next", "/api/tasks/{mine_task}", "/api/tasks/{mine_task}/annotations")),
    *(("ann", "GET", path, None, 200) for path in ("/api/annotations/{ann_annotation}", "/api/tasks/{mine_task}/drafts")),
    ("ann", "POST", "/api/dm/actions?id=next_task&tabID=1&project={mine}", {}, 200),
    ("ann", "POST", "/api/tasks/{mine_last}/annotations?project={mine}", {"result": [SPAN], "completed_by": "{ann_id}", "task": "{mine_last}"}, 201),
    ("ann", "PATCH", "/api/annotations/{ann_annotation}?taskID={mine_task}&project={mine}", {"result": [SPAN], "ground_truth": False}, 200),
    ("ann", "POST", "/api/tasks/{mine_task}/drafts?project={mine}", {"result": [SPAN]}, 201),
    ("ann", "POST", "/api/tasks/{mine_task}/annotations/{ann_annotation}/drafts", {"result": [SPAN]}, 201),
    *(("bob", "GET", path, None, 200) for path in ("/api/drafts/{bob_draft}/", "/logout")),
    ("expert", "GET", "/projects/{mine}/data?tab=1&task={mine_task}", None, 200),
    *(("expert", "GET", path, None, 200) for path in ("/api/projects/{mine}", "/api/dm/project?project={mine}", "/api/dm/views?project={mine}")),
    *(
        ("expert", "GET", path, None, 200)
        for path in ("/api/tasks?project={mine}&page=1", "/api/tasks/{mine_task}", "/api/tasks/{mine_task}/annotations")
    ),
    ("expert", "GET", "/api/annotations/{bob_annotation}", None, 200),
    (
        "expert",
        "POST",
        "/api/dm/views?tabID=0&project={mine}",
        {"data": {"title": "Mine", "filters": {"conjunction": "and", "items": []}}, "project": "{mine}"},
        201,
    ),
)


def test_every_line_of_the_allow_list_lets_through_what_it_is_for(work: Lab) -> None:
    said, project = [], work.numbers["mine"]
    work.owner.post(f"/api/projects/{project}/import?commit_to_project=false", files={"file": ("a.txt", b"One.")})
    names = work.numbers | {"upload": work.owner.get(f"/api/projects/{project}/file-uploads?all=true").json()[0]["file"]}
    for name, method, path, body, _ in ALLOWED:
        answer = work.people[name].request(method, fill(path, names), json=fill(body, names) if body is not None else None)
        said.append((name, method, path, answer.status_code if not answer.is_redirect else 200))
    assert [pair for pair in zip(said, [(*line[:3], line[4]) for line in ALLOWED], strict=True) if pair[0] != pair[1]] == []
    tab = work.people["expert"].get(f"/api/dm/views?project={work.numbers['mine']}").json()[0]
    for method in ("PATCH", "PUT"):
        body = {"data": tab["data"], "project": work.numbers["mine"]}
        assert work.people["expert"].request(method, f"/api/dm/views/{tab['id']}?project={work.numbers['mine']}", json=body).status_code == 200
    asked = {(rule.method, rule.address) for name, method, path, *_ in ALLOWED for rule in _lines(name, method, fill(path, names))}
    # Logging in, corrections of drafts, what is taken back and tabs of an expert have tests of their own.
    left = {(rule.method, rule.address.partition("?")[0]) for rule in RULES if (rule.method, rule.address) not in asked}
    own = {
        ("POST", "/user/login"),
        ("PATCH", "/api/drafts/{own_draft}"),
        ("DELETE", "/api/drafts/{own_draft}"),
        ("DELETE", "/api/annotations/{own_skip}"),
    }
    assert left == own | {(method, "/api/dm/views/{own_view}") for method in ("PATCH", "PUT")}


def _lines(name: str, method: str, path: str) -> list[Rule]:
    found = find_rule("expert" if name == "expert" else "annotator", method, read_target(*(part.encode() for part in (*path.split("?"), "")[:2])))
    return [found[0]] if found is not None else []


def test_an_expert_reads_everybodys_work_of_the_project_and_changes_only_their_own(work: Lab) -> None:
    numbers, expert = work.numbers, work.people["expert"]
    table = expert.get(f"/api/tasks?project={numbers['mine']}&page=1&page_size=10&fields=all").json()["tasks"]
    assert {one["completed_by"] for one in table[0]["annotations"]} == {numbers[f"{name}_id"] for name in ("ann", "bob", "expert")}
    assert expert.get(f"/api/annotations/{numbers['bob_annotation']}/").json()["result"] == [SPAN]
    assert expert.get(f"/projects/{numbers['mine']}/data").status_code == 200
    assert expert.patch(f"/api/annotations/{numbers['expert_annotation']}/", json={"result": [SPAN], "lead_time": 4.0}).status_code == 200
    for method, path in (("PATCH", "/api/annotations/{bob_annotation}/"), ("DELETE", "/api/tasks/{mine_task}/"), ("PATCH", "/api/projects/{mine}/")):
        assert expert.request(method, path.format(**numbers), json={"result": []}).status_code == 403
    for path in ("/api/tasks?project={theirs}", "/api/tasks/{theirs_task}/", "/api/projects/{mine}/export", "/api/users/{bob_id}/"):
        assert expert.get(path.format(**numbers)).status_code == 403


def test_the_stream_goes_on_with_drafts_skips_and_corrections(work: Lab) -> None:
    numbers, ann = work.numbers, work.people["ann"]
    query = {"id": "next_task", "tabID": "1", "project": str(numbers["mine"])}
    # A filter that somebody adds is not sent on.
    asked = {
        "filters": {
            "conjunction": "and",
            "items": [{"filter": "filter:tasks:id", "operator": "equal", "type": "Number", "value": numbers["mine_last"]}],
        }
    }
    task = ann.post("/api/dm/actions", params=query, json=asked).json()["id"]
    assert task not in (numbers["mine_task"], numbers["mine_last"])
    draft = ann.post(f"/api/tasks/{task}/drafts?project={numbers['mine']}", json={"result": [SPAN], "draft_id": 0, "parent_annotation": None}).json()
    assert ann.patch(f"/api/drafts/{draft['id']}", json={"result": [], "draft_id": draft["id"]}).status_code == 200
    second = ann.post(f"/api/tasks/{numbers['mine_task']}/drafts", json={"result": []}).json()["id"]
    assert ann.delete(f"/api/drafts/{second}?project={numbers['mine']}").status_code == 204
    body = {"result": [], "draft_id": draft["id"], "was_cancelled": True, "project": str(numbers["mine"]), "unique_id": str(uuid.uuid4())}
    skipped = ann.post(f"/api/tasks/{task}/annotations?project={numbers['mine']}", json=body)
    assert (skipped.status_code, skipped.json()["completed_by"]) == (201, numbers["ann_id"])
    assert ann.request("DELETE", f"/api/annotations/{skipped.json()['id']}?taskID={task}", json={"project": "1"}).status_code == 204
    changed = ann.patch(f"/api/annotations/{numbers['ann_annotation']}?taskID={numbers['mine_task']}", json={"result": [SPAN, SPAN | {"id": "b"}]})
    assert len(changed.json()["result"]) == 2
    assert ann.get(f"/api/projects/{numbers['mine']}/label-stream-history").json()[0]["taskId"] == numbers["mine_task"]


def test_whoever_has_left_is_out_at_once_and_a_stranger_was_never_in(work: Lab, access: Access) -> None:
    for visitor in (work.people["gone"], work.visit()):
        refused = {
            visitor.get(path.format(**work.numbers)).status_code for path in ("/api/projects/{mine}/next", "/api/users", "/api/tasks/{mine_task}")
        }
        assert refused <= {401, 403}
    assert "no project yet" in work.people["gone"].get("/").text
    # An account that was made past the gate, and a token of its own.
    token = sign_up(access, "stranger@example.com", "password-of-stranger").token
    assert work.visit(authorization=f"Token {token}").get(f"/api/projects/{work.numbers['mine']}/next").status_code == 403


def test_an_invitation_works_once_in_time_and_for_nobody_elses_address(work: Lab) -> None:
    secret, late = invite(work.data, work.numbers["theirs"]), invite(work.data, work.numbers["theirs"], days=-1)
    visitor, own = work.visit(), {"password": "password-of-bob", "again": "password-of-bob"}
    shown = visitor.get(f"/join/{secret}")
    assert "as <b>annotator</b>" in shown.text
    assert "theirs " in shown.text
    for email in ("bob@lab.example.com", "admin@example.com", "BOB@lab.example.com"):
        taken = visitor.post(f"/join/{secret}", data={"email": email, "deed": "new"} | own)
        assert (taken.status_code, "There is an account of this address" in taken.text) == (400, True)
    wrong = visitor.post(f"/join/{secret}", data={"email": "<b>@example.com", "deed": "known"} | own)
    assert "<b>@" not in wrong.text
    assert visitor.post(f"/join/{secret}", data={"email": "bob@lab.example.com", "deed": "known", "password": "another"}).status_code == 400
    assert visitor.post(f"/join/{secret}", data={"email": "gone@lab.example.com", "deed": "known", "password": "password-of-gone"}).status_code == 400
    assert visitor.post(f"/join/{secret}", data={}, headers={"origin": "https://elsewhere.example"}).status_code == 403
    known = visitor.post(f"/join/{secret}", data={"email": "bob@lab.example.com", "deed": "known", "password": "password-of-bob"})
    assert known.headers["location"] == "/"
    assert visitor.get("/").text.count("labeling=1") == 2
    said = {
        name: work.visit().get(f"/join/{one}", headers={"accept": "text/html"}).text
        for name, one in (("used", secret), ("late", late), ("none", "x"))
    }
    assert ("has been used" in said["used"], "has expired" in said["late"], "is not known" in said["none"]) == (True, True, True)
    written = (work.data / "gate.log").read_text(encoding="utf-8")
    assert (secret in written, late in written, "GET /join/… (this invitation has expired" in written) == (False, False, True)


def test_passwords_cannot_be_tried_without_end(work: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FOR_NAME", 2)
    visitor = work.visit()
    page = visitor.get("/user/login/").text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {"csrfmiddlewaretoken": token, "email": "nobody@example.com", "password": "guess"}
    tried = [visitor.post("/user/login/", data=form).status_code for _ in range(3)]
    assert tried == [200, 200, 429]


def test_invitations_cannot_be_guessed_without_end(access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FROM_HOST", 2)
    with run_gate(access.address, tmp_path, access.token) as address, httpx.Client(base_url=address) as visitor:
        assert [visitor.get(f"/join/guess{number}").status_code for number in range(3)] == [404, 404, 429]


def test_health_and_counts_say_nothing_of_people(work: Lab) -> None:
    assert work.visit(host="monitor.example").get("/gate/health").text == "gate and server answer\n"
    counts = work.visit().get("/gate/metrics").text
    assert 'framing_gate_requests_total{role="annotator",verdict="refused"}' in counts
    assert work.visit(host="127.0.0.1").get("/gate/metrics").text.startswith("# TYPE framing_gate_requests_total")
    assert work.visit(host="elsewhere.example").get("/gate/metrics").status_code == 421


def test_a_damaged_list_of_people_lets_nobody_in_and_a_server_that_is_gone_is_said(access: Access, tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text('{"people": 3}', encoding="utf-8")
    with run_gate(access.address, tmp_path, access.token) as address, httpx.Client(headers={"authorization": f"Token {access.token}"}) as owner:
        assert owner.get(f"{address}/api/projects").status_code == 503
        (tmp_path / "people.json").unlink()
        assert owner.get(f"{address}/api/projects?page_size=1").status_code == 200
    with run_gate("http://127.0.0.1:9", tmp_path, "none") as address, httpx.Client() as visitor:
        assert visitor.get(f"{address}/gate/health").status_code == 502


def test_the_owner_passes_in_both_directions(work: Lab, access: Access) -> None:
    owner = work.visit(authorization=f"Token {access.token}")
    project = int(owner.post("/api/projects/", json={"title": "through the gate"}).json()["id"])
    made = owner.post(f"/api/projects/{project}/import", files={"file": ("a.json", json.dumps([{"text": "One."}]).encode())})
    assert (made.status_code, made.json()["task_count"]) == (201, 1)
    assert owner.get(f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true{300 * '&ids=0'}").status_code == 200
    assert owner.get(f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true").json()[0]["data"] == {"text": "One."}
    assert owner.delete(f"/api/projects/{project}/").status_code == 204
    assert owner.get("/user/signup/").status_code == 403
    assert owner.get("/api/projects//").status_code == 400


def test_over_tls_the_session_is_for_https_alone(access: Access, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lab")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    files = (tmp_path / "chain.pem", tmp_path / "key.pem")
    files[0].write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    trust = ssl.create_default_context(cafile=str(files[0]))
    with run_gate(access.address, tmp_path, access.token, files) as address, httpx.Client(verify=trust) as visitor:
        answer = visitor.get(f"{address}/user/login/")
        assert [cookie.count("Secure") for cookie in answer.headers.get_list("set-cookie")] == [1, 1]
        with pytest.raises(httpx.HTTPError):
            httpx.get(address.replace("https", "http"))
