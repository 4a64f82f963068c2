"""HTML is read as its reader sees it, and who is quoted stays quoted."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.ingestion.markup import decode_entities, has_markup, mark_quotations, read_markup


@pytest.mark.parametrize("text", ["<p>x", "x<br/>y", "x</em>", '<a href="x">y', "<DIV class=x>", "<h2>x</h2>", "<b>x</b>", "<q>x</q>"])
def test_one_real_tag_makes_html(text: str) -> None:
    assert has_markup(text)


@pytest.mark.parametrize(
    "text", ["<3", "x < y > z", "a <i> b", "if a<b and c>d", "<jane@example.org>", "<https://example.org>", "<so-called>", "<p", "", "<title>"]
)
def test_what_only_looks_like_a_tag_makes_none(text: str) -> None:
    assert not has_markup(text)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>The port\n  shut.</p>\n\n<p>Trains <a href='x?a=1&amp;b'>ran</a>.</p>", "The port shut.\nTrains ran."),
        ("The port shut.<br><br/>Trains ran.", "The port shut.\nTrains ran."),
        ("The port <em>shut</em>.\nTrains ran.", "The port shut.\nTrains ran."),
        ("<h2>Port</h2>First.\n\nSecond\nline.", "Port\nFirst.\nSecond line."),
        ("<ul><li>Boats<li>Trains</ul>", "Boats\nTrains"),
        ("<table><tr><td>Yes</td><td>12</td></tr><tr><td>No</td><td>3</td></tr></table>", "Yes 12\nNo 3"),
        ("<p>a<script>if (a<b) { p('<p>') }</script>b<style>p {}</style><!-- <p>no</p> -->c</p>", "abc"),
        ("<html><head><title>T</title></head><body><p>x</body></html>", "x"),
        ("<p>a <3 b, <jane@example.org> &lt;tag&gt; &nbsp;&#8217;</p>", "a <3 b, <jane@example.org> <tag> \xa0’"),
        ("<p>&nbsp;</p><p> </p><p>x</p>", "x"),
        ('<a title="a > b" href=x>y</a> <img alt="5" tall">z', "y z"),
        ("<p>Cut off <a href='http", "Cut off"),
        ("<p>x <!-- nothing ends this", "x nothing ends this"),
        ("<![CDATA[<p>x</p>]]>", "x"),
        ("<?xml version='1.0'?><!DOCTYPE html><p>x", "x"),
        ("<gu-atom data-id='1'><p>x</p></gu-atom>", "x"),
    ],
)
def test_a_reader_sees_lines_of_text(source: str, seen: str) -> None:
    assert read_markup(source) == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>She said <q>it is <em>over</em></q> today.</p>", "She said “it is over” today."),
        ("<q>one <q>two</q></q>", "“one ‘two’”"),
        ("<q>“over”</q>", "“over”"),
        ("<q>never ends", "never ends"),
        ("<p>a</p><blockquote>It is over.</blockquote>b", "a\n“It is over.”\nb"),
        ("<blockquote><p>One.</p>\n<p>&nbsp;</p><p>Two.</p></blockquote>", "“One.”\n“Two.”"),
        ("<blockquote><p>“One.</p><p>Two.”</p></blockquote>", "“One.\nTwo.”"),
        ("<blockquote>&ldquo;One.&rdquo;</blockquote>", "“One.”"),
        ("<blockquote><q>One</q> he said</blockquote>", "“One” he said"),
        ("<blockquote>He said <q>one</q> twice</blockquote>", "“He said ‘one’ twice”"),
        ("<blockquote><p>One.</p><p>— Jane Doe</p></blockquote>", "“One.”\n— Jane Doe"),
        ("<blockquote><p>One.</p>&mdash; Jane (@jane) <a href='x'>June</a></blockquote>", "“One.”\n— Jane (@jane) June"),
        ("<blockquote><p>One.</p><footer>Jane, <cite>Post</cite></footer></blockquote>x", "“One.”\nJane, Post\nx"),
        ("<blockquote><p>One.</p><cite>Jane</cite></blockquote>", "“One.”\nJane"),
        ("<blockquote>In <cite>The Post</cite> it stood.</blockquote>", "“In The Post it stood.”"),
        ("<blockquote>a<blockquote>b</blockquote>c</blockquote>", "“a”\n‘b’\n“c”"),
        ("<blockquote>never ends<p>x", "never ends\nx"),
        ("</blockquote></q>x<p>", "x"),
    ],
)
def test_who_is_quoted_by_tags_is_quoted_by_marks(source: str, seen: str) -> None:
    assert read_markup(source) == seen


def test_a_page_keeps_its_tags_when_marks_are_set() -> None:
    page = "<html><head><script>'<q>'</script></head><body><blockquote class='x'><p>One.</p></blockquote></body></html>"
    assert mark_quotations(page).count("“One.”") == 1
    assert "<blockquote class='x'><p>“One.”</p></blockquote>" in mark_quotations(page)
    assert mark_quotations("<p>no quotation</p>") == "<p>no quotation</p>"


def test_entities_are_counted_and_what_is_none_stays() -> None:
    assert decode_entities("&amp;amp;quot; &amp; &eacute;&#x2019; AT&T; &copy=1 &nope;") == ('" & é’ AT&T; &copy=1 &nope;', 4)
    assert decode_entities("AT&amp;T;") == ("AT&T;", 1)
    assert decode_entities("R&D") == ("R&D", 0)


@given(
    words=st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1), min_size=1, max_size=9), tag=st.sampled_from(["p", "div", "li", "h3"])
)
def test_no_word_is_lost(words: list[str], tag: str) -> None:
    assert read_markup("".join(f"<{tag} class='x'>{word}</{tag}>" for word in words)) == "\n".join(words)


@given(source=st.text("<>/!-pqb='\" &;\n", max_size=60))
def test_nothing_is_ever_raised(source: str) -> None:
    read_markup(source)
    mark_quotations(source)


@pytest.mark.parametrize("piece", ["<p ", "<p '", '<p "', "<!--", "<", "&amp;", "<blockquote>x", "<q>x", "<title>", "<a =", "<script>", "<cite>"])
def test_reading_takes_time_by_length_also_where_somebody_means_harm(piece: str) -> None:
    begin = time.perf_counter()
    source = piece * (400_000 // len(piece))
    has_markup(source)
    read_markup(source)
    decode_entities(source)
    # What was quadratic took minutes.
    assert time.perf_counter() - begin < 20
