"""Web Annotation: the W3C's data model as JSON-LD, with the texts beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exports.formats.guids import make_guid, make_moment
from exports.formats.material import ATTRIBUTES, Losses, Material, Row, Rows, list_attributes, say, unheld
from schemas.codebook import Codebook

__all__ = ["write_webannotation"]

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
TEXTS = "texts"
NOTHING = "read, and marked nothing"
# Characters before and after a quote, by which it is found again in a page that changed.
AROUND = 32
# What the body of an attribute is there for, by the kind of attribute: motivations of the standard (its section 3.3.5).
PURPOSES = {"choice": "classifying", "actor": "identifying", "text": "describing"}
Json = dict[str, Any]


def write_webannotation(material: Material, folder: Path) -> list[str]:
    """`annotations.jsonld`, a collection of one page, whose targets are the files in `texts`.

    Positions are code points, as the Recommendation of 2017 has it (section 4.2.4, which 4.2.5 follows): in JavaScript, whose
    strings count UTF-16 code units, take `Array.from(text).slice(start, end)`.
    """
    work = material.collect_work(attributes=True)
    annotations, gold, losses = Rows(work.annotations), Rows(work.gold), work.losses
    (folder / TEXTS).mkdir()
    about = {"label": material.codebook.title} if material.codebook else {}
    collection, page = (f"urn:uuid:{make_guid(kind, *work.articles['article_id'])}" for kind in ("collection", "page"))
    with (folder / "annotations.jsonld").open("w", encoding="utf-8", newline="\n") as file:
        total = work.annotations.height + work.gold.height
        head = {"@context": CONTEXT, "id": collection, "type": "AnnotationCollection", **about, "total": total}
        first = {"id": page, "type": "AnnotationPage", "startIndex": 0}
        # Written by hand where it may be long, so that it is never in memory as a whole.
        file.write(f'{_json(head)[:-1]}, "first": {_json(first)[:-1]}, "items": [')
        separator = "\n"
        for article in work.articles.iter_rows(named=True):
            source = f"{TEXTS}/{make_guid('article', article['article_id'])}.txt"
            (folder / source).write_bytes(article["text"].encode())
            for row in [*annotations.of(article["article_id"]), *gold.of(article["article_id"])]:
                file.write(separator + _json(_annotate(row, article, source, material.codebook, losses)))
                separator = ",\n"
        file.write("\n]}}\n")
    marks = ["article_id", "label", "start", "end", "quote", "value", ATTRIBUTES]
    columns = unheld(work.articles, ["article_id", "text", "url", "language", "title"], "articles")
    columns += unheld(work.annotations, ["annotator", "created_at", "updated_at", *marks], "annotations")
    return say(losses) + columns + unheld(work.gold, [*marks, "rule"], "gold")


def _annotate(row: Row, article: Row, source: str, codebook: Codebook | None, losses: Losses) -> Json:
    who = row.get("annotator")
    guid = make_guid("annotation", article["article_id"], who, row["label"], row["start"], row["end"], row["value"])
    annotation: Json = {"id": f"urn:uuid:{guid}", "type": "Annotation"}
    annotation["creator"] = {"type": "Person", "name": who} if who else {"type": "Software", "name": f"gold ({row['rule']})"}
    for column, key in (("created_at", "created"), ("updated_at", "modified")):
        if row.get(column) is not None:
            moment = make_moment(row[column])
            losses["times that are none, and are left out"] += moment is None
            annotation |= {key: moment} if moment else {}
    annotation |= dict(_say_what(row, codebook))
    target: Json = {"type": "SpecificResource", "source": _describe(article, source)}
    if row["start"] is not None:
        text, start, end = article["text"], row["start"], row["end"]
        around = {"prefix": text[max(start - AROUND, 0) : start], "suffix": text[end : end + AROUND]}
        target["selector"] = [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {"type": "TextQuoteSelector", "exact": text[start:end], **around},
        ]
    return annotation | {"target": target}


def _say_what(row: Row, codebook: Codebook | None) -> Iterator[tuple[str, Any]]:
    """Motivation and body: a label tags words, an answer classifies the article; its question is the body's label. Each attribute of the words
    is a further body, whose label is the attribute."""
    body = {"type": "TextualBody", "format": "text/plain"}
    if row["start"] is not None:
        motivation, more = "tagging", {"value": row["label"]}
    elif row["value"] is not None:
        motivation, more = "classifying", {"label": row["label"], "value": row["value"]}
    else:
        motivation, more = "assessing", {"value": NOTHING}
    yield "motivation", motivation
    bodies = [body | more | {"purpose": motivation}]
    for one in list_attributes(row):
        attribute = codebook.attribute(one["attribute"]) if codebook else None
        purpose = PURPOSES[attribute.kind if attribute else "text"]
        bodies.append(body | {"label": one["attribute"], "value": one["value"], "purpose": purpose})
    yield "body", bodies if len(bodies) > 1 else bodies[0]


def _describe(article: Row, source: str) -> Json:
    """The text, by its address beside this file; the page it came from is its `via`, the article's id its label."""
    about: Json = {"id": source, "type": "Text", "format": "text/plain", "label": article["article_id"]}
    about |= {"language": article["language"]} if article["language"] else {}
    about |= {"name": article["title"]} if article["title"] else {}
    return about | ({"via": article["url"]} if (article["url"] or "").startswith(("http://", "https://")) else {})


def _json(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False)
