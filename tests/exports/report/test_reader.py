from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from exports.report import Report
from exports.report.reader import PAGE, choose_readable, pack_index, pack_pages
from schemas.codebook import Codebook

Maker = Callable[..., Report]


def unpack(packed: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def articles_of(outlets: list[str | None], figures: list[float]) -> pl.DataFrame:
    return pl.DataFrame(
        {"article_id": [f"n{i}" for i in range(len(outlets))], "outlet": outlets, "x": figures}, schema_overrides={"outlet": pl.String}
    )


def test_where_there_is_room_every_article_can_be_read() -> None:
    assert choose_readable(articles_of(["A", None], [1.0, 2.0]), pl.col("x"), 5).to_list() == ["n0", "n1"]


def test_each_outlet_has_a_like_share_and_its_highest_articles() -> None:
    outlets: list[str | None] = ["Large"] * 90 + ["Small"] * 10
    chosen = choose_readable(articles_of(outlets, [float(i) for i in range(100)]), pl.col("x"), 20).to_list()
    of_small = [name for name in chosen if int(name[1:]) >= 90]
    # Nearly half of them, though it has a tenth of the articles: some are chosen by both ways.
    assert 6 <= len(of_small) <= 10
    assert {"n89", "n99"} <= set(chosen)
    # Half by lot: not the ten highest.
    assert set(chosen) - set(of_small) != {f"n{i}" for i in range(80, 90)}
    assert chosen == sorted(chosen, key=lambda name: int(name[1:]))


@given(st.lists(st.sampled_from(["A", "B", None]), max_size=30), st.integers(0, 40))
def test_never_more_are_chosen_than_asked_for_nor_fewer_than_there_are(outlets: list[str | None], most: int) -> None:
    chosen = choose_readable(articles_of(outlets, [1.0] * len(outlets)), pl.col("x"), most).to_list()
    assert len(chosen) == len(set(chosen)) == min(most, len(outlets))


def test_the_index_counts_spans_by_label_and_voice(make_report: Maker) -> None:
    spans = [
        ("n1", "Scare", 0, 3, 0.5, "quoted"),
        ("n1", "Scare", 0, 3, 0.6, "quoted"),
        ("n1", "Loaded", 0, 3, 0.5, "scare"),
        ("n0", "Scare", 0, 3, 0.5, "unclear"),
    ]
    report = make_report(["One", "Two", "Six"], *spans, columns={"outlet": ["B", None, "B"]})
    index = unpack(pack_index(report.articles, report.spans, report.codebook, report.texts["article_id"][1:2]))
    assert index["counts"] == [[[0, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]], [[0, 0, 0], [0, 2, 0], [0, 0, 0], [1, 0, 0]]]
    assert [index["outlets"][i] for i in index["outlet"]] == ["B", "(not known)", "B"]
    assert index["places"] == [-1, 0, -1]
    assert index["headlines"] == []


def test_spans_of_a_headline_stand_apart_with_their_own_reasons(make_report: Maker) -> None:
    report = make_report(["One two"], ("n0", "Loaded", 0, 3, 0.5, "narrator"))
    both = pl.concat([report.spans, report.spans.with_columns(part=pl.lit("title"), text=pl.lit("Six"))])
    index = unpack(pack_index(report.articles, both, report.codebook, report.texts["article_id"]))
    assert (index["counts"][0][0], index["headlines"]) == ([1], [[0, 0, 0, 1]])
    (page,) = pack_pages(report.articles, report.texts, both, report.codebook, {("n0", "title", 0, 3): ["because"]})
    assert [[span[5] for span in unpack(page)[0][name]] for name in ("spans", "headline")] == [[[]], [["because"]]]


def test_texts_come_in_pages_in_their_order_with_their_spans(make_report: Maker) -> None:
    count = PAGE + 3
    spans = [("n2", "Loaded", 4, 7, 0.98765, "narrator"), ("n2", "Scare", 0, 3, 0.5, "quoted", "Doe")]
    report = make_report([f"The end {i}" for i in range(count)], *spans, reasons={("n2", "text", 4, 7): ["because"]})
    pages = [unpack(page) for page in pack_pages(report.articles, report.texts, report.spans, report.codebook, report.reasons)]
    assert [len(page) for page in pages] == [PAGE, 3]
    assert [article["text"] for page in pages for article in page] == [f"The end {i}" for i in range(count)]
    assert pages[0][2]["spans"] == [[0, 3, 1, 0.5, 1, [], "Doe", {}], [4, 7, 0, 0.988, 0, ["because"], None, {}]]


def test_answers_that_were_decided_are_marked_and_shown_though_others_are_likelier(make_report: Maker, make_book: Callable[..., Codebook]) -> None:
    values = [{"name": name, "definition": name} for name in "ABCDE"]
    asked = {"name": "tone", "prompt": "Tone?", "choice": "multiple", "values": values}
    book = Codebook.model_validate(make_book().model_dump() | {"questions": [asked]})
    columns = {f"tone_{name}": [share] for name, share in zip("ABCDE", (0.1, 0.2, 0.3, 0.4, 0.5), strict=True)} | {"tone": ["A; D"]}
    report = make_report(["One"], codebook=book, columns=columns)
    for decided, shown in (
        (["tone"], [["E", 0.5, 0], ["D", 0.4, 1], ["C", 0.3, 0], ["A", 0.1, 1]]),
        ([], [["E", 0.5, 0], ["D", 0.4, 0], ["C", 0.3, 0]]),
    ):
        (page,) = pack_pages(report.articles, report.texts, report.spans, book, {}, decided)
        assert unpack(page)[0]["answers"] == {"tone": shown}


def test_the_same_articles_are_packed_alike(make_report: Maker) -> None:
    report = make_report(["One", "Two"])
    once, again = (list(pack_pages(report.articles, report.texts, report.spans, report.codebook, {})) for _ in range(2))
    assert once == again
