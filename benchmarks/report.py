"""`python -m benchmarks.report`: a report of many scored articles: how long it takes, how large it is, how soon it shows something, and what it asks
of the network."""

from __future__ import annotations

import json
import random
import shutil
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import polars as pl
import typer

from benchmarks.corpus import make_articles
from framing.reporting import report_folder
from framing.scoring import score_files

OUTLETS, DAYS, OPENINGS = 40, 600, 5
# Notes when a plot stands on the screen: the frame after the one in which it has a place.
WATCH = """
const watch = () => {
  const shown = [...document.querySelectorAll('.plot svg')].some((svg) => svg.getClientRects().length);
  requestAnimationFrame(shown ? () => { window.plotted = performance.now(); } : watch);
};
watch();
"""


def main(
    articles: Annotated[int, typer.Option(min=1, help="Synthetic articles of some 600 words.")] = 50_000,
    out: Annotated[Path | None, typer.Option(help="Keep articles, scores and report in this folder.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Score, write the report, and open it in Chromium without a network, if that is installed."""
    folder = out or Path(tempfile.mkdtemp())
    write_articles(articles, folder / "articles.parquet")
    scored = score_files([str(folder / "articles.parquet")], folder / "scores", None)
    begin = time.perf_counter()
    report_folder(folder / "scores", folder / "report.html")
    figures: dict[str, Any] = {"articles": scored.articles, "spans": scored.spans, "seconds": round(time.perf_counter() - begin, 1)}
    figures["megabytes"] = round((folder / "report.html").stat().st_size / 1e6, 2)
    if openings := open_page(folder / "report.html"):
        for name, seconds in (("first_plot_in", [one.plot for one in openings]), ("opens_in", [one.ready for one in openings])):
            figures |= {name: statistics.median(seconds), f"{name}_at_most": max(seconds)}
        figures["requests"] = max(one.requests for one in openings)
    for name, value in figures.items():
        print(f"{name:18} {value:,}")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if out is None:
        shutil.rmtree(folder)


def write_articles(count: int, path: Path) -> None:
    chance, texts = random.Random(0), list[str]()  # noqa: S311
    while len(texts) < count:
        texts += make_articles(20, seed=len(texts))
    rows = [
        {
            "article_id": f"archive/{number:06}",
            "title": text[:60].split("\n")[0],
            "text": text,
            "outlet": f"Outlet {chance.randrange(OUTLETS):02}",
            "published": str(date(2025, 1, 1) + timedelta(days=chance.randrange(DAYS))),
        }
        for number, text in enumerate(texts[:count])
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows).write_parquet(path)


class Opening(NamedTuple):
    """Seconds from asking for the page until its first plot is on the screen, and until its reader is ready; what it asked of the network."""

    plot: float
    ready: float
    requests: int


def open_page(page: Path) -> list[Opening]:
    """Each time in a new browser; none without Chromium."""
    chromium, chromedriver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        return []
    from selenium import webdriver
    from selenium.webdriver.support.ui import WebDriverWait

    taken = []
    for _ in range(OPENINGS):
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"):
            options.add_argument(argument)
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        begin = time.perf_counter()
        browser.get(page.absolute().as_uri())
        WebDriverWait(browser, 60, 0.02).until(lambda driver: driver.execute_script("return document.documentElement.dataset.ready === 'true'"))
        ready = time.perf_counter() - begin
        plot, requests = browser.execute_script("return [window.plotted, performance.getEntriesByType('resource').length]")
        taken.append(Opening(round(plot / 1000, 2), round(ready, 2), requests))
        browser.quit()
    return taken


if __name__ == "__main__":
    typer.run(main)
