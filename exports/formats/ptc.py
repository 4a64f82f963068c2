"""PTC: the layout of the Propaganda Techniques Corpus (SemEval-2020 Task 11), a file of text and two of labels an article."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from exports.formats.csv import disarm
from exports.formats.material import Material, decide, say, unheld
from schemas.errors import FramingError

__all__ = ["number_articles", "write_ptc"]

ARTICLES, SPANS, TECHNIQUES = "train-articles", "train-labels-task1-span-identification", "train-labels-task2-technique-classification"
_NUMBER = re.compile(r"[0-9]{1,18}")


def write_ptc(material: Material, folder: Path) -> list[str]:
    """Three folders, and ids.tsv if some articles had to be given numbers."""
    decided = decide(material)
    losses = decided.losses
    numbers = number_articles(decided.articles["article_id"])
    renumbered = {article_id: number for article_id, number in numbers.items() if article_id != number}
    for name in (ARTICLES, SPANS, TECHNIQUES):
        (folder / name).mkdir()
    spans_written = articles_written = 0
    for article_id, text in decided.articles.select("article_id", "text").iter_rows():
        rows, number = decided.rows.of(article_id), numbers[article_id]
        losses["answers left out"] += sum(row["value"] is not None for row in rows)
        if all(row["value"] is not None for row in rows):
            # An empty file would say that nothing was marked.
            losses["articles left out, whose questions were answered and whose spans are not known"] += 1
            renumbered.pop(article_id, None)
            continue
        marked = [row for row in rows if row["start"] is not None]
        spans = [(number, disarm(row["label"]), row["start"], row["end"]) for row in marked]
        losses["spans whose label would have been a formula and begins with an apostrophe now"] += sum(
            label != row["label"] for (_, label, _, _), row in zip(spans, marked, strict=True)
        )
        spans_written += len(spans)
        articles_written += 1
        _write(folder / ARTICLES / f"article{number}.txt", text)
        _write(folder / SPANS / f"article{number}.task1-SI.labels", "".join(f"{number}\t{start}\t{end}\n" for _, _, start, end in spans))
        _write(folder / TECHNIQUES / f"article{number}.task2-TC.labels", "".join("\t".join(map(str, span)) + "\n" for span in spans))
    if not articles_written:
        raise FramingError("nobody has marked spans in it, and this format holds nothing else", material.where, "Choose another format")
    if renumbered:
        with (folder / "ids.tsv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, delimiter="\t", lineterminator="\n")
            table.writerows([("number", "article_id"), *((number, disarm(article_id)) for article_id, number in renumbered.items())])
        losses["articles whose ids are no numbers and have some now, by the table ids.tsv"] += len(renumbered)
    if not spans_written:
        losses["articles without a span, as all are, so that readers may take the labels for missing"] += articles_written
    columns = unheld(decided.articles, ["article_id", "text"], "articles")
    return say(losses) + columns + unheld(decided.table, ["article_id", "label", "start", "end", "quote", "value"], "the verdict")


def number_articles(ids: Iterable[str]) -> dict[str, str]:
    """The number of each article: its id if that is one, else the lowest number that no other has."""
    listed = list(ids)
    taken = {int(article_id) for article_id in listed if _NUMBER.fullmatch(article_id)}
    free = (number for number in count(1) if number not in taken)
    return {article_id: article_id if _NUMBER.fullmatch(article_id) else str(next(free)) for article_id in listed}


def _write(path: Path, text: str) -> None:
    # To the letter: offsets count every character.
    path.write_bytes(text.encode())
