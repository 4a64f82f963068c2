"""NewsMTSC: sentences of news with named targets, and the stance of the wording towards each (Hamborg and Donnay 2021)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_rows
from annotate.ingestion.source import Row, Unreadable
from schemas.codebook import load_codebook
from schemas.errors import FramingError

__all__ = ["read"]

CODEBOOK, MENTION, FURTHER, STANCE, TARGET = "newsmtsc", "mention", "further_mention", "stance", "target"
WORDS = {"negative": "negative", "neg": "negative", "neutral": "neutral", "neu": "neutral", "positive": "positive", "pos": "positive"}
# Releases count otherwise: a 2 is negative in one, and would be positive in another.
SCALES = ({2.0: "negative", 4.0: "neutral", 6.0: "positive"}, {-1.0: "negative", 0.0: "neutral", 1.0: "positive"})
# The collection that an article is from, its number there, its event or -1, and the number of the sentence; behind it the mention and its place.
_ID = re.compile(r"((allsides|polusa)_(?:v\d+_)?\d+)_(-?\d+)_(\d+)_.*", re.ASCII | re.DOTALL)
Json = dict[str, Any]


class Line(NamedTuple):
    """A row, and where it stands."""

    row: Row
    where: Row


def read(path: Path) -> Collection:
    """Each sentence is an article, the mentions of its targets are gold spans with their stance as an attribute. Other mentions of a target have
    a label of their own, and the target's words as an attribute.

    `path` is a file of a sentence a line (`train.jsonl`), or the folder that holds them. A sentence that is there again, with other targets, is
    one article. `source_article` is the article that it is from, `topic` the event that several articles tell. A target whose words are not
    those at its offsets is set aside. Polarity is a word, or a number on one of SCALES, the same for a whole file.
    """
    collection = Collection(load_codebook(CODEBOOK), path)
    files = find_files(path, "*.jsonl")
    if not files:
        raise FramingError("holds no .jsonl file", path, "Give the folder with NewsMTSC's files, or one of them")
    named: dict[object, str] = {}
    for file in files:
        lines = list(_read_lines(file, collection))
        scale = _choose_scale(lines)
        for line in lines:
            article_id = _add_sentence(collection, line, file.stem, named)
            for target in _targets(line.row) if article_id else ():
                _add_target(collection, article_id, target, scale, line.where)
    return collection


def _read_lines(file: Path, collection: Collection) -> Iterator[Line]:
    for number, row in enumerate(read_rows(file, collection.notices), start=1):
        where = {"file": file.name, "row": number}
        if isinstance(row, Unreadable):
            collection.reject(row.reason, **where)
        elif not isinstance(row.get("sentence_normalized"), str) or not _targets(row):
            collection.reject("not a sentence of NewsMTSC with targets", **where)
        else:
            yield Line(row, where)


def _targets(row: Row) -> list[Any]:
    return row["targets"] if isinstance(row.get("targets"), list) else []


def _choose_scale(lines: list[Line]) -> Mapping[float, str]:
    """The scale of the file: the one that has all numbers that are there; without one, no number is understood."""
    met = {number for line in lines for target in _targets(line.row) if (number := _number(target)) is not None}
    return next((scale for scale in SCALES if met <= scale.keys()), {})


def _number(target: Any) -> float | None:
    given = target.get("polarity") if isinstance(target, dict) else None
    try:
        return float(given) if isinstance(given, int | float | str) and not isinstance(given, bool) else None
    except (ValueError, OverflowError):
        return None


def _add_sentence(collection: Collection, line: Line, split: str, named: dict[object, str]) -> str:
    """The id of the sentence's article; empty if it was set aside. `named`: those of texts that are there."""
    text, given = line.row["sentence_normalized"], str(line.row.get("primary_gid") or "")
    if text in named:
        collection.notices["sentences that are there again, with other targets: put together"] += 1
        return named[text] if collection.add_article(named[text], text) else ""
    match = _ID.fullmatch(given)
    article_id = f"{match[1]}_{match[3]}_{match[4]}" if match else given
    origin = {"source": match[2], "source_article": match[1]} if match else {}
    topic = {"topic": f"{match[2]}_{match[3]}"} if match and match[3] != "-1" else {}
    if not collection.add_article(article_id, text, language="en", split=split, **origin, **topic):
        return ""
    named[text] = article_id
    return article_id


def _add_target(collection: Collection, article_id: str, target: Any, scale: Mapping[float, str], where: Row) -> bool:
    if not isinstance(target, dict):
        return collection.reject("not a target", **where, article_id=article_id, content=target)
    given, number = target.get("polarity"), _number(target)
    stance = WORDS.get(str(given).strip().lower()) if number is None else scale.get(number)
    if stance is None:
        return collection.reject("the polarity is on no scale that is known", **where, article_id=article_id, target=target)
    start, end, mention = target.get("from"), target.get("to"), target.get("mention")
    if not collection.add_span(article_id, MENTION, start, end, quote=mention, attributes=[(STANCE, stance)]):
        return False
    # Some mentions reach over a line end.
    of = [(TARGET, " ".join(mention.split()))] if isinstance(mention, str) else []
    further = target.get("further_mentions")
    for other in further if isinstance(further, list) else []:
        if not isinstance(other, dict):
            collection.reject("not a mention", **where, article_id=article_id, content=other)
        else:
            collection.add_span(article_id, FURTHER, other.get("from"), other.get("to"), quote=other.get("mention"), attributes=of)
    return True
