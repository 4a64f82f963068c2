from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifiers.features import vectors as module
from classifiers.features.company import Company
from classifiers.features.vectors import english_vectors, read_vectors
from schemas.errors import FramingError

WORDS = ["the", "Slammed", "blasted", "l’État"]
VECTORS = np.array([[0.5, 0.25, -1.0], [1.0, 0.0, 0.0], [3.0, 4.0, 0.0], [0.0, 0.0, 2.0]])
LINES = [f"{word} {' '.join(str(number) for number in row)}" for word, row in zip(WORDS, VECTORS.tolist(), strict=True)]


def text(folder: Path, *lines: str) -> Path:
    path = folder / "mine.vec"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def array(folder: Path, vectors: object = VECTORS, words: str | None = "\n".join(WORDS) + "\n") -> Path:
    path = folder / "mine.npy"
    np.save(path, np.asarray(vectors), allow_pickle=True)
    if words is not None:
        path.with_suffix(".txt").write_text(words, encoding="utf-8")
    return path


def parquet(folder: Path, kind: pl.DataType | None = None, **columns: object) -> Path:
    path = folder / "mine.parquet"
    wanted = kind or pl.Array(pl.Float32, 3)
    table = pl.DataFrame(columns) if columns else pl.DataFrame({"word": WORDS, "vector": VECTORS.tolist()}, schema_overrides={"vector": wanted})
    table.write_parquet(path)
    return path


def fault(path: Path) -> str:
    with pytest.raises(FramingError) as found:
        read_vectors(path)
    line = str(found.value)
    assert "\n" not in line
    assert path.stem in line
    return line


# What is read


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: text(folder, *LINES),
        lambda folder: text(folder, "4 3", *LINES),
        lambda folder: text(folder, *(f"{line} " for line in LINES)),
        array,
        lambda folder: array(folder, np.asfortranarray(VECTORS.astype(np.float16))),
        parquet,
        lambda folder: parquet(folder, pl.List(pl.Float64)),
    ],
    ids=["GloVe", "word2vec", "fastText", "array", "array by columns", "parquet", "parquet of lists"],
)
def test_each_kind_of_file_gives_the_same_words_and_directions(write: Callable[[Path], Path], tmp_path: Path) -> None:
    company = read_vectors(write(tmp_path))
    assert company.words == ("the", "slammed", "blasted", "l'état")
    np.testing.assert_allclose(company.vectors[1:], [[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]])
    np.testing.assert_allclose(company.vectors[0], VECTORS[0] / np.linalg.norm(VECTORS[0]))


def test_what_was_read_is_called_by_its_name_size_and_digest_whatever_kind_of_file_it_was(tmp_path: Path) -> None:
    origins = [read_vectors(write(tmp_path)).origin for write in (lambda folder: text(folder, *LINES), array, parquet)]
    assert origins[0].startswith("mine.vec (4 words, 3 dimensions, SHA-256 of these ")
    assert len({origin.split(" ", 1)[1] for origin in origins}) == 1
    assert read_vectors(text(tmp_path, *LINES[:-1])).origin not in origins


def test_a_word_that_is_a_row_of_dots_is_a_word(tmp_path: Path) -> None:
    assert read_vectors(text(tmp_path, *LINES, ". . . 1 2 3")).words[-1] == ". . ."


def test_text_is_read_with_a_mark_of_its_encoding_and_with_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.vec"
    path.write_bytes(b"\xef\xbb\xbf2 1\nplan 1\n\xff\xfe 2\n")
    assert read_vectors(path).words == ("plan", "��")


def test_no_more_is_read_than_the_most_frequent_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORDS", 2)
    broken = text(tmp_path, "4 3", *LINES[:2], "what follows is not looked at")
    for path in (broken, array(tmp_path), parquet(tmp_path)):
        assert read_vectors(path).words == ("the", "slammed")


# What is not


@pytest.mark.parametrize("name", ["mine.vec", "mine.npy", "mine.parquet"])
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "no such file of word vectors"),
        (Path.mkdir, "it is a folder"),
        (Path.touch, "it is empty"),
        (lambda path: path.write_bytes(b"\n"), ""),
        (lambda path: path.write_bytes(b"\x80\x04]q\x00." * 9), ""),
        (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(99)), ""),
    ],
    ids=["missing", "folder", "empty", "blank", "pickle", "zip"],
)
def test_what_is_no_file_of_vectors_is_refused_in_one_line(make: Callable[[Path], object], says: str, name: str, tmp_path: Path) -> None:
    make(tmp_path / name)
    assert says in fault(tmp_path / name)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([LINES[0], "slammed 1 0"], "line 2 has 2 numbers, and the first has 3"),
        (["4 3", LINES[0], "slammed 1 0"], "line 3 has 2 numbers"),
        ([LINES[0], "slammed 1 0 0 0"], "line 2 has 4 numbers, and the first has 3"),
        ([LINES[0], "slammed 1 O 0"], "line 2 has 'O' where a number should be"),
        ([LINES[0], "", LINES[1]], "line 2 has 0 numbers"),
        (["4 3", *LINES[:2]], "says that there are 4 words, and there are 2"),
        (["4 3"], "says that there are 4 words, and there are 0"),
        (["0 3"], "holds no word vectors"),
        (["the slammed blasted"], "'slammed' where a number should be"),
        (["the"], "1 words with 0 numbers"),
        ([LINES[0], "slammed 1 nan 0"], "'slammed' (number 2) has a number that is missing, not finite or too large"),
        ([LINES[0], "slammed 1 -inf 0"], "'slammed' (number 2)"),
        ([LINES[0], "slammed 1 1e200 0"], "'slammed' (number 2)"),
        (["x " + "0 " * 1001], "1,001 numbers each"),
        (["x" * 250_000], "numbers"),
    ],
)
def test_text_that_is_damaged_is_refused_with_the_line(lines: list[str], says: str, tmp_path: Path) -> None:
    assert says in fault(text(tmp_path, *lines))


@pytest.mark.parametrize(
    ("vectors", "words", "says"),
    [
        (VECTORS, None, "the list of its words, mine.txt, is not beside it"),
        (VECTORS, "the\nslammed\n", "2 words in mine.txt and 4 vectors"),
        (VECTORS, "\n".join(["one", *WORDS]), "5 words in mine.txt and 4 vectors"),
        (np.array([["a", 1.0]], dtype=object), "the\n", "Python objects"),
        (np.array([["1", "2"]]), "the\n", "an array of <U1"),
        (VECTORS + 1j, "\n".join(WORDS), "complex"),
        (VECTORS[0], "a\nb\nc\n", "with 1 dimensions"),
        (np.float64(3), "the\n", "with 0 dimensions"),
        (np.zeros((2, 1001)), "a\nb\n", "1,001 numbers each"),
        (np.where(VECTORS == 2, np.nan, VECTORS), "\n".join(WORDS), "'l’État' (number 4)"),
    ],
    ids=["no list", "short list", "long list", "objects", "strings", "complex", "row", "number", "wide", "nan"],
)
def test_an_array_that_is_no_table_of_words_is_refused(vectors: object, words: str | None, says: str, tmp_path: Path) -> None:
    assert says in fault(array(tmp_path, vectors, words))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"word": ["a"], "numbers": [[1.0]]}, "its columns are word (String), numbers (List(Float64))"),
        ({"word": [1], "vector": [[1.0]]}, "its columns are word (Int64)"),
        ({"word": ["a"], "vector": [["x"]]}, "vector (List(String))"),
        ({"word": ["a"], "vector": [[[1.0]]]}, "vector (List(List(Float64)))"),
        ({"word": ["a", "b"], "vector": [[1.0], [1.0, 2.0]]}, "vectors of 1 and of 2 numbers"),
        ({"word": ["a", "b"], "vector": [[1.0], None]}, "a word or a vector is missing"),
        ({"word": ["a", None], "vector": [[1.0], [2.0]]}, "a word or a vector is missing"),
        ({"word": ["a", "b"], "vector": [[1.0], [None]]}, "'b' (number 2) has a number that is missing"),
        ({"word": pl.Series([], dtype=pl.String), "vector": pl.Series([], dtype=pl.List(pl.Float64))}, "0 words"),
        ({"word": ["a"], "vector": pl.Series([[]], dtype=pl.List(pl.Float64))}, "1 words with 0 numbers"),
    ],
)
def test_a_parquet_file_that_is_no_table_of_words_is_refused(columns: dict[str, object], says: str, tmp_path: Path) -> None:
    assert says in fault(parquet(tmp_path, **columns))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(write=st.sampled_from([array, parquet, lambda folder: text(folder, "4 3", *LINES)]), data=st.data())
def test_a_byte_that_was_changed_or_an_end_that_was_lost_is_refused_or_does_no_harm(
    write: Callable[[Path], Path], data: st.DataObject, tmp_path: Path
) -> None:
    path = write(tmp_path)
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    # Whatever else it may raise is a failure.
    with suppress(FramingError):
        assert np.isfinite(read_vectors(path).vectors).all()


# Those that ship


def test_those_that_ship_are_of_as_many_words_as_are_read_and_say_where_they_are_from(english: Company) -> None:
    assert len(english.words) == 80_000
    assert english_vectors().origin == f"GloVe 6B ({len(english_vectors().words):,} words, 50 dimensions)"
    assert english_vectors() is english_vectors()


def test_those_that_ship_know_words_that_are_used_alike(english: Company) -> None:
    place = {word: i for i, word in enumerate(english.words)}

    def nearness(one: str, other: str) -> float:
        return float(english.vectors[place[one]] @ english.vectors[place[other]])

    assert nearness("slammed", "blasted") > nearness("slammed", "harbour") + 0.2
    assert nearness("terrific", "fantastic") > nearness("terrific", "paragraph") + 0.2


def test_they_are_read_by_nothing_but_training() -> None:
    code = "import sys, classifiers, framing.main, classifiers.model.folder; sys.exit('classifiers.features.vectors' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
