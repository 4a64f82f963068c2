"""A book's chapters come in the order in which they are read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from annotate.ingestion.formats.epub import read_epub, text_of
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]
CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
BOOK = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Port shuts</dc:title>
<dc:creator>Jane Doe</dc:creator><dc:date>2025-06-07</dc:date><dc:language>en</dc:language></metadata><manifest>
<item id="two" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/><item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="toc" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="css" href="a.css" media-type="text/css"/>
</manifest><spine><itemref idref="toc"/><itemref idref="one"/><itemref idref="two"/><itemref idref="css"/></spine></package>"""
CHAPTERS = {
    "OEBPS/one.xhtml": '<?xml version="1.0" encoding="utf-8"?><html><head><title>T</title></head>'
    "<body><h1>First</h1><p>One <i>word</i><br/>more.</p></body></html>",
    "OEBPS/text/two b.xhtml": "<html><body><div>Second “part”</div><table><tr><td>Doe</td><td>12</td></tr></table><script>x()</script></body></html>",
    "OEBPS/nav.xhtml": "<html><body>Contents</body></html>",
}


def make_epub(more: dict[str, str | bytes] | None = None, without: str = "") -> bytes:
    files: dict[str, str | bytes] = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": BOOK, **CHAPTERS, **(more or {})}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            if name != without:
                package.writestr(name, content)
    return file.getvalue()


def test_a_book_is_an_article(make_source: Make) -> None:
    source = make_source("a.epub", make_epub())
    (row,) = read_epub(source)
    text = "First\nOne word\nmore.\nSecond “part”\nDoe 12"
    assert row == {"title": "Port shuts", "text": text, "author": "Jane Doe", "published": "2025-06-07", "language": "en"}
    assert text_of(source) == text
    assert source.record.is_plain, "a book says when it was published, not when its file was made"


def test_a_chapter_is_decoded_as_it_says(make_source: Make) -> None:
    for name in ("utf-8", "windows-1251", "utf-16"):
        page = f'<?xml version="1.0" encoding="{name}"?><html><body><p>Привет</p></body></html>'
        source = make_source("a.epub", make_epub({"OEBPS/one.xhtml": page.encode(name), "OEBPS/text/two b.xhtml": "<p/>"}))
        assert text_of(source) == "Привет", name


def test_a_locked_book_says_so(make_source: Make) -> None:
    locks = "<encryption><CipherReference URI='OEBPS/one.xhtml'/></encryption>"
    with pytest.raises(FramingError, match=r"is locked \(DRM\)"):
        list(read_epub(make_source("a.epub", make_epub({"META-INF/encryption.xml": locks}))))
    fonts = "<encryption><CipherReference URI='OEBPS/font.ttf'/></encryption>"
    assert list(read_epub(make_source("b.epub", make_epub({"META-INF/encryption.xml": fonts}))))


@pytest.mark.parametrize("lost", ["META-INF/container.xml", "OEBPS/book.opf", "OEBPS/one.xhtml"])
def test_a_book_without_a_part_says_which(make_source: Make, lost: str) -> None:
    with pytest.raises(FramingError, match=lost.replace(".", r"\.")):
        list(read_epub(make_source("a.epub", make_epub(without=lost))))


def test_a_damaged_book_says_so(make_source: Make) -> None:
    for data in (make_epub()[:300], bytes(500)):
        with pytest.raises(FramingError, match=r"is damaged, or is not \.epub"):
            list(read_epub(make_source("a.epub", data)))
