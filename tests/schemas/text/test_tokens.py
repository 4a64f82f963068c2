"""Tokens are offsets into the text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.text.characters import INVISIBLES, character_classes, code_points
from schemas.text.tokens import count_words, find_tokens, tokenise

TEXTS = st.text(
    st.one_of(st.sampled_from(" \n.!?…\"'’”)A.bU.S\u2028\xad\u200b\u200d।。」\x85\x1c\u00a0🚢\u0301-"), st.characters(exclude_categories=["Cs"])),
    max_size=60,
)


@given(TEXTS)
@example("don't so-called x\u030c 👩\u200d🚀\u2028end")
def test_tokens_follow_each_other_and_hold_every_visible_character_once(text: str) -> None:
    tokens = tokenise(text)
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    held = [i for start, end in tokens for i in range(start, end) if text[i] not in INVISIBLES]
    assert held == [i for i, c in enumerate(text) if not c.isspace() and c not in INVISIBLES]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("They don’t; it's so-called 'reform'.", ["They", "don’t", ";", "it's", "so-called", "'", "reform", "'", "."]),
        ("workers' pay -- now", ["workers", "'", "pay", "-", "-", "now"]),
        ("£400 at 3.5 %", ["£", "400", "at", "3", ".", "5", "%"]),
        ("🚢🚢 café", ["🚢", "🚢", "café"]),
        ("one\u2028two\u00a0three", ["one", "two", "three"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_words_keep_apostrophes_and_hyphens_inside_and_marks_stand_alone(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in tokenise(text)] == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Die sog. „Geldwäsche“ kostet 3,5 Mio.", "Die|sog|.|„|Geldwäsche|“|kostet|3|,|5|Mio|."),
        ("L’élu n’a pas dit « oui » à Jean-Luc.", "L’élu|n’a|pas|dit|«|oui|»|à|Jean-Luc|."),
        ("¿Quién pagó? ¡Nadie!", "¿|Quién|pagó|?|¡|Nadie|!"),
        ("Кто-то сказал: «Нет».", "Кто-то|сказал|:|«|Нет|»|."),
        ("З’їзд об'єднав п’ятьох.", "З’їзд|об'єднав|п’ятьох|."),
        ("قالَ الرئيسُ: «لا».", "قالَ|الرئيسُ|:|«|لا|»|."),
        ("हिन्दी में क्या है?", "हिन्दी|में|क्या|है|?"),
        ("他说：“第3章很好。”", "他|说|：|“|第|3|章|很|好|。|”"),
        ("スーパーでコーヒーを買う。", "ス|ー|パ|ー|で|コ|ー|ヒ|ー|を|買|う|。"),
        ("iPhone手机 ｶﾞｽ", "iPhone|手|机|ｶ|ﾞ|ｽ"),
        ("한국어 문장입니다.", "한국어|문장입니다|."),
        # Thai writes no spaces between words, and no rule without a dictionary parts them.
        ("เขาไปที่ตลาด แล้ว", "เขาไปที่ตลาด|แล้ว"),
        # A decomposed accent, a Hebrew vowel, and dots on Kana belong to their letters.
        ("Co\u0301rdoba שָׁלוֹם か\u3099く", "Co\u0301rdoba|שָׁלוֹם|か\u3099|く"),
        # Where no letter is before it, a mark stands alone as any other.
        ("\u0301a .\u0301", "\u0301|a|.|\u0301"),
        # Joiners that shape letters belong to the word; between pictures they are what they were.
        ("می\u200cخواهم क्\u200dष", "می\u200cخواهم|क्\u200dष"),
        ("👩\u200d🚀 ❤\ufe0f 👍🏽 🇺🇦", "👩|\u200d|🚀|❤|\ufe0f|👍|🏽|🇺|🇦"),
        ("葛\U000e0100飾", "葛\U000e0100|飾"),
        # What nobody sees breaks no word, and is none.
        ("Staats\xadbank so-\xadcalled don\u200b’t", "Staats\xadbank|so-\xadcalled|don\u200b’t"),
        ("\ufeffone\u200b \u2060 two\xad.\xad", "one|two|."),
        ("中\u200b国", "中|国"),
        ("a\u200b--\u200bb", "a|-|-|b"),
    ],
)
def test_words_of_the_scripts_of_the_world(text: str, words: str) -> None:
    assert [text[start:end] for start, end in tokenise(text)] == words.split("|")


@given(TEXTS)
@example("_x 3.5 % 🚢 Ⓐ改 don't --")
def test_words_are_counted_and_marks_are_not(text: str) -> None:
    assert count_words(text) == sum(text[token.start].isalnum() for token in tokenise(text))


def test_no_token_of_a_text_reaches_into_the_next() -> None:
    codes = code_points("so-calledreform it")
    tokens = find_tokens(codes, np.array([0, 3, 3, 15, 18]), character_classes())
    assert list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)) == [(0, 2), (2, 3), (3, 15), (16, 18)]
    assert tokens.firsts.tolist() == [0, 2, 2, 3, 4]
    assert tokens.words.tolist() == [True, False, True, True]


def test_a_line_ends_before_a_token_and_the_first_of_a_text_knows_no_other_text() -> None:
    codes = code_points("a\nb\n" + "c \n d e")
    assert find_tokens(codes, np.array([0, 4, 11]), character_classes()).breaks.tolist() == [False, True, False, True, False]
