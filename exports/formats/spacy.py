"""spaCy: all articles in one DocBin, in the toolkit's tokens."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exports.formats.alignment import align_spans
from exports.formats.material import ATTRIBUTES, Losses, Material, Row, decide, say, unheld, values_of
from schemas.codebook import Codebook
from schemas.extras import require_extras
from schemas.tables import plain
from schemas.text.tokens import Span, tokenise

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.tokens import Span as DocSpan

__all__ = ["split_text", "write_spacy"]

# The group that spaCy's span categoriser reads unless it is told otherwise.
GROUP = "sc"
# Where spaCy keeps what stands under `span._`.
UNDERSCORE = "._."
TWICE = "attributes of spans left out, since another span in the same place says something else, and spaCy keeps them by place"


def write_spacy(material: Material, folder: Path) -> list[str]:
    """One .spacy file. Each Doc is the text to the letter; its spans, which may overlap, are in `doc.spans["sc"]`, answers in
    `doc.cats` under the names that score columns have, and the article's columns in `doc.user_data`. There are the attributes of spans, too:
    under the names of extensions, so that `span._.stance` is one for whoever has said `Span.set_extension("stance", default=None)`.

    Where spans are not known (somebody only answered questions) there is no group; where nothing was marked it is empty.
    """
    require_extras(["spacy"], "writing this format", "--to")
    from spacy.tokens import Doc, DocBin
    from spacy.tokens import Span as DocSpan
    from spacy.vocab import Vocab

    decided = decide(material, attributes=True)
    losses, codebook, vocabulary = decided.losses, material.require_codebook(), Vocab()
    found = DocBin(attrs=["ORTH", "SPACY"], store_user_data=True)
    for article in decided.articles.iter_rows(named=True):
        rows, text = decided.rows.of(article["article_id"]), article.pop("text")
        tokens, spaces = split_text(text)
        doc = Doc(vocabulary, words=[text[start:end] for start, end in tokens], spaces=spaces)
        doc.user_data = {key: plain(value) for key, value in article.items()}
        doc.cats = _answers(rows, codebook)
        if any(row["value"] is None for row in rows):
            marked = [(DocSpan(doc, *place, label=row["label"]), row) for place, row in align_spans(rows, tokens, losses)]
            doc.spans[GROUP] = [span for span, _ in marked]
            for span, row in marked:
                _say_attributes(doc, span, row, codebook, losses)
        found.add(doc)
    found.to_disk(folder / "articles.spacy")
    return say(losses) + unheld(decided.table, ["article_id", "label", "start", "end", "quote", "value", ATTRIBUTES], "the verdict")


def split_text(text: str) -> tuple[list[Span], list[bool]]:
    """Tokens that cover the text, and whether each is followed by a space that belongs to none.

    White space other than one space after a token is a token of its own, as in spaCy's own tokenisers.
    """
    words = tokenise(text)
    tokens, spaces = [], []
    for token, following in pairwise([Span(0, 0), *words, Span(len(text), len(text))]):
        if token.end:
            tokens.append(token)
            spaces.append(text[token.end : token.end + 1] == " ")
        gap = token.end + (token.end > 0 and spaces[-1])
        if gap < following.start:
            tokens.append(Span(gap, following.start))
            spaces.append(False)
    return tokens, spaces


def _say_attributes(doc: Doc, span: DocSpan, row: Row, codebook: Codebook, losses: Losses) -> None:
    kept: dict[Any, Any] = doc.user_data
    for name, values in values_of(row).items():
        attribute = codebook.attribute(name)
        said = values if attribute and attribute.choice == "multiple" else values[0]
        if kept.setdefault((UNDERSCORE, name, span.start_char, span.end_char), said) != said:
            losses[TWICE] += len(values)


def _answers(rows: list[Row], codebook: Codebook) -> dict[str, float]:
    """1 and 0 for each answer to each question that has one; nothing about a question that has none."""
    given = {(row["label"], row["value"]) for row in rows if row["value"] is not None}
    answered = {label for label, _ in given}
    return {
        f"{question.name}_{value}": float((question.name, value) in given)
        for question in codebook.questions
        if question.name in answered
        for value in question.value_names
    }
