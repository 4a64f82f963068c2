"""Shapes of XML: where an article has its title, text and the like in the formats that news comes in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["PROQUEST", "ROOTS", "SHAPES", "Paths", "Shape"]

Paths = tuple[str, ...]


class Shape(NamedTuple):
    """Where an article of a kind of XML has what. A path is names of elements from the article on, `**` for any in between, `@name` an
    attribute; the first that leads to something counts. `around`: the same from the file's root, before the articles."""

    title: Paths
    text: Paths
    outlet: Paths = ()
    author: Paths = ()
    published: Paths = ()
    url: Paths = ()
    language: Paths = ()
    article_id: Paths = ()
    section: Paths = ()
    around: Mapping[str, Paths] = MappingProxyType({})


NITF = Shape(
    title=("**/hedline/hl1", "**/hedline", "head/title"),
    text=("**/block[@class='full_text']", "**/body.content", "body"),
    outlet=("**/pubdata/@name", "**/doc.rights/@owner", "**/distributor"),
    author=("**/byline[@class='normalized_byline']", "**/byline/person", "**/byline", "**/bytag"),
    published=("**/pubdata/@date.publication", "**/date.issue/@norm", "**/story.date/@norm", "**/date.release/@norm"),
    url=("**/pubdata/@ex-ref",),
    article_id=("**/doc-id/@id-string",),
    section=("**/pubdata/@position.section", "**/meta[@name='online_sections']/@content"),
)
PROQUEST = Shape(
    title=("RecordTitle", "**/TitleAtt/Title", "Title", "**/HeadLine", "**/Headline", "**/RecordTitle"),
    text=("**/FullText", "**/Fulltext", "**/TextInfo/Text", "**/HiddenText", "**/Text", "**/Abstract"),
    outlet=("**/PubTitle", "**/Publication/Title", "**/PubFrosting/Title", "**/DFS/PubFrosting/Title", "**/PublicationTitle"),
    author=("**/Contributor/OriginalForm", "**/Contributor/PersonName", "**/Author/OriginalForm", "**/Author", "**/Authors"),
    published=("**/NumericDate", "**/NumericPubDate", "**/StartDate", "**/AlphaPubDate", "**/AlphaDate", "**/PubDate"),
    url=("**/URLDocView", "**/URLFullText", "**/DocumentURL", "**/URL"),
    language=("**/LanguageCode", "**/Language/RawLang", "**/Language"),
    article_id=("GOID", "RecordID", "@id", "**/GOID", "**/RecordID"),
    section=("**/Section",),
)
RSS = Shape(
    title=("title",),
    text=("encoded", "fulltext", "full-text", "description"),
    author=("creator", "author"),
    published=("pubDate", "date", "published"),
    url=("link", "origLink", "guid[@isPermaLink='true']"),
    language=("language",),
    section=("category",),
    around={"outlet": ("channel/title",), "language": ("channel/language",)},
)
ATOM = Shape(
    title=("title",),
    text=("content", "summary"),
    outlet=("source/title",),
    author=("author/name",),
    published=("published", "updated", "issued"),
    url=("link[@rel='alternate']/@href", "link[not(@rel)]/@href"),
    section=("category/@term",),
    around={"outlet": ("title",), "language": ("@lang",), "author": ("author/name",)},
)
TEI = Shape(
    title=("**/titleStmt/title",),
    text=("text/body", "text"),
    outlet=("**/publicationStmt/publisher", "**/sourceDesc/**/title"),
    author=("**/titleStmt/author", "**/sourceDesc/**/author"),
    published=("**/publicationStmt/date/@when", "**/sourceDesc/**/date/@when", "**/publicationStmt/date"),
    url=("**/sourceDesc/**/ref/@target",),
    language=("**/langUsage/language/@ident", "@lang"),
    article_id=("@id",),
)
# By the name of the element that is an article. `item` and `entry` are common names elsewhere: those of feeds stand in such roots.
SHAPES = {"nitf": NITF, "record": PROQUEST, "item": RSS, "entry": ATOM, "tei": TEI, "tei.2": TEI}
ROOTS = {"item": ("rss", "rdf"), "entry": ("feed",)}
