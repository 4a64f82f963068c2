"""Sentences are offsets into the text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.text.characters import INVISIBLES
from schemas.text.languages import read_language
from schemas.text.sentences import split_sentences
from schemas.text.tokens import tokenise

TEXTS = st.text(
    st.one_of(st.sampled_from(" \n.!?…\"'’”)A.bU.S\u2028\xad\u200b\u200d।。」\x85\x1c\u00a0🚢\u0301-"), st.characters(exclude_categories=["Cs"])),
    max_size=60,
)


def is_blank(character: str) -> bool:
    return character.isspace() or character in INVISIBLES


@given(TEXTS)
@example('He left. "Why?" (No.) 3.5 million…\n\nU.S. officials said so.')
def test_sentences_follow_each_other_and_cover_every_visible_character_once(text: str) -> None:
    sentences = split_sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(sentences))
    covered = [i for start, end in sentences for i in range(start, end)]
    assert [i for i in covered if not is_blank(text[i])] == [i for i, c in enumerate(text) if not is_blank(c)]
    assert not any(is_blank(text[start]) or is_blank(text[end - 1]) for start, end in sentences)


@given(TEXTS)
def test_no_token_lies_across_the_end_of_a_sentence(text: str) -> None:
    sentences = split_sentences(text)
    assert all(any(s.start <= token.start and token.end <= s.end for s in sentences) for token in tokenise(text))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Smith left. He ran.", ["Dr. Smith left.", "He ran."]),
        ("U.S. officials met J. Doe. They left.", ["U.S. officials met J. Doe.", "They left."]),
        ("It cost 3.5 million. Then more.", ["It cost 3.5 million.", "Then more."]),
        ('"Go!" he said. "Now." They went.', ['"Go!" he said.', '"Now."', "They went."]),
        ("Wait... what? Yes!", ["Wait... what?", "Yes!"]),
        ("A headline\nThe text\n\ngoes on", ["A headline", "The text", "goes on"]),
        ("no full stop", ["no full stop"]),
        ("\n \n", []),
    ],
)
def test_a_sentence_ends_at_a_full_stop_that_is_one_and_at_every_line_end(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


@pytest.mark.parametrize("abbreviation", read_language("en").abbreviations)
def test_an_abbreviation_ends_no_sentence_and_a_word_that_ends_like_it_does(abbreviation: str) -> None:
    assert len(split_sentences(f"It was {abbreviation}. That it was.", "en")) == 1
    assert len(split_sentences(f"It was x{abbreviation}. That it was.", "en")) == 2


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Am 3. Oktober kam er z. B. nach Bonn.|Dann ging er.|Es war 1990.|Alle blieben."),
        ("de", "„Ja.“|Er ging.|„Wirklich?“, fragte sie.|Um 12:30.|Das war es.|Es kostet 1,25.|Mehr nicht."),
        ("fr", "« Il est parti. »|Elle dit non.|« Quoi ? » demanda-t-il.|Et puis ?|Rien."),
        ("es", "Vino ayer.|¿Quién?|¡Nadie!|Así fue."),
        ("ru", "А. С. Пушкин жил в 1820 г. в Одессе.|Потом он уехал.|«Нет!» — сказал он."),
        ("uk", "Це І. Франко.|Він прийшов.|Чому?"),
        ("ar", "قال د. أحمد لا.|هل هذا صحيح؟|نعم."),
        ("hi", "वह गया।|वह आया।क्यों?|डॉ. सिंह ने कहा॥|हाँ।"),
        ("zh", "他走了。|真的吗？！|“好。”|他说：“不……”"),
        ("ja", "「はい。」と彼は言った。|彼は帰った。|『本当？』|そうだ！"),
        ("ur", "وہ گیا۔|وہ آیا۔"),
        ("hy", "Նա գնաց։|Նա եկավ։"),
        ("am", "ሄደ። መጣ።|ተመለሰ፨"),
        ("my", "သူသွားသည်။|သူလာသည်။"),
        ("ka", "ის წავიდა.|ის მოვიდა."),
        ("en", "Really⁈|Yes‼|He left.\u200b|\ufeffShe stayed.\xad"),
        # Numbers are ordinals only where the language says so.
        ("en", "It was 3.|October came."),
        ("en", "É. Zola wrote.|He won."),
        # Of a language without a file, as of an unknown one, English abbreviations are what is known.
        ("tlh", "Dr. Smith left.|He ran."),
        ("", "Dr. Smith left.|He ran."),
    ],
)
def test_sentences_of_the_languages_of_the_world(language: str, text: str) -> None:
    space = "" if language in ("zh", "ja") else " "
    sentences = [
        part
        for piece in text.split("|")
        for part in ([piece] if language not in ("hi", "am") else piece.replace("।", "।|").replace("።", "።|").split("|"))
    ]
    sentences = [sentence.strip(" " + INVISIBLES) for sentence in sentences if sentence.strip()]
    whole = text.replace("|", space)
    assert [whole[start:end] for start, end in split_sentences(whole, language or None)] == sentences


def test_abbreviations_are_those_of_the_language() -> None:
    text = "Es waren ca. Hundert, usw. Punkt."
    assert len(split_sentences(text, "de")) == 1
    assert len(split_sentences(text, "en")) == 3
    # The text itself says which it is.
    german = "Die Frau ist mit dem Hund und der Katze nicht in die Stadt gekommen, bzw. Ulm war es."
    assert len(split_sentences(german)) == len(split_sentences(german, "German")) == 1


def test_a_space_inside_an_abbreviation_may_be_any() -> None:
    for space in " \u00a0\u202f":
        assert len(split_sentences(f"Er kam d.{space}h.{space}Otto kam.", "de")) == 1
