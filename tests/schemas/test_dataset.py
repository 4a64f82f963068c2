"""A dataset folder comes back as it was written, and what is wrong in it is set aside or said."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from framing.sample import read_sample
from schemas.checks import partition_quotes
from schemas.codebook import Attribute, Codebook, Value
from schemas.dataset import Dataset, digest_dataset, read_dataset, write_dataset, write_jsonl
from schemas.errors import FramingError
from schemas.parquet import read_parquet
from schemas.tables import ATTRIBUTE
from tests.mutations import copy_folder, mutate_folder, mutate_toml

# A table of one text, with one bit of its footer flipped: polars 2.1 panics over it instead of raising.
FLIPPED = (
    "UEFSMRUEFQ4VDkwVAhUAAAADAAAAb25lFQAVEBUQLBUCFRAVBhUGAAACAAAAAgEAAxUMGTUABhAZGAR0ZXh0FQAWAhZaFlomMCYIABkcFjAVMhYAAAAVAhksSARyb290FQIAFQwlAhgEdGV4"
    "dCUATBwAAAAWAhkcGRwmigEcFQwZNQAGEBkYBHRleHQVABYCFloWWiYwJgkAFpgBFRQAFloWAiYIFloUAAAZHBgMQVJST1c6c2NoZW1hGJwBLy8vLy8yMEFBQUFFQUFBQTh2Ly8veFFBQUFB"
    "RUFBRUFBQUFLQUFzQUNBQUtBQVFBK1AvLy93d0FBQUFJQUFnQUFBQUVBQUVBQUFBRUFBQUE3UC8vL3l3QUFBQWdBQUFBR0FBQUFBRVVBQUFRQUJJQUJBQVFBQkVBQ0FBQUFBd0FBQUFBQVB6"
    "Ly8vOEVBQVFBQkFBQUFIUmxlSFFBABhOUG9sYXJzIChweXRob24pIHZlcnNpb24gMi4xLjAgKGJ1aWxkIDdmOTAyYmQzZmZkMjdmZjgyZDE0Mjc4YTA5YTI5NWZmMmY3YWVkOTIpGRwcAAAA"
    "WgEAAFBBUjE="
)
# Run in a process of its own: from here on no file can grow beyond 20 kB, as on a full disk.
FULL_DISK = """
import resource, secrets, signal, sys
from pathlib import Path
import polars as pl
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
rows = [{"article_id": str(i), "text": secrets.token_hex(200)} for i in range(1000)]
try:
    write_dataset(Path(sys.argv[1]), Dataset(pl.DataFrame(rows)))
except FramingError as error:
    print(error)
    sys.exit(3)
"""


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def set_aside(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rejected.jsonl").read_text(encoding="utf-8").split("\n") if line]


def test_a_dataset_reads_back_as_it_was_written(tmp_path: Path, dataset: Dataset) -> None:
    written = write_dataset(tmp_path / "d", dataset)
    read = read_dataset(tmp_path / "d")
    assert read.annotations is not None
    assert written.annotations is not None
    assert read.articles.equals(written.articles)
    assert read.annotations.equals(written.annotations)
    assert read.codebook == dataset.codebook
    assert (read.gold, read.rejected) == (None, [])
    assert read.articles["article_id"].to_list() == ["007", "b"]
    assert read.articles["ward"].to_list() == ["north", "south"]
    assert sorted(files(tmp_path / "d")) == ["annotations.parquet", "articles.parquet", "codebook.toml", "rejected.jsonl"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "careless"},
        {"start": 14, "end": 22},
        {"start": 300, "end": 308},
        {"article_id": "unknown"},
        {"quote": "RECKLESS"},
    ],
)
def test_a_row_whose_quote_is_not_the_text_is_set_aside(tmp_path: Path, dataset: Dataset, wrong: dict[str, Any]) -> None:
    assert dataset.annotations is not None
    rows = dataset.annotations.to_dicts()
    bad = pl.DataFrame([*rows, rows[0] | wrong])
    written = write_dataset(tmp_path, replace(dataset, annotations=bad))
    assert written.annotations is not None
    assert written.annotations.height == len(rows)
    (refused,) = set_aside(tmp_path)
    assert refused["row"] | wrong == refused["row"]
    assert refused["reason"]


STANCE = Attribute(
    name="stance",
    kind="choice",
    definition="Whom it is against.",
    values=(Value(name="against", definition="Against."), Value(name="for", definition="For.")),
)


def with_attribute(dataset: Dataset, **changes: Any) -> Dataset:
    """The dataset, a span of which says whom it is against."""
    rows = dataset.require_annotations("test").to_dicts()
    span = next(row for row in rows if row.get("start") is not None)
    codebook = dataset.require_codebook("test").model_copy(update={"attributes": (STANCE,)})
    table = pl.DataFrame([*rows, span | {"attribute": "stance", "value": "against"} | changes], infer_schema_length=None)
    return replace(dataset, annotations=table, codebook=codebook)


def test_what_is_said_of_a_span_reads_back_beside_it(tmp_path: Path, dataset: Dataset) -> None:
    write_dataset(tmp_path, with_attribute(dataset))
    said = read_dataset(tmp_path).require_annotations("test").filter(ATTRIBUTE)
    assert said.select("attribute", "value").rows() == [("stance", "against")]


def test_what_is_said_of_a_span_that_is_not_there_is_set_aside(tmp_path: Path, dataset: Dataset) -> None:
    written = write_dataset(tmp_path, with_attribute(dataset, annotator="somebody else"))
    assert written.require_annotations("test").filter(ATTRIBUTE).is_empty()
    assert [entry["reason"] for entry in set_aside(tmp_path)] == ["the span that it is an attribute of is not there"]


@pytest.mark.parametrize(
    ("changes", "fault"), [({"value": "about"}, "value 'about' of attribute 'stance'"), ({"attribute": "target"}, "attribute 'target' of")]
)
def test_an_attribute_that_the_codebook_lacks_is_an_error(tmp_path: Path, dataset: Dataset, changes: dict[str, str], fault: str) -> None:
    with pytest.raises(FramingError, match=fault):
        write_dataset(tmp_path, with_attribute(dataset, **changes))


def test_an_attribute_of_one_value_has_one(tmp_path: Path, dataset: Dataset) -> None:
    once = with_attribute(dataset)
    rows = once.require_annotations("test")
    again = rows.filter(ATTRIBUTE).with_columns(value=pl.lit("for"))
    with pytest.raises(FramingError, match="several answers to 'stance', which takes one"):
        write_dataset(tmp_path, replace(once, annotations=pl.concat([rows, again])))


def test_a_row_that_became_false_on_disk_is_left_out_when_read_and_listed(tmp_path: Path, dataset: Dataset) -> None:
    write_dataset(tmp_path, dataset)
    path = tmp_path / "articles.parquet"
    pl.read_parquet(path).with_columns(pl.col("text").str.replace("reckless", "careful_")).write_parquet(path)
    read = read_dataset(tmp_path)
    assert read.annotations is not None
    assert read.annotations["quote"].to_list() == [None, None]
    assert [refused["row"]["quote"] for refused in read.rejected] == ["reckless"]


def test_an_answer_about_an_unknown_article_is_not_said_to_have_a_false_quote(tmp_path: Path, dataset: Dataset) -> None:
    assert dataset.annotations is not None
    stray = dataset.annotations.filter(pl.col("value").is_not_null()).with_columns(article_id=pl.lit("unknown"))
    write_dataset(tmp_path, replace(dataset, annotations=pl.concat([dataset.annotations, stray])))
    (refused,) = set_aside(tmp_path)
    assert "quote" not in refused["reason"]


def test_quotes_are_compared_in_code_points_also_beyond_the_basic_plane() -> None:
    articles = pl.DataFrame({"article_id": ["a"], "text": ["👩\u200d🚀x\u030c end"]})
    rows = pl.DataFrame({"article_id": ["a", "a"], "start": [3, 6], "end": [5, 9], "quote": ["x\u030c", "end"]})
    good, bad = partition_quotes(rows, articles)
    assert (good.rows(), bad.height) == (rows.rows(), 0)


def test_rows_that_were_set_aside_are_still_listed_after_reading_and_writing_again(tmp_path: Path, dataset: Dataset) -> None:
    """As `framing adjudicate` does after `framing pull`."""
    write_dataset(tmp_path, replace(dataset, rejected=[{"reason": "no such label", "row": {"task": 7}}]))
    write_dataset(tmp_path, read_dataset(tmp_path))
    assert set_aside(tmp_path) == [{"reason": "no such label", "row": {"task": 7}}]


def test_tables_that_are_not_given_are_left_as_they_are(tmp_path: Path, dataset: Dataset) -> None:
    write_dataset(tmp_path, dataset)
    before = files(tmp_path)
    write_dataset(tmp_path, Dataset(dataset.articles))
    assert files(tmp_path) == before


def test_annotations_that_are_replaced_by_others_are_kept_as_a_dated_copy(tmp_path: Path, dataset: Dataset) -> None:
    write_dataset(tmp_path, dataset)
    first = (tmp_path / "annotations.parquet").read_bytes()
    write_dataset(tmp_path, dataset)
    assert not (tmp_path / "history").exists()
    assert dataset.annotations is not None
    write_dataset(tmp_path, replace(dataset, annotations=dataset.annotations.head(1)))
    (copy,) = (tmp_path / "history").iterdir()
    assert copy.read_bytes() == first


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"not a table at all", None], ids=["empty", "magic only", "text", "cut off"])
def test_a_damaged_table_is_an_error_that_names_the_file(tmp_path: Path, dataset: Dataset, damage: bytes | None) -> None:
    write_dataset(tmp_path, dataset)
    path = tmp_path / "annotations.parquet"
    path.write_bytes(path.read_bytes()[:-20] if damage is None else damage)
    with pytest.raises(FramingError, match=r"damaged|not a Parquet") as caught:
        read_dataset(tmp_path)
    assert caught.value.where == str(path)


def test_a_table_with_one_flipped_bit_is_an_error_and_not_a_panic(tmp_path: Path) -> None:
    path = tmp_path / "articles.parquet"
    path.write_bytes(base64.b64decode(FLIPPED))
    with pytest.raises(FramingError, match="damaged"):
        read_parquet(path)


def test_a_damaged_table_can_be_mended_by_writing_it_again(tmp_path: Path, dataset: Dataset) -> None:
    """That is what the error about the damaged table advises."""
    write_dataset(tmp_path, dataset)
    (tmp_path / "annotations.parquet").write_bytes(b"damaged")
    write_dataset(tmp_path, dataset)
    read = read_dataset(tmp_path)
    assert read.annotations is not None
    assert read.annotations.height == 3


def test_a_codebook_in_another_encoding_is_an_error_of_ours(tmp_path: Path, dataset: Dataset) -> None:
    write_dataset(tmp_path, dataset)
    (tmp_path / "codebook.toml").write_bytes('title = "café"'.encode("latin-1"))
    with pytest.raises(FramingError, match=r"codebook\.toml"):
        read_dataset(tmp_path)


def test_a_folder_that_is_no_dataset_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(FramingError, match="framing ingest"):
            read_dataset(folder)


def test_a_score_folder_is_said_to_be_one_and_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    pl.DataFrame({"article_id": ["a"], "tokens": [3]}).write_parquet(tmp_path / "articles.parquet")
    with pytest.raises(FramingError, match=r"is a score folder, and a dataset is wanted\. Give the dataset"):
        read_dataset(tmp_path)


def test_a_table_that_is_not_there_is_asked_for_by_the_verb_that_makes_it(articles: pl.DataFrame) -> None:
    dataset = Dataset(articles)
    for require, verb in ((dataset.require_annotations, "pull"), (dataset.require_gold, "adjudicate"), (dataset.require_codebook, "pull")):
        with pytest.raises(FramingError, match=f"framing {verb}"):
            require("here")


def test_a_full_disk_is_one_error_and_the_dataset_is_as_it_was(tmp_path: Path, dataset: Dataset) -> None:
    folder, root = tmp_path / "d", Path(__file__).parents[2]
    write_dataset(folder, dataset)
    before = files(folder)
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(folder)], capture_output=True, text=True, check=False, cwd=root)
    assert files(folder) == before
    assert done.returncode == 3, done.stderr
    assert "nothing was changed" in done.stdout


def test_a_refused_table_changes_nothing_on_disk(tmp_path: Path, dataset: Dataset) -> None:
    write_dataset(tmp_path, dataset)
    before = files(tmp_path)
    twice = pl.concat([dataset.articles, dataset.articles])
    with pytest.raises(FramingError, match="primary_key"):
        write_dataset(tmp_path, replace(dataset, articles=twice))
    assert files(tmp_path) == before


def test_the_digest_sees_texts_marks_and_codebook_and_not_times_ids_or_order(dataset: Dataset, tmp_path: Path) -> None:
    written = write_dataset(tmp_path, dataset)
    assert written.annotations is not None
    assert isinstance(written.codebook, Codebook)
    digest = digest_dataset(written)
    again = written.annotations.with_columns(annotation_id=pl.lit("9"), updated_at=pl.lit("2026")).reverse()
    assert digest_dataset(replace(written, annotations=again, articles=written.articles.reverse())) == digest
    others = [
        replace(written, annotations=written.annotations.head(2)),
        replace(written, articles=written.articles.with_columns(text=pl.col("text") + "!")),
        replace(written, codebook=written.codebook.model_copy(update={"version": "1.0.1"})),
    ]
    assert digest not in {digest_dataset(other) for other in others}


def test_lines_of_json_hold_anything_also_line_separators_and_half_a_surrogate_pair(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"a": "one\u2028two\nthree", "b": None}, {"a": "half \ud83d", "b": 1}]
    write_jsonl(tmp_path / "rows.jsonl", rows)
    assert [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").split("\n") if line] == rows


@pytest.mark.parametrize("wrong", [{"label": "Old_Label"}, {"label": "bias"}])
def test_a_span_with_a_label_that_the_codebook_lacks_is_an_error_when_read(tmp_path: Path, dataset: Dataset, wrong: dict[str, str]) -> None:
    assert dataset.annotations is not None
    rows = dataset.annotations.to_dicts()
    strange = pl.DataFrame([rows[0] | wrong, *rows[1:]])
    with pytest.raises(FramingError, match=wrong["label"]):
        write_dataset(tmp_path / "new", replace(dataset, annotations=strange))
    assert not (tmp_path / "new").exists()
    write_dataset(tmp_path, dataset)
    strange.write_parquet(tmp_path / "annotations.parquet")
    with pytest.raises(FramingError, match=wrong["label"]):
        read_dataset(tmp_path)


@pytest.mark.parametrize("wrong", [{"value": "maybe"}, {"label": "Loaded"}])
def test_an_answer_that_the_codebook_lacks_is_an_error_when_read(tmp_path: Path, dataset: Dataset, wrong: dict[str, str]) -> None:
    assert dataset.annotations is not None
    rows = dataset.annotations.to_dicts()
    strange = pl.DataFrame([rows[0], rows[1] | wrong, rows[2]])
    with pytest.raises(FramingError, match="codebook harbour 1"):
        write_dataset(tmp_path / "new", replace(dataset, annotations=strange))
    write_dataset(tmp_path, dataset)
    strange.write_parquet(tmp_path / "annotations.parquet")
    with pytest.raises(FramingError, match="codebook harbour 1"):
        read_dataset(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes")
@pytest.mark.parametrize("name", ["articles.parquet", "annotations.parquet", "codebook.toml", "rejected.jsonl"])
@pytest.mark.parametrize("place", ["a pipe", "a device", "a link to itself", "a link to nowhere", "a folder"])
def test_what_is_no_file_is_one_line_and_nobody_waits_for_it(dataset: Dataset, tmp_path: Path, name: str, place: str) -> None:
    write_dataset(tmp_path, dataset)
    path = tmp_path / name
    path.unlink()
    if place == "a pipe":
        os.mkfifo(path)
    elif place == "a folder":
        path.mkdir()
    else:
        path.symlink_to({"a device": Path("/dev/zero"), "a link to itself": path}.get(place, tmp_path / "gone"))
    if (name, place) == ("rejected.jsonl", "a link to nowhere"):
        # What was set aside is the only thing that nothing depends on.
        assert read_dataset(tmp_path).rejected == []
        return
    with pytest.raises(FramingError) as caught:
        read_dataset(tmp_path)
    assert len(str(caught.value).splitlines()) == 1
    assert str(tmp_path) in str(caught.value)


def test_mutated_datasets_and_codebooks_are_read_or_refused_in_one_line(tmp_path: Path) -> None:
    sample = read_sample(128)
    articles = sample.articles.head(6)
    annotations = sample.require_annotations("sample").join(articles.select("article_id"), on="article_id", how="semi")
    whole = tmp_path / "whole"
    write_dataset(whole, Dataset(articles, annotations, None, sample.codebook, [{"reason": "no text", "row": {"line": 3}}]))
    ends = Counter[str]()
    for seed in range(80):
        mutated, rng = copy_folder(whole, tmp_path / "mutated"), random.Random(seed)
        said = mutate_toml(mutated / "codebook.toml", rng) if seed % 4 == 0 else mutate_folder(mutated, rng)
        try:
            dataset = read_dataset(mutated)
            assert set(dataset.require_annotations("test")["article_id"]) <= set(dataset.articles["article_id"]), said
            ends["read"] += 1
        except FramingError:
            ends["refused"] += 1
        except BaseException as error:
            raise AssertionError(f"seed {seed}: {said}") from error
    assert ends["refused"] > ends["read"] > 0
