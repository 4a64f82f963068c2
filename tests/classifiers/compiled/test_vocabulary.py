from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from classifiers.arrays import Integers
from classifiers.compiled.reading import read_texts
from classifiers.compiled.vocabulary import Vocabulary
from schemas.tokens import tokenise

TEXTS = st.lists(st.text(st.sampled_from("ab -'🚢é\u0301\U0010ffff."), max_size=40), max_size=3)


def number(vocabulary: Vocabulary, texts: list[str]) -> Integers:
    read = read_texts(texts)
    return vocabulary.number(read.codes, read.token_starts, read.token_ends)


@given(st.lists(TEXTS, max_size=4))
def test_a_number_stands_for_its_token_in_this_batch_and_the_next(batches: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    for texts in batches:
        numbers = number(vocabulary, texts).tolist()
        assert [vocabulary.words[number] for number in numbers] == [text[start:end] for text in texts for start, end in tokenise(text)]
    assert len(set(vocabulary.words)) == len(vocabulary.words)


def test_tens_of_thousands_of_words_are_told_apart() -> None:
    vocabulary, words = Vocabulary(), [f"w{i}" for i in range(50_000)]
    for part in (words[:100], words[:30_000], words):
        assert [vocabulary.words[number] for number in number(vocabulary, [" ".join(part)]).tolist()] == part
