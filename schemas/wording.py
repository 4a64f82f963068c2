"""Numbers and lists in sentences."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["count", "enumerate_some", "name_language", "name_languages"]

# ISO 639-1, of languages that newspapers are written in.
_LANGUAGES = (
    "ar Arabic, az Azerbaijani, be Belarusian, bg Bulgarian, bn Bengali, bs Bosnian, ca Catalan, cs Czech, cy Welsh, da Danish, de German, el Greek, "
    "en English, eo Esperanto, es Spanish, et Estonian, eu Basque, fa Persian, fi Finnish, fr French, ga Irish, gl Galician, gu Gujarati, he Hebrew, "
    "hi Hindi, hr Croatian, hu Hungarian, hy Armenian, id Indonesian, is Icelandic, it Italian, ja Japanese, ka Georgian, kk Kazakh, km Khmer, "
    "kn Kannada, ko Korean, la Latin, lo Lao, lt Lithuanian, lv Latvian, mk Macedonian, ml Malayalam, mr Marathi, ms Malay, my Burmese, "
    "nb Norwegian, ne Nepali, nl Dutch, nn Norwegian, no Norwegian, pa Punjabi, pl Polish, ps Pashto, pt Portuguese, ro Romanian, ru Russian, "
    "si Sinhala, sk Slovak, sl Slovenian, sq Albanian, sr Serbian, sv Swedish, sw Swahili, ta Tamil, te Telugu, th Thai, tl Tagalog, tr Turkish, "
    "uk Ukrainian, ur Urdu, uz Uzbek, vi Vietnamese, yi Yiddish, zh Chinese"
)
_NAMES = dict(entry.split(" ") for entry in _LANGUAGES.split(", "))


def count(number: int, noun: str) -> str:
    """1 span, 2 spans."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def name_language(code: str) -> str:
    """German, for de; the code itself where it has no name here."""
    return _NAMES.get(code, code)


def name_languages(codes: Sequence[str]) -> str:
    """English and German, for en and de."""
    return " and ".join(map(name_language, codes))


def enumerate_some(names: Sequence[str], most: int = 12) -> str:
    """The names, of which there may be thousands; behind the first of them how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
