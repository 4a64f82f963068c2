"""In an environment with the core alone whatever needs an extra says so in one line, and everything else works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import polars as pl
import pytest

from classifiers.model.folder import STARTER
from framing.sample import read_sample
from framing.signing import PASSWORD
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
# Where nobody is asked, as the library that would ask is missing; and a password that is not asked for.
SERVER = {"LABEL_STUDIO_URL": "http://127.0.0.1:9", "LABEL_STUDIO_API_KEY": "0" * 40, PASSWORD: "zorgish"}
# Commands that the core alone can run, in an order in which each finds what it needs.
CORE = (
    "labelstudio stop",
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
    "labelstudio adopt --project Spring": "annotate",
    "labelstudio start --team --name a.example": "team",
    "push dataset --project Spring": "annotate",
    "pull --project Spring --out pulled": "annotate",
    "status --project Spring": "annotate",
    "adjudicate dataset --rule expert --project Spring": "annotate",
    "codebook migrate dataset --project Spring --to dataset/codebook.toml": "annotate",
    "serve model": "annotate",
    "ask dataset --endpoint http://127.0.0.1:9/v1 --model m --coder m": "ask",
    "score a.txt --out far --cluster tcp://127.0.0.1:9": "cluster",
    "ingest a.pdf --out read": "documents",
    "ingest a.xml --out read": "documents",
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
    "train dataset --out trained --sign my.key": "sign",
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
    for kind in ("txt", "pdf", "xml", "xlsx", "html", "warc", "spacy"):
        (folder / f"a.{kind}").write_text("A reckless plan.", encoding="utf-8")
    (folder / "a.rtf").write_text(r"{\rtf1 A reckless plan.}", encoding="utf-8")
    shutil.copytree(STARTER, folder / "model")
    libraries = [name for some in EXTRAS.values() for name in some]
    program = [sys.executable, "-W", "ignore", "-c", RUN, json.dumps(libraries), json.dumps([*CORE, *NEEDY])]
    done = subprocess.run(
        program,
        cwd=folder,
        env=os.environ | SERVER | {"FRAMING_LABELSTUDIO_DATA": str(folder / "server")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {command: (code, said) for command, (code, said) in json.loads(done.stdout).items()}


@pytest.mark.parametrize("command", CORE)
def test_the_core_alone_runs_what_needs_no_extra(ended: dict[str, tuple[int, str]], command: str) -> None:
    assert ended[command][0] == 0, ended[command][1]


@pytest.mark.parametrize(("command", "extra"), NEEDY.items())
def test_what_needs_an_extra_names_it_in_one_line(ended: dict[str, tuple[int, str]], command: str, extra: str) -> None:
    code, said = ended[command]
    lines = [line for line in said.splitlines() if not line.startswith("note: ")]
    assert (code, len(lines)) == (1, 1), said
    assert "needs the extra" in said
    assert f"framing-toolkit[{extra}" in said or f",{extra}" in said


def test_every_extra_but_that_of_the_dictionary_is_met() -> None:
    assert {*NEEDY.values(), "readability"} == EXTRAS.keys()
