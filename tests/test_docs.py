"""What the docs show works."""

from __future__ import annotations

import re
import runpy
import warnings
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from annotate.gold.adjudication import adjudicate
from framing.main import app
from framing.sample import read_sample
from schemas.codebook import load_codebook, parse_codebook
from schemas.coders import Coder, Coders, write_coders
from schemas.dataset import Dataset, write_dataset
from schemas.tables import Articles, Gold, conform
from tests.commands import run_well

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
CODEBOOKS = [(page.name, block) for page in PAGES for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)]


@pytest.mark.parametrize(("page", "block"), CODEBOOKS)
def test_every_codebook_in_the_docs_is_valid(page: str, block: str) -> None:
    assert parse_codebook(block, page).labels


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


PYTHON = [ROOT / "README.md", ROOT / "docs" / "python.md"]


@pytest.mark.parametrize("page", PYTHON, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_from_top_to_bottom_beside_a_dataset(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = read_sample(128)
    some = replace(sample, articles=sample.articles.gather_every(8))
    ids = some.articles["article_id"].to_list()
    some = replace(some, annotations=sample.require_annotations("sample").filter(sample.require_annotations("sample")["article_id"].is_in(ids)))
    write_dataset(tmp_path / "dataset", replace(some, gold=adjudicate(some)))
    (tmp_path / "page.py").write_text("\n".join(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        # What a user should know comes as a warning, and stops nobody.
        warnings.simplefilter("ignore")
        runpy.run_path("page.py")
    assert "culprit" in capsys.readouterr().out


def test_the_worked_example_of_coders_prints_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = (ROOT / "docs" / "estimates.md").read_text(encoding="utf-8").split("## Coders")[1].split("\n## ")[0]
    command, printed = re.findall(r"```(?:sh|text)\n(.*?)```", section, re.DOTALL)[-2:]
    # Of ten articles of the Gazette three are biased, of the Herald six: the first 40 of each 200 are coded.
    articles = [
        (f"{outlet}-{number}", outlet, number % 10 < biased, number) for outlet, biased in (("Gazette", 3), ("Herald", 6)) for number in range(200)
    ]
    table = pl.DataFrame(
        [(name, f"This is {name}.", outlet, "Biased" if yes else "Non-biased", number) for name, outlet, yes, number in articles],
        schema=["article_id", "text", "outlet", "value", "number"],
        orient="row",
    )
    gold = table.filter(pl.col("number") < 40).select("article_id", "value", label=pl.lit("bias"), support=1.0, rule=pl.lit("by hand"))
    dataset = Dataset(conform(table.drop("value", "number"), Articles, "docs"), None, conform(gold, Gold, "docs"), load_codebook("babe"))
    write_dataset(tmp_path / "dataset", dataset)
    wrong, eager = (pl.col("number") % 20).is_in([2, 13]), pl.col("number") % 2 == 0
    said = {
        "careful": pl.when(wrong).then(pl.col("value").replace({"Biased": "Non-biased", "Non-biased": "Biased"})).otherwise("value"),
        "eager": pl.when(pl.col("number") % 20 < 18).then(pl.when(eager).then(pl.lit("Biased")).otherwise("value")),
    }
    facts = {"label": pl.lit("bias"), "origin": pl.lit("import"), "run": pl.lit(1)}
    rows = pl.concat(table.select("article_id", pl.lit(name).alias("annotator"), value=value, **facts) for name, value in said.items())
    write_coders(tmp_path / "dataset", dataset, Coders(rows.drop_nulls("value"), {name: Coder(name=name) for name in said}))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, command.split()[1:], catch_exceptions=False)
    assert [line.rstrip() for line in done.stdout.splitlines()] == [line.rstrip() for line in printed.splitlines()]


def test_the_worked_example_of_a_coder_on_the_sample_prints_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8").split("### On the sample")[1].split("\n## ")[0]
    (script,), (commands,) = (re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL) for kind in ("python", "sh"))
    monkeypatch.chdir(tmp_path)
    Path("cues.py").write_text(script, encoding="utf-8")
    printed = ""
    for command in commands.splitlines():
        program, *words = command.split()
        if program == "framing":
            printed += run_well(*words)[0] + "\n"
        elif words[0] == "-m":
            write_dataset(Path(words[2]), read_sample(int(words[3])))
        else:
            runpy.run_path(words[0])
    for block in re.findall(r"```text\n(.*?)```", section, re.DOTALL):
        assert [line for line in block.splitlines() if line.rstrip() not in [known.rstrip() for known in printed.splitlines()]] == []
