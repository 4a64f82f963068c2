"""Tokens and sentences of many texts at once: regular expressions say independently what they are."""

from __future__ import annotations

import re
import sys
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.text.characters import CLOSERS, ENDERS, FULL_ENDERS, IDEOGRAPHS, INVISIBLES, JOINERS, SHAPERS
from schemas.text.kernel import Kernel
from schemas.text.languages import read_language
from schemas.text.reading import Texts, read_texts
from schemas.text.sentences import LOOK_AHEAD
from schemas.text.tokens import tokenise

AWKWARD = st.text(
    st.one_of(
        st.sampled_from(" \n.!?…\"'’”)-‑A.bU.SMr\u2028\x85\x1c\u00a0🚢\u0301_Ⓐⅷ۵\xad\u200b\u200d\u3099\ufe0f漢かー。」»।Éß"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)
MARKS = SHAPERS + "".join(c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c)[0] == "M")
IDEOGRAPH = f"(?=\\w)[{''.join(f'{chr(first)}-{chr(last)}' for first, last in IDEOGRAPHS)}]"
LETTER = rf"(?!{IDEOGRAPH})\w"
INNER = rf"(?:{LETTER}|[{MARKS}])"
JOINT = rf"[{INVISIBLES}]*[{re.escape(JOINERS)}][{INVISIBLES}]*(?=\w)"
TOKEN = re.compile(rf"{LETTER}{INNER}*(?:(?:{JOINT}|[{INVISIBLES}]+){INNER}+)*|{IDEOGRAPH}[{MARKS}]*|[^\w\s{INVISIBLES}]")
# Behind a Chinese full stop the mark that closes in German opens.
CLOSING, CHINESE = (f"[{re.escape(closers)}{INVISIBLES}]*" for closers in (CLOSERS, CLOSERS.replace("“", "")))
SENTENCE_END = re.compile(
    rf"(?P<full>(?=[{FULL_ENDERS}]))?(?P<marks>[{re.escape(ENDERS)}]+)(?P<closers>(?:[^\S\n]»(?!\w))?(?(full){CHINESE}|{CLOSING}))|\n+"
)
ABBREVIATION = re.compile(rf"(?<!{LETTER})(?<![{MARKS}])(?:{'|'.join(map(re.escape, read_language('en').abbreviations))})\.$")
INITIAL = re.compile(rf"(?<!{LETTER})(?<![{MARKS}])(\w)\.$")
BLANK = re.compile(rf"[\s{INVISIBLES}]*")


def expected_tokens(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in TOKEN.finditer(text)]


def is_lower(character: str) -> bool:
    return character.islower() and not "\u10d0" <= character <= "\u10ff"


def ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether these marks end the English sentence that begins at `start`."""
    marks, closers = match.group("marks", "closers")
    if marks is None:
        return True
    follows = text[match.end() :]
    if follows and not follows[0].isspace():
        return marks[-1] in FULL_ENDERS and not (closers and follows[0] in "とっなにのはがをもでやへ") and not is_lower(follows[0])
    if is_lower(BLANK.sub("", follows[:LOOK_AHEAD], count=1)[:1]):
        return False
    if marks != "." or closers[:1] not in INVISIBLES:
        return True
    place = match.end("marks")
    initial = INITIAL.search(text, start, place)
    return not ((initial and initial.group(1).isupper()) or ABBREVIATION.search(text, start, place))


def expected_sentences(text: str) -> list[tuple[int, int]]:
    places, found = [0], []
    for match in SENTENCE_END.finditer(text):
        if ends_sentence(text, places[-1], match):
            places.append(match.end())
    for start, end in zip(places, [*places[1:], len(text)], strict=True):
        first = BLANK.match(text, start, end).end()
        last = end - BLANK.match(text[start:end][::-1]).end()
        if first < last:
            found.append((first, last))
    return found


def tokens_of(texts: Texts, document: int) -> list[tuple[int, int]]:
    rows = slice(texts.tokens.firsts[document], texts.tokens.firsts[document + 1])
    start = texts.starts[document]
    return list(zip((texts.tokens.starts[rows] - start).tolist(), (texts.tokens.ends[rows] - start).tolist(), strict=True))


def sentences_of(texts: Texts, document: int) -> list[tuple[int, int]]:
    rows = slice(texts.sentences.firsts[document], texts.sentences.firsts[document + 1])
    start = texts.starts[document]
    return list(zip((texts.sentences.starts[rows] - start).tolist(), (texts.sentences.ends[rows] - start).tolist(), strict=True))


@given(st.lists(AWKWARD, max_size=4))
@settings(max_examples=400)
@example(
    ["Dr. Smith left. He ran.", "", "U.S. officials met J. Doe. They left.", "at 5 a.m. Monday. “No.” Yes!) (x", "xMr. A. 'B.' c.", "No. 5. and"]
)
@example(["x", "Mr. A left.", "a", "A. B left.", "\u2028", "x. B", "’x"])
@example(["don't so-called x\u030c 👩\u200d🚀\u2028end", "workers' pay -- now", "...\n\n.!? )", "a." + " " * 90 + "b"])
def test_tokens_and_sentences_are_those_of_the_regular_expressions(texts: list[str]) -> None:
    read = read_texts(texts, ["en"] * len(texts))
    assert len(read.starts) == len(read.tokens.firsts) == len(read.sentences.firsts) == len(texts) + 1
    for document, text in enumerate(texts):
        assert tokens_of(read, document) == expected_tokens(text)
        assert sentences_of(read, document) == expected_sentences(text)


@given(AWKWARD)
def test_words_are_told_from_marks_and_line_ends_are_seen(text: str) -> None:
    read, tokens = read_texts([text]), tokenise(text)
    assert read.tokens.words.tolist() == [text[token.start].isalnum() for token in tokens]
    ends = [0, *(token.end for token in tokens)]
    assert read.tokens.breaks.tolist() == ["\n" in text[end : token.start] for end, token in zip(ends, tokens, strict=False)]


def test_each_sentence_has_its_tokens() -> None:
    read = read_texts(["One two. Three!\n", "", "Four five? Six."])
    of = read.tokens_of_sentences.tolist()
    assert of == [0, 3, 5, 8, 10]
    assert read.sentences.firsts.tolist() == [0, 2, 2, 4]
    assert read.tokens.firsts.tolist() == [0, 5, 5, 10]


def test_no_texts_have_no_tokens_and_no_sentences() -> None:
    read = read_texts([])
    assert [*map(len, (read.codes, read.tokens.starts, read.sentences.starts))] == [0, 0, 0]
    assert read.starts.tolist() == read.tokens.firsts.tolist() == read.sentences.firsts.tolist() == read.tokens_of_sentences.tolist() == [0]


@pytest.fixture
def machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that reads texts is compiled, and no clock sees it."""
    monkeypatch.setattr(Kernel, "met", 10**9)
    read_texts(["“One,” she said. 'Two'\n"])


@pytest.mark.usefixtures("machine_code")
@pytest.mark.parametrize(
    "piece",
    [
        *(".", "!", "…", '"', "“", "”", "„", "«", "»", "「", "」", "‘", "’", "'", "(", ")", "[", "]", "-", " ", "\u2028", "\n", "\\", "a", "A", "_"),
        *("\u0301", "a\u0301", "\xad", "a\xad", ".\xad", "\u200d", "。", "।", "東", "か", "。」", ". »", "é. ", "3. ", "a-\xad"),
        *("a. ", "A. ", "A.", "Mr. ", "'x ", "‘x ", "x' ", " '", "“a", "«a ", "„“", "„”", "“ ", "’ ‘"),
        *('"a" ', '"a', "'x' ", '" said ', ".) ", "“‘«„「"),
    ],
)
def test_a_long_row_of_one_thing_takes_no_time_that_grows_with_its_square(piece: str) -> None:
    text = piece * 200_000
    began = time.process_time()
    sentences = len(read_texts([text]).sentences.starts)
    # Some hundredths of a second in truth, and a minute where every place looks at all the others.
    assert time.process_time() - began < 5
    assert (sentences > 0) == (BLANK.fullmatch(text) is None)
