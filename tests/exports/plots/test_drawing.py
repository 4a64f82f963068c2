from __future__ import annotations

import sys
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.plots.drawing import NAME, draw_svg, interval_chart, shorten
from schemas.errors import FramingError


def words_of(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def draw(*names: str) -> list[str]:
    return words_of(draw_svg(interval_chart([{"name": name, "mean": i + 1.0, "low": 0.5, "high": None} for i, name in enumerate(names)], "x")))


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
    assert interval_chart(rows, "x").to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"] == [-0.15, 0.5]
    assert {word.replace("\u2212", "-") for word in words_of(draw_svg(interval_chart(rows, "x")))} >= {"-0.1", "0.0", "0.4"}
    assert interval_chart(rows[1:], "x").to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 0.5]


def test_long_names_are_cut_in_the_middle_and_stay_different() -> None:
    names = ["The Very Long Name of a Regional Newspaper, Northern Edition", "The Very Long Name of a Regional Newspaper, Eastern Edition"]
    short = shorten([*names, "A_b"])
    assert short["A_b"] == "A b"
    assert all(len(short[name]) <= NAME for name in names)
    assert short[names[0]] != short[names[1]]
    assert short[names[0]].endswith("rn Edition")


def test_names_that_would_be_cut_alike_are_numbered() -> None:
    names = [f"The same beginning {'x' * i} and the same end" for i in range(30, 33)]
    assert len(set(shorten(names).values())) == 3


def test_names_that_only_underscores_tell_apart_stay_different() -> None:
    assert len(set(shorten(["a_b", "a b"]).values())) == 2


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from exports.plots.drawing import refuse_without_library

    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(FramingError, match="altair"):
        refuse_without_library("report.html")
