"""What Nexis calls the parts of an article, in the languages of its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from annotate.ingestion.databases.lines import read_count

__all__ = ["BODY", "COPYRIGHT", "DATE", "END", "FIELDS", "GRAPHIC", "NOTICE", "read_facts", "read_field", "read_language", "split_date", "strip_by"]

_NAMES = {
    "section": "section rubrik rubrique sección seccion sectie rubriek seção secção sezione ressort",
    "length": "length länge longueur longitud extensión extension lengte lunghezza comprimento extensão",
    "author": "byline autor autoren auteur auteurs autores autore author verfasser von",
    "title": "headline titel titre título titulo titolo kop schlagzeile",
    "dateline": "dateline ort datumszeile",
    "highlight": "highlight intro encart dachzeile vorspann",
    "language": "language sprache langue idioma lengua taal lingua língua",
    "loaded": "load-date update date-chargement fecha-de-carga fecha-carga laaddatum ladedatum data-de-carregamento data-caricamento",
    "kind": "publication-type type-publication publikationsart publikationstyp tipo-publicación publicatietype tipo-publicação document-type",
    "code": "journal-code zeitungs-code pub-type-code",
    "graphic": "graphic grafik graphique gráfico grafiek grafico",
    "body": "body",
    # What else stands around an article and is no part of it.
    "more": "series column correction-date correction distribution subject sujet company organization ticker industry person persons city state"
    " country geographic geo-localization type category notes url editor edition zeitung copyright firmen branche geo-localización",
}
# The role of each name, in lower case.
FIELDS = {name: role for role, names in _NAMES.items() for name in names.split()}

_FIELD = re.compile(r"([^\W\d][\w-]*(?: [\w-]+)?):(?:\s+(.*)|$)", re.DOTALL)
BODY = re.compile(r"(?:body|text|volltext|hauptteil|corps|corps du texte|cuerpo|corpo|tekst)", re.IGNORECASE)
END = re.compile(
    r"(?:end of document|ende des dokuments|fin du document|fin del documento|einde van document|fim do documento|fine del documento)", re.I
)
GRAPHIC = re.compile(r"(?:graphic|grafik|graphique|gráfico|grafiek|grafico)", re.IGNORECASE)
COPYRIGHT = re.compile(r"(?:copyright\b|©|\(c\)|urheberrecht|all rights reserved|alle rechte vorbehalten|tous droits réservés)", re.IGNORECASE)
# Lines that say whose the article is, wherever the word stands in them.
NOTICE = re.compile(r"copyright\b|©|\(c\)\s*\d{4}|all rights reserved|alle rechte vorbehalten|tous droits|todos los derechos|alle rechten", re.I)

_LANGUAGES = {
    name: code
    for code, names in {
        "en": "english englisch anglais inglés ingles inglês inglese engels",
        "de": "german deutsch allemand alemán aleman alemão tedesco duits",
        "fr": "french französisch français francais francés frances francês francese frans",
        "es": "spanish spanisch espagnol español espanol espanhol spagnolo spaans",
        "it": "italian italienisch italien italiano italiaans",
        "nl": "dutch niederländisch néerlandais neerlandés holandês holandés olandese nederlands",
        "pt": "portuguese portugiesisch portugais portugués português portoghese portugees",
        "sv": "swedish schwedisch suédois sueco svedese zweeds svenska",
        "da": "danish dänisch danois danés dansk",
        "no": "norwegian norwegisch norvégien noruego norsk",
        "fi": "finnish finnisch finnois finlandés suomi",
        "pl": "polish polnisch polonais polaco polski",
        "ru": "russian russisch russe ruso русский",
        "uk": "ukrainian ukrainisch ukrainien ucraniano",
        "ar": "arabic arabisch arabe árabe",
        "zh": "chinese chinesisch chinois chino",
        "ja": "japanese japanisch japonais japonés",
    }.items()
    for name in names.split()
}

_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag"
    " lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo"
    " maandag dinsdag woensdag donderdag vrijdag zaterdag zondag lunedì martedì mercoledì giovedì venerdì sabato domenica"
    " segunda-feira terça-feira quarta-feira quinta-feira sexta-feira"
).replace(" ", "|")
_MONTH = r"[^\W\d_]{3,12}\.?"
_DAY = (
    rf"{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}\.?(?:er)?\s+(?:de\s+)?{_MONTH}\s+(?:de\s+)?\d{{4}}"
    rf"|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}|{_MONTH}\s+\d{{4}}(?=\s*$)"
)
DATE = re.compile(
    rf"(?:(?:{_DAYS}),?\s+)?(?:{_DAY})(?:,?\s+(?:{_DAYS})\b)?(?:\s+\d{{1,2}}:\d\d(?::\d\d)?(?:\s*[AP]M)?(?:\s+[A-Z]{{2,4}}\b)?)?", re.IGNORECASE
)
# "von" and "di" in small letters may be parts of a name.
_BY = re.compile(r"(?:[Bb]y|BY|Von|VON|Par|PAR|Por|POR|Door|DOOR)\s+(?=\S)")


def read_field(line: str) -> tuple[str, str] | None:
    """The role and the value of a line such as "LENGTH: 612 words"; None for any other."""
    found = _FIELD.match(line)
    role = FIELDS.get(found[1].lower()) if found else None
    return (role, (found[2] or "").strip()) if found and role else None


def read_facts(facts: Mapping[str, str]) -> dict[str, str | int | None]:
    """The columns of an article that its facts say: author, section, language, and the length that is stated."""
    return {
        "author": strip_by(facts.get("author")),
        "section": facts.get("section"),
        "length_stated": read_count(facts.get("length", "")),
        "language": read_language(facts.get("language")),
    }


def read_language(name: str | None) -> str | None:
    """The code of a language that is named alone or first, "ENGLISH; SPANISH" or "English (Original)"; what has no code here stays as it is."""
    first = re.match(r"[^\W\d_]+", name or "")
    return _LANGUAGES.get(first[0].lower(), name) if first else name or None


def split_date(line: str) -> tuple[str, str] | None:
    """The date with which a line begins, and the edition after it; None if it begins with none."""
    found = DATE.match(line)
    return (found[0].strip(), line[found.end() :].strip(" ,;\t")) if found else None


def strip_by(author: str | None) -> str | None:
    """An author without "by", and without the lead that may stand on the same line."""
    author = author.split(" Highlight: ")[0].strip() if author else None
    return _BY.sub("", author, count=1) if author and _BY.match(author) else author
