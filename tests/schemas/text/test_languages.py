"""What is known of languages, and what they are called."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from schemas.errors import FramingError
from schemas.text import languages
from schemas.text.languages import LANGUAGES, Language, language_code, language_name, read_language


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_file_of_a_language_holds_what_the_code_reads(code: str) -> None:
    language = read_language(code)
    assert (language.code, language_code(language.name)) == (code, code)
    assert all(word == word.lower() and " " not in word for word in language.common)
    assert not any(word.endswith(".") for word in language.abbreviations)
    for words in language:
        if isinstance(words, tuple):
            assert len(set(words)) == len(words)
    assert read_language(code) is language


def test_the_codes_are_sorted_and_english_is_among_them() -> None:
    assert "en" in LANGUAGES
    assert list(LANGUAGES) == sorted(LANGUAGES)


def test_a_language_without_a_file_is_an_error_that_names_those_with_one() -> None:
    with pytest.raises(FramingError, match=r"tlh.*Known are: .*en"):
        read_language("tlh")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('name = "X"\ncommon = "the"', "'common'"),
        ('name = "X"\nabbreviations = ["Dr", 3]', "'abbreviations'"),
        ('name = "X"\nabbreviations = [""]', "'abbreviations'"),
        ('name = "X"\nordinals = 1', "'ordinals'"),
        ('name = "X"\nverbs = ["say"]', "'verbs'"),
        ('name = "X"\ncode = "y"', "'code'"),
        ("ordinals = true", "no name"),
        ("name = ", "cannot be read"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(content: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xx.toml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(languages, "_FOLDER", tmp_path)
    monkeypatch.setattr(languages, "LANGUAGES", ("xx",))
    with pytest.raises(FramingError, match=complaint):
        read_language("xx")
    read_language.cache_clear()


def test_what_a_file_leaves_out_is_empty() -> None:
    assert Language("xx", "X").abbreviations == ()
    assert not Language("xx", "X").ordinals


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("ger", "de"), ("deu", "de"), ("German", "de"), (" german ", "de")),
        *(("zh-Hant-TW", "zh"), ("eng", "en"), ("English", "en"), ("pt-BR", "pt"), ("Norwegian Bokmål", "nb"), ("iw", "he")),
        # Unheard of, and yet a code.
        *(("tlh", "tlh"), ("xx-XX", "xx")),
        *((None, ""), ("", ""), ("und", ""), ("unknown", ""), ("English please", ""), ("12", ""), ("-", "")),
    ],
)
def test_a_language_is_known_by_its_codes_and_its_english_name(name: str | None, code: str) -> None:
    assert language_code(name) == code


def test_the_files_are_in_the_wheel() -> None:
    project = tomllib.loads((Path(languages.__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    # Hatchling takes everything that stands in a package.
    assert "schemas" in wheel["packages"]
    assert not {"include", "exclude", "only-include"} & set(wheel)


@pytest.mark.parametrize(("code", "name"), [("de", "German"), ("zh", "Chinese"), ("es", "Spanish"), ("nb", "Norwegian Bokmål"), ("xx", "xx")])
def test_a_code_is_called_by_the_first_name_of_its_language(code: str, name: str) -> None:
    assert language_name(code) == name
    assert language_code(name) == code
