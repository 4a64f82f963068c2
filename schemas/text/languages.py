"""What the toolkit knows of languages: a file of words for each that it reads (`languages/<code>.toml`), and what languages are called."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.errors import FramingError
from schemas.text.language_names import NAMES

__all__ = ["DEFAULT", "LANGUAGES", "Language", "language_code", "language_name", "read_language"]

_FOLDER = Path(__file__).parent / "languages"
# The codes of the languages that have a file.
LANGUAGES: tuple[str, ...] = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
# The one whose words hold where a text's own has no file, or none of a kind, or is not known.
DEFAULT = "en"
# Words that say that the language is not known, or that there is none.
_UNKNOWN = frozenset(("", "und", "mul", "mis", "zxx", "unknown", "none", "null"))
_CODE = re.compile(r"[a-z]{2,3}")


class Language(NamedTuple):
    """Words of a language, each as it stands in a text, and without its final stop if it is an abbreviation."""

    code: str
    name: str
    abbreviations: tuple[str, ...] = ()
    # Whether a number with a stop is an ordinal ("3. Oktober"), and whether a dash that opens a paragraph opens speech.
    ordinals: bool = False
    dialogue: bool = False
    # What names are told by: titles and offices before them, days and months, and words of the names of institutions and parties, in lower case.
    titles: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    # The commonest words, in lower case.
    common: tuple[str, ...] = ()
    # What joins the parts of a name.
    joints: tuple[str, ...] = ()
    # What quotations and their speakers are told by.
    speech: tuple[str, ...] = ()
    judging: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    so_called: tuple[str, ...] = ()
    according: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    selves: tuple[str, ...] = ()
    determiners: tuple[str, ...] = ()
    auxiliaries: tuple[str, ...] = ()
    complementisers: tuple[str, ...] = ()
    comparisons: tuple[str, ...] = ()
    sayings: tuple[str, ...] = ()


@cache
def read_language(code: str) -> Language:
    """The language with this code, one of LANGUAGES. Raises FramingError for another, and for a file that does not hold what it should."""
    path = _FOLDER / f"{code}.toml"
    if code not in LANGUAGES:
        raise FramingError("no words of this language are known", code, f"Known are: {', '.join(LANGUAGES)}")
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FramingError(f"cannot be read ({error})", path, "Install framing-toolkit anew") from error
    values: dict[str, object] = {}
    for key, value in found.items():
        wanted = type(Language._field_defaults.get(key, "")) if key in Language._fields[1:] else None
        given = tuple(value) if isinstance(value, list) and all(isinstance(word, str) and word for word in value) else value
        if type(given) is not wanted:
            raise FramingError(f"{key!r} is no key of a language, or its value is of another kind", path, "See de.toml beside it")
        values[key] = given
    if not values.get("name"):
        raise FramingError("the language has no name", path, "Add name = ...")
    return Language(code, **values)  # type: ignore[arg-type]


def language_name(code: str) -> str:
    """German, for de; the code itself where no name is known."""
    return _called().get(code, code)


@cache
def _called() -> dict[str, str]:
    # The first of a language's names that is no code.
    return {code: name.title() for name, code in reversed([*NAMES.items()]) if not _CODE.fullmatch(name)}


def language_code(name: str | None) -> str:
    """The code of a language that somebody named by a code (de, de-AT, de_AT, ger, deu) or in English (German); "" where it is not known.

    A code that the toolkit has never heard of is kept.
    """
    said = (name or "").strip().lower()
    if said in NAMES:
        return NAMES[said]
    code = re.split("[-_]", said, maxsplit=1)[0]
    if code in _UNKNOWN:
        return ""
    return NAMES.get(code, code if _CODE.fullmatch(code) else "")
