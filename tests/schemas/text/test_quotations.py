from __future__ import annotations

import time

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from schemas.text.voices import VOICES, word_signs

from classifiers.features.documents import make_batch, make_document
from schemas import voice
from schemas.text.quotations import Quotations, find_quotations, situations_of_tokens
from schemas.text.reading import Texts, read_texts
from schemas.text.tokens import tokenise

MARKS = st.text(st.sampled_from("\"'“”„«»「」‘’ \n.,;aB!😀"), max_size=40)
PIECES = st.lists(
    st.sampled_from(
        [
            '"',
            "“",
            "”",
            "‘",
            "’",
            "'",
            " he said",
            " according to",
            " notes that",
            "; ",
            ", ",
            " the plan",
            ", so-called ",
            " so called ",
            "\n",
            ". ",
            "experts",
            "don't",
        ]
    ),
    max_size=16,
)


def quotations_of(texts: list[str], read: Texts) -> Quotations:
    return find_quotations(read, np.array([word_signs(text[start:end]) for text in texts for start, end in tokenise(text)], dtype=np.uint8))


def check(texts: list[str]) -> None:
    read = read_texts(texts)
    found = quotations_of(texts, read)
    situations = situations_of_tokens(len(read.token_starts), found)
    for document, text in enumerate(texts):
        rows = range(found.first_quotations[document], found.first_quotations[document + 1])
        start = int(read.starts[document])
        mine = [(int(found.starts[i]) - start, int(found.ends[i]) - start, VOICES[found.voices[i]]) for i in rows]
        assert mine == voice.find_quotations(text)
        batch = make_batch([make_document("a", text)])
        tokens = slice(read.first_tokens[document], read.first_tokens[document + 1])
        assert situations[tokens].tolist() == batch.situations[batch.rows(0)].tolist()


@given(st.lists(st.one_of(MARKS, PIECES.map("".join)), min_size=1, max_size=3))
@settings(max_examples=600)
@example(["“Reform,” she said. The so-called 'experts' met.\n\"Who?\" „Tief“ «la» 「字」", "", '"reform" it, \'a\' "b c d e f g"'])
def test_quotations_and_situations_are_those_of_the_definition(texts: list[str]) -> None:
    check(texts)


def test_a_megabyte_of_marks_that_never_close_takes_no_time() -> None:
    text = "'x " * 300_000
    began = time.monotonic()
    assert not len(quotations_of([text], read_texts([text])).starts)
    assert time.monotonic() - began < 60
