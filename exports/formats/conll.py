"""CoNLL: a token and its BIO tag a line, a blank line after each sentence, a -DOCSTART- line before each article."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from exports.formats.alignment import align_spans
from exports.formats.material import Losses, Material, decide, say, unheld
from schemas.errors import FramingError
from schemas.text.sentences import split_sentences
from schemas.text.tokens import Span, tokenise

__all__ = ["CUT", "OVERLAP", "encode_bio", "name_tags", "write_conll"]

START = "-DOCSTART-"
OVERLAP = "spans left out, since they overlap one that begins before them or is longer, which BIO cannot hold"
CUT = "spans that go on in a new sentence, where they begin again"


def write_conll(material: Material, folder: Path) -> list[str]:
    """One file, separated by tabs. The second cell of a -DOCSTART- line is the article_id, percent-encoded."""
    decided = decide(material)
    losses = decided.losses
    tags = name_tags(material.require_codebook().label_names, losses)
    written = 0
    with (folder / "articles.conll").open("w", encoding="utf-8", newline="\n") as file:
        for article_id, text in decided.articles.select("article_id", "text").iter_rows():
            rows = decided.rows.of(article_id)
            losses["answers left out"] += sum(row["value"] is not None for row in rows)
            if all(row["value"] is not None for row in rows):
                losses["articles left out, whose questions were answered and whose spans are not known"] += 1
                continue
            written += 1
            tokens = tokenise(text)
            starts = [token.start for token in tokens]
            breaks = [bisect_left(starts, sentence.start) for sentence in split_sentences(text)]
            spans = [(span, tags[row["label"]]) for span, row in align_spans(rows, tokens, losses)]
            lines = [f"{text[start:end]}\t{tag}\n" for (start, end), tag in zip(tokens, encode_bio(spans, len(tokens), breaks, losses), strict=True)]
            file.write(f"{START}\t{quote(article_id, safe='')}\n\n")
            for begin, end in pairwise([*breaks, len(tokens)]):
                file.writelines([*lines[begin:end], "\n"])
    if not written:
        raise FramingError("nobody has marked spans in it, and this format holds nothing else", material.where, "Choose another format")
    columns = unheld(decided.articles, ["article_id", "text"], "articles")
    return say(losses) + columns + unheld(decided.table, ["article_id", "label", "start", "end", "quote", "value"], "the verdict")


def name_tags(labels: Iterable[str], losses: Losses) -> dict[str, str]:
    """A name without spaces for each label: most readers split lines at any space."""
    tags: dict[str, str] = {}
    for label in labels:
        tag = "_".join(label.split())
        while tag in tags.values():
            tag += "_"
        tags[label] = tag
        losses["labels written with _ for each space"] += tag != label
    return tags


def encode_bio(spans: Iterable[tuple[Span, str]], length: int, breaks: Sequence[int], losses: Losses) -> list[str]:
    """The tag of each of `length` tokens. Spans are ranges of tokens; of those that overlap the first is kept. Every
    sentence (they begin at `breaks`) can be read alone: what goes on from the one before begins again."""
    tags = ["O"] * length
    begins = set(breaks)
    for (first, last), label in spans:
        if any(tag != "O" for tag in tags[first:last]):
            losses[OVERLAP] += 1
            continue
        anew = [i for i in range(first + 1, last) if i in begins]
        losses[CUT] += bool(anew)
        for i in range(first, last):
            tags[i] = f"{'B' if i == first or i in anew else 'I'}-{label}"
    return tags
