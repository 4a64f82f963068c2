"""Plots in a real browser: no text leaves its picture, and none lies on another, whatever fonts the machine has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from exports.report import Report, write_report

pytestmark = pytest.mark.browser
Maker = Callable[..., Report]
Driver = Any
FONTS = Path("/usr/share/fonts/truetype")
OUTLETS = [
    "The Daily Observer of Upper and Lower Brenmark with the Evening Gazette",
    "Extraordinarilylongoutletnamewithoutanyspaces",
    "Вечерняя газета Верхнего и Нижнего Заречья, воскресное издание",
    "人民晚报与北方经济观察周刊联合版海外特别增刊",
    "صحيفة المساء اليومية المستقلة لأخبار الساحل والجبال",
    "Gazette 😀 of Smiles",
]
# Of each picture that is shown: its texts that leave it, and its texts that lie on each other. A text's box is as tall as a line, of which letters
# fill the middle.
MEASURE = """
const wrong = [];
let seen = 0;
for (const svg of document.querySelectorAll('.plot svg')) {
  if (!svg.getClientRects().length) continue;
  const box = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim()).map((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    const line = (bottom - top) / Math.max(text.querySelectorAll('tspan').length, 1);
    return { said: text.textContent, left, right, top: top + line / 5, bottom: bottom - line / 5 };
  });
  seen += texts.length;
  texts.forEach((one, i) => {
    const beyond = Math.max(box.left - one.left, one.right - box.right, box.top - one.top, one.bottom - box.bottom);
    if (beyond > 1) wrong.push(['leaves', one.said, beyond]);
    if (one.right > document.documentElement.clientWidth) wrong.push(['off the screen', one.said]);
    for (const other of texts.slice(i + 1)) {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 1 && down > 1) wrong.push(['on each other', one.said, other.said, across, down]);
    }
  });
}
return [seen, wrong];
"""


@pytest.fixture(scope="module", params=["dejavu", "liberation"])
def chromium(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, start_chromium: Any) -> Iterator[Driver]:
    """A Chromium that knows the fonts of one folder alone."""
    folder = FONTS / request.param
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    home = tmp_path_factory.mktemp(request.param)
    settings = home / "fonts.conf"
    settings.write_text(f"<fontconfig><dir>{folder}</dir><cachedir>{home / 'cache'}</cachedir></fontconfig>", encoding="utf-8")
    started: AbstractContextManager[Driver] = start_chromium(home / "profile", FONTCONFIG_FILE=str(settings))
    with started as driver:
        yield driver


@pytest.fixture(scope="module")
def page(make_report: Maker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles of these outlets over a year, with words that tell them apart."""
    size = 480
    words = ["reckless", "shamelessly", "безответственный", "extraordinarilycounterrevolutionary", "zealots", "cosy"]
    texts = [f"A {words[i % 6]} plan of day {i}, and a {words[i // 6 % 6]} one." for i in range(size)]
    spans = [(f"n{i}", "Loaded" if i % 2 else "Name_Calling_and_Labelling", 2, 2 + len(words[i % 6]), 0.9, "narrator") for i in range(size)]
    columns = {
        "outlet": [OUTLETS[i % 6] for i in range(size)],
        "published": [f"2026-{1 + i // 40:02}-0{1 + i % 7}" for i in range(size)],
        "title": [f"Title {i}" for i in range(size)],
    }
    alpha = {"alpha": 0.5, "low": 0.4, "high": 0.6}
    agreement = {"labels": {"Loaded": alpha, "Name_Calling_and_Labelling": alpha}}
    report = make_report(texts, *spans, columns=columns, codebook=_book(), weights=dict.fromkeys(words, 1.0), agreement=agreement)
    return write_report(report, tmp_path_factory.mktemp("page") / "report.html")


def _book() -> Any:
    from schemas.codebook import Codebook

    labels = [{"name": name, "definition": "d", "colour": "#D55E00"} for name in ("Loaded", "Name_Calling_and_Labelling")]
    return Codebook.model_validate({"name": "small", "version": "1.0.0", "title": "Small", "description": "d", "instructions": "i", "labels": labels})


def measure(driver: Driver, page: Path, width: int, style: str = "") -> tuple[int, list[list[Any]]]:
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
    driver.get(page.as_uri())
    driver.execute_script("document.head.append(Object.assign(document.createElement('style'), { textContent: arguments[0] }))", style)
    driver.execute_async_script("document.fonts.ready.then(() => requestAnimationFrame(arguments[0]))")
    seen, wrong = driver.execute_script(MEASURE)
    return seen, wrong


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_text_of_a_plot_leaves_it_or_lies_on_another(chromium: Driver, page: Path, width: int) -> None:
    seen, wrong = measure(chromium, page, width)
    assert seen > 50
    assert wrong == []


def test_text_that_is_larger_than_it_was_drawn_is_found(chromium: Driver, page: Path) -> None:
    _, wrong = measure(chromium, page, 768, ".plot text { font-size: 14px; }")
    assert {kind for kind, *_ in wrong} >= {"leaves", "on each other"}


def test_the_machine_has_none_but_the_fonts_of_one_folder(chromium: Driver, page: Path) -> None:
    """Else both would be measured in the same."""
    measure(chromium, page, 768)
    widths = chromium.execute_script("""
      const pen = document.createElement('canvas').getContext('2d');
      const size = (name) => { pen.font = `20px "${name}", serif`; return pen.measureText('Wide').width; };
      return ['DejaVu Sans', 'Liberation Sans', 'Nobody'].map(size);
    """)
    assert (widths[0] == widths[2]) != (widths[1] == widths[2])
