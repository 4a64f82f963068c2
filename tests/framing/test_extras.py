"""In an environment with the core alone whatever needs an extra says so in one line, and everything else works."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from framing.sample import read_sample
from schemas.dataset import Dataset, write_dataset
from schemas.extras import EXTRAS
from schemas.tables import Gold, conform

# One process for all commands: what it costs is to start it.
RUN = """
import contextlib, io, json, os, sys
sys.modules.update(dict.fromkeys(json.loads(sys.argv[1])))
from framing.main import run
ended = {}
for command in json.loads(sys.argv[2]):
    sys.argv, err, code = ["framing", *command.split()], io.StringIO(), 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        try:
            run()
        except SystemExit as end:
            code = end.code
    ended[command] = [code, err.getvalue()]
print(json.dumps(ended))
"""
# Commands that the core alone can run, in an order in which each finds what it needs.
CORE = (
    "codebook list",
    "ingest a.txt --out corpus",
    "select corpus --n 1 --out first",
    "score a.txt --out scores",
    "quotes a.txt --out quotes.csv",
    "explain reckless",
    "estimate scores --gold dataset --by outlet",
    "export dataset --to jsonl --out articles.jsonl",
    "status dataset",
)
NEEDY = {
    "demo --out demo": "annotate",
    "labelstudio start": "annotate",
    "labelstudio stop": "annotate",
    "labelstudio status": "annotate",
    "labelstudio invite": "annotate",
    "labelstudio adopt --project Spring": "annotate",
    "labelstudio undelete --project Spring": "annotate",
    "labelstudio people": "annotate",
    "labelstudio people invite --project Spring": "annotate",
    "labelstudio start --team --name a.example": "team",
    "labelstudio backup --to backups": "team",
    "labelstudio verify backups": "team",
    "labelstudio restore backups --data lab": "team",
    "push dataset --project Spring": "annotate",
    "pull --project Spring --out pulled": "annotate",
    "status --project Spring": "annotate",
    "adjudicate dataset --rule expert --project Spring": "annotate",
    "codebook migrate dataset --project Spring --to dataset/codebook.toml": "annotate",
    "serve": "annotate",
    "ask dataset --endpoint http://127.0.0.1:9/v1 --model m --coder m": "ask",
    "score a.txt --out far --cluster tcp://127.0.0.1:9": "cluster",
    "ingest a.pdf --out read": "documents",
    "ingest a.docx --out read": "documents",
    "ingest a.rtf --out read": "documents",
    "ingest a.xlsx --out read": "documents",
    "ingest a.html --out read": "documents",
    "ingest a.warc --out read": "documents",
    "report scores --out report.html": "report",
    "report dataset --out report.html": "report",
    "figure scores --of words --out fig.svg": "report",
    "evaluate dataset --curve curve.svg": "report",
    "model key --out my.key": "sign",
    "model sign model --key my.key": "sign",
    "model verify model --trusted my.pub": "sign",
    "train dataset --out trained --sign my.key": "sign",
    "score a.txt --out signed --trusted my.pub": "sign",
    "export dataset --to spacy --out a.spacy": "spacy",
    "import docbin a.spacy --out read": "spacy",
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """How each command ended where the core alone is installed: its exit code, and what it said on standard error."""
    folder = tmp_path_factory.mktemp("core")
    sample = read_sample(8)
    gold = pl.DataFrame([{"article_id": sample.articles["article_id"][0], "label": None, "support": 1.0, "rule": "by hand"}])
    write_dataset(folder / "dataset", Dataset(sample.articles, sample.annotations, conform(gold, Gold, "test"), sample.codebook))
    for kind in ("txt", "pdf", "docx", "rtf", "xlsx", "html", "warc", "spacy"):
        (folder / f"a.{kind}").write_text("A reckless plan.", encoding="utf-8")
    libraries = [name for some in EXTRAS.values() for name in some]
    program = [sys.executable, "-W", "ignore", "-c", RUN, json.dumps(libraries), json.dumps([*CORE, *NEEDY])]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {command: (code, said) for command, (code, said) in json.loads(done.stdout).items()}


@pytest.mark.parametrize("command", CORE)
def test_the_core_alone_runs_what_needs_no_extra(ended: dict[str, tuple[int, str]], command: str) -> None:
    assert ended[command][0] == 0, ended[command][1]


@pytest.mark.parametrize(("command", "extra"), NEEDY.items())
def test_what_needs_an_extra_names_it_in_one_line(ended: dict[str, tuple[int, str]], command: str, extra: str) -> None:
    code, said = ended[command]
    assert (code, len(said.splitlines())) == (1, 1), said
    assert "needs the extra" in said
    assert f"framing-toolkit[{extra}" in said or f",{extra}" in said


def test_every_extra_but_that_of_the_dictionary_is_met() -> None:
    assert {*NEEDY.values(), "readability"} == EXTRAS.keys()
