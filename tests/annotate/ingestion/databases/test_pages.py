"""Downloads that are web pages."""

from __future__ import annotations

from html import escape

import pytest

from annotate.ingestion.databases import split_html
from annotate.ingestion.source import Unreadable


def write_coded_page(articles):
    """A page of Factiva with codes: a table an article, a row a fact."""
    pages = []
    for article in articles:
        facts = [("SE", article.section), ("HD", article.title), ("BY", article.author), ("WC", f"{article.words} {article.unit}")]
        facts += [("PD", article.date(weekday=False)), ("SN", article.outlet), ("SC", "EXAMPL"), ("ED", article.edition), ("LA", article.language)]
        rows = [f'<tr><td align="right" class="index"><b>{code}</b>&nbsp;</td><td>{escape(value)}</td></tr>' for code, value in facts if value]
        for code, paragraphs in (("LP", article.paragraphs[:1]), ("TD", article.paragraphs[1:])):
            text = "\n".join(f'<p class="articleParagraph enarticleParagraph">{escape(paragraph)}\n</p>' for paragraph in paragraphs)
            rows.append(f'<tr><td class="index"><p><b>{code}</b>&nbsp;</p></td><td>{text}</td></tr>')
        last = (("NS", "gpol : Politics"), ("PUB", "Example"), ("AN", f"Document {article.database_id}"))
        rows += [f'<tr><td class="index"><br/><b>{code}</b>&nbsp;</td><td><br/>{value}</td></tr>' for code, value in last]
        pages.append(f'<span></span><div class="article enArticle"><table>{"".join(rows)}</table><br/></div>')
    head = "<head><title>Factiva</title><style>.article {}</style></head>"
    return f"<html>{head}<body>{''.join(pages)}<div>&copy; 2025 Factiva, Inc.</div></body></html>"


def write_plain_page(articles):
    """A page of Factiva without codes: a block a fact."""
    pages = []
    for article in articles:
        facts = [f"{article.words} {article.unit}", article.date(weekday=False), "15:32", article.outlet, "EXAMPL", article.edition, article.language]
        facts = [*facts, "(c) 2025 Example Limited. All rights reserved."]
        lines = [f"<div>{escape(article.section)}</div>"] if article.section else []
        lines += [f'<div id="hd"><span class="enHeadline">{escape(article.title)}\n</span></div>']
        lines += [f'<div class="author">{escape(article.author)} </div>'] if article.author else []
        lines += [f"<div>{escape(fact)}</div>" for fact in facts if fact]
        lines += [f'<p class="articleParagraph enarticleParagraph">{escape(paragraph)}</p>' for paragraph in article.paragraphs]
        pages.append(f'<div class="article enArticle">{"".join(lines)}<p>Document {article.database_id}</p></div>')
    return f"<html><body>{''.join(pages)}</body></html>"


def write_nexis_page(articles):
    pages = []
    for number, article in enumerate(articles, start=1):
        facts = [("BYLINE", article.author), ("SECTION", article.section), ("LENGTH", f"{article.words} {article.unit}")]
        blocks = [f"{number} of {len(articles)} DOCUMENTS", article.outlet, article.date(weekday=True)]
        lines = [f'<BR><DIV CLASS="c0"><P CLASS="c1"><SPAN CLASS="c2">{escape(block)}</SPAN></P>\n</DIV>' for block in blocks]
        lines += [f'<BR><DIV CLASS="c5"><P CLASS="c6"><SPAN CLASS="c7">{escape(article.title)}</SPAN></P>\n</DIV>']
        fact = '<BR><DIV CLASS="c5"><P CLASS="c6"><SPAN CLASS="c8">{}: </SPAN><SPAN CLASS="c2">{}</SPAN></P>\n</DIV>'
        lines += [fact.format(name, escape(value)) for name, value in facts if value]
        text = "\n".join(
            f'<P CLASS="c10"><SPAN CLASS="c2">{escape(paragraph)}</SPAN><SPAN CLASS="c2">&nbsp;</SPAN></P>' for paragraph in article.paragraphs
        )
        lines += [f'<BR><DIV CLASS="c5">{text}</DIV>']
        lines += [
            fact.format(name, value) for name, value in (("LOAD-DATE", "June 6, 2025"), ("LANGUAGE", "ENGLISH"), ("PUBLICATION-TYPE", "Newspaper"))
        ]
        pages.append(f"<!-- Hide XML section from browser\n<DOC NUMBER=1>\n<DOCFULL> -->\n{''.join(lines)}<!--\n</DOCFULL>\n</DOC> -->")
    return f"<HTML><HEAD><STYLE>.c0 {{}}</STYLE></HEAD><BODY>{''.join(pages)}</BODY></HTML>"


def write_proquest_page(articles):
    pages = []
    for article in articles:
        url = f"https://www.example.org/docview/{article.number}"
        head = [("Author", article.author), ("Publication info", article.outlet), ("Abstract", ""), ("Full text", "")]
        tail = [("Subject", "Mayors"), ("Publication title", article.outlet), ("Section", article.section), ("Edition", article.edition)]
        tail += [("Word count", str(article.words)), ("ProQuest document ID", str(article.number)), ("Document URL", url)]
        fact = "<p style='margin:0'><strong>{}: </strong>{}</p>"
        lines = [f'<a name="DocID_MSTAR_{article.number}"></a><p style="font-weight:bold">{escape(article.title)}</p>']
        lines += [fact.format(name, escape(value)) for name, value in head if value or name != "Author"]
        lines += [f"<text wordcount='{article.words}'>" + "  ".join(f"<p>{escape(paragraph)}</p>" for paragraph in article.paragraphs) + "</text>"]
        lines += [fact.format(name, escape(value)) for name, value in tail if value]
        pages.append(f"<div style='border-bottom:2px solid'>{''.join(lines)}</div>")
    return f"<html><body>{''.join(pages)}</body></html>"


@pytest.mark.parametrize("write", [write_coded_page, write_plain_page, write_nexis_page, write_proquest_page])
def test_each_article_of_a_page_is_found_as_it_was(downloads, compare, write):
    articles = [downloads.replace(article, edition=None) for article in downloads.make_articles(30)]
    rows = split_html(write(articles))
    assert rows is not None
    assert compare(articles, list(rows)) == []


@pytest.mark.parametrize("write", [write_coded_page, write_plain_page])
def test_an_article_of_a_page_that_has_no_text_is_set_aside(downloads, write):
    articles = downloads.make_articles(3)
    bare = downloads.replace(articles[1], paragraphs=("", ""))
    rows = split_html(write([articles[0], bare, articles[2]]))
    assert rows is not None
    assert [isinstance(row, Unreadable) for row in rows] == [False, True, False]


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>Port shuts</p>",
        "<html><body><article><h1>Port shuts</h1><p class='articleParagraph'>It shut.</p></article></body></html>",
        "<html><body><div class='article'><h1>Port shuts</h1><p class='articleParagraph'>It shut.</p></div></body></html>",
        "<html><body><p>DocPublicationName and ProQuest document ID and DOCUMENT are words.</p></body></html>",
    ],
)
def test_any_other_page_is_none(page):
    assert split_html(page) is None
