"""What a push refuses before it looks for a server."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from framing.main import app
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError


@pytest.mark.parametrize(
    ("attribute", "actor", "what"),
    [
        (None, "China", "has no attribute that an actor answers"),
        ("target", 'China"', "actor number 1: name has to be text without line ends"),
        # Scores have a column of this name: mentions of the actor, and the share of an answer.
        ("target", "Peace", "the name 'mentions_Peace' would be that of two columns of scores"),
        ("target", None, "no such file of actors"),
    ],
)
def test_actors_that_cannot_be_asked_for_are_refused_in_one_line(tmp_path: Path, attribute: str | None, actor: str | None, what: str) -> None:
    values = [{"name": name, "definition": "For tests."} for name in ("Peace", "War")]
    question = {"name": "mentions", "prompt": "Which?", "choice": "multiple", "values": values}
    asked = [{"name": attribute, "kind": "actor", "definition": "Who is meant."}] if attribute else []
    codebook = Codebook.model_validate(load_codebook().model_dump() | {"questions": [question], "attributes": asked})
    write_dataset(tmp_path / "set", Dataset(pl.DataFrame({"article_id": ["a"], "text": ["A text."]}), codebook=codebook))
    path = tmp_path / "actors.toml"
    if actor:
        path.write_text(f"[[actors]]\nname = '{actor}'\nkind = 'country'\n", encoding="utf-8")
    with pytest.raises(FramingError, match=what):
        CliRunner().invoke(app, ["push", str(tmp_path / "set"), "--project", "Somebody", "--actors", str(path)], catch_exceptions=False)
