from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.plots.drawing import SVG, Sheet, spot
from exports.plots.panels import draw_intervals
from schemas.errors import FramingError

PAPER = Sheet(500, "Arial")


def words_of(root: ET.Element) -> list[str]:
    return ["".join(node.itertext()) for node in root.iter(f"{{{SVG}}}text")]


def draw(*names: str) -> list[str]:
    rows = [{"name": name, "mean": i + 1.0, "low": 0.5, "high": None} for i, name in enumerate(names)]
    return words_of(draw_intervals({"": rows}, "x", PAPER))


@pytest.mark.parametrize(
    "name",
    ["</svg><script>alert(1)</script>", "datum.x", "'+alert(1)+'", 'a"b\\', "😀 改革", "\u202eright to left", "javascript:alert(1)", "{{ 7 * 7 }}"],
)
def test_a_name_is_drawn_as_it_is(name: str) -> None:
    assert name in draw(name)


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x7f", "\x85", "\u2028", "\u2029", "\ufffe", "\n", "\r", "\t"])
def test_a_sign_that_svg_cannot_hold_is_replaced(sign: str) -> None:
    # Some of them ended the whole process before.
    assert "a\ufffdb" in draw(f"a{sign}b")


@settings(max_examples=25)
@given(st.text(max_size=12))
def test_any_name_can_be_drawn(name: str) -> None:
    draw(name)


def test_rows_stand_in_their_order() -> None:
    shown = draw("b", "c", "a")
    assert [word for word in shown if word in ("a", "b", "c")] == ["b", "c", "a"]


def test_what_is_below_zero_is_on_the_axis_and_not_among_the_names() -> None:
    rows = [{"name": "off", "mean": -0.1, "low": -0.15, "high": -0.05}, {"name": "near", "mean": 0.4, "low": 0.3, "high": 0.5}]
    said = {word.replace("\u2212", "-") for word in words_of(draw_intervals({"": rows}, "x", PAPER))}
    assert {"-0.1", "0.0", "0.4"} <= said
    assert not any(word.startswith(("-", "\u2212")) for word in words_of(draw_intervals({"": rows[1:]}, "x", PAPER)))


@pytest.mark.parametrize("said", ['A & B <b> "quoted"', "two\nlines", "\ue001 of their own \ue001#elsewhere", "😀"])
def test_a_mark_says_what_it_is_and_leads_into_the_page_alone(said: str) -> None:
    rows = [{"name": "a", "mean": 1.0, "low": None, "high": None, "spot": spot(said, "#articles?outlet=a%20b")}]
    (link,) = draw_intervals({"": rows}, "x", PAPER).iter(f"{{{SVG}}}a")
    assert link.attrib == {"href": "#articles?outlet=a%20b", "class": "spot", "aria-label": " ".join(said.split())}
    assert len(link) == 1


def test_a_mark_that_leads_nowhere_can_still_be_reached_by_key() -> None:
    rows = [{"name": "a", "mean": 1.0, "low": None, "high": None, "spot": spot("alpha .5")}]
    root = draw_intervals({"": rows}, "x", PAPER)
    assert not list(root.iter(f"{{{SVG}}}a"))
    (mark,) = (node for node in root.iter(f"{{{SVG}}}g") if node.get("class") == "spot")
    assert mark.attrib == {"tabindex": "0", "role": "img", "class": "spot", "aria-label": "alpha .5"}
    assert not [node for node in root.iter() if node is not mark and ("role" in node.attrib or "aria-label" in node.attrib)]


def test_a_row_without_words_of_its_own_has_nothing_to_point_at() -> None:
    root = draw_intervals({"": [{"name": "a", "mean": 1.0, "low": None, "high": None}]}, "x", PAPER)
    assert not [node for node in root.iter() if node.get("class") == "spot"]


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from exports.plots.drawing import refuse_without_library

    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(FramingError, match="altair"):
        refuse_without_library(Path("report.html"))


def test_what_can_be_pointed_at_begins_at_the_names() -> None:
    rows = [{"name": "A name of some length", "mean": 1.0, "low": None, "high": None, "spot": spot("said", "#x")}]
    (link,) = draw_intervals({"": rows}, "x", PAPER).iter(f"{{{SVG}}}a")
    left, across = link[0].attrib["d"].removeprefix("M").split(",")[0], link[0].attrib["d"].split("h")[1].split("v")[0]
    assert float(left) < -40
    # From one edge of the figure to the other, but for the padding.
    assert float(across) == pytest.approx(PAPER.across, abs=6)
