"""Documents of word processors give their paragraphs, one a line, and say what was left out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from odf import dc, meta, table, text
from odf.opendocument import OpenDocumentText

from annotate.ingestion.formats.word import NOTES, paragraphs_of, read_docx, read_odt, text_of
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]


def to_bytes(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def insert(document: Document, xml: str) -> None:
    """A paragraph of raw XML, as Word writes it."""
    document.element.body.insert(-1, parse_xml(f"<w:p {nsdecls('w', 'r', 'wp', 'a')} {MC}>{xml}</w:p>"))


MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'


def run(words: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{words}</w:t></w:r>"


def test_a_document_is_an_article_with_what_it_says_of_itself(make_source: Make) -> None:
    document = docx.Document()
    core = document.core_properties
    core.title, core.author, core.language, core.created = "Port shuts", "Jane  Doe", "en-GB", datetime(2025, 6, 7, 8, 9)
    document.add_heading("The port shut", 1)
    document.add_paragraph("“It is over”, she said.")
    source = make_source("a.docx", to_bytes(document))
    assert list(read_docx(source)) == [
        {
            "title": "Port shuts",
            "text": "The port shut\n“It is over”, she said.",
            "author": "Jane Doe",
            "published": None,
            "file_made": "2025-06-07T08:09:00Z",
            "language": "en-GB",
        }
    ]
    assert source.record.is_plain


def test_a_document_without_a_title_is_called_as_its_file(make_source: Make) -> None:
    document = docx.Document()
    document.core_properties.title = "Microsoft Word - draft7.doc"
    document.add_paragraph("Words.")
    source = make_source("Port shuts.docx", to_bytes(document))
    (row,) = read_docx(source)
    # The author and the day of 2013 are those of the library's template.
    assert (row["title"], row["author"], row["published"]) == ("Port shuts", None, None)
    assert source.record.is_plain


def test_tables_and_lists_stand_where_they_are_read(make_source: Make) -> None:
    document = docx.Document()
    document.add_paragraph("Before")
    cells = document.add_table(2, 2)
    for row, words in zip(cells.rows, (("Name", "Votes"), ("Doe", "12")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    wide = document.add_table(1, 2)
    wide.cell(0, 0).text = "First line\nbroken"
    wide.cell(0, 1).text = "Left"
    wide.cell(0, 1).add_paragraph("Right")
    document.add_paragraph("After")
    assert paragraphs_of(make_source("a.docx", to_bytes(document))) == [
        "Before", "Name\tVotes", "Doe\t12", "First line\nbroken", "Left", "Right", "After",
    ]  # fmt: skip


def test_what_stands_around_the_text_is_left_out(make_source: Make) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Daily Herald"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    insert(document, f"{run('Words')}<w:r><w:footnoteReference w:id='2'/></w:r>{run(' go on.')}")
    source = make_source("a.docx", to_bytes(document))
    assert text_of(source) == "Words go on."
    assert source.record.cleaned[NOTES] == 1
    text_of(source)
    assert source.record.cleaned[NOTES] == 1, "the same document read again has no more notes"


def test_deleted_words_are_left_out_and_inserted_ones_and_links_kept(make_source: Make) -> None:
    document = docx.Document()
    gone = "<w:del w:id='1' w:author='x'><w:r><w:delText>bad </w:delText></w:r></w:del>"
    new = f"<w:ins w:id='2' w:author='x'>{run('good ')}</w:ins>"
    link = f"<w:hyperlink w:anchor='x'>{run('see here')}</w:hyperlink>"
    moved = f"<w:moveFrom w:id='3' w:author='x'>{run('from')}</w:moveFrom><w:moveTo w:id='3' w:author='x'>{run(' to')}</w:moveTo>"
    insert(document, f"{run('A ')}{gone}{new}{link}{moved}<w:r><w:tab/><w:t>x</w:t><w:br/><w:t>y</w:t></w:r>")
    document.element.body.insert(-1, parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p>{run('In a field')}</w:p></w:sdtContent></w:sdt>"))
    assert text_of(make_source("a.docx", to_bytes(document))) == "A good see here to\tx\ny\nIn a field"


def test_text_boxes_are_read_once(make_source: Make) -> None:
    box = f"<w:txbxContent><w:p>{run('In the box')}</w:p></w:txbxContent>"
    shape = f"<mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    document = docx.Document()
    insert(document, f"{run('Beside ')}<w:r>{shape}</w:r>{run('the box')}")
    assert paragraphs_of(make_source("a.docx", to_bytes(document))) == ["Beside the box", "In the box"]


def make_odt() -> OpenDocumentText:
    document = OpenDocumentText()
    document.meta.addElement(dc.Title(text="Port shuts"))
    document.meta.addElement(meta.InitialCreator(text="Jane Doe"))
    document.meta.addElement(meta.CreationDate(text="2025-06-07T08:09:00"))
    document.text.addElement(text.H(outlinelevel=1, text="Head"))
    paragraph = text.P(text="One")
    paragraph.addElement(text.S(c=2))
    paragraph.addElement(text.Span(text="two"))
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="A note"))
    note.addElement(body)
    paragraph.addElement(note)
    paragraph.addText(" three")
    paragraph.addElement(text.LineBreak())
    paragraph.addElement(text.A(href="https://example.org", text="four"))
    document.text.addElement(paragraph)
    cells = table.Table(name="T")
    line = table.TableRow()
    for word in ("Doe", "12"):
        cell = table.TableCell()
        cell.addElement(text.P(text=word))
        line.addElement(cell)
    cells.addElement(line)
    document.text.addElement(cells)
    return document


def odt_bytes(document: OpenDocumentText) -> bytes:
    file = io.BytesIO()
    document.write(file)
    return file.getvalue()


def test_an_open_document_is_read_alike(make_source: Make) -> None:
    source = make_source("a.odt", odt_bytes(make_odt()))
    (row,) = read_odt(source)
    assert row == {
        "title": "Port shuts",
        "text": "Head\nOne  two three\nfour\nDoe\t12",
        "author": "Jane Doe",
        "published": None,
        "file_made": "2025-06-07T08:09:00",
        "language": None,
    }
    assert source.record.cleaned[NOTES] == 1
    assert text_of(source) == row["text"]


def test_a_comment_and_a_deletion_are_no_text(make_source: Make) -> None:
    gone = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    )
    body = f"{gone}<text:p>kept<office:annotation><text:p>a comment</text:p></office:annotation> whole</text:p>"
    names = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text"))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        content = f"<text:text>a style</text:text><office:body><office:text>{body}</office:text></office:body>"
        package.writestr("content.xml", f"<office:document-content {names}>{content}</office:document-content>")
    assert text_of(make_source("a.odt", file.getvalue())) == "kept whole"


@pytest.mark.parametrize("read", [read_docx, read_odt])
@pytest.mark.parametrize("damage", ["cut", "zeros", "empty package"])
def test_a_damaged_document_says_so(make_source: Make, read: Callable[..., object], damage: str) -> None:
    whole = to_bytes(docx.Document())
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    data = {"cut": whole[: len(whole) // 2], "zeros": bytes(4000), "empty package": file.getvalue()}[damage]
    with pytest.raises(FramingError, match=r"is damaged, or is not \.(docx|odt)"):
        list(read(make_source("a.docx" if read is read_docx else "a.odt", data)))  # type: ignore[call-overload]


def test_another_kind_of_file_is_named(make_source: Make) -> None:
    with pytest.raises(FramingError, match=r"is not \.docx: it seems to be \.rtf"):
        list(read_docx(make_source("a.docx", r"{\rtf1 Words.}")))
    with pytest.raises(FramingError, match="locked by a password, or made by an older Office"):
        list(read_docx(make_source("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))))


def test_a_damaged_part_says_which(make_source: Make) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("word/document.xml", "<w:document xmlns:w='x'><w:body><w:p>")
    with pytest.raises(FramingError, match=r"word/document\.xml"):
        list(read_docx(make_source("a.docx", file.getvalue())))


def test_a_locked_open_document_says_so(make_source: Make) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>")
        package.writestr("content.xml", b"\x01\x02")
    with pytest.raises(FramingError, match="locked by a password"):
        list(read_odt(make_source("a.odt", file.getvalue())))


def test_what_would_fill_the_memory_is_not_unpacked(make_source: Make) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (1 << 25))
    with pytest.raises(FramingError, match="far larger unpacked"):
        list(read_docx(make_source("a.docx", file.getvalue())))


def test_entities_of_a_document_are_not_read(make_source: Make) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        body = "<w:document xmlns:w='x'><w:body><w:p><w:r><w:t>A&a;B</w:t></w:r></w:p></w:body></w:document>"
        package.writestr("word/document.xml", f"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>{body}")
    (row,) = read_docx(make_source("a.docx", file.getvalue()))
    assert row["text"] in ("A", "AB")
