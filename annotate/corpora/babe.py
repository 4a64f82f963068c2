"""BABE, sentences with expert labels of bias by word choice (Spinde et al. 2021), and MBIC, crowd labels of the first 1,700 of them (Spinde
et al. 2021): final labels and raw votes."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from annotate.corpora.babe_answers import CODEBOOK, UNDECIDED, read_answers
from annotate.corpora.babe_tables import FINAL, RAW, find_labels, is_labels, read_labels
from annotate.corpora.collection import Collection
from annotate.corpora.files import TABLES, find_files, is_table, read_rows
from annotate.ingestion.source import Row, Unreadable
from schemas.codebook import load_codebook
from schemas.errors import FramingError
from schemas.text.canonical import canonicalise, identify
from schemas.text.tokens import Span

__all__ = ["read"]

LABEL = "biased_words"
# What tells a table of Hugging Face.
HUB = {"text", "label", "biased_words"}
# In the published raw file the words of one annotator were shuffled over the rows: 0 of 770 stand in their sentence, of the others' 96 in 100.
TRUSTED = 0.5


@dataclass
class Vote:
    """One annotator's answers, and where the words stand in the sentence: None if they are not believed. `all_found`
    is false if some stand nowhere, or twice."""

    answers: dict[str, str]
    spans: list[Span] | None = None
    all_found: bool = False


Votes = dict[str, Vote]


def read(path: Path) -> Collection:
    """Each sentence is an article; the final labels are gold, each annotator of the raw file has votes.

    `path` is a folder or one file, as .csv (separated by semicolons, commas or tabs) or .xlsx: `final_labels_SG2`, or SG1, or MBIC, with its
    `raw_labels_SG2` beside it if it is there; MBIC by itself, `labeled_dataset` with `annotations`; raw votes alone, of which there is no gold
    yet; or the tables of the corpus as it is on Hugging Face (Parquet, CSV or JSONL with text, label, biased_words, news_link), which have gold
    alone. Of several final labels in a folder the largest are read. Words come without offsets: those that do not stand in their sentence
    exactly once are set aside. Answers that the files misspell are those of the codebook, and counted in a notice.
    """
    collection = Collection(load_codebook(CODEBOOK), path)
    if hub := _find_hub(path):
        for file in hub:
            for article_id, row in _read_rows(collection, file, _read_hub(collection, file)):
                _add_gold(collection, article_id, row, {})
        return collection
    final, raw = find_labels(path, collection.notices)
    table = read_labels(raw, RAW, collection.notices) if raw else None
    if final is not None:
        rows = read_labels(final, FINAL, collection.notices).iter_rows(named=True)
        sentences = dict(_read_rows(collection, final, enumerate(rows, start=2)))
    elif raw is not None and table is not None:
        sentences = dict(_read_rows(collection, raw, _list_sentences(table)))
    votes = _read_votes(collection, table, sentences) if table is not None else {}
    for article_id, row in sentences.items():
        if final is not None:
            _add_gold(collection, article_id, row, votes.get(article_id, {}))
        for annotator, vote in votes.get(article_id, {}).items():
            _add_vote(collection, article_id, annotator, vote)
    return collection


def _find_hub(path: Path) -> list[Path]:
    """The tables in which the label is called `label`, if there are no files of final labels."""
    files = find_files(path, *TABLES)
    if any(is_labels(file) for file in files):
        return []
    return [file for file in files if is_table(file) and set(_peek(file)) >= HUB]


def _peek(file: Path) -> list[str]:
    """The columns of a table's first row; nothing for a file that is none."""
    try:
        first = next((row for row in read_rows(file, Counter()) if isinstance(row, dict)), {})
    except FramingError:
        return []
    return [str(name) for name in first]


def _read_hub(collection: Collection, file: Path) -> Iterator[tuple[int, Row]]:
    """Rows of a table of Hugging Face, with the names and answers of the final labels."""
    for number, row in enumerate(read_rows(file, collection.notices), start=1):
        if isinstance(row, Unreadable):
            collection.reject(row.reason, file=file.name)
            continue
        label, words = str(row.get("label")), row.get("biased_words")
        answer = {"1": "Biased", "0": "Non-biased"}.get(label, label)
        if answer not in ("Biased", "Non-biased", UNDECIDED):
            collection.reject("the label is neither 0 nor 1", file=file.name, row=number, label=label)
            continue
        link = row.get("news_link") or row.get("url")
        yield number, row | {"news_link": link, "label_bias": answer, "biased_words": "[]" if words is None else str(words)}


def _read_rows(collection: Collection, file: Path, rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[str, Row]]:
    for number, row in rows:
        # The words are found in canonical text, so that is the text.
        row["text"] = collection.canonicalise(row["text"] or "")
        article_id = identify(row["text"], row.get("news_link"))
        columns = {"url": row.get("news_link"), "outlet": row.get("outlet"), "topic": row.get("topic"), "leaning": row.get("type"), "language": "en"}
        if article_id in collection:
            collection.reject("the sentence is there twice", file=file.name, row=number)
        elif row["biased_words"] is None:
            collection.reject("the row is cut off", file=file.name, row=number, text=row["text"])
        elif collection.add_article(article_id, row["text"], **columns):
            yield article_id, row


def _list_sentences(table: pl.DataFrame) -> Iterator[tuple[int, Row]]:
    """Each sentence of the raw votes once, as the first annotator has it."""
    seen: set[tuple[str, str | None]] = set()
    for number, row in enumerate(table.iter_rows(named=True), start=2):
        key = _normalise(canonicalise(row["text"] or "").text), row.get("news_link")
        if key not in seen:
            seen.add(key)
            yield number, row | {"biased_words": "[]"}


def _read_votes(collection: Collection, table: pl.DataFrame, sentences: dict[str, Row]) -> dict[str, Votes]:
    """Votes by sentence and annotator. Words of an annotator whose words mostly do not stand in their sentences are not believed."""
    rows = _match_sentences(collection, table, sentences)
    words = {key: _split_words(row.get("biased_words")) for key, row in rows.items()}
    given, standing = Counter[str](), Counter[str]()
    for (article_id, annotator), listed in words.items():
        given[annotator] += len(listed)
        standing[annotator] += sum(bool(_places(collection.text_of(article_id), word)) for word in listed)
    has_words = "biased_words" in table.columns
    if not has_words:
        collection.notices["the votes have no column of words, so answers alone were read: files"] += 1
    votes: defaultdict[str, Votes] = defaultdict(dict)
    for (article_id, annotator), row in rows.items():
        vote, listed = Vote(read_answers(row, collection.notices)), words[article_id, annotator]
        if not vote.answers and not listed:
            collection.reject("the vote has neither an answer nor a word", article_id=article_id, annotator=annotator)
            continue
        votes[article_id][annotator] = vote
        if has_words and standing[annotator] >= TRUSTED * given[annotator]:
            vote.spans, vote.all_found = _locate(collection, article_id, listed, annotator)
        elif listed:
            reason = "most words of this annotator do not stand in their sentences"
            collection.reject(reason, article_id=article_id, annotator=annotator, words=row["biased_words"])
    return votes


def _match_sentences(collection: Collection, table: pl.DataFrame, sentences: dict[str, Row]) -> dict[tuple[str, str], Row]:
    """The raw votes by sentence and annotator."""
    same: defaultdict[str, list[str]] = defaultdict(list)
    for article_id, row in sentences.items():
        same[_normalise(row["text"])].append(article_id)
    rows: dict[tuple[str, str], Row] = {}
    for row in table.iter_rows(named=True):
        annotator, text = str(row["annotator_id"] or ""), canonicalise(row["text"] or "").text
        found = same[_normalise(text)]
        # Some sentences are there twice, with other spaces or quotation marks or from two pages.
        found = [article_id for article_id in found if sentences[article_id].get("news_link") == row.get("news_link")] or found
        found = [article_id for article_id in found if sentences[article_id]["text"] == text] or found
        if len(found) != 1:
            reason = "several sentences of the final labels have this text" if found else "no sentence of the final labels has this text"
            collection.reject(reason, annotator=annotator, text=text)
        elif (found[0], annotator) in rows:
            collection.reject("this annotator's vote is there twice", article_id=found[0], annotator=annotator)
        else:
            rows[found[0], annotator] = row
    return rows


def _normalise(text: str) -> str:
    # The raw file has the same sentences with other quotation marks, spaces and case.
    return re.sub(r"\W+", " ", text.lower()).strip()


def _split_words(cell: str | None) -> list[str]:
    """The words of a vote, with commas between them or as a Python list."""
    cell = cell or ""
    listed = _list_words(cell) if cell.startswith("[") else None
    words = (canonicalise(word).text.strip() for word in (cell.split(",") if listed is None else listed))
    return [word for word in words if word not in ("", "nan")]


def _list_words(cell: str) -> list[str] | None:
    """The words of a cell that holds a Python list; None if it does not."""
    try:
        with warnings.catch_warnings(action="ignore"):
            words = ast.literal_eval(cell)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    return [clean for word in words if (clean := word.encode(errors="ignore").decode().strip())]


def _add_vote(collection: Collection, article_id: str, annotator: str, vote: Vote) -> None:
    for start, end in vote.spans or []:
        collection.add_span(article_id, LABEL, start, end, annotator=annotator)
    for question, answer in vote.answers.items():
        collection.add_answer(article_id, question, answer, annotator=annotator)
    if vote.spans == [] and vote.all_found:
        collection.add_reading(article_id, annotator=annotator)


def _add_gold(collection: Collection, article_id: str, row: Row, votes: Votes) -> None:
    words = _list_words(row["biased_words"])
    if words is None:
        collection.reject("biased_words is not a list of words", article_id=article_id, content=row["biased_words"])
    else:
        spans, all_found = _locate(collection, article_id, words, None)
        readers = [vote.spans for vote in votes.values() if vote.spans is not None]
        for start, end in spans:
            agree = sum(any(first < end and start < last for first, last in marked) for marked in readers)
            collection.add_span(article_id, LABEL, start, end, support=agree / len(readers) if readers else 1.0)
        if not spans and all_found:
            collection.add_reading(article_id)
    for question, answer in read_answers(row, collection.notices).items():
        given = Counter(vote.answers[question] for vote in votes.values() if question in vote.answers)
        collection.add_answer(article_id, question, answer, support=given[answer] / given.total() if given else 1.0)


def _locate(collection: Collection, article_id: str, words: list[str], annotator: str | None) -> tuple[list[Span], bool]:
    """Where the words stand in the sentence, each exactly once, and whether all do; the others are set aside."""
    found, wanted = [], dict.fromkeys(words)
    for word in wanted:
        places = _places(collection.text_of(article_id), word)
        if len(places) == 1:
            found.append(places[0])
        else:
            reason = "the word stands in the sentence more than once" if places else "the word does not stand in the sentence"
            collection.reject(reason, article_id=article_id, annotator=annotator or "gold", word=word, times=len(places))
    return sorted(set(found)), len(found) == len(wanted)


def _places(text: str, word: str) -> list[Span]:
    """Where a word or phrase stands as a whole; in its own case, if it stands so exactly once."""
    pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
    exact, any_case = ([Span(*match.span()) for match in re.finditer(pattern, text, flags)] for flags in (0, re.IGNORECASE))
    return exact if len(exact) == 1 else any_case
