"""Whatever happened to a corpus on its way, it is read in part with reasons, or refused in one line."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotate.corpora import CORPORA, labelstudio
from annotate.corpora.collection import Collection
from schemas.codebook import load_codebook
from schemas.dataset import read_dataset, write_dataset
from schemas.errors import FramingError

JUNK = (
    b"",
    b"\0",
    b"\x89PNG\r\n\x1a\n\0\1\2\xff" * 30,
    b"\xff\xfe",
    b"[]",
    b"{}",
    b"null",
    b"[[[[",
    "é\u0301\ufeff\r".encode(),
    b"a,b\n1\n",
    b"\t\n" * 50,
)
READERS: dict[str, Callable[[Path], Collection]] = {**CORPORA, "labelstudio": lambda path: labelstudio.read(path, load_codebook("babe"), {})}


@pytest.fixture
def whole(
    corpus: Path,
    put: Callable[[str, object], Path],
    put_ptc: Callable[..., None],
    put_final: Callable[..., Path],
    put_raw: Callable[..., Path],
    put_basil: Callable[..., None],
    put_meme_list: Callable[..., Path],
) -> Callable[[str], Path]:
    """A sound little corpus of each kind."""

    def build(name: str) -> Path:
        if name == "ptc":
            for number in (7, 8):
                put_ptc(number, f"Gate {number}\n\nA savage café.\n", {"savage": "Loaded_Language"})
        elif name == "babe":
            put_final(("A savage café.", "Biased", "Entirely factual", ["savage"]), ("A gull.", "Non-biased", "Entirely factual", []))
            put_raw(("A savage café.", 3, "Biased", "Entirely factual", "savage"), ("A gull.", 3, "Non-biased", "Entirely factual", None))
        elif name == "basil":
            for number in ("1", "2"):
                put_basil(number, [["The gate.", "A savage café."]], [("p1", "savage", "lex")], "left")
        elif name == "semeval2021":
            put_meme_list(("1", "A savage café.", {"savage": "Loaded Language"}), ("2", "A gull.", {}))
        elif name == "gvfc":
            put("train.csv", "Example,Category\nA march of cafés,Public Opinion\nA vote,Politics\n")
        else:
            value = {"start": 2, "end": 8, "text": "savage", "labels": ["biased_words"]}
            result = [{"type": "labels", "from_name": "spans", "value": value}]
            annotation = {"id": 1, "completed_by": 1, "result": result}
            put("export.json", [{"id": 1, "data": {"text": "A savage café."}, "annotations": [annotation]}])
        return corpus

    return build


def damages(content: bytes) -> Iterator[bytes]:
    yield from JUNK
    yield from (content[: len(content) * part // 7] for part in range(1, 7))
    dice = random.Random(7)
    for _ in range(8):
        changed = bytearray(content)
        for place in dice.sample(range(len(content)), min(3, len(content))):
            changed[place] = dice.randrange(256)
        yield bytes(changed)


def import_or_refuse(name: str, path: Path, out: Path) -> bool:
    """Whether it could be read, at least in part. What was written must read back without a further complaint."""
    refusal = None
    try:
        dataset = READERS[name](path).dataset()
    except FramingError as error:
        refusal = error
    if refusal is not None:
        assert refusal.todo
        return False
    written = write_dataset(out, dataset)
    assert read_dataset(out).rejected == written.rejected
    assert not any("quote is not" in entry["reason"] for entry in written.rejected)
    return True


@pytest.mark.parametrize("name", READERS)
def test_a_sound_corpus_is_read_without_complaint(name: str, whole: Callable[[str], Path], tmp_path: Path) -> None:
    collection = READERS[name](whole(name))
    written = write_dataset(tmp_path / "out", collection.dataset())
    assert (written.rejected, dict(collection.notices)) == ([], {})
    assert written.gold is not None or written.annotations is not None


@pytest.mark.parametrize("name", READERS)
def test_any_one_file_may_be_damaged(name: str, whole: Callable[[str], Path], tmp_path: Path) -> None:
    folder = whole(name)
    several = name in ("ptc", "basil")
    for number, file in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        sound = file.read_bytes()
        for kind, damaged in enumerate(damages(sound)):
            file.write_bytes(damaged)
            # One damaged file among many is never fatal.
            assert import_or_refuse(name, folder, tmp_path / f"out-{number}-{kind}") or not several, (file, damaged)
        file.unlink()
        assert import_or_refuse(name, folder, tmp_path / f"out-{number}-gone") or not several
        file.mkdir()
        assert import_or_refuse(name, folder, tmp_path / f"out-{number}-folder") or not several
        file.rmdir()
        file.write_bytes(sound)


@pytest.mark.parametrize("name", READERS)
def test_a_wrong_place_is_refused(name: str, whole: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.pdf").write_bytes(b"%PDF-1.4\0\1\2")
    for path in ("gone", "empty", "other", "other/notes.pdf"):
        assert not import_or_refuse(name, tmp_path / path, tmp_path / "out")


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("other", READERS)
def test_another_corpus_is_refused_or_set_aside(name: str, other: str, whole: Callable[[str], Path], tmp_path: Path) -> None:
    folder = whole(other)
    assert import_or_refuse(name, folder, tmp_path / "out") == (name == other)
    for number, file in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        import_or_refuse(name, file, tmp_path / f"out-{number}")
