"""Hugging Face: a folder that `datasets.load_dataset(folder, "gold")` reads, with a card that says what it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars import selectors as cs

from exports.formats.material import Losses, Material, Work, decide, say
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.tables import SPAN

__all__ = ["write_hf"]

SPAN_TYPE = pl.Struct({"start": pl.Int64, "end": pl.Int64, "label": pl.String, "quote": pl.String})
ANSWER_TYPE = pl.Struct({"question": pl.String, "value": pl.String})
MEANINGS = {
    "articles": "one row an article, with every column of its own",
    "annotations": "one row for each span and each answer of each annotator; no label means that the article was read and nothing marked",
    "gold": "what was decided from them, with the share of annotators who agreed (`support`) and the rule",
    "spans": "one row an article that has been decided, with the text, its spans and its answers as lists; `spans` is null where they are not known",
}
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+.!|~<>&$-])")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def write_hf(material: Material, folder: Path) -> list[str]:
    """A Parquet file for each configuration, and the card. Nothing of the tables is lost.

    The configuration `spans` is there if there is gold, or the work of one annotator alone.
    """
    work = material.collect_work()
    tables = {name: table for name, table in material.tables.items() if table.height}
    losses = Losses()
    try:
        tables["spans"] = _collect_spans(material)
    except FramingError as error:
        losses[f"articles without a row in a configuration `spans`, which is left out, since the dataset {error.what}"] += work.articles.height
    for name, table in tables.items():
        table.with_columns((cs.categorical() | cs.enum()).cast(pl.String)).write_parquet(folder / f"{name}.parquet")
    (folder / "README.md").write_text("\n".join(_write_card(work, material.codebook, list(tables))) + "\n", encoding="utf-8", newline="\n")
    losses["annotators whose names, perhaps e-mail addresses, are in it: replace them before you publish"] += len(work.annotators)
    return say(losses)


def _collect_spans(material: Material) -> pl.DataFrame:
    decided = decide(material)
    listed = []
    for article_id, text in decided.articles.select("article_id", "text").iter_rows():
        rows = decided.rows.of(article_id)
        spans = [{key: row[key] for key in ("start", "end", "label", "quote")} for row in rows if row["start"] is not None]
        known = any(row["value"] is None for row in rows)
        answers = [{"question": row["label"], "value": row["value"]} for row in rows if row["value"] is not None]
        listed.append({"article_id": article_id, "text": text, "spans": spans if known else None, "answers": answers})
    return pl.DataFrame(listed, schema={"article_id": pl.String, "text": pl.String, "spans": pl.List(SPAN_TYPE), "answers": pl.List(ANSWER_TYPE)})


def _write_card(work: Work, codebook: Codebook | None, names: list[str]) -> Iterator[str]:
    title = codebook.title if codebook else "Articles"
    yield f"---\npretty_name: {_quote(title)}"
    languages = sorted({language for language in work.articles["language"].unique() if language and _LANGUAGE.fullmatch(language)})
    if languages:
        yield f"language: {json.dumps(languages)}"
    yield "configs:"
    for name in names:
        yield f"- config_name: {name}\n  data_files: {name}.parquet" + ("\n  default: true" if name == names[0] else "")
    yield f"---\n\n# {_escape(title)}\n"
    if codebook:
        yield f"{_escape(codebook.description)}\n"
    yield "## What is in it\n\nOffsets are Unicode code points, start included and end excluded: in Python, `text[start:end]`.\n"
    yield from (f"- `{name}`: {MEANINGS[name]}" for name in names)
    yield from _tell_annotation(work, codebook)
    if codebook:
        yield from _tell_codebook(codebook)
    yield "\n## Licence\n\nNone is stated here: the owner of texts and annotations has to give one. The texts may be under copyright."


def _tell_annotation(work: Work, codebook: Codebook | None) -> Iterator[str]:
    yield "\n## How it was annotated\n"
    yield f"- Articles: {work.articles.height}."
    if work.annotations.height:
        read = work.annotations["article_id"].n_unique()
        yield (
            f"- Annotators: {len(work.annotators)}; articles that at least one of them read: {read}; spans: {work.annotations['start'].count()}; "
            + (f"answers: {work.annotations['value'].count()}.")
        )
    if work.gold.height:
        rules = ", ".join(sorted(_escape(rule) for rule in work.gold["rule"].unique()))
        yield f"- Gold was decided by: {rules}. Spans: {work.gold['start'].count()}; answers: {work.gold['value'].count()}."
        support = work.gold.filter(SPAN)["support"].mean()
        if isinstance(support, float):
            yield f"- Support of gold spans (the share of annotators who marked them), on average: {support:.2f}."
    if codebook:
        source = f" Its source: {_escape(codebook.source)}" if codebook.source else ""
        yield f"- Codebook: {_escape(codebook.stamp)}.{source}"
    yield "- Agreement was not measured for this card."


def _tell_codebook(codebook: Codebook) -> Iterator[str]:
    yield f"\n### Instructions\n\n{_escape(codebook.instructions)}\n"
    if codebook.labels:
        yield "\n## Labels of spans\n"
    for label in codebook.labels:
        yield f"- **{_escape(label.name)}**: {_escape(label.definition)}"
        yield from (f"  - Yes: {_escape(example)}" for example in label.examples)
        yield from (f"  - No: {_escape(example)}" for example in label.counter_examples)
        if label.cues:
            yield f"  - Cue words: {_escape('; '.join(label.cues))}"
    for question in codebook.questions:
        yield f"\n## {_escape(question.name)}\n\n{_escape(question.prompt)} ({'one answer' if question.choice == 'single' else 'several answers'})\n"
        yield from (f"- **{_escape(value.name)}**: {_escape(value.definition)}" for value in question.values)


def _quote(text: str) -> str:
    """A string in YAML: JSON's, but for characters that break lines or are not seen, whose escapes are YAML's own."""
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in json.dumps(text, ensure_ascii=False))


def _escape(text: str) -> str:
    """One paragraph of plain text: Markdown and HTML in it are shown and not obeyed."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
