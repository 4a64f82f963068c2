from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import exports.report
from exports.report import Report, write_report
from exports.report.figures import Table, lead
from exports.report.stories import FEWEST
from framing.reporting import report_folder
from schemas.codebook import Codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Annotations, Articles, Gold, conform

SOURCE = Path(exports.report.__file__).parent
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
Page = Any
Maker, Writer = Callable[..., Report], Callable[[Report], Page]


@pytest.fixture
def report_with(make_report: Maker, make_book: Callable[..., Codebook]) -> Callable[[list[str], str], Report]:
    """The strings in every place that a string of somebody else can come to."""

    def make(strings: list[str], label: str) -> Report:
        alpha = {"alpha": 0.5, "low": 0.4, "high": 0.6, "f1_exact": 0.5, "f1_partial": 0.7}
        person = {"read": 3, "severity": 0.1, "agreement": 0.4, "agreement_low": 0.3, "agreement_high": 0.5, "consistency": None}
        marked = {"label": strings[1], "start": 0, "end": 3}
        contested = {"article_id": "n0", "text": strings[0], "furthest": strings[:2], "annotators": {strings[1]: [marked, marked], strings[0]: []}}
        contested |= {"unsure": [strings[0]], "notes": {strings[1]: strings[5]}}
        pairs = [{"annotators": [a, b], "articles": 12, "alpha": 0.5, "low": 0.4, "high": 0.6} for a, b in combinations(strings, 2)]
        question = {"name": "q", "prompt": strings[4], "choice": "multiple", "values": [{"name": n, "definition": n} for n in ("Yes & no", "'No'")]}
        book = Codebook.model_validate(make_book(strings[0], label).model_dump() | {"questions": [question]})
        count = len(strings)
        return make_report(
            [s + TAIL for s in strings],
            *[(f"n{i}", label, 0, len(s), 0.5, "narrator") for i, s in enumerate(strings)],
            columns={"title": strings, "outlet": strings, "published": ["2026-01-02", "2026-02-03", *strings[2:]]}
            | {"q_Yes & no": [0.25] * count, "q_'No'": [0.5] * count},
            title=strings[0],
            kind=strings[1],
            codebook=book,
            reasons={("n0", "text", 0, len(strings[0])): strings},
            weights={"script": 1.0, "alert": 2.0, "harmless": 2.0, "x": 0.5},
            meaning=strings[2],
            measured_on=strings[1],
            evaluation=Table(strings[:5], [strings[:5]]),
            agreement={
                "labels": dict.fromkeys(strings, alpha),
                "annotators": dict.fromkeys(strings, person | {"flags": strings[:2]}),
                "confusion": {name: dict.fromkeys([*strings, "<nothing>"], 1) for name in strings},
                "pairs": pairs,
                "contested": [contested | {"title": string} for string in [*strings, None]],
                "suggestions": {"finding": strings[3]},
            },
        )

    return make


@pytest.fixture
def hostile(page_of: Writer, report_with: Callable[[list[str], str], Report]) -> Page:
    return page_of(report_with(HOSTILE, LABEL))


@pytest.fixture
def plain(page_of: Writer, report_with: Callable[[list[str], str], Report]) -> Page:
    return page_of(report_with([f"harmless {i}" for i in range(len(HOSTILE))], "Loaded"))


def test_hostile_strings_add_no_script(hostile: Page, plain: Page) -> None:
    scripts = [attributes for tag, attributes in hostile.elements if tag == "script"]
    data = {"type": "text/plain"}
    assert scripts == [{"type": "application/json", "id": "settings"}, data | {"id": "index"}, data | {"class": "page"}, {}]
    ours = "".join((SOURCE / name).read_text(encoding="utf-8") for name in ("report.js", "reader.js", "context.js"))
    assert hostile.texts["script"][-1] == plain.texts["script"][-1] == ours
    assert len(re.findall("<script", hostile.html, re.IGNORECASE)) == len(re.findall("</script", hostile.html, re.IGNORECASE)) == len(scripts)


def test_hostile_strings_add_no_element_and_no_attribute(hostile: Page, plain: Page) -> None:
    def outside_of_plots(page: Page) -> list[tuple[str, list[str]]]:
        html = re.sub(r"<svg.*?</svg>", "<svg></svg>", page.html, flags=re.DOTALL)
        return [(tag, list(attributes)) for tag, attributes in type(page)(html).elements]

    assert outside_of_plots(hostile) == outside_of_plots(plain)
    names = {name for _, attributes in hostile.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in {"src", "srcset", "action", "formaction", "xlink:href"}]
    assert all(attributes["href"].startswith("#") for _, attributes in hostile.elements if "href" in attributes)


def test_a_plot_has_nothing_but_shapes_and_words(hostile: Page) -> None:
    plots = type(hostile)("".join(re.findall(r"<svg.*?</svg>", hostile.html, re.DOTALL)))
    assert {tag for tag, _ in plots.elements} <= {"svg", "g", "a", "path", "rect", "line", "text", "tspan", "defs", "clippath"}
    assert any(HOSTILE[6] in text for text in plots.texts["text"])


def test_hostile_strings_come_back_from_the_data_as_they_were(hostile: Page) -> None:
    index = hostile.index
    assert index["titles"] == HOSTILE
    assert [index["outlets"][number] for number in index["outlet"]] == HOSTILE
    assert index["published"][2:] == HOSTILE[2:]
    assert [article["text"] for article in hostile.articles] == [s + TAIL for s in HOSTILE]
    assert hostile.articles[0]["answers"] == {"q": [["'No'", 0.5, 0], ["Yes & no", 0.25, 0]]}
    assert hostile.articles[0]["spans"] == [[0, len(HOSTILE[0]), 0, 0.5, 0, HOSTILE, None, {}]]
    assert hostile.settings["labels"] == [{"name": LABEL, "colour": "#D55E00", "definition": HOSTILE[0]}]


def test_hostile_strings_outside_the_data_are_shown_as_text(hostile: Page) -> None:
    assert hostile.texts["title"][0] == hostile.texts["h1"][0] == HOSTILE[0]
    assert any(text.startswith(HOSTILE[2]) for text in hostile.texts["p"])
    assert len([text for text in hostile.texts["p"] if text.startswith(f"Measured on {HOSTILE[1]}")]) == 2
    assert set(HOSTILE) <= set(hostile.texts["th"])
    assert LABEL in hostile.texts["option"]
    # Annotators with their flags, what they marked, and labels that were confused.
    assert set(HOSTILE[:2]) <= set(hostile.texts["small"])
    # Who marked what, side by side: their names, what they marked and as what, and titles of the articles.
    assert {text.strip() for text in hostile.texts["input"]} >= set(HOSTILE[:2])
    assert set(hostile.texts["mark"]) == {HOSTILE[0][:3]}
    assert f" ({HOSTILE[1]}, {HOSTILE[1]})" in hostile.texts["span"]
    assert {attributes["title"] for tag, attributes in hostile.elements if tag == "mark"} == {f"{HOSTILE[1]}, {HOSTILE[1]}"}
    assert set(HOSTILE) <= set(hostile.texts["h3"])
    assert any(HOSTILE[3] in text for text in hostile.texts["p"])


def test_hostile_titles_outlets_and_ids_of_a_story_are_text_and_lead_nowhere_else(page_of: Writer, make_report: Maker) -> None:
    others = [f"town{i} budget{i} road{i}" for i in range(FEWEST)]
    ids = [*HOSTILE[:2], *map(str, range(FEWEST))]
    columns = {"title": [*HOSTILE[:2], *others], "outlet": [HOSTILE[2], HOSTILE[5], *others]}
    report = make_report(["The ferry sank at the pier."] * 2 + others, columns=columns)
    renamed = [table.with_columns(article_id=pl.Series(ids)) for table in (report.articles, report.texts)]
    page = page_of(replace(report, articles=renamed[0], texts=renamed[1]))
    assert "The same story in other words" in page.texts["h2"]
    assert {*HOSTILE[:2], HOSTILE[2], HOSTILE[5]} <= set(page.texts["th"] + page.texts["td"] + page.texts["a"])
    assert {attributes["href"] for tag, attributes in page.elements if tag == "a"} >= {lead(id=one) for one in HOSTILE[:2]}
    assert [tag for tag, _ in page.elements if tag in {"img", "script"}] == ["script"] * 4


def test_nothing_in_the_data_can_end_a_script(hostile: Page) -> None:
    assert all("<" not in text for text in hostile.texts["script"][:-1])
    assert all(re.fullmatch(r"[A-Za-z0-9+/=]+", text) for text in hostile.texts["script"][1:-1])


def test_nothing_on_the_page_is_fetched(hostile: Page, plain: Page) -> None:
    for page in (hostile, plain):
        style, script = page.texts["style"][0], page.texts["script"][-1]
        assert set(re.findall(r"url\(([^,)]*)", style)) == {"data:font/woff2;base64"}
        assert not re.search(r"@import|https?:", style)
        assert not re.search(
            r"https?:|fetch\(|XMLHttpRequest|import\(|WebSocket|sendBeacon|innerHTML|insertAdjacentHTML|document\.write|eval\(", script
        )
    # The names of languages, which no browser follows.
    assert set(re.findall(r"https?://[^\"'<]*", plain.html)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_page_forbids_itself_the_network(plain: Page) -> None:
    (policy,) = [a["content"] for tag, a in plain.elements if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert {"default-src 'none'", "base-uri 'none'", "form-action 'none'"} <= {part.strip() for part in policy.split(";")}
    assert "http" not in policy


def test_words_articles_spans_and_outlets_are_counted(page_of: Writer, make_report: Maker) -> None:
    page = page_of(make_report(["One two, three!", "— 4 five's"], ("n0", "Loaded", 0, 3, 1.0, "narrator"), columns={"outlet": ["A", "B"]}))
    assert page.texts["dd"] == ["2", "5", "1", "2"]


def test_every_plot_has_its_table_its_words_for_those_who_cannot_see_it_and_can_be_saved(plain: Page) -> None:
    figures = plain.html.split("<figure")[1:]
    assert len(figures) == 6
    # Of each two annotators there is a table alone.
    for figure in (figure for figure in figures if "agreement-pairs" not in figure[:40]):
        assert figure.count('role="group" aria-label="') == 2
        assert "<table>" in figure
        assert {"svg", "csv"} == set(re.findall(r'data-save="(\w+)"', figure))


@pytest.mark.parametrize("texts", [[], ["!!!"], ["One."]], ids=["no articles", "no words", "no spans"])
def test_a_report_of_nothing_much_is_still_a_page(page_of: Writer, make_report: Maker, texts: list[str]) -> None:
    assert len(page_of(make_report(texts)).articles) == len(texts)


def test_a_report_of_a_codebook_without_labels_shows_its_questions(page_of: Writer, make_report: Maker, make_book: Callable[..., Codebook]) -> None:
    question = {"name": "q", "prompt": "Is it?", "choice": "single", "values": [{"name": n, "definition": n} for n in ("Y", "N")]}
    without = Codebook.model_validate(make_book().model_dump(exclude={"labels"}) | {"questions": [question]})
    page = page_of(make_report(["One two"], codebook=without, columns={"q_Y": [0.75], "q_N": [0.25]}))
    assert page.texts["h2"][:2] == ["Is it?", "Question: q"]
    assert page.articles[0]["answers"] == {"q": [["Y", 0.75, 0], ["N", 0.25, 0]]}


def test_a_report_is_not_written_over_a_folder(tmp_path: Path, make_report: Maker) -> None:
    with pytest.raises(FramingError, match="is a folder"):
        write_report(make_report(["One"]), tmp_path)


def test_without_the_library_that_draws_the_extra_is_named_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    # The folder is not even looked into.
    with pytest.raises(FramingError, match="altair") as caught:
        report_folder(tmp_path, tmp_path / "report.html")
    assert caught.value.todo == "Install framing-toolkit[report]"
    assert not list(tmp_path.iterdir())


def dataset_of(book: Codebook, read: int, articles: int) -> Dataset:
    """`articles` articles of three words, of which an annotator has read `read` and marked a word in each."""
    ids = [f"n{i}" for i in range(articles)]
    table = conform(pl.DataFrame({"article_id": ids, "text": ["A reckless plan."] * articles, "outlet": ["O"] * articles}), Articles, "test")
    row = {"annotator": "ada", "label": "Loaded", "start": 2, "end": 10, "quote": "reckless", "origin": "manual"}
    annotations = conform(pl.DataFrame([row | {"article_id": f"n{i}"} for i in range(read)]), Annotations, "test")
    gold = annotations.drop("annotator", "origin").with_columns(support=pl.lit(1.0), rule=pl.lit("majority"))
    return Dataset(table, annotations, conform(gold.select(Gold.column_names()), Gold, "test"), book)


@pytest.mark.parametrize("gold", [True, False], ids=["with gold", "without gold"])
def test_a_report_of_a_dataset_counts_the_words_that_somebody_read(
    tmp_path: Path,
    page_of: Writer,
    make_report: Maker,
    make_book: Callable[..., Codebook],
    gold: bool,  # noqa: FBT001
) -> None:
    dataset = dataset_of(make_book(), read=2, articles=6)
    write_dataset(tmp_path / "dataset", dataset if gold else replace(dataset, gold=None))
    report_folder(tmp_path / "dataset", tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = type(page_of(make_report(["x"])))(html)
    assert page.texts["h1"] == ["Annotations of 2 articles"]
    assert page.texts["dd"] == ["2", "6", "2", "1"]
    assert "2 of 6 articles have been read by somebody, 0 by two people or more." in page.texts["p"]
    assert "333.3" in page.texts["td"]


def test_the_report_of_a_dataset_shows_who_agreed_with_whom_and_where_they_did_not(page_of: Writer, make_report: Maker) -> None:
    low = {"alpha_u": 0.36, "alpha_u_low": 0.34, "alpha_u_high": 0.38}
    people = {"ada": {"read": 7, "severity": 0.0312, "agreement": None, "consistency": 0.043, "flags": ["inconsistent with self"]}}
    marks = [{"label": "Loaded", "start": 2, "end": 10}]
    contested = {"article_id": "n0", "title": None, "text": "A reckless plan.", "furthest": ["ada", "ben"], "annotators": {"ada": marks, "ben": []}}
    contested |= {"unsure": ["ben"], "notes": {"ada": "Two readings of one word."}}
    agreement = {
        "labels": {"Loaded": {"alpha": 0.449, "low": 0.437, "high": 0.461} | low},
        "annotators": people,
        "confusion": {"Loaded": {"Loaded": 12, "<nothing>": 34}},
        "contested": [contested] * 5,
        "suggestions": None,
    }
    page = page_of(make_report(["A reckless plan."], agreement=agreement))
    assert {"0.45", "0.44 to 0.46", "0.36", "0.34 to 0.38", "7", "3.1 %", "0.04", "12", "34", "–"} <= set(page.texts["td"])
    assert "inconsistent with self" in page.texts["small"]
    assert page.html.count("<strong>ben</strong> was unsure.") == page.html.count("<strong>ada</strong> noted: Two readings of one word.") == 5
    assert page.texts["em"] == ["nothing"]
    assert page.texts["summary"][-1] == "2 more"
    # Both people stand on the left and on the right.
    assert page.texts["mark"] == ["reckless"] * 5 * 2
    chosen = [attributes["name"] for tag, attributes in page.elements if tag == "input" and "checked" in attributes]
    assert chosen == [f"side-{i}-{side}" for i in range(1, 6) for side in ("left", "right")]


def test_attributes_have_a_table_of_their_own_that_says_on_what_it_rests(page_of: Writer, make_report: Maker) -> None:
    stance = {"alpha": 0.612, "low": None, "high": None, "agreement": 0.75, "spans": 1234, "articles": 8, "alone": 17, "few": False}
    hostile = "<script>"
    folded = {"folded": {"alpha": None, "low": None, "high": None, "agreement": 0.875}}
    target = stance | {"alpha": None, "agreement": 0.5, "spans": 19, "few": True} | folded
    people: dict[str, Any] = {"labels": {}, "questions": {}, "annotators": {}, "confusion": {}, "disagreements": [], "suggestions": None}
    page = page_of(make_report(["One"], agreement=people | {"attributes": {"stance": stance, hostile: target}}))
    assert {"stance", hostile, "0.61", "0.75", "1,234", "8", "17", "0.88", "19"} <= set(page.texts["td"] + page.texts["th"])
    assert any(f"Fewer than 20 pairs, too few to judge: {hostile}." in text for texts in page.texts.values() for text in texts)
    nothing = page_of(make_report(["One"], agreement=people | {"attributes": {"stance": stance | {"spans": 0, "alpha": None}}}))
    assert "How the annotators agreed" not in nothing.texts["h2"]


def test_the_agreement_that_a_model_remembers_shows_no_people(page_of: Writer, make_report: Maker) -> None:
    remembered = {"labels": {}, "questions": {"frames": {"alpha": 0.3, "low": None, "high": None}}}
    page = page_of(make_report(["One"], agreement=remembered))
    assert "0.30" in page.texts["td"]
    assert "Annotators" not in page.texts["h2"]


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
