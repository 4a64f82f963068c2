"""UIMA CAS JSON 0.4: the folders of an exported project of INCEpTION, a file for each document and annotator."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from exports.formats.filenames import name_files
from exports.formats.material import ATTRIBUTES, Losses, Material, Row, say, unheld, values_of
from exports.formats.readings import Reading, read_articles
from schemas.codebook import Codebook
from schemas.text.units import count_units

__all__ = ["name_features", "write_cas"]

# INCEpTION's names: of what nobody has annotated, and of what was decided.
UNREAD, CURATED = "INITIAL_CAS", "CURATION_USER"
SPAN, ANSWER = "webanno.custom.Span", "webanno.custom.Answer"
SOFA, ANNOTATION, BASE, DOCUMENT = "uima.cas.Sofa", "uima.tcas.Annotation", "uima.cas.AnnotationBase", "uima.tcas.DocumentAnnotation"
ARRAY = "uima.cas.StringArray"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
MARKS = ("article_id", "label", "start", "end", "quote", "value", ATTRIBUTES)
# What every annotation has.
OWN = ("label", "begin", "end", "sofa")
RENAMED = "attributes written with _ for what Java does not take in a feature's name"
Json = dict[str, Any]


class Feature(NamedTuple):
    """A feature of spans for an attribute, and whether it holds several values."""

    name: str
    several: bool


def write_cas(material: Material, folder: Path) -> list[str]:
    """`annotation/<article>/<annotator>.json`, or `INITIAL_CAS.json` of what nobody has read, and `curation/<article>/CURATION_USER.json` of gold.

    Spans are annotations of a layer `Span` with the feature `label` and one for each attribute, and offsets in UTF-16 units, as Java
    counts; answers are structures `Answer` with `question` and `value`. Where spans are not known (somebody only answered questions) the layer
    is not declared.
    """
    work = material.collect_work(attributes=True)
    losses = work.losses
    features = name_features(material.codebook, losses)
    users = name_files(work.annotators, losses, (UNREAD, CURATED))
    names = name_files(work.articles["article_id"], losses)
    for article, readings in read_articles(work):
        name = names[article["article_id"]]
        begins = count_units(article["text"], "UTF-16 units").tolist()
        for reading in readings:
            stage, user = ("curation", CURATED) if reading.annotator is None else ("annotation", users[reading.annotator])
            _write(folder / stage / name / f"{user}.json", _describe(article, begins, reading, features))
        if not readings:
            _write(folder / "annotation" / name / f"{UNREAD}.json", _describe(article, begins, Reading(None, [], [], marked=True), features))
    columns = unheld(work.articles, ["article_id", "text", "title", "url", "language"], "articles")
    return say(losses) + columns + unheld(work.annotations, ["annotator", *MARKS], "annotations") + unheld(work.gold, MARKS, "gold")


def _describe(article: Row, begins: list[int], reading: Reading, features: dict[str, Feature]) -> Json:
    about = {
        "language": article["language"] or "x-unspecified",
        "documentTitle": article["title"],
        "documentId": article["article_id"],
        "documentUri": article["url"],
    }
    structures: list[Json] = [
        {"%TYPE": SOFA, "sofaNum": 1, "sofaID": "_InitialView", "mimeType": "text", "sofaString": article["text"]},
        {"%TYPE": METADATA, "@sofa": 1, "begin": 0, "end": begins[-1]} | {key: value for key, value in about.items() if value},
    ]
    spans = sorted(reading.spans, key=lambda row: (row["start"], -row["end"]))
    for row in spans:
        span: Json = {"%TYPE": SPAN, "@sofa": 1, "begin": begins[row["start"]], "end": begins[row["end"]], "label": row["label"]}
        structures.append(span)
        for name, values in values_of(row).items():
            feature = features[name]
            if feature.several:
                structures.append({"%TYPE": ARRAY, "%ELEMENTS": values})
                # Structures are numbered from 1, in their order.
                span[f"@{feature.name}"] = len(structures)
            else:
                span[feature.name] = values[0]
    structures += [{"%TYPE": ANSWER, "@sofa": 1, "question": row["label"], "value": row["value"]} for row in reading.answers]
    numbered = [{"%ID": i} | structure for i, structure in enumerate(structures, start=1)]
    types = {
        METADATA: _declare(METADATA, DOCUMENT, "documentTitle", "documentId", "documentUri"),
        ANSWER: _declare(ANSWER, BASE, "question", "value"),
    }
    if reading.marked:
        types[SPAN] = _declare(SPAN, ANNOTATION, "label", *(one.name for one in features.values() if not one.several))
        types[SPAN] |= {one.name: {"%NAME": one.name, "%RANGE": ARRAY} for one in features.values() if one.several}
    members = [i for i, structure in enumerate(structures, start=1) if structure["%TYPE"] not in (SOFA, ARRAY)]
    return {"%TYPES": types, "%FEATURE_STRUCTURES": numbered, "%VIEWS": {"_InitialView": {"%SOFA": 1, "%MEMBERS": members}}}


def name_features(codebook: Codebook | None, losses: Losses) -> dict[str, Feature]:
    """The feature of each attribute: letters, digits and underscores are all that Java takes."""
    found: dict[str, Feature] = {}
    taken = {*OWN}
    for attribute in codebook.attributes if codebook else ():
        name = re.sub(r"\W", "_", attribute.name, flags=re.ASCII)
        name = f"_{name}" if name[0].isdigit() else name
        while name in taken:
            name += "_"
        taken.add(name)
        losses[RENAMED] += name != attribute.name
        found[attribute.name] = Feature(name, attribute.choice == "multiple")
    return found


def _declare(name: str, parent: str, *features: str) -> Json:
    return {"%NAME": name, "%SUPER_TYPE": parent} | {feature: {"%NAME": feature, "%RANGE": "uima.cas.String"} for feature in features}


def _write(path: Path, content: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps(content, ensure_ascii=False).encode())
