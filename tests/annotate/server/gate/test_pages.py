"""A person is invited, comes in by the gate, and tags, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Access, pull, push
from annotate.server.members import invite
from schemas.codebook import load_codebook
from tests.annotate.labelstudio.test_screen import double_click_on, keep_picture, open_first_task, press, submit, tagged, wait_for
from tests.labs import run_gate

pytestmark = [pytest.mark.server, pytest.mark.browser]


def test_a_person_joins_by_an_invitation_tags_by_keys_and_finds_everything_else_closed(
    browser: Any, access: Access, server_data: Path, title: str, make_articles: Callable[..., pl.DataFrame]
) -> None:
    from selenium.webdriver.common.by import By

    texts = {"first": "The reckless plan was read.", "second": "A careless plan was read."}
    project = int(push(make_articles(**texts), load_codebook(), title, access, coders=2).address.rpartition("/")[2])
    others = int(push(make_articles(theirs="A plan."), load_codebook(), f"{title} of others", access).address.rpartition("/")[2])
    with run_gate(access.address, server_data, access.token) as address:
        browser.get(f"{address}/join/{invite(server_data, project)}")
        keep_picture(browser, "gate-invitation")
        assert title in browser.find_element(By.TAG_NAME, "h1").text
        for field, value in (("new-email", "joiner@example.com"), ("new-password", "password-of-joiner"), ("again", "password-of-joiner")):
            browser.find_element(By.ID, field).send_keys(value)
        browser.find_element(By.TAG_NAME, "button").click()
        wait_for(lambda: browser.find_elements(By.LINK_TEXT, title))
        keep_picture(browser, "gate-projects")

        open_first_task(browser, f"{address}/projects/{project}")
        press(browser, "1")
        double_click_on(browser, "reckless")
        wait_for(lambda: tagged(browser) == ["reckless"])
        submit(browser)
        wait_for(lambda: "careless" in browser.find_element(By.TAG_NAME, "body").text)
        press(browser, "1")
        double_click_on(browser, "careless")
        keep_picture(browser, "gate-second")
        refused = [entry["message"] for entry in browser.get_log("browser") if " 40" in entry["message"]]
        assert refused == []

        for closed in (
            f"/projects/{project}/data",
            f"/projects/{project}/settings",
            "/user/account",
            "/people",
            f"/projects/{others}/data?labeling=1",
        ):
            browser.get(address + closed)
            assert browser.find_element(By.TAG_NAME, "h1").text == "This is closed", closed
        keep_picture(browser, "gate-closed")
    rows = pull(title, access).require_annotations(title).filter(pl.col("start").is_not_null())
    assert rows.select("annotator", "quote").rows() == [("joiner@example.com", "reckless")]
