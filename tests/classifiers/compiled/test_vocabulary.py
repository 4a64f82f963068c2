from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.compiled.reading import read_texts
from classifiers.compiled.vocabulary import Vocabulary
from schemas.tokens import tokenise

TEXTS = st.lists(st.text(st.sampled_from("ab -'🚢é\u0301\U0010ffff."), max_size=40), max_size=3)


@given(st.lists(TEXTS, max_size=4))
@settings(deadline=None)
def test_a_number_stands_for_its_token_in_this_batch_and_the_next(batches: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    for texts in batches:
        numbers = vocabulary.number(read_texts(texts)).tolist()
        assert [vocabulary.words[number] for number in numbers] == [text[start:end] for text in texts for start, end in tokenise(text)]
    assert len(set(vocabulary.words)) == len(vocabulary.words)


def test_tens_of_thousands_of_words_are_told_apart() -> None:
    vocabulary, words = Vocabulary(), [f"w{i}" for i in range(50_000)]
    for part in (words[:100], words[:30_000], words):
        assert [vocabulary.words[number] for number in vocabulary.number(read_texts([" ".join(part)])).tolist()] == part
