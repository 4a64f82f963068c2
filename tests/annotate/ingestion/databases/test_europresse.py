"""Pages of Europresse."""

from __future__ import annotations

import pytest

from annotate.ingestion.databases import split_html
from annotate.ingestion.source import Unreadable

ARTICLE = """<article><header>
<div class="rdp__DocPublicationName"><span class="DocPublicationName">Le Bel Exemple, no. 7123</span></div>
<div><span class="DocHeader">La une, vendredi 6 juin 2025 - 1 204 mots, p. 12</span></div>
<div class="titreArticle"><p class="sm-margin-TopNews titreArticleVisu rdp__articletitle">Le maire crie à la
« honte »</p></div><div class="docAuthors">Jeanne Doe</div></header>
<section><div class="{body}"><p>« Une honte », dit le maire.</p><p>Il <mark>partit</mark>.</p></div></section>
<footer><div class="publiC-lblNodoc">news·20250606·LBE·12x34</div></footer></article>"""


@pytest.mark.parametrize("body", ["docOcurrContainer", "DocText clearfix"])
def test_articles_are_found_with_what_is_said_of_them(body):
    rows = split_html(f"<!DOCTYPE html><html><body>{ARTICLE.format(body=body) * 3}</body></html>")
    assert rows is not None
    assert (
        list(rows)
        == [
            {
                "title": "Le maire crie à la « honte »",
                "text": "« Une honte », dit le maire.\n\nIl partit.",
                "outlet": "Le Bel Exemple",
                "author": "Jeanne Doe",
                "published": "vendredi 6 juin 2025",
                "length_stated": 1204,
                "database_id": "news·20250606·LBE·12x34",
            }
        ]
        * 3
    )


def test_an_article_without_a_text_is_told_by_its_title():
    rows = split_html(f"<html><body>{ARTICLE.format(body='DocImage')}</body></html>")
    assert rows is not None
    assert list(rows) == [Unreadable("the article 'Le maire crie à la « honte »' has no text in the file", "Download it with its full text")]
