"""CoNLL: nltk's reader opens it, and its tags are the spans."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.formats.conll import CUT, OVERLAP, encode_bio, name_tags
from exports.formats.material import Losses
from schemas.text.tokens import Span, tokenise

Write = Callable[..., tuple[Path, list[str]]]
Tagged = list[tuple[str, str]]
Read = Callable[[Path], list[Tagged]]


@pytest.fixture
def read_sentences(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], list[Tagged]]:
    def read(folder: Path) -> list[Tagged]:
        import nltk
        from nltk.corpus.reader.conll import ConllCorpusReader

        # nltk reads below these folders only.
        monkeypatch.setattr(nltk.data, "path", [str(folder)])
        reader = ConllCorpusReader(str(folder), ["articles.conll"], ("words", "pos"))
        # The block of a -DOCSTART- line is a sentence without words to nltk.
        return [sentence for sentence in reader.tagged_sents() if sentence]

    return read


def read_articles(path: Path) -> dict[str, str]:
    parts = re.split(r"^-DOCSTART-\t(.*)\n\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {unquote(name): body for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def decode(tags: list[str]) -> list[tuple[Span, str]]:
    """The plain reading of BIO: B begins, I goes on with the same label."""
    spans: list[tuple[Span, str]] = []
    for i, tag in enumerate(tags):
        if tag.startswith("B-"):
            spans.append((Span(i, i + 1), tag[2:]))
        elif tag.startswith("I-"):
            (first, last), label = spans.pop()
            assert (last, label) == (i, tag[2:])
            spans.append((Span(first, i + 1), label))
    return spans


def test_nltk_reads_every_token_of_every_article_that_was_read(write: Write, read_sentences: Read, articles: pl.DataFrame) -> None:
    folder, _ = write("conll", "gold")
    left_out = ("-rf", "new\nline\t'=1\"")
    texts = [text for name, text in articles.select("article_id", "text").iter_rows() if name not in left_out]
    wanted = [text[start:end] for text in texts for start, end in tokenise(text)]
    assert [word for sentence in read_sentences(folder) for word, _ in sentence] == wanted


def test_the_tags_are_the_spans_but_for_those_left_out(write: Write, read_sentences: Read) -> None:
    folder, _ = write("conll", "gold")
    found = [
        (tuple(word for word, _ in sentence[first:last]), label)
        for sentence in read_sentences(folder)
        for (first, last), label in decode([tag for _, tag in sentence])
    ]
    assert found == [
        (("👩", "\u200d", "👩", "\u200d", "👧", "so-called"), "Loaded_Language"),
        (("regime",), "Name_Calling,Labeling"),
        (("boasts",), "Name_Calling,Labeling"),
        (("𝒻ast",), "=1+1"),
        (("Prices",), "Loaded_Language"),
        (("كارثية", "!"), "A_label"),
        (("And",), "A_label"),
        (("=", "SUM", "(", "A1", ")"), "a:_b"),
        (("\x07", "rings"), "Loaded_Language"),
        (("savage",), "Loaded_Language"),
        (("savage",), "Loaded_Language"),
    ]


def test_every_loss_is_counted(write: Write, count: Callable[..., int]) -> None:
    _, losses = write("conll", "gold")
    assert count(losses, "which BIO cannot hold") == 2
    assert count(losses, "touch no token") == 1
    assert count(losses, "beside a token's edge") == 1
    assert count(losses, "go on in a new sentence") == 2
    assert count(losses, "answers left out") == 5
    assert count(losses, "whose spans are not known") == 1
    assert count(losses, "no verdict") == 1
    assert count(losses, "labels written with _") == 2


def test_every_article_begins_with_its_id_in_one_line(write: Write, articles: pl.DataFrame) -> None:
    folder, _ = write("conll", "gold")
    assert list(read_articles(folder / "articles.conll")) == [name for name in articles["article_id"] if name not in ("-rf", "new\nline\t'=1\"")]


def test_each_line_has_two_cells_and_no_space_but_the_tab(write: Write) -> None:
    folder, _ = write("conll", "gold")
    lines = (folder / "articles.conll").read_text(encoding="utf-8").split("\n")
    assert {len(line.split()) for line in lines} == {len(line.split("\t")) for line in lines if line} | {0} == {0, 2}


def test_labels_that_differ_in_their_spaces_alone_stay_apart() -> None:
    assert name_tags(["A_label", "A  label", "A label"], Losses()) == {"A_label": "A_label", "A  label": "A_label_", "A label": "A_label__"}


@st.composite
def spans(draw: st.DrawFn) -> tuple[list[tuple[Span, str]], int, list[int]]:
    length = draw(st.integers(1, 12))
    places = draw(st.lists(st.tuples(st.integers(0, length - 1), st.integers(1, length), st.sampled_from("AB")), max_size=5))
    breaks = draw(st.lists(st.integers(1, length - 1), max_size=3)) if length > 1 else []
    return [(Span(first, last), label) for first, last, label in places if first < last], length, sorted({0, *breaks})


@given(spans())
def test_what_is_encoded_and_not_counted_as_lost_is_decoded_again(given_spans: tuple[list[tuple[Span, str]], int, list[int]]) -> None:
    listed, length, breaks = given_spans
    losses = Losses()
    tags = encode_bio(listed, length, breaks, losses)
    edges = [*breaks, length]
    found = [(Span(a + begin, b + begin), label) for begin, end in zip(edges, edges[1:], strict=False) for (a, b), label in decode(tags[begin:end])]
    kept: list[tuple[Span, str]] = []
    for (first, last), label in listed:
        if all(last <= a or b <= first for (a, b), _ in kept):
            kept.append((Span(first, last), label))
    assert losses[OVERLAP] == len(listed) - len(kept)
    pieces = [(Span(max(first, a), min(last, b)), label) for (first, last), label in kept for a, b in zip(edges, edges[1:], strict=False)]
    assert sorted(found) == sorted((span, label) for span, label in pieces if span.start < span.end)
    assert losses[CUT] == sum(any(first < edge < last for edge in breaks) for (first, last), _ in kept)
