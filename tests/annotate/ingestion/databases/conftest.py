"""Downloads of news databases, made of articles whose every fact is known."""

from __future__ import annotations

import random
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

_WORDS = {
    "English": "the mayor port council said that a new plan of reform was a disgrace for all workers, and the harbour would close “soon” it seems"
    " because money had gone to roads while critics spoke of chaos in June while 1,200 people marched through rain near Dover",
    "German": "der Bürgermeister sagte, dass die Pläne für den Hafen eine „Schande“ seien und niemand wisse, wann das Geld für die Straßen kommt"
    " während Kritiker im Juni von Chaos sprachen",
    "French": "le maire a dit que le projet du port était une « honte » pour les ouvriers et que l’argent manquait déjà aux routes pendant l’été"
    " tandis que les élus parlaient de chaos",
}
# Lines of articles that look like a database's own.
_ODD = {
    "English": [
        "Length matters.", "Body", "Text", "Graphic", "Document 3 of the treaty was signed.", "TD Bank and IN Group were there.",
        "By the way: nothing.",
        "The section was 612 words", "Copyright was the subject of the debate.", "Notes: three of them.", "12 words", "All Rights Reserved, he said.",
    ],
    "German": ["Länge ist nicht alles.", "Update: Der Rat tagt weiter.", "Grafik"],
    "French": ["Longueur et langue comptent.", "Texte intégral, disait le maire."],
}  # fmt: skip
_UNITS = {"English": "words", "German": "Wörter", "French": "mots"}
_DATES = {
    "English": ("June {day}, 2025 Friday", "{day} June 2025"),
    "German": ("Freitag {day}. Juni 2025", "{day} Juni 2025"),
    "French": ("{day} juin 2025 vendredi", "{day} juin 2025"),
}


@dataclass(frozen=True)
class Article:
    number: int
    title: str
    outlet: str
    paragraphs: tuple[str, ...]
    language: str = "English"
    author: str | None = "Jane Doe"
    section: str | None = "NEWS; Pg. 4"
    edition: str | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def words(self) -> int:
        """Words as databases count them: by the blanks between them."""
        return sum(len(paragraph.split()) for paragraph in self.paragraphs)

    @property
    def unit(self) -> str:
        return _UNITS[self.language]

    @property
    def database_id(self) -> str:
        return f"EXAMPL0020250606el66{self.number:05d}"

    def date(self, *, weekday: bool) -> str:
        return _DATES[self.language][0 if weekday else 1].format(day=self.number % 28 + 1)


def make_article(number: int, chance: random.Random, language: str = "English") -> Article:
    words = _WORDS[language].split()

    def write(count: int) -> str:
        said = chance.choices(words, k=count)
        return " ".join([said[0][0].upper() + said[0][1:], *said[1:]]).rstrip(",") + "."

    paragraphs = [write(chance.randint(25, 90)) for _ in range(chance.randint(4, 7))]
    for odd in chance.sample(_ODD[language], k=chance.choice([0, 1, 2])):
        paragraphs.insert(chance.randint(1, len(paragraphs) - 1), odd)
    title = f"Mayor calls plan {number} a “disgrace”" + (" and then " + write(14).rstrip(".") if number % 7 == 3 else "")
    return Article(
        number,
        title,
        chance.choice(["The Daily Example", "Example Times (London)", "Das Beispiel"]),
        tuple(paragraphs),
        language,
        chance.choice(["Jane Doe", "John Q. Public", None]),
        chance.choice(["NEWS; Pg. 4", "Politics", None]),
        chance.choice([None, "Late Edition - Final"]),
    )


def make_articles(count: int = 100, *, languages: Sequence[str] = ("English",), seed: int = 7) -> list[Article]:
    chance = random.Random(seed)
    return [make_article(number, chance, languages[number % len(languages)]) for number in range(1, count + 1)]


def wrap(text: str, width: int = 78) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def write_nexis(articles: Sequence[Article], *, pages: bool = False) -> str:
    """The text of Nexis until 2018: centred, wrapped, facts in capitals; with `pages`, each page ends in a form feed."""
    names = {
        "English": ("{} of {} DOCUMENTS", "BYLINE", "SECTION", "LENGTH", "LOAD-DATE", "LANGUAGE", "PUBLICATION-TYPE"),
        "German": ("Dokument {} von {}", "AUTOR", "RUBRIK", "LÄNGE", "UPDATE", "SPRACHE", "PUBLICATION-TYPE"),
        "French": ("Document {} de {}", "AUTEUR", "RUBRIQUE", "LONGUEUR", "DATE-CHARGEMENT", "LANGUE", "TYPE-PUBLICATION"),
    }
    lines = [
        "",
        "",
        f"Download Request: Selected Items: 1-{len(articles)}",
        "Time Of Request: Friday, June 6, 2025  16:51:31",
        "",
        "Terms: (mayor and port)",
        "",
    ]
    for order, article in enumerate(articles, start=1):
        mark, byline, section, length, loaded, language, kind = names[article.language]
        lines += ["", "", mark.format(order, len(articles)).center(78).rstrip(), "", "", article.outlet.center(78).rstrip(), ""]
        lines += [article.date(weekday=True).center(78).rstrip()] + ([article.edition.center(78).rstrip()] if article.edition else [])
        lines += ["", *wrap(article.title), ""]
        lines += [*wrap(f"{byline}: {article.author}"), ""] if article.author else []
        lines += [*wrap(f"{section}: {article.section}"), ""] if article.section else []
        lines += [f"{length}: {article.words} {article.unit}", ""]
        for place, paragraph in enumerate(article.paragraphs):
            first, *rest = wrap(paragraph)
            # Pages end anywhere: between two lines of a paragraph, or between two paragraphs.
            if pages and rest and place % 2:
                rest[0] = "\f" + rest[0]
            lines += [first, *rest, "\f" if pages and not place % 2 else "", ""]
        lines += [f"{loaded}: {article.date(weekday=False)}", "", f"{language}: {article.language.upper()}", "", f"{kind}: Newspaper", "", ""]
        lines += ["Copyright 2025 Example Limited".center(78).rstrip(), "All Rights Reserved".center(78).rstrip(), "\f" if pages else ""]
    return "\n".join(lines)


def write_nexis_uni(articles: Sequence[Article], *, listed: bool = True) -> list[str]:
    """The paragraphs of a document of Nexis Uni."""
    lines: list[str] = []
    if listed:
        lines += [
            "User Name: Example",
            "Date and Time: Friday, June 6, 2025 3:04:00 PM CEST",
            "Job Number: 123456789",
            f"Documents ({len(articles)})",
        ]
        for order, article in enumerate(articles, start=1):
            lines += [f"{order}. {article.title}", "Client/Matter: -None-", "Search Terms: mayor and port", "Search Type: Terms and Connectors"]
            lines += ["Narrowed by:", "Content Type\tNarrowed by", "News\tTimeline: Jan 01, 2025 to Dec 31, 2025", ""]
    for article in articles:
        byline, section, length = ("Autor", "Rubrik", "Länge") if article.language == "German" else ("Byline", "Section", "Length")
        lines += ["", article.title, article.outlet, article.date(weekday=True) + (f" {article.edition}" if article.edition else ""), ""]
        lines += ["Copyright 2025 Example Limited All Rights Reserved"]
        lines += [f"{section}:\u00a0{article.section}"] if article.section else []
        lines += [f"{length}:\u00a0{article.words} {article.unit}"]
        lines += [f"{byline}:\u00a0By {article.author}"] if article.author else []
        lines += ["Body", "", *article.paragraphs, "Graphic", "A mayor at a port, by Example Pictures", "Classification", ""]
        lines += [f"Language:\u00a0{article.language.upper()}", "Publication-Type:\u00a0Newspaper", "Subject:\u00a0MAYORS (90%); PORTS (78%)", ""]
        lines += [f"Load-Date:\u00a0{article.date(weekday=False)}", "", "End of Document", ""]
    return lines


def write_factiva(articles: Sequence[Article]) -> list[str]:
    """The paragraphs of a document of Factiva, its facts in order and without names."""
    lines: list[str] = []
    for article in articles:
        lines += ([article.section] if article.section else []) + [article.title] + ([article.author] if article.author else [])
        lines += [f"{article.words} {article.unit}", article.date(weekday=False), "15:32", article.outlet, "EXAMPL"]
        lines += ([article.edition, "4"] if article.edition else []) + [article.language, "(c) 2025 Example Limited. All rights reserved."]
        lines += [
            *article.paragraphs,
            f"Document {article.database_id}",
            f"Page {article.number} of 231 © 2025 Factiva, Inc. All rights reserved.",
            "",
        ]
    return [*lines, "Search Summary", "Text\tmayor and port", "Results Found\t1,204", "Timestamp\t6 June 2025 15:04"]


def write_coded(articles: Sequence[Article], between: str = "\t") -> list[str]:
    """The lines of a download of Factiva whose facts stand under codes."""
    lines: list[str] = []
    for article in articles:
        facts = [("SE", article.section), ("HD", article.title), ("BY", article.author), ("WC", f"{article.words} {article.unit}")]
        facts += [
            ("PD", article.date(weekday=False)),
            ("ET", "15:32"),
            ("SN", article.outlet),
            ("SC", "EXAMPL"),
            ("ED", article.edition),
            ("PG", "4"),
        ]
        facts += [("LA", article.language), ("CY", "(c) 2025 Example Limited.")]
        lines += [f"{code}{between}{value}" for code, value in facts if value]
        lead, *rest = article.paragraphs
        lines += [f"LP{between}{lead}", f"TD{between}{rest[0]}", *rest[1:]]
        lines += [f"{code}{between}{value}" for code, value in (("CO", "exmpl : Example Ltd"), ("NS", "gpol : Politics"), ("RE", "uk : Britain"))]
        lines += [f"IPD{between}Ports", f"PUB{between}Example Limited", f"AN{between}Document {article.database_id}", ""]
    return lines


def write_proquest(articles: Sequence[Article], *, numbered: bool = True) -> str:
    lines: list[str] = []
    for order, article in enumerate(articles, start=1):
        url = f"https://www.example.org/docview/{700 + article.number}"
        facts = [("Subject", "Mayors; Ports"), ("Location", "Dover"), ("Title", article.title), ("Publication title", f"{article.outlet}; Dover")]
        facts += [("Publication date", article.date(weekday=False)), ("Section", article.section), ("Edition", article.edition)]
        facts += [
            ("Language of publication", article.language),
            ("Word count", str(article.words)),
            ("ProQuest document ID", str(700 + article.number)),
        ]
        facts += [("Document URL", url), ("Copyright", "Copyright Example Limited 2025"), ("Database", "Example Newsstream")]
        lines += ["_" * 60, ""] + ([f"Document {order} of {len(articles)}", ""] if numbered else []) + [article.title, ""]
        lines += [f"Author: {article.author}", ""] if article.author else []
        lines += [
            f"Publication info: {article.outlet} ; Dover [Dover]{article.date(weekday=False)}: 4.",
            "",
            url,
            "",
            "Abstract: A mayor speaks.",
            "",
        ]
        lines += ["Links: https://www.example.org/resolver?genre=article", "", f"Full text: {article.paragraphs[0]}", *article.paragraphs[1:], ""]
        lines += [line for name, value in facts if value for line in (f"{name}: {value}", "")]
    return "\n".join([*lines, "_" * 60, "", "Contact us at: https://www.example.org", "", "Copyright © 2025 ProQuest LLC. All rights reserved.", ""])


def write_docx(path: Path, paragraphs: Sequence[str]) -> Path:
    from docx import Document

    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(path))
    return path


def write_rtf(path: Path, paragraphs: Sequence[str]) -> Path:
    def escape(text: str) -> str:
        units = text.encode("utf-16-le")
        codes = [int.from_bytes(units[place : place + 2], "little") for place in range(0, len(units), 2)]
        return "".join(
            rf"\{chr(code)}" if chr(code) in "\\{}" else chr(code) if code < 128 else rf"\u{code - 65536 * (code > 32767)}?" for code in codes
        )

    body = "\n".join(rf"\pard {escape(paragraph)}\par" for paragraph in paragraphs)
    path.write_text(r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\f0" + "\n" + body + "\n}", encoding="ascii")
    return path


class Downloads:
    """All that makes a download, for tests that cannot import this file."""

    make_articles = staticmethod(make_articles)
    nexis = staticmethod(write_nexis)
    nexis_uni = staticmethod(write_nexis_uni)
    factiva = staticmethod(write_factiva)
    coded = staticmethod(write_coded)
    proquest = staticmethod(write_proquest)
    docx = staticmethod(write_docx)
    rtf = staticmethod(write_rtf)
    replace = staticmethod(replace)


@pytest.fixture
def downloads() -> Downloads:
    return Downloads()


@pytest.fixture
def compare():
    """What of the articles a database's rows do not give as they are: (number, column, wanted, found)."""

    def differ(articles, rows, columns=("title", "outlet", "author", "section", "edition", "text")):
        assert len(rows) == len(articles), [row for row in rows if not isinstance(row, dict)][:3]
        found = []
        for article, row in zip(articles, rows, strict=True):
            assert isinstance(row, dict), row
            wanted = {name: getattr(article, name) for name in columns} | {"length_stated": article.words}
            found += [(article.number, name, value, row.get(name)) for name, value in wanted.items() if row.get(name) != value]
            assert abs(len(row["text"].split()) - row["length_stated"]) <= 0.02 * row["length_stated"]
        return found

    return differ
