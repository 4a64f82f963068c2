"""Asking a model can be stopped at any time: what was answered is kept, is not asked again, and becomes a coder's work."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from annotate.coders.endpoint import Endpoint, ask_all
from exports.formats import export
from exports.requests import Manner
from exports.tables.folders import collect_material
from framing.asking import Done, Forecast, Prices, ask_dataset, read_key
from framing.coding import import_coder
from framing.main import app
from schemas.codebook import load_codebook
from schemas.coders import Coder, Coders, read_coders
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Articles, Gold, conform

BOOK = load_codebook("babe")
TEXTS = [f"Article {number}: a reckless plan." for number in range(16)]
KEY = "sk-secret-0123456789"
GOOD = json.dumps({"spans": [{"quote": "reckless", "label": "biased_words"}], "bias": "Biased", "opinion": "Entirely factual"})
NOTHING = json.dumps({"spans": [], "bias": "Non-biased", "opinion": "Entirely factual"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = pl.DataFrame({"article_id": [f"n{number}" for number in range(len(TEXTS))], "text": TEXTS})
    gold = pl.DataFrame({"article_id": ["n0", "n0", "n0"], "label": [None, "bias", "opinion"], "value": [None, "Non-biased", "Entirely factual"]})
    gold = conform(gold.with_columns(support=1.0, rule=pl.lit("majority")), Gold, "test")
    write_dataset(tmp_path / "dataset", Dataset(conform(articles, Articles, "test"), gold=gold, codebook=BOOK))
    return tmp_path / "dataset"


def ask(folder: Path, server: Any, name: str = "echo", run: int = 1, model: str = "echo", **more: Any) -> Done:
    manner = Manner(model, **{key: more.pop(key) for key in ("examples", "window") if key in more})
    return ask_dataset(folder, Endpoint(server.address, KEY, pauses=(0.01,)), manner, name, run, **more)


def coders_of(folder: Path) -> Coders:
    found = read_coders(folder, read_dataset(folder))
    assert found is not None
    return found


def test_all_that_can_go_wrong_is_counted_and_asked_again_where_it_failed(folder: Path, answering: Callable[..., Any]) -> None:
    faults: dict[str, Any] = {
        TEXTS[1]: (500, {"error": {"message": "oops"}}),
        TEXTS[2]: None,
        TEXTS[3]: (200, b"<html>"),
        TEXTS[4]: (429, {"error": {"message": "slow down"}}),
    }
    odd = {
        TEXTS[5]: ("{", "stop", {}),
        TEXTS[6]: (GOOD[:20], "length", {}),
        TEXTS[7]: (None, "stop", {"refusal": "No."}),
        TEXTS[8]: (GOOD.replace("reckless", "ruthless"), "stop", {}),
        TEXTS[9]: (NOTHING, "stop", {}),
    }

    def plan(text: str, before: int) -> Any:
        if text in faults and not before:
            return faults[text]
        content, finish, message = odd.get(text, (GOOD, "stop", {}))
        return 200, server.say(content, finish, **message)

    server = answering(plan)
    first = ask(folder, server).responses.counts
    answers = {"answers": 16, "answered": 10, "refused": 1, "cut short": 1, "no answer in it": 1, "server failed": 3}
    articles = {"articles": 16, "articles read": 10, "articles not read in full": 6}
    marks = {"spans": 9, "spans placed": 8, "quote not in the text": 1, "values": 20, "values taken": 20}
    assert first == answers | articles | marks
    second = ask(folder, server)
    assert (second.asked, second.before) == (3, 13)
    assert (second.responses.counts["answered"], second.responses.counts["asked again after a failure"]) == (13, 3)
    assert server.asked == {text: 2 if text in faults else 1 for text in TEXTS}
    assert ask(folder, server).asked == 0


def test_the_coder_says_who_it_is_and_its_key_is_nowhere(folder: Path, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (200, server.say(GOOD)))
    endpoint = Endpoint(server.address.replace("http://", f"http://user:{KEY}@"), KEY)
    done = ask_dataset(folder, endpoint, Manner("echo", examples=1), "echo", prices=Prices(2.0, 10.0))
    coder = coders_of(folder).described["echo"]
    assert coder == done.coder
    assert (coder.model, coder.version, coder.temperature, coder.where) == ("echo", "echo-1-0613", 0.0, server.address)
    assert (coder.counts["tokens asked"], coder.counts["tokens answered"], coder.cost) == (15_000, 150, 0.0315)
    assert coder.prompt is not None
    assert TEXTS[0] in coder.prompt
    assert TEXTS[0] not in server.asked
    assert done.shown == ("n0",)
    assert not [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert coders_of(folder).work_of("echo")["quote"].drop_nulls().to_list() == ["reckless"] * 15


def test_further_runs_stand_beside_the_first_and_other_coders_are_left_alone(folder: Path, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (200, server.say(NOTHING if before else GOOD)))
    ask(folder, server)
    ask(folder, server, run=2)
    ask(folder, server, "other", model="other")
    found = coders_of(folder)
    assert (found.described["echo"].runs, found.described["other"].runs) == (2, 1)
    assert found.described["echo"].counts["run 2: answered"] == found.described["echo"].counts["answered"] == 16
    assert [found.work_of("echo", run)["start"].count() for run in (1, 2)] == [16, 0]
    ask(folder, server)
    assert coders_of(folder).described == found.described
    with pytest.raises(FramingError, match="another model or prompt"):
        ask(folder, server, run=3, model="else")


def test_answers_to_something_else_are_not_mixed_with_these(folder: Path, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (200, server.say(GOOD)))
    done = ask(folder, server)
    for manner, said in (({"model": "else"}, "another model"), ({"examples": 1}, "another prompt")):
        with pytest.raises(FramingError, match=said):
            ask(folder, server, **manner)
    with pytest.raises(FramingError, match="windows of another length"):
        ask(folder, server, window=20)
    done.path.with_suffix(".json").unlink()
    with pytest.raises(FramingError, match="says what was asked"):
        ask(folder, server)


def test_half_a_line_is_dropped_and_its_article_asked_again(folder: Path, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (200, server.say(GOOD)))
    path = ask(folder, server).path
    path.write_bytes(path.read_bytes()[:-10])
    again = ask(folder, server)
    assert (again.asked, again.before, again.responses.counts["answers"], again.responses.counts["answered"]) == (1, 15, 16, 16)


def test_the_first_answers_say_what_the_others_will_take(folder: Path, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (200, server.say(GOOD)))
    said: list[Forecast] = []
    with pytest.raises(FramingError, match="5 requests were sent"):
        ask(folder, server, prices=Prices(2.0), agree=lambda forecast: bool(said.append(forecast)))
    assert said == [Forecast(11, 5, 11_000, 110, 0.022)]
    assert not (folder / "coders.parquet").exists()
    assert ask(folder, server).asked == 11
    assert set(server.asked.values()) == {1}


def run_command(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["ask", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_killed_half_way_and_run_again_each_article_is_asked_once(
    folder: Path, answering: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAMING_ASK_KEY", KEY)
    server = answering(lambda text, before: (time.sleep(0.05), (200, server.say(GOOD)))[1])
    arguments = [str(folder), "--endpoint", server.address, "--model", "echo", "--coder", "echo", "--concurrency", "2"]
    path = folder / "answers" / "echo-1.jsonl"
    with subprocess.Popen([sys.executable, "-c", "from framing.main import run; run()", "ask", *arguments], stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and (not path.exists() or path.read_bytes().count(b"\n") < 7):
            time.sleep(0.01)
        process.kill()
    kept = [json.loads(line)["custom_id"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert 7 <= len(kept) < 16
    said = run_command(*arguments)
    assert f"{16 - len(kept)} requests sent, {len(kept)} answered before" in said
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len({line["custom_id"] for line in lines}) == len(lines) == 16
    # What was on its way when the process was killed may have been asked twice.
    assert server.asked.total() <= 18
    assert KEY not in said


def test_money_is_not_spent_unless_somebody_agrees(folder: Path, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: (200, server.say(GOOD)))
    arguments = (folder, "--endpoint", server.address, "--model", "echo", "--coder", "echo", "--price-in", 1)
    refused = CliRunner().invoke(app, ["ask", *map(str, arguments)])
    assert "Add --yes" in str(refused.exception)
    assert not server.asked
    assert "which cost some 0.01" in run_command(*arguments, "--yes")


def test_a_key_file_is_only_for_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n", encoding="utf-8")
    path.chmod(0o644)
    with pytest.raises(FramingError, match="chmod 600"):
        read_key(path)
    path.chmod(0o600)
    assert read_key(path) == KEY
    monkeypatch.setenv("OPENAI_API_KEY", "one")
    monkeypatch.setenv("FRAMING_ASK_KEY", "two")
    assert read_key(None) == "two"
    with pytest.raises(FramingError, match="cannot be read"):
        read_key(tmp_path / "none")


def test_a_name_that_no_coder_can_have_is_refused(folder: Path, answering: Callable[..., Any]) -> None:
    server = answering(lambda text, before: None)
    with pytest.raises(FramingError, match="name"):
        ask(folder, server, "a\nb")
    assert Coder(name="a/b").name == "a/b"
    assert not server.asked


@pytest.fixture(scope="module")
def inference() -> Iterator[str]:
    """A real inference server with random weights."""
    pytest.importorskip("xllamacpp", reason="xllamacpp, which serves the model, is not installed")
    from benchmarks.inference import serve_model

    with serve_model() as address:
        yield address


def test_a_real_server_answers_in_the_form_that_was_asked_for(inference: str, folder: Path) -> None:
    said = run_command(folder, "--endpoint", inference, "--model", "random", "--coder", "random", "--longest", 200)
    coder = coders_of(folder).described["random"]
    assert coder.version == "random.gguf"
    assert coder.counts["tokens asked"] > 16 * 1000
    # Nonsense, in the form that was asked for.
    assert coder.counts["answered"] == coder.counts["articles read"] > 8
    assert coder.counts["values taken"] == coder.counts["values"] == 2 * coder.counts["answered"]
    assert "16 requests sent" in said


def test_a_batch_that_was_written_is_answered_by_a_real_server_and_read_back(inference: str, folder: Path, tmp_path: Path) -> None:
    (file,), _ = export(collect_material(folder), "llm-batch", tmp_path / "requests.jsonl", examples=1, model="random")
    requests = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()][:4]
    lines = list(ask_all(Endpoint(inference), requests, lambda line: None, 2))
    (tmp_path / "output.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    import_coder(tmp_path / "output.jsonl", folder, "random")
    coder = coders_of(folder).described["random"]
    assert (coder.model, coder.counts["answers"], coder.counts["articles not answered"]) == ("random.gguf", 4, 12)
