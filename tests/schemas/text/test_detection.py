"""The language of a text: as it is called, by its script, its words, or py3langid."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.text.detection import TOLD_BY_SCRIPT, tell_languages
from schemas.text.kernel import Kernel
from schemas.text.reading import read_texts

ENGLISH = "The mayor said on Monday that the bridge would stay closed for another week, and that nobody knew why."
TEXTS = {
    "en": ENGLISH,
    "de": "Die Bürgermeisterin sagte am Montag, dass die Brücke noch eine Woche gesperrt ist und niemand weiß, warum.",
    "fr": "La maire a déclaré lundi que le pont resterait fermé une semaine de plus et que personne ne savait pourquoi.",
    "es": "La alcaldesa dijo el lunes que el puente seguirá cerrado una semana más y que nadie sabe por qué.",
    "ru": "Мэр заявила в понедельник, что мост останется закрытым ещё неделю и что никто не знает почему.",
    "uk": "Мерка заявила в понеділок, що міст залишиться закритим ще на тиждень і що ніхто не знає чому.",
    "bg": "Кметицата каза в понеделник, че мостът ще остане затворен още една седмица и че никой не знае защо.",
    "da": "Borgmesteren sagde mandag, at broen er lukket i en uge til, og at der ikke er nogen, der ved hvorfor.",
    "ar": "قالت رئيسة البلدية يوم الاثنين إن الجسر سيبقى مغلقا لمدة أسبوع آخر ولا أحد يعرف لماذا.",
    "fa": "شهردار روز دوشنبه گفت که پل یک هفته دیگر بسته می‌ماند و هیچ کس نمی‌داند چرا.",
    "hi": "मेयर ने सोमवार को कहा कि पुल एक और सप्ताह तक बंद रहेगा और किसी को नहीं पता कि क्यों।",
    "mr": "महापौरांनी सोमवारी सांगितले की पूल आणखी एक आठवडा बंद राहील आणि त्याचे कारण कोणालाही माहीत नाही.",
    "zh": "市长星期一表示，这座桥还将关闭一个星期，没有人知道原因。",
    "ja": "市長は月曜日、橋はあと一週間閉鎖されると述べ、理由は誰にもわからない。",
    "ko": "시장은 월요일에 다리가 일주일 더 폐쇄될 것이라고 말했고 아무도 이유를 모른다.",
    "el": "Η δήμαρχος είπε τη Δευτέρα ότι η γέφυρα θα μείνει κλειστή άλλη μια εβδομάδα.",
    "th": "นายกเทศมนตรีกล่าวเมื่อวันจันทร์ว่า สะพานจะปิดต่ออีก หนึ่งสัปดาห์",
    "he": "ראשת העיר אמרה ביום שני שהגשר יישאר סגור עוד שבוע.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_tells_its_language(code: str) -> None:
    assert read_texts([TEXTS[code]]).languages == (code,)


def test_each_text_of_a_batch_has_its_own_whatever_stands_beside_it() -> None:
    assert read_texts(list(TEXTS.values())).languages == tuple(TEXTS)
    assert read_texts([]).languages == ()


def test_what_the_caller_says_holds_and_where_nothing_is_said_the_text_tells() -> None:
    texts = [ENGLISH, ENGLISH, ENGLISH, ENGLISH, ENGLISH]
    assert read_texts(texts, ["de-AT", "German", "deu", None, "unknown"]).languages == ("de", "de", "de", "en", "en")
    assert read_texts(texts[:2], ["tlh", "fr"]).languages == ("tlh", "fr")


@pytest.mark.parametrize("text", ["", " \n", "...", "Hello", "Angela Merkel", "12 34 56 78", "🚢🚢🚢 🚢", "AP Photo/John Smith"])
def test_a_text_too_short_to_tell_has_none(text: str) -> None:
    assert read_texts([text]).languages == ("",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # Names and words of others.
        ("The party of Xi Jinping (习近平) said that the 中国 plan was not one of the best.", "en"),
        ("Der Chef von „The New York Times“ und „The Sun“ ist am Montag nicht in die Stadt gekommen, weil er krank war.", "de"),
        # The longer part.
        ("Он сказал, что это не так, как они говорят. The End", "ru"),
        # Written large.
        (ENGLISH.upper(), "en"),
        # Han, with Kana and without.
        ("東京都知事選の投票日", "ja"),
        ("東京都知事選挙投票日", "zh"),
    ],
)
def test_the_greater_part_of_a_text_counts(text: str, code: str) -> None:
    assert read_texts([text]).languages == (code,)


def test_plain_english_and_scripts_of_one_language_need_no_library() -> None:
    code = (
        "import sys; from schemas.text.reading import read_texts\n"
        "print(read_texts(sys.argv[1:]).languages); assert 'py3langid' not in sys.modules and 'numba' not in sys.modules"
    )
    texts = [text for language, text in TEXTS.items() if language in ("en", "ja", "zh", *TOLD_BY_SCRIPT)]
    subprocess.run([sys.executable, "-c", code, *texts], check=True)


@given(
    st.lists(
        st.text(st.one_of(st.sampled_from("the and of is der die und ist и в не на के में 東の\xad\u0301."), st.characters()), max_size=40), max_size=3
    )
)
@settings(max_examples=50, deadline=None)
def test_machine_code_tells_the_same(texts: list[str]) -> None:
    plain, met = read_texts(texts).languages, Kernel.met
    Kernel.met = 10**9
    try:
        assert read_texts(texts).languages == plain
    finally:
        Kernel.met = met


@pytest.mark.parametrize("piece", ["the ", "a", "東", "के ", "\u0301", "\xad", "1 "])
def test_a_long_row_of_one_thing_takes_no_time_that_grows_with_its_square(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kernel, "met", 10**9)
    read_texts([ENGLISH, "Foo bar baz"])
    began = time.process_time()
    read_texts([piece * 200_000])
    assert time.process_time() - began < 5


def test_texts_that_nobody_has_read_have_the_languages_they_have_when_they_are_read() -> None:
    texts = [*TEXTS.values(), "", "Ok 1.", f"{ENGLISH} " * 40, *(text * 12 for text in TEXTS.values())]
    assert tell_languages(texts, [None] * len(texts)) == read_texts(texts).languages
    assert tell_languages(texts, ["de-AT"] * len(texts)) == ("de",) * len(texts)
    assert tell_languages([ENGLISH, ENGLISH], ["French", "und"]) == ("fr", "en")
    assert tell_languages([], []) == ()
