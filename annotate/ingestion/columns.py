"""What the columns of a table are for: told by the names that news databases, collectors and people give them, or by the user."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from annotate.ingestion.source import Row, Unclear
from schemas.errors import FramingError
from schemas.wording import enumerate_some

__all__ = ["ROLES", "Roles", "find_roles", "pick", "take_roles"]

# Names of columns by role, best first; how they are written (publish_date, "Publish Date", publishDate, source.name) makes no difference.
# Of texts none is better than another: two that are no `text` are asked about.
_TEXTS = """text main_text article_text full_text body_text story_text news_text text_content content_text plain_text cleaned_text article_body
article_content content_body body content contents article story content_encoded content_rendered content_html body_html texto texto_completo
cuerpo contenido conteudo texte texte_integral contenu volltext artikeltext inhalt testo testo_completo contenuto tekst tresc полный_текст текст"""
_TITLES = """title headline web_title article_title story_title news_title headline_main title_rendered heading hed titulo titular titel
uberschrift schlagzeile titre titolo tytul naslov заголовок"""
_OUTLETS = """outlet outlet_name media_name media_outlet news_outlet publication publication_name publication_title pub_title newspaper
newspaper_name source_name source_common_name source_title site_name publisher publisher_name news_source source medio quelle zeitung fuente fonte
journal testata zrodlo издание источник source_domain media_domain domain media_url"""
_AUTHORS = """author authors author_name authors_name byline by_line byline_original article_author dc_creator creator writer journalist reporter
autor autores auteur auteurs autore autori verfasser автор"""
_DATES = """published published_at published_on publish_date published_date publish_time publication_date publication_datetime pub_date
date_published date_publish date_of_publication web_publication_date first_published first_publication_date article_date story_date date_time
datetime date seendate seen_date dc_date timestamp sqldate dateadded created_at date_created load_date fecha_publicacion fecha_de_publicacion fecha
erscheinungsdatum datum date_de_publication data_pubblicazione data_publicacao data_publikacji дата_публикации дата"""
_ADDRESSES = """url article_url story_url web_url canonical_url page_url news_url document_identifier document_url link permalink article_link href
source_url enlace lien"""
_IDS = """article_id id story_id stories_id document_id doc_id docid doc_no news_id gkg_record_id accession_no accession_number
proquest_document_id store_id uuid guid"""
_LANGUAGES = "language lang article_language language_code source_lang idioma sprache langue lingua jezyk язык"
_SECTIONS = "section section_name news_desk desk ressort rubrik rubrique seccion sezione dzial рубрика"

ROLES: dict[str, tuple[str, ...]] = {
    role: tuple(names.split())
    for role, names in (
        ("text", _TEXTS), ("title", _TITLES), ("outlet", _OUTLETS), ("author", _AUTHORS), ("published", _DATES), ("url", _ADDRESSES),
        ("article_id", _IDS), ("language", _LANGUAGES), ("section", _SECTIONS),
    )
}  # fmt: skip
_NOUNS = {"outlet": "outlet", "published": "date", "url": "address", "article_id": "article's id"}
# Keys of JSON under which an article stands; in others a title is that of a picture.
_HOLDERS = frozenset({"fields", "article", "story", "text", "body", "content", "document", "doc", "data", "item", "news", "attributes", "metadata"})
_HELD = frozenset({"text", "title", "author", "published", "url"})
# Roles of somebody or something, and how long a list of them may be that Python wrote into a cell.
_NAMED, _LONGEST_LIST = frozenset({"author", "outlet", "title"}), 10_000
# Names in an object that is somebody or something.
_NAMES = ("name", "title", "original", "main", "rendered")
_NESTED = 1000
# An address, and in which the path is more than a slash: that of a page, not of an outlet.
_ADDRESS = re.compile(r"\s*(?:https?://|www\.)[^\s/]+(?P<path>/\S+)?/?\s*")
_ROUNDED = re.compile(r"\s*\d(?:[.,]\d+)?[eE]\+?\d+\s*")


class Roles(NamedTuple):
    """The column (or nested key: body.text) of each role that has one, what is to be said of those that were guessed, and the columns that
    have another name from then on: all that were taken but the one of the date, because a date has no wording."""

    columns: dict[str, str]
    said: tuple[str, ...]
    renamed: frozenset[str]


def find_roles(names: Sequence[str], chosen: Mapping[str, str], rows: Sequence[Row] = ()) -> Roles:
    """What the columns `names` are for; keys of objects in them may be among them as paths ("source.name"). `chosen` is what the user said:
    role to column or path. Some `rows` tell which columns cannot be what their names say.

    Raises FramingError for a chosen column that is not there, and where two could be what an article has one of.
    """
    columns = {role: _find_chosen(role, column, names) for role, column in chosen.items()}
    said: list[str] = []
    for role in ROLES:
        if role in columns:
            continue
        found = _rank(role, [name for name in names if name not in columns.values()])
        fitting = [name for name in found if name == role or _fits(role, [pick(row, name) for row in rows])]
        if role == "article_id":
            rounded = [name for name in found if any(_is_rounded(pick(row, name)) for row in rows)]
            said += [f"{name} holds rounded numbers (1.2E+15), under which several articles may stand: it is not taken as the id" for name in rounded]
            fitting = [name for name in fitting if name not in rounded]
        # Texts may be missing from the first rows.
        found = list(fitting or (found if role == "text" else ()))
        if not found:
            continue
        columns[role] = name = _choose(role, found)
        if _fold(name) not in {_fold(role), _NOUNS.get(role), "id"} or (role == "article_id" and len(found) > 1):
            others = f" (rather than {enumerate_some(found[1:], 3)})" if len(found) > 1 else ""
            said.append(f"{name} is taken as the {_NOUNS.get(role, role)}{others}")
    renamed = (column for role, column in columns.items() if column != role and (role != "published" or _fold(column) == role))
    return Roles(columns, tuple(said), frozenset(renamed))


def take_roles(row: Row, roles: Roles) -> Row:
    """The row with each role under its own name; a column that had such a name before, and gives way, is kept as NAME_before."""
    columns, renamed = roles.columns, roles.renamed
    taken = {role: _shape(role, row[column] if column in row else pick(row, column)) for role, column in columns.items()}
    kept: Row = {}
    for name, value in row.items():
        if name in taken:
            if columns[name] != name and name not in renamed:
                kept[_before(row, name)] = value
        elif name not in renamed:
            kept[name] = value
    head, dot, rest = columns.get("text", "").partition(".")
    if dot and isinstance(kept.get(head), dict):
        # Not the whole text a second time.
        others = {key: value for key, value in kept.pop(head).items() if key != rest}
        kept |= {head: others} if others else {}
    kept |= taken
    if _is_rounded(kept.get("article_id")):
        kept[_before(row, "article_id")] = kept.pop("article_id")
    return kept


def pick(row: Row, path: str) -> object:
    """What stands under a name, or a path such as "body.text" or "authors.0.name"; None if nothing does. A key with a dot in it comes first."""
    inside: object = row
    while True:
        if isinstance(inside, dict) and path in inside:
            return inside[path]
        head, dot, path = path.partition(".")
        if not dot and not (isinstance(inside, list) and head.isdecimal()):
            return None
        if isinstance(inside, dict):
            inside = inside.get(head)
        elif isinstance(inside, list) and head.isdecimal() and int(head) < len(inside):
            inside = inside[int(head)]
            if not dot:
                return inside
        else:
            return None


def _find_chosen(role: str, column: str, names: Sequence[str]) -> str:
    if role not in ROLES:
        raise FramingError(f"{role!r} is nothing that a column could be", "--column", f"Say one of: {', '.join(ROLES)}")
    if column in names:
        return column
    alike = [name for name in names if _fold(name) == _fold(column)]
    if len(alike) == 1:
        return alike[0]
    head = column.partition(".")[0]
    below = [name for name in names if name.startswith(f"{head}.")]
    if "." in column and head in names and (not below or any(column.startswith(f"{name}.") for name in below)):
        return column
    raise FramingError(f"there is no column {column!r} to be the {_NOUNS.get(role, role)}", None, f"There are: {enumerate_some(list(names))}")


def _rank(role: str, names: Sequence[str]) -> list[str]:
    """The columns whose names say that they could have the role, best first; an object gives way to what is in it."""
    ranks: dict[str, int] = {}
    for name in names:
        holder, _, last = name.rpartition(".")
        rank = _RANKS[role].get(_fold(name))
        if rank is None and role in _HELD and _fold(holder) in _HOLDERS and (inner := _RANKS[role].get(_fold(last))) is not None:
            rank = _NESTED + inner
        if rank is not None:
            ranks[name] = rank
    outer = {name.rpartition(".")[0] for name in ranks}
    return sorted((name for name in ranks if name not in outer), key=lambda name: (name != role, ranks[name]))


def _choose(role: str, found: Sequence[str]) -> str:
    """The best of the columns that could have a role. Which of two texts is the text cannot be told, nor of two with one name."""
    best = found[0]
    if best == role:
        return best
    rivals = [name for name in found[1:] if _fold(name) == _fold(best)]
    if role == "text" and _fold(best) != role and "." not in best:
        rivals = [name for name in found[1:] if "." not in name]
    if rivals:
        both = enumerate_some([best, *rivals])
        todo = f"Say which is: --column {role}={best}, or --column {role}={rivals[0]}"
        raise Unclear(f"each of these columns could be the {_NOUNS.get(role, role)}: {both}", None, todo)
    return best


def _fits(role: str, values: Sequence[object]) -> bool:
    """Whether the column's first values could be what its name says. Where none is known, they could."""
    known = [value for value in values if value not in (None, "")]
    if role == "text" and values:
        return any(isinstance(value, list | dict) or (isinstance(value, str) and not _ADDRESS.fullmatch(value)) for value in known)
    if role == "outlet" and known:
        shaped = [name for value in known if (name := _shape(role, value)) is not None]
        return any(not (found := _ADDRESS.fullmatch(str(name))) or found["path"] is None for name in shaped)
    return True


def _is_rounded(value: object) -> bool:
    return isinstance(value, str) and _ROUNDED.fullmatch(value) is not None


def _shape(role: str, value: object) -> object:
    """A value as its role has it: people and outlets by name, several with semicolons; paragraphs as one text; an id without .0."""
    if role in _NAMED:
        return _name_of(value)
    if role == "text" and isinstance(value, list | tuple):
        return "\n\n".join(part for part in value if isinstance(part, str))
    if role == "article_id" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _name_of(value: object) -> object:
    if isinstance(value, str) and value[:2] in {"['", '["'} and value.endswith("]") and len(value) < _LONGEST_LIST:
        # A list that Python wrote into a cell.
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value
    if isinstance(value, dict):
        return next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    if isinstance(value, list | tuple):
        return "; ".join(str(name) for part in value if (name := _name_of(part)) not in (None, "")) or None
    return value


def _before(row: Row, name: str) -> str:
    while (name := f"{name}_before") in row:
        pass
    return name


def _fold(name: str) -> str:
    """The letters and figures of a name, without accents and case."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalnum())


_RANKS = {role: {_fold(name): rank for rank, name in reversed(list(enumerate(names)))} for role, names in ROLES.items()}
