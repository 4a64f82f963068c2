"""A person's gestures in a real browser come back as the right offsets."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Access, pull, push
from schemas.codebook import load_codebook

pytestmark = [pytest.mark.server, pytest.mark.browser]

# A family joined by zero-width joiners, an astral letter and a combining accent stand before the words that are tagged.
TEXT = 'The 👩‍👩‍👧 family 😀 of 𝔸ndré faced a reckless plan.\n\nA second line calls it a "reform" again.'


ESCAPE = "\ue00c"


def wait_for(what: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError("the page did not show what was waited for")


def log_in(browser: Any, access: Access, name: str) -> None:
    browser.get(f"{access.address}/user/login/")
    wait_for(lambda: browser.find_elements("name", "email"))[0].send_keys(f"{name}@example.com")
    browser.find_element("name", "password").send_keys(f"password-of-{name}")
    browser.find_element("css selector", "#login-form button, form button[type=submit]").click()
    wait_for(lambda: "/login" not in browser.current_url)


def double_click_on(browser: Any, word: str) -> None:
    """Double-click in the middle of a word, wherever it is on the screen."""
    from selenium.webdriver.common.action_chains import ActionChains

    place = browser.execute_script(
        """
        const walker = document.createTreeWalker(document.querySelector('.framing-text'), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const at = walker.currentNode.data.indexOf(arguments[0]);
          if (at < 0) continue;
          const range = document.createRange();
          range.setStart(walker.currentNode, at);
          range.setEnd(walker.currentNode, at + arguments[0].length);
          const box = range.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }
        """,
        word,
    )
    assert place, f"{word} is not on the page"
    actions = ActionChains(browser)
    actions.w3c_actions.pointer_action.move_to_location(int(place[0]), int(place[1]))
    actions.double_click().perform()


def press(browser: Any, key: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(key).perform()


def open_first_task(browser: Any, project: str) -> None:
    """Open the labelling stream and close the instructions that greet an annotator."""
    browser.get(f"{project}/data?labeling=1")
    wait_for(lambda: browser.find_elements("css selector", ".framing-text"))
    time.sleep(1)
    assert "Read the article once" in browser.find_element("tag name", "body").text, "the instructions greet the annotator"
    press(browser, ESCAPE)
    time.sleep(1)


def test_a_persons_tags_come_back_with_the_right_offsets(
    browser: Any, access: Access, title: str, make_person: Callable[[str], Access], make_articles: Callable[..., pl.DataFrame]
) -> None:
    make_person("gesture")
    project = push(make_articles(emoji=TEXT), load_codebook(), title, access).address
    log_in(browser, access, "gesture")
    open_first_task(browser, project)

    press(browser, "1")
    double_click_on(browser, "reckless")
    press(browser, "3")
    double_click_on(browser, "reform")
    press(browser, "q")
    time.sleep(0.5)
    next(button for button in browser.find_elements("css selector", "button") if button.text.strip() == "Submit").click()
    time.sleep(2)

    rows = pull(title, access).annotations
    assert rows is not None
    spans = rows.filter(pl.col("start").is_not_null()).select("annotator", "label", "start", "end", "quote").rows()
    begin = {word: TEXT.index(word) for word in ("reckless", "reform")}
    assert spans == [
        ("gesture@example.com", "Loaded_Language", begin["reckless"], begin["reckless"] + 8, "reckless"),
        ("gesture@example.com", "Scare_Quotes", begin["reform"], begin["reform"] + 6, "reform"),
    ]
    assert rows.filter(pl.col("value").is_not_null()).select("label", "value").rows() == [("frames", "Economic")]


def test_the_labels_stay_on_the_screen_while_the_text_scrolls_and_the_codebook_is_on_the_page(
    browser: Any, access: Access, title: str, make_person: Callable[[str], Access], make_articles: Callable[..., pl.DataFrame]
) -> None:
    make_person("scroller")
    project = push(make_articles(long="A plain sentence stands here.\n\n" * 120), load_codebook(), title, access).address
    log_in(browser, access, "scroller")
    open_first_task(browser, project)

    bar = browser.find_element("css selector", ".framing-labels")
    browser.execute_script("document.querySelector('.framing-questions').scrollIntoView()")
    time.sleep(0.5)
    top = browser.execute_script("return arguments[0].getBoundingClientRect().top", bar)
    assert 0 <= top < 250
    assert "Codebook: Loaded language" in browser.find_element("tag name", "body").text
