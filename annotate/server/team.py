"""A lab's server: its database, Label Studio, and the gate before it, started and stopped together."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from annotate.server.certificates import Certificate, check_certificate, prepare_certificate
from annotate.server.credentials import write_private
from annotate.server.database import SQLITE, Database, read_database, remember_database
from annotate.server.embedded import Server, running_address, server_status, stop_server
from annotate.server.logs import open_log
from annotate.server.postgres import check_database, is_running, make_cluster
from annotate.server.service import start_server
from schemas.errors import FramingError
from schemas.parsing import read_json

__all__ = [
    "EVERYWHERE",
    "PORT",
    "Team",
    "Way",
    "gate_runs",
    "is_local",
    "keep_running",
    "prepare_team",
    "read_way",
    "start_gate",
    "start_team",
    "stop_team",
]

PORT, EVERYWHERE = 8443, "0.0.0.0"  # noqa: S104 - a lab's server is there for others; who comes in, the gate decides
_FILE, _PROCESS, _LOG = "team.json", "gate.json", "gate-process.log"
SECONDS, WATCH_SECONDS = 60.0, 2.0


@dataclass(frozen=True)
class Way:
    """How people reach the gate: the `host` and `port` at which it listens, the `name` by which they call it, and the certificate it shows (the
    toolkit's own where none was given)."""

    host: str
    port: int
    name: str
    certificate: str
    key: str

    @property
    def public(self) -> str:
        """The address that people open."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"https://{name}" if self.port == 443 else f"https://{name}:{self.port}"

    @property
    def is_reachable(self) -> bool:
        """Whether anybody but this machine can open it."""
        return not is_local(f"//[{self.host}]" if ":" in self.host else f"//{self.host}")


@dataclass(frozen=True)
class Team:
    """A lab's server that runs: Label Studio behind it, the way in, and the SHA-256 fingerprint of its certificate."""

    server: Server
    way: Way
    fingerprint: str


def prepare_team(data: Path, database: str | None, way: Way | None) -> tuple[Way, Certificate]:
    """Settle which database the folder's server has, and how people reach it; both are kept for the next start, at which nothing need be said.

    Without an address of a `database` a folder gets a cluster of its own. FramingError where the folder's work is in another database already.
    """
    data.mkdir(parents=True, exist_ok=True)
    settled = read_database(data)
    if settled.url is None and (data / SQLITE).exists():
        raise FramingError("the work in this folder is in SQLite, which is for one person", data, "Move it first: `framing labelstudio move`")
    if database is not None:
        wanted = Database(data, database)
        if settled.url is not None and (settled.own or settled.parts != wanted.parts):
            raise FramingError(f"the work of this folder is in {settled.shown}", wanted.shown, "Leave out --database, or use another --data")
        check_database(wanted)
        remember_database(wanted)
    elif settled.url is None:
        make_cluster(data)
    way = way or read_way(data)
    if way is None:
        raise FramingError("nothing says how people reach it", data, "Name a --name, under which they can")
    certificate = settle_certificate(data, way)
    write_private(data / _FILE, json.dumps(asdict(way) | {"public": way.public}, indent=2))
    return way, certificate


def settle_certificate(data: Path, way: Way) -> Certificate:
    """The certificate that the gate shows: the one that was given, or one of the toolkit's own, made anew where it expires soon."""
    if way.certificate:
        return check_certificate(Path(way.certificate), Path(way.key))
    return prepare_certificate(data, way.name, [] if _is_any(way.host) else [way.host])


def start_team(data: Path, database: str | None, way: Way | None, progress: Callable[[str], None] = lambda message: None) -> Team:
    """Start all of it, or find it running; returns once the gate answers."""
    way, certificate = prepare_team(data, database, way)
    server = start_server(data, progress)
    ensure_gate(data, progress)
    return Team(server, way, certificate.fingerprint)


def ensure_gate(data: Path, progress: Callable[[str], None] = lambda message: None) -> None:
    """Start the gate, or find it running; one that was started for another way in, certificate or server is ended first."""
    if gate_runs(data):
        if read_json(data / _PROCESS).get("begun") == _begin(data):
            return
        _stop_gate(data)
    start_gate(data, progress)


def _begin(data: Path) -> list[Any]:
    """What a gate is started for."""
    way = read_way(data)
    return [asdict(way), running_address(data), settle_certificate(data, way).fingerprint] if way is not None else []


def start_gate(data: Path, progress: Callable[[str], None] = lambda message: None) -> None:
    """Start the gate of a folder whose server runs, as a process of its own."""
    import psutil

    way = read_way(data)
    if way is None:
        raise FramingError("no lab's server was ever started here", data, "Run `framing labelstudio start --team`")
    with socket.socket(socket.AF_INET6 if ":" in way.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((way.host, way.port))
        except OSError as error:
            raise FramingError(f"cannot listen here ({error.strerror})", f"{way.host}:{way.port}", "Choose another --bind or --port") from error
    log = data / _LOG
    with open_log(log, anew=True) as file:
        command = [sys.executable, "-m", "annotate.server.gate", str(data.absolute())]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True, umask=0o077)
    born = psutil.Process(process.pid).create_time()
    write_private(data / _PROCESS, json.dumps({"pid": process.pid, "created": born, "begun": _begin(data)}))
    begin = time.monotonic()
    while (waited := time.monotonic() - begin) < SECONDS:
        if process.poll() is not None:
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["it said nothing"]
            raise FramingError(f"the gate ended while starting ({said[-1]})", log, "Read the log")
        if _answers(way):
            # It outlives this process by design; Python would warn that it was not waited for.
            process.returncode = 0
            return
        progress(f"waiting for the gate at {way.public}, {waited:.0f} s")
        time.sleep(0.1)
    process.kill()
    raise FramingError(f"the gate did not answer within {SECONDS:.0f} s", log, "Read the log, then start it again")


def keep_running(data: Path, *, team: bool, ended: threading.Event) -> None:
    """Start again whatever ends, until `ended` is set: Label Studio, and with a `team` the gate."""
    while not ended.wait(WATCH_SECONDS):
        server, database = server_status(data), read_database(data)
        stands = server is not None and server.running and (not database.own or is_running(data))
        if not stands:
            start_server(data)
        # A server that was started again may stand elsewhere.
        if team and not (stands and gate_runs(data)):
            ensure_gate(data)


def stop_team(data: Path) -> bool:
    """Stop the gate first, then the server and the database. False if nothing ran."""
    stopped = _stop_gate(data)
    return stop_server(data) or stopped


def _stop_gate(data: Path) -> bool:
    import psutil

    if not gate_runs(data):
        return False
    with suppress(psutil.NoSuchProcess):
        gate = psutil.Process(int(read_json(data / _PROCESS)["pid"]))
        gate.terminate()
        with suppress(psutil.TimeoutExpired):
            gate.wait(10)
        if gate.is_running():
            gate.kill()
    return True


def read_way(data: Path) -> Way | None:
    """How people reach this folder's gate; None if it never had one."""
    path = data / _FILE
    try:
        found = read_json(path)
        return Way(**{name: found[name] for name in ("host", "port", "name", "certificate", "key")})
    except FileNotFoundError:
        return None
    except (KeyError, TypeError) as error:
        raise FramingError("is damaged", path, "Delete it, and start again with --team, --name and --port") from error


def is_local(address: str) -> bool:
    """Whether this machine alone can open an address."""
    host = urlsplit(address).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def gate_runs(data: Path) -> bool:
    """Whether this folder's gate is at work."""
    import psutil

    try:
        record = read_json(data / _PROCESS)
        process = psutil.Process(int(record["pid"]))
        return process.create_time() == float(record["created"]) and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, FramingError, psutil.NoSuchProcess, KeyError, TypeError, ValueError):
        return False


def _answers(way: Way) -> bool:
    """Whether something speaks TLS there: what it shows is for those who come."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host = ("::1" if ":" in way.host else "127.0.0.1") if _is_any(way.host) else way.host
    with suppress(OSError), socket.create_connection((host, way.port), timeout=2) as plain, context.wrap_socket(plain):
        return True
    return False


def _is_any(host: str) -> bool:
    return host in (EVERYWHERE, "::")
