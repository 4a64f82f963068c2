"""Hugging Face: a folder that `datasets.load_dataset(folder, "gold")` reads, with a card that says what it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
from polars import selectors as cs

from exports.formats.material import ATTRIBUTES, Losses, Material, Row, Work, decide, say, values_of
from schemas.codebook import Attribute, Codebook
from schemas.errors import FramingError
from schemas.parts import TITLE
from schemas.tables import SPAN

__all__ = ["write_hf"]

SPAN_FIELDS = {"start": pl.Int64(), "end": pl.Int64(), "label": pl.String(), "quote": pl.String()}
ANSWER_TYPE = pl.Struct({"question": pl.String, "value": pl.String})
MEANINGS = {
    "articles": "one row an article, with every column of its own",
    "annotations": "a row for each span, attribute of one and answer of each annotator; no label means that the text was read and nothing marked; "
    "`part` is the text that offsets count in, the article's `text` or its `title`",
    "gold": "what was decided from them, with the share of annotators who agreed (`support`) and the rule",
    "spans": "one row an article that has been decided, with the text, its spans (none of its headline's) and its answers as lists; `spans` is null "
    "where they are not known; "
    "where the codebook asks for attributes, a span has them in a struct, null where nothing is said",
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
    headlines = {name: table.filter(SPAN, part=TITLE).height for name, table in tables.items() if name in ("annotations", "gold")}
    card = "\n".join(_write_card(work, material.codebook, list(tables), headlines))
    (folder / "README.md").write_text(card + "\n", encoding="utf-8", newline="\n")
    losses["annotators whose names, perhaps e-mail addresses, are in it: replace them before you publish"] += len(work.annotators)
    return say(losses)


def _collect_spans(material: Material) -> pl.DataFrame:
    decided = decide(material, attributes=True)
    attributes = material.codebook.attributes if material.codebook else ()
    fields = SPAN_FIELDS | ({ATTRIBUTES: pl.Struct({one.name: _type(one) for one in attributes})} if attributes else {})
    listed = []
    for article_id, text in decided.articles.select("article_id", "text").iter_rows():
        rows = decided.rows.of(article_id)
        spans = [{key: row[key] for key in SPAN_FIELDS} | _say_attributes(row, attributes) for row in rows if row["start"] is not None]
        known = any(row["value"] is None for row in rows)
        answers = [{"question": row["label"], "value": row["value"]} for row in rows if row["value"] is not None]
        listed.append({"article_id": article_id, "text": text, "spans": spans if known else None, "answers": answers})
    types = {"article_id": pl.String(), "text": pl.String(), "spans": pl.List(pl.Struct(fields)), "answers": pl.List(ANSWER_TYPE)}
    return pl.DataFrame(listed, schema=types)


def _type(attribute: Attribute) -> pl.DataType:
    return pl.List(pl.String) if attribute.choice == "multiple" else pl.String()


def _say_attributes(row: Row, attributes: Sequence[Attribute]) -> Row:
    values = values_of(row)
    said = {one.name: values.get(one.name, []) if one.choice == "multiple" else next(iter(values.get(one.name, [])), None) for one in attributes}
    return {ATTRIBUTES: said} if attributes else {}


def _write_card(work: Work, codebook: Codebook | None, names: list[str], headlines: Mapping[str, int]) -> Iterator[str]:
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
    yield from _tell_annotation(work, codebook, headlines)
    if codebook:
        yield from _tell_codebook(codebook)
    yield "\n## Licence\n\nNone is stated here: the owner of texts and annotations has to give one. The texts may be under copyright."


def _tell_annotation(work: Work, codebook: Codebook | None, headlines: Mapping[str, int]) -> Iterator[str]:
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
    if any(headlines.values()):
        yield f"- Spans in headlines, not counted above: {'; '.join(f'{name} {number}' for name, number in headlines.items())}."
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
    for attribute in codebook.attributes:
        asked = f" (asked of: {_escape(', '.join(attribute.labels))})" if attribute.labels else ""
        yield f"\n## {_escape(attribute.name)}, an attribute of spans{asked}\n\n{_escape(attribute.definition)}\n"
        yield from (f"- **{_escape(value.name)}**: {_escape(value.definition)}" for value in attribute.values)
    for question in codebook.questions:
        yield f"\n## {_escape(question.name)}\n\n{_escape(question.prompt)} ({'one answer' if question.choice == 'single' else 'several answers'})\n"
        yield from (f"- **{_escape(value.name)}**: {_escape(value.definition)}" for value in question.values)


def _quote(text: str) -> str:
    """A string in YAML: JSON's, but for characters that break lines or are not seen, whose escapes are YAML's own."""
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in json.dumps(text, ensure_ascii=False))


def _escape(text: str) -> str:
    """One paragraph of plain text: Markdown and HTML in it are shown and not obeyed."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
