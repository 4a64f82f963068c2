"""brat: standoff annotations, a `.ann` beside each `.txt`; folders beside each other are annotators."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path, PurePath
from urllib.parse import unquote

from annotate.corpora.collection import Collection
from annotate.corpora.documents import ORPHAN, Document, Documents, Mark
from annotate.corpora.files import find_files, read_text
from schemas.codebook import Attribute, Codebook
from schemas.errors import FramingError
from schemas.text.tokens import Span

__all__ = ["read"]

GOLD = "gold"
SHOWN = "visual.conf"
APART = "the span stands in several places, and can stand in one only"
ANONYMOUS = "files that do not say who made them, taken as gold"
JOINED = "spans in pieces that white space alone divides, as brat writes those that go on in a new line: put together"
KINDS = {"E": "events", "R": "relations", "*": "relations", "A": "attributes", "M": "attributes", "N": "links to other sources", "#": "notes"}
_SPAN = re.compile(r"(\S.*?) (\d+ \d+(?:;\d+ \d+)*)", re.ASCII)
_VALUED = re.compile(r"[AM]\d+\t(\S+) (T\d+) (\S+)", re.ASCII)
_NOTE = re.compile(r"#\d*\tAnnotatorNotes (T\d+)\t(.+)", re.ASCII)
# What ends a line in one program or another; brat has a space instead.
_BREAKS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True)
class Names:
    """The codebook's names, those by which `visual.conf` shows tags, and what the user wants changed."""

    codebook: Codebook | None
    shown: Mapping[str, str]
    renames: Mapping[str, str]

    def label(self, tag: str) -> str:
        return self._find(tag, self.codebook.label_names if self.codebook else ())

    def attribute(self, tag: str, value: str) -> tuple[str, str]:
        name = self._find(tag, [attribute.name for attribute in self.codebook.attributes] if self.codebook else ())
        return name, self._find(value, asked.value_names if (asked := self.asked(name)) else ())

    def asked(self, name: str) -> Attribute | None:
        return self.codebook.attribute(self.renames.get(name, name)) if self.codebook else None

    def _find(self, tag: str, known: Container[str]) -> str:
        name = self.shown.get(tag, tag)
        return name if tag not in known and tag not in self.renames and name in known else tag


@dataclass
class Texts:
    """The texts of a folder by their names below their annotator's folder, and files of the same name with another text."""

    found: dict[str, Document] = field(default_factory=dict)
    beside: set[PurePath] = field(default_factory=set)
    strangers: set[PurePath] = field(default_factory=set)

    def find(self, stem: str) -> str | None:
        """The only name whose last part this is."""
        names = [name for name in self.found if name.rpartition("/")[2] == stem]
        return names[0] if len(names) == 1 else None


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str]) -> Collection:
    """Texts as articles, and text-bound annotations (`T` lines) as spans in the name of the folder they stand in.

    Files in `path` itself, or in its folder `gold`, are gold. A `.ann` belongs to the `.txt` of its name beside it, or elsewhere; else to the
    one that is called like it up to its last `_`, behind which stands who made it. An empty `.ann` says that nothing was marked. Offsets are
    code points of the file as it is, and are checked by the words behind them. Spans in several places are set aside. Attributes of
    spans (`A` lines, and notes `attribute: words`) are kept where the codebook asks for them; of events, relations, other attributes and
    notes only the number is kept. A name that `visual.conf` shows by one of the codebook is that one.
    """
    documents = Documents(path)
    folder = path if path.is_dir() else path.parent
    files = find_files(path, "*.txt", "*.ann", SHOWN) if path.is_dir() else sorted(find_files(path)[0].parent.glob(f"{path.stem}.*"))
    by_kind = {kind: [file.relative_to(folder) for file in files if file.suffix == kind] for kind in (".txt", ".ann", ".conf")}
    for kind in (".txt", ".ann"):
        if not by_kind[kind]:
            raise FramingError(f"holds no {kind} file", path, "Give the folder with brat's .txt and .ann files")
    texts = _read_texts(folder, by_kind[".txt"], documents)
    shown = {tag: name for file in by_kind[".conf"] for tag, name in _read_shown(folder / file).items()}
    names = Names(codebook, shown, renames)
    unread = set(texts.found)
    for file in by_kind[".ann"]:
        name, annotator = _find_text(file, texts)
        if name is None:
            reason = (
                "its text differs from the one of the same name" if file.with_suffix(".txt") in texts.strangers else "there is no .txt file to it"
            )
            documents.refuse(reason, file=str(file))
        else:
            unread.discard(name)
            documents.notices[ANONYMOUS] += annotator is None and len(file.parts) == 1
            _add_marks(folder / file, texts.found[name], annotator, documents, names)
    documents.notices["texts without an .ann file, which nobody has read"] += len(unread)
    documents.found = list(texts.found.values())
    return documents.collect(path.stem, codebook, renames)


def _read_texts(folder: Path, files: Sequence[PurePath], documents: Documents) -> Texts:
    texts = Texts()
    for file in files:
        name, _ = _place(file)
        try:
            text = read_text(folder / file)
        except FramingError as error:
            texts.strangers.add(file)
            documents.refuse("the file cannot be read", file=str(file), why=error.what)
            continue
        if texts.found.setdefault(name, Document(unquote(name), text)).text == text:
            texts.beside.add(file)
        else:
            texts.strangers.add(file)
            documents.refuse("another text has this name", file=str(file))
    return texts


def _place(file: PurePath) -> tuple[str, str | None]:
    """The name of a file's text, and whose folder it stands in."""
    *folders, _ = file.parts
    name = "/".join([*folders[1:], file.stem])
    who = unquote(folders[0]) if folders and folders[0] != GOLD else None
    return name, who


def _find_text(file: PurePath, texts: Texts) -> tuple[str | None, str | None]:
    """The name of the text that a file of annotations belongs to, and who made it."""
    name, who = _place(file)
    own = file.with_suffix(".txt")
    if own in texts.beside or own in texts.strangers:
        return (name if own in texts.beside else None), who
    if name in texts.found:
        return name, who
    if found := texts.find(file.stem):
        return found, who
    base, _, annotator = file.stem.rpartition("_")
    return texts.find(base), unquote(annotator)


def _add_marks(file: Path, document: Document, annotator: str | None, documents: Documents, names: Names) -> None:
    try:
        lines = read_text(file).removeprefix("\ufeff").split("\n")
    except FramingError as error:
        documents.refuse("the file cannot be read", file=file.name, why=error.what)
        return
    told = False
    marks: dict[str, Mark] = {}
    said: list[tuple[str, tuple[str, str]]] = []
    for number, line in enumerate(lines, start=1):
        row = {"article_id": document.article_id, "annotator": annotator, "line": number, "content": line[:200]}
        if (attribute := _read_attribute(line.removesuffix("\r"), names)) is not None:
            said.append(attribute)
        elif line[:1] in KINDS:
            documents.notices[f"{KINDS[line[0]]} left out"] += 1
        elif line.strip():
            told = True
            mark = _read_span(line.removesuffix("\r"), str(document.text), annotator, documents)
            if isinstance(mark, Mark):
                own = line.partition("\t")[0]
                # A number that is there twice: the first span has its attributes.
                marks[own if own not in marks else f"{own} {number}"] = replace(mark, label=names.label(mark.label))
            else:
                documents.refuse(mark, **row)
    for owner, pair in said:
        if owner in marks:
            marks[owner] = replace(marks[owner], attributes=(*marks[owner].attributes, pair))
        else:
            documents.refuse(ORPHAN, article_id=document.article_id, annotator=annotator, said=": ".join(pair))
    document.marks += marks.values()
    if not told:
        document.readers.append(annotator)


def _read_attribute(line: str, names: Names) -> tuple[str, tuple[str, str]] | None:
    """The span that an `A` line or a note is about, and what it says of it; None if it says nothing that can be an attribute of a span."""
    if match := _VALUED.fullmatch(line):
        return match[2], names.attribute(match[1], match[3])
    match = _NOTE.fullmatch(line)
    # Other notes have colons, too, and so may names.
    for colon in re.finditer(": ", match[2]) if match else ():
        if match and names.asked(match[2][: colon.start()]):
            return match[1], (match[2][: colon.start()], match[2][colon.end() :])
    return None


def _read_span(line: str, text: str, annotator: str | None, documents: Documents) -> Mark | str:
    """The span of a `T` line, or why there is none."""
    name, _, rest = line.partition("\t")
    place, tab, words = rest.partition("\t")
    match = _SPAN.fullmatch(place.strip())
    if not name.startswith("T") or match is None:
        return "not a line of brat's annotations: is the file cut off?"
    parts = [Span(*map(_number, part.split())) for part in match[2].split(";")]
    start, end = parts[0].start, parts[-1].end
    gaps = [text[before.end : after.start] for before, after in pairwise(parts)]
    if any(gap.strip() or not _BREAKS.search(gap) for gap in gaps):
        return APART
    documents.notices[JOINED] += len(parts) > 1
    there = " ".join(text[part.start : part.end] for part in parts)
    same = _BREAKS.sub(" ", there) == _BREAKS.sub(" ", words)
    return Mark(match[1], start, end, (text[start:end] if same else words) if tab else None, annotator)


def _number(digits: str) -> int:
    # Longer ones are in no text, and Python refuses to read the longest.
    return int(digits[:18])


def _read_shown(file: Path) -> dict[str, str]:
    """The names by which labels are shown, from the `[labels]` of a `visual.conf`: a tag, the name, and shorter ones a line."""
    section, names = "", {}
    for line in read_text(file).splitlines():
        if line.startswith("["):
            section = line.strip()
        elif section == "[labels]" and not line.startswith("#"):
            tag, bar, shown = line.partition(" | ")
            if bar:
                names[tag.strip()] = shown.split(" | ")[0]
    return names
