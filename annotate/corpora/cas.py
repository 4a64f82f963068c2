"""INCEpTION: documents as UIMA CAS JSON (0.4), one by one or as an exported project, folder or .zip."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from annotate.corpora.collection import Collection
from annotate.corpora.documents import Answer, Document, Documents, Mark
from annotate.corpora.files import find_files
from annotate.ingestion.source import MOST
from schemas.codebook import Codebook
from schemas.errors import FramingError

__all__ = ["read"]

NOBODY, CURATED = "INITIAL_CAS", "CURATION_USER"
ANONYMOUS = "files that do not say who made them, taken as gold"
STAGES = ("annotation", "curation")
CUSTOM = ("webanno.custom.", "custom.")
NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
ARRAY = "uima.cas.StringArray"
SOFA, DOCUMENT = "uima.cas.Sofa", "uima.tcas.DocumentAnnotation"
SEGMENTS = ".segmentation.type."
# What every project has, and nobody annotates as spans of a codebook.
BUILT_IN = ("uima.", "de.tudarmstadt.ukp.")
# Features that are a span's label, if there are several.
LABELS = ("label", "value")
Json = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A document as one person left it: None if that is gold."""

    name: str
    annotator: str | None
    untouched: bool
    types: Json | None
    structures: list[Json]
    where: str

    @property
    def sofa(self) -> Json:
        """What holds the text."""
        found = [structure for structure in self.structures if structure.get("%TYPE") == SOFA and isinstance(structure.get("sofaString"), str)]
        return found[0] if found else {}

    def annotations(self) -> Iterator[Json]:
        """The structures that belong to the text."""
        sofa = self.sofa.get("%ID")
        return (one for one in self.structures if one.get("%TYPE") not in (SOFA, None) and one.get("@sofa") == sofa)


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str], layer: str | None = None) -> Collection:
    """Documents as articles, and the spans of one layer as each annotator's own; curated ones, and those of files that do not say whose, are gold.

    In a project, documents stand in `annotation/<document>/<user>.json` and `curation/<document>/CURATION_USER.json`, or each in a .zip there.
    `layer` is a type, or the end of its name; without it the commonest custom layer is taken, else named entities, else the commonest other.
    Offsets are UTF-16 units, as the format has them. Other features of the layer that the codebook asks for, under names that Java takes, are
    attributes of its spans. Structures of custom layers without a place are answers about the document.
    """
    documents = Documents(path, "UTF-16 units")
    pages = list(_read_pages(path, documents))
    if not pages:
        reason = f": {documents.refused[0][0]}" if documents.refused else ""
        raise FramingError(f"holds no UIMA CAS JSON{reason}", path, "Export from INCEpTION in the format UIMA CAS JSON")
    chosen = _choose_layer(pages, layer, documents)
    feature = _choose_feature(pages, chosen)
    # As Java takes them; where two are one, the first has the name.
    names = {re.sub(r"\W", "_", one.name, flags=re.ASCII): one.name for one in reversed(codebook.attributes)} if codebook else {}
    found: dict[str, Document] = {}
    for page in pages:
        text = page.sofa.get("sofaString")
        document = found.setdefault(page.name, Document(page.name, text, _columns(page)))
        if document.text != text:
            documents.refuse("another text has this name", file=page.where)
        elif page.untouched:
            documents.notices["documents as they were before anybody annotated them (INITIAL_CAS), of which the text is read"] += 1
        else:
            _add_page(document, page, chosen, feature, names, documents)
    documents.found = list(found.values())
    return documents.collect(path.stem, codebook, renames)


def _read_pages(path: Path, documents: Documents) -> Iterator[Page]:
    for place, data in _read_files(path, documents):
        try:
            content = json.loads(data)
        except (ValueError, RecursionError) as error:
            documents.refuse("the file is not JSON, or is cut off", file=str(place), why=str(error))
            continue
        structures = content.get("%FEATURE_STRUCTURES") if isinstance(content, dict) else None
        if isinstance(structures, dict):
            # The format allows a map by id as well.
            structures = [{"%ID": int(key) if key.isdecimal() else key} | one for key, one in structures.items() if isinstance(one, dict)]
        if not isinstance(structures, list):
            documents.refuse("the file is no UIMA CAS JSON", file=str(place))
            continue
        # Tokens and sentences are most of a file, and nothing of theirs is read.
        structures = [one for one in structures if isinstance(one, dict) and SEGMENTS not in str(one.get("%TYPE"))]
        types = content.get("%TYPES")
        types = {name: one for name, one in types.items() if isinstance(one, dict)} if isinstance(types, dict) else None
        in_project = len(place.parts) > 1
        name, user = (place.parts[-2], place.stem) if in_project else (place.stem, CURATED)
        annotator = None if user == CURATED else unquote(user)
        page = Page(unquote(name), annotator, in_project and user == NOBODY, types, structures, str(place))
        if page.sofa:
            documents.notices[ANONYMOUS] += not in_project
            yield page
        else:
            documents.refuse("the document has no text", file=str(place))


def _read_files(path: Path, documents: Documents) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The JSON files of a folder, or of the .zip files in it, by their place."""
    for file in find_files(path, "*.json", "*.zip"):
        place = PurePosixPath(*(file.relative_to(path).parts if path.is_dir() else [file.name]))
        # Given outright, a folder of the project is read like the project.
        if path.is_dir() and (path.name in STAGES or path.parent.name in STAGES):
            place = PurePosixPath(path.name) / place
        if place.name.startswith("exportedproject"):
            continue
        if file.suffix == ".zip":
            yield from _unpack(file.read_bytes(), PurePosixPath() if len(place.parts) == 1 else place, documents)
        elif (data := _read_some(file.open("rb"), place, documents)) is not None:
            yield place, data


def _unpack(data: bytes, place: PurePosixPath, documents: Documents) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The JSON files in a .zip; in a project's those of its annotations alone. A .zip in it holds one user's document."""
    inner = place != PurePosixPath()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                name = PurePosixPath(member.filename)
                if name.suffix not in (".json", ".zip") or name.name.startswith(("exportedproject", ".")) or (inner and name.suffix == ".zip"):
                    continue
                with archive.open(member) as file:
                    content = _read_some(file, name, documents)
                if content is not None and name.suffix == ".zip":
                    yield from _unpack(content, name, documents)
                elif content is not None:
                    yield (place if inner else name), content
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        documents.refuse("the .zip is damaged, or locked by a password", file=str(place), why=str(error))


def _read_some(file: Any, place: PurePosixPath, documents: Documents) -> bytes | None:
    """What a file holds, unless it holds more than any document does."""
    with file:
        data: bytes = file.read(MOST + 1)
    if len(data) <= MOST:
        return data
    documents.refuse(f"the file is longer than {MOST:,} bytes", file=str(place))
    return None


def _places(structure: Json) -> tuple[object, object]:
    # Anchors may be marked as such.
    return structure.get("begin", structure.get("^begin")), structure.get("end", structure.get("^end"))


def _strings(structure: Json) -> dict[str, str]:
    return {key: value for key, value in structure.items() if isinstance(value, str) and key[:1] not in "%@^#"}


def _choose_layer(pages: list[Page], wanted: str | None, documents: Documents) -> str | None:
    """The type of the spans, among those that have a place; the others are counted."""
    met: Counter[str] = Counter()
    for page in pages:
        met.update(str(one["%TYPE"]) for one in page.annotations() if _places(one)[0] is not None and _strings(one))
    declared = {name for page in pages for name in page.types or {}}
    layers = [name for name, _ in met.most_common() if name not in (METADATA, DOCUMENT)]
    if wanted is not None:
        preferred = [name for name in [*layers, *sorted(declared)] if name == wanted or name.endswith(f".{wanted}")]
        if not preferred:
            raise FramingError(f"has no layer {wanted!r}", documents.where, f"There are: {', '.join(layers) or 'none'}")
    else:
        preferred = _prefer(layers, declared, pages)
    chosen = next(iter(preferred), None)
    for name in layers:
        if name != chosen:
            documents.notices[f"annotations of the layer {name.rpartition('.')[2]} left out"] += met[name]
    return chosen


def _prefer(layers: list[str], declared: set[str], pages: list[Page]) -> list[str]:
    """The layers that may be meant, the likeliest first."""
    found = [name for name in layers if name.startswith(CUSTOM)]
    found += [name for name in layers if name == NAMED_ENTITY] + [name for name in layers if not name.startswith(BUILT_IN)]
    # Of a project in which nobody marked anything the layers are declared all the same.
    return found + sorted(name for name in declared if name.startswith(CUSTOM) and _is_span(name, pages))


def _is_span(name: str, pages: list[Page]) -> bool:
    return any((page.types or {}).get(name, {}).get("%SUPER_TYPE") == "uima.tcas.Annotation" for page in pages)


def _choose_feature(pages: list[Page], layer: str | None) -> str | None:
    """The feature that is the label: one of LABELS if it is there, else the one that is given most often."""
    met: Counter[str] = Counter()
    for page in pages:
        met.update(key for one in page.annotations() if one["%TYPE"] == layer for key in _strings(one))
    return next((name for name in LABELS if name in met), next((name for name, _ in met.most_common(1)), None))


def _columns(page: Page) -> Json:
    """Title, address and language of the document where they say more than its name does."""
    by_type = {str(one["%TYPE"]): one for one in page.annotations()}
    about = by_type.get(METADATA, {})
    title, url, language = about.get("documentTitle"), about.get("documentUri"), by_type.get(DOCUMENT, about).get("language")
    columns = {
        "title": title if title != page.name else None,
        "url": url if isinstance(url, str) and url.startswith(("http://", "https://")) else None,
        "language": language if language != "x-unspecified" else None,
    }
    return {key: value for key, value in columns.items() if isinstance(value, str)}


def _add_page(document: Document, page: Page, layer: str | None, feature: str | None, names: Mapping[str, str], documents: Documents) -> None:
    told = False
    arrays = {one.get("%ID"): one.get("%ELEMENTS") for one in page.structures if one.get("%TYPE") == ARRAY}
    for one in page.annotations():
        start, end = _places(one)
        name = str(one["%TYPE"])
        if name == layer and start is not None:
            told = True
            label = _strings(one).get(feature or "")
            if label is None:
                row = {"article_id": document.article_id, "annotator": page.annotator, "start": start, "end": end}
                documents.refuse(f"the annotation has no {feature or 'label'}", **row)
            else:
                said = [(names.get(key, key.strip("_")), value) for key, value in _read_features(one, arrays) if key != feature]
                document.marks.append(Mark(label, start, end, annotator=page.annotator, attributes=tuple(said)))
        elif start is None and not name.startswith(BUILT_IN):
            document.answers += [Answer(question, value, page.annotator) for question, value in _read_answers(one)]
    # Where the layer is not even declared, nobody was asked to mark anything.
    if not told and layer is not None and (page.types is None or layer in page.types):
        document.readers.append(page.annotator)


def _read_features(structure: Json, arrays: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Each feature that is text, and each text of those that are lists, which are structures of their own."""
    yield from _strings(structure).items()
    for key, number in structure.items():
        values = arrays.get(number) if key.startswith("@") and isinstance(number, int) else None
        yield from ((key[1:], value) for value in (values if isinstance(values, list) else []) if isinstance(value, str))


def _read_answers(structure: Json) -> Iterator[tuple[str, str]]:
    given = _strings(structure)
    if given.keys() >= {"question", "value"}:
        yield given["question"], given["value"]
        return
    for key, value in given.items():
        yield str(structure["%TYPE"]).rpartition(".")[2] if key in LABELS else key, value
