"""News in XML is read article by article, in the shapes that are known; damage costs the article that has it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from annotate.ingestion.formats.xml import REPAIRS, SUMMARIES, read_xml
from annotate.ingestion.source import Source, Unreadable
from schemas.errors import FramingError

Make = Callable[..., Source]


def read(source: Source) -> list[dict[str, Any]]:
    """The rows, without what they say nothing of."""
    return [{name: value for name, value in row.items() if value is not None} for row in read_xml(source) if isinstance(row, dict)]


def test_nitf_is_an_article(make_source: Make) -> None:
    nitf = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.3/nitf.dtd"><nitf><head><title>Page</title>
    <docdata><doc-id id-string="7"/><date.issue norm="20250607"/></docdata><pubdata name="Herald" ex-ref="https://example.org/7"/></head>
    <body><body.head><hedline><hl1>Port shuts</hl1></hedline><byline>By <person>Jane Doe</person></byline></body.head><body.content>
    <p>“It is over”, <em>she</em>
    said.</p><media><media-caption>A picture</media-caption></media><p>Really &mdash; over.</p></body.content></body></nitf>"""
    source = make_source("a.xml", nitf)
    assert read(source) == [
        {
            "title": "Port shuts", "text": "“It is over”, she said.\nReally — over.", "outlet": "Herald", "author": "Jane Doe",
            "published": "20250607", "url": "https://example.org/7", "article_id": "7",
        }
    ]  # fmt: skip
    assert source.record.cleaned == {REPAIRS: 1}
    assert read(make_source("Port.xml", "<nitf><body><body.content><p>First.</p></body.content></body></nitf>")) == [
        {"title": "Port", "text": "First."}
    ]


def test_proquest_is_known_by_its_full_text(make_source: Make) -> None:
    one = "<RecordID>1</RecordID><RecordTitle>Port</RecordTitle>"
    one += "<Publication><Title>Herald</Title></Publication><NumericPubDate>20250607</NumericPubDate>"
    two = "<GOID>2</GOID><TitleAtt><Title>Tax</Title></TitleAtt><PubFrosting><Title>Post</Title></PubFrosting><NumericDate>2025-06-08</NumericDate>"
    people = "<Contributor><OriginalForm>Doe, Jane</OriginalForm></Contributor><Contributor><OriginalForm>Roe, Jo</OriginalForm></Contributor>"
    texts = ("<FullText>One.\n\nTwo.</FullText>", "<TextInfo><Text>&lt;p&gt;Three.&lt;/p&gt;</Text></TextInfo>")
    xml = f"<Records><Record>{one}{people}{texts[0]}</Record><Record>{two}{texts[1]}</Record></Records>"
    assert read(make_source("a.xml", xml)) == [
        {"title": "Port", "text": "One.\n\nTwo.", "outlet": "Herald", "author": "Doe, Jane; Roe, Jo", "published": "20250607", "article_id": "1"},
        {"title": "Tax", "text": "<p>Three.</p>", "outlet": "Post", "published": "2025-06-08", "article_id": "2"},
    ]


def test_feeds_give_their_entries(make_source: Make) -> None:
    item = "<item><title>A &amp; B</title><link>https://example.org/a</link><description>Short.</description>{}<dc:creator>Jane</dc:creator></item>"
    full = item.format("<content:encoded><![CDATA[<p>Long & <b>whole</b>.</p>]]></content:encoded>")
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    rss = f'<rss version="2.0" {spaces}><channel><title>Herald</title><language>en</language>{full}{item.format("")}</channel></rss>'
    source = make_source("a.xml", rss)
    same = {"title": "A & B", "outlet": "Herald", "language": "en", "url": "https://example.org/a", "author": "Jane"}
    assert read(source) == [{**same, "text": "<p>Long & <b>whole</b>.</p>"}, {**same, "text": "Short."}]
    assert source.record.cleaned == {SUMMARIES: 1}
    body = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins.</p><p>Zwei.</p></div></content>'
    entry = f'<entry><title>T</title><link rel="self" href="x"/><link href="https://example.org/t"/><updated>2025-06-07</updated>{body}</entry>'
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Blatt</title>{entry}</feed>'
    assert read(make_source("b.xml", atom)) == [
        {"title": "T", "text": "Eins.\nZwei.", "outlet": "Blatt", "published": "2025-06-07", "url": "https://example.org/t", "language": "de"}
    ]


def test_tei_is_its_body_without_notes(make_source: Make) -> None:
    head = "<titleStmt><title>Letter</title><author>Ann</author></titleStmt><publicationStmt><date when='1901-02-03'/></publicationStmt>"
    body = "<text><body><head>Dear</head><p>One<note>n</note> two.</p></body></text>"
    tei = f"<TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader><fileDesc>{head}</fileDesc></teiHeader>{body}</TEI>"
    assert read(make_source("a.xml", f"<teiCorpus>{tei}</teiCorpus>")) == [
        {"title": "Letter", "text": "Dear\nOne two.", "author": "Ann", "published": "1901-02-03"}
    ]


def test_the_encoding_that_a_file_declares_counts(make_source: Make) -> None:
    xml = '<?xml version="1.0" encoding="{}"?><nitf><body><p>Café</p></body></nitf>'
    for name in ("iso-8859-1", "utf-16", "UTF-8"):
        assert read(make_source("a.xml", xml.format(name).encode(name)))[0]["text"] == "Café"
    with pytest.raises(FramingError, match="its encoding, x-nobody, is not known"):
        read(make_source("a.xml", xml.format("x-nobody")))


def test_other_shapes_are_refused_with_their_elements(make_source: Make) -> None:
    for xml, names in (
        ("<root><a>1</a></root>", "root, a"),
        ("<records><record><sum>1</sum></record></records>", "record, sum"),
        ("<menu><item>Soup</item></menu>", "menu, item"),
        ("<rss><channel/></rss>", "rss, channel"),
    ):
        with pytest.raises(FramingError, match=rf"its shape is not known \(elements: {names}\)"):
            read(make_source("a.xml", xml))


def test_what_is_no_xml_says_so(make_source: Make) -> None:
    with pytest.raises(FramingError, match=r"is damaged, or is not \.xml"):
        read(make_source("a.xml", "Some words."))
    with pytest.raises(FramingError, match="is a binary file"):
        read(make_source("a.xml", bytes(2000)))


def test_entities_that_unpack_into_more_are_refused(make_source: Make) -> None:
    bomb = '<!DOCTYPE nitf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><nitf><body>&b;</body></nitf>'
    with pytest.raises(FramingError, match="defines entities of its own"):
        read(make_source("a.xml", bomb))


def test_signs_that_xml_does_not_allow_are_repaired_and_counted(make_source: Make) -> None:
    items = ("R&D at AT&T; caf&eacute;", "a\x0bb", "&lt;&#233;&amp;")
    rss = "<rss><channel>" + "".join(f"<item><description>{text}</description></item>" for text in items) + "</channel></rss>"
    source = make_source("a.xml", rss)
    assert [row["text"] for row in read(source)] == ["R&D at AT&T; café", "ab", "<é&"]
    assert source.record.cleaned[REPAIRS] == 2


WHOLE = [f"<item><title>T{number}</title><description>{f'Text {number} of it. ' * 20}</description></item>" for number in range(60)]


def test_damage_costs_two_articles_at_most_and_is_said(make_source: Make) -> None:
    good = f"<rss><channel><title>P</title>{''.join(WHOLE)}</channel></rss>"
    chance = random.Random(16)
    wanted = {(f"T{number}", f"Text {number} of it. " * 20) for number in range(60)}
    for number in range(150):
        place = chance.randrange(good.index("<item>") + 6, len(good) - 40)
        broken = good[:place] + chance.choice(["<", "</item>", "<item>", "]]>", "<b>", '"', "&"]) + good[place:]
        source = make_source("a.xml", broken)
        rows = list(read_xml(source))
        found = {(row["title"], f"{row['text']} ") for row in rows if isinstance(row, dict)}
        said = sum(isinstance(row, Unreadable) for row in rows) + sum(source.record.cleaned[what] for what in (REPAIRS,))
        assert len(wanted - found) <= 2, f"damage {number} at {place}"
        assert said or len(wanted - found) <= 1


def test_a_file_that_is_cut_off_says_so(make_source: Make) -> None:
    good = f"<rss><channel>{''.join(WHOLE)}"
    rows = list(read_xml(make_source("a.xml", good[:-40])))
    assert sum(isinstance(row, dict) for row in rows) == 59
    assert rows[-1] == Unreadable("article 60 of the XML is damaged", "Mend it, or leave it out")


def test_long_files_are_read_in_pieces(make_source: Make) -> None:
    source = make_source("a.xml", f"<rss><channel>{''.join(WHOLE * 100)}</channel></rss>")
    assert source.size > 2_000_000
    assert [row["title"] for row in read(source)] == [f"T{number}" for number in range(60)] * 100
