"""Who speaks: every quotation of a text, its voice and its source. What the model of voices cannot well miss is asked here; how good it is on
articles, benchmarks/voices says."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.text.canonical import canonicalise
from schemas.text.characters import MARKS
from schemas.text.languages import read_language
from schemas.text.quotations import VOICES, Voice, find_quotations
from schemas.text.tokens import Span, count_words, tokenise
from schemas.text.voices import find_holders, find_voices, voices_of

Find = Callable[..., Any]
CASES = Path(__file__).parents[3] / "benchmarks" / "voices" / "cases.jsonl"
PIECES = st.sampled_from(
    [
        *(
            '"',
            "“",
            "”",
            "‘",
            "’",
            "'",
            "„",
            "«",
            "»",
            "「",
            "」",
            "\n",
            "\n\n",
            ". ",
            "; ",
            ", ",
            " ",
            "🚢",
            "— ",
            "> ",
            "ROE: ",
            "&quot;",
            "''",
            "6'4\"",
        ),
        *(
            " he said",
            " according to",
            " notes that",
            " the plan",
            ", so-called ",
            " sogenannte ",
            "experts",
            "don't",
            "owners'",
            " называемый ",
            " Doe",
        ),
    ]
)
MARKED = st.text(st.sampled_from(MARKS + "\xad "), max_size=40)
TEXTS = st.one_of(
    st.text(st.sampled_from("ab \n\"'“”„«»「」‘’,.;!B🚢"), max_size=60),
    st.lists(PIECES, max_size=20).map("".join),
    st.lists(st.one_of(MARKED, PIECES), max_size=8).map("".join),
    MARKED,
)


def quotations_of(find: Find, text: str, language: str | None = None) -> list[tuple[str, Voice]]:
    found = find(text, language=language).quotations
    return [(text[start:end], VOICES[voice]) for start, end, voice in zip(*(column.tolist() for column in found[:3]), strict=True)]


def voice(text: str, words: str) -> Voice:
    start = text.index(words)
    return voices_of(text, [Span(start, start + len(words))])[0]


@pytest.mark.parametrize(
    "text",
    [
        'The mayor said the plan was "a quiet *disaster* for every family here".',
        '"We have seen nothing but *disaster* since," the mayor said.',
        "“We warned them of *disaster* for years,” according to the clerk.",
        "She added: 'It is a *disaster* and I will not have it.'",
        "“We saw a *disaster* coming,” Doe said.\n\nIt rained.",
        "“We saw a\n*disaster* coming\nfor years,” Doe said.",
        "“We saw it coming.\n\n“It is a *disaster*,” Doe said.\n\nIt rained.",
        "&ldquo;We saw a *disaster* coming,&rdquo; Doe said.",
        "``We saw a *disaster* coming,'' Doe said.",
        '""We saw a *disaster* coming,"" Doe said.',
        "> We saw a *disaster* coming.\n\nIt rained.",
        "ROE: We saw a *disaster* coming.\nDOE: I did not.",
        "Mayor: 'I will not resign over this *disaster*'",
        "'I will not resign over this *disaster*', says mayor",
    ],
)
def test_words_in_marks_with_a_verb_of_speech_are_quoted(text: str) -> None:
    assert voice(text.replace("*", ""), "disaster") == "quoted"


@pytest.mark.parametrize(
    "text",
    [
        'Four hundred lost their jobs to the "*reform*" of the port.',
        'The so-called "*experts*" said nothing.',
        "The so-called “*experts*” left the hall.",
        "Only the so-called *experts* were amazed.",
    ],
)
def test_few_words_that_nobody_says_are_held_at_arms_length(text: str) -> None:
    assert voice(text.replace("*", ""), text.split("*")[1]) == "scare"


@pytest.mark.parametrize(
    "text",
    [
        "The *reform* cost jobs, the mayor said.",
        "The workers' *pay* and the owners' answer differ.",
        "He didn't; they'd *gone*, it's said.",
        'The 6\'4" guard, a *brute*, met a 12" pipe.',
        '<a href="x" title="y">The *brute*</a> met "Doe".',
        "“No,” she said.\n\nThe *brute* left.\n\n“Yes,” he said.",
        "“We were lied to, she said.\n\nThe *brute* left. “Yes,” he said.",
        "UPDATE: The *brute* left.",
        "— The *brute* left, said she.",
        "She went to see the film “*Salt Road*” there.",
    ],
)
def test_words_outside_marks_and_titles_are_the_narrators(text: str) -> None:
    assert voice(text.replace("*", ""), text.split("*")[1]) == "narrator"


@pytest.mark.parametrize("text", ["“The *brute* left, she said. It rained.\n\nAll left.", "It rained.\n\nThe *brute* left,” she said. It rained."])
def test_words_at_a_mark_without_a_partner_are_unclear(text: str) -> None:
    assert voice(text.replace("*", ""), "brute") == "unclear"


def test_so_called_words_are_told_once_whether_marks_hold_them_or_not(find: Find) -> None:
    assert quotations_of(find, "The so-called “friends” and the so-called experts left.", "en") == [("friends", "scare"), ("experts", "scare")]
    assert quotations_of(find, "They are so-called", "en") == quotations_of(find, "so-called, they left", "en") == []
    found = find("It is so-called", "experts left", language="en").quotations
    assert len(found.starts) == 0


def test_probabilities_say_how_sure_a_voice_is_and_nothing_of_what_is_unclear(find: Find) -> None:
    found = find("“No,” she said of the so-called experts.\n\n> We left.\n\n“It rained, he said.", language="en").quotations
    told = {VOICES[voice]: probability for voice, probability in zip(found.voices.tolist(), found.probabilities.tolist(), strict=True)}
    assert 0 < told["quoted"] <= 1
    assert told["scare"] == 1
    assert np.isnan(told["unclear"])


def test_offsets_of_quotations_count_code_points_and_leave_out_the_marks(find: Find) -> None:
    assert [words for words, _ in quotations_of(find, "🚢🚢 the “ reform, ” sank.")] == ["reform"]


def test_spans_have_their_voices_in_any_order_and_when_they_overlap() -> None:
    text = 'The so-called "reform" failed. "We will never forget what was done here," she said of it. No.'
    words = ["forget what", "reform", "failed", "never forget what", "The", "forget", "No", "reform"]
    spans = [Span(text.index(word), text.index(word) + len(word)) for word in words]
    expected = ["quoted", "scare", "narrator", "quoted", "narrator", "quoted", "narrator", "scare"]
    assert voices_of(text, spans) == expected
    assert [voices_of(text, [span]) for span in spans] == [[voice] for voice in expected]
    assert voices_of(text, []) == []


@given(TEXTS)
@settings(max_examples=600)
@example("“Reform,” she said. The so-called 'experts' met.\n\"Who?\" „Tief“ «la» 「字」")
@example('"reform" it, \'a\' "b c d e f g"')
@example("so-called so-called “so-called x” y”")
def test_quotations_stand_in_order_within_their_text_and_their_tokens_have_their_voice(find: Find, text: str) -> None:
    read, found = (step := find(text)).read, step.quotations
    places = list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    assert all(0 <= start < end <= len(text) and text[start:end].strip() == text[start:end] for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    speakers = list(zip(found.speaker_starts.tolist(), found.speaker_ends.tolist(), strict=True))
    assert all((start, end) == (-1, -1) or 0 <= start < end <= len(text) for start, end in speakers)
    assert all(start == -1 or VOICES[voice] == "quoted" for (start, _), voice in zip(speakers, found.voices.tolist(), strict=True))
    tokens = tokenise(text)
    held = [[token for token in tokens if start <= token.start < end] for start, end in places]
    assert [tokens[first:last] for first, last in zip(found.first_tokens.tolist(), found.last_tokens.tolist(), strict=True)] == held
    # The one token that lies over the edge of a quotation is one of a mark that is several characters.
    whole = [
        token
        for token in tokens
        if all(token.end <= start or token.start >= end or (start <= token.start and token.end <= end) for start, end in places)
    ]
    inside = [next((VOICES[found.voices[i]] for i, (start, end) in enumerate(places) if start <= token.start < end), "narrator") for token in whole]
    holders = find_holders(np.array([t.start for t in whole], np.int64), np.array([t.end for t in whole], np.int64), np.array([0, len(whole)]), found)
    assert [VOICES[voice] for voice in find_voices(holders, found).tolist()] == inside
    assert ((found.probabilities >= 0) & (found.probabilities <= 1) | np.isnan(found.probabilities)).all()
    assert (np.isnan(found.probabilities) == (found.voices == VOICES.index("unclear"))).all()
    assert found.unpaired.tolist() == [(found.voices == VOICES.index("unclear")).sum()]
    assert found.firsts.tolist() == [0, len(places)]
    assert read.starts.tolist() == [0, len(text)]


@given(st.lists(TEXTS, max_size=4))
@settings(max_examples=300)
@example(['"never closed', 'said "reform" it', "", "he said\n", "“plan”", "so-called", "'x'"])
@example(["“a”", "", ""])
def test_the_quotations_of_many_texts_are_those_of_each(find: Find, texts: list[str]) -> None:
    step = find(*texts)
    read, found = step.read, step.quotations
    assert len(found.firsts) == len(texts) + 1
    for document, text in enumerate(texts):
        rows = slice(found.firsts[document], found.firsts[document + 1])
        # The language is told by the text alone, too.
        alone = find(text).quotations
        for many, own, shift in (
            *((getattr(found, name)[rows], getattr(alone, name), read.starts[document]) for name in ("starts", "ends")),
            *((getattr(found, name)[rows], getattr(alone, name), read.tokens.firsts[document]) for name in ("first_tokens", "last_tokens")),
            *((getattr(found, name)[rows], getattr(alone, name), 0) for name in ("voices", "probabilities")),
        ):
            np.testing.assert_array_equal(many - shift, own)
        for name in ("speaker_starts", "speaker_ends"):
            many = getattr(found, name)[rows]
            np.testing.assert_array_equal(np.where(many >= 0, many - read.starts[document], -1), getattr(alone, name))
        assert found.unpaired[document] == alone.unpaired[0]


@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=300)
@example(["".join(MARKS)] * 2)
@example(["“", "", "»«»", "'''", '"""""', "\\\\\\", "&quot", "> > >", "A: ", "—" * 9])
@example(["It rained. " * 9 + "The so-called “gift” is a theft, 'they' said: ‹no›.\n\n> Who?\n\nROE: I.\nDOE: You."])
def test_every_step_says_the_same_in_machine_code_to_the_bit(find: Find, running: Callable[..., Any], texts: list[str]) -> None:
    for language in (None, "fr"):
        with running(compiled=True):
            fast = list(find(*texts, language=language).arrays())
        with running(compiled=False):
            plain = list(find(*texts, language=language).arrays())
        assert len(fast) == len(plain)
        for one, other in zip(fast, plain, strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


ROWS = (
    *('"', "'", "“", "”", "„", "«", "»", "「", "」", "‘", "’", "‹", "›", "`", "´", "′", "″", "\\", "&", "â", ">", "—", "\n", "A: x\n"),
    *('"a ', "'a ", "“a ", "„a ", "«a ", "‘a ", "「a ", "” ", "’ ", "“” ", "a” ", "a's' ", "— ", "> \n", "> a\n", "AB: x\n", "&quot;", 'a="'),
    *("6'4\" ", '12" ', "“a\n", "“a\n\n", '"a\n\n', "«a\n\n", "‘a\n\n", "a”\n", "a“b”\n", "'a\n\n", "“a ‘b ", "«»", "»a» "),
    *("Doe said “a” ", "“a,” Doe, a, said ", "A a, ", "so-called a "),
)


@pytest.mark.parametrize("piece", ROWS)
def test_time_grows_with_the_length_of_a_text_and_not_with_its_square(
    find: Find, read: Callable[..., Any], running: Callable[..., Any], piece: str
) -> None:
    # A dash opens speech in French.
    language = "fr" if "—" in piece else "en"
    with running(compiled=True):
        # What is compiled, and read from files, once.
        find("“One,” she said. 'Two'\n— A. so-called x", "> No", language=language)
        taken = []
        for count in (12_500, 50_000):
            known = read(piece * count, language=language)
            began = time.process_time()
            find_quotations(*known)
            taken.append(time.process_time() - began)
    # Four times the text takes some four times as long, and sixteen times where every place looks at all the others.
    assert taken[1] < 10 * taken[0] + 0.1, taken
    assert taken[1] < 5


@pytest.mark.parametrize(
    "text", ["sea " * 250_000, "“a” said he " * 50_000, "“a said he " * 50_000, "«a, " * 50_000 + "sea " * 200_000, "— a, — b, — c " * 70_000]
)
def test_a_text_of_a_megabyte_without_an_end_of_sentence_takes_no_time_either(find: Find, running: Callable[..., Any], text: str) -> None:
    with running(compiled=True):
        find("“One,” she said. 'Two'\n— A.", language="fr")
        for language in ("en", "fr"):
            began = time.process_time()
            find(text, language=language)
            assert time.process_time() - began < 30


NINE = {
    "de": (
        "Die Stadt hat am Montag getagt.",
        "„Wir werden diesen Zoll niemals bezahlen, weil er uns alle ruiniert“, sagte Anna Roe.",
        "Er sagte, der Zoll sei „ein Raub“.",
        "Die sogenannte „Reform“ der Stadt war da.",
    ),
    "fr": (
        "La ville a siégé lundi dans le port.",
        "« Nous ne paierons jamais ce péage, parce qu'il nous ruine tous », a déclaré Anna Roe.",
        "Le maire a dit que c'était « un vol ».",
        "Les soi-disant « experts » sont partis de la ville.",
    ),
    "es": (
        "La ciudad se reunió el lunes en el puerto.",
        "«Nunca pagaremos este peaje, porque nos arruina a todos», dijo Ana Roe.",
        "El alcalde dijo que era «un robo».",
        None,
    ),
    "ru": (
        "В понедельник город собрался в порту.",
        "«Мы никогда не будем платить эту пошлину, потому что она нас разорит», — сказала Анна Роу.",
        "Он сказал, что это «грабёж».",
        "Так называемые «эксперты» ушли из города.",
    ),
    "uk": (
        "У понеділок місто зібралося в порту.",
        "«Ми ніколи не будемо платити це мито, бо воно нас усіх розорить», — сказала Анна Роу.",
        "Він сказав, що це «грабунок».",
        "Так звані «експерти» пішли з міста.",
    ),
    "ar": (
        "اجتمعت المدينة يوم الاثنين في الميناء.",
        "قال رئيس البلدية: «لن ندفع هذه الرسوم أبدا لأنها تدمرنا جميعا في هذه المدينة».",
        "وقالت الوزيرة إن هذا «سرقة» كبيرة.",
        "غادر الخبراء المزعومون «الأصدقاء» المدينة.",
    ),
    "hi": (
        "सोमवार को शहर की बैठक बंदरगाह में हुई।",
        "मेयर ने कहा, “हम यह कर कभी नहीं देंगे क्योंकि यह हम सबको बर्बाद कर देगा।”",
        "मंत्री ने कहा कि यह “लूट” है।",
        "तथाकथित “विशेषज्ञ” शहर से चले गए।",
    ),
    "zh": ("星期一全市在港口开会。", "市长说：“我们永远不会付这笔费用，因为它会毁了我们大家。”", "部长说这是“抢劫”。", "所谓“专家”离开了城市。"),
    "ja": (
        "月曜日に町は港で会議を開いた。",
        "市長は「私たちはこの料金を決して払わない、みんなが破産するからだ」と述べた。",
        "大臣は「強盗だ」と言った。",
        "いわゆる所謂「専門家」は町を去った。",
    ),
}


@pytest.mark.parametrize("language", NINE)
def test_nine_languages_have_words_that_are_quoted_held_at_arms_length_and_the_narrators_own(find: Find, language: str) -> None:
    narrator, long, short, held = NINE[language]
    text = " ".join([narrator, long, narrator, short, narrator, held or "", narrator])
    found = find(text)
    assert found.read.languages == (language,)
    expected: list[Voice] = ["quoted", "quoted"]
    # Of some languages no one word says "so-called".
    if held and read_language(language).so_called:
        expected.append("scare")
    assert [voice for _, voice in quotations_of(find, text)][: len(expected)] == expected
    assert len(quotations_of(find, text)) == 2 + (held is not None)
    start = 0
    while (start := text.find(narrator, start)) >= 0:
        assert voices_of(text, [Span(start, start + len(narrator))]) == ["narrator"]
        start += len(narrator)


@pytest.mark.parametrize("language", [*NINE, "it", "nl", "pl", "pt", "sv"])
def test_in_every_language_with_a_word_for_it_what_it_holds_is_at_arms_length(find: Find, language: str) -> None:
    for word in read_language(language).so_called:
        text = f"{word} “xyz” abc"
        assert [voice for _, voice in quotations_of(find, text, language)][:1] == ["scare"]


def test_our_own_cases_have_the_voices_that_they_were_written_for() -> None:
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for case in cases:
        # A name is the narrator's word.
        wanted = "narrator" if case["voice"] == "name" else case["voice"]
        if (told := voice(canonicalise(case["text"]).text, case["words"])) != wanted:
            wrong.append((case["text"], case["words"], wanted, told))
    assert len(wrong) <= 3, wrong


def test_cases_of_readers_have_the_voices_that_they_would_give(shared: Callable[[str], Path]) -> None:
    wrong = []
    for line in shared("cases/voice.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        text = canonicalise(case["text"]).text
        told = [(words, wanted, voice(text, words)) for words, wanted in case["wants"]]
        if any(wanted != found for _, wanted, found in told):
            wrong.append((case["name"], [part for part in told if part[1] != part[2]]))
    assert len(wrong) <= 5, wrong


def test_one_quotation_has_the_same_voice_in_all_its_layouts(shared: Callable[[str], Path]) -> None:
    quoted, own = ("disgrace", "betrayal", "must go"), ("attacked the plan", "The council meets on Monday", "guard")
    layouts = [
        json.loads(line)["text"] for path in shared("cases/ingest/v").glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(layouts) >= 9
    for text in map(canonicalise, layouts):
        told = {words: voice(text.text, words) for words in (*quoted, *own) if words in text.text}
        assert told == {words: "quoted" if words in quoted else "narrator" for words in told}


@pytest.mark.parametrize("gap", ["\n", " "])
def test_hardly_any_word_between_two_curly_marks_is_the_narrators_whatever_the_lines(shared: Callable[[str], Path], gap: str) -> None:
    """Those that are clean: no other double mark between, some length, no blank line."""
    clean = re.compile(r"“(?!\s*”)([^“”\"„‟«»]{1,1500})”")
    counts: Counter[Voice] = Counter()
    for path in sorted(shared("data/ptc/train-articles").glob("*.txt")):
        text = re.sub(r"(?<!\n)\n(?!\n)", gap, canonicalise(path.read_bytes().decode()).text)
        held = [match.span(1) for match in clean.finditer(text) if not re.search(r"\n\s*\n", match[1])]
        words = [token for token in tokenise(text) if count_words(text[token.start : token.end])]
        inside = [token for token in words if any(start <= token.start < end for start, end in held)]
        counts.update(voices_of(text, inside))
    assert counts.total() > 10_000
    assert counts["narrator"] <= 0.02 * counts.total(), counts


def test_the_seed_article_holds_words_at_arms_length_and_no_long_quotation(find: Find, shared: Callable[[str], Path]) -> None:
    text = canonicalise(shared("seed-article.txt").read_text(encoding="utf-8")).text
    told = dict(quotations_of(find, text))
    assert [told.get(words) for words in ("heart disease", "culprit", "temporary")] == ["scare"] * 3
    assert [words for words, voice in told.items() if voice == "scare" and count_words(words) >= 5] == []
