from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from exports.report import Report, write_report
from schemas.codebook import Codebook
from schemas.text.tokens import count_words

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SPANS = {
    "article_id": pl.String,
    "label": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "probability": pl.Float64,
    "voice": pl.String,
    "speaker": pl.String,
}


class Page(HTMLParser):
    """What a browser would make of the page: elements with their attributes, and the text of each."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += data

    @property
    def settings(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.texts["script"][0])
        return found

    @property
    def index(self) -> dict[str, Any]:
        found: dict[str, Any] = unpack(self.texts["script"][1])
        return found

    @property
    def articles(self) -> list[dict[str, Any]]:
        """Those that can be read, page after page."""
        return [article for page in self.texts["script"][2:-1] for article in unpack(page)]


def unpack(packed: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(packed)))


@pytest.fixture(scope="session")
def make_book() -> Callable[..., Codebook]:
    """A codebook with these labels, Loaded and Scare if there are none."""

    def make(definition: str = "It judges.", *names: str) -> Codebook:
        labels = [{"name": name, "definition": definition, "colour": "#D55E00"} for name in names or ("Loaded", "Scare")]
        content = {"name": "small", "version": "1.0.0", "title": "Small", "description": "d", "instructions": "i", "labels": labels}
        return Codebook.model_validate(content)

    return make


@pytest.fixture(scope="session")
def make_report(make_book: Callable[..., Codebook]) -> Callable[..., Report]:
    """A report of articles n0, n1, ... with these texts, and of spans: article, label, start, end, probability, voice and, of some, speaker."""

    def make(texts: list[str], *spans: tuple[Any, ...], columns: dict[str, list[Any]] | None = None, **more: Any) -> Report:
        book: Codebook = more.pop("codebook", None) or make_book()
        ids = [f"n{i}" for i in range(len(texts))]
        by_id = dict(zip(ids, texts, strict=True))
        table = pl.DataFrame([(*span, None)[: len(SPANS)] for span in spans], schema=SPANS, orient="row")
        table = table.with_columns(
            part=pl.lit("text"), text=pl.Series([by_id[row[0]][row[2] : row[3]] for row in table.iter_rows()], dtype=pl.String)
        )
        words = [count_words(text) for text in texts]
        densities: dict[str, list[float]] = {}
        for label in book.label_names:
            for suffix, voices in (("", ("narrator", "scare")), ("_quoted", ("quoted",))):
                counts = [sum(s[0] == i and s[1] == label and s[5] in voices for s in spans) for i in ids]
                densities[f"density_{label}{suffix}"] = [1000 * count / max(size, 1) for count, size in zip(counts, words, strict=True)]
        known = {"title": [None] * len(texts), "outlet": [None] * len(texts), "published": [None] * len(texts)} | (columns or {})
        kinds = {"article_id": pl.String, "title": pl.String, "outlet": pl.String, "published": pl.String, "words": pl.Int64}
        articles = pl.DataFrame({"article_id": ids, "words": words} | densities | known, schema_overrides=kinds)
        readable = pl.DataFrame({"article_id": ids, "text": texts}, schema={"article_id": pl.String, "text": pl.String})
        return Report(**{"title": "T", "kind": "K", "codebook": book, "articles": articles, "spans": table, "texts": readable} | more)

    return make


@pytest.fixture
def report(make_report: Callable[..., Report]) -> Report:
    """Four articles of two outlets and two months, one of them without a date that can be read."""
    spans = [("n0", "Loaded", 0, 3, 1.0, "narrator"), ("n0", "Scare", 0, 3, 1.0, "scare"), ("n1", "Loaded", 0, 3, 1.0, "quoted")]
    columns = {"outlet": ["A", "A", "B", "B"], "published": ["2026-01-31", "2026-02", "2026-01-01T10:00:00", "in May"]}
    return make_report(["One two", "Three", "Four", "Five"], *spans, columns=columns)


@pytest.fixture(scope="session")
def chromium_of_reports(tmp_path_factory: pytest.TempPathFactory, start_chromium: Callable[..., AbstractContextManager[Any]]) -> Iterator[Any]:
    with start_chromium(tmp_path_factory.mktemp("chromium") / "profile") as driver:
        yield driver


@pytest.fixture
def browser(chromium_of_reports: Any) -> Iterator[Any]:
    """A tab of its own: a report leaves nothing behind in a browser, and one that is started takes longer than most tests."""
    driver = chromium_of_reports
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    driver.get_log("browser")
    yield driver
    driver.close()
    driver.switch_to.window(first)


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], dict[str, Any]]:
    """What axe-core finds in the page that a browser shows, by the rules of WCAG 2.1, levels A and AA."""
    package = find_spec("axe_playwright_python")
    assert package is not None
    assert package.origin is not None
    script = (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")

    def look(browser: Any) -> dict[str, Any]:
        browser.execute_script(script)
        found = browser.execute_async_script(
            "const done = arguments[1], only = { type: 'tag', values: arguments[0] };"
            "axe.run(document, { runOnly: only }).then(done, (e) => done(String(e)));",
            LEVELS,
        )
        assert isinstance(found, dict), found
        return found

    return look


@pytest.fixture
def page_of(tmp_path: Path) -> Callable[[Report], Page]:
    return lambda report: Page(write_report(report, tmp_path / "report.html").read_text(encoding="utf-8"))
