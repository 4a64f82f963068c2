from __future__ import annotations

import base64
import json
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from classifiers import load_model, load_training, save_model
from classifiers.model.model import Model
from classifiers.model.signature import LARGEST, SIGNATURE, Signer, make_keys, read_trusted, sign_model
from schemas.errors import FramingError

PASSWORD = "zorgish"


def signer_of(path: Path) -> Signer:
    return Signer(path, lambda: PASSWORD)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two pairs of keys, ada's and eve's."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ada", "eve"):
        make_keys(folder / f"{name}.key", PASSWORD)
    return folder


@pytest.fixture(scope="module")
def signed_by_ada(small_model: Model, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed") / "model"
    save_model(small_model, folder, signer=signer_of(keys / "ada.key"))
    return folder


@pytest.fixture
def signed(signed_by_ada: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed_by_ada, tmp_path / "model"))


def refusal(folder: Path, trusted: Path) -> str:
    with pytest.raises(FramingError) as caught:
        load_model(folder, trusted)
    assert caught.value.todo
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_a_signed_model_is_trusted_by_its_key_and_says_which_that_is(signed: Path, keys: Path) -> None:
    ada = signer_of(keys / "ada.key").key_id
    assert re.fullmatch("[0-9A-F]{16}", ada)
    for trusted in (keys / "ada.pub", keys):
        assert load_model(signed, trusted).signed_by == ada
        assert load_training(signed, trusted) is None
    assert load_model(signed).signed_by is None


def test_a_file_may_hold_several_keys(signed: Path, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text((keys / "eve.pub").read_text() + "\n" + (keys / "ada.pub").read_text())
    assert len(read_trusted(tmp_path / "keys")) == 2
    assert load_model(signed, tmp_path / "keys").signed_by


def test_the_signature_of_another_key_is_refused(signed: Path, keys: Path) -> None:
    said = refusal(signed, keys / "eve.pub")
    assert signer_of(keys / "ada.key").key_id in said
    assert "not among the 1 trusted" in said


def test_a_key_that_only_calls_itself_trusted_is_refused(signed: Path, keys: Path) -> None:
    # Eve's signature under the id of ada's key, which stands behind two bytes that name the algorithm.
    ada = base64.b64decode((signed / SIGNATURE).read_text().splitlines()[1])
    sign_model(signed, signer_of(keys / "eve.key"))
    lines = (signed / SIGNATURE).read_text().splitlines()
    lines[1] = base64.b64encode(ada[:10] + base64.b64decode(lines[1])[10:]).decode()
    (signed / SIGNATURE).write_text("\n".join(lines) + "\n")
    assert "is not a signature of this model.json" in refusal(signed, keys)


def test_a_model_without_a_signature_is_refused(signed: Path, keys: Path) -> None:
    (signed / SIGNATURE).unlink()
    assert "is not signed" in refusal(signed, keys)


def change_facts(folder: Path) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "title": "Better"}))


def change_weights(folder: Path) -> None:
    with (folder / "weights.parquet").open("ab") as file:
        file.write(b"\0")


def cut(folder: Path) -> None:
    (folder / SIGNATURE).write_bytes((folder / SIGNATURE).read_bytes()[:150])


def swell(folder: Path) -> None:
    (folder / SIGNATURE).write_bytes((folder / SIGNATURE).read_bytes() + b"x" * LARGEST)


def turn(folder: Path) -> None:
    lines = (folder / SIGNATURE).read_text().splitlines()
    lines[2] = "trusted comment: made by somebody else"
    (folder / SIGNATURE).write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (change_facts, "is not a signature of this model.json"),
        (change_weights, "weights.parquet is not the file that model.json describes"),
        (cut, "is damaged, or no signature"),
        (swell, "which no key or signature has"),
        (turn, "is not a signature of this model.json"),
    ],
)
def test_what_was_changed_after_it_was_signed_is_refused(signed: Path, keys: Path, harm: Callable[[Path], None], said: str) -> None:
    harm(signed)
    assert said in refusal(signed, keys)


def test_the_signature_of_another_model_is_refused(signed: Path, page_model: Model, keys: Path, tmp_path: Path) -> None:
    save_model(page_model, tmp_path / "other", signer=signer_of(keys / "ada.key"))
    shutil.copy(tmp_path / "other" / SIGNATURE, signed)
    assert "is not a signature of this model.json" in refusal(signed, keys)


def test_a_model_that_is_saved_anew_without_a_key_has_no_signature_of_the_old_one(small_model: Model, signed: Path) -> None:
    save_model(small_model, signed)
    assert not (signed / SIGNATURE).exists()


def test_the_starter_is_signed_by_nobody(keys: Path) -> None:
    with pytest.raises(FramingError, match="the starter model that ships is not signed"):
        load_model(None, keys)


@pytest.mark.parametrize("content", ["", "untrusted comment: none\n"])
def test_a_file_without_keys_trusts_nobody(signed: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "keys").write_text(content)
    assert "has no public key" in refusal(signed, tmp_path / "keys")


def test_a_line_that_is_no_key_is_named(signed: Path, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text((keys / "ada.pub").read_text() + "hello\n")
    assert "line 3 is no public key" in refusal(signed, tmp_path / "keys")
    assert "is no public key" in refusal(signed, keys / "ada.key")
    assert "cannot be read" in refusal(signed, tmp_path / "nowhere")


def test_a_secret_key_is_its_owners_and_never_overwritten(keys: Path) -> None:
    assert stat.S_IMODE((keys / "ada.key").stat().st_mode) == 0o600
    before = (keys / "ada.key").read_bytes()
    with pytest.raises(FramingError, match="is there already"):
        make_keys(keys / "ada.key", PASSWORD)
    with pytest.raises(FramingError, match="the name of a public key"):
        make_keys(keys / "new.pub", PASSWORD)
    assert (keys / "ada.key").read_bytes() == before


def test_a_wrong_password_is_one_line_that_does_not_show_it(keys: Path) -> None:
    with pytest.raises(FramingError, match="the password is not that of this key") as caught:
        Signer(keys / "ada.key", lambda: "hunter2")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(FramingError, match="is no secret key"):
        Signer(keys / "ada.pub", lambda: PASSWORD)


@pytest.mark.skipif(shutil.which("minisign") is None, reason="the program minisign is not here")
def test_the_program_minisign_reads_our_signatures_and_we_read_its(signed: Path, keys: Path, tmp_path: Path) -> None:
    def minisign(*words: str | Path) -> None:
        subprocess.run(["minisign", *words], check=True, capture_output=True)

    minisign("-Vm", signed / "model.json", "-p", keys / "ada.pub")
    minisign("-G", "-W", "-p", tmp_path / "its.pub", "-s", tmp_path / "its.key")
    minisign("-Sm", signed / "model.json", "-s", tmp_path / "its.key")
    assert load_model(signed, tmp_path / "its.pub").signed_by == signer_of(tmp_path / "its.key").key_id
