"""The embedded server is found again, is private, and is only ever stopped when it is ours."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from annotate.labelstudio import Access, Server, server_status, start_server, stop_server
from annotate.labelstudio.access import resolve_access
from annotate.server import embedded
from annotate.server.credentials import create_credentials
from schemas.errors import FramingError
from tests.conftest import skip_here


@pytest.mark.server
def test_a_server_that_runs_is_found_and_not_started_again(server_data: Path) -> None:
    before = server_status(server_data)
    assert start_server(server_data) == before


@pytest.mark.server
@pytest.mark.usefixtures("server_data")
def test_a_start_that_is_broken_off_leaves_no_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-c", "from framing.main import run; run()", "labelstudio", "start", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as starting:
        while starting.poll() is None and not (data / "process.json").exists():
            time.sleep(0.05)
        starting.send_signal(signal.SIGINT)
    status = server_status(data)
    assert status is not None
    assert not status.running


@pytest.mark.server
def test_it_listens_on_this_machine_only(server_data: Path) -> None:
    server = server_status(server_data)
    assert server is not None
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    listening = [c.laddr.ip for process in family for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert listening
    assert set(listening) == {"127.0.0.1"}


@pytest.mark.server
def test_secrets_are_readable_by_their_owner_alone_and_are_on_no_command_line(server_data: Path) -> None:
    path = server_data / "credentials.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not stat.S_IMODE(server_data.stat().st_mode) & 0o066
    server = server_status(server_data)
    assert server is not None
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    arguments = " ".join(part for process in family for part in process.cmdline())
    assert {stat.S_IMODE(database.stat().st_mode) for database in server_data.glob("label_studio.sqlite3")} <= {0o600}
    secrets = json.loads(path.read_text())
    assert not any(secrets[name] in arguments for name in ("password", "token", "secret_key"))


@pytest.mark.server
def test_nobody_signs_up_without_an_invitation(access: Access) -> None:
    with urllib.request.urlopen(f"{access.address}/user/signup/") as page:
        assert "/user/login" in page.url or b"disabled" in page.read().lower()


def test_a_process_id_that_now_belongs_to_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "process.json").write_text(json.dumps({"port": 9, "pid": os.getpid(), "created": 1.0}))
    server = server_status(tmp_path)
    assert server is not None
    assert not server.running
    assert stop_server(tmp_path) is False


def test_a_port_that_is_about_to_be_free_is_taken_again_and_no_port_twice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as held, ExitStack() as other:
        port = listener.getsockname()[1]
        before = Server(f"http://127.0.0.1:{port}", 1, Path(), running=False)
        threading.Timer(0.5, listener.close).start()
        assert embedded._take_port(before, held) == port
        assert embedded._take_port(before, other) in embedded.PORTS


@pytest.mark.parametrize("content", ["{", "[]", '{"port": 9, "pid": -1, "created": 1.0}', '{"port": "x", "pid": 5, "created": 1.0}'])
def test_a_damaged_process_file_is_one_clear_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "process.json").write_text(content)
    with pytest.raises(FramingError, match=r"process\.json: is damaged"):
        server_status(tmp_path)


def test_label_studio_runs_on_the_python_that_the_toolkit_runs_on_if_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("uv"):
        skip_here("uv is not on the PATH")
    command = embedded.executable()
    prefix = command[command.index("--python") + 1]
    asked = subprocess.run([prefix, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == sys.base_prefix
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert embedded.PYTHON in embedded.executable()


def test_without_uv_or_label_studio_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FramingError, match="Install uv"):
        start_server(tmp_path / "data")


def test_credentials_are_made_once(tmp_path: Path) -> None:
    assert create_credentials(tmp_path) == create_credentials(tmp_path)


def test_credentials_never_show_in_a_representation(tmp_path: Path) -> None:
    credentials = create_credentials(tmp_path)
    shown = repr(credentials) + repr(Access("http://x", credentials.token))
    assert not any(secret in shown for secret in (credentials.password, credentials.token, credentials.secret_key))


def test_half_of_the_environments_pair_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    with pytest.raises(FramingError, match="LABEL_STUDIO_API_KEY is not set"):
        resolve_access(tmp_path)


@pytest.mark.parametrize(
    ("address", "token", "said"),
    [
        ("localhost:8080", "0" * 40, "not an address"),
        ("http://user:secret@127.0.0.1:1", "0" * 40, "holds a name or password"),
        ("http://127.0.0.1:1", "ключ", "is not a token"),
        ("http://127.0.0.1:1", "two words", "is not a token"),
    ],
)
def test_an_address_or_token_that_cannot_be_one_is_refused_and_nothing_secret_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, token: str, said: str
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", address)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", token)
    with pytest.raises(FramingError, match=said) as caught:
        resolve_access(tmp_path)
    assert "secret" not in str(caught.value)


def test_without_any_server_the_error_says_how_to_start_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    with pytest.raises(FramingError, match="Run `framing labelstudio start`"):
        resolve_access(tmp_path)
