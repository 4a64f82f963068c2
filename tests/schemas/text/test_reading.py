from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.text.reading import Texts, read_texts
from schemas.text.tokens import split_sentences, tokenise

AWKWARD = st.text(
    st.one_of(st.sampled_from(" \n.!?…\"'’”)-‑A.bU.SMr\u2028\x85\x1c\u00a0🚢\u0301_Ⓐⅷ۵"), st.characters(exclude_categories=["Cs"])), max_size=60
)


def tokens_of(texts: Texts, document: int) -> list[tuple[int, int]]:
    rows = slice(texts.first_tokens[document], texts.first_tokens[document + 1])
    start = texts.starts[document]
    return list(zip((texts.token_starts[rows] - start).tolist(), (texts.token_ends[rows] - start).tolist(), strict=True))


def sentences_of(texts: Texts, document: int) -> list[tuple[int, int]]:
    rows = slice(texts.first_sentences[document], texts.first_sentences[document + 1])
    start = texts.starts[document]
    return list(zip((texts.sentence_starts[rows] - start).tolist(), (texts.sentence_ends[rows] - start).tolist(), strict=True))


@given(st.lists(AWKWARD, max_size=4))
@settings(max_examples=400)
@example(
    ["Dr. Smith left. He ran.", "", "U.S. officials met J. Doe. They left.", "at 5 a.m. Monday. “No.” Yes!) (x", "xMr. A. 'B.' c.", "No. 5. and"]
)
@example(["don't so-called x\u030c 👩\u200d🚀\u2028end", "workers' pay -- now", "...\n\n.!? )", "a." + " " * 90 + "b"])
def test_tokens_and_sentences_are_those_of_the_definition(texts: list[str]) -> None:
    read = read_texts(texts)
    for document, text in enumerate(texts):
        assert tokens_of(read, document) == tokenise(text)
        assert sentences_of(read, document) == split_sentences(text)


@given(AWKWARD)
def test_words_are_told_from_marks_and_line_ends_are_seen(text: str) -> None:
    read, tokens = read_texts([text]), tokenise(text)
    assert read.words.tolist() == [text[token.start].isalnum() for token in tokens]
    ends = [0, *(token.end for token in tokens)]
    assert read.breaks.tolist() == ["\n" in text[end : token.start] for end, token in zip(ends, tokens, strict=False)]


def test_each_sentence_has_its_tokens() -> None:
    read = read_texts(["One two. Three!\n", "", "Four five? Six."])
    of = read.tokens_of_sentences.tolist()
    assert of == [0, 3, 5, 8, 10]
    assert read.first_sentences.tolist() == [0, 2, 2, 4]
    assert read.first_tokens.tolist() == [0, 5, 5, 10]
