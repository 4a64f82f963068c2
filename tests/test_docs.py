"""The docs as a site: it builds without a warning, every link leads somewhere, and nothing is asked of another host."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from schemas.codebook import list_codebooks, load_codebook
from tests.pages import PAGES, ROOT
from website.gallery import fill_gallery, write_gallery

# What makes a browser fetch something, by element.
FETCHING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "use": "href", "video": "src", "object": "data"}


class Page(HTMLParser):
    """Where a page of the site leads, what it has for others to lead to, and what it fetches."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.fetched: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        # What a link element only names, such as the canonical address, is fetched by nobody.
        if tag in FETCHING and FETCHING[tag] in given and given.get("rel") not in {"canonical", "next", "prev"}:
            self.fetched.append(given[FETCHING[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run([sys.executable, "-m", "website", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "arning" not in done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_every_page_of_the_docs_is_in_the_site_and_in_its_menu(site: Path, pages: dict[Path, Page]) -> None:
    names = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert names <= {path.stem for path in pages}
    shown = {Path(urlsplit(link).path).stem for link in pages[site / "tutorial.html"].links}
    assert names - shown == set()


def test_every_link_and_anchor_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in [*page.links, *page.fetched]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            base = site if parts.path.startswith("/") else path.parent
            target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            anchor = unquote(parts.fragment)
            if not target.exists() or (anchor and target in pages and anchor not in pages[target].anchors):
                broken.append((path.name, link))
    assert broken == []


def test_no_page_asks_another_host_for_anything(site: Path, pages: dict[Path, Page]) -> None:
    assert [(path.name, one) for path, page in pages.items() for one in page.fetched if urlsplit(one).netloc] == []
    asked = r"""(?:url\(|@import\s*)['"]?(?:https?:)?//[^)'"]+"""
    assert [(path.name, found) for path in site.rglob("*.css") for found in re.findall(asked, path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_gallery_has_every_codebook_whole(site: Path) -> None:
    text = unescape(re.sub(r"<[^>]+>", "", (site / "codebooks.html").read_text(encoding="utf-8")))
    for name in list_codebooks():
        book = load_codebook(name)
        defined = [*book.labels, *(value for question in book.questions for value in question.values)]
        assert [one.name for one in defined if one.name not in text] == [], name


def test_what_a_codebook_says_is_shown_and_not_obeyed() -> None:
    hostile = "<script>alert(1)</script> | **b** [a](javascript:x)"
    book = load_codebook()
    label = book.labels[0].model_copy(update={"definition": hostile, "examples": (hostile,)})
    written = write_gallery(iter([book.model_copy(update={"labels": (label,), "title": hostile})]))
    assert "<script" not in written
    assert "](javascript" not in written
    assert "**b**" not in written


def test_a_page_of_codebooks_without_a_place_for_them_is_noticed() -> None:
    with pytest.raises(ValueError, match="the codebooks"):
        fill_gallery("# Codebooks")
