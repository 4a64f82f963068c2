"""Dates as people write them become dates; what is missing from one is never taken from today."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

__all__ = ["Order", "needs_order", "parse_date", "tell_order"]

Order = Literal["dmy", "mdy"]

# Years of news. What is outside of them is a number, or stands for "not known" (0001-01-01).
_YEARS = range(1600, 2200)
# Seconds since 1970 that are taken for a time: 1980 to 2100; the same number may count milliseconds, microseconds or nanoseconds.
_SECONDS = range(315_532_800, 4_102_444_800)
_EPOCH = datetime(1970, 1, 1)
# Days since 1899-12-30, as spreadsheets count them: 1954 to 2064.
_SERIALS = range(20_000, 60_001)
_SHEET = datetime(1899, 12, 30)
# Two figures are a year from 1969 to 2068.
_PIVOT = 69
_LONGEST = 80
_FORMS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}

# A time in a date in figures, behind it, and in one with the name of a month, anywhere: there dots are no sign of a time.
_HALF = r"(?P<half>[ap])\.?\s?m\b\.?"
_TIME = rf"(?P<hour>\d{{1,2}})(?:[:.h](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?)?(?:\s*{_HALF})?"
_FIND_TIME = re.compile(rf"(?<!\d)(?=\d+(?:[:h]\d|\s*[ap]\.?m)){_TIME}", re.IGNORECASE)
# A time, a zone, and nothing else.
_REST = rf"\.?(?:[\s,T]+{_TIME}\s*[a-z]{{0,5}}\s*(?:[+-]\d\d:?\d\d)?\s*[(\[]?[a-z/_ ]*[)\]]?)?"
_FIGURES = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<a>\d{{1,2}})(?P<mark>[./-])\s?(?P<b>\d{{1,2}})(?P=mark)\s?(?P<year>\d{{4}}|\d\d){_REST}", re.IGNORECASE
)
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<mark>[./-])\s?(?P<month>\d{{1,2}})(?:(?P=mark)\s?(?P<day>\d{{1,2}}){_REST})?", re.IGNORECASE)
_MONTH_YEAR = re.compile(r"(?P<month>\d{1,2})[/.](?P<year>\d{4})")
_EAST = re.compile(rf"(?P<year>\d{{4}})\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?:(?P<day>\d{{1,2}})\s*[日일]?)?[^\d]*(?:{_TIME})?")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")

# Vowels of some scripts are marks, not letters.
_WORD = r"[^\W\d_][^\s\d.,:;/()'-]*"
_ORDINAL = r"(?:st|nd|rd|th|er|ter|[.ºª°])?"
_MARK = r"[\s.,/-]"
_CLOCK = r"(?:[\s,/-]+\d{1,2}:\d\d(?::\d\d)?(?:\s+(?:[+-]\d{4}|[a-z]{2,5}))?)?"
_NAMED = (
    # 6 June 2025; June 6, 2025, and Fri Jun 06 10:00:00 +0000 2025; 2025 June 6.
    rf"(?<![\d:])(?P<day>\d{{1,2}}){_ORDINAL}{_MARK}*(?:(?:de|of)\s+|d')?(?P<month>{_WORD}){_MARK}*(?:(?:de|del|of)\s+)?(?P<year>\d{{4}})(?![\d:])",
    rf"(?P<month>{_WORD}){_MARK}*(?P<day>\d{{1,2}}){_ORDINAL}(?![\d:]){_CLOCK}[\s,/-]+(?P<year>\d{{4}})(?![\d:])",
    rf"(?P<year>\d{{4}}){_MARK}+(?P<month>{_WORD}){_MARK}+(?P<day>\d{{1,2}})(?![\d:])",
)
_FIND_NAMED = tuple(re.compile(pattern) for pattern in _NAMED)
# June 2025, and 6-Jun-25: too little to be found in a sentence.
_NO_DAY = re.compile(rf"(?P<month>{_WORD}){_MARK}*(?:(?:de|del|of)\s+)?(?P<year>\d{{4}})")
_SHORT_YEAR = re.compile(rf"(?:{_WORD}\.?,?\s+)?(?P<day>\d{{1,2}})(?P<mark>[\s./-])(?P<month>{_WORD})(?P=mark)'?(?P<year>\d\d){_REST}", re.IGNORECASE)

# Names of months without accents, by how they begin. English, Spanish, German, French, Italian, Portuguese, Dutch, Polish, Russian,
# Ukrainian and Swedish; of one month a line.
_NAMES = """
jan january januar januari janvier janv ene enero gen gennaio janeiro styczen stycznia sty январь января янв січень січня січ janner
feb february februar februari fevrier fevr fev febrero febbraio fevereiro luty lutego lut февраль февраля фев лютий лютого лют feber февр
mar march marz mars marzo maart mrt marco marzec marca март марта мар березень березня бер берез maerz mrz marts
apr april avril avr abril abr aprile kwiecien kwietnia kwi апрель апреля апр квітень квітня кві квіт kwie
may mai mayo maggio mag maio mei maj maja май мая травень травня тра трав
jun june juni juin junio giugno giu junho czerwiec czerwca cze июнь июня июн червень червня чер черв
jul july juli juillet juil julio luglio lug julho lipiec lipca lip июль июля июл липень липня лип
aug august aout agosto ago augustus sierpien sierpnia sie август августа авг серпень серпня сер серп augusti
sep sept september septembre septiembre setembro settembre set wrzesien wrzesnia wrz сентябрь сентября сен сент вересень вересня вер верес setiembre
oct october okt oktober octobre octubre ottobre ott outubro out pazdziernik pazdziernika paz октябрь октября окт жовтень жовтня жов жовт
nov november novembre noviembre novembro listopad listopada lis ноябрь ноября ноя нояб листопад листопада лис лист
dec december dez dezember decembre dic diciembre dicembre dezembro grudzien grudnia gru декабрь декабря дек грудень грудня гру груд
"""
_MONTHS = {name: number for number, line in enumerate(_NAMES.split("\n")[1:-1], start=1) for name in line.split()}


def parse_date(value: object, order: Order | None) -> datetime | None:
    """The date and time that a cell or a field tells, as its writer's clock showed it: a zone is dropped, and there is none in the result.
    `order` is what the figures of 06/07/2025 are; without one such a date is none. None for what is no date.

    A month without a day is its first day; a year alone is no date. Figures are also seconds (milli-, micro-, nanoseconds) since
    1970, by the clock of Greenwich, or 20250606 and 20250606123000; numbers that are no text also the days of a spreadsheet.
    """
    if isinstance(value, str):
        text = value.strip()
        if text[4:5] == "-" or text[8:9] == "T":
            try:
                return _sane(datetime.fromisoformat(text))
            except ValueError:
                pass
        # What is longer is a sentence that has a date in it.
        return _parse_text(text, order) if 5 < len(text) <= _LONGEST else None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e20:
        return _SHEET + timedelta(seconds=round(value * 86_400)) if _SERIALS.start <= value < _SERIALS.stop else _from_number(int(value))
    return None


def needs_order(value: object) -> bool:
    """Whether the value is a date in figures of which either of two could be the day: 06/07/2025."""
    found = _match_figures(value)
    return found is not None and found["mark"] != "." and max(_pair(found)) <= 12 and len(set(_pair(found))) == 2


def tell_order(value: object) -> Order | None:
    """What the value, a date in figures, tells of the order of its column: 25/12/2024 is dmy. None if it tells nothing."""
    found = _match_figures(value)
    return _tell(*_pair(found)) if found else None


def _match_figures(value: object) -> re.Match[str] | None:
    # Most dates are 2025-06-06, which is seen at once; and 25-06-06 could begin with the year.
    if not isinstance(value, str) or value[4:5] == "-" or len(value) > _LONGEST:
        return None
    found = _FIGURES.fullmatch(value.strip())
    return None if found and found["mark"] == "-" and len(found["year"]) == 2 else found


def _pair(found: re.Match[str]) -> tuple[int, int]:
    return int(found["a"]), int(found["b"])


def _tell(a: int, b: int) -> Order | None:
    if min(a, b) > 12 or max(a, b) <= 12:
        return None
    return "dmy" if a > 12 else "mdy"


@lru_cache(maxsize=1 << 14)
def _parse_text(text: str, order: Order | None) -> datetime | None:
    if _DIGITS.fullmatch(text):
        return _from_number(int(text.partition(".")[0]))
    if found := _YEAR_FIRST.fullmatch(text) or _EAST.fullmatch(text) or _MONTH_YEAR.fullmatch(text):
        return _build(found, int(found["month"]), int(found.groupdict().get("day") or 1), found)
    if found := _match_figures(text):
        a, b = _pair(found)
        # With dots the day is first, whatever it is with other marks.
        told = _tell(a, b) or ("dmy" if found["mark"] == "." or a == b else order)
        return None if told is None else _build(found, b, a, found) if told == "dmy" else _build(found, a, b, found)
    # Letters without their accents, but й, which is a letter of its own.
    letters = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c) or c == "\u0306")
    return _from_names(unicodedata.normalize("NFC", "".join(letters)).replace("’", "'"))


def _from_names(text: str) -> datetime | None:
    """The one date with the name of a month that the text has, and the first time of day in it."""
    if found := _SHORT_YEAR.fullmatch(text) or _NO_DAY.fullmatch(text):
        return _from_named(found, found)
    time = _FIND_TIME.search(text)
    for pattern in _FIND_NAMED:
        if dates := {built for found in pattern.finditer(text) if (built := _from_named(found, time))}:
            return dates.pop() if len(dates) == 1 else None
    return None


def _from_named(found: re.Match[str], time: re.Match[str] | None) -> datetime | None:
    month = _find_month(found["month"])
    return _build(found, month, int(found.groupdict().get("day") or 1), time) if month else None


def _build(found: re.Match[str], month: int, day: int, time: re.Match[str] | None) -> datetime | None:
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < _PIVOT else 1900
    try:
        return _sane(datetime(year, month, day) + (_read_time(time) if time else timedelta()))
    except ValueError:
        return None


def _read_time(found: re.Match[str]) -> timedelta:
    parts = found.groupdict()
    hour, half = int(parts.get("hour") or 0), (parts.get("half") or "").casefold()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    time = timedelta(hours=hour, minutes=int(parts.get("minute") or 0), seconds=int(parts.get("second") or 0))
    return time if time < timedelta(days=1) else timedelta()


def _from_number(number: int) -> datetime | None:
    """20250606, 20250606123000, or the time since 1970."""
    text = str(number)
    if form := _FORMS.get(len(text)):
        try:
            return _sane(datetime.strptime(text, form))
        except ValueError:
            pass
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if number // unit in _SECONDS:
            return _EPOCH + timedelta(microseconds=number * 1_000_000 // unit)
    return None


@lru_cache(maxsize=1 << 14)
def _find_month(word: str) -> int | None:
    """The number of the month that a word is. dateparser knows those of two hundred languages; it is slow, and asked once for each word."""
    # It would also find one in letters among other signs.
    if word in _MONTHS or not 2 < len(word) < 20 or any(unicodedata.category(character)[0] not in "LM" for character in word):
        return _MONTHS.get(word)
    import dateparser

    parts = ["day", "month", "year"]
    found = dateparser.parse(f"1 {word} 2000", settings={"STRICT_PARSING": True, "REQUIRE_PARTS": parts, "PARSERS": ["absolute-time"]})
    return found.month if found and (found.day, found.year) == (1, 2000) else None


def _sane(found: datetime) -> datetime | None:
    if found.year not in _YEARS:
        return None
    return found.replace(tzinfo=None) if found.tzinfo else found
