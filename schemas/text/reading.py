"""A batch of texts as code points, with the places of its tokens and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from schemas.arrays import Codes, Places
from schemas.text.characters import character_classes, code_points
from schemas.text.detection import find_languages
from schemas.text.kernel import expect
from schemas.text.sentences import Sentences, find_sentences, language_numbers, stops
from schemas.text.tokens import Tokens, find_tokens

__all__ = ["Texts", "read_texts"]


class Texts(NamedTuple):
    """Text d has the code points codes[starts[d]:starts[d + 1]]. Places of tokens and sentences count from the beginning of the
    batch; sentence s has the tokens from tokens_of_sentences[s] to tokens_of_sentences[s + 1]."""

    codes: Codes
    starts: Places
    tokens: Tokens
    sentences: Sentences
    tokens_of_sentences: Places
    # The code of each text's language; "" where it cannot be told.
    languages: tuple[str, ...]

    @property
    def places(self) -> tuple[Places, Places, Places]:
        """Where texts have their first tokens and sentences, and sentences their first tokens."""
        return self.tokens.firsts, self.sentences.firsts, self.tokens_of_sentences

    @property
    def texts_of_sentences(self) -> Places:
        """The text of each sentence."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.sentences.firsts))


def read_texts(texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Texts:
    """Find the language, tokens and sentences of each text. `languages`: what is known of each text's language, as a code (de, de-AT,
    deu) or an English name; where that is None or says nothing, the language is found from the text."""
    codes, classes = code_points("".join(texts)), character_classes()
    expect(len(codes))
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.int64)])
    tokens = find_tokens(codes, starts, classes)
    found = find_languages(texts, codes, tokens, languages)
    sentences = find_sentences(codes, starts, classes, language_numbers(found), stops())
    return Texts(codes, starts, tokens, sentences, np.searchsorted(tokens.starts, np.append(sentences.starts, len(codes) + 1)), found)
