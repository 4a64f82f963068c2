from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import exports.report
from exports.report import Report, write_report
from framing.reporting import report_folder
from schemas.codebook import Codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Annotations, Articles, Gold, conform

SOURCE = Path(exports.report.__file__).parent
SPANS = {"article_id": pl.String, "label": pl.String, "start": pl.Int64, "end": pl.Int64, "probability": pl.Float64, "voice": pl.String}
HOSTILE = [
    "</script><script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<!--<script>",
    "a\u2028b\u2029c",
    "\"double\" 'single' `back` \\ \\u003c ${x} {{ 7 * 7 }} &lt;b&gt; &amp;",
    "</title></style><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "]]> </textarea> \x7f \x01 😀 \u202e",
]
# So many words that bars and ticks are the same whatever the strings are.
TAIL = " said the mayor." + " word" * 1000
LABEL = "Us & 'them' onmouseover=alert(1)"
Writer = Callable[[Report], "Page"]


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
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.texts["script"][0])
        return found


def book(definition: str = "It judges.", *names: str) -> Codebook:
    labels = [{"name": name, "definition": definition, "colour": "#D55E00"} for name in names or ("Loaded", "Scare")]
    content = {"name": "small", "version": "1.0.0", "title": "Small", "description": "d", "instructions": "i", "labels": labels}
    return Codebook.model_validate(content)


def articles_of(*texts: str, **columns: list[str]) -> pl.DataFrame:
    table = pl.DataFrame({"article_id": [f"n{i}" for i in range(len(texts))], "text": list(texts)} | columns, schema_overrides={"text": pl.String})
    return conform(table, Articles, "test")


def report_of(articles: pl.DataFrame, *spans: tuple[str, str, int, int, float, str], **more: Any) -> Report:
    settings = {"title": "T", "kind": "K", "codebook": book()} | more
    return Report(articles=articles, spans=pl.DataFrame(spans, schema=SPANS, orient="row"), **settings)


@pytest.fixture
def page_of(tmp_path: Path) -> Writer:
    return lambda report: Page(write_report(report, tmp_path / "report.html").read_text(encoding="utf-8"))


def report_with(strings: list[str], label: str) -> Report:
    """The strings in every place that a string of somebody else can come to."""
    articles = articles_of(*[s + TAIL for s in strings], title=strings, outlet=strings, url=strings, published=strings)
    alpha = {"alpha": 0.5, "low": 0.4, "high": 0.6, "f1_exact": 0.5, "f1_partial": 0.7}
    person = {"read": 3, "severity": 0.1, "agreement": 0.4, "agreement_low": 0.3, "agreement_high": 0.5, "consistency": None, "flags": strings[:2]}
    marked = {"label": strings[1], "quote": strings[0]}
    excerpt = {"article_id": "n0", "title": strings[2], "text": strings[0], "annotators": {strings[1]: [marked, marked], strings[0]: []}}
    return report_of(
        articles,
        *[(f"n{i}", label, 0, len(s), 0.5, "narrator") for i, s in enumerate(strings)],
        title=strings[0],
        kind=strings[1],
        codebook=book(strings[0], label),
        answers={"n0": {strings[0]: 0.9}},
        meaning=strings[2],
        measured_on=strings[1],
        evaluation=[strings[:5]],
        agreement={
            "labels": dict.fromkeys(strings, alpha),
            "annotators": dict.fromkeys(strings, person),
            "confusion": {name: dict.fromkeys([*strings, "<nothing>"], 1) for name in strings},
            "disagreements": [excerpt | {"title": string} for string in [*strings, None]],
            "suggestions": {"finding": strings[3]},
        },
    )


@pytest.fixture
def hostile(page_of: Writer) -> Page:
    return page_of(report_with(HOSTILE, LABEL))


@pytest.fixture
def plain(page_of: Writer) -> Page:
    return page_of(report_with([f"harmless {i}" for i in range(len(HOSTILE))], "Loaded"))


def test_hostile_strings_add_no_script(hostile: Page, plain: Page) -> None:
    scripts = [attributes for tag, attributes in hostile.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    assert hostile.texts["script"][1] == plain.texts["script"][1] == (SOURCE / "report.js").read_text(encoding="utf-8")
    assert len(re.findall("<script", hostile.html, re.IGNORECASE)) == len(re.findall("</script", hostile.html, re.IGNORECASE)) == 2


def test_hostile_strings_add_no_element_and_no_attribute(hostile: Page, plain: Page) -> None:
    def skeleton(page: Page) -> list[tuple[str, list[str]]]:
        return [(tag, list(attributes)) for tag, attributes in page.elements]

    assert skeleton(hostile) == skeleton(plain)
    names = {name for _, attributes in hostile.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in {"src", "href", "srcset", "action", "formaction"}]


def test_hostile_strings_come_back_from_the_data_as_they_were(hostile: Page) -> None:
    articles = hostile.data["articles"]
    for key in ("title", "outlet", "published"):
        assert [article[key] for article in articles] == HOSTILE
    assert [article["text"] for article in articles] == [s + TAIL for s in HOSTILE]
    assert articles[0]["answers"] == [[HOSTILE[0], 0.9]]
    assert hostile.data["labels"] == {LABEL: {"colour": "#D55E00", "definition": HOSTILE[0]}}


def test_hostile_strings_outside_the_data_are_shown_as_text(hostile: Page) -> None:
    assert hostile.texts["title"][0] == hostile.texts["h1"][0] == HOSTILE[0]
    assert any(text.startswith(HOSTILE[2]) for text in hostile.texts["p"])
    assert [text for text in hostile.texts["p"] if text == f"Measured on {HOSTILE[1]}."] == [f"Measured on {HOSTILE[1]}."] * 2
    assert set(HOSTILE) <= set(hostile.texts["th"])
    assert LABEL in hostile.texts["option"]
    # Annotators with their flags, what they marked, and labels that were confused.
    assert set(HOSTILE[:2]) <= set(hostile.texts["small"])
    assert set(HOSTILE[:2]) == set(hostile.texts["strong"])
    assert set(hostile.texts["blockquote"]) == {HOSTILE[0]}
    assert any(HOSTILE[3] in text for text in hostile.texts["p"])


def test_line_separators_are_escaped_in_the_data(hostile: Page) -> None:
    assert not {"\u2028", "\u2029", "<"} & set(hostile.texts["script"][0])


def test_nothing_on_the_page_is_fetched(hostile: Page, plain: Page) -> None:
    for page in (hostile, plain):
        style, script = page.texts["style"][0], page.texts["script"][1]
        assert not re.search(r"url\(|@import|https?:", style)
        assert not re.search(
            r"https?:|fetch\(|XMLHttpRequest|import\(|WebSocket|sendBeacon|innerHTML|insertAdjacentHTML|document\.write|eval\(", script
        )
    assert not re.search(r"https?://", plain.html)


def test_the_page_forbids_itself_the_network(plain: Page) -> None:
    (policy,) = [a["content"] for tag, a in plain.elements if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert {"default-src 'none'", "base-uri 'none'", "form-action 'none'"} <= {part.strip() for part in policy.split(";")}
    assert "http" not in policy


def test_spans_stand_in_order_with_label_probability_and_voice(page_of: Writer) -> None:
    page = page_of(report_of(articles_of("One two three"), ("n0", "Scare", 4, 7, 0.12345, "scare"), ("n0", "Loaded", 0, 3, 1.0, "quoted")))
    assert page.data["articles"][0]["spans"] == [[0, 3, "Loaded", 1.0, "quoted"], [4, 7, "Scare", 0.123, "scare"]]


def test_the_three_likeliest_answers_of_an_article_are_shown(page_of: Writer) -> None:
    answers = {"n0": {"a": 0.1, "b": 0.9, "c": 0.456, "d": 0.3}}
    assert page_of(report_of(articles_of("x"), answers=answers)).data["articles"][0]["answers"] == [["b", 0.9], ["c", 0.46], ["d", 0.3]]


def test_words_articles_spans_and_outlets_are_counted(page_of: Writer) -> None:
    articles = articles_of("One two, three!", "— 4 five's", outlet=["A", "B"])
    page = page_of(report_of(articles, ("n0", "Loaded", 0, 3, 1.0, "narrator")))
    assert page.texts["dd"] == ["2", "5", "1", "2"]
    assert [article["words"] for article in page.data["articles"]] == [3, 2]


def test_each_outlet_has_a_row_and_a_bar(page_of: Writer) -> None:
    articles = articles_of("One two", "Three four", outlet=["A", "B"])
    page = page_of(report_of(articles, ("n1", "Loaded", 0, 5, 1.0, "narrator"), ("n1", "Scare", 6, 10, 1.0, "scare")))
    assert [text for text in page.texts["th"] if text in ("A", "B")] == ["B", "A"]
    assert {"1000.0", "500.0"} <= set(page.texts["td"])
    bars = [float(a["width"] or "0") for tag, a in page.elements if tag == "rect"]
    assert len(bars) == 2
    assert bars[0] == pytest.approx(bars[1])


def test_articles_whose_outlet_is_not_known_can_be_reported(page_of: Writer) -> None:
    # What Report says: outlet "where known".
    page = page_of(report_of(pl.DataFrame({"article_id": ["n0"], "text": ["One two"]})))
    assert "(no outlet)" in page.texts["th"]


def test_a_one_word_article_with_many_spans_can_be_reported(page_of: Writer) -> None:
    # A language written without spaces has few words by our count, and a dataset without gold has every annotator's spans.
    page = page_of(report_of(articles_of("改革开放", outlet=["O"]), *[("n0", "Loaded", 0, 4, 1.0, "narrator")] * 9))
    assert "9000.0" in page.texts["td"]


@pytest.mark.parametrize("texts", [[], ["!!!"], ["One."]], ids=["no articles", "no words", "no spans"])
def test_a_report_of_nothing_much_is_still_a_page(page_of: Writer, texts: list[str]) -> None:
    assert len(page_of(report_of(articles_of(*texts))).data["articles"]) == len(texts)


def test_a_report_of_a_codebook_without_labels_shows_no_outlets(page_of: Writer) -> None:
    question = {"name": "q", "prompt": "?", "choice": "single", "values": [{"name": n, "definition": n} for n in ("Y", "N")]}
    without = Codebook.model_validate(book().model_dump(exclude={"labels"}) | {"questions": [question]})
    page = page_of(report_of(articles_of("One two"), codebook=without))
    assert "svg" not in page.texts
    assert len(page.data["articles"]) == 1


def test_a_report_is_not_written_over_a_folder(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="is a folder"):
        write_report(report_of(articles_of("One")), tmp_path)


def dataset_of(read: int, articles: int) -> Dataset:
    """`articles` articles of three words, of which an annotator has read `read` and marked a word in each."""
    table = articles_of(*["A reckless plan."] * articles, outlet=["O"] * articles)
    row = {"annotator": "ada", "label": "Loaded", "start": 2, "end": 10, "quote": "reckless", "origin": "manual"}
    annotations = conform(pl.DataFrame([row | {"article_id": f"n{i}"} for i in range(read)]), Annotations, "test")
    gold = annotations.drop("annotator", "origin").with_columns(support=pl.lit(1.0), rule=pl.lit("majority"))
    return Dataset(table, annotations, conform(gold.select(Gold.column_names()), Gold, "test"), book())


@pytest.mark.parametrize("gold", [True, False], ids=["with gold", "without gold"])
def test_a_report_of_a_dataset_counts_the_words_that_somebody_read(tmp_path: Path, gold: bool) -> None:  # noqa: FBT001
    dataset = dataset_of(read=2, articles=6)
    write_dataset(tmp_path / "dataset", dataset if gold else replace(dataset, gold=None))
    report_folder(tmp_path / "dataset", tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.texts["h1"] == ["Annotations of 2 articles"]
    assert page.texts["dd"] == ["2", "6", "2", "1"]
    assert "333.3" in page.texts["td"]


def test_the_report_of_a_dataset_shows_who_agreed_with_whom_and_where_they_did_not(page_of: Writer) -> None:
    low = {"alpha_u": 0.36, "alpha_u_low": 0.34, "alpha_u_high": 0.38}
    people = {"ada": {"read": 7, "severity": 0.0312, "agreement": None, "consistency": 0.043, "flags": ["inconsistent with self"]}}
    excerpt = {
        "article_id": "n0",
        "title": None,
        "text": "A reckless plan.",
        "annotators": {"ada": [{"label": "Loaded", "quote": "reckless"}], "ben": []},
    }
    agreement = {
        "labels": {"Loaded": {"alpha": 0.449, "low": 0.437, "high": 0.461} | low},
        "annotators": people,
        "confusion": {"Loaded": {"Loaded": 12, "<nothing>": 34}},
        "disagreements": [excerpt] * 5,
        "suggestions": None,
    }
    page = page_of(report_of(articles_of("A reckless plan."), agreement=agreement))
    assert {"0.45 ", "0.36 ", "7", "3.1 %", "0.04", "12", "34", "-"} <= set(page.texts["td"])
    assert {"0.44 to 0.46", "0.34 to 0.38", "inconsistent with self"} <= set(page.texts["small"])
    assert page.texts["em"] == ["nothing"]
    assert page.texts["summary"][-1] == "2 more"
    assert page.texts["blockquote"] == ["A reckless plan."] * 5
    assert [text for text in page.texts["li"] if "reckless" in text] == [": Loaded “reckless”"] * 5


def test_the_agreement_that_a_model_remembers_shows_no_people(page_of: Writer) -> None:
    page = page_of(report_of(articles_of("One"), agreement={"labels": {}, "questions": {"frames": {"alpha": 0.3, "low": None, "high": None}}}))
    assert "0.30" in page.texts["td"]
    assert "h3" not in page.texts


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"model": "x"}'], ids=["cut", "a list", "empty", "inputs missing"])
def test_scores_whose_run_is_damaged_are_refused(tmp_path: Path, content: str) -> None:
    for name in ("articles", "spans", "sentences"):
        pl.DataFrame({"article_id": ["a"]}).write_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(FramingError):
        report_folder(tmp_path, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_a_folder_that_is_not_there_cannot_be_reported(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="no such folder"):
        report_folder(tmp_path / "nowhere", tmp_path / "report.html")
