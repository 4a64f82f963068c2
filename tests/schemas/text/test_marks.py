"""Which characters are quotation marks, and whether each can open or close."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.text.glyphs import ANGLE, CLOSES, CORNER, CURLY, DASH, FIRST, LABEL, LOW, OPENS, PRIME, QUOTE, SINGLE, STRAIGHT

Find = Callable[..., Any]
WAYS = {OPENS: "opens", CLOSES: "closes", OPENS | CLOSES: "either"}
TEXTS = st.text(st.sampled_from("ab sS1.,:;!?\n\"'“”‟„«»「」『』‘’‚‹›`´′″＂〃〝〟\x91\x92\x93\x94\\&â€œ=>-—(–)éД東"), max_size=60)


def marks_of(find: Find, text: str, language: str | None = None) -> list[tuple[str, int, str]]:
    """The marks of a text: what stands there, its kind, and what it can do."""
    marks = find(text, language=language).marks
    return [
        (text[start:end], kind, WAYS[way & (OPENS | CLOSES)])
        for start, end, kind, way in zip(*(column.tolist() for column in marks[:4]), strict=True)
    ]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        *(('"', '"', STRAIGHT), ("″", "″", STRAIGHT), ("＂", "＂", STRAIGHT), ("〃", "〃", STRAIGHT)),
        *(("“", "”", CURLY), ("‟", "”", CURLY), ("”", "”", CURLY), ("“", "“", CURLY), ("\x93", "\x94", CURLY)),
        *(("«", "»", ANGLE), ("「", "」", CORNER), ("『", "』", CORNER), ("﹁", "﹂", CORNER), ("﹃", "﹄", CORNER), ("｢", "｣", CORNER)),
        *(("〝", "〞", LOW), ("〝", "〟", LOW)),
        *(("'", "'", SINGLE), ("‘", "’", SINGLE), ("’", "’", SINGLE), ("‚", "’", SINGLE), ("‹", "›", SINGLE), ("›", "‹", SINGLE)),
        *(("\x91", "\x92", SINGLE), ("`", "'", SINGLE), ("´", "´", SINGLE), ("`", "`", SINGLE)),
        # Two and more characters that are one mark.
        *(("''", "''", STRAIGHT), ('""', '""', STRAIGHT), ('"""', '"""', STRAIGHT), ('\\"', '\\"', STRAIGHT)),
        *(("‘‘", "’’", CURLY), ("&quot;", "&quot;", STRAIGHT), ("&#34;", "&#34;", STRAIGHT), ("&#x22;", "&#x22;", STRAIGHT)),
        *(("&ldquo;", "&rdquo;", CURLY), ("&#8220;", "&#8221;", CURLY), ("&#x201c;", "&#x201d;", CURLY), ("&laquo;", "&raquo;", ANGLE)),
        *(("&#171;", "&#187;", ANGLE), ("&apos;", "&apos;", SINGLE), ("&#39;", "&#39;", SINGLE), ("&lsquo;", "&rsquo;", SINGLE)),
        *(("&#8216;", "&#8217;", SINGLE), ("â€œ", "â€\x9d", CURLY), ("â€˜", "â€™", SINGLE)),
    ],
)
def test_each_kind_of_mark_opens_before_a_word_and_closes_behind_one(find: Find, before: str, after: str, kind: int) -> None:
    for text in (f"The {before}steep toll{after} rose.", f"({before}steep{after}), they said", f"It was {before}steep.{after}"):
        (opening, closing) = marks_of(find, text)
        assert (opening, closing) in (
            ((before, kind, "opens"), (after, kind, "closes")),
            # The form of some tells one way, and what stands beside them both.
            ((before, kind, "either"), (after, kind, "closes")),
        )


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("„", "“", (LOW, CURLY)),
        ("„", "”", (LOW, CURLY)),
        ("&bdquo;", "&ldquo;", (LOW, CURLY)),
        ("``", "''", (CURLY, STRAIGHT)),
        ("‚", "‘", (SINGLE, SINGLE)),
    ],
)
def test_marks_of_a_pair_may_be_of_two_kinds(find: Find, before: str, after: str, kinds: tuple[int, int]) -> None:
    assert marks_of(find, f"Der {before}hohe Zoll{after} stieg.") == [(before, kinds[0], "opens"), (after, kinds[1], "closes")]


def test_swedish_marks_open_and_close_alike(find: Find) -> None:
    assert [ways for _, _, ways in marks_of(find, "Hamnen är »gammal» och ”trött” nu.")] == ["either", "closes", "opens", "closes"]


@pytest.mark.parametrize(
    "text",
    [
        *("The port's owners don't pay.", "The port’s owners don’t pay.", "They'd've gone; it's late o'clock.", "L'été d’Anne n'est qu'un mot."),
        *(
            "Get 'em all.",
            "Get ’em all.",
            "It was rock 'n roll.",
            "'Tis late, and ’twas later.",
            "Wait 'til dawn.",
            "Back in the '90s.",
            "The ’68 crowd, the '80s.",
        ),
        *("planâ€™s end and donâ€™t go", "don&#39;t, it&rsquo;s gone", "plan\x92s end"),
    ],
)
def test_apostrophes_and_elisions_are_no_marks(find: Find, text: str) -> None:
    assert marks_of(find, text) == []


def test_an_apostrophe_behind_a_plural_can_close_and_never_opens(find: Find) -> None:
    assert marks_of(find, "The dockers' pay and the sailors’ rest.") == [("'", SINGLE, "closes"), ("’", SINGLE, "closes")]


def test_the_inches_of_a_height_are_no_mark_and_those_of_a_size_are_told(find: Find) -> None:
    assert marks_of(find, 'A 6\'4" guard, a 5’10" clerk and a 5′9″ cook left.') == []
    found = find('A 12" pipe leaked.').marks
    assert [(kind, ways) for kind, ways in zip(found.kinds.tolist(), found.ways.tolist(), strict=True)] == [(STRAIGHT, CLOSES | PRIME)]


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://gull.example/x" class="wide">pier</a>',
        '<img alt="a calm sea" src="s.png">',
        'The width="3" of it.',
    ],
)
def test_the_values_of_attributes_of_html_have_no_marks(find: Find, text: str) -> None:
    assert marks_of(find, text) == []


def test_an_attribute_that_no_mark_ends_on_its_line_hides_nothing_on_the_next(find: Find) -> None:
    assert [mark for mark, _, _ in marks_of(find, 'The title="calm sea\nand a "steep" toll.')] == ['"', '"']


@pytest.mark.parametrize("text", ["x & y &amp; z &nbsp;", "château mâts â", "C:\\docs\\new", "a > b", "3 — 4 – 5", "the well-known pier", "1 < 2"])
def test_what_only_begins_like_a_mark_is_none(find: Find, text: str) -> None:
    assert marks_of(find, text) == []


def test_what_a_wrong_encoding_makes_of_a_dash_is_no_mark(find: Find) -> None:
    text = "The toll — a steep one — rose.".replace("—", "—".encode().decode("cp1252"))
    assert marks_of(find, text) == []


@pytest.mark.parametrize("dash", "—–―")
def test_a_dash_is_a_mark_where_it_begins_a_line_and_nowhere_else(find: Find, dash: str) -> None:
    assert marks_of(find, f"{dash} Go — said he.\n  {dash} No.\nThe port {dash} closed.") == [(dash, DASH, "opens")] * 2


def test_a_greater_sign_is_a_mark_where_it_begins_a_line(find: Find) -> None:
    assert marks_of(find, "> One.\n>two\nthree > two") == [(">", QUOTE, "opens")] * 2


@pytest.mark.parametrize("label", ["DOE:", "MS. ROE:", "JANE ROE:", "D. O'HARA:", "СИДОРОВ:"])
def test_a_name_in_capitals_with_a_colon_is_a_mark_where_it_begins_a_line(find: Find, label: str) -> None:
    assert marks_of(find, f"{label} Go.\nThen {label} stayed.") == [(label, LABEL, "opens")]


@pytest.mark.parametrize(
    "line",
    ["Doe: Go.", "12: Go.", "12:30 it was", "DOE:Go.", "DOE:\nGo.", "A: Go.", "THE PORT IS CLOSED TODAY FOR ALL OF US: Go.", "WHY? DOE: Go", "DOE"],
)
def test_what_only_looks_like_a_speaker_in_capitals_is_no_mark(find: Find, line: str) -> None:
    assert LABEL not in [kind for _, kind, _ in marks_of(find, line)]


def test_marks_know_what_begins_a_line_also_behind_another_mark_that_does(find: Find) -> None:
    marks = find("“One.\n  “Two “three.\n> “Four.\n'“Five").marks
    assert [way & FIRST != 0 for way in marks.ways.tolist()] == [True, True, False, True, True, True, True]


def test_a_blank_line_parts_paragraphs_and_so_does_the_end_of_a_text(find: Find) -> None:
    marks = find("“One”\n“two”\n \n“three”", "“four”").marks
    numbers = marks.paragraphs.tolist()
    assert [number - numbers[0] for number in numbers] == [0, 0, 0, 0, 1, 1, 2, 2]
    assert marks.firsts.tolist() == [0, 6, 8]


@given(TEXTS)
@settings(max_examples=400)
def test_marks_stand_in_order_and_never_in_one_another(find: Find, text: str) -> None:
    marks = find(text).marks
    places = list(zip(marks.starts.tolist(), marks.ends.tolist(), strict=True))
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert all(way & (OPENS | CLOSES) for way in marks.ways.tolist())
    assert marks.paragraphs.tolist() == sorted(marks.paragraphs.tolist())
