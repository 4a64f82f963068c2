"""An e-mail is an article: its subject, who sent it, when, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from annotate.ingestion.formats.mail import read_mail
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]


def make_mail(text: str | None = None, html: str | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Date"] = "Café “shuts”", "Jane Doe <jane@example.org>", "Sat, 07 Jun 2025 08:09:00 +0200"
    if text is not None:
        mail.set_content(text)
    if html is not None:
        (mail.add_alternative if text is not None else mail.set_content)(html, subtype="html")
    return mail


def test_plain_text_is_preferred_and_attachments_counted(make_source: Make) -> None:
    mail = make_mail("It’s over.\n\nReally.\n", "<p>Other</p>")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    source = make_source("a.eml", mail.as_bytes())
    assert list(read_mail(source)) == [
        {
            "title": "Café “shuts”",
            "text": "It’s over.\n\nReally.",
            "author": "Jane Doe <jane@example.org>",
            "published": "Sat, 07 Jun 2025 08:09:00 +0200",
        }
    ]
    assert source.record.cleaned == {"attachments of e-mails left out": 1}


def test_html_alone_is_read_as_its_lines(make_source: Make) -> None:
    html = "<style>p{}</style><h1>It’s over</h1><p>One<br>two</p>"
    (row,) = read_mail(make_source("a.eml", make_mail(html=html).as_bytes()))
    assert row["text"] == "It’s over\nOne\ntwo"


def test_html_stands_in_for_a_plain_text_that_says_nothing(make_source: Make) -> None:
    (row,) = read_mail(make_source("a.eml", make_mail(" \n", "<p>It is over</p>").as_bytes()))
    assert row["text"] == "It is over"


def test_flowed_lines_are_put_together(make_source: Make) -> None:
    data = "Subject: A\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n\r\nOne line \r\ngoes on.\r\nTwo.\r\n"
    (row,) = read_mail(make_source("a.eml", data))
    assert row["text"] == "One line goes on.\nTwo."


def test_a_charset_that_is_wrong_or_unknown_hurts_nothing(make_source: Make) -> None:
    head = "Subject: A\nContent-Type: text/plain; charset={}\n\n"
    (row,) = read_mail(make_source("a.eml", head.format("utf-8").encode() + "café".encode("cp1252")))
    assert row["text"] == "café"
    (row,) = read_mail(make_source("b.eml", head.format("x-nobody").encode() + "café".encode()))
    assert row["text"] == "café"


def test_a_short_one_is_enough(make_source: Make) -> None:
    (row,) = read_mail(make_source("a.eml", "Subject: A\n\nBody"))
    assert (row["title"], row["text"], row["published"]) == ("A", "Body", None)
    (row,) = read_mail(make_source("News of today.eml", "From: Jane\n\nBody"))
    assert row["title"] == "News of today"


def test_what_is_no_mail_says_so(make_source: Make) -> None:
    for data in (bytes(300), b"Only words\n\nand more", b"\xff\xd8\xff\xe0 picture"):
        with pytest.raises(FramingError, match=r"is damaged, or is not \.eml \(it has no head"):
            list(read_mail(make_source("a.eml", data)))
    box = "From a@b Mon\nSubject: A\n\nOne\n\nFrom a@b Tue\nSubject: B\n\nTwo\n"
    with pytest.raises(FramingError, match="a box of many"):
        list(read_mail(make_source("a.eml", box)))
