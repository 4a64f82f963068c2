"""What leads to one article, and what can be chosen without a script, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exports.report import Report, write_report
from exports.report.figures import lead
from exports.report.stories import FEWEST

pytestmark = pytest.mark.browser
Maker = Callable[..., Report]
Driver = Any
Axe = Callable[[Driver], dict[str, Any]]
HOSTILE = '</script><img src=x onerror="document.title=1"> & #'
READY = "return document.documentElement.dataset.ready === 'true'"


@pytest.fixture
def page(make_report: Maker, tmp_path: Path) -> Path:
    """One story of two outlets among others, and three coders who differ on one text."""
    size = FEWEST + 2
    texts = ["The ferry sank at the pier.", "At the pier the ferry sank.", *(f"town{i} budget{i} road{i}" for i in range(FEWEST))]
    columns = {"title": [f"Title {i} {HOSTILE}" for i in range(size)], "outlet": [f"Outlet {i}" for i in range(size)]}
    mark = {"label": "Loaded", "start": 4, "end": 9}
    contested = {
        "article_id": "n0",
        "title": HOSTILE,
        "text": texts[0],
        "furthest": ["ada", "cyd"],
        "annotators": {"ada": [mark], "ben": [], "cyd": []},
        "unsure": ["ben"],
        "notes": {"cyd": HOSTILE},
    }
    pairs = [
        {"annotators": [a, b], "articles": n, "alpha": 0.5, "low": 0.4, "high": 0.6}
        for a, b, n in (("ada", "ben", 9), ("ada", "cyd", 40), ("ben", "cyd", 9))
    ]
    report = make_report(texts, ("n1", "Loaded", 16, 21, 0.9, "narrator"), columns=columns, agreement={"pairs": pairs, "contested": [contested]})
    return write_report(report, tmp_path / "report.html")


def visit(browser: Driver, page: Path, width: int = 1280, scheme: str = "light") -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get(page.as_uri())
    WebDriverWait(browser, 15).until(lambda driver: driver.execute_script(READY))


def test_a_title_of_a_story_leads_to_its_article_whatever_was_chosen_before(browser: Driver, page: Path) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    visit(browser, page)
    browser.find_element("css selector", "#outlet option[value='5']").click()
    for article in ("n0", "n1"):
        title = browser.find_element("css selector", f'[data-name=stories] a[href="{lead(id=article)}"]')
        browser.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", title)
        title.click()
        WebDriverWait(browser, 15).until(lambda driver: driver.find_element("css selector", "#article h3").text.startswith(f"Title {article[1:]} "))  # noqa: B023
    assert browser.find_element("id", "count").text == f"{FEWEST + 2} articles"


def test_other_coders_are_chosen_by_their_names(browser: Driver, page: Path) -> None:
    visit(browser, page)

    def marked() -> list[list[str]]:
        texts = [text for text in browser.find_elements("css selector", ".marked") if text.is_displayed()]
        return [[mark.get_attribute("title") for mark in text.find_elements("css selector", "mark")] for text in texts]

    def choose(side: int, name: str) -> None:
        labels = browser.find_elements("css selector", ".coder")[side].find_elements("css selector", "label")
        label = next(label for label in labels if label.text == name)
        # The middle of the window: its top is under the parts of the report.
        browser.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", label)
        label.click()

    assert marked() == [["Loaded"], []]
    choose(1, "ada")
    assert marked() == [["Loaded"], ["Loaded"]]
    choose(0, "ben")
    assert marked() == [[], ["Loaded"]]


@pytest.mark.parametrize("width", [360, 1280])
def test_two_coders_stand_beside_each_other_and_on_a_telephone_one_below_the_other(browser: Driver, page: Path, width: int) -> None:
    visit(browser, page, width)
    left, right = (one.rect for one in browser.find_elements("css selector", ".coder"))
    assert (left["y"] == right["y"]) == (width > 500)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_in_stories_pairs_and_sides(browser: Driver, axe: Axe, page: Path, width: int, scheme: str) -> None:
    visit(browser, page, width, scheme)
    found = axe(browser)
    assert [(v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"]) for v in found["violations"]] == []
    assert browser.find_elements("css selector", "td.shaky")
