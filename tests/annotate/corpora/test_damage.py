"""Whatever happened to a corpus on its way, it is read in part with reasons, or refused in one line."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from annotate.corpora import CORPORA, TABLES, TOOLS, Importer, labelstudio
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


def by_names_found(read: Importer) -> Callable[[Path], Collection]:
    return lambda path: read(path, None, {})


Put = Callable[[str, object], Path]
# CAS JSON has its own, for the file is long.
READERS: dict[str, Callable[[Path], Collection]] = {
    **CORPORA,
    **{name: by_names_found(read) for name, read in (TOOLS | TABLES).items() if name != "cas"},
    "labelstudio": lambda path: labelstudio.read(path, load_codebook("babe"), {}),
}


def put_semeval2023(corpus: Path, put: Put) -> None:
    for number in (7, 8):
        put(f"train-articles-subtask-3/article{number}.txt", f"Gate {number}\n\nA savage café.\n")
        put(f"train-labels-subtask-3-spans/article{number}-labels-subtask-3.txt", f"{number}\tLoaded_Language\t10\t16\n")
    put("train-labels-subtask-1.txt", "7\topinion\n8\tsatire\n")


def put_unlp(corpus: Path, put: Put) -> None:
    posts = {"id": ["a", "b"], "content": ["Дикий план 🚢.", "Гавань."], "manipulative": [True, False]}
    found = {"techniques": [["loaded_language"], None], "trigger_words": [[[0, 5]], None]}
    (corpus / "x").mkdir(parents=True)
    pl.DataFrame(posts | found).write_parquet(corpus / "x" / "train.parquet")


def put_armpro(corpus: Path, put: Put) -> None:
    label = {"technique": "Loaded_Language", "start": 0, "end": 4, "text": "خطة "}
    put("dev.jsonl", {"paragraph_id": "p1", "paragraph": "خطة وحشية", "labels": [label], "page_domain": "gull.example"})


def put_webanno(corpus: Path, put: Put) -> None:
    head = "#FORMAT=WebAnno TSV 3.2\n#T_SP=custom.Loaded|value\n\n\n"
    put("a.tsv", f"{head}#Text=A savage café.\n1-1\t0-1\tA\t_\t\n1-2\t2-8\tsavage\tLoud\t\n1-3\t9-14\tcafé.\t_\t\n")


def put_conll(corpus: Path, put: Put) -> None:
    put("a.conll", "-DOCSTART-\ta\n\nA\tO\nsavage\tB-Loud\ncafé\tI-Loud\n.\tO\n")


def put_docbin(corpus: Path, put: Put) -> None:
    doc = Doc(Vocab(), words=["A", "savage", "café"], spaces=[True, True, False])
    doc.spans["sc"] = [Span(doc, 1, 2, label="Loud")]
    corpus.mkdir(parents=True)
    DocBin(docs=[doc], store_user_data=True).to_disk(corpus / "a.spacy")


def put_table(corpus: Path, put: Put) -> None:
    put("codes.csv", "article_id,annotator,label,start,end,quote,text\n1,ada,Loud,2,8,savage,A savage café.\n2,ada,,,,,A gull.\n")


def put_doccano(corpus: Path, put: Put) -> None:
    put("all.jsonl", {"id": 1, "text": "A savage café.", "label": [[2, 8, "Loud"]]})


def put_prodigy(corpus: Path, put: Put) -> None:
    put(
        "a.jsonl",
        {"text": "A savage café.", "_input_hash": 1, "_task_hash": 2, "answer": "accept", "spans": [{"start": 2, "end": 8, "label": "Loud"}]},
    )


def put_brat(corpus: Path, put: Put) -> None:
    put("a.txt", "A savage café.")
    put("a.ann", "T1\tLoud 2 8\tsavage\n")


def put_newsmtsc(corpus: Path, put: Put) -> None:
    target = {"from": 2, "to": 8, "mention": "savage", "polarity": 2.0}
    put("train.jsonl", {"primary_gid": "allsides_1_2_3_savage_2_8", "sentence_normalized": "A savage café.", "targets": [target]})


def put_semeval2025(corpus: Path, put: Put) -> None:
    for number in (7, 8):
        put(f"EN/raw-documents/EN_CC_{number}.txt", f"Gate {number}\n\nA savage café.\n")
    put("EN/subtask-1-annotations.txt", "EN_CC_7.txt\tsavage\t10\t16\tInnocent\tVictim\nEN_CC_8.txt\tA savage\t8\t16\tAntagonist\tSpy\n")


LATER = {
    "doccano": put_doccano,
    "prodigy": put_prodigy,
    "brat": put_brat,
    "semeval2023": put_semeval2023,
    "unlp": put_unlp,
    "armpro": put_armpro,
    "newsmtsc": put_newsmtsc,
    "semeval2025": put_semeval2025,
    "webanno": put_webanno,
    "conll": put_conll,
    "docbin": put_docbin,
    "table": put_table,
}


@pytest.fixture
def whole(
    corpus: Path,
    put: Put,
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
        elif name in LATER:
            LATER[name](corpus, put)
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
    for _ in range(4):
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
    usual = ("texts put together of their tokens", "rows of a file that does not say who", "tasks that do not say who", "files that do not say who")
    told = [text for text, count in collection.notices.items() if count and not text.startswith(usual)]
    assert (written.rejected, told) == ([], [])
    assert written.gold is not None or written.annotations is not None


@pytest.mark.parametrize("name", READERS)
def test_any_one_file_may_be_damaged(name: str, whole: Callable[[str], Path], tmp_path: Path) -> None:
    folder = whole(name)
    several = name in ("ptc", "basil", "semeval2023")
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
    # Any table with a label may be one of annotations.
    assert import_or_refuse(name, folder, tmp_path / "out") == (name == other) or (name, other) == ("table", "babe")
    for number, file in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        import_or_refuse(name, file, tmp_path / f"out-{number}")
