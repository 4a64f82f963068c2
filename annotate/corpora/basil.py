"""BASIL, second release: news articles in threes on one event, with lexical and informational bias (Fan et al. 2019)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_json
from schemas.codebook import load_codebook
from schemas.errors import FramingError

__all__ = ["read"]

CODEBOOK, QUESTION = "basil", "article_stance"
LABELS = {"lex": "lexical", "inf": "informational"}
# The corpus writes them as nyt and NYT, fox and FOX, hpo and HPO.
OUTLETS = {"nyt": "New York Times", "fox": "Fox News", "hpo": "Huffington Post"}
# What the corpus has of a span beside its kind, and the attribute that it is; then how it writes those that have values to choose from.
ATTRIBUTES = {
    "target": "target",
    "polarity": "polarity",
    "aim": "aim",
    "indirect-target-name": "indirect_target",
    "indirect-ally-opponent-sentiment": "indirect_polarity",
    "quote": "in_quotation",
    "speaker": "quoted_speaker",
}
VALUES = {"pos": "positive", "neg": "negative", "neu": "neutral", "dir": "direct", "indir": "indirect"}
# An indirect aim says by whom.
DETOURS = {"pro": "ally", "ally": "ally", "anti": "opponent", "opponent": "opponent", "general": "general"}
_INDIRECT = re.compile(r"ind(?:ir|irect)?[ _-]+\(?(\w+?)\)?", re.ASCII)
STANCES = {"left": "Left", "center": "Center", "right": "Right"}
ENDING = "_ann.json"
# A sentence that bears two overlapping spans is there again as p3_1.
_SENTENCE = re.compile(r"p(\d{1,9})(?:_\d+)?", re.ASCII)
Json = dict[str, Any]


class Sentence(NamedTuple):
    """Where a sentence begins in the article's text, and the sentence."""

    start: int
    text: str


def read(path: Path) -> Collection:
    """Articles, their spans as gold (adjudicated by the corpus' authors) with what is said of them, and, where it is given, their stance.

    `path` is the folder that holds `articles/<year>/<id>.json` and `annotations/<year>/<id>_ann.json`. The text is
    the body; offsets of the corpus are into a sentence, and are checked by the words that it gives. An article
    without its file of annotations is set aside; one whose file lists no span was read, and nothing was marked.
    The outlet has the name that the paper gives it (New York Times, Fox News, Huffington Post), however the corpus abbreviates it.
    """
    collection = Collection(load_codebook(CODEBOOK), path)
    files = find_files(path, "*.json")
    articles = [file for file in files if not file.name.endswith(ENDING)]
    annotations = {(file.parent.name, file.name.removesuffix(ENDING)): file for file in files if file.name.endswith(ENDING)}
    if not articles or not annotations:
        missing = "articles/<year>/<id>.json" if not articles else f"annotations/<year>/<id>{ENDING}"
        raise FramingError(f"holds no {missing}", path, "Give the folder that holds BASIL's articles and annotations")
    for file in articles:
        _add_article(collection, file, annotations.pop((file.parent.name, file.stem), None))
    for file in annotations.values():
        collection.reject("there is no article to these annotations: half-downloaded?", file=file.name)
    return collection


def _add_article(collection: Collection, file: Path, annotated: Path | None) -> bool:
    if annotated is None:
        return collection.reject("its annotations are missing: half-downloaded?", file=file.name)
    try:
        article, annotation = _read_object(file), _read_object(annotated)
    except FramingError as error:
        return collection.reject("the article or its annotations cannot be read", file=file.name, why=str(error))
    article_id = str(article.get("uuid") or file.stem)
    if annotation.get("uuid") and article.get("uuid") and annotation["uuid"] != article["uuid"]:
        return collection.reject("the annotations are of another article", file=file.name)
    spans = annotation.get("phrase-level-annotations")
    sentences = _read_sentences(article.get("body-paragraphs"))
    if sentences is None or not isinstance(spans, list):
        return collection.reject("it has no body-paragraphs, or its annotations no phrase-level-annotations", file=file.name)
    text, numbered = sentences
    added = collection.add_article(
        article_id,
        text,
        title=article.get("title"),
        outlet=_name_outlet(article.get("source")),
        url=article.get("url"),
        published=article.get("date"),
        # The three articles on one event: they belong on one side of a split.
        topic=article.get("triplet-uuid"),
        language="en",
    )
    if added:
        _add_spans(collection, article_id, numbered, spans)
        _add_stance(collection, article_id, annotation.get("article-level-annotations"))
    return added


def _name_outlet(source: object) -> object:
    return OUTLETS.get(source.strip().casefold(), source) if isinstance(source, str) else source


def _read_object(file: Path) -> Json:
    found = read_json(file)
    if not isinstance(found, dict):
        raise FramingError("is not a JSON object", file)
    return found


def _read_sentences(paragraphs: object) -> tuple[str, list[Sentence]] | None:
    """The text of the body, and its sentences in order; None if it is not paragraphs of sentences."""
    if not isinstance(paragraphs, list):
        return None
    text, sentences = "", []
    for paragraph in paragraphs:
        if not isinstance(paragraph, list) or not all(isinstance(sentence, str) for sentence in paragraph):
            return None
        for number, sentence in enumerate(paragraph):
            text += " " if number else "\n\n" if text else ""
            sentences.append(Sentence(len(text), sentence))
            text += sentence
    return text, sentences


def _add_spans(collection: Collection, article_id: str, sentences: list[Sentence], spans: list[Any]) -> None:
    inside = list(_without_title(collection, article_id, spans))
    for span in inside:
        _add_span(collection, article_id, sentences, span)
    if not inside:
        collection.add_reading(article_id)


def _without_title(collection: Collection, article_id: str, spans: list[Any]) -> Iterator[Any]:
    for span in spans:
        if isinstance(span, dict) and span.get("id") == "title":
            collection.reject("the span is in the title, which is no part of the text", article_id=article_id, quote=span.get("txt"))
        else:
            yield span


def _add_span(collection: Collection, article_id: str, sentences: list[Sentence], span: Any) -> bool:
    if not isinstance(span, dict):
        return collection.reject("not a span", article_id=article_id, content=span)
    start, end, kind = span.get("start"), span.get("end"), span.get("bias")
    row = {"article_id": article_id, "sentence": span.get("id"), "start": start, "end": end, "label": kind, "quote": span.get("txt")}
    match = _SENTENCE.fullmatch(str(span.get("id")))
    if match is None or int(match[1]) >= len(sentences):
        return collection.reject("there is no sentence of this number", **row)
    sentence = sentences[int(match[1])]
    if type(start) is not int or type(end) is not int:
        return collection.reject("the offsets are not whole numbers", **row)
    if not 0 <= start < end <= len(sentence.text):
        return collection.reject("the offsets leave the sentence", **row, length=len(sentence.text))
    label = LABELS.get(str(kind), str(kind))
    if span.get("notes"):
        collection.notices["notes of annotators on a span, left out"] += 1
    attributes = list(_read_attributes(span))
    place = sentence.start + start, sentence.start + end
    return collection.add_span(article_id, label, *place, quote=str(span.get("txt")), attributes=attributes)


def _read_attributes(span: Json) -> Iterator[tuple[str, str]]:
    for key, attribute in ATTRIBUTES.items():
        given = span.get(key)
        # Both truths and words are met.
        said = {True: "yes", False: "no"}[given] if isinstance(given, bool) else str(given or "").strip()
        if attribute == "aim" and (detour := _INDIRECT.fullmatch(said.lower())):
            yield attribute, "indirect"
            yield "indirect_by", DETOURS.get(detour[1], detour[1])
        elif attribute in ("target", "indirect_target", "quoted_speaker"):
            # The corpus joins the words of a name. What is no text is no name.
            yield from [(attribute, said.replace("_", " ") if isinstance(given, str) else "")] if said else []
        elif said:
            yield attribute, VALUES.get(said.lower(), said.lower())


def _add_stance(collection: Collection, article_id: str, answers: object) -> None:
    if isinstance(answers, dict):
        # The first release calls it stance.
        given = answers.get("relative_stance") or answers.get("stance")
        if stance := STANCES.get(str(given).lower()):
            collection.add_answer(article_id, QUESTION, stance)
