"""spaCy's DocBin: spans, entities and categories of a .spacy file. It is msgpack, and nothing in it is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.corpora.collection import Collection
from annotate.corpora.documents import Answer, Document, Documents, Mark
from annotate.corpora.files import find_files
from annotate.corpora.naming import name_answer
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.extras import require_extras

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["read"]

# The group that spaCy's span categoriser reads unless it is told otherwise; a group of another name is an annotator.
GROUP = "sc"
# Where spaCy keeps what stands under `span._`.
UNDERSCORE = "._."
CHOSEN = 0.5


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str]) -> Collection:
    """Each Doc is an article, with the text to the letter. Its spans are those of its span groups, else its entities: gold from the group `sc`
    and from entities, an annotator's from a group of another name. Categories of 0.5 and more are gold answers: to the question whose name
    stands before theirs (`bias_Biased`) where the codebook has it, else to one that is called `categories`.

    An article_id in `user_data` is the article's, and its other texts and numbers are columns; else it is the file's name and a number.
    """
    require_extras(["spacy"], "reading this format", path)
    documents = Documents(path)
    files = find_files(path, "*.spacy")
    if not files:
        raise FramingError("holds no .spacy file", path, "Give the files that DocBin.to_disk wrote")
    for file in files:
        try:
            for number, doc in enumerate(_read_docs(file), start=1):
                documents.found.append(_read_doc(doc, f"{file.stem}-{number}", codebook, renames))
        except FramingError as error:
            if len(files) == 1:
                raise
            documents.refuse("the file cannot be read", file=file.name, why=error.what)
    return documents.collect(path.stem, codebook, renames)


def _read_docs(file: Path) -> Iterator[Doc]:
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    try:
        yield from DocBin().from_bytes(file.read_bytes()).get_docs(Vocab())
    except OSError as error:
        raise FramingError(f"cannot be read ({error.strerror})", file) from error
    except Exception as error:
        # Whatever msgpack, numpy and spaCy say of bytes that are none of theirs.
        raise FramingError(f"is no DocBin of spaCy, or is damaged ({type(error).__name__})", file, "Write it again with DocBin.to_disk") from error


def _read_doc(doc: Doc, name: str, codebook: Codebook | None, renames: Mapping[str, str]) -> Document:
    facts = {key: value for key, value in doc.user_data.items() if isinstance(key, str) and isinstance(value, str | int | float)}
    article_id = str(facts.pop("article_id", name))
    document = Document(article_id, doc.text, {f"{key}_before" if key == "text" else key: value for key, value in facts.items()})
    groups = {str(key): list(group) for key, group in doc.spans.items()} or ({GROUP: list(doc.ents)} if doc.ents else {})
    said = _collect_attributes(doc)
    for key, spans in groups.items():
        annotator = None if key == GROUP else key
        # An empty group says that nothing was found.
        document.readers.append(annotator)
        document.marks += [
            Mark(
                span.label_,
                span.start_char,
                span.end_char,
                span.text,
                annotator,
                tuple(_list_attributes(said.get((span.start_char, span.end_char), ()), span.label_, codebook, renames)),
            )
            for span in spans
        ]
    document.answers = [Answer(*name_answer(key, codebook)) for key, score in doc.cats.items() if _is_chosen(score)]
    return document


def _collect_attributes(doc: Doc) -> dict[tuple[Any, Any], list[tuple[str, str]]]:
    """What extensions of spans say (`span._.stance`), by the place of the span: text, or a list of it."""
    found: dict[tuple[Any, Any], list[tuple[str, str]]] = {}
    for key, value in doc.user_data.items():
        if isinstance(key, tuple) and len(key) == 4 and key[0] == UNDERSCORE and key[3] is not None:
            # Lists come back as tuples.
            values = value if isinstance(value, list | tuple) else [value]
            found.setdefault((key[2], key[3]), []).extend((str(key[1]), one) for one in values if isinstance(one, str))
    return found


def _list_attributes(said: Iterable[tuple[str, str]], label: str, codebook: Codebook | None, renames: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those that are the label's: spaCy keeps what is said by place alone, and spans of several labels may stand in one."""
    for name, value in said:
        asked = codebook.attribute(renames.get(name, name)) if codebook else None
        if asked is None or asked.is_of(renames.get(label, label)):
            yield name, value


def _is_chosen(score: Any) -> bool:
    return isinstance(score, int | float) and score >= CHOSEN
