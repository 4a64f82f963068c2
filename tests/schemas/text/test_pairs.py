"""Which quotation marks belong together, and what becomes of one that has no partner."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.text.pairs import DOUBLE_PAIR, LINE, MOST_MARKS, SINGLE_PAIR, UNPAIRED

Find = Callable[..., Any]
PIECES = st.sampled_from(
    [*"\"'“”„«»「」‘’‹›—>`", "''", "\n", "\n\n", ". ", ", ", " ", " the plan", " he said", "DOE: ", "don't", "owners'", "6'4\"", "&quot;"]
)
TEXTS = st.one_of(st.text(st.sampled_from("ab sA1.,\n\"'“”„«»「」‘’`—>:"), max_size=60), st.lists(PIECES, max_size=24).map("".join))


def pairs_of(find: Find, text: str, language: str | None = "en") -> list[tuple[str, int]]:
    """The words of each quotation, and its form."""
    pairs = find(text, language=language).pairs
    return [(text[start:end], form) for start, end, form in zip(pairs.starts.tolist(), pairs.ends.tolist(), pairs.forms.tolist(), strict=True)]


def double(*words: str) -> list[tuple[str, int]]:
    return [(part, DOUBLE_PAIR) for part in words]


@pytest.mark.parametrize(
    "text",
    [
        *('The "*steep toll*" rose.', "The “*steep toll*” rose.", "The ”*steep toll*” rose.", "The “*steep toll*“ rose.", "The ‟*steep toll*” rose."),
        *("Der „*hohe Zoll*“ stieg.", "Der „*hohe Zoll*” stieg.", 'Der „*hohe Zoll*" stieg.', "Der »*hohe Zoll*« stieg.", "Den »*höga tull*» steg."),
        *(
            "Le «*péage*» monte.",
            "Le « *péage* » monte.",
            "「*高い*」です。",
            "『*高い*』です。",
            "〝*高い*〟です。",
            "The ``*steep toll*'' rose.",
            "The ``*steep toll*`` rose.",
        ),
        *("The ''*steep toll*'' rose.", 'The ""*steep toll*"" rose.', 'The \\"*steep toll*\\" rose.', "The &quot;*steep toll*&quot; rose."),
        *("The &ldquo;*steep toll*&rdquo; rose.", "The â€œ*steep toll*â€\x9d rose.", "The \x93*steep toll*\x94 rose.", 'The “*steep toll*" rose.'),
        # Marks are left out, and so are spaces and a comma at the end.
        *("The “ *steep toll* ” rose.", "“*A steep toll*,” Doe said.", '"*A steep toll*"; it rose.', "“*A steep toll?*” they asked."),
    ],
)
def test_words_stand_between_two_double_marks(find: Find, text: str) -> None:
    words = text.split("*")[1]
    assert pairs_of(find, text.replace("*", "")) == double(words)


@pytest.mark.parametrize(
    "text",
    [
        *("The '*steep toll*' rose.", "The ‘*steep toll*’ rose.", "Der ‚*hohe Zoll*‘ stieg.", "Le ‹*péage*› monte.", "Der ›*hohe Zoll*‹ stieg."),
        *("The `*steep toll*' rose.", "The `*steep toll*` rose.", "The &lsquo;*steep toll*&rsquo; rose.", "The \x91*steep toll*\x92 rose."),
        # An apostrophe is no mark, and one behind a plural closes only where no better one does.
        *(
            "He said '*the port's toll isn't fair*' and left.",
            "She said ‘*the dockers’ pay is low*’ and left.",
            "The dockers' union met '*the owners*' there.",
        ),
        *("Doe said '*tax the yachts*' twice.", "'*Don't wait 'til '99*,' they sang."),
    ],
)
def test_words_stand_between_two_single_marks(find: Find, text: str) -> None:
    words = text.split("*")[1]
    assert pairs_of(find, text.replace("*", "")) == [(words, SINGLE_PAIR)]


@pytest.mark.parametrize(
    "text",
    [
        "The dockers' pay and the sailors’ rest are poor.",
        "Get 'em out of the '90s, the owners' lawyers said.",
        "The 6'4\" guard fixed a 12\" pipe and a 3' wall.",
        '<a href="https://gull.example/pier" class="wide">The pier</a> and <b id="x">the port</b>.',
        "The port - and the pier -- closed; a > b.",
        '“” and “ … ” and “,” and "!".',
    ],
)
def test_where_nothing_is_quoted_nothing_is_found(find: Find, text: str) -> None:
    assert pairs_of(find, text) == []


def test_inches_within_a_quotation_do_not_end_it_and_before_one_do_not_begin_it(find: Find) -> None:
    assert pairs_of(find, 'She said "a 14" pipe is enough" and left.') == double('a 14" pipe is enough')
    assert pairs_of(find, 'A 14" pipe and a "steep toll" are two things.') == double("steep toll")
    assert pairs_of(find, 'The year was "1999" and it rained.') == double("1999")


@pytest.mark.parametrize(
    "text",
    [
        "“*They call it ‘a gift’ to all of us*,” Roe said.",
        "\"*They call it 'a gift' to all of us*,\" Roe said.",
        "“*They call it “a gift” to all of us*,” Roe said.",
        "„*Sie nennen es ‚ein Geschenk‘ für alle*“, sagte Roe.",
        "„*Sie nennen es »ein Geschenk« für alle*“, sagte Roe.",
        "«*Они зовут это „подарком“ для всех*», — сказала Роу.",
        "«*Ils appellent cela «un cadeau» pour tous*», dit Roe.",
        "「*彼らは『贈り物』と呼ぶ*」と言った。",
        "「*彼らは「贈り物」と呼ぶ*」と言った。",
    ],
)
def test_of_quotations_in_one_another_the_outer_one_is_told(find: Find, text: str) -> None:
    words = text.split("*")[1]
    assert pairs_of(find, text.replace("*", "")) == double(words)


@pytest.mark.parametrize(("before", "after"), ["“”", '""', "„“", "«»"])
def test_lines_do_not_end_a_quotation_whether_they_are_wrapped_or_a_sentence_each(find: Find, before: str, after: str) -> None:
    wrapped = "The toll is a\nquiet theft from every\nfamily of this town"
    by_sentence = "The toll is a theft.\nNobody asked us.\nWe shall not pay"
    for words in (wrapped, by_sentence):
        assert pairs_of(find, f"It rained.\n{before}{words}{after}, Roe said.\nThe sun came out.") == double(words)


@pytest.mark.parametrize(("before", "after"), ["“”", '""', "«»"])
@pytest.mark.parametrize("gap", ["\n\n", "\n \n\n", "\n"])
def test_paragraphs_that_open_a_quotation_again_go_on_with_it(find: Find, before: str, after: str, gap: str) -> None:
    said = ["The toll is a theft.", "Nobody asked us.", "We shall not pay"]
    words = f"{gap}{before}".join(said)
    assert pairs_of(find, f"Roe stood up.{gap}{before}{words}{after}, she said.{gap}It rained.") == double(words)


def test_a_single_mark_may_go_on_over_paragraphs_too(find: Find) -> None:
    words = "The toll is a theft.\n\n‘We shall not pay"
    assert pairs_of(find, f"Roe stood up.\n\n‘{words}’, she said.") == [(words, SINGLE_PAIR)]


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        # The closing mark is missing: to the end of the paragraph, or of the line that ends like a sentence,
        *(("Roe stood up. “*The toll is a theft, she said. It rained.*\n\nAll went home.", 1), ("“*The toll is a theft.*\nAll went home.", 1)),
        ("Roe stood up. „*Der Zoll ist\nein Raub.*\nAlle gingen.", 1),
        # or to the mark that shows it.
        *(
            ("“*The toll is a theft, she said. They are* “proud” of it.\nAll went home.", 1),
            ('"*The toll is a theft, she said. They are* "proud" of it.\nAll left.', 1),
        ),
        # The opening mark is missing: from the beginning of the block.
        *(("It rained.\n\n*The toll is a theft*,” she said. All went home.", 1), ("It rained.\n*The toll is a theft*,” she said.\nAll left.", 1)),
        ('It rained.\n*The toll is a theft*," she said.\nAll left.', 1),
    ],
)
def test_a_mark_without_a_partner_damages_its_block_at_most_and_is_counted(find: Find, text: str, unclear: int) -> None:
    words = text.split("*")[1]
    plain = text.replace("*", "")
    assert [part for part, form in pairs_of(find, plain) if form == UNPAIRED] == [words.strip()]
    assert find(plain).quotations.unpaired.tolist() == [unclear]


def test_marks_without_partners_are_counted_by_text(find: Find) -> None:
    texts = ("It rained.", "“No, she said.\n\n“Never,” he said.\n\nAll “left.", 'A "quiet" day.', "It ended” so.")
    found = find(*texts)
    assert found.quotations.unpaired.tolist() == [find(text).quotations.unpaired[0] for text in texts]
    assert (found.quotations.unpaired > 0).tolist() == [False, True, False, True]


def test_what_follows_a_damaged_block_is_told_as_if_nothing_had_been(find: Find) -> None:
    rest = "\n\nAll listened. “We shall not pay,” Roe said. The “gift” was none.\n\nIt rained."
    for damaged in (
        "“The toll is a theft, Roe said.",
        "The toll” is a theft.",
        '"The "toll is a theft.',
        "Der „Zoll ist da.",
        "The 'toll is a theft.",
    ):
        clean = [pair for pair in pairs_of(find, damaged + rest) if pair[1] != UNPAIRED]
        assert clean[-2:] == double("We shall not pay", "gift")


def test_a_quotation_has_so_many_marks_within_it_and_no_more(find: Find) -> None:
    inner = "‘a’ " * (MOST_MARKS // 2 - 2)
    assert pairs_of(find, f"x “{inner}b” y") == double(f"{inner}b")
    assert DOUBLE_PAIR not in [form for _, form in pairs_of(find, f"x “{inner * 2}b” y")]


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("fr", "— Je refuse tout.\n— Pourquoi donc ?\nElle sortit.", ["Je refuse tout.", "Pourquoi donc ?"]),
        ("es", "—No pago nada —dijo ella— y me voy.", ["No pago nada", "y me voy."]),
        ("ru", "— Я не плачу, — сказала она. — Никогда.\nОна ушла.", ["Я не плачу", "Никогда."]),
        ("ru", "– Почему? – спросил он.", ["Почему?"]),
        ("uk", "— Я не плачу, — сказала вона.", ["Я не плачу"]),
        # A dash before a word in lower case goes on with a list or a sentence.
        ("fr", "— le port\n— la mer", []),
        ("ru", "Порт — это море — и всё.", []),
        *(("en", "— I refuse, she said. — Never.", []), ("de", "— Ich zahle nicht, sagte sie. — Nie.", [])),
    ],
)
def test_a_dash_that_opens_a_line_opens_speech_in_languages_that_have_it(find: Find, language: str, text: str, said: list[str]) -> None:
    assert pairs_of(find, text, language) == [(words, LINE) for words in said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("—¡No! —gritó Ana.", ["¡No!"]),
        ("—¿Quién paga? —preguntó Ana.", ["¿Quién paga?"]),
        ("—No pago —dijo ella—. Es tarde.", ["No pago", "Es tarde."]),
    ],
)
def test_spanish_dialogue_may_begin_with_a_mark_and_go_on_behind_a_stop(find: Find, text: str, said: list[str]) -> None:
    assert pairs_of(find, text, "es") == [(words, LINE) for words in said]


def test_empty_doubled_marks_hold_nothing_between_them(find: Find) -> None:
    assert pairs_of(find, 'The cell "" is empty, and so is "" there.') == []


def test_lines_of_a_block_quotation_are_somebodys(find: Find) -> None:
    assert pairs_of(find, "Roe wrote:\n\n> The toll is a theft.\n> We “shall” not pay.\n\nIt rained.") == [
        ("The toll is a theft.", LINE),
        ("We “shall” not pay.", LINE),
    ]


def test_lines_of_a_transcript_are_their_speakers_and_one_label_makes_no_transcript(find: Find) -> None:
    two = 'ROE: The toll is a theft.\nMR. DOE: It\'s "fair".\nThe end.'
    assert pairs_of(find, two) == [("The toll is a theft.", LINE), ('It\'s "fair".', LINE)]
    more = "HOST: Good day.\nROE: A theft.\nJANE DOE: It is not.\nROE: It is."
    assert pairs_of(find, more) == [(line.split(": ")[1], LINE) for line in more.splitlines()]
    assert pairs_of(find, "UPDATE: The toll has been called off.\nIt rained.") == []


@given(TEXTS)
@settings(max_examples=400)
@example("“a\n\n“b” c” “")
def test_quotations_stand_in_order_within_their_marks_and_hold_a_word(find: Find, text: str) -> None:
    for language in ("en", "fr"):
        pairs = find(text, language=language).pairs
        rows = list(zip(*(column.tolist() for column in pairs[:4]), strict=True))
        assert all(0 <= opens <= start < end <= closes <= len(text) for opens, closes, start, end in rows)
        assert all(one[1] <= other[0] for one, other in pairwise(rows))
        assert all(
            text[start:end] == text[start:end].strip() and any(map(str.isalnum, text[start:end].replace("_", "a"))) for _, _, start, end in rows
        )
