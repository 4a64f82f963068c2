"""The report in a real browser: it can be used, by everybody, and nothing in it runs or asks the network."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from classifiers import tabulate_quotations
from exports.estimates import correct
from exports.report import Report, write_report
from exports.report.correction import show_estimates
from exports.report.figures import Table
from exports.report.progress import show_progress
from schemas.codebook import Attribute, Codebook, Value

pytestmark = pytest.mark.browser
ATTRIBUTES = (
    Attribute(name="target", kind="actor", definition="Whom it is about."),
    Attribute(
        name="stance", kind="choice", definition="Against or for.", values=(Value(name="against", definition="a"), Value(name="for", definition="f"))
    ),
)
Maker = Callable[..., Report]
Driver = Any
Axe = Callable[[Driver], dict[str, Any]]
HOSTILE = '</script><img src=x onerror="document.title=1"><svg onload="document.title=2">'
QUOTE = "reckless 😀 zealots"


def visit(browser: Driver, page: Path, width: int = 1280, scheme: str = "light", height: int = 900) -> Driver:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]},
    )
    browser.get(page.as_uri())
    wait(browser, "return document.documentElement.dataset.ready === 'true'")
    return browser


def wait(browser: Driver, condition: str, *arguments: object) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 15).until(lambda driver: driver.execute_script(condition, *arguments))


def titles(browser: Driver) -> list[str]:
    return [element.text for element in browser.find_elements("css selector", "#list .title")]


@pytest.fixture(scope="module")
def page(make_report: Maker, make_book: Callable[..., Codebook], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles of two outlets over three months, one with hostile strings all over, 120 in all, of which 60 can be read."""
    texts = [f"The {QUOTE} of day {i} said: “a shameful plan”. {HOSTILE}" for i in range(120)]
    spans = [(f"n{i}", "Loaded", 4, 4 + len(QUOTE), 0.9, "narrator") for i in range(120)]
    spans += [(f"n{i}", "Scare", 13, 4 + len(QUOTE), 0.5, "narrator") for i in range(0, 120, 2)]
    spans += [(f"n{i}", "Loaded", texts[i].index("shameful"), texts[i].index(" plan"), 0.7, "quoted", HOSTILE) for i in range(0, 120, 3)]
    spans += [(f"n{i}", "Scare", 4 + len(QUOTE) + 4, 4 + len(QUOTE) + 7, 0.5, "unclear") for i in range(0, 120, 4)]
    columns = {
        "title": [f"Title {i:03} {HOSTILE}" for i in range(120)],
        "outlet": [HOSTILE if i % 3 else "Gazette" for i in range(120)],
        "published": [f"2026-{1 + i % 3:02}-01" for i in range(120)],
        "title_density_Loaded": [float(i == 1) for i in range(120)],
        "title_density_Scare": [0.0] * 120,
        "q_yes": [0.2 if i % 5 else 0.8 for i in range(120)],
        "q_no": [0.8 if i % 5 else 0.2 for i in range(120)],
    }
    question = {"name": "q", "prompt": HOSTILE, "choice": "single", "values": [{"name": name, "definition": name} for name in ("yes", "no")]}
    reasons = {(f"n{i}", part, 4, 4 + len(QUOTE)): [f'word "reckless" +1.0 {HOSTILE}'] for i in range(120) for part in ("text", "title")}
    alpha = {"alpha": 0.5, "low": 0.4, "high": 0.6}
    quotations = tabulate_quotations(pl.DataFrame({"article_id": [f"n{i}" for i in range(60)], "text": texts[:60]})).quotations
    report = make_report(
        texts,
        *spans,
        quotations=quotations.with_columns(speaker=pl.lit(HOSTILE), speaker_start=0, speaker_end=1),
        columns=columns,
        codebook=Codebook.model_validate(make_book().model_dump() | {"questions": [question]}),
        reasons=reasons,
        weights={"reckless": 1.0, "zealots": 1.0},
        evaluation=Table(["measure", "model"], [["tokens, F1", 0.5]]),
        agreement={
            "labels": {"Loaded": alpha},
            "annotators": {HOSTILE: {"read": 3, "severity": 0.1, "agreement": 0.4, "consistency": None, "flags": [HOSTILE]}},
            "confusion": {"Loaded": {"Loaded": 1, "<nothing>": 2}},
            "disagreements": [{"title": HOSTILE, "text": HOSTILE, "annotators": {"ada": [{"label": "Loaded", "quote": HOSTILE}]}}],
        },
    )
    coded = np.arange(20.0)
    corrected = {HOSTILE: correct(coded, coded + 1, np.arange(200.0) / 10, "density"), None: correct(coded[:0], coded[:0], coded, "density")}
    people = pl.DataFrame({"annotator": [HOSTILE], "read": [3], "spans": [9], "minutes": [1.5], "last": [None]})
    daily = pl.DataFrame({"annotator": [HOSTILE], "day": [date(2026, 1, 2)], "read": [3]})
    sections = [show_estimates(corrected, "outlet", "density", "density", [HOSTILE])]
    about = pl.when(pl.col("label") == "Loaded").then(
        pl.when(pl.col("article_id").str.ends_with("7")).then(pl.lit("Board")).otherwise(pl.lit(HOSTILE))
    )
    headline = report.spans.filter(article_id="n1", label="Loaded").with_columns(part=pl.lit("title"), text=pl.lit(columns["title"][1][4:22]))
    spans = pl.concat([report.spans, headline]).with_columns(target=about, stance=pl.lit("against"))
    named = replace(report, codebook=report.codebook.model_copy(update={"attributes": ATTRIBUTES}), spans=spans)
    return write_report(
        replace(named, texts=report.texts.head(60), sections=sections, progress=show_progress({0: 117, 1: 3}, people, daily)),
        tmp_path_factory.mktemp("page") / "report.html",
    )


# In the lowest window everything that can scroll does.
@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(1440, 900, "light"), (1440, 300, "dark"), (768, 300, "light"), (768, 900, "dark"), (360, 300, "light"), (360, 900, "dark")],
)
def test_axe_finds_no_violation_of_level_a_or_aa(browser: Driver, axe: Axe, page: Path, width: int, height: int, scheme: str) -> None:
    visit(browser, page, width, scheme, height)
    browser.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; }); document.querySelector('.mark').click();")
    found = axe(browser)
    assert [(v["id"], v["impact"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_runs_nothing_is_fetched_and_nothing_is_wider_than_the_screen(browser: Driver, page: Path, width: int) -> None:
    visit(browser, page, width)
    assert browser.title == "T"
    assert not browser.find_elements("css selector", "img")
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_search_and_filters_choose_among_all_articles(browser: Driver, page: Path) -> None:
    visit(browser, page)
    status = browser.find_element("id", "count")
    assert status.text == "120 articles"
    assert len(titles(browser)) == 50
    browser.find_element("css selector", "#label option[value='1']").click()
    wait(browser, "return document.getElementById('count').textContent === '60 articles'")
    browser.find_element("css selector", "#outlet option[value='1']").click()
    wait(browser, "return document.getElementById('count').textContent === '20 articles'")
    for name in ("label", "outlet"):
        browser.find_element("css selector", f"#{name} option[value='']").click()
    browser.find_element("css selector", "#voice option[value='1']").click()
    wait(browser, "return document.getElementById('count').textContent === '40 articles'")
    browser.find_element("css selector", "#voice option[value='']").click()
    browser.find_element("id", "search").send_keys("DAY 17 ")
    wait(browser, "return document.getElementById('count').textContent === '1 article'")
    assert titles(browser) == [f"Title 017 {HOSTILE}"]


def test_a_cell_of_who_is_framed_leads_to_its_spans(browser: Driver, page: Path) -> None:
    visit(browser, page)
    head = [cell.text for cell in browser.find_elements("css selector", "[data-name=actors-by-outlet] thead th")]
    row = next(row for row in browser.find_elements("css selector", "[data-name=actors-by-outlet] tbody tr") if row.text.startswith("Gazette"))
    row.find_elements("css selector", "th, td")[head.index("Board")].find_element("css selector", "a").click()
    # Of the twelve articles whose number ends in 7 those of the Gazette are 27, 57, 87 and 117.
    wait(browser, "return document.getElementById('count').textContent === '4 articles'")
    assert len(browser.find_elements("css selector", "#article .mark")) == 2
    browser.find_element("css selector", "#article .mark").click()
    assert "target: Board · stance: against" in browser.find_element("id", "why").text


def follow(browser: Driver, name: str) -> None:
    """Press the mark of a plot that says so."""
    mark = next(
        one for one in browser.find_elements("css selector", ".spot") if one.is_displayed() and one.get_attribute("aria-label").startswith(name)
    )
    browser.execute_script("arguments[0].focus()", mark)
    mark.send_keys("\ue007")


@pytest.mark.parametrize(
    ("name", "width", "count"),
    [("Gazette: ", 1280, 40), ("Gazette: ", 390, 40), ("Gazette, 2026-01: ", 1280, 40), (f"{HOSTILE}, 2026-02: ", 1280, 40), ("yes: ", 1280, 24)],
)
def test_a_point_leads_to_its_articles(browser: Driver, page: Path, name: str, width: int, count: int) -> None:
    visit(browser, page, width)
    follow(browser, name)
    wait(browser, f"return document.getElementById('count').textContent === '{count} articles'")
    assert browser.execute_script("return document.activeElement.id") == "article"
    # And back again to all.
    browser.execute_script("window.location.hash = '#articles?'")
    wait(browser, "return document.getElementById('count').textContent === '120 articles'")


def test_a_name_beside_a_plot_leads_as_its_point_does(browser: Driver, page: Path) -> None:
    visit(browser, page)
    name = next(words for words in browser.find_elements("css selector", "[data-name=outlets] .size-1 text") if words.text == "Gazette")
    place = browser.execute_script(
        "arguments[0].scrollIntoView({ block: 'center' }); const box = arguments[0].getBoundingClientRect(); return [box.x + 4, box.y + 4];", name
    )
    found = browser.execute_script("return document.elementFromPoint(...arguments[0]).closest('.spot')?.getAttribute('aria-label')", place)
    assert found.startswith("Gazette: ")


def test_a_mark_says_what_it_is_to_a_pointer_and_to_a_key(browser: Driver, page: Path) -> None:
    visit(browser, page)
    mark = browser.find_element("css selector", "[data-name=outlets] .size-1 .spot")
    tip = browser.find_element("id", "tip")
    from selenium.webdriver import ActionChains, Keys

    ActionChains(browser).move_to_element(mark).perform()
    assert tip.is_displayed()
    assert tip.text == mark.get_attribute("aria-label")
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    assert not tip.is_displayed()
    browser.execute_script("arguments[0].focus()", mark)
    assert tip.is_displayed()


def test_an_address_that_the_page_does_not_know_shows_everything(browser: Driver, page: Path) -> None:
    visit(browser, page)
    for address in (
        "articles?outlet=Nobody",
        "articles?answer=nonsense",
        "articles?answer=q:nobody",
        "articles?month=1900-01&label=x",
        "context?word=",
    ):
        browser.execute_script("window.location.hash = arguments[0]", f"#{address}")
        wait(browser, "return document.getElementById('count').textContent === '120 articles'")
    assert browser.get_log("browser") == []


def test_a_word_is_shown_in_its_sentences_which_can_be_sorted_and_lead_to_their_article(browser: Driver, page: Path) -> None:
    visit(browser, page)
    follow(browser, "reckless: ")
    # Of the sixty articles that can be read each has one.
    wait(browser, "return document.getElementById('word-count').textContent === '60 spans'")
    lines = browser.find_elements("css selector", "#lines tr")
    assert [cell.text for cell in lines[0].find_elements("css selector", "td")][:2] == ["The", QUOTE]
    browser.find_element("css selector", "#word-order option[value=outlet]").click()
    wait(browser, "return document.querySelector('#lines td:last-child').textContent.startsWith('<')")
    # The span itself, and why it was flagged.
    browser.find_element("css selector", "#lines button").click()
    wait(browser, "return document.activeElement.classList.contains('mark') && !document.getElementById('why').hidden")
    browser.find_element("id", "word").clear()
    browser.find_element("id", "word").send_keys("nowhere")
    wait(browser, "return document.getElementById('word-count').textContent === '0 spans'")
    assert not browser.find_element("css selector", "table.context").is_displayed()


def test_the_list_has_pages(browser: Driver, page: Path) -> None:
    visit(browser, page)
    browser.find_element("css selector", "#order option[value='title']").click()
    wait(browser, "return document.querySelector('#list .title').textContent.startsWith('Title 000')")
    on, back = browser.find_element("id", "on"), browser.find_element("id", "back")
    assert not back.is_enabled()
    on.click()
    on.click()
    assert [title[:9] for title in titles(browser)] == [f"Title {i}" for i in range(100, 120)]
    assert not on.is_enabled()
    assert browser.find_element("id", "place").text == "101 to 120"


def test_a_span_says_why_it_was_flagged_to_a_click_and_to_a_key(browser: Driver, page: Path) -> None:
    visit(browser, page)
    marks = browser.find_elements("css selector", "#article .mark")
    assert "".join(mark.find_element("xpath", ".").get_property("firstChild")["textContent"] for mark in marks[:2]).startswith("reckless")
    marks[0].click()
    why = browser.find_element("id", "why").text
    assert "Loaded" in why
    assert "probability 0.9" in why
    assert f'word "reckless" +1.0 {HOSTILE}' in why
    browser.execute_script("document.getElementById('why').hidden = true; arguments[0].focus();", marks[0])
    marks[0].send_keys("\ue007")
    assert browser.find_element("id", "why").is_displayed()


def test_spans_are_highlighted_by_code_points_and_overlaps_are_two(browser: Driver, page: Path) -> None:
    visit(browser, page)
    browser.find_element("id", "search").send_keys("title 000")
    wait(browser, "return document.querySelector('#article h3').textContent.startsWith('Title 000')")
    parts = [mark.get_property("firstChild")["textContent"] for mark in browser.find_elements("css selector", "#article .mark")]
    assert parts == [QUOTE[:9], QUOTE[9:], "day", "shameful"]
    labels = [mark.find_element("css selector", ".unseen").get_property("textContent") for mark in browser.find_elements("css selector", ".mark")]
    assert labels == [" (Loaded)", " (Loaded, Scare)", " (Scare, unclear)", " (Loaded, quoted)"]


def test_a_headline_has_its_own_spans_which_the_text_does_not_count(browser: Driver, page: Path) -> None:
    visit(browser, page)
    browser.find_element("id", "search").send_keys("title 001")
    wait(browser, "return document.querySelector('#article h3').textContent.startsWith('Titl')")
    assert "1 span, " in (about := browser.find_element("css selector", "#list .about").text)
    assert "; 1 more in the headline" in about
    mark = browser.find_element("css selector", "#article h3 .mark")
    assert mark.get_property("firstChild")["textContent"] == f"Title 001 {HOSTILE}"[4:22]
    mark.click()
    assert f'word "reckless" +1.0 {HOSTILE}' in browser.find_element("id", "why").text
    assert [svg.is_displayed() for svg in browser.find_elements("css selector", "[data-name=headlines] svg")] == [True, False]


def test_spans_of_unclear_voice_are_counted_apart_and_can_be_chosen(browser: Driver, page: Path) -> None:
    visit(browser, page)
    browser.find_element("id", "search").send_keys("title 000")
    wait(browser, "return document.getElementById('count').textContent === '1 article'")
    assert "2 spans, " in browser.find_element("css selector", "#list .about").text
    assert "; 1 more in quotations; 1 more of unclear voice" in browser.find_element("css selector", "#list .about").text
    visit(browser, page)
    browser.find_element("css selector", "#voice option[value='3']").click()
    wait(browser, "return document.getElementById('count').textContent === '30 articles'")
    browser.find_element("css selector", "#article .mark.unclear").click()
    assert "voice: unclear" in browser.find_element("id", "why").text


def test_who_is_quoted_is_a_table_and_the_reader_names_the_speaker(browser: Driver, page: Path) -> None:
    visit(browser, page)
    rows = [row.text for row in browser.find_elements("css selector", "figure[data-name='sources'] tbody tr")]
    assert any(HOSTILE.split(",", maxsplit=1)[0] in row for row in rows)
    browser.find_element("css selector", "#voice option[value='1']").click()
    wait(browser, "return document.getElementById('count').textContent === '40 articles'")
    browser.find_element("css selector", "#article .mark.quoted").click()
    assert f"voice: quoted ({HOSTILE})" in browser.find_element("id", "why").text


def test_an_article_whose_text_is_elsewhere_says_where(browser: Driver, page: Path) -> None:
    visit(browser, page)
    browser.find_element("id", "search").send_keys("n119")
    wait(browser, "return document.getElementById('count').textContent === '1 article'")
    wait(browser, "return document.getElementById('article').textContent.includes('framing trace SCORES --article')")
    browser.find_element("id", "readable").click()
    wait(browser, "return document.getElementById('count').textContent === '0 articles'")


def saved(browser: Driver, figure: str, kind: str) -> str:
    """What a click on the figure's button would save, caught on its way to the disk."""
    script = """
      const done = arguments[2], make = URL.createObjectURL;
      URL.createObjectURL = (blob) => { blob.text().then(done); return make(blob); };
      HTMLAnchorElement.prototype.click = () => {};
      document.querySelector(`figure[data-name="${arguments[0]}"] [data-save="${arguments[1]}"]`).click();
    """
    found: str = browser.execute_async_script(script, figure, kind)
    return found


def test_the_table_behind_a_plot_is_saved_without_a_formula(browser: Driver, make_report: Maker, tmp_path: Path) -> None:
    report = make_report(["One two"] * 4, ("n0", "Loaded", 0, 3, 1.0, "narrator"), columns={"outlet": ["=1+1", "=1+1", '+"b"', "-3"]})
    visit(browser, write_report(report, tmp_path / "report.html"))
    header, *rows = csv.reader(io.StringIO(saved(browser, "outlets", "csv")))
    assert header[0] == "\ufeffoutlet" or header[0] == "outlet"
    assert sorted(row[0] for row in rows) == ['\'+"b"', "'=1+1", "-3"]


def test_a_plot_is_saved_as_an_svg_of_its_own(browser: Driver, page: Path) -> None:
    from xml.etree import ElementTree as ET

    visit(browser, page)
    root = ET.fromstring(saved(browser, "outlets", "svg"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Gazette" in json.dumps([node.text for node in root.iter()])


def test_the_page_can_be_read_by_keyboard_alone(browser: Driver, page: Path) -> None:
    visit(browser, page)
    script = "return document.activeElement.tagName + ' ' + (document.activeElement.id || '')"
    reached = set()
    from selenium.webdriver import ActionChains, Keys

    for _ in range(200):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        reached.add(browser.execute_script(script).strip())
    assert {"A", "INPUT search", "SELECT outlet", "SELECT label", "SELECT voice", "SELECT order", "INPUT readable", "BUTTON on", "SUMMARY"} <= reached
    assert "SPAN" in reached
