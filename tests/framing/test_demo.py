"""The demo does what it says, on a real server, and leaves that server ready for a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

import polars as pl
import pytest

from annotate.labelstudio import Access
from annotate.labelstudio.client import READ, connect
from annotate.labelstudio.projects import find_project, list_tasks
from framing import demo
from framing.demo import TITLE, run_demo
from framing.tracing import trace
from schemas.errors import FramingError


@pytest.mark.parametrize("name", ["file", "file/demo"])
def test_an_out_that_is_a_file_is_refused_before_anything_is_started(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_LABELSTUDIO_DATA", str(tmp_path / "data"))
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(FramingError, match="is a file, or lies below one"):
        run_demo(tmp_path / name)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "data").exists()


@pytest.mark.server
@pytest.mark.timeout(600)
def test_the_demo_goes_the_whole_way_and_a_second_run_doubles_nothing(
    server_data: Path, access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRAMING_LABELSTUDIO_DATA", str(server_data))
    # Half of what a user sees is trained on in half the time.
    monkeypatch.setattr(demo, "ARTICLES", 64)
    monkeypatch.setattr(demo, "FOLDS", 2)
    run_demo(tmp_path / "D")
    shown = capsys.readouterr().out
    out = tmp_path / "D"
    assert {path.name for path in out.iterdir()} >= {"dataset", "model", "scores", "agreement.json", "report.html"}
    assert {path.name for path in (out / "dataset").iterdir()} >= {"articles.parquet", "annotations.parquet", "gold.parquet", "codebook.toml"}
    assert json.loads((out / "agreement.json").read_text(encoding="utf-8"))["labels"]["Scare_Quotes"]["alpha"] > 0.5
    first = pl.read_parquet(out / "dataset" / "annotations.parquet")
    assert first["annotator"].unique().sort().to_list() == ["ada.synthetic@example.com", "ben.synthetic@example.com"]
    assert "synthetic" in shown
    assert access.address in shown
    assert access.token not in shown

    with connect(access) as client:
        project = find_project(client, TITLE)
        assert project is not None
        tasks = list(list_tasks(client, project.id))
    annotated = set(first["article_id"])
    held_out = {row["article_id"] for row in pl.read_parquet(out / "scores" / "articles.parquet").iter_rows(named=True)}
    assert (len(tasks), len(annotated), len(held_out)) == (64, 48, 16)
    assert annotated.isdisjoint(held_out)

    _follow_a_score_to_label_studio(out, access)

    # Up to where a model would be trained once more of what is the same.
    monkeypatch.setattr(demo, "train_model", _stop)
    with pytest.raises(KeyboardInterrupt):
        run_demo(out)
    assert "0 synthetic articles sent, 64 were there" in capsys.readouterr().out
    assert pl.read_parquet(out / "dataset" / "annotations.parquet").equals(first)


def _stop(*_: object, **__: object) -> NoReturn:
    raise KeyboardInterrupt


def _follow_a_score_to_label_studio(out: Path, access: Access) -> None:
    """The annotations that a score leads to are there, by the same people, with the same words."""
    richest = pl.read_parquet(out / "scores" / "spans.parquet")["article_id"].value_counts(sort=True)["article_id"][0]
    found = trace(out / "scores", richest)
    assert (found.training["status"], found.input["status"], found.notices) == ("unchanged", "unchanged", ())
    rows = {row["annotation_id"]: row for span in found.spans for row in span["evidence"]}
    assert len(rows) >= 3
    with connect(access) as client:
        for number, row in list(rows.items())[:10]:
            there = client.annotations.get(int(number), request_options=READ)
            person = client.users.get(there.completed_by, request_options=READ)
            assert person.email == row["annotator"]
            marked = {
                (result["value"]["start"], result["value"]["end"], result["value"]["text"]) for result in there.result if result["type"] == "labels"
            }
            assert (row["start"], row["end"], row["quote"]) in marked
            assert client.tasks.get(str(there.task), request_options=READ).data["article_id"] == row["article_id"]
