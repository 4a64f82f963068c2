"""What is not text is taken from texts, only where that is certain, and once."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotate.ingestion.cleaning import clean_text

# Pieces of layers, which chance would seldom put together.
PIECES = st.sampled_from(
    ["<p>", "</p>", "<br/>", "<q>", "</q>", "<blockquote>", "</blockquote>", "<!--", "-->", "<title>", "</title>",
     "<a href='x'>", "</a>", "<", "&amp;", "&lt;", "&gt;", "&#38;", "amp;", "lt;", "gt;", "&quot;", "&", ";", "\\n", "\\r\\n", "\\t",
     '\\"', ".", "\n", "\f", "\u00ad", "\u200b", "\u200d",
     "\u200c", "\u2060", "क", "👩", "Ã©", "â€œ", "â€\x9d", "\x93", "“", "”", "—", "it", " ", "p", "{\\rtf1 ", "}", "\\par "]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "clean", "done"),
    [
        ("<p>The port <em>shut</em>.</p><p>Trains ran.</p>", "The port shut.\nTrains ran.", {"texts read as HTML": 1}),
        ("&quot;Shut,&quot; she said &amp;amp; left.&#8217;", '"Shut," she said & left.’', {"HTML entities decoded": 4}),
        ("&lt;p&gt;The port &amp;lt;b&amp;gt;shut&lt;/b&gt;.", "The port shut.", {"HTML entities decoded": 6, "texts read as HTML": 1}),
        ("Shut.\\n\\n\\tTrains ran.\\r\\nShe \\\"left\\\".", 'Shut.\n\n\tTrains ran.\nShe "left".', {"line ends and tabs that were written out": 6}),
        (r"{\rtf1\ansi\ansicpg1252 The port \'93shut\'94.\par Trains ran.}", "The port “shut”.\nTrains ran.", {"texts read as RTF": 1}),
        ("The cafÃ© is â€œshutâ€\x9d.", "The café is “shut”.", {"texts whose wrong encoding was repaired": 1}),
        ("Ð\x9fÐ¾Ñ\x80Ñ\x82 Ð·Ð°ÐºÑ\x80Ñ\x8bÑ\x82", "Порт закрыт", {"texts whose wrong encoding was repaired": 1}),
        ("РџРѕСЂС‚ Р·Р°РєСЂС‹С‚", "Порт закрыт", {"texts whose wrong encoding was repaired": 1}),
        ("\x93Shut,\x94 said the café.", "“Shut,” said the café.", {"texts whose wrong encoding was repaired": 1}),
        ("The ma\u00adyor of the coun\u200bcil\u2060.", "The mayor of the council.", {"soft hyphens removed": 1, "invisible signs removed": 2}),
        ("One page.\fAnother.", "One page.\nAnother.", {"form feeds made line ends": 1}),
    ],
)  # fmt: skip
def test_a_layer_is_taken_off_and_said(text: str, clean: str, done: dict[str, int]) -> None:
    assert clean_text(text) == (clean, done)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AT&T and R&D; Tom & Jerry; ?a=1&copy=2",
        "&bogus; &#x; & amp;",
        "x < y and y > z, <3, <jane@example.org>, <https://example.org>",
        r"C:\news\notes\today and C:\new\names",
        "One line that is written out.\\nAnd no more.",
        "Line ends are there.\n\\n stands for one.\\n",
        "“Größe”, ‘naïve’, «été», NÃO, Ångström, Ärzte: “Ä”",
        "Порт «закрыт» — сказал мэр. 市長は「計画」と話しました。",
        "می\u200cخواهم क्\u200dष 👩\u200d👩\u200d👧 ไทย\u200bไทย",
        "ﬁnance ½ … ‘curly’ “quotes” ＷＩＤＥ",
        "{\\r is no RTF",
    ],
)
def test_what_is_text_already_stays_as_it_is(text: str) -> None:
    assert clean_text(text) == (text, {})


def test_a_text_that_newsapi_has_cut_off_is_said_and_left() -> None:
    text = "The port shut and the… [+1234 chars]"
    assert clean_text(text) == (text, {"texts that NewsAPI has cut off": 1})
    assert clean_text("The [+1234 chars] port shut. " * 3)[1] == {}


def test_html_that_was_escaped_is_read_as_html() -> None:
    assert clean_text("The port shut.&nbsp;It is over. &lt;br&gt;&amp;nbsp; Trains ran.")[0] == "The port shut.\xa0It is over.\nTrains ran."


def test_rtf_that_is_damaged_is_left() -> None:
    assert clean_text("{\\rtf")[0] == "{\\rtf"


def test_layers_without_end_are_left_as_they_are() -> None:
    text = "<p>" + "&#038;" * 3 + "#038;" * 60 + "lt;"
    clean, _ = clean_text(text)
    assert clean_text(clean) == (clean, {})


@given(text=st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=24).map("".join)))
@example(text="<\u200bp>&am\u00adp;lt;br>")
@example(text="&lt;!-- <p> --&gt; x")
@settings(max_examples=600)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    clean, done = clean_text(text)
    again, more = clean_text(clean)
    assert again == clean
    assert set(more) <= {"texts that NewsAPI has cut off"}
    assert done or clean == text
