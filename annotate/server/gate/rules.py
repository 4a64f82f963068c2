"""What may be asked for, by whom: an allow list. Whatever is not in it is refused, also what a later version of the server adds.

An address is written as it is asked for. In braces stands what a number names (`ownership.THINGS`): it must be of a project that the visitor was
invited to, and `own_` that the visitor made it. `{file}` is any path. Names of the query that are written with a question mark may be
missing, `*` is any value; every other name is refused. The fields of a body are given as the
query's, and `[]` is a list of objects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from annotate.server.gate.targets import Target

__all__ = ["LOGIN", "OPEN", "RULES", "WHOLE", "Rule", "find_rule", "match_values"]

ANNOTATORS, EXPERTS, OPEN = "annotator", "expert", "stranger"
WORKERS = (ANNOTATORS, EXPERTS)
EVERYBODY = (OPEN, *WORKERS)
_NUMBER = r"[0-9]{1,15}"
WHOLE, LOGIN = "whole", "login"
NOTHING = object()


@dataclass(frozen=True)
class Rule:
    """One line of the list. `body`: the fields that may be sent; `send`: what is sent whatever came; without both no body is. `answer`: how the
    answer is cut down (`answers.ANSWERS`); `says`: what is answered without asking the server."""

    roles: tuple[str, ...]
    method: str
    address: str
    answer: str = WHOLE
    body: Mapping[str, str] | None = None
    send: Any = None
    says: Any = NOTHING
    query: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        _, _, query = self.address.partition("?")
        object.__setattr__(self, "query", dict(part.split("=", 1) for part in query.split("&")) if query else {})

    @cached_property
    def path(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.address.partition("?")[0])
        written = [
            re.escape(part) if place % 2 == 0 else "(?:.+)" if part == "file" else f"(?P<{part}>{_NUMBER})" for place, part in enumerate(parts)
        ]
        return re.compile("".join(written).removesuffix("/") + "/?")

    @property
    def is_answered_here(self) -> bool:
        return self.says is not NOTHING

    def match(self, target: Target) -> list[tuple[str, int]] | None:
        """What path and query name, with its numbers; None if this is another address."""
        found = self.path.fullmatch(target.path)
        given = dict(target.query)
        if found is None or len(given) < len(target.query):
            return None
        named = match_values(self.query, given)
        return None if named is None else [(name, int(number)) for name, number in found.groupdict().items()] + named


def match_values(wanted: Mapping[str, str], given: Mapping[str, Any]) -> list[tuple[str, int]] | None:
    """What the values name, with its numbers; None unless every value is one that is wanted, and none is missing."""
    kinds = {name.removesuffix("?"): kind for name, kind in wanted.items()}
    if not given.keys() <= kinds.keys() or any(not name.endswith("?") and name not in given for name in wanted):
        return None
    named = []
    for name, value in given.items():
        kind = kinds[name]
        if kind == "[]":
            sound = isinstance(value, list) and all(isinstance(one, dict) for one in value)
        elif not kind.startswith("{"):
            sound = kind == "*" or str(value).lower() == kind
        else:
            is_number = isinstance(value, int | str) and not isinstance(value, bool) and re.fullmatch(_NUMBER, str(value)) is not None
            # A page says of what is not yet there that its number is 0, or nothing; the server takes the first project for one that is not named.
            sound = (is_number and int(value) > 0) or (name not in wanted and value in (None, "", 0, "0"))
            named += [(kind[1:-1], int(value))] if is_number and int(value) else []
        if not sound:
            return None
    return named


_PROJECT = "project={project}"
_SCREEN = f"{_PROJECT}&interaction?=*&include?=*&expand?=*"
_ANNOTATION = dict.fromkeys(("lead_time?", "was_cancelled?", "started_at?", "unique_id?", "parent_prediction?"), "*") | {
    "result?": "[]",
    "draft_id?": "{own_draft}",
    "parent_annotation?": "{own_annotation}",
    "project?": "{project}",
    "task?": "{task}",
    "completed_by?": "{person}",
    "ground_truth?": "false",
    "id?": "{own_annotation}",
}
_DRAFT = _ANNOTATION | {"was_postponed?": "*", "id?": "{own_draft}", "annotation?": "{own_annotation}", "user?": "{person}"}
# What the stream asks for when it wants the next article: without filters, by which one could ask what others wrote.
_NEXT = {"ordering": [], "selectedItems": {"all": False, "included": []}, "filters": {"conjunction": "and", "items": []}}
# The one tab of an annotator, who has no table of the project: with it the page opens its stream, and there is nothing to list.
_TAB = {"title": "Default", "type": "list", "target": "tasks", "ordering": [], "filters": {"conjunction": "and", "items": []}, "hiddenColumns": {}}
_NO_TASKS = {"tasks": [], "total": 0, "total_annotations": 0, "total_predictions": 0}
_NO_PAGE: dict[str, Any] = {"count": 0, "next": None, "previous": None, "results": []}
_TABLE = "project={project}&view?={view}&page?=*&page_size?=*&fields?=*&include?=*&query?=*&interaction?=*&resolve_uri?=*"
_VIEW = {"id?": "{own_view}", "project?": "{project}", "data?": "*", "order?": "*"}

RULES: tuple[Rule, ...] = (
    # The login page, and what every page is made of.
    *(Rule(EVERYBODY, "GET", f"/{folder}/{{file}}?v?=*") for folder in ("static", "react-app")),
    *(Rule(EVERYBODY, "GET", path) for path in ("/favicon.ico", "/sw.js", "/health", "/logout", "/user/login?next?=*")),
    Rule(EVERYBODY, "POST", "/user/login?next?=*", LOGIN),
    Rule(EVERYBODY, "GET", "/heidi-tips", says={}),
    # The page of the label stream, and what it asks about itself.
    Rule((ANNOTATORS,), "GET", "/projects/{project}/data?labeling=1"),
    Rule((EXPERTS,), "GET", "/projects/{project}/data?labeling?=1&tab?=*&task?={task}&annotation?={annotation}"),
    Rule(WORKERS, "GET", "/api/version"),
    Rule(WORKERS, "GET", "/api/current-user/whoami", "self"),
    Rule(WORKERS, "GET", "/api/ml?" + _SCREEN, says=[]),
    Rule(WORKERS, "GET", "/api/label_links?" + _SCREEN, says=_NO_PAGE),
    Rule(WORKERS, "GET", "/api/users?" + _SCREEN, "users"),
    Rule(WORKERS, "GET", "/api/projects?page?=*&page_size?=*&include?=*&ordering?=*", "projects"),
    Rule((ANNOTATORS,), "GET", "/api/projects/{project}?interaction?=*", "project"),
    Rule((EXPERTS,), "GET", "/api/projects/{project}?interaction?=*", "project of an expert"),
    Rule((ANNOTATORS,), "GET", "/api/dm/project?" + _SCREEN, "project"),
    Rule((EXPERTS,), "GET", "/api/dm/project?" + _SCREEN, "project of an expert"),
    Rule(WORKERS, "GET", "/api/dm/columns?" + _SCREEN, "columns"),
    Rule((ANNOTATORS,), "GET", "/api/dm/views?" + _SCREEN, says=[{"id": 1, "order": 0, "data": _TAB}]),
    Rule((ANNOTATORS,), "GET", "/api/tasks?" + _TABLE.replace("{view}", "*"), says=_NO_TASKS),
    Rule(WORKERS, "GET", "/api/dm/actions?" + _SCREEN, says=[]),
    # Reading and answering, one article after the other.
    Rule(WORKERS, "GET", "/api/projects/{project}/label-stream-history?project?={project}"),
    Rule(WORKERS, "GET", "/api/projects/{project}/next?project?={project}", "task"),
    Rule(WORKERS, "POST", "/api/dm/actions?id=next_task&tabID?=*&" + _PROJECT, "task", send=_NEXT),
    Rule((ANNOTATORS,), "GET", "/api/tasks/{task}?project?={project}&interaction?=*", "known task"),
    Rule((ANNOTATORS,), "GET", "/api/tasks/{task}/annotations?project?={project}", "annotations"),
    Rule(WORKERS, "POST", "/api/tasks/{task}/annotations?project?={project}", "annotation", body=_ANNOTATION),
    Rule((ANNOTATORS,), "GET", "/api/annotations/{own_annotation}?project?={project}&taskID?={task}", "annotation"),
    Rule(WORKERS, "PATCH", "/api/annotations/{own_annotation}?project?={project}&taskID?={task}", "annotation", body=_ANNOTATION),
    # Taking back a skip, and nothing else, deletes: what was skipped is in no figure.
    Rule(WORKERS, "DELETE", "/api/annotations/{own_skip}?project?={project}&taskID?={task}"),
    Rule(WORKERS, "GET", "/api/tasks/{task}/drafts?project?={project}", "drafts"),
    Rule(WORKERS, "POST", "/api/tasks/{task}/drafts?project?={project}", "draft", body=_DRAFT),
    Rule(WORKERS, "POST", "/api/tasks/{task}/annotations/{own_annotation}/drafts?project?={project}", "draft", body=_DRAFT),
    *(Rule(WORKERS, method, "/api/drafts/{own_draft}?project?={project}", "draft", body=_DRAFT) for method in ("GET", "PATCH")),
    Rule(WORKERS, "DELETE", "/api/drafts/{own_draft}?project?={project}"),
    Rule(WORKERS, "GET", "/data/upload/{project}/{file}"),
    # An expert reads the project's table and everybody's work.
    Rule((EXPERTS,), "GET", "/api/tasks?" + _TABLE),
    Rule((EXPERTS,), "GET", "/api/tasks/{task}?project?={project}&interaction?=*"),
    Rule((EXPERTS,), "GET", "/api/tasks/{task}/annotations?project?={project}"),
    Rule((EXPERTS,), "GET", "/api/annotations/{annotation}?project?={project}&taskID?={task}"),
    Rule((EXPERTS,), "GET", "/api/dm/views?" + _SCREEN),
    Rule((EXPERTS,), "POST", "/api/dm/views?tabID?=*&" + _PROJECT, "view", body=_VIEW),
    *(Rule((EXPERTS,), way, "/api/dm/views/{own_view}?tabID?=*&interaction?=*&" + _PROJECT, "view", body=_VIEW) for way in ("PATCH", "PUT")),
)


def find_rule(role: str, method: str, target: Target) -> tuple[Rule, list[tuple[str, int]]] | None:
    """The line of the list that allows this, and what the address names; None if there is none."""
    for rule in RULES:
        # Of what is cut down there is no head without a body.
        if rule.method != method and not (method == "HEAD" and rule.method == "GET" and rule.answer == WHOLE):
            continue
        if role in rule.roles and (named := rule.match(target)) is not None:
            return rule, named
    return None
