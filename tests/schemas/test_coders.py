"""Models as coders stand beside a dataset's people, in two files that belong together."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from schemas.codebook import load_codebook
from schemas.coders import FACTS, REJECTED, TABLE, Coder, Coders, read_coders, replace_run, require_coder, write_coders
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import Annotations

ARTICLES = pl.DataFrame({"article_id": ["a", "b"], "text": ["The reckless mayor 😀 left.", "A quiet day."]})
DATASET = Dataset(ARTICLES, codebook=load_codebook("babe"))
ROW = {"article_id": "a", "annotator": "echo-1", "origin": "import", "run": 1}


def make(*rows: dict[str, object]) -> Coders:
    columns = dict.fromkeys([*Annotations.column_names(), "run"])
    table = pl.DataFrame([{**columns, **ROW, **row} for row in rows], infer_schema_length=None)
    return Coders(table, {"echo-1": Coder(name="echo-1", temperature=0.0, counts={"answers": 2})})


BIASED = {"label": "bias", "value": "Biased"}


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    written = write_coders(tmp_path, DATASET, make(BIASED, {**BIASED, "run": 2, "value": "Non-biased"}))
    found = read_coders(tmp_path, DATASET)
    assert found is not None
    assert found.rows.equals(written.rows)
    assert found.described == written.described
    assert found.work_of("echo-1")["value"].to_list() == ["Biased"]
    assert found.work_of("echo-1", 2)["value"].to_list() == ["Non-biased"]
    assert found.work_of("echo-1").columns == Annotations.column_names()


def test_a_dataset_without_coders_has_none(tmp_path: Path) -> None:
    assert read_coders(tmp_path, DATASET) is None
    with pytest.raises(FramingError, match="has no coders"):
        require_coder(None, "echo-1", tmp_path)


def test_a_span_that_is_not_in_the_text_is_left_out_and_counted(tmp_path: Path) -> None:
    span = {"label": "biased_words", "start": 4, "end": 12, "quote": "reckless"}
    found = write_coders(tmp_path, DATASET, make(span, {**span, "quote": "ruthless"}, {**span, "article_id": "nowhere"}))
    assert (found.rows["quote"].to_list(), found.aside) == (["reckless"], 2)


def test_one_answer_is_asked_of_each_run_and_not_of_all_together(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="several answers"):
        write_coders(tmp_path, DATASET, make(BIASED, {**BIASED, "value": "Non-biased"}))
    assert not (tmp_path / TABLE).exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / FACTS).unlink(), "has no coders.json"),
        (lambda folder: (folder / FACTS).write_text("[" * 100_000), "nested"),
        (lambda folder: (folder / FACTS).write_text("[]"), "no table of coders"),
        (lambda folder: (folder / FACTS).write_text(json.dumps({"echo-1": {"name": "echo-2"}})), "called otherwise"),
        (lambda folder: (folder / FACTS).write_text(json.dumps({"echo-1": {"name": "echo-1", "cost": -1}})), "cost"),
        (lambda folder: (folder / FACTS).write_text("{}"), "does not know"),
        (lambda folder: (folder / TABLE).write_bytes(b"PAR1"), TABLE),
    ],
)
def test_damage_is_one_line_that_says_where(spoil: object, said: str, tmp_path: Path) -> None:
    write_coders(tmp_path, DATASET, make(BIASED))
    spoil(tmp_path)  # type: ignore[operator]
    with pytest.raises(FramingError, match=said):
        read_coders(tmp_path, DATASET)


def test_answers_that_the_codebook_lacks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="does not"):
        write_coders(tmp_path, DATASET, make({**BIASED, "value": "Somewhat"}))


def test_a_coder_that_is_not_there_is_named_with_those_that_are() -> None:
    coders = replace(make(BIASED), aside=0)
    assert require_coder(coders, "echo-1", "d").name == "echo-1"
    with pytest.raises(FramingError, match="echo-1"):
        require_coder(coders, "echo-2", "d")


def test_one_run_of_one_coder_is_replaced_and_what_is_lost_by_it_is_kept(tmp_path: Path) -> None:
    biased, other = make(BIASED), {"reason": "too long", "row": {"coder": "echo-2", "run": 1}}
    first = replace_run(None, Coder(name="echo-1", counts={"answers": 1, "taken": 1}), 1, biased.rows, [{"reason": "unclear", "row": {"value": "?"}}])
    second = replace_run(replace(first, rejected=[*first.rejected, other]), Coder(name="echo-1", counts={"answers": 3}), 2, biased.rows.head(0), [])
    write_coders(tmp_path, DATASET, second)
    assert not (tmp_path / "history").exists()
    found = read_coders(tmp_path, DATASET)
    assert found is not None
    assert found.described["echo-1"].counts == {"answers": 1, "taken": 1, "run 2: answers": 3}
    assert found.described["echo-1"].runs == 2
    assert found.rejected == [{"reason": "unclear", "row": {"coder": "echo-1", "run": 1, "value": "?"}}, other]
    again = replace_run(found, Coder(name="echo-1", counts={"answers": 2}), 1, make({**BIASED, "value": "Non-biased"}).rows, [])
    write_coders(tmp_path, DATASET, again)
    assert again.described["echo-1"].counts == {"run 2: answers": 3, "answers": 2}
    assert again.rejected == [other]
    assert sorted(path.suffix for path in (tmp_path / "history").iterdir()) == [".json", ".parquet"]
    assert (tmp_path / REJECTED).exists()
