"""A person's gestures in a real browser come back as the right offsets."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.labelstudio import Access, pull, push, submit_annotations
from annotate.labelstudio.attributes import find_free_key
from annotate.labelstudio.client import connect
from annotate.labelstudio.migration import migrate_project
from annotate.labelstudio.projects import find_project, list_tasks
from annotate.migration import make_plan
from classifiers import load_model, score
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, read_dataset, write_dataset

pytestmark = [pytest.mark.server, pytest.mark.browser]

# A family joined by zero-width joiners, an astral letter and a combining accent stand before the words that are tagged.
TEXT = 'The 👩‍👩‍👧 family 😀 of 𝔸ndré faced a reckless plan.\n\nA second line calls it a "reform" again.'


HEADLINE = "An 😀 hour of the Zealots"
ESCAPE, BACKSPACE = "\ue00c", "\ue003"


def wait_for(what: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError("the page did not show what was waited for")


def log_in(browser: Any, access: Access, name: str) -> None:
    # The list of projects, which comes next without being asked for, would be made for nobody.
    browser.get(f"{access.address}/user/login/?next=/api/version")
    wait_for(lambda: browser.find_elements("name", "email"))[0].send_keys(f"{name}@example.com")
    browser.find_element("name", "password").send_keys(f"password-of-{name}")
    browser.find_element("css selector", "#login-form button, form button[type=submit]").click()
    wait_for(lambda: "/login" not in browser.current_url)


def find_word(browser: Any, word: str) -> tuple[int, int]:
    """The middle of a word, wherever it is on the screen."""
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
    return int(place[0]), int(place[1])


def point_at(browser: Any, word: str) -> Any:
    """Gestures that begin in the middle of the word."""
    from selenium.webdriver.common.action_chains import ActionChains

    actions = ActionChains(browser)
    actions.w3c_actions.pointer_action.move_to_location(*find_word(browser, word))
    return actions


def double_click_on(browser: Any, word: str) -> None:
    point_at(browser, word).double_click().perform()


def drag(browser: Any, first: str, last: str) -> None:
    actions = point_at(browser, first).click_and_hold()
    actions.w3c_actions.pointer_action.move_to_location(*find_word(browser, last))
    actions.release().perform()


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


def submit(browser: Any) -> None:
    next(button for button in browser.find_elements("css selector", "button") if button.text.strip() == "Submit").click()
    time.sleep(2)


def tagged(browser: Any) -> list[str]:
    """The words that are coloured in the text, asked for at once: the page may draw them anew between two questions."""
    script = "return [...document.querySelectorAll(\".framing-text [class*='htx-highlight']\")].map(e => e.innerText).filter(t => t.trim())"
    words: list[str] = browser.execute_script(script)
    return words


def wait_for_tags(browser: Any, words: list[str]) -> None:
    wait_for(lambda: sorted(tagged(browser)) == sorted(words))


def keep_picture(browser: Any, name: str) -> None:
    """For whoever wants to look: FRAMING_PICTURES names a folder."""
    if folder := os.environ.get("FRAMING_PICTURES"):
        browser.save_screenshot(f"{folder}/{name}.png")


def say_in_doubt(browser: Any, note: str) -> None:
    """Say by its key that one is unsure, and type a note, without Enter."""
    press(browser, str(find_free_key(load_codebook())))
    time.sleep(0.3)
    browser.find_element("css selector", ".framing-notes textarea, .framing-notes input[type=text]").send_keys(note)
    time.sleep(0.3)


def log_out(browser: Any) -> None:
    browser.delete_all_cookies()


def test_a_persons_tags_come_back_with_the_right_offsets(
    browser: Any, access: Access, title: str, make_person: Callable[[str], Access], make_articles: Callable[..., pl.DataFrame]
) -> None:
    make_person("gesture")
    content = load_codebook().model_dump()
    content["questions"][0]["required"] = True
    project = push(make_articles(emoji=TEXT), Codebook.model_validate(content), title, access).address
    log_in(browser, access, "gesture")
    open_first_task(browser, project)

    press(browser, "1")
    double_click_on(browser, "reckless")
    press(browser, "3")
    double_click_on(browser, "reform")
    submit(browser)
    keep_picture(browser, "required")
    # Without an answer to what is required nothing is saved.
    assert "There is no answer to this yet" in browser.find_element("tag name", "body").text
    assert pull(title, access).require_annotations(title).height == 0
    next(button for button in browser.find_elements("css selector", "[role=dialog] button") if button.text.strip() == "OK").click()
    time.sleep(0.5)
    press(browser, "q")
    time.sleep(0.5)
    say_in_doubt(browser, "Is <b>he</b>  quoted?")
    keep_picture(browser, "note")
    submit(browser)

    rows = pull(title, access).annotations
    assert rows is not None
    spans = rows.filter(pl.col("start").is_not_null()).select("annotator", "label", "start", "end", "quote").rows()
    begin = {word: TEXT.index(word) for word in ("reckless", "reform")}
    assert spans == [
        ("gesture@example.com", "Loaded_Language", begin["reckless"], begin["reckless"] + 8, "reckless"),
        ("gesture@example.com", "Scare_Quotes", begin["reform"], begin["reform"] + 6, "reform"),
    ]
    assert rows.filter(pl.col("value").is_not_null()).select("label", "value").rows() == [("frames", "Economic")]
    assert rows.select("unsure", "note").unique().rows() == [(True, "Is <b>he</b> quoted?")]


def order_said(browser: Any) -> str:
    """What the screen says of the order in which one tags, at this moment."""
    said: str = browser.execute_script("return document.querySelector('.framing-order').innerText.trim()")
    return said


def measure_letters(browser: Any) -> list[float]:
    """Where each letter of the text stands, in fractions of pixels."""
    places: list[float] = browser.execute_script(
        """
        const walker = document.createTreeWalker(document.querySelector('.framing-text'), NodeFilter.SHOW_TEXT);
        const places = [], range = document.createRange();
        while (walker.nextNode()) {
          for (const letter of walker.currentNode.data.matchAll(/\\S/g)) {
            range.setStart(walker.currentNode, letter.index);
            range.setEnd(walker.currentNode, letter.index + 1);
            places.push(range.getBoundingClientRect().left, range.getBoundingClientRect().top);
          }
        }
        return places;
        """
    )
    return places


def test_words_are_tagged_in_either_order_and_the_screen_says_what_comes_next(
    browser: Any, access: Access, title: str, make_person: Callable[[str], Access], make_articles: Callable[..., pl.DataFrame]
) -> None:
    make_person("order")
    project = push(make_articles(ordered=TEXT), load_codebook(), title, access).address
    log_in(browser, access, "order")
    open_first_task(browser, project)
    first, then = "Press the key of a label, then double-click", "Now double-click a word"
    assert order_said(browser).startswith(first)
    # Label Studio makes no span of words that were selected before the key, until they are clicked.
    for key, select, words, tags in (
        ("1", lambda: double_click_on(browser, "reckless"), "reckless", ["reckless"]),
        ("2", lambda: drag(browser, "second", "calls"), "line", ["reckless", "second line calls"]),
    ):
        select()
        press(browser, key)
        time.sleep(0.5)
        assert len(tagged(browser)) == len(tags) - 1
        assert order_said(browser).startswith(then)
        keep_picture(browser, f"order-{key}")
        point_at(browser, words).click().perform()
        wait_for_tags(browser, tags)
        assert order_said(browser).startswith(first)
    press(browser, "3")
    assert order_said(browser).startswith(then)
    double_click_on(browser, "reform")
    wait_for_tags(browser, ["reckless", "reform", "second line calls"])
    click_on(browser, "reform")
    assert order_said(browser).startswith("A span is selected")
    press(browser, ESCAPE)
    time.sleep(0.5)
    assert order_said(browser).startswith(first)
    submit(browser)
    rows = pull(title, access).require_annotations(title).filter(pl.col("start").is_not_null())
    assert rows.select("label", "start", "quote").rows() == [
        ("Loaded_Language", TEXT.index("reckless"), "reckless"),
        ("Name_Calling", TEXT.index("second"), "second line calls"),
        ("Scare_Quotes", TEXT.index("reform"), "reform"),
    ]


def test_no_letter_moves_when_spans_are_tagged_and_selected(
    browser: Any, access: Access, title: str, make_person: Callable[[str], Access], make_articles: Callable[..., pl.DataFrame]
) -> None:
    make_person("still")
    text = "The reckless zealots of the council sank the old port, critics say, and nobody was asked about it at all. " * 3
    project = push(make_articles(still=text), load_codebook(), title, access).address
    log_in(browser, access, "still")
    open_first_task(browser, project)
    before = measure_letters(browser)
    for label, gesture in (("1", lambda: double_click_on(browser, "reckless")), ("2", lambda: drag(browser, "zealots", "port"))):
        press(browser, label)
        gesture()
    press(browser, "4")
    double_click_on(browser, "nobody")
    wait_for_tags(browser, ["reckless", "zealots of the council sank the old port", "nobody"])
    keep_picture(browser, "still")
    for select in (lambda: None, lambda: click_on(browser, "nobody")):
        select()
        # Where letters are set apart by a span, a browser rounds their places to a 64th of a pixel.
        assert max(abs(one - other) for one, other in zip(before, measure_letters(browser), strict=True)) < 0.1


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


def size_of_first_line(browser: Any) -> str:
    size: str = browser.execute_script("return getComputedStyle(document.querySelector('.framing-text [class*=richtext__line]')).fontSize")
    return size


def with_attributes() -> Codebook:
    """The codebook that ships, as a later version that asks who is meant, and how they are seen."""
    values = [{"name": name, "definition": "For tests."} for name in ("against", "for", "neither")]
    asked = [("target", "actor", ()), ("stance", "choice", values), ("metaphor", "choice", values[:2])]
    attributes = [{"name": name, "kind": kind, "definition": "For tests.", "values": values} for name, kind, values in asked]
    actors = [{"name": "André", "kind": "person"}, {"name": "Family", "kind": "group", "aliases": ["family"]}]
    return Codebook.model_validate(load_codebook().model_dump() | {"version": "9.0.0", "attributes": attributes, "actors": actors, "headlines": True})


def test_what_is_said_of_spans_by_keys_comes_back_on_the_right_ones_and_the_text_does_not_move(
    browser: Any, access: Access, title: str, make_person: Callable[[str], Access], make_articles: Callable[..., pl.DataFrame]
) -> None:
    from selenium.webdriver.common.keys import Keys

    # A project that was begun without attributes has them from the migration on. Its headlines are marked, too.
    begun = Codebook.model_validate(load_codebook().model_dump() | {"version": "8.0.0", "attributes": [], "headlines": True})
    articles = make_articles(said=TEXT, untitled="Nobody.").with_columns(title=pl.Series([HEADLINE, None]))
    project = push(articles, begun, title, access).address
    migrate_project(title, make_plan(begun, with_attributes(), (), (), (), ()), access, lambda rows: None)
    make_person("sayer")
    log_in(browser, access, "sayer")
    open_first_task(browser, project)
    for label, gesture in (("2", lambda: drag(browser, "faced", "plan")), ("1", lambda: double_click_on(browser, "reckless"))):
        press(browser, label)
        gesture()
    press(browser, "3")
    double_click_on(browser, "reform")
    press(browser, "2")
    double_click_on(browser, "Zealots")
    before = find_word(browser, "again")
    # Nobody is selected: the key of an answer says nothing.
    press(browser, "x")

    point_at(browser, "reckless").click().perform()
    time.sleep(0.3)
    assert find_word(browser, "again") == before
    point_at(browser, "reckless").key_down(Keys.SHIFT).send_keys("1").key_up(Keys.SHIFT).send_keys("zv").perform()
    keep_picture(browser, "attributes")
    point_at(browser, "faced").click().perform()
    time.sleep(0.3)
    press(browser, "x")
    point_at(browser, "Zealots").click().perform()
    time.sleep(0.3)
    press(browser, "z")
    point_at(browser, "faced").click().perform()
    time.sleep(0.3)
    browser.find_element("css selector", ".framing-attribute input.ant-input").send_keys("the  council", Keys.ENTER)
    time.sleep(0.3)
    assert find_word(browser, "again") == before
    press(browser, ESCAPE)
    assert size_of_first_line(browser) == "20px"
    submit(browser)
    # The next one has no headline, and nothing that looks like one.
    find_word(browser, "Nobody")
    assert size_of_first_line(browser) == "16px"

    pulled = pull(title, access)
    rows = pulled.require_annotations(title)
    assert rows.filter(part="title").select("label", "start", "quote", "attribute", "value").rows() == [
        ("Name_Calling", HEADLINE.index("Zealots"), "Zealots", None, None),
        ("Name_Calling", HEADLINE.index("Zealots"), "Zealots", "stance", "against"),
    ]
    assert rows.filter(part="text").select("label", "start", "quote", "attribute", "value").rows() == [
        ("Name_Calling", TEXT.index("faced"), "faced a reckless plan", None, None),
        ("Name_Calling", TEXT.index("faced"), "faced a reckless plan", "stance", "for"),
        ("Name_Calling", TEXT.index("faced"), "faced a reckless plan", "target", "the council"),
        ("Loaded_Language", TEXT.index("reckless"), "reckless", None, None),
        ("Loaded_Language", TEXT.index("reckless"), "reckless", "metaphor", "against"),
        ("Loaded_Language", TEXT.index("reckless"), "reckless", "stance", "against"),
        ("Loaded_Language", TEXT.index("reckless"), "reckless", "target", "Family"),
        ("Scare_Quotes", TEXT.index("reform"), "reform", None, None),
    ]
    assert pulled.rejected == []
    assert pulled.articles.sort("article_id").equals(articles.sort("article_id"), null_equal=True)


def test_two_people_read_blind_and_the_expert_has_the_last_word(
    browser: Any,
    access: Access,
    title: str,
    make_person: Callable[[str], Access],
    make_articles: Callable[..., pl.DataFrame],
    tmp_path: Path,
    run_command: Callable[..., str],
) -> None:
    project = push(make_articles(disputed=TEXT), load_codebook(), title, access, coders=2).address
    for name, words, frame in (("blind1", ("reckless", "family"), "q"), ("blind2", ("reform",), "w")):
        make_person(name)
        log_in(browser, access, name)
        open_first_task(browser, project)
        assert tagged(browser) == [], "nobody sees another's tags"
        keep_picture(browser, f"blind-{name}")
        for word in words:
            press(browser, "1")
            double_click_on(browser, word)
        press(browser, frame)
        time.sleep(0.5)
        if name == "blind1":
            say_in_doubt(browser, "The <i>family</i> is no actor.")
        submit(browser)
        log_out(browser)
    out = tmp_path / "dataset"
    run_command("pull", "--project", title, "--out", out)
    assert "1 waits at" in run_command("adjudicate", out, "--rule", "expert", "--project", f"{title} expert")

    make_person("expert")
    log_in(browser, access, "expert")
    with connect(access) as client:
        decisions = find_project(client, f"{title} expert")
    assert decisions is not None
    open_first_task(browser, f"{access.address}/projects/{decisions.id}")
    # Everybody's spans are suggested.
    wait_for_tags(browser, ["family", "reckless", "reform"])
    keep_picture(browser, "expert-before")
    shown = browser.find_element("tag name", "body").text
    for said in ("the share of those who read the article and marked it", "1 of 2 annotators was unsure", "Note: The <i>family</i> is no actor."):
        assert said in shown
    assert "blind1" not in shown
    click_on(browser, "family")
    assert "50% of 2 annotators" in browser.find_element("tag name", "body").text
    press(browser, BACKSPACE)
    time.sleep(1)
    keep_picture(browser, "expert-after")
    submit(browser)
    assert "1 disputed article is decided, 0 wait" in run_command("adjudicate", out, "--rule", "expert", "--project", f"{title} expert")
    gold = read_dataset(out).require_gold(out)
    assert gold.filter(pl.col("start").is_not_null()).select("quote", "support", "rule").rows() == [
        ("reckless", 0.5, "expert"),
        ("reform", 0.5, "expert"),
    ]


def test_live_suggestions_appear_as_an_article_is_opened(
    browser: Any,
    access: Access,
    title: str,
    make_person: Callable[[str], Access],
    make_articles: Callable[..., pl.DataFrame],
    tmp_path: Path,
    start_command: Callable[..., Any],
    run_command: Callable[..., str],
) -> None:
    text = 'The reckless zealots of the council sank the old port, critics say. A so-called "reform" followed in the spring.'
    write_dataset(tmp_path / "dataset", Dataset(make_articles(live=text)))
    served = start_command("serve", "starter", "--port", "9377")
    assert "127.0.0.1:9377" in served.stdout.readline()
    run_command("push", tmp_path / "dataset", "--project", title, "--live", "http://127.0.0.1:9377")
    make_person("live")
    with connect(access) as client:
        project = find_project(client, title)
    assert project is not None
    log_in(browser, access, "live")
    open_first_task(browser, f"{access.address}/projects/{project.id}")
    expected = [span["text"] for span in score(load_model(), make_articles(live=text)).spans.to_dicts()]
    assert expected
    wait_for_tags(browser, expected)
    keep_picture(browser, "live")
    submit(browser)
    rows = pull(title, access).require_annotations(title).filter(pl.col("start").is_not_null())
    assert set(rows["origin"]) == {"prediction"}
    assert set(rows["suggested"]) == {"framing serve"}


def test_after_a_migration_old_spans_have_their_new_label_on_the_screen(
    browser: Any,
    access: Access,
    title: str,
    make_person: Callable[[str], Access],
    make_articles: Callable[..., pl.DataFrame],
    tmp_path: Path,
    run_command: Callable[..., str],
) -> None:
    project = push(make_articles(moved=TEXT), load_codebook(), title, access).address
    marked = [("Loaded_Language", "reckless"), ("Scare_Quotes", "reform")]
    rows = [
        {"article_id": "moved", "label": label, "start": TEXT.index(word), "end": TEXT.index(word) + len(word), "quote": word}
        for label, word in marked
    ]
    submit_annotations(title, pl.DataFrame(rows).with_columns(value=pl.lit(None, pl.String)), make_person("mover"))
    data = load_codebook().model_dump(mode="json") | {"version": "2.0.0"}
    data["labels"] = [label | {"name": "Judging"} if label["name"] == "Loaded_Language" else label for label in data["labels"]]
    data["labels"] = [label for label in data["labels"] if label["name"] != "Scare_Quotes"]
    (tmp_path / "new.toml").write_text(Codebook.model_validate(data).to_toml(), encoding="utf-8")
    out = tmp_path / "dataset"
    run_command("pull", "--project", title, "--out", out)
    moves = ("--rename", "Loaded_Language=Judging", "--merge", "Scare_Quotes,Name_Calling=Name_Calling")
    run_command("codebook", "migrate", out, "--project", title, "--to", tmp_path / "new.toml", *moves, "--apply")
    assert read_dataset(out).require_annotations(out)["label"].drop_nulls().to_list() == ["Judging", "Name_Calling"]

    with connect(access) as client:
        found = find_project(client, title)
        assert found is not None
        task = next(list_tasks(client, found.id)).id
    log_in(browser, access, "mover")
    browser.get(f"{project}/data?task={task}")
    wait_for_tags(browser, ["reckless", "reform"])
    time.sleep(1)
    shown = browser.find_element("tag name", "body").text
    keep_picture(browser, "migrated")
    assert "Judging" in shown
    assert "Loaded Language" not in shown
    labels = browser.execute_script("return [...document.querySelectorAll('.framing-text [data-label]')].map(e => e.dataset.label)")
    assert sorted(label.partition(":")[2] for label in labels) == ["Judging", "Name Calling"]


def click_on(browser: Any, word: str) -> None:
    """Click on a word that is tagged, which selects its span."""
    from selenium.common.exceptions import StaleElementReferenceException

    def click() -> bool:
        # The page may draw a span anew between the search and the click.
        try:
            next(span for span in browser.find_elements("css selector", ".framing-text [class*='htx-highlight']") if span.text == word).click()
        except StaleElementReferenceException:
            return False
        return True

    wait_for(click)
    time.sleep(0.5)
