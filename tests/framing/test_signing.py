from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from classifiers import load_model, save_model
from framing.main import app
from framing.signing import PASSWORD, ask_password
from schemas.errors import FramingError

ARTICLE = "The reckless zealots slammed the plan. It is a disgrace, and everybody knows it."


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "zorgish")


def run(*words: object) -> str:
    shown = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert shown.exit_code == 0
    assert "zorgish" not in shown.output
    return shown.output


def test_a_model_is_signed_verified_and_trusted_from_the_command_line(tmp_path: Path) -> None:
    model, key, text = tmp_path / "model", tmp_path / "keys" / "mine.key", tmp_path / "a.txt"
    text.write_text(ARTICLE)
    save_model(load_model(), model)
    key_id = run("model", "key", "--out", key).split()[1]
    trusted = key.with_suffix(".pub")
    for words in (("score", text, "--out", tmp_path / "scores"), ("explain", ARTICLE)):
        with pytest.raises(FramingError, match="is not signed"):
            run(*words, "--model", model, "--trusted", trusted)
    # Nothing was scored.
    assert not (tmp_path / "scores").exists()
    assert key_id in run("model", "sign", model, "--key", key)
    assert key_id in run("model", "verify", model, "--trusted", trusted)
    run("score", text, "--model", model, "--trusted", trusted, "--out", tmp_path / "scores")
    assert json.loads((tmp_path / "scores" / "run.json").read_text())["signed_by"] == key_id
    assert "MODEL_CARD.md" not in run("model", "verify", model, "--trusted", trusted)
    (model / "MODEL_CARD.md").write_text("# Certified")
    assert "MODEL_CARD.md, which no signature covers" in run("model", "verify", model, "--trusted", trusted)


def test_the_starter_is_refused_where_signatures_are_asked_for(tmp_path: Path) -> None:
    run("model", "key", "--out", tmp_path / "key")
    for words in (("explain", ARTICLE), ("serve", "starter")):
        with pytest.raises(FramingError, match="the starter model that ships is not signed"):
            run(*words, "--trusted", tmp_path / "key.pub")


def test_a_key_that_cannot_be_opened_ends_a_training_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="cannot be read"):
        run("train", tmp_path / "nowhere", "--out", tmp_path / "model", "--sign", tmp_path / "no.key")


def test_without_a_terminal_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD)
    with pytest.raises(FramingError, match=PASSWORD):
        ask_password(Path("my.key"))
