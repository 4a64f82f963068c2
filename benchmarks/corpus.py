"""A synthetic archive: sentences of the sample articles in new orders, with made-up names, so that words never stop being new."""

from __future__ import annotations

import random

from framing.sample import read_sample
from schemas.text.sentences import split_sentences

__all__ = ["make_articles"]

SENTENCES = (12, 48)
_SYLLABLES = ("ba", "den", "fo", "gri", "hal", "is", "jor", "kal", "lum", "mer", "nok", "os", "pra", "quil", "ren", "sto", "tal", "ur", "vek", "wim")


def make_articles(megabytes: float, seed: int = 0) -> list[str]:
    """Articles of together at least so many million bytes. The same size and seed give the same articles."""
    chance = random.Random(seed)  # noqa: S311
    sentences = [text[start:end] for text in read_sample().articles["text"] for start, end in split_sentences(text)]
    articles: list[str] = []
    size = 0
    while size < megabytes * 1e6:
        chosen = [_named(chance, chance.choice(sentences)) for _ in range(chance.randint(*SENTENCES))]
        paragraphs = [" ".join(chosen[i : i + 4]) for i in range(0, len(chosen), 4)]
        articles.append("\n".join(paragraphs))
        size += len(articles[-1].encode())
    return articles


def _named(chance: random.Random, sentence: str) -> str:
    # Names are as Zipf found them: a few are everywhere, most are met once. With them 10 MB have some 50,000 distinct words, as news has.
    number = int(chance.paretovariate(0.05) ** 0.5)
    name = "".join(_SYLLABLES[number // len(_SYLLABLES) ** i % len(_SYLLABLES)] for i in range(5)).capitalize()
    return f"{name} said: {sentence}"
