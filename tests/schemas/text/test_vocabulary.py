from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.arrays import Integers
from schemas.text.reading import read_texts
from schemas.text.tokens import tokenise
from schemas.text.vocabulary import Vocabulary

TEXTS = st.lists(st.text(st.sampled_from("ab -'🚢é\u0301\U0010ffff."), max_size=40), max_size=3)


def number(vocabulary: Vocabulary, texts: list[str]) -> Integers:
    read = read_texts(texts)
    return vocabulary.number(read.codes, read.tokens.starts, read.tokens.ends)


@given(st.lists(TEXTS, max_size=4))
def test_a_number_stands_for_its_token_in_this_batch_and_the_next(batches: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    for texts in batches:
        numbers = number(vocabulary, texts).tolist()
        assert vocabulary.words(numbers) == [text[start:end] for text in texts for start, end in tokenise(text)]
    words = vocabulary.words_from(0)
    assert words == vocabulary.words(range(vocabulary.size))
    assert len(set(words)) == len(words) == vocabulary.size


def test_a_soft_hyphen_makes_no_other_word() -> None:
    vocabulary = Vocabulary()
    numbers = number(vocabulary, ["Staats\xadbank Staatsbank می\u200cخواهم"]).tolist()
    assert vocabulary.words(numbers) == vocabulary.words_from(1) == ["Staatsbank", "Staatsbank", "می\u200cخواهم"]


def test_tens_of_thousands_of_words_are_told_apart() -> None:
    vocabulary, words = Vocabulary(), [f"w{i}" for i in range(50_000)]
    for part in (words[:100], words[:30_000], words):
        assert vocabulary.words(number(vocabulary, [" ".join(part)]).tolist()) == part


def test_of_too_many_words_the_half_that_was_met_most_often_is_kept() -> None:
    vocabulary = Vocabulary()
    number(vocabulary, ["rare one", "the plan the plan", "the sham plan", "a sham 🚢 🚢 🚢"])
    assert vocabulary.words_from(1) == ["rare", "one", "the", "plan", "sham", "a", "🚢"]
    assert vocabulary.forget_rare(8) is None
    kept = vocabulary.forget_rare(7)
    assert kept is not None
    assert kept.tolist() == [0, 3, 4, 7]
    assert vocabulary.words_from(0) == ["", "the", "plan", "🚢"]
    assert number(vocabulary, ["🚢 the rare plan"]).tolist() == [3, 1, 4, 2]
    assert vocabulary.words_from(4) == ["rare"]
