"""Label Studio's JSON export as tables. Each result is checked against text and codebook; what fails is set aside with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from annotate.labelstudio.doubts import CHANGED, Doubt, Trust
from annotate.labelstudio.ledger import digest_data
from annotate.labelstudio.record import Suggested, suggested_at
from annotate.labelstudio.results import Refusal, check_words, find_regions, read_result, show_value
from annotate.labelstudio.shown import SHOWN, Shown, read_data, show
from annotate.labelstudio.submitted import Submitted, read_submitted
from annotate.notes import read_remark
from schemas.checks import Rejected
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.parsing import parse_json
from schemas.tables import Annotations, plain
from schemas.wording import count, inflect

__all__ = ["TASK", "Part", "Reader", "join_parts", "name_annotator"]

Json = dict[str, Any]
# The column that orders rows as the project does, and says what is to be read again; it does not leave this package.
TASK = "_task"
# What is set aside is read again by every command that opens the folder: characters of one value, and results of one annotation.
LONGEST = 5000
MOST_REFUSED = 50
ROWS = dict(Annotations.create_empty().schema)


@dataclass(frozen=True)
class Part:
    """Articles and annotations of some tasks, each row with its task, the results that were set aside, what is doubted of the rest, and of
    each task that was taken its article and the digest of its data. `withdrawn`: ids of annotations that their own annotators turned into a
    skip."""

    articles: pl.DataFrame
    annotations: pl.DataFrame
    rejected: Rejected
    doubts: list[Doubt] = field(default_factory=list)
    sent: dict[int, tuple[str, str]] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Reader:
    """What is needed to understand an export: the e-mails of its user ids, the codebook, what was suggested when, and what tells the tasks
    that were sent and the work of their annotators from others'; None believes all of them."""

    people: Mapping[int, str]
    codebook: Codebook
    suggestions: tuple[Suggested, ...] = ()
    trust: Trust | None = None

    def read(self, tasks: Sequence[Json]) -> Part:
        """The tasks' articles, and of each person the last annotation that was submitted. Skipped tasks and drafts are no readings."""
        part = Part(pl.DataFrame(), pl.DataFrame(), [])
        articles: list[Json] = []
        rows: list[Json] = []
        for task in sorted(tasks, key=lambda task: task["id"]):
            data = task["data"]
            if reason := _doubt_article(data, self.codebook):
                self._set_aside_task(task, reason, part)
            elif self._is_as_sent(task, part):
                articles.append({key: plain(value) for key, value in read_data(data, self.codebook).items()} | {TASK: task["id"]})
                rows += self._read_annotations(task, part)
        table = pl.DataFrame(articles, infer_schema_length=None, strict=False)
        return replace(part, articles=table, annotations=pl.DataFrame(rows, schema=ROWS | {TASK: pl.Int64}))

    def _is_as_sent(self, task: Json, part: Part) -> bool:
        if self.trust is None:
            return True
        article, digest = task["data"]["article_id"], digest_data(task["data"])
        if reason := self.trust.doubt_task(task["id"], article, digest, task.get("meta")):
            # An article that stands elsewhere now is missed under the name it had.
            missed = self.trust.entry.tasks.get(task["id"], (article, ""))[0]
            doubt = Doubt(missed, None, reason)
            part.doubts.append(doubt)
            part.rejected.append({"reason": str(doubt), "row": {"task": task["id"], "article_id": article}})
            return False
        part.sent[task["id"]] = article, digest
        return True

    def _set_aside_task(self, task: Json, reason: str, part: Part) -> None:
        """A task that is no article; one that was an article when it was sent is missed."""
        if self.trust is not None and (known := self.trust.entry.tasks.get(task["id"])):
            part.doubts.append(Doubt(known[0], None, CHANGED))
            reason = str(part.doubts[-1])
        part.rejected.append({"reason": reason, "row": {"task": task["id"]}})

    def _read_annotations(self, task: Json, part: Part) -> Iterator[Json]:
        latest: dict[str, tuple[Submitted, Json]] = {}
        for annotation, raw in sorted(self._own_work(task, part), key=lambda work: (work[0].updated_at, work[0].id)):
            annotator = name_annotator(annotation, self.people)
            if annotator in latest:
                part.rejected.append(_set_aside(f"{annotator} annotated this article again later", task, latest[annotator][1]))
            latest[annotator] = annotation, raw
        for annotator, (annotation, _) in sorted(latest.items()):
            yield from self._read_annotation(annotation, annotator, task, part.rejected)

    def _own_work(self, task: Json, part: Part) -> Iterator[tuple[Submitted, Json]]:
        """The annotations that were submitted by those whose they are said to be, each with what it was read from."""
        article = task["data"]["article_id"]
        for raw in task["annotations"]:
            try:
                annotation, faults = read_submitted(raw)
            except Refusal as refusal:
                part.rejected.append(_set_aside(str(refusal), task, {"annotation": raw}))
                continue
            facts = {"article_id": article, "annotator": name_annotator(annotation, self.people), "annotation_id": str(annotation.id)}
            # A skip is no reading, but it takes one back: it is looked at in the same way.
            if not annotation.was_cancelled:
                part.rejected.extend(_set_aside(fault, task, facts) for fault in faults)
            if self.trust is not None and (what := self.trust.doubt_annotation(annotation)):
                doubt = Doubt(article, facts["annotator"], what)
                part.doubts.append(doubt)
                part.rejected.append(_set_aside(str(doubt), task, {**facts, "annotation": raw}))
                continue
            if annotation.was_cancelled:
                part.withdrawn.add(facts["annotation_id"])
                continue
            if self.trust is not None and annotation.seconds is None and not faults:
                part.doubts.append(Doubt(article, facts["annotator"], "was not made on the labelling screen: no time was measured", taken=True))
            if self.trust is not None and (what := self.trust.doubt_suggestions(annotation, article)):
                part.doubts.append(Doubt(article, facts["annotator"], what, taken=True))
            yield annotation, raw

    def _read_annotation(self, annotation: Submitted, annotator: str, task: Json, rejected: Rejected) -> Iterator[Json]:
        article_id, shown, made = task["data"]["article_id"], show(task["data"], self.codebook), annotation.created_at
        common = {
            "article_id": article_id,
            "annotator": annotator,
            "created_at": made,
            "updated_at": annotation.updated_at,
            "annotation_id": str(annotation.id),
            "codebook_version": self.codebook.stamp,
            "seconds": annotation.seconds,
            "suggested": suggested_at(self.suggestions, article_id, made, annotation.seen, present=bool(task.get("total_predictions"))),
            TASK: task["id"],
        }
        facts, remark = {key: value for key, value in common.items() if key != TASK}, read_remark(annotation.result)
        common |= {"unsure": remark.unsure if self.codebook.notes or remark.unsure else None, "note": remark.note}
        rejected.extend(_set_aside(reason, task, facts | {"result": result}) for reason, result in remark.refused[:MOST_REFUSED])
        rows, doubtful = self._read_results(remark.results, shown, task, facts, rejected)
        # Whoever marked something that was set aside has not marked nothing there.
        for part in shown.places.keys() - doubtful - {row["part"] for row in rows if row["start"] is not None}:
            # Read, and marked nothing: without this row agreement and negatives would be wrong.
            rows.append(dict.fromkeys(("label", "start", "end", "quote", "attribute", "value")) | {"part": part, "origin": "manual"})
        for row in sorted(rows, key=_in_order):
            yield common | row

    def _read_results(self, results: Sequence[Any], shown: Shown, task: Json, facts: Json, rejected: Rejected) -> tuple[list[Json], set[str]]:
        """The rows of an annotation, each once, and the parts of the article of which results were refused."""
        found: dict[tuple[Any, ...], Json] = {}
        refused, doubtful = 0, set[str]()
        regions = find_regions(results, shown.text, self.codebook)
        # What was typed comes last: where one answer is taken, and there are two, the one that was chosen stays.
        for result in sorted(results, key=_is_typed):
            try:
                check_words(result, shown.text)
                for read in read_result(result, shown.text, self.codebook, regions):
                    if (row := shown.place(read)) is None:
                        raise Refusal("its span is neither within the headline nor within the text")
                    known = found.setdefault(self._identify(row), row)
                    if known["value"] != row["value"]:
                        what = "the article" if row["attribute"] is None else "the same span"
                        raise Refusal(f"{row['attribute'] or row['label']} of {what} is {show_value(known['value'])} already")
            except Refusal as refusal:
                refused += 1
                doubtful |= _find_parts(result, shown)
                if refused <= MOST_REFUSED:
                    rejected.append(_set_aside(str(refusal), task, facts | {"result": result}))
        if refused > MOST_REFUSED:
            more = f"{count(refused - MOST_REFUSED, 'more result')} of this annotation {inflect(refused - MOST_REFUSED, 'was', 'were')} refused"
            rejected.append(_set_aside(more, task, {"article_id": facts["article_id"]}))
        return list(found.values()), doubtful

    def _identify(self, row: Json) -> tuple[Any, ...]:
        """What stands once in an annotation: a span, an answer, or the one answer that is taken."""
        asked = self.codebook.attribute(row["attribute"]) if row["attribute"] else self.codebook.question(row["label"])
        values = (None, None) if asked is not None and asked.choice == "single" else (row["value"], row["origin"])
        return (row["label"], row["part"], row["start"], row["end"], row["attribute"], *values)


def _is_typed(result: Any) -> bool:
    return isinstance(result, Mapping) and result.get("type") == "textarea"


def _find_parts(result: Any, shown: Shown) -> set[str]:
    """The parts of the article that a result may be about."""
    value = result.get("value") if isinstance(result, Mapping) else None
    return shown.find_touched(*(value.get(key) if isinstance(value, Mapping) else None for key in ("start", "end")))


def _in_order(row: Json) -> tuple[Any, ...]:
    """The text before the headline, and in the order of each, every span before its attributes, answers last."""
    return row["part"], row["start"] is None, row["start"], row["end"], row["label"] or "", row["attribute"] or "", row["value"] or ""


def _doubt_article(data: Any, codebook: Codebook) -> str | None:
    """Why the data of a task are no article that annotators could read; None if they are."""
    given = [data.get(name) for name in ("article_id", "text")] if isinstance(data, dict) else []
    if not given or not all(isinstance(one, str) for one in given) or not (data["article_id"] and data["text"].strip()):
        return "the task has no article_id or no text"
    if codebook.headlines and data.get(SHOWN) != show(data, codebook).text:
        return "the task does not show its headline and text"
    return None


def name_annotator(annotation: Submitted, people: Mapping[int, str]) -> str:
    """The e-mail of who made the annotation. Of people whose accounts were deleted nothing is left to tell them apart but what they made."""
    number = annotation.completed_by
    return people.get(number, f"user {number}") if number is not None else f"deleted user of annotation {annotation.id}"


def join_parts(parts: Iterable[Part]) -> Part:
    """One part of several, ordered by task. Two tasks of the same article and text become one; another text under the
    same id is set aside with its annotations."""
    listed = list(parts)
    tables = [part.articles for part in listed if part.articles.width]
    articles = (
        pl.concat(tables, how="diagonal_relaxed") if tables else pl.DataFrame(schema={"article_id": pl.String, "text": pl.String, TASK: pl.Int64})
    )
    joined = Part(
        articles.sort(TASK),
        pl.concat([part.annotations for part in listed] or [pl.DataFrame(schema=ROWS | {TASK: pl.Int64})]).sort(TASK, maintain_order=True),
        [entry for part in listed for entry in part.rejected],
        [doubt for part in listed for doubt in part.doubts],
        {task: sent for part in listed for task, sent in part.sent.items()},
        {number for part in listed for number in part.withdrawn},
    )
    return _join_doubles(joined) if joined.articles["article_id"].is_duplicated().any() else joined


def _join_doubles(part: Part) -> Part:
    first = part.articles.unique("article_id", keep="first", maintain_order=True)
    # Of headlines only where somebody has read them.
    read = [name for name in ("text", "title") if name in first.columns and (name == "text" or (part.annotations["part"] == name).any())]
    texts = first.select("article_id", *(pl.col(name).alias(f"_{name}") for name in read))
    strange = part.articles.join(texts, on="article_id", how="left").filter(
        pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"_{name}")) for name in read)
    )
    rejected = part.rejected + [
        {"reason": "a second task for the same article, with another text", "row": row}
        for row in strange.select("article_id", task=TASK).iter_rows(named=True)
    ]
    rows = part.annotations.filter(~pl.col(TASK).is_in(strange[TASK].implode()))
    last = pl.struct("updated_at", "annotation_id")
    kept = rows.filter(last == last.sort_by("updated_at", "annotation_id").last().over("article_id", "annotator"))
    earlier = rows.join(kept.select("annotation_id"), on="annotation_id", how="anti").unique("annotation_id", keep="first", maintain_order=True)
    for row in earlier.iter_rows(named=True):
        again = f"{row['annotator']} annotated this article again later, in a second task"
        rejected.append({"reason": again, "row": {"task": row[TASK], "article_id": row["article_id"], "annotation_id": row["annotation_id"]}})
    return replace(part, articles=first, annotations=kept, rejected=rejected)


def _set_aside(reason: str, task: Json, row: Json) -> Json:
    return {"reason": reason, "row": {"task": task["id"], **{key: _shorten(value) for key, value in row.items()}}}


def _shorten(value: Any) -> Any:
    """The value as it came, if whoever opens the folder will read it; else its beginning."""
    if isinstance(value, str | int | float | None):
        return value
    try:
        text = json.dumps({"row": {"value": value}})
        parse_json(text, "rejected.jsonl")
    except (FramingError, RecursionError, ValueError):
        return show_value(value)
    return value if len(text) <= LONGEST else show_value(value)
